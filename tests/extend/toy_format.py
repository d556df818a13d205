"""A third format, as somebody who takes the house over would add it: JSON lines in zstd, for rows without images."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Any, BinaryIO, Self

import pyarrow as pa
import zstandard

from pipeline import storage
from pipeline.formats.base import EDITED, GOES, Change, Kind, Read, Row
from pipeline.formats.parquet import PARQUET
from schemas.manifest import Manifest, ShardFile, SideFile
from schemas.tables import IMAGE, Table

FRAME_BYTES = 2**20  # of lines in a frame, so that the bytes do not depend on how rows are handed over


class LinesWriter:
    """A shard that is being written; one without rows leaves no file."""

    def __init__(self, run: str, name: str, kind: Kind) -> None:
        self.file: ShardFile | None = None
        self._path, self._name, self._kind = storage.join(run, name), name, kind
        self._lines = bytearray()
        self._rows = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.__enter__()
        return self

    def write(self, rows: Sequence[Row]) -> None:
        """Append rows, each with the columns of its table in their order."""
        names = self._kind.table.types()
        self.write_lines([json.dumps({name: row.get(name) for name in names}, ensure_ascii=False) for row in rows])

    def write_lines(self, lines: Sequence[str]) -> None:
        """Append rows that are lines already."""
        if lines and not self._rows:
            self._sink = self._stack.enter_context(storage.write_whole(self._path))
        for line in lines:
            self._lines += line.encode("utf-8", "replace") + b"\n"
            self._rows += 1
            if len(self._lines) >= FRAME_BYTES:
                self._frame()

    def _frame(self) -> None:
        self._sink.write(zstandard.ZstdCompressor(3, write_checksum=True).compress(bytes(self._lines)))
        self._lines.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        written = kind is None and self._rows > 0
        if written and self._lines:
            self._frame()
        self._stack.__exit__(kind, error, trace)
        if written:
            digest = self._sink.sha256()
            self.file = ShardFile(self._name, self._kind.name, "jsonl", self._rows, self._sink.tell(), digest)


class JsonLines:
    """JSON lines with zstd as a format; see `pipeline.formats.base.Format`."""

    name = "jsonl"
    suffix = ".jsonl.zst"
    errors = (zstandard.ZstdError,)

    def fits(self, kind: Kind) -> bool:
        """Rows of text and numbers alone; JSON has no bytes."""
        types = [column.type for column in kind.table.columns]
        return not any(type_.equals(IMAGE) or type_.equals(pa.list_(IMAGE)) for type_ in types)

    def shard_name(self, corpus: str, number: int, count: int) -> str:
        """Where a shard lies in the run folder."""
        return f"{corpus}/jsonl/train-{number:05d}-of-{count:05d}.jsonl.zst"

    def pattern(self, corpus: str) -> str:
        """All shards of a corpus."""
        return f"{corpus}/jsonl/train-*.jsonl.zst"

    def open(self, run: str, name: str, kind: Kind, empty_ok: bool = False) -> LinesWriter:
        """Begin a shard; a file without a line says nothing of its types, so there is none in either case."""
        return LinesWriter(run, name, kind)

    def read(
        self, file: BinaryIO, shard: ShardFile, columns: Mapping[str, str], wanted: Sequence[str]
    ) -> Iterator[Read]:
        """Row by row. Raises ValueError or ZstdError."""
        for line in lines_of(file):
            row = json.loads(line)
            if columns and row.keys() != columns.keys():
                raise ValueError(f"columns differ from those of {shard.corpus}")
            yield Read(1, {name: [row[name]] for name in wanted})

    def look(self, file: BinaryIO, columns: Sequence[str]) -> Iterator[Read]:
        """Row by row, of the columns that are there."""
        for line in lines_of(file):
            row = json.loads(line)
            yield Read(1, {name: [row[name]] for name in columns if name in row})

    def rewrite(
        self, run: str, shard: ShardFile, name: str, change: Change, empty_ok: bool = False
    ) -> ShardFile | None:
        """Row by row, with the columns that the shard has."""
        with (
            storage.open_for_reading(storage.join(run, shard.name)) as file,
            LinesWriter(run, name, Kind(shard.corpus, "", Table(shard.corpus, "", ()))) as out,
        ):
            for line in lines_of(file):
                row = json.loads(line)
                (fate,) = change.judge({column: [row[column]] for column in change.columns if column in row})
                left = change.edit(row) if fate == EDITED else row
                if fate != GOES and left is not None:
                    out.write_lines([json.dumps(left, ensure_ascii=False)])
        return out.file and replace(out.file, name=shard.name)

    def side_files(self, run: str, kind: Kind, manifest: Manifest) -> list[SideFile]:
        """Readers expect none."""
        return []

    def features(self, kind: Kind, shards: Sequence[ShardFile]) -> list[dict[str, Any]]:
        """What each column is: as of Parquet, since no column holds an image."""
        return PARQUET.features(kind, shards)

    def loading(self, corpus: str) -> str:
        """By the library's reader of JSON."""
        return f'"json", data_files=f"{{folder}}/{self.pattern(corpus)}"'


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """The lines of all frames. Raises as `inflated`, and ValueError where the last has no end."""
    rest = b""
    for piece in inflated(file):
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        raise ValueError("the last line has no end")


def inflated(file: BinaryIO) -> Iterator[bytes]:
    """What all frames hold. Raises ValueError where the last one is cut, ZstdError where one is damaged."""
    frame = None
    while piece := file.read(2**16):
        while piece:
            frame = frame or zstandard.ZstdDecompressor().decompressobj()
            yield frame.decompress(piece)
            piece = frame.unused_data if frame.eof else b""
            frame = None if frame.eof else frame
    if frame:
        raise ValueError("the last frame is cut")


JSONL = JsonLines()
