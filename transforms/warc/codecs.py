"""Compressed members of an archive, inflated in bounded pieces; the byte at which each member ends is exact."""

import os
import struct
from typing import BinaryIO, Protocol

import zstandard
from zlib_ng import zlib_ng as deflate  # the interface of zlib, inflating at 1.9 times its speed

from schemas.outcomes import Fault, RecordError

GZIP_MAGIC = b"\x1f\x8b\x08"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
FIRST = 512  # bytes inflated first, so that a record's head is seen even where damage follows soon
PIECE = 1 << 20  # most bytes that one `read` returns
BLOCK = 256 << 10  # bytes asked of the file at a time
STEP = 16 << 10, 64 << 10  # compressed bytes given to zlib at once; starts small: zlib copies unused input
WINDOW = 128 << 20  # largest zstd window, what the zstd tool accepts without --long
DICTIONARY = 16 << 20  # largest zstd dictionary read; the tool trains them to 112 kB
_FRAME = struct.Struct("<II")  # magic and size of a skippable frame
ZSTD_BLOCK = 128 << 10  # most bytes of text in a block
# No encoder makes frames whose blocks have under 16 bytes each, over 4,096 blocks; 100 MB of such blocks would take 30 s.
TINY, TINY_BLOCKS = 16, 4096
_BLOCK_HEADER = struct.Struct("<I")
ZSTD_DICTIONARY_FRAME = 0x184D2A5D  # skippable frame that holds the dictionary (IIPC proposal for .warc.zst)


class MemberError(RecordError):
    """A compressed member does not inflate (`GZIP_DAMAGE`) or ends before its end (`TRUNCATED`)."""


class Source(Protocol):
    """Bytes that can be looked at from any position."""

    def view(self, at: int, most: int) -> memoryview:
        """At least one and up to `most` bytes from `at`; none where the source ends."""
        ...


class Member(Protocol):
    """One run of bytes inside an archive; `at` is the byte of the archive at which the next read begins."""

    at: int

    def read(self) -> bytes:
        """The next piece, at most 1 MiB; empty at the member's end. Raises `MemberError`."""
        ...


