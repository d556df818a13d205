"""Rows into Arrow files, a batch at a time, so that memory does not grow with a unit."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from pipeline import storage

BATCH_ROWS = 4096


class Rows:
    """Collects rows by column and writes a record batch whenever BATCH_ROWS or more are together."""

    def __init__(self, schema: pa.Schema, writer: "pa.ipc.RecordBatchFileWriter") -> None:
        self.count = 0
        self._schema = schema
        self._writer = writer
        self._columns: dict[str, list[Any]] = {name: [] for name in schema.names}

    def append(self, row: Mapping[str, Any]) -> None:
        """Add one row; it must name every column of the schema and nothing else."""
        self.extend({name: (value,) for name, value in row.items()})

    def extend(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Add rows by column, all of one length; they must name every column of the schema and nothing else."""
        if columns.keys() != self._columns.keys():
            raise KeyError(f"columns {sorted(columns.keys() ^ self._columns.keys())} are missing or unknown")
        for name, values in columns.items():
            self._columns[name].extend(values)
        together = len(self._columns[self._schema.names[0]])
        self.count += len(columns[self._schema.names[0]])
        if together >= BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what is together."""
        if self._columns[self._schema.names[0]]:
            self._writer.write_batch(pa.RecordBatch.from_pydict(self._columns, schema=self._schema))
            self._columns = {name: [] for name in self._schema.names}


@contextmanager
def write_rows(path: str, schema: pa.Schema) -> Iterator[Rows]:
    """An Arrow file of staging to append rows to; it appears under its name when the block ends."""
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with (
        storage.write_whole(path, durable=False) as file,
        pa.ipc.new_file(pa.PythonFile(file, "w"), schema, options=options) as writer,
    ):
        rows = Rows(schema, writer)
        yield rows
        rows.flush()


def read_table(path: str) -> pa.Table:
    """A whole Arrow file; a local one is mapped, so that of an uncompressed file only what is used is read."""
    if not storage.is_remote(path):
        return pa.ipc.open_file(pa.memory_map(path)).read_all()
    with storage.open_for_reading(path) as file:
        return pa.ipc.open_file(pa.PythonFile(file, "r")).read_all()


def write_table(path: str, table: pa.Table) -> None:
    """Write a table uncompressed, so that a slice of it can be read without the rest."""
    options = pa.ipc.IpcWriteOptions(compression=None)
    with (
        storage.write_whole(path) as file,
        pa.ipc.new_file(pa.PythonFile(file, "w"), table.schema, options=options) as writer,
    ):
        writer.write_table(table, max_chunksize=BATCH_ROWS)
