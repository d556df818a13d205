"""The rows of a run by column: what stayed, and what left. Also of a run that its guard stopped, whose selections lie in staging."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import corpora, storage
from pipeline.formats.parquet import NAME as PARQUET_NAME
from pipeline.formats.parquet import PARQUET
from pipeline.inspect import load
from pipeline.layout import DROPPED, RunFolder
from pipeline.sections import Sections, read_sections, table_of
from schemas.manifest import MANIFEST_NAME, Manifest
from schemas.outcomes import UserError, VerificationError

ROWS = 16_384  # that are read at a time, of columns that hold no payload


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows of a corpus stand in its Parquet shards; of a selection there is no shard and no payload."""

    shard: str
    row: int


@dataclass(slots=True)
class RunTables:
    """The tables of the run in a folder. Raises UserError where nothing is decided there; what reads rows, VerificationError."""

    folder: str
    manifest: Manifest | None = field(init=False)
    corpora: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        paths = RunFolder(self.folder)
        self.manifest = load(self.folder) if storage.exists(paths.manifest) else None
        if self.manifest is not None:
            named = self.manifest.columns or {shard.corpus for shard in self.manifest.shards}
            self.corpora = tuple(name for name in corpora.names() if name in named)
        elif storage.exists(paths.decided_record):
            selections = [read_sections(path) for path in self._selections()[:1]]
            self.corpora = tuple(name for name in corpora.names() for one in selections if one.has(f"{name}/0"))
        else:
            raise UserError(
                f"{self.folder}: nothing is decided here ({MANIFEST_NAME} is missing, and so are decisions in staging)"
            )

    def left(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """What left, some thousand rows at a time, in the order of the run's batches."""
        if self.manifest is not None:
            names = [shard.name for shard in self.manifest.shards if shard.corpus == DROPPED]
        else:
            names = [f"{DROPPED}/{name}" for name in storage.files_below(RunFolder(self.folder).file(DROPPED))]
        for name in names:
            for table, _ in self._rows(name, columns):
                yield table

    def kept(self, corpus: str, columns: Sequence[str]) -> Iterator[tuple[pa.Table, Place]]:
        """What stayed of a corpus, with the place of the first row; a column that is not there is null.

        From Parquet shards, else from the selections in staging; where there are neither, nothing. No table is without a row.
        """
        shards = () if self.manifest is None else self.manifest.shards_of(corpus, PARQUET_NAME)
        for shard in shards:
            yield from self._rows(shard.name, columns)
        for path in [] if shards else self._selections():
            sections = read_sections(path)
            for number in iter_parts(sections, corpus):
                table = with_columns(table_of(sections.get(f"{corpus}/{number}")), columns)
                # A table without a row may have columns without chunks, at which some of pyarrow's functions end the process.
                if len(table):
                    yield table, Place("", 0)

    def payloads(self, places: Mapping[str, Place], column: str) -> dict[str, Any]:
        """One column of some rows by their names, reading no more than the row groups in which they stand."""
        found: dict[str, Any] = {}
        for shard in sorted({place.shard for place in places.values() if place.shard}):
            mine = {name: place.row for name, place in places.items() if place.shard == shard}
            with self._opened(shard) as file:
                found |= column_of(pq.ParquetFile(file, pre_buffer=False), column, mine)
        return found

    def _selections(self) -> list[str]:
        folder = RunFolder(self.folder).selections
        return [storage.join(folder, name) for name in storage.files_below(folder)]

    def _opened(self, name: str) -> Any:
        try:
            return storage.open_for_reading(storage.join(self.folder, name))
        except FileNotFoundError as error:
            raise VerificationError(
                f"{self.folder}/{name} is missing; triptych verify {self.folder} tells more"
            ) from error

    def _rows(self, name: str, columns: Sequence[str]) -> Iterator[tuple[pa.Table, Place]]:
        """The rows of a Parquet file."""
        row = 0
        with self._opened(name) as file:
            try:
                table = pq.ParquetFile(file, page_checksum_verification=True, pre_buffer=False)
                there = [column for column in columns if column in table.schema_arrow.names]
                for batch in table.iter_batches(ROWS, columns=there, use_threads=False):
                    yield with_columns(pa.Table.from_batches([batch]), columns), Place(name, row)
                    row += len(batch)
            except (OSError, ValueError, *PARQUET.errors) as error:
                said = f"{self.folder}/{name} cannot be read ({error}); triptych verify {self.folder} tells more"
                raise VerificationError(said) from error


def iter_parts(sections: Sections, corpus: str) -> Iterator[int]:
    """The numbers of the parts of a corpus in a selection."""
    number = 0
    while sections.has(f"{corpus}/{number}"):
        yield number
        number += 1


def with_columns(table: pa.Table, columns: Sequence[str]) -> pa.Table:
    """These columns of a table; one that is not there is null."""
    held = {name: table[name] if name in table.column_names else pa.nulls(len(table)) for name in columns}
    return pa.table(held)


def column_of(file: pq.ParquetFile, column: str, rows: Mapping[str, int]) -> dict[str, Any]:
    """A column of some rows of a Parquet file, by their names; nothing where it has no such column."""
    found: dict[str, Any] = {}
    if column not in file.schema_arrow.names:
        return found
    begin = 0
    for group in range(file.num_row_groups):
        count = file.metadata.row_group(group).num_rows
        mine = {name: row - begin for name, row in rows.items() if begin <= row < begin + count}
        if mine:
            values = file.read_row_group(group, columns=[column], use_threads=False)[column]
            found |= {name: values[row].as_py() for name, row in mine.items()}
        begin += count
    return found