class Memory:
    """A `Source` over bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self._view = memoryview(data)

    def view(self, at: int, most: int) -> memoryview:
        """See `Source.view`."""
        return self._view[at : at + most]


class File:
    """A `Source` over the bytes before `stop` of a seekable binary stream."""

    def __init__(self, stream: BinaryIO, stop: int | None = None) -> None:
        self._stream = stream
        size = stream.seek(0, os.SEEK_END)
        self.stop = size if stop is None else min(size, stop)
        self._block = memoryview(b"")
        self._block_at = 0

    def view(self, at: int, most: int) -> memoryview:
        """See `Source.view`."""
        inside = at - self._block_at
        if not 0 <= inside < len(self._block):
            self._stream.seek(at)
            self._block = memoryview(self._stream.read(max(0, min(BLOCK, self.stop - at))))
            self._block_at, inside = at, 0
        return self._block[inside : inside + most]


def some(source: Source, at: int, size: int) -> bytes:
    """`size` bytes from `at`; fewer only where the source ends."""
    parts: list[memoryview] = []
    while size > 0 and (part := source.view(at, size)):
        parts.append(part)
        at, size = at + len(part), size - len(part)
    return b"".join(parts)


def exactly(source: Source, at: int, size: int) -> bytes:
    """`size` bytes from `at`. Raises `MemberError` where the source ends before that."""
    data = some(source, at, size)
    if len(data) < size:
        raise MemberError(Fault.TRUNCATED, "the data ends inside a compressed member")
    return data


class Plain:
    """A `Member` that is not compressed: everything from `at` to the end of the source."""

    def __init__(self, source: Source, at: int) -> None:
        self._source = source
        self.at = at

    def read(self) -> bytes:
        """See `Member.read`."""
        piece = bytes(self._source.view(self.at, PIECE))
        self.at += len(piece)
        return piece


class Gzip:
    """A gzip member (`bits` 31), or a zlib (15) or raw (-15) deflate stream. Checksums are verified at the end.

    Where it breaks, up to `most` bytes in front of the break are lost with it.
    """

    def __init__(self, source: Source, at: int, bits: int = 31, most: int = PIECE) -> None:
        self._source = source
        self.at = at
        self._step = STEP[0]
        self._most, self._then = min(FIRST, most), most
        self._inflater = deflate.decompressobj(bits)

    def read(self) -> bytes:
        """See `Member.read`."""
        piece = b""
        while not piece and not self._inflater.eof:
            data: bytes | memoryview = self._inflater.unconsumed_tail
            if not data:
                data = self._source.view(self.at, self._step)
                self.at += len(data)
                self._step = min(2 * self._step, STEP[1])
            if not data:
                raise MemberError(Fault.TRUNCATED, "the data ends inside a deflate stream")
            try:
                piece = self._inflater.decompress(data, self._most)
            except deflate.error:  # type: ignore[misc]  # its stub calls the exception a function
                raise MemberError(
                    Fault.GZIP_DAMAGE, "a deflate stream does not inflate, or its checksum differs"
                ) from None
            if self._inflater.eof:
                self.at -= len(self._inflater.unused_data)
        self._most = self._then
        return piece


class Zstd:
    """A zstd frame, block by block, so that each read is bounded and the frame's end is known (RFC 8878 §3.1.1)."""

    def __init__(
        self, source: Source, at: int, dictionary: zstandard.ZstdCompressionDict | None = None, window: int = WINDOW
    ) -> None:
        self._source = source
        self.at = self._begin = at
        self._count = 0  # of blocks
        self._last = False
        self._checksum = 0
        self._head: bytes | None = None
        self._inflater = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=window).decompressobj()

    def _start(self) -> bytes:
        """The frame's header, at most 18 bytes (RFC 8878 §3.1.1.1)."""
        head = some(self._source, self.at, 18)
        size = zstandard.frame_header_size(head)
        self._checksum = 4 if zstandard.get_frame_parameters(head).has_checksum else 0
        self.at += size
        return head[:size]

    def _blocks(self) -> bytes:
        """The next blocks that are not compressed, up to some 128 KiB of text, or the next block of another kind."""
        block = self._source.view(self.at, BLOCK)
        inside = text = 0
        while inside < len(block) - 4:
            header = _BLOCK_HEADER.unpack_from(block, inside)[0] & 0xFFFFFF
            size = 4 if header & 2 else 3 + (header >> 3)
            if header & 5 or text + (header >> 3) > ZSTD_BLOCK or inside + size > len(block):
                break  # compressed, or the last one, or too much
            inside += size
            text += header >> 3
            self._count += 1
        if not inside:
            self._count += 1
            return self._block()
        self.at += inside
        return bytes(block[:inside])

    def _block(self) -> bytes:
        """The next block with its three-byte header, and after the last one the frame's checksum."""
        header = int.from_bytes(exactly(self._source, self.at, 3), "little")
        self._last = bool(header & 1)
        run_length = header >> 1 & 3 == 1
        size = 3 + (1 if run_length else header >> 3) + self._last * self._checksum
        data = exactly(self._source, self.at, size)
        self.at += size
        return data

    def read(self) -> bytes:
        """See `Member.read`."""
        piece = b""
        try:
            if self._head is None:
                self._head = self._start()
                piece = self._inflater.decompress(self._head)
            while not piece and not self._last:
                piece = self._inflater.decompress(self._blocks())
                if self._count > TINY_BLOCKS and self.at - self._begin < TINY * self._count:
                    raise MemberError(Fault.GZIP_DAMAGE, f"a zstd frame of blocks of under {TINY} bytes")
        except zstandard.ZstdError:  # also where the window is larger than allowed
            raise MemberError(Fault.GZIP_DAMAGE, "a zstd frame does not decompress, or its checksum differs") from None
        return piece


def skippable(source: Source, at: int) -> int:
    """The size of the zstd skippable frame that lies whole at `at`; 0 where none does (RFC 8878 §3.1.2)."""
    magic, size = struct.unpack("<II", some(source, at, 8).ljust(8, b"\0"))
    return 8 + size if 0x184D2A50 <= magic <= 0x184D2A5F and source.view(at + 7 + size, 1) else 0


def past_skippable(source: Source, at: int) -> int:
    """The byte behind the zstd skippable frames that follow each other from `at` on."""
    while size := skippable(source, at):
        at += size
        # Runs of small frames, inside one block, without a call for each.
        block = source.view(at, BLOCK)
        inside, last = 0, len(block) - 8
        while inside < last:
            magic, size = _FRAME.unpack_from(block, inside)
            if magic & 0xFFFFFFF0 != 0x184D2A50 or inside + 8 + size > len(block):
                break
            inside += 8 + size
        at += inside
    return at


def zstd_dictionary(source: Source) -> zstandard.ZstdCompressionDict | None:
    """The dictionary in the first frame of a `.warc.zst`, itself perhaps compressed. Raises `MemberError` where it is broken."""
    magic, size = struct.unpack("<II", some(source, 0, 8).ljust(8, b"\0"))
    if magic != ZSTD_DICTIONARY_FRAME or size > DICTIONARY:
        return None
    data = exactly(source, 8, size)
    if data.startswith(ZSTD_MAGIC):
        frame, parts = Zstd(Memory(data), 0), [b""]
        while (piece := frame.read()) and len(parts) < DICTIONARY >> 17:  # pieces are blocks of at most 128 KiB
            parts.append(piece)
        data = b"".join(parts)
    return zstandard.ZstdCompressionDict(data)
