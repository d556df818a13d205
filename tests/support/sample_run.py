"""One run over the bundled sample that the end-to-end tests share, and what they ask of each corpus."""

from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from schemas.manifest import Manifest
from tests.support.runs import recipe, rows, run_on, two_archives


@cache
def _folder() -> "TemporaryDirectory[str]":
    """A folder that goes when the test session ends."""
    return TemporaryDirectory(prefix="triptych-test-")


@cache
def sample_run() -> tuple[Path, Manifest]:
    """The run of `kosmos1` over the sample twice, so that every item has an equal one; made once a test session."""
    folder = Path(_folder().name)
    return folder / "out", run_on(two_archives(folder / "in"), folder / "out", recipe("kosmos1"))


def unexplained(corpus: str) -> list[str]:
    """What is wrong with the rows of a corpus beside its accounts: ids twice, losses without a row, keepers that no
    rule of duplicates left (law 11)."""
    output, manifest = sample_run()
    kept = [row["id"] for row in rows(output, corpus)]
    gone = [row for row in rows(output, "dropped") if row["corpus"] == corpus]
    ids = kept + [row["id"] for row in gone]
    wrong = [f"{identity} comes {count} times" for identity, count in Counter(ids).items() if count > 1]
    # A keeper is kept, or was drawn out or cut behind the duplicates.
    keepers = {*kept, *(row["id"] for row in gone if row["of"] is None)}
    wrong += [f"{row['id']} is of {row['of']}" for row in gone if row["of"] is not None and row["of"] not in keepers]
    accounts = [account for account in manifest.accounts if account.corpus == corpus]
    stated: Counter[Any] = Counter()
    for account in accounts:
        stated.update({(account.stage, rule): n for rule, n in {**account.dropped, **account.duplicates}.items()})
    if stated != Counter((row["stage"], row["rule"]) for row in gone):
        wrong.append(f"the accounts say {stated}")
    if (accounts[0].entered, accounts[-1].kept) != (len(ids), len(kept)):
        wrong.append(
            f"{len(ids)} rows for {accounts[0].entered} that entered, {len(kept)} for {accounts[-1].kept} kept"
        )
    return wrong
