"""Batches: consecutive units that are judged together, and the index rows of a unit as they are read back from staging."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.layout import StagingFolder
from pipeline.plan import Span
from pipeline.sections import Sections, read_sections, table_of
from pipeline.stage.unit import KEYS, MEDIA_ROWS, MEDIA_URLS, TABLES, spans_of
from schemas.index import MEDIA, PROBE

BATCH_ROWS = 50_000  # index rows of a batch at least
PARTITION_ROWS = 1_000_000  # and of a partition of keys
# Batches times partitions is the number of messages. Both grow as the square root of the rows, so a message stays some 300 rows.
BATCH_ROOTS, PARTITION_ROOTS = 8, 36


def batch_rows(total: int) -> int:
    """The index rows that a batch holds at most (a larger unit is a batch alone).

    >>> batch_rows(10**6), batch_rows(13 * 10**9)
    (50000, 912140)
    """
    return max(BATCH_ROWS, round(BATCH_ROOTS * math.sqrt(total)))


def partition_count(total: int) -> int:
    """How many partitions the keys of so many index rows are dealt out to.

    >>> partition_count(10**6), partition_count(13 * 10**9)
    (1, 3168)
    """
    return 1 + max(0, total - 1) // max(PARTITION_ROWS, round(PARTITION_ROOTS * math.sqrt(total)))


@dataclass(frozen=True, slots=True)
class StagedUnit:
    """Where the index of a staged unit lies: its number, its file's size, and the offsets of its sections."""

    number: int
    bytes: int
    index_at: int
    lookup_at: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A line of the work list of `decide`."""

    number: int
    units: tuple[StagedUnit, ...]


def pack(rows: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Ranges (first, behind the last) of consecutive units of at most `most` rows together; a larger unit is alone.

    >>> list(pack([2, 2, 2, 9], most=4))
    [(0, 2), (2, 3), (3, 4)]
    """
    first = together = 0
    for place, count in enumerate(rows):
        if place > first and together + count > most:
            yield first, place
            first, together = place, 0
        together += count
    if len(rows):
        yield first, len(rows)


def batch_lines(units: np.ndarray) -> Iterator[str]:
    """The work list, from rows (number, bytes, index_at, lookup_at, index rows) of all units in their order."""
    rows = units[:, 4]
    for number, (first, behind) in enumerate(pack(rows.tolist(), batch_rows(int(rows.sum())))):
        yield json.dumps([number, units[first:behind, :4].tolist()])


def read_batch(line: str) -> Batch:
    """The batch of a line."""
    number, units = json.loads(line)
    return Batch(number, tuple(StagedUnit(*unit) for unit in units))


@dataclass(frozen=True, slots=True)
class UnitIndex:
    """The index rows of a unit. `page` in `refs` is a row of `pages`; `keys` are those of the references' addresses, end to end."""

    number: int
    spans: tuple[Span, ...]
    pages: pa.Table
    refs: pa.Table
    dropped: pa.Table
    failed: pa.Table
    media: np.ndarray
    media_urls: pa.Table
    keys: np.ndarray


def read_index(staging: StagingFolder, unit: StagedUnit) -> UnitIndex:
    """All index rows of a unit, by one request. Raises DamagedFileError."""
    sections = read_sections(staging.unit(unit.number), unit.index_at, unit.bytes)
    tables = {name: table_of(sections.get(name)) for name in TABLES}
    urls = table_of(sections.get(MEDIA_URLS))
    return UnitIndex(unit.number, tuple(spans_of(sections)), media_urls=urls, **tables, **_lookup_rows(sections))


def read_lookup(staging: StagingFolder, unit: StagedUnit) -> tuple[np.ndarray, np.ndarray]:
    """The media of a unit and the keys of its references, by one request. Raises DamagedFileError."""
    found = _lookup_rows(read_sections(staging.unit(unit.number), unit.lookup_at, unit.bytes))
    return found["media"], found["keys"]


def _lookup_rows(sections: Sections) -> dict[str, np.ndarray]:
    keys = np.frombuffer(sections.get(KEYS), ">u8").reshape(-1, 2)
    halves = np.empty(len(keys), PROBE)
    halves["high"], halves["low"] = keys[:, 0], keys[:, 1]
    return {"media": np.frombuffer(sections.get(MEDIA_ROWS), MEDIA), "keys": halves}


def batch_media(units: Iterable[np.ndarray]) -> np.ndarray:
    """The media of a batch's units together; `row` then counts within the batch."""
    together = np.concatenate([np.empty(0, MEDIA), *units])
    together["row"] = np.arange(len(together))
    return together
