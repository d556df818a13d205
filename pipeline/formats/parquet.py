"""Parquet: bounded row groups, the same bytes however the rows arrive, and shards read back with their checksums.

The settings are those of docs/sources.md, Parquet shards: zstd 3 for text, no codec and no dictionary for image bytes,
a page index, and page checksums, which no reader asks for by itself and `verify` does.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import storage
from pipeline.formats.base import EDITED, STAYS, Change, Kind, Read, Row
from schemas.manifest import Manifest, ShardFile, SideFile
from schemas.tables import LABEL, PAYLOAD, features, record_batch_of_rows

NAME = "parquet"
GROUP_BYTES = 32 << 20  # of a row group before encoding: the hub wants <= 100 MB, and three are held
ZSTD_LEVEL = 3  # 175 MB/s at ratio 2.98; level 9 gains 11 % at a fifth of the speed
BATCH_VALUES = 16  # values between two looks at the page size: 1,024, the default, makes pages of 1,024 images
BATCH_ROWS = 256  # read at a time: some hundred images
LOOK_ROWS = 4096  # and where only ids, addresses and the like are read


def shard_name(corpus: str, number: int, count: int) -> str:
    """Where a Parquet shard of a corpus lies in the run folder.

    >>> shard_name("text", 0, 4)
    'text/data/train-00000-of-00004.parquet'
    """
    return f"{corpus}/data/train-{number:05d}-of-{count:05d}.parquet"


def row_bytes(array: pa.Array) -> Any:
    """Bytes that each row of an array takes before encoding, as an int64 numpy array; depends on each row alone."""
    type_ = array.type
    if pa.types.is_struct(type_):
        return sum((row_bytes(child) for child in array.flatten()), np.zeros(len(array), np.int64))
    if pa.types.is_list(type_):
        inside = np.concatenate([[0], np.cumsum(row_bytes(array.flatten()))])
        ends = np.cumsum(_lengths(pc.list_value_length(array)))
        return np.diff(inside[ends], prepend=0) + 4
    if pa.types.is_string(type_) or pa.types.is_binary(type_):
        return _lengths(pc.binary_length(array)) + 4
    return np.full(len(array), max(type_.bit_width // 8, 1), np.int64)


def _lengths(counts: pa.Array) -> Any:
    return np.asarray(counts.fill_null(0), dtype=np.int64)


def _leaves(field: pa.Field, path: str) -> Iterator[tuple[str, pa.DataType]]:
    """The Parquet column paths below a field, with their types."""
    if pa.types.is_struct(field.type):
        for child in field.type:
            yield from _leaves(child, f"{path}.{child.name}")
    elif pa.types.is_list(field.type):
        yield from _leaves(field.type.value_field, f"{path}.list.element")
    else:
        yield path, field.type


def writer_options(schema: pa.Schema) -> dict[str, Any]:
    """The settings of `pyarrow.parquet.ParquetWriter` for a schema: codec, dictionary and statistics by column."""
    leaves = [(path, type_, field) for field in schema for path, type_ in _leaves(field, field.name)]
    nature = {path: (field.metadata or {}).get(b"nature", b"").decode() for path, _, field in leaves}
    packed = [path for path, type_, _ in leaves if not pa.types.is_binary(type_)]  # images are compressed already
    return {
        "compression": {path: "ZSTD" if path in packed else "NONE" for path in nature},
        "compression_level": dict.fromkeys(packed, ZSTD_LEVEL),
        "use_dictionary": [path for path, kind in nature.items() if kind == LABEL],
        "write_statistics": [path for path, kind in nature.items() if kind != PAYLOAD],
        "write_batch_size": BATCH_VALUES,
        "write_page_index": True,
        "write_page_checksum": True,
        "version": "2.6",
        "data_page_version": "1.0",
    }


class ParquetShard:
    """A shard that is being written: a context manager whose `file` is set once the block has ended without an error.

    Rows are gathered until a row group is full and then flushed, so memory holds about three groups whatever the size
    of the shard. A row group ends before the row that would pass `group_bytes`; where it ends depends on the rows
    alone, not on how they were batched. A shard without rows leaves no file, and `file` stays None; with `empty_ok` it
    leaves one that has the schema and no row group.
    """

    def __init__(
        self,
        run: str,
        name: str,
        corpus: str,
        schema: pa.Schema,
        group_bytes: int = GROUP_BYTES,
        empty_ok: bool = False,
    ) -> None:
        self.file: ShardFile | None = None
        self._path = storage.join(run, name)
        self._name = name
        self._corpus = corpus
        self._schema = schema
        self._group_bytes = group_bytes
        self._empty_ok = empty_ok
        self._pending: list[pa.RecordBatch] = []
        self._pending_bytes = 0
        self._rows = 0
        self._stack = ExitStack()
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        self._stack.__enter__()
        return self

    def write(self, rows: Sequence[Row]) -> None:
        """Append rows. Raises ValueError where they do not fit the schema."""
        if rows:
            self.write_batch(record_batch_of_rows(self._schema, rows))

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Append a batch of this shard's schema. Raises ValueError where it has another."""
        if not batch.schema.equals(self._schema):
            raise ValueError(f"{self._name}: rows of another schema:\n{batch.schema}\ninstead of\n{self._schema}")
        ends = np.cumsum(sum(row_bytes(column) for column in batch.columns))
        start = 0
        while start < len(batch):
            stop = self._fitting(ends, start)
            if stop > start:
                self._gather(batch.slice(start, stop - start), int(ends[stop - 1] - (ends[start - 1] if start else 0)))
            if stop < len(batch):
                self._flush()
            start = stop

    def write_table(self, table: pa.Table) -> None:
        """Append Arrow rows of columns that this shard's schema names."""
        for batch in table.cast(self._schema).to_batches():
            self.write_batch(batch)

    def _fitting(self, ends: Any, start: int) -> int:
        """The row before which the group must end; a row that is too large for any group gets one of its own."""
        room = self._group_bytes - self._pending_bytes + (int(ends[start - 1]) if start else 0)
        stop = int(np.searchsorted(ends, room, side="right"))
        return stop if stop > start or self._pending else start + 1

    def _gather(self, rows: pa.RecordBatch, size: int) -> None:
        self._pending.append(rows)
        self._pending_bytes += size

    def _flush(self) -> None:
        """Write what is gathered as one row group."""
        if not self._pending:
            return
        group = pa.Table.from_batches(self._pending, self._schema).combine_chunks()  # pages depend on chunks
        self._pending, self._pending_bytes = [], 0
        self._begun().write_table(group, row_group_size=len(group))
        self._rows += len(group)

    def _begun(self) -> pq.ParquetWriter:
        """The writer of the file, which is begun with the first row group, so that a shard without rows begins none."""
        if self._writer is None:
            self._sink = self._stack.enter_context(storage.write_whole(self._path))
            self._writer = pq.ParquetWriter(self._sink, self._schema, **writer_options(self._schema))
            # A broken writer would write its footer when it is collected, long after its file is closed.
            self._stack.callback(setattr, self._writer, "is_open", False)
        return self._writer

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack:
            self._flush()
            if self._rows or self._empty_ok:
                self._begun().close()
        if self._writer is not None:
            written = (self._rows, self._sink.tell(), self._sink.sha256())
            self.file = ShardFile(self._name, self._corpus, NAME, *written)


