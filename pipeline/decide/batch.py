"""Batches: consecutive units that are judged together, and the index rows of a unit as they are read back from staging."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.layout import StagingFolder
from pipeline.plan import Span
from pipeline.sections import Sections, read_sections, table_of
from pipeline.stage.index_parts import TABLES, section_name
from pipeline.stage.unit_record import ALIASES, KEYS, MEDIA_ROWS, MEDIA_URLS, ORIGINS, POLICIES, spans_of
from schemas.index import ALIAS, MEDIA, POLICY, PROBE
from transforms.dedup.keep_first import halves_of

BATCH_ROWS = 50_000  # index rows of a batch at least
PARTITION_ROWS = 1_000_000  # and of a partition of keys
# Batches times partitions is the number of messages. Both grow as the square root of the rows, so a message stays some 300 rows.
BATCH_ROOTS, PARTITION_ROOTS = 8, 36
AT_ONCE = 32 * 2**20  # bytes of an index, compressed, that are read by one request


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
    """A line of the work list of `decide`: units, or the index of a batch of an earlier run (`old`), which only is compared with."""

    number: int
    units: tuple[StagedUnit, ...]
    old: str = ""


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


def batch_lines(units: np.ndarray, old: Sequence[str] = ()) -> Iterator[str]:
    """The work list, from rows (number, bytes, index_at, lookup_at, index rows) of all units in order, and the indexes of earlier runs."""
    rows, number = units[:, 4], 0
    for number, (first, behind) in enumerate(pack(rows.tolist(), batch_rows(int(rows.sum()))), 1):
        yield json.dumps([number - 1, units[first:behind, :4].tolist(), ""])
    for place, path in enumerate(old):
        yield json.dumps([number + place, [], path])


def read_batch(line: str) -> Batch:
    """The batch of a line."""
    number, units, old = json.loads(line)
    return Batch(number, tuple(StagedUnit(*unit) for unit in units), old)


@dataclass(frozen=True, slots=True)
class IndexPart:
    """A part of a unit's index rows. `page` in `refs` is a row of `pages`; `keys` are those of the references' addresses, end to end."""

    number: int  # of the unit
    spans: tuple[Span, ...]
    pages: pa.Table
    refs: pa.Table
    dropped: pa.Table
    failed: pa.Table
    keys: np.ndarray

    def without_references(self) -> "IndexPart":
        """The part for whoever looks at no image."""
        return replace(self, refs=self.refs.slice(0, 0), keys=self.keys[:0])


class UnitIndex:
    """The index of a staged unit: its media, and its other rows part by part. Raises DamagedFileError.

    A small index is read by one request, a large one by one a part, so that no more than a part is in memory.
    """

    def __init__(self, staging: StagingFolder, unit: StagedUnit) -> None:
        small = unit.bytes - unit.index_at <= AT_ONCE
        self._sections = read_sections(staging.unit(unit.number), unit.index_at if small else None, unit.bytes)
        self._small = small
        self.number = unit.number
        self.spans = tuple(spans_of(self._sections))
        self._load([MEDIA_URLS, MEDIA_ROWS, KEYS])
        self.media, self._keys = _lookup_rows(self._sections)
        self._urls = self._sections.get(MEDIA_URLS)

    def media_urls(self) -> Iterator[str]:
        """The addresses of the media, in their order."""
        for batch in pa.ipc.open_stream(self._urls):
            yield from batch["url"].to_pylist()

    def parts(self) -> Iterator[IndexPart]:
        """The parts, in their order."""
        begin = 0
        for number in range(self._sections.about["parts"]):
            names = {table: section_name(table, number) for table in TABLES}
            self._load(names.values())
            tables = {table: table_of(self._sections.get(name)) for table, name in names.items()}
            end = begin + (pc.sum(pc.list_value_length(tables["refs"]["urls"])).as_py() or 0)
            yield IndexPart(self.number, self.spans, **tables, keys=self._keys[begin:end])
            begin = end

    def _load(self, names: Iterable[str]) -> None:
        if not self._small:
            self._sections.load(names)


@dataclass(frozen=True, slots=True)
class UnitLookup:
    """What a unit offers to and asks of all others: media, keys of addresses and addresses that lead to others, policy files and keys of
    origins."""

    media: np.ndarray
    keys: np.ndarray
    aliases: np.ndarray
    policies: np.ndarray
    origins: np.ndarray


def read_lookup(staging: StagingFolder, unit: StagedUnit) -> UnitLookup:
    """What a lookup join needs of a unit, by one request. Raises DamagedFileError."""
    sections = read_sections(staging.unit(unit.number), unit.lookup_at, unit.bytes)
    aliases, policies = (
        np.frombuffer(sections.get(name), dtype) for name, dtype in ((ALIASES, ALIAS), (POLICIES, POLICY))
    )
    return UnitLookup(*_lookup_rows(sections), aliases, policies, origins=_key_rows(sections.get(ORIGINS)))


def _lookup_rows(sections: Sections) -> tuple[np.ndarray, np.ndarray]:
    return np.frombuffer(sections.get(MEDIA_ROWS), MEDIA), _key_rows(sections.get(KEYS))


def _key_rows(data: bytes) -> np.ndarray:
    """Keys of 16 bytes each as rows of PROBE."""
    keys = halves_of(data)
    halves = np.empty(len(keys), PROBE)
    halves["high"], halves["low"] = keys[:, 0], keys[:, 1]
    return halves


def batch_media(units: Iterable[np.ndarray]) -> np.ndarray:
    """The media of a batch's units together; `row` then counts within the batch."""
    together = np.concatenate([np.empty(0, MEDIA), *units])
    together["row"] = np.arange(len(together))
    return together


def batch_aliases(units: Iterable[UnitLookup]) -> np.ndarray:
    """The aliases of a batch's units together."""
    return np.concatenate([np.empty(0, ALIAS), *(unit.aliases for unit in units)])
