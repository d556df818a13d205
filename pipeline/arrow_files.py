"""Rows gathered by column into compressed Arrow, and bytes gathered before their place in a file is known. Memory is bounded."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Self

import pyarrow as pa

from pipeline import storage
from pipeline.sections import COMPRESSED

BATCH_ROWS = 4096
BATCH_CHARACTERS = 8 * 2**20  # or bytes of numbers
MEMORY = 16 * 2**20  # of a spool; what is beyond lies on the local disk
PIECE = 1 << 20


class Spool:
    """Bytes in the order in which they come, in memory or beyond MEMORY in a temporary file; read back by place or in pieces."""

    def __init__(self, memory: int = MEMORY) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=memory)  # noqa: SIM115 - closed by close()
        self._size = 0

    def write(self, data: bytes) -> int:
        """Append bytes; returns where they begin."""
        at = self._size
        with storage.naming(tempfile.gettempdir()):
            self._file.seek(at)
            self._file.write(data)
        self._size += len(data)
        return at

    def tell(self) -> int:
        """How many bytes there are."""
        return self._size

    def read(self, at: int, length: int) -> bytes:
        """Bytes from a place."""
        self._file.seek(at)
        return self._file.read(length)

    def pieces(self, at: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `at` on, all or so many, in pieces."""
        left = self._size - at if length is None else length
        self._file.seek(at)
        while left and (piece := self._file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece

    def close(self) -> None:
        """Forget them."""
        self._file.close()


class Rows:
    """Rows of one schema on their way to a section: a record batch is compressed whenever BATCH_ROWS or BATCH_CHARACTERS are together.

    `count` is how many rows there are, `bytes` about what they take in memory: a text counts by its characters, a number by its width.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self.count = self.bytes = 0
        self._schema = schema
        self._texts = [field.name for field in schema if pa.types.is_string(field.type)]
        lists = [field for field in schema if pa.types.is_list(field.type)]
        self._lists = [field.name for field in lists if pa.types.is_string(field.type.value_type)]
        self._numbers = {f.name: _width(f.type.value_type) for f in lists if f.name not in self._lists}
        self._width = sum(_width(field.type) for field in schema)
        self._columns: dict[str, list[Any]] = {name: [] for name in schema.names}
        self._waiting = 0
        self._spool = Spool()
        self._writer = pa.ipc.new_stream(pa.PythonFile(_Appending(self._spool), "w"), schema, options=COMPRESSED)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self.close()

    def append(self, row: Mapping[str, Any]) -> None:
        """Add one row; it must name every column of the schema and nothing else."""
        self.extend({name: (value,) for name, value in row.items()})

    def extend(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Add rows by column, all of one length; they must name every column of the schema and nothing else."""
        if columns.keys() != self._columns.keys():
            raise KeyError(f"columns {sorted(columns.keys() ^ self._columns.keys())} are missing or unknown")
        for name, values in columns.items():
            self._columns[name].extend(values)
        rows = len(columns[self._schema.names[0]])
        size = rows * self._width + sum(_characters(columns[name]) for name in self._texts)
        size += sum(_characters(chain.from_iterable(columns[name])) for name in self._lists)
        size += sum(len(values) * width for name, width in self._numbers.items() for values in columns[name])
        self.count += rows
        self.bytes += size
        self._waiting += size
        if len(self._columns[self._schema.names[0]]) >= BATCH_ROWS or self._waiting >= BATCH_CHARACTERS:
            self._flush()

    def pieces(self) -> Iterator[bytes]:
        """The bytes of the Arrow stream; no row may be added after that."""
        self._flush()
        self._writer.close()
        return self._spool.pieces()

    def close(self) -> None:
        """Forget the rows."""
        self._spool.close()

    def _flush(self) -> None:
        if self._columns[self._schema.names[0]]:
            self._writer.write_batch(pa.RecordBatch.from_pydict(self._columns, schema=self._schema))
            self._columns = {name: [] for name in self._schema.names}
            self._waiting = 0


def _width(type_: pa.DataType) -> int:
    return type_.bit_width // 8 if pa.types.is_primitive(type_) or pa.types.is_fixed_size_binary(type_) else 8


def _characters(texts: Iterable[str | None]) -> int:
    return sum(map(len, filter(None, texts)))


class _Appending:
    """A spool as a file that pyarrow can write to."""

    closed = False

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def write(self, data: Any) -> int:
        self._spool.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The spool is closed by whoever owns it."""
