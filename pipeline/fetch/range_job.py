"""Records that indexes name, as Beam transforms: indexes -> counts of archives -> units -> archives. Shuffled are counts and places.

An index is read once: what is wanted of it lies in a file from then on. All places of an archive are in one unit. Where archives lie on the
web, one task fetches all units, and one reads all indexes that lie there, so that no server is asked by two.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection

from pipeline import storage
from pipeline.clients import is_web
from pipeline.fetch.beam import Note, count_record, counted, merge_accounts, summed_records
from pipeline.fetch.exchange import Settings
from pipeline.fetch.index_rows import Opener, Selected, marked, read_index, read_selected, write_selected
from pipeline.fetch.layout import CrawlFolder, RoundFolder
from pipeline.fetch.place import MOST_LARGE, Places, Shares
from pipeline.fetch.range_unit import Copying, failed_before, fetch_units
from pipeline.fetch.ranges import index_opener, ranges_at
from pipeline.sections import read_sealed
from pipeline.work_list import Gather, ReadLines
from transforms.fetch.selection import Selection
from transforms.fetch.turns import INDEXES, RANGES, Terms


@dataclass(frozen=True, slots=True)
class RangeJob:
    """What every worker is told."""

    folder: CrawlFolder
    attempt: int
    first: int  # the number of the attempt's first unit
    parts: int  # files in which a step's records are gathered
    selection: Selection
    copying: Copying
    bin: int  # records of a unit, about
    settings: Settings
    storage: Mapping[str, str]
    ranges: Terms = field(default=RANGES)
    indexes: Terms = field(default=INDEXES)
    notes: str = ""  # the folder of the workers' notes; "" where they keep none

    @property
    def files(self) -> RoundFolder:
        """The paths of the attempt's work."""
        return self.folder.round(self.attempt)

    @property
    def shares(self) -> Shares:
        """How records are dealt out: all in one wave, since a server's pace is kept by its turns."""
        return Shares(sys.maxsize, self.bin)


def index_lines(paths: Iterable[str]) -> list[str]:
    """The work list of indexes: a line for each, and one for all that lie on the web.

    >>> index_lines(["/a.parquet", "https://ex.com/b", "https://ex.com/c"])
    ['[[0, "/a.parquet"]]', '[[1, "https://ex.com/b"], [2, "https://ex.com/c"]]']
    """
    numbered = list(enumerate(paths))
    there = [[place, path] for place, path in numbered if is_web(path)]
    lines = [[[place, path]] for place, path in numbered if not is_web(path)]
    return [json.dumps(line) for line in [*lines, *([there] if there else [])]]


def unit_lines(units: Iterable[int], archives: str) -> list[str]:
    """The work list of units: a line for each, or one for all where archives lie on the web.

    >>> unit_lines([1, 2], "s3://commoncrawl/"), unit_lines([1, 2], "https://data.commoncrawl.org/")
    (['[1]', '[2]'], ['[1, 2]'])
    """
    found = list(units)
    return [json.dumps(found)] if is_web(archives) else [json.dumps([unit]) for unit in found]


