"""Which rounds of a crawl follow from what it fetched: sitemaps that its hosts name, what they list, links of pages to a depth.

A step is done by a round: it looks through all that came since the step's round before. So the same command finds nothing left to do, and
behind a retry it goes on with what the retry brought. How deep a row is, is that of the round that its list belongs to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.fetch.found import Source, list_count
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.look import INDEX_LEVELS, Kind, Look
from pipeline.fetch.marker import FOUND, GIVEN, RETRY, Round
from pipeline.fetch.outcome import placed_units
from pipeline.fetch.visit import Conduct
from transforms.fetch.links import Scope

MOST = 10_000  # addresses of a registered domain in a round: three hours at one a second


@dataclass(frozen=True, slots=True)
class Following:
    """What is followed: links to a depth and within a scope, sitemaps; and how much of a registered domain in one round (0: all)."""

    depth: int = 0
    scope: Scope = Scope.HOST
    sitemaps: bool = False
    most: int = MOST


class Step(NamedTuple):
    """One thing to look for: its name, how deep what it finds is, and of which depths what it looks through is."""

    name: str
    kind: Kind
    depth: int
    feeds: frozenset[int]
    given: bool  # whether it looks through what was given


def steps(following: Following) -> Iterator[Step]:
    """The steps in order.

    >>> [step.name for step in steps(Following(2, Scope.ANY, True))]
    ['sitemaps', 'sitemaps in sitemaps', 'sitemaps in sitemaps in sitemaps', 'addresses in sitemaps', 'links 1 any', 'links 2 any']
    """
    if following.sitemaps:
        yield Step("sitemaps", Kind.ROBOTS, -1, frozenset(), True)
        for level in range(1, INDEX_LEVELS + 1):
            name = "sitemaps" + level * " in sitemaps"
            yield Step(name, Kind.INDEX, -1 - level, frozenset((-level,)), level == 1)
        below = frozenset(range(-1 - INDEX_LEVELS, 0))
        yield Step("addresses in sitemaps", Kind.SITEMAP, 0, below, True)
    for depth in range(1, following.depth + 1):
        yield Step(f"links {depth} {following.scope}", Kind.LINKS, depth, frozenset((depth - 1,)), depth == 1)


def next_round(
    following: Following, folder: CrawlFolder, rounds: Sequence[Round], conduct: Conduct
) -> tuple[Round, Source] | None:
    """The round that comes behind these, which have all ended, without its place among them, and its source; None where all is done."""
    for step in steps(following):
        done = [number for number, one in enumerate(rounds, 1) if is_of(one, step)]
        since = max(done, default=0)
        lines = [
            str(one.first + place)
            for number, one in enumerate(rounds[since:], since + 1)
            if feeds(one, step)
            for place in sorted(placed_units(folder.round(number)))
        ]
        if lines:
            name = f"{step.name}, again {len(done)}" if done else step.name
            look = Look(folder, tuple(rounds), step.kind, step.feeds, step.given, following.scope, conduct)
            asked = Round(FOUND, name, 0, 0, list_count(len(lines)), step.depth, following.most)
            return asked, Source(name, lines, look)
    return None


def is_of(round_: Round, step: Step) -> bool:
    """Whether a round did a step."""
    return round_.kind == FOUND and round_.name.partition(", again ")[0] == step.name


def feeds(round_: Round, step: Step) -> bool:
    """Whether a round may have brought what a step looks through: a retry brings rows of any depth."""
    if round_.kind == GIVEN:
        return step.given
    return round_.kind == RETRY or round_.depth in step.feeds
