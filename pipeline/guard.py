"""Whether more left than a recipe expects, by stage, host, archive and cluster: looked at once all is decided, before a shard is written.

Pure.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline import corpora
from pipeline.corpora.base import Corpus
from pipeline.decide.tallies import KINDS, Worst, is_counted, near_rounds
from pipeline.layout import DROPPED
from schemas.manifest import Account
from schemas.outcomes import GuardError
from schemas.recipe import Bounds, Recipe

NAMED = 5  # hosts, archives and clusters that a message names of each corpus
_ONE = dict(zip(KINDS, ("host", "archive"), strict=True))


@dataclass(frozen=True, slots=True)
class Breach:
    """A bound that does not hold: what was found, what shows it line by line, and a setting (key, value) with which it would hold."""

    said: str
    shown: tuple[str, ...]
    setting: tuple[str, float]


def check_guard(accounts: Iterable[Account], worst: Worst, recipe: Recipe, output: str, staging: str) -> None:
    """Raise GuardError where more left than the recipe's guard allows. `worst` is what `tallies.report` told."""
    entered = list(accounts)
    stages, near = list(stage_breaches(entered, recipe)), list(near_breaches(entered, worst, recipe))
    if not (found := [*stages, *near]):
        return
    said = ["what left is not what the recipe's [guard] expects, so no shard was written:"]
    for breach in found:
        said += [f"  {breach.said}", *(f"    {line}" for line in breach.shown)]
    # Of several corpora that ask for another value of one key the largest serves all: the keys that several share are ceilings.
    settings = dict(sorted(breach.setting for breach in found))
    said += [f"each item that left has a row in {output}/{DROPPED}"] if stages else []
    said += [f"to see what was taken for what: triptych clusters {output} --rule near"] if near else []
    said.append(
        f"if it is right so, give the command again with --staging {staging} (nothing is measured anew), another --output, "
        + " ".join(f"--set {key}={value:g}" for key, value in settings.items())
    )
    raise GuardError("\n".join(said))


def expectations(recipe: Recipe) -> Iterator[str]:
    """What stops a run, a line each; nothing of near duplicates where the recipe looks for none."""
    guard = recipe.guard
    if is_counted(recipe):
        for share, least, of in (
            (guard.hosts, guard.hosts_from, "host"),
            (guard.sources, guard.sources_from, "archive"),
        ):
            yield f"near duplicates take more than {share * 100:.0f} % of one {of} of at least {least:,} items"
        most = f"{guard.cluster * 100:.0f} %"
        yield f"one cluster of at least {guard.cluster_from:,} items holds more than {most} of what they look at"
    for corpus, stages in guard.removed.items():
        for stage, range_ in stages.items():
            ends = [] if range_.floor is None else [f"less than {range_.floor * 100:.0f} %"]
            ends += [] if range_.ceiling is None else [f"more than {range_.ceiling * 100:.0f} %"]
            yield f"{corpus} {stage} takes {' or '.join(ends)} of at least {guard.removed_from:,} items"


def stage_breaches(accounts: Iterable[Account], recipe: Recipe) -> Iterator[Breach]:
    """Stages of corpora that took out a share beyond their range."""
    for account in accounts:
        range_ = recipe.guard.removed.get(account.corpus, {}).get(account.stage, Bounds())
        came = account.entered + account.added
        left = came - account.kept - sum(account.failed.values())
        if came >= recipe.guard.removed_from and not range_.keeps(left / came):
            share = left / came
            end = "ceiling" if range_.ceiling is not None and share > range_.ceiling else "floor"
            key = f"guard.removed.{account.corpus}.{account.stage}.{end}"
            bound = range_.ceiling if end == "ceiling" else range_.floor
            said = f"{account.corpus} {account.stage} took {part(left, came)}; {key} = {bound:g}"
            yield Breach(said, tuple(reasons(account)), (key, beyond(share, up=end == "ceiling")))


