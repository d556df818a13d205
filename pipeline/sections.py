"""Files of named sections with a footer: staging files and what a batch leaves. Written front to back, once; read by place.

    bytes of payloads ... section, section, ... footer (JSON) trailer (footer's length, footer's digest, magic)

The footer names each section's offset, length and digest, so one read of a file's end tells all, and what was changed on disk is
noticed before it is believed. Offsets count from the beginning of the file.
"""

import json
import struct
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import xxhash

from pipeline import storage

MAGIC = b"TRPTSEC1"
_TRAILER = struct.Struct("<Q8s8s")  # length of the footer, its digest, MAGIC
# Bytes read to find a footer: those of units and batches are smaller, or are read by a second request.
TAIL = 64 * 2**10
MOST_FOOTER = 256 * 2**20  # bytes: a thousand units take a hundredth; where more is stated, what states it has changed


class DamagedFileError(Exception):
    """A file of ours is not as it was written: cut, changed, or no file of sections.

    It holds one text, as engines hand on errors of workers as text.

    >>> damaged("units/7.unit", "its end is missing").path
    'units/7.unit'
    """

    @property
    def path(self) -> str:
        """The file."""
        return str(self).partition(_DAMAGED)[0]


_DAMAGED = " is damaged: "


def damaged(path: str, why: str) -> DamagedFileError:
    """The error that names a file and says what is wrong with it."""
    return DamagedFileError(f"{path}{_DAMAGED}{why}")


def digest(data: bytes) -> bytes:
    """Eight bytes by which a change of `data` is noticed."""
    return xxhash.xxh3_64_digest(data)


def checksum(data: bytes) -> int:
    """`digest` as a number of 64 bits with a sign, where places are kept as rows of numbers."""
    return int.from_bytes(digest(data), "little", signed=True)


def read_ours(path: str, offset: int, length: int) -> bytes:
    """A range of a file that we wrote. Raises DamagedFileError where it is not there any more."""
    try:
        return storage.read_range(path, offset, length)
    except FileNotFoundError as error:
        raise damaged(path, "it is missing") from error


def sealed(value: Any) -> bytes:
    """A JSON value as a file by which a change of it is noticed: a line with its digest, and the value."""
    text = json.dumps(value, sort_keys=True).encode()
    return json.dumps(digest(text).hex()).encode() + b"\n" + text


def read_sealed(path: str) -> Any:
    """The value of a file of `sealed`. Raises DamagedFileError where it is not as it was written, or is not there."""
    try:
        stated, _, text = storage.read_bytes(path).partition(b"\n")
    except FileNotFoundError as error:
        raise damaged(path, "it is missing") from error
    if stated != json.dumps(digest(text).hex()).encode():
        raise damaged(path, "it has changed")
    return json.loads(text)


class SectionWriter:
    """Writes payloads, then sections, then the footer, to a file that is open for writing."""

    def __init__(self, file: storage.HashingWriter) -> None:
        self._file = file
        self._sections: dict[str, tuple[int, int, str]] = {}

    def tell(self) -> int:
        """The offset of the next byte."""
        return self._file.tell()

    def payload(self, data: bytes) -> tuple[int, int]:
        """Append bytes that index rows point at; returns offset and length."""
        at = self._file.tell()
        self._file.write(data)
        return at, len(data)

    def section(self, name: str, pieces: Iterable[bytes]) -> tuple[int, int]:
        """Append a section in pieces; returns offset and length."""
        at, hasher = self._file.tell(), xxhash.xxh3_64()
        for piece in pieces:
            hasher.update(piece)
            self._file.write(piece)
        length = self._file.tell() - at
        self._sections[name] = (at, length, hasher.hexdigest())
        return at, length

    def close(self, about: Mapping[str, Any]) -> None:
        """Append the footer, which also holds `about`, a JSON object."""
        footer = json.dumps({"sections": self._sections, "about": about}, sort_keys=True).encode()
        self._file.write(footer)
        self._file.write(_TRAILER.pack(len(footer), digest(footer), MAGIC))


class Sections:
    """The end of a file of sections, read: its footer, and those sections that came along with it."""

    def __init__(self, path: str, at: int, data: bytes) -> None:
        self._path, self._at, self._data = path, at, data
        footer = _footer(path, data)
        self.footer_bytes = _footer_length(path, data) + _TRAILER.size
        self.about: Mapping[str, Any] = footer["about"]
        self._sections: Mapping[str, tuple[int, int, str]] = footer["sections"]

    def place(self, name: str) -> tuple[int, int]:
        """Offset and length of a section."""
        at, length, _ = self._sections[name]
        return at, length

    def has(self, name: str) -> bool:
        """Whether there is a section of this name."""
        return name in self._sections

    def load(self, names: Iterable[str]) -> None:
        """Read sections that lie beside each other by one request; `get` then finds them at hand."""
        places = [self.place(name) for name in names]
        at, end = min(at for at, _ in places), max(at + length for at, length in places)
        self._at, self._data = at, storage.read_range(self._path, at, end - at)

    def get(self, name: str) -> bytes:
        """A section, read from the file where it did not come along. Raises DamagedFileError where it was changed."""
        at, length, stated = self._sections[name]
        begin = at - self._at
        at_hand = begin >= 0 and begin + length <= len(self._data)
        data = self._data[begin : begin + length] if at_hand else storage.read_range(self._path, at, length)
        if xxhash.xxh3_64_hexdigest(data) != stated:
            raise damaged(self._path, f"its section {name} has changed")
        return data


def read_sections(path: str, at: int | None = None, size: int | None = None) -> Sections:
    """The sections of a file from byte `at` to its end at `size`, by one request; without them its end, by one or two.

    Raises DamagedFileError where it is not as it was written, or is not there.
    """
    if at is not None and size is not None:
        return Sections(path, at, read_ours(path, at, size - at))
    tail = read_ours(path, -TAIL, TAIL)
    needed = _footer_length(path, tail) + _TRAILER.size
    if needed > len(tail):
        tail = read_ours(path, -needed, needed)
    return Sections(path, _UNKNOWN, tail)


_UNKNOWN = 2**62  # where the data begins is not known: no section lies in it


def _footer_length(path: str, tail: bytes) -> int:
    if len(tail) < _TRAILER.size:
        raise damaged(path, "it ends too early")
    length, _, magic = _TRAILER.unpack(tail[-_TRAILER.size :])
    if magic != MAGIC:
        raise damaged(path, "its end is missing")
    if length > MOST_FOOTER:
        raise damaged(path, f"its end tells of a footer of {length:,} bytes")
    return int(length)


def _footer(path: str, data: bytes) -> dict[str, Any]:
    length = _footer_length(path, data)
    footer = data[-_TRAILER.size - length : -_TRAILER.size]
    if len(footer) != length or digest(footer) != _TRAILER.unpack(data[-_TRAILER.size :])[1]:
        raise damaged(path, "its footer has changed")
    found: dict[str, Any] = json.loads(footer)
    return found


def table_bytes(table: pa.Table) -> bytes:
    """A table as the bytes of an Arrow stream, compressed."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=COMPRESSED) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def table_of(data: bytes) -> pa.Table:
    """The table of `table_bytes`."""
    return pa.ipc.open_stream(data).read_all()


COMPRESSED = pa.ipc.IpcWriteOptions(compression="zstd")
