"""The pieces of a unit's texts on their way to its staging file, in frames, and back: sections of their own, which lie before the index.

Nobody reads them but a run whose recipe looks for repeats, one frame at a time. A frame holds consecutive pages of a part of the index.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import zstandard

from pipeline.arrow_files import Spool
from pipeline.sections import Sections, SectionWriter
from schemas.index import PAGE_PIECES, PIECE
from schemas.tasks import StagedPieces

FRAME_ROWS = 2**17  # pieces, with which a frame ends
FRAMES = "frames"  # in the unit's footer: how many frames each part has
_HEAD = struct.Struct("<QQQ")  # first page of the unit, its row in the part, pages
_LEVEL = 3  # zstd's own default


@dataclass(frozen=True, slots=True)
class Frame:
    """Some pages' pieces: the number of the first page among the unit's, its row in its part of the index, and the rows of all."""

    first: int
    row: int
    pages: np.ndarray  # PAGE_PIECES
    pieces: np.ndarray  # PIECE, page after page


def frame_name(part: int, number: int) -> str:
    """The section of a frame."""
    return f"pieces/{part}/{number}"


class PieceFrames:
    """The pieces of a unit's pages; a context manager that forgets them."""

    def __init__(self) -> None:
        self._spool = Spool()
        self._ended: list[tuple[str, int, int]] = []
        self._frames: list[int] = []
        self._begin: tuple[int, int] = (0, 0)  # first page and its row, of the frame at hand
        self._pages: list[tuple[int, int, int]] = []
        self._pieces: list[bytes] = []
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self._spool.close()

    def append(self, part: int, row: int, first: int, page: StagedPieces) -> None:
        """Add a page: its part of the index, its row there, and its number among the unit's pages."""
        if self._pages and (part >= len(self._frames) or self._count >= FRAME_ROWS):
            self._end()
        while part >= len(self._frames):
            self._frames.append(0)
        if not self._pages:
            self._begin = first, row
        count = len(page.rows) // PIECE.itemsize
        self._pages.append((page.lines, page.paragraphs, count))
        self._pieces.append(page.rows)
        self._count += count

    def write(self, writer: SectionWriter, parts: int) -> list[int]:
        """Write all frames; returns how many each of the index's parts has. No page may be added after that."""
        if self._pages:
            self._end()
        for name, at, length in self._ended:
            writer.section(name, self._spool.pieces(at, length))
        return [*self._frames, *[0] * (parts - len(self._frames))]

    def _end(self) -> None:
        pieces = np.frombuffer(b"".join(self._pieces), PIECE)
        data = packed(Frame(*self._begin, np.array(self._pages, PAGE_PIECES), pieces))
        part = len(self._frames) - 1
        self._ended.append((frame_name(part, self._frames[part]), self._spool.write(data), len(data)))
        self._frames[part] += 1
        self._pages, self._pieces, self._count = [], [], 0


def packed(frame: Frame) -> bytes:
    """A frame as bytes: column by column, of the places of blocks what they grow by; half of what the rows take."""
    steps = np.diff(frame.pieces["block"], prepend=np.uint32(0))
    columns = [steps if name == "block" else frame.pieces[name] for name in PIECE.names or ()]
    body = b"".join(column.tobytes() for column in (frame.pages, *columns))
    return _HEAD.pack(frame.first, frame.row, len(frame.pages)) + zstandard.ZstdCompressor(level=_LEVEL).compress(body)


def unpacked(data: bytes) -> Frame:
    """The frame of `packed`."""
    first, row, count = _HEAD.unpack_from(data)
    body = zstandard.ZstdDecompressor().decompress(data[_HEAD.size :])
    pages = np.frombuffer(body, PAGE_PIECES, count)
    pieces = np.empty(int(pages["pieces"].sum()), PIECE)
    at = pages.nbytes
    for name in PIECE.names or ():
        pieces[name] = np.frombuffer(body, PIECE[name], len(pieces), at)
        at += pieces[name].nbytes
    pieces["block"] = np.cumsum(pieces["block"], dtype=np.uint32)
    return Frame(first, row, pages, pieces)


def read_frames(sections: Sections, part: int) -> Iterator[Frame]:
    """The frames of a part of a staged unit, in their order. Raises DamagedFileError."""
    for number in range(sections.about[FRAMES][part]):
        yield unpacked(sections.get(frame_name(part, number)))
