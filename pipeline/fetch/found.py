"""Addresses found in something -> lists of those that no earlier round of the crawl has, as a Beam transform.

What is looked through may be pages that a crawl fetched, or references to images in staging: whoever asks says how. Cost: a shuffle of
addresses, of those that are known of their keys.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.pvalue import PCollection, TaggedOutput

from pipeline import storage
from pipeline.accounts import add_up, to_accounts, total
from pipeline.fetch.addresses import read_addresses
from pipeline.fetch.beam import CrawlJob, list_line
from pipeline.fetch.outcome import placed_units
from pipeline.fetch.place import number
from pipeline.fetch.segment import committed_rows
from pipeline.work_list import Gather, ReadLines, read_parts
from schemas.fetches import KEPT
from transforms.dedup.keys import address_key

MOST_LISTS = 4096  # at a thousand million addresses a worker sorts a quarter of a million
AT_ONCE = 100_000  # addresses of one line that a worker holds before it hands them on
KNOWN, LOOK, TOLD = "known", "look", "told"
# What a source tells beside addresses, as a JSON value: `corpus` names the account of what it found, which has `entered`, `dropped` and
# `failed`; `accounts` are those of what it looked through.
Told: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where addresses are found: `find` gives those of one line, in any order and maybe more than once, and what it tells, on a worker.

    `name` tells one source from the others of a crawl: under it a round goes on, and is not begun a second time.
    """

    name: str
    lines: Sequence[str]
    find: Callable[[str], Iterable[str | Told]]


def list_count(lines: int) -> int:
    """Over how many lists the addresses that are found in so many lines are spread.

    >>> list_count(0), list_count(70), list_count(1_000_000)
    (1, 70, 4096)
    """
    return max(1, min(MOST_LISTS, lines))


def source_lines(job: CrawlJob, source: Source) -> Iterator[str]:
    """The work list: what is to be looked through, and the units of earlier rounds."""
    for line in source.lines:
        yield json.dumps([LOOK, line])
    for before, round_ in enumerate(job.rounds[:-1], 1):
        for place in sorted(placed_units(job.folder.round(before))):
            yield json.dumps([KNOWN, [before, round_.first + place]])


def found_lines(job: CrawlJob) -> Iterator[str]:
    """The work list of the lists that were found."""
    round_ = job.files
    for place in sorted(place for part in read_parts(round_.found) for place, count in part):
        yield list_line(job.rounds[-1].list + place, round_.list(place), 0)


@dataclass
class Find(beam.PTransform):
    """The work list of a source -> lists of new addresses, how many are in each, and what was told."""

    job: CrawlJob
    find: Callable[[str], Iterable[str | Told]]
    parts: int  # files in which the counts are gathered

    def __post_init__(self) -> None:
        super().__init__("Find")

    def expand(self, begin: Any) -> PCollection[int]:
        """One element a part of the gathered counts."""
        job = self.job
        files, settings = job.files, dict(job.storage)
        looked = (
            begin
            | "Sources" >> ReadLines(files.sources, settings)
            | "Look" >> beam.FlatMap(_addresses, job, self.find).with_outputs(TOLD, main=LOOK)
        )
        looked[TOLD] | "Told" >> Gather(files.told, self.parts, merge_told, settings)
        return (
            looked[LOOK]
            | "Together" >> beam.GroupByKey()
            | "Write" >> beam.ParDo(_WriteList(job))
            | "Found" >> Gather(files.found, self.parts, list, settings)
        )


def _addresses(line: str, job: CrawlJob, find: Callable[[str], Iterable[str | Told]]) -> Iterator[Any]:
    """The addresses of a line, by the number of their list, each with its key; of what is known the key alone. Beside them what is told."""
    storage.configure(job.storage)
    what, told = json.loads(line)
    found: dict[bytes, str] = {}
    for one in _known(job, *told) if what == KNOWN else find(told):
        if not isinstance(one, str):
            yield TaggedOutput(TOLD, (number(line.encode()), json.dumps(one)))
            continue
        key, url = address_key(one), "" if what == KNOWN else one
        found[key] = min(url, found.get(key, url))
        if len(found) >= AT_ONCE:
            yield from _by_list(found, job)
            found.clear()
    yield from _by_list(found, job)


def _by_list(found: Mapping[bytes, str], job: CrawlJob) -> Iterator[tuple[int, tuple[bytes, str]]]:
    for key, url in found.items():
        yield int.from_bytes(key[:4]) % job.rounds[-1].lists, (key, url)


def _known(job: CrawlJob, round_: int, unit: int) -> Iterator[str]:
    """What a unit asked for, and where redirects led: both lie in its archives."""
    for address in read_addresses(job.folder.round(round_).addresses(unit)):
        yield address.url
    for row in committed_rows(job.folder, unit, ("outcome", "final_url", "redirects")):
        if row["redirects"] and row["outcome"] == KEPT:
            yield row["final_url"]


def merge_told(records: Sequence[Told]) -> Told:
    """What workers told, as one."""
    return {
        "corpus": next((record["corpus"] for record in records), ""),
        "entered": sum(record["entered"] for record in records),
        "dropped": total(record["dropped"] for record in records),
        "failed": total(record["failed"] for record in records),
        "accounts": [
            asdict(account)
            for account in add_up(account for record in records for account in to_accounts(record["accounts"]))
        ],
    }


@dataclass
class _WriteList(beam.DoFn):
    """(number, addresses) -> the list of those that are new, and how many they are."""

    job: CrawlJob

    def process(self, group: tuple[int, Iterable[tuple[bytes, str]]]) -> Iterator[tuple[int, str]]:
        """The list's number and count once its file is whole; nothing where none is new."""
        job, (place, addresses) = self.job, group
        storage.configure(job.storage)
        # Of an address that is written in several ways the least stands; what is known is "" and less than any.
        found: dict[bytes, str] = {}
        for key, url in addresses:
            found[key] = min(url, found.get(key, url))
        new = [url for _, url in sorted(found.items()) if url]
        if new:
            with storage.write_whole(job.files.list(place)) as file:
                file.write(_packed(new))
            yield place, json.dumps([place, len(new)])


def _packed(urls: list[str]) -> bytes:
    """A list as a Parquet file of one row group."""
    out = io.BytesIO()
    pq.write_table(pa.table({"url": urls}), out, compression="zstd", row_group_size=len(urls))
    return out.getvalue()
