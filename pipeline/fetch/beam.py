"""The crawl as Beam transforms: lists -> counts of domains -> units of addresses -> archives. Shuffled are counts and rows of addresses.

No body passes through a shuffle (law 2): a task fetches all addresses of its unit and writes them itself.
"""

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection

from pipeline import storage
from pipeline.accounts import add_up, to_accounts
from pipeline.fetch.addresses import in_order, write_addresses
from pipeline.fetch.client import Client
from pipeline.fetch.copies import fewer
from pipeline.fetch.exchange import Fetcher, Settings
from pipeline.fetch.layout import CrawlFolder, RoundFolder
from pipeline.fetch.lists import Columns, Row, read_rows
from pipeline.fetch.marker import RETRY, Round
from pipeline.fetch.place import MOST_LARGE, SEED, Places, Shares, number, summed
from pipeline.fetch.unit import failed_before, fetch_unit
from pipeline.fetch.visit import Conduct
from pipeline.sections import read_sealed
from pipeline.work_list import Gather, ReadLines
from transforms.fetch.address import Rules, target
from transforms.fetch.domain import registered
from transforms.fetch.faults import FetchError

COUNTED = 20_000  # keys counted in memory before their counts are handed on


@dataclass(frozen=True, slots=True)
class CrawlJob:
    """What every worker of a crawl is told."""

    folder: CrawlFolder
    rounds: tuple[Round, ...]  # this one is the last
    conduct: Conduct
    settings: Settings
    shares: Shares
    columns: Columns
    storage: Mapping[str, str]
    notes: str = ""  # the folder of the workers' notes; "" where they keep none

    @property
    def number(self) -> int:
        """The number of this round."""
        return len(self.rounds)

    @property
    def first(self) -> int:
        """The number of its first unit."""
        return self.rounds[-1].first

    @property
    def files(self) -> RoundFolder:
        """The paths of its work."""
        return self.folder.round(self.number)


def list_line(place: int, path: str, part: int) -> str:
    """A line of the work list of lists: which list, where it lies, which part of it."""
    return json.dumps([place, path, part])


def retry_line(number: int, unit: int) -> str:
    """A line of the work list of what failed: a unit, and the round that it is of."""
    return json.dumps([number, unit])


def domain_of(url: str, rules: Rules) -> str:
    """The registered domain with whose addresses an address is placed; "" where it is none that may be fetched."""
    try:
        return registered(target(url, rules).host)
    except FetchError:
        return ""


def _rows(line: str, job: CrawlJob) -> Iterator[tuple[str, bytes, Row]]:
    """The rows of a part of a list, each with its domain and key; of a retry those of a unit that failed in a transient way.

    Of an address with many copies there are a few: one of them counts all others.
    """
    storage.configure(job.storage)
    for key, row in fewer(_given(json.loads(line), job)):
        yield domain_of(row.url, job.conduct.rules), key, row


def _given(line: Any, job: CrawlJob) -> Iterator[Row]:
    if job.rounds[-1].kind == RETRY:
        return failed_before(job.folder, *line)
    place, path, part = line
    return read_rows(path, place, part, job.columns)


