"""A corpus whose items have keys and ranks by choice, what one pass over all of them decides, and what batches and partitions do."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pytest

from pipeline import corpora
from pipeline.corpora.base import Corpus, Judgement, Keys, Round
from pipeline.corpora.unit_rows import UnitRows
from pipeline.decide import exchange
from schemas.recipe import Recipe
from schemas.tables import ID, URL, Table
from tests.support.index_rows import Decided, decide, page, unit_index
from transforms.dedup.keep_first import Verify
from transforms.verdicts import Verdicts


class Item(NamedTuple):
    """An item of the corpus of these tests: its key and rank in each round, and a number that `verify` compares."""

    keys: tuple[tuple[int, ...], ...]
    ranks: tuple[int, ...]
    measure: int
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class AnyPart:
    """The section of that corpus."""

    duplicates: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("parquet",)


class How(NamedTuple):
    """How a round judges: whether it looks before it believes a key, and whether an item must lose every key."""

    looks: bool
    every: bool = False


NEAR = 2  # numbers that differ by no more are near enough


def near(recipe: Recipe) -> Verify:
    """Whether two items are near enough; an item of another corpus, which has no number to compare, is near to none."""

    def verify(rows: np.ndarray, keepers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        apart = np.abs(rows["measure"] - keepers["measure"])
        return np.asarray((apart <= NEAR) & (rows["measure"] > 0)), apart.astype(float)

    return verify


def corpus_of(items: Mapping[int, Item], name: str, rounds: Sequence[How]) -> Corpus:
    """A corpus of pages with these keys, by number; round n is called `keys<n>`."""

    def numbers(unit: UnitRows) -> list[int]:
        return [int(url.rpartition("/")[2]) for url in unit.urls]

    def judge(unit: UnitRows, recipe: Recipe) -> Judgement:
        own = numbers(unit)
        verdicts = Verdicts(name, len(own))
        verdicts.begin("rules")
        verdicts.drop(np.array([items[n].dropped for n in own], dtype=bool), "rule")

        def select(rows: np.ndarray) -> pa.Table:
            ids = pa.array(unit.ids.text[rows].tolist(), pa.string())
            urls = pa.array(unit.urls[rows].tolist(), pa.string())
            return pa.table({"id": ids, "url": urls, "weight": pa.array([1] * len(rows), pa.int64())})

        shown = (unit.urls, unit.sources, {}, unit.languages, unit.hosts)
        return Judgement(unit, unit.ids, verdicts, *shown, select)

    def round_(number: int) -> Round:
        def keys(judged: Judgement, recipe: Recipe) -> Keys:
            rows = [(i, k, n) for i, n in enumerate(numbers(judged.unit)) for k in items[n].keys[number]]
            item, of, who = (np.array(column, np.int64) for column in zip(*rows, strict=True)) if rows else EMPTY
            rank = np.array([items[n].ranks[number] for n in who.tolist()], np.int64)
            evidence = np.zeros(len(item), [("measure", "<i4")])
            evidence["measure"] = [1 + items[n].measure for n in who.tolist()]
            halves = of.astype(np.uint64)
            return Keys(item, halves, halves, rank, evidence if how.looks else None)

        how = rounds[number]
        if how.looks:
            return Round(keys, near, lambda recipe: (("measure", "<i4"),), every=how.every)
        return Round(keys, every=how.every)

    named = {f"keys{number}": round_(number) for number in range(len(rounds))}
    return Corpus(name, "any", AnyPart, Table(name, "any", (ID, URL)), judge, named, lambda *row: {})


EMPTY = (np.zeros(0, np.int64),) * 3


class Answer(NamedTuple):
    """Who was kept, and the round and keeper of who was not."""

    kept: list[int]
    lost: dict[int, tuple[str, int]]


def sequential(items: Mapping[int, Item], rounds: Sequence[How]) -> Answer:
    """The definition, item by item over all of them: in each round the first of a key stays, and the others leave for it.

    An item of several keys leaves with the first key whose first is another item, near enough where that is asked; where every key must
    be lost, only if each has such a first. A keeper that lost a later round is followed to its own.
    """
    still = [n for n, item in items.items() if not item.dropped]
    lost: dict[int, tuple[int, int]] = {}
    for number, how in enumerate(rounds):
        firsts: dict[int, int] = {}
        for n in sorted(still, key=lambda n: (items[n].ranks[number], n)):
            for k in items[n].keys[number]:
                firsts.setdefault(k, n)
        for n in still:
            rivals = [firsts[k] for k in items[n].keys[number] if firsts[k] != n]
            beaten = [r for r in rivals if not how.looks or abs(items[n].measure - items[r].measure) <= NEAR]
            if beaten and (not how.every or len(beaten) == len(items[n].keys[number])):
                lost[n] = (number, beaten[0])
        still = [n for n in still if n not in lost]
    return Answer(still, {n: (f"keys{number}", last_keeper(lost, number, of)) for n, (number, of) in lost.items()})


def last_keeper(lost: Mapping[int, tuple[int, int]], number: int, of: int) -> int:
    """Who stands for an item that lost round `number` to another, followed as long as the keeper lost a later round."""
    while of in lost and lost[of][0] > number:
        number, of = lost[of]
    return of


class Dealt(NamedTuple):
    """Corpora over the same pages: their items by number, and their rounds."""

    corpora: Mapping[str, tuple[Mapping[int, Item], Sequence[How]]]

    def recipe(self) -> Recipe:
        """Asks for all rounds of all corpora."""
        names = {name: tuple(f"keys{n}" for n in range(len(rounds))) for name, (_, rounds) in self.corpora.items()}
        return Recipe("x", tuple(names), parts={name: AnyPart(rounds) for name, rounds in names.items()})

    def distributed(
        self, folder: Path, batches: Sequence[Sequence[Sequence[int]]], partitions: int = 1, through_files: bool = False
    ) -> Decided:
        """The step over pages of these numbers, dealt to batches of units."""
        count = iter(range(1000))
        units = [[unit_index([page(n) for n in unit], number=next(count)) for unit in batch] for batch in batches]
        with self.registered():
            return decide(folder, self.recipe(), units, partitions, through_files)

    @contextmanager
    def registered(self) -> Iterator[None]:
        """These are the corpora there are, and no message is small enough to travel without a file."""
        with pytest.MonkeyPatch.context() as patch:
            made = tuple(corpus_of(items, name, rounds) for name, (items, rounds) in self.corpora.items())
            patch.setattr(corpora, "CORPORA", made)
            patch.setattr(exchange, "INLINE", 0)
            yield


def any_corpus(items: Mapping[int, Item], *looks: bool) -> Dealt:
    """One corpus."""
    return Dealt({"any": (items, [How(each) for each in looks])})


def answer_of(found: Decided, name: str = "any") -> Answer:
    """What the step decided about a corpus."""
    kept = sorted(int(row["id"][16:], 16) for row in found.kept(name))
    lost = {int(n[16:], 16): (rule, int(of[16:], 16)) for n, (rule, of) in found.dropped(name).items() if of}
    return Answer(kept, lost)
