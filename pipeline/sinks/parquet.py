"""One Parquet shard: rows in, bounded row groups out, the same bytes however the rows arrive.

Settings by `reference/shards.md` §3 and `packages.md` §2.7: zstd 3 for text, no codec and no dictionary for image
bytes, a page index, and page checksums, which `verify` reads.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import storage
from schemas.arrow import LABEL, PAYLOAD, record_batch
from schemas.manifest import PARQUET, ShardFile

GROUP_BYTES = 32 << 20  # of a row group before encoding: the hub wants <= 100 MB (shards.md §3), and three are held
ZSTD_LEVEL = 3  # 175 MB/s at ratio 2.98; level 9 gains 11 % at a fifth of the speed (packages.md §2.7)
BATCH_VALUES = 16  # values between two looks at the page size: 1,024, the default, makes pages of 1,024 images


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
    alone, not on how they were batched. A shard without rows leaves no file, and `file` stays None (`shards.md` §2: no
    empty shard).
    """

    def __init__(self, run: str, name: str, corpus: str, schema: pa.Schema, group_bytes: int = GROUP_BYTES) -> None:
        self.file: ShardFile | None = None
        self._path = storage.join(run, name)
        self._name = name
        self._corpus = corpus
        self._schema = schema
        self._group_bytes = group_bytes
        self._pending: list[pa.RecordBatch] = []
        self._pending_bytes = 0
        self._rows = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.__enter__()
        return self

    def write_rows(self, rows: pa.RecordBatch | Mapping[str, Sequence[Any]]) -> None:
        """Appends rows: a batch of this shard's schema, or columns by name. Raises ValueError where they do not fit."""
        batch = rows if isinstance(rows, pa.RecordBatch) else record_batch(self._schema, rows)
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

    def _fitting(self, ends: Any, start: int) -> int:
        """The row before which the group must end; a row that is too large for any group gets one of its own."""
        room = self._group_bytes - self._pending_bytes + (int(ends[start - 1]) if start else 0)
        stop = int(np.searchsorted(ends, room, side="right"))
        return stop if stop > start or self._pending else start + 1

    def _gather(self, rows: pa.RecordBatch, size: int) -> None:
        self._pending.append(rows)
        self._pending_bytes += size

    def _flush(self) -> None:
        """Writes what is gathered as one row group; the file is begun here, so a shard without rows begins none."""
        if not self._pending:
            return
        if not self._rows:
            self._sink = self._stack.enter_context(storage.write_whole(self._path))
            self._writer = pq.ParquetWriter(self._sink, self._schema, **writer_options(self._schema))
            # A broken writer would write its footer when it is collected, long after its file is closed.
            self._stack.callback(setattr, self._writer, "is_open", False)
        group = pa.Table.from_batches(self._pending, self._schema).combine_chunks()  # pages depend on chunks
        self._pending, self._pending_bytes = [], 0
        self._writer.write_table(group, row_group_size=len(group))
        self._rows += len(group)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack:
            self._flush()
            if self._rows:
                self._writer.close()
        if self._rows:
            written = (self._rows, self._sink.tell(), self._sink.sha256())
            self.file = ShardFile(self._name, self._corpus, PARQUET, *written)
