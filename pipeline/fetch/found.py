"""Addresses found in something -> lists of those that no earlier round of the crawl has, as a Beam transform.

What is looked through may be pages that a crawl fetched, or references to images in staging: whoever asks says how. Cost: a shuffle of
addresses, of those that are known of their keys.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.pvalue import PCollection

from pipeline import storage
from pipeline.fetch.addresses import read_addresses
from pipeline.fetch.beam import CrawlJob, list_line
from pipeline.fetch.outcome import placed_units
from pipeline.work_list import Gather, ReadLines, read_parts
from transforms.dedup.keys import address_key

MOST_LISTS = 4096  # at a thousand million addresses a worker sorts a quarter of a million
KNOWN, LOOK = "known", "look"


@dataclass(frozen=True, slots=True)
class Source:
    """Where addresses are found: `find` gives those of one line, in any order and maybe more than once, on a worker.

    `name` tells one source from the others of a crawl: under it a round goes on, and is not begun a second time.
    """

    name: str
    lines: Sequence[str]
    find: Callable[[str], Iterable[str]]


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
    for number, round_ in enumerate(job.rounds[:-1], 1):
        for place in sorted(placed_units(job.folder.round(number))):
            yield json.dumps([KNOWN, [number, round_.first + place]])


def found_lines(job: CrawlJob) -> Iterator[str]:
    """The work list of the lists that were found."""
    round_ = job.files
    for number in sorted(number for part in read_parts(round_.found) for number, count in part):
        yield list_line(job.rounds[-1].list + number, round_.list(number), 0)


@dataclass
class Find(beam.PTransform):
    """The work list of a source -> lists of new addresses, and how many are in each."""

    job: CrawlJob
    find: Callable[[str], Iterable[str]]
    parts: int  # files in which the counts are gathered

    def __post_init__(self) -> None:
        super().__init__("Find")

    def expand(self, begin: Any) -> PCollection[int]:
        """One element a part of the gathered counts."""
        job = self.job
        files, settings = job.files, dict(job.storage)
        return (
            begin
            | "Sources" >> ReadLines(files.sources, settings)
            | "Look" >> beam.FlatMap(_addresses, job, self.find)
            | "Together" >> beam.GroupByKey()
            | "Write" >> beam.ParDo(_WriteList(job))
            | "Found" >> Gather(files.found, self.parts, list, settings)
        )


def _addresses(
    line: str, job: CrawlJob, find: Callable[[str], Iterable[str]]
) -> Iterator[tuple[int, tuple[bytes, str]]]:
    """The addresses of a line, by the number of their list, each with its key; of what is known the key alone."""
    storage.configure(job.storage)
    what, told = json.loads(line)
    if what == KNOWN:
        number, unit = told
        addresses = read_addresses(job.folder.round(number).addresses(unit))
        found = {address_key(address.url): "" for address in addresses}
    else:
        found = {}
        for url in find(told):
            key = address_key(url)
            found[key] = min(url, found.get(key, url))
    for key, url in found.items():
        yield int.from_bytes(key[:4]) % job.rounds[-1].lists, (key, url)


@dataclass
class _WriteList(beam.DoFn):
    """(number, addresses) -> the list of those that are new, and how many they are."""

    job: CrawlJob

    def process(self, group: tuple[int, Iterable[tuple[bytes, str]]]) -> Iterator[tuple[int, str]]:
        """The list's number and count once its file is whole; nothing where none is new."""
        job, (number, addresses) = self.job, group
        storage.configure(job.storage)
        # Of an address that is written in several ways the least stands; what is known is "" and less than any.
        found: dict[bytes, str] = {}
        for key, url in addresses:
            found[key] = min(url, found.get(key, url))
        new = [url for _, url in sorted(found.items()) if url]
        if new:
            with storage.write_whole(job.files.list(number)) as file:
                file.write(_packed(new))
            yield number, json.dumps([number, len(new)])


def _packed(urls: list[str]) -> bytes:
    """A list as a Parquet file of one row group."""
    out = io.BytesIO()
    pq.write_table(pa.table({"url": urls}), out, compression="zstd", row_group_size=len(urls))
    return out.getvalue()
