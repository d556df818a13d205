"""The archives inside a WACZ file, which is a zip of WARCs, read where they lie: nothing is unpacked.

An entry that is stored in a zip without compression, as the WACZ specification asks for archives, is a range of the file's bytes. So it is
read through a window on the file (`open_part`), and a record of it by one read of a range, also in a bucket.
"""

import io
import os
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple, cast

from pipeline import storage
from pipeline.inputs import TAKEN, WACZ_ENDING

# A zip's directory has some 100 bytes an entry, and a WACZ some ten to some hundred entries. A directory that is larger is not believed.
DIRECTORY_BYTES = 4 * 2**20
_LOCAL = struct.Struct(
    "<4s22xHH"
)  # signature, and the lengths of the name and of the extra fields, of an entry's own header
_LOCAL_SIGNATURE = b"PK\x03\x04"
_ENCRYPTED = 1


class WaczError(Exception):
    """A WACZ whose directory cannot be read or believed."""


class Part(NamedTuple):
    """Bytes of a file that are an archive: the name of the entry ("" where the archive is the file), the first byte, and how many."""

    name: str
    at: int
    size: int


def parts_of(path: str, size: int) -> tuple[list[Part], list[str]]:
    """The archives in a file of `size` bytes, and the names of entries that cannot be read where they lie.

    That is the file itself where it is no WACZ; also where the directory of a WACZ is damaged: then its records are looked for as in a
    damaged archive, and what lies between them becomes rows of `failed`. Raises FileNotFoundError.
    """
    if path.lower().endswith(WACZ_ENDING):
        try:
            return entries(path, size)
        except WaczError:
            pass
    return [Part("", 0, size)], []


def entries(path: str, size: int) -> tuple[list[Part], list[str]]:
    """The archives that are stored in a WACZ, by name, and the names of those that are compressed or encrypted there, or are WACZ files.

    Raises WaczError where the directory is damaged, or says that entries overlap or share a name; FileNotFoundError.
    """
    with storage.open_for_reading(path) as stream:
        file = _Bounded(stream, size)
        try:
            with zipfile.ZipFile(cast(BinaryIO, file)) as found:
                listed = [entry for entry in found.infolist() if entry.filename.lower().endswith(TAKEN)]
            parts = [
                Part(entry.filename, _begin(file, entry), entry.file_size) for entry in listed if _is_stored(entry)
            ]
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
            raise WaczError(f"its directory cannot be read ({error})") from error
    check_parts(parts, size)
    return sorted(parts), sorted(entry.filename for entry in listed if not _is_stored(entry))


def _is_stored(entry: zipfile.ZipInfo) -> bool:
    plain = entry.compress_type == zipfile.ZIP_STORED and not entry.flag_bits & _ENCRYPTED
    return plain and not entry.filename.lower().endswith(WACZ_ENDING)


def _begin(file: "_Bounded", entry: zipfile.ZipInfo) -> int:
    """The byte at which an entry's content begins, which only its own header tells."""
    file.seek(entry.header_offset)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(_LOCAL_SIGNATURE) or entry.compress_size != entry.file_size:
        raise WaczError(f"entry {entry.filename!r} is not where the directory says")
    _, name, extra = _LOCAL.unpack(head)
    begin: int = entry.header_offset + _LOCAL.size + name + extra
    return begin


def check_parts(parts: list[Part], size: int) -> None:
    """Raise WaczError where two parts share a name or a byte, so that no byte is read twice, or where one passes the file's end.

    >>> check_parts([Part("a", 0, 5), Part("b", 5, 5)], 10)
    """
    if len({part.name for part in parts}) < len(parts):
        raise WaczError("two entries have the same name")
    end = 0
    for part in sorted(parts, key=lambda part: part.at):
        if part.at < end:
            raise WaczError(f"entry {part.name!r} begins inside another")
        end = part.at + part.size
    if end > size:
        raise WaczError("an entry ends behind the file's end")


class _Bounded:
    """A file as `zipfile` reads it, which believes whatever sizes and places a damaged directory states."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._size = size

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Raises BadZipFile for a place that is not in the file."""
        place = (0, self._stream.tell(), self._size)[whence] + offset
        if not 0 <= place <= self._size:
            raise zipfile.BadZipFile("it names a place outside the file")
        return self._stream.seek(place)

    def tell(self) -> int:
        """Where the next read begins."""
        return self._stream.tell()

    def seekable(self) -> bool:
        """True."""
        return True

    def read(self, count: int = -1, /) -> bytes:
        """Raises BadZipFile where too much is asked for."""
        count = self._size - self._stream.tell() if count < 0 else count
        if count > DIRECTORY_BYTES:
            raise zipfile.BadZipFile("it is too large")
        return self._stream.read(count)


class _Window(io.BufferedIOBase):
    """A range of a file, read as if it were a file."""

    def __init__(self, stream: BinaryIO, at: int, size: int) -> None:
        self._stream = stream
        self._at = at
        self._size = size
        self._place = 0

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Moves to a place, counted from the start (0), from here (1) or from the end (2)."""
        self._place = max(0, (0, self._place, self._size)[whence] + offset)
        return self._place

    def read(self, count: int | None = -1, /) -> bytes:
        """As many bytes as are asked for, and none behind the end of the range."""
        left = max(0, self._size - self._place)
        count = left if count is None or count < 0 else min(count, left)
        self._stream.seek(self._at + self._place)
        data = self._stream.read(count)
        self._place += len(data)
        return data


@contextmanager
def open_part(path: str, part: Part, size: int | None = None, scan: tuple[int, int] = (0, 0)) -> Iterator[BinaryIO]:
    """A seekable file of the bytes of one archive. Raises FileNotFoundError.

    `size` is that of the file, where it is known; `scan` are the bytes of the archive that will be read front to back.
    """
    of_file = part.at + scan[0], part.at + scan[1]
    with storage.open_for_reading(path, size, of_file) as stream:
        yield cast(BinaryIO, _Window(stream, part.at, part.size)) if part.name else stream
