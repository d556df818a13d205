"""Accounts added up, and the checks that nothing vanished. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from schemas.manifest import Account, Manifest
from schemas.outcomes import BudgetError, VerificationError
from schemas.recipe import Recipe


def to_accounts(entries: Iterable[Mapping[str, Any]]) -> list[Account]:
    """Accounts from their JSON form."""
    return [Account(**entry) for entry in entries]


def add_up(accounts: Iterable[Account]) -> list[Account]:
    """One account for each corpus and stage, in the order in which they first came."""
    together: dict[tuple[str, str], list[Account]] = {}
    for account in accounts:
        together.setdefault((account.corpus, account.stage), []).append(account)
    return [
        Account(
            corpus,
            stage,
            sum(a.entered for a in same),
            sum(a.kept for a in same),
            total(a.dropped for a in same),
            total(a.failed for a in same),
            total(a.duplicates for a in same),
            sum(a.added for a in same),
            total(a.forgotten for a in same),
        )
        for (corpus, stage), same in together.items()
    ]


def in_order(accounts: Iterable[Account], corpora: Sequence[str]) -> list[Account]:
    """Accounts in the order of `corpora`, each corpus's in the order of its stages; those that are not named come first."""
    place = {corpus: number for number, corpus in enumerate(corpora, 1)}
    return sorted(accounts, key=lambda account: place.get(account.corpus, 0))


def total(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Counts by name added up, the largest first."""
    together: Counter[str] = Counter()
    for count in counts:
        together.update(count)
    return dict(sorted(together.items(), key=lambda item: (-item[1], item[0])))


def held_together(entries: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What each archive held, its spans added up, by source."""
    found: dict[str, dict[str, Any]] = {}
    add_held(found, entries)
    return found


def add_held(found: dict[str, dict[str, Any]], entries: Iterable[Mapping[str, Any]]) -> None:
    """Add what spans held to what is known of their archives, by source: a crawl has a million spans, and a tenth of that in archives."""
    for entry in entries:
        one = found.setdefault(entry["source"], {"records": Counter(), "captures": 0, "skipped": 0})
        one["records"].update(entry["records"])
        one["captures"] += entry["captures"]
        one["skipped"] += entry["skipped"]


def check_budget(accounts: Iterable[Account], recipe: Recipe) -> None:
    """Raise BudgetError where more of an account failed than the recipe allows."""
    for account in accounts:
        failed = sum(account.failed.values())
        if account.entered >= recipe.limits.budget_from and failed > recipe.limits.failed_share * account.entered:
            worst = ", ".join(f"{fault} {n}" for fault, n in list(account.failed.items())[:3])
            raise BudgetError(
                f"{failed} of {account.entered} {account.corpus} failed ({worst}), more than limits.failed_share = "
                f"{recipe.limits.failed_share:g} allows; to go on, raise it with --set and name another --output, "
                "with this one's staging as --staging"
            )


def check_accounts(accounts: Iterable[Account]) -> None:
    """Raise VerificationError where items vanished (law 3)."""
    for account in accounts:
        if not account.holds():
            raise VerificationError(f"{account.corpus}, {account.stage}: {account.equation()}: records vanished")


def check_rows(manifest: Manifest, corpora: Iterable[str]) -> None:
    """Raise VerificationError where a corpus's shards do not hold the rows that its last account kept."""
    last = {account.corpus: account.kept for account in manifest.accounts}
    for corpus in corpora:
        formats = {shard.format for shard in manifest.shards if shard.corpus == corpus}
        for format_ in formats or {""}:
            if manifest.rows(corpus, format_) != last.get(corpus, 0):
                raise VerificationError(
                    f"{corpus}: {last.get(corpus, 0)} items were kept, {manifest.rows(corpus, format_)} rows written ({format_})"
                )