def batches(file: BinaryIO, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The rows of a shard, of all columns or of some, every page that is read with its checksum verified.

    Raises ValueError for a column that is not there, pyarrow's errors where the shard is damaged.
    """
    table = pq.ParquetFile(file, page_checksum_verification=True, pre_buffer=False)
    if unknown := [name for name in columns or () if name not in table.schema_arrow.names]:
        raise ValueError(f"no column {', '.join(unknown)}")
    yield from table.iter_batches(BATCH_ROWS, columns=columns, use_threads=False)


def check_columns(found: pa.Schema, columns: Mapping[str, str], wanted: Sequence[str]) -> None:
    """Raise ValueError where a shard's columns are not those that the run wrote, or a wanted one is missing."""
    held = [(field.name, type_text(field.type)) for field in found]
    if columns and sorted(held) != sorted(columns.items()):
        wrong = sorted({name for name, _ in set(held) ^ set(columns.items())}) or ["one of them twice"]
        raise ValueError(f"columns differ from those that the run wrote: {', '.join(wrong[:4])}")
    if missing := set(wanted) - {name for name, _ in held}:
        raise ValueError(f"no column {', '.join(sorted(missing))}")


def type_text(type_: pa.DataType) -> str:
    """A type that was read from Parquet, in the words of `Table.types`: a list's `element` there is an `item` in Arrow.

    >>> type_text(pa.list_(pa.field("element", pa.string())))
    'list<item: string>'
    """
    return str(type_).replace("list<element: ", "list<item: ")


def schema_as_written(found: pa.Schema) -> pa.Schema:
    """The schema that a shard of ours was written by, from the one that is read of it: the element of a list was called an item."""
    for place, column in enumerate(found):
        if pa.types.is_list(column.type):
            item = column.type.value_field.with_name("item")
            found = found.set(place, column.with_type(pa.list_(item)))
    return found


def changed(batch: pa.RecordBatch, change: Change) -> Iterator[pa.RecordBatch]:
    """What a change makes of some rows."""
    names = [name for name in change.columns if name in batch.schema.names]
    fates = change.judge({name: batch.column(name).to_pylist() for name in names})
    begin = 0
    for row in [*np.flatnonzero(fates == EDITED).tolist(), len(batch)]:
        if row > begin:
            yield batch.slice(begin, row - begin).filter(pa.array(fates[begin:row] == STAYS))
        if row < len(batch) and (edited := change.edit(batch.slice(row, 1).to_pylist()[0])) is not None:
            yield record_batch_of_rows(batch.schema, [edited])
        begin = row + 1


def check_interlaced(texts: pa.Array, images: pa.Array) -> None:
    """Raise ValueError where a row does not have exactly one of text and image in each place."""
    if not pc.list_value_length(texts).equals(pc.list_value_length(images)):
        raise ValueError("texts and images of a document differ in length")
    if not texts.flatten().is_valid().equals(images.flatten().is_null()):
        raise ValueError("a place of a document holds both a text and an image, or neither")


def _form(feature: Mapping[str, Any]) -> dict[str, Any]:
    """A feature in the words of a card."""
    if feature["_type"] == "Image":
        return {"dtype": "image"}
    if feature["_type"] == "List":
        return {"list": _form(feature["feature"])["dtype"]}
    return {"dtype": feature["dtype"]}


@dataclass(frozen=True, slots=True)
class ParquetFormat:
    """Parquet as a format; see `pipeline.formats.base.Format`."""

    group_bytes: int = GROUP_BYTES

    name = NAME
    suffix = ".parquet"
    errors = (pa.ArrowException,)

    def fits(self, kind: Kind) -> bool:
        """Every table can be written."""
        return True

    def shard_name(self, corpus: str, number: int, count: int) -> str:
        """As `shard_name`."""
        return shard_name(corpus, number, count)

    def pattern(self, corpus: str) -> str:
        """All shards of a corpus; the `datasets` library takes the split from the prefix."""
        return f"{corpus}/data/train-*.parquet"

    def open(self, run: str, name: str, kind: Kind, empty_ok: bool = False) -> ParquetShard:
        """Begin a shard."""
        return ParquetShard(run, name, kind.name, kind.table.schema(), self.group_bytes, empty_ok)

    def read(
        self, file: BinaryIO, shard: ShardFile, columns: Mapping[str, str], wanted: Sequence[str]
    ) -> Iterator[Read]:
        """Batch by batch, every page of every column with its checksum verified."""
        table = pq.ParquetFile(file, page_checksum_verification=True, pre_buffer=False)
        check_columns(table.schema_arrow, columns, wanted)
        interlaced = {"texts", "images"} <= set(table.schema_arrow.names)
        for batch in table.iter_batches(BATCH_ROWS, use_threads=False):
            if interlaced:
                check_interlaced(batch.column("texts"), batch.column("images"))
            yield Read(len(batch), {name: batch.column(name).to_pylist() for name in wanted})

    def look(self, file: BinaryIO, columns: Sequence[str]) -> Iterator[Read]:
        """Only the pages of those columns are read."""
        table = pq.ParquetFile(file, page_checksum_verification=True, pre_buffer=False)
        held = [name for name in columns if name in table.schema_arrow.names]
        for batch in table.iter_batches(LOOK_ROWS, columns=held, use_threads=False):
            yield Read(len(batch), {name: batch.column(name).to_pylist() for name in held})

    def rewrite(
        self, run: str, shard: ShardFile, name: str, change: Change, empty_ok: bool = False
    ) -> ShardFile | None:
        """Row group by row group: they end where they would have ended without the rows that go."""
        with storage.open_for_reading(storage.join(run, shard.name)) as file:
            table = pq.ParquetFile(file, page_checksum_verification=True, pre_buffer=False)
            schema = schema_as_written(table.schema_arrow)
            with ParquetShard(run, name, shard.corpus, schema, self.group_bytes, empty_ok) as out:
                for batch in table.iter_batches(BATCH_ROWS, use_threads=False):
                    for piece in changed(batch.cast(schema), change):
                        out.write_batch(piece)
        return out.file and replace(out.file, name=shard.name)

    def side_files(self, run: str, kind: Kind, manifest: Manifest) -> list[SideFile]:
        """None: the run folder's card serves Parquet."""
        return []

    def features(self, kind: Kind, shards: Sequence[ShardFile]) -> list[dict[str, Any]]:
        """What each column is."""
        return [{"name": name, **_form(feature)} for name, feature in features(kind.table.schema()).items()]

    def loading(self, corpus: str) -> str:
        """By the run folder's card, in which each corpus is a configuration."""
        return f'folder, "{corpus}"'


PARQUET = ParquetFormat()
