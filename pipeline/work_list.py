"""Work from a file, spread over workers, and what workers hand up, gathered into a bounded number of files.

The job graph holds names of files alone, and the driver reads a few files where a crawl has a million units (law 9).
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection

from pipeline import storage
from pipeline.layout import DONE
from pipeline.sections import read_sealed, sealed

_PART = re.compile(r"part-\d{5}\.json")
MOST_PARTS = 256  # files in which a step's records are gathered


def write_lines(path: str, lines: Iterable[str]) -> int:
    """Write a work list, one line an item; returns how many."""
    count = 0
    with storage.write_whole(path) as file:
        for line in lines:
            file.write(line.encode() + b"\n")
            count += 1
    return count


@dataclass
class _ReadNumbered(beam.DoFn):
    """One impulse -> (place, line) of the file at `path`."""

    path: str
    settings: dict[str, str]

    def process(self, impulse: bytes) -> Iterator[tuple[int, str]]:
        """Every line with its number as its key, so that a GroupByKey deals them out."""
        storage.configure(self.settings)
        with storage.open_for_reading(self.path) as file:
            for number, line in enumerate(file):
                yield number, line.decode().rstrip("\n")


class _Lines(beam.DoFn):
    """(place, lines) -> lines."""

    def process(self, group: tuple[int, Iterable[str]]) -> Iterator[str]:
        """The one line of a place."""
        yield from group[1]


@dataclass
class ReadLines(beam.PTransform):
    """The lines of a work list, spread: a key and a GroupByKey break fusion at a seventh of Reshuffle's cost. Cost: shuffle of keys."""

    path: str
    settings: dict[str, str]

    def __post_init__(self) -> None:
        super().__init__("ReadLines")

    def expand(self, begin: Any) -> PCollection[str]:
        """One line an element."""
        return (
            begin
            | "Begin" >> beam.Impulse()
            | "Number" >> beam.ParDo(_ReadNumbered(self.path, self.settings))
            | "Spread" >> beam.GroupByKey()
            | "Lines" >> beam.ParDo(_Lines())
        )


Merge = Callable[[Sequence[Any]], Any]


@dataclass
class Gather(beam.PTransform):
    """(number, record) -> part files in `folder`, each the merge of its records in the order of their numbers. Cost: shuffle of records.

    A record is a JSON value of under a kilobyte; the same records give the same files, however often a worker was killed.
    """

    folder: str
    parts: int
    merge: Merge
    settings: dict[str, str]

    def __post_init__(self) -> None:
        super().__init__("Gather")

    def expand(self, records: PCollection[tuple[int, str]]) -> PCollection[int]:
        """One element a part."""
        return (
            records
            | "Part" >> beam.Map(_keyed, self.parts)
            | "Together" >> beam.GroupByKey()
            | "Write" >> beam.ParDo(_WritePart(self.folder, self.merge, self.settings))
        )


def _keyed(record: tuple[int, str], parts: int) -> tuple[int, tuple[int, str]]:
    return record[0] % parts, record


@dataclass
class _WritePart(beam.DoFn):
    """(part, records) -> its file."""

    folder: str
    merge: Merge
    settings: dict[str, str]

    def process(self, group: tuple[int, Iterable[tuple[int, str]]]) -> Iterator[int]:
        """The part's number once its file is whole."""
        storage.configure(self.settings)
        part, records = group
        merged = self.merge([json.loads(record) for _, record in sorted(records)])
        with storage.write_whole(part_path(self.folder, part)) as file:
            file.write(sealed(merged))
        yield part


@dataclass
class Commit(beam.PTransform):
    """What branches of a job give at their ends -> the commit record of the step, once all of them have ended, be a driver there or not.

    Cost: shuffle of an element a part.
    """

    folder: str
    settings: dict[str, str]

    def __post_init__(self) -> None:
        super().__init__("Commit")

    def expand(self, ends: Any) -> Any:
        """No element; without any at the ends nothing is written."""
        return (
            ends
            | "All" >> beam.Flatten()
            | "One" >> beam.Map(_to_one)
            | "Wait" >> beam.GroupByKey()
            | "Write" >> beam.ParDo(_WriteCommit(self.folder, self.settings))
        )


def _to_one(end: Any) -> tuple[int, int]:
    return 0, 0


@dataclass
class _WriteCommit(beam.DoFn):
    """All ends -> the commit record."""

    folder: str
    settings: dict[str, str]

    def process(self, group: tuple[int, Iterable[int]]) -> None:
        """One file."""
        storage.configure(self.settings)
        commit(self.folder)


def part_count(items: int) -> int:
    """Files for the records of so many items: their square root, 256 at most.

    >>> part_count(0), part_count(100), part_count(1_440_000)
    (1, 10, 256)
    """
    return max(1, min(MOST_PARTS, round(math.sqrt(items))))


def part_path(folder: str, part: int) -> str:
    """Where a part lies."""
    return storage.join(folder, f"part-{part:05d}.json")


def done_path(folder: str) -> str:
    """The commit record of a step: says how many parts its records are in."""
    return storage.join(folder, DONE)


def written_parts(folder: str) -> list[int]:
    """The numbers of the part files that lie there. A part that got no record has none."""
    names = sorted(name for name, _ in storage.walk(folder))
    return [int(name[5:10]) for name in names if _PART.fullmatch(name)]


def commit(folder: str) -> None:
    """Say that a step is whole: all its part files are there."""
    with storage.write_whole(done_path(folder)) as file:
        file.write(sealed({"parts": written_parts(folder)}))


def committed(folder: str) -> bool:
    """Whether the step is whole."""
    return storage.exists(done_path(folder))


def read_parts(folder: str) -> Iterator[Any]:
    """What a finished step handed up, part by part. Raises DamagedFileError where one is not as it was written."""
    return read_written(folder, read_sealed(done_path(folder))["parts"])


def read_written(folder: str, parts: Iterable[int]) -> Iterator[Any]:
    """What lies in these parts, before the step is committed too. Raises DamagedFileError."""
    for part in parts:
        yield read_sealed(part_path(folder, part))