@dataclass
class Select(beam.PTransform):
    """The indexes -> what is wanted of each, in a file, and how many records each archive has, gathered. Cost: shuffle of keys."""

    job: RangeJob

    def __post_init__(self) -> None:
        super().__init__("Select")

    def expand(self, begin: Any) -> PCollection[int]:
        """One element a part of the gathered counts."""
        job = self.job
        files, settings = job.files, dict(job.storage)
        merge = partial(summed_records, shares=job.shares, most=max(1, MOST_LARGE // job.parts))
        return (
            begin
            | "Indexes" >> ReadLines(files.lists, settings)
            | "Select" >> beam.FlatMap(_selected, job)
            | "Sum" >> beam.CombinePerKey(sum)
            | "Record" >> beam.MapTuple(count_record)
            | "Counts" >> Gather(files.counts, job.parts, merge, settings)
        )


def _selected(line: str, job: RangeJob) -> Iterator[tuple[str, int]]:
    """Archives of what is wanted of some indexes, with their counts; what is wanted lies in files behind it."""
    storage.configure(job.storage)
    opener = index_opener(job.settings, job.indexes)
    return counted(row.key for place, path in json.loads(line) for row in _wanted(place, path, job, opener))


def _wanted(place: int, path: str, job: RangeJob, opener: Opener) -> Iterator[Selected]:
    """What is wanted of an index, read from its file, which is written where there is none."""
    file = selected_path(job, place)
    if not storage.exists(file):
        rows = (
            failed_before(job.folder, job.attempt - 1, place)
            if job.attempt > 1
            else read_index(path, place, job.selection, opener)
        )
        write_selected(file, rows)
    return read_selected(file)


def selected_path(job: RangeJob, place: int) -> str:
    """The file of what is wanted of an index."""
    return job.files.file(f"selected/{place // 1000:04d}/{place:06d}.arrow")


@dataclass
class PlaceRecords(beam.PTransform):
    """What is wanted -> the records of each unit, in a file. Cost: shuffle of rows of about 200 bytes."""

    job: RangeJob

    def __post_init__(self) -> None:
        super().__init__("PlaceRecords")

    def expand(self, begin: Any) -> PCollection[int]:
        """One element a part of the gathered counts of units."""
        job = self.job
        files, settings = job.files, dict(job.storage)
        return (
            begin
            | "Indexes" >> ReadLines(files.lists, settings)
            | "Rows" >> beam.ParDo(_PlaceRows(job))
            | "Together" >> beam.GroupByKey()
            | "Write" >> beam.ParDo(_WriteUnit(job))
            | "Placed" >> Gather(files.placed, job.parts, list, settings)
        )


@dataclass
class _PlaceRows(beam.DoFn):
    """A line of the work list -> its rows, each under the place of its unit."""

    job: RangeJob

    def setup(self) -> None:
        """Every worker knows how many units there are."""
        storage.configure(self.job.storage)
        self._places = Places.of(read_sealed(self.job.files.places))

    def process(self, line: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """(place of the unit, row)."""
        for place, _ in json.loads(line):
            for row in read_selected(selected_path(self.job, place)):
                yield self._places.place(row.key, b"")[1], tuple(row)


@dataclass
class _WriteUnit(beam.DoFn):
    """(place, rows) -> the file of a unit's records, and how many there are."""

    job: RangeJob

    def process(self, group: tuple[int, Iterable[tuple[Any, ...]]]) -> Iterator[tuple[int, str]]:
        """The unit's place and count once its file is whole."""
        storage.configure(self.job.storage)
        place, rows = group
        records = marked(Selected(*row) for row in rows)
        write_selected(self.job.files.addresses(self.job.first + place), records)
        yield place, json.dumps([place, len(records)])


@dataclass
class FetchRecords(beam.PTransform):
    """The units -> their archives and rows. Cost: ranges; what is shuffled is numbers of units."""

    job: RangeJob

    def __post_init__(self) -> None:
        super().__init__("FetchRecords")

    def expand(self, begin: Any) -> PCollection[int]:
        """One element a part of the gathered accounts."""
        job = self.job
        files, settings = job.files, dict(job.storage)
        return (
            begin
            | "Units" >> ReadLines(files.wave(0), settings)
            | "Fetch" >> beam.FlatMap(_fetched, job)
            | "Accounts" >> Gather(files.ended(0), job.parts, merge_accounts, settings)
        )


def _fetched(line: str, job: RangeJob) -> Iterator[tuple[int, str]]:
    """The accounts of some units once all their records have ended."""
    storage.configure(job.storage)
    told = _Notes(job.notes)
    ranges = ranges_at(job.copying.archives, job.settings, job.ranges)
    accounts = fetch_units(job.folder, job.attempt, json.loads(line), job.copying, ranges, told.tick)
    told.close()
    for unit, account in accounts.items():
        yield unit, json.dumps(account)


class _Notes:
    """The note of the unit under way, and before it those of the units that have ended."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._unit = -1
        self._note = Note("", -1)

    def tick(self, unit: int, done: int) -> None:
        """So many records of a unit have ended."""
        if unit != self._unit:
            self.close()
            self._unit, self._note = unit, Note(self._folder, unit)
        self._note(done)

    def close(self) -> None:
        """Note the last."""
        self._note.close()