def reasons(account: Account) -> Iterator[str]:
    """The most frequent reasons of an account."""
    together = {**account.dropped, **account.duplicates}
    named = sorted(together.items(), key=lambda reason: (-reason[1], reason[0]))
    yield from (f"{reason} {count:,}" for reason, count in named[:NAMED])


def near_breaches(accounts: Iterable[Account], worst: Worst, recipe: Recipe) -> Iterator[Breach]:
    """Corpora of which near duplicates took too much of a host or an archive, or put too much into one cluster."""
    duplicates = {account.corpus: account for account in accounts if account.stage == "duplicates"}
    for corpus, told in worst.items():
        looked = looked_at(duplicates.get(corpus), corpora.by_name(corpus), recipe)
        over = [kind for kind in KINDS if told[kind]["over"]]
        for kind in over:
            # The largest clusters are often why, of hosts and of archives the same.
            yield place_breach(corpus, kind, told[kind], told["clusters"] if kind == over[0] else (), recipe)
        yield from cluster_breaches(corpus, told["clusters"], looked, recipe)


def looked_at(account: Account | None, corpus: Corpus, recipe: Recipe) -> int:
    """How many items of a corpus its rounds of near duplicates looked at: those that no round before them took."""
    if account is None:
        return 0
    names = recipe.parts[corpus.name].duplicates
    before = set(names[: near_rounds(corpus, names)[0]])
    return account.entered - sum(account.duplicates.get(name, 0) for name in before)


def place_breach(
    corpus: str, kind: str, counts: Mapping[str, Any], clusters: Iterable[Mapping[str, Any]], recipe: Recipe
) -> Breach:
    """What is said of hosts or archives that lost too much, and of clusters."""
    bound, least = getattr(recipe.guard, kind), getattr(recipe.guard, f"{kind}_from")
    over = [one for one in counts["worst"] if one["left"] > bound * one["came"]]
    share = max(one["left"] / one["came"] for one in over)
    several = "" if counts["over"] == 1 else "s"
    said = (
        f"{corpus}: near duplicates took more than guard.{kind} = {bound:g} of the items of {counts['over']:,} {_ONE[kind]}{several}, "
        f"of {counts['seen']:,} with at least guard.{kind}_from = {least:,} items"
    )
    shown = [f"{one['name']}: {part(one['left'], one['came'])}" for one in over[:NAMED]]
    return Breach(said, (*shown, *cluster_lines(clusters)), (f"guard.{kind}", beyond(share)))


def cluster_breaches(
    corpus: str, clusters: Iterable[Mapping[str, Any]], looked: int, recipe: Recipe
) -> Iterator[Breach]:
    """Clusters that hold too much of a corpus."""
    guard = recipe.guard
    over = [one for one in clusters if one["items"] >= guard.cluster_from and one["items"] > guard.cluster * looked]
    if over:
        share = over[0]["items"] / max(1, looked)
        said = f"one cluster of near duplicates holds {part(over[0]['items'], looked)} of {corpus}; guard.cluster = {guard.cluster:g}"
        yield Breach(said, tuple(cluster_lines(over)), ("guard.cluster", beyond(share)))


def cluster_lines(clusters: Iterable[Mapping[str, Any]]) -> list[str]:
    """Clusters, a line each."""
    return [
        f"cluster {one['id']}: {one['items']:,} items, {one['left']:,} left  {one['url']}"
        for one in list(clusters)[:NAMED]
    ]


def part(left: int, came: int) -> str:
    """A part of a whole, and its share.

    >>> part(1900, 2000)
    '1,900 of 2,000 (95.0 %)'
    """
    return f"{left:,} of {came:,} ({100 * left / max(1, came):.1f} %)"


def beyond(share: float, up: bool = True) -> float:
    """A bound that a share does not pass, with two digits.

    >>> beyond(0.9512), beyond(0.123, up=False), beyond(1.0)
    (0.96, 0.12, 1.0)
    """
    return min(1.0, (math.ceil if up else math.floor)(share * 100) / 100)