@dataclass
class Count(beam.PTransform):
    """The lists -> how many addresses each registered domain has, gathered. Cost: shuffle of keys."""

    job: CrawlJob
    parts: int  # files in which records are gathered

    def __post_init__(self) -> None:
        super().__init__("Count")

    def expand(self, begin: Any) -> PCollection[int]:
        """One element a part of the gathered counts."""
        job = self.job
        files, settings = job.files, dict(job.storage)
        most = max(1, MOST_LARGE // self.parts)
        return (
            begin
            | "Lists" >> ReadLines(files.lists, settings)
            | "Domains" >> beam.FlatMap(_domains, job)
            | "Sum" >> beam.CombinePerKey(sum)
            | "Record" >> beam.MapTuple(count_record)
            | "Counts"
            >> Gather(
                files.counts,
                self.parts,
                partial(summed_records, shares=job.shares, most=most, cap=job.rounds[-1].most),
                settings,
            )
        )


def _domains(line: str, job: CrawlJob) -> Iterator[tuple[str, int]]:
    """Domains of a part of a list with their counts."""
    return counted(domain for domain, _, _ in _rows(line, job))


def counted(keys: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Keys with their counts, summed as far as memory is bounded."""
    counts: Counter[str] = Counter()
    for key in keys:
        counts[key] += 1
        if len(counts) >= COUNTED:
            yield from counts.items()
            counts.clear()
    yield from counts.items()


def count_record(key: str, count: int) -> tuple[int, str]:
    """A record for `Gather` of how often a key was counted."""
    return number(key.encode()), json.dumps([key, count])


def summed_records(records: Sequence[Any], shares: Shares, most: int, cap: int = 0) -> dict[str, Any]:
    """Such records as a worker hands them up: see `summed`."""
    return summed([(key, count) for key, count in records], shares, most, cap)


@dataclass
class Place(beam.PTransform):
    """The lists -> the addresses of each unit, in a file. Cost: shuffle of rows of about 150 bytes."""

    job: CrawlJob
    parts: int

    def __post_init__(self) -> None:
        super().__init__("Place")

    def expand(self, begin: Any) -> PCollection[int]:
        """One element a part of the gathered counts of units."""
        job = self.job
        files, settings = job.files, dict(job.storage)
        return (
            begin
            | "Lists" >> ReadLines(files.lists, settings)
            | "Rows" >> beam.ParDo(_PlaceRows(job))
            | "Together" >> beam.GroupByKey()
            | "Write" >> beam.ParDo(_WriteUnit(job))
            | "Placed" >> Gather(files.placed, self.parts, list, settings)
        )


@dataclass
class _PlaceRows(beam.DoFn):
    """A part of a list -> its rows, each under the place of its unit."""

    job: CrawlJob

    def setup(self) -> None:
        """Every worker knows where the large domains go."""
        storage.configure(self.job.storage)
        self._places = Places.of(read_sealed(self.job.files.places))

    def process(self, line: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """(place of the unit, domain and row), but for what its domain has too much of."""
        places = self._places
        for domain, key, row in _rows(line, self.job):
            if places.takes(domain, key):
                wave, bin_ = places.place(domain, key)
                yield wave * places.bins + bin_, (domain, *row)


@dataclass
class _WriteUnit(beam.DoFn):
    """(place, rows) -> the file of a unit's addresses, and how many there are."""

    job: CrawlJob

    def process(self, group: tuple[int, Iterable[tuple[Any, ...]]]) -> Iterator[tuple[int, str]]:
        """The unit's place and count once its file is whole."""
        storage.configure(self.job.storage)
        place, rows = group
        addresses = in_order(((domain, Row(*row)) for domain, *row in rows), SEED)
        write_addresses(self.job.files.addresses(self.job.first + place), addresses)
        yield place, json.dumps([place, sum(address.copies for address in addresses)])


@dataclass
class Fetch(beam.PTransform):
    """The units of a wave -> their archives and rows. Cost: the net; what is shuffled is a unit's number."""

    job: CrawlJob
    wave: int
    parts: int

    def __post_init__(self) -> None:
        super().__init__("Fetch")

    def expand(self, begin: Any) -> PCollection[int]:
        """One element a part of the gathered accounts."""
        job = self.job
        files, settings = job.files, dict(job.storage)
        return (
            begin
            | "Units" >> ReadLines(files.wave(self.wave), settings)
            | "Fetch" >> beam.ParDo(FetchUnit(job))
            | "Accounts" >> Gather(files.ended(self.wave), self.parts, merge_accounts, settings)
        )


@dataclass
class FetchUnit(beam.DoFn):
    """A unit's number -> its segments, and its account."""

    job: CrawlJob
    client: Callable[[Settings], Fetcher] = Client

    def process(self, line: str) -> Iterator[tuple[int, str]]:
        """The unit's account once all its addresses have ended."""
        job, unit = self.job, int(line)
        storage.configure(job.storage)
        note = Note(job.notes, unit)
        record = fetch_unit(job.folder, job.number, unit, job.conduct, self.client(job.settings), note)
        note.close()
        yield unit, json.dumps(record)


class Note:
    """Notes how many addresses of a unit have ended, once a second, for the line of progress. It reaches no output."""

    def __init__(self, folder: str, unit: int) -> None:
        self._path = os.path.join(folder, str(unit)) if folder else ""
        self._last = float("-inf")
        self._done = 0

    def __call__(self, done: int) -> None:
        self._done = done
        if self._path and time.monotonic() - self._last >= 1.0:
            self._last = time.monotonic()
            self.close()

    def close(self) -> None:
        """Note the last."""
        if self._path:
            with open(self._path, "w") as file:
                file.write(str(self._done))


def merge_accounts(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Records of units as one."""
    return {
        "accounts": [asdict(account) for account in add_up(to_accounts(record["account"] for record in records))],
        "transient": sum(record["transient"] for record in records),
        "bytes": sum(record["bytes"] for record in records),
    }
