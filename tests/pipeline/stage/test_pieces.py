"""Frames of pieces, written and read back."""

from pathlib import Path

import numpy as np
import pytest

from pipeline import storage
from pipeline.sections import SectionWriter, read_sections
from pipeline.stage import pieces as module
from pipeline.stage.pieces import FRAMES, Frame, PieceFrames, packed, read_frames, unpacked
from schemas.index import PAGE_PIECES, PARAGRAPH, PIECE
from schemas.tasks import StagedPieces


def staged(*rows: tuple[int, ...]) -> StagedPieces:
    """The pieces of a page."""
    return StagedPieces(len(rows) + 1, len(rows), np.array(list(rows), PIECE).tobytes())


PAGES = [
    staged((2**64 - 1, 0, 0, 1, 20), (5, 3, PARAGRAPH, 65_535, 65_535)),
    staged(),
    staged((5, 2**32 - 1, 7, 0, 8)),
    staged((6, 0, 0, 0, 9)),
]


def test_a_frame_is_read_as_it_was_packed() -> None:
    """All numbers that there can be."""
    rows = np.frombuffer(b"".join(page.rows for page in PAGES), PIECE)
    counts = np.array([(page.lines, page.paragraphs, len(page.rows) // PIECE.itemsize) for page in PAGES], PAGE_PIECES)
    found = unpacked(packed(Frame(7, 3, counts, rows)))
    assert (found.first, found.row, found.pages.tolist(), found.pieces.tolist()) == (
        7,
        3,
        counts.tolist(),
        rows.tolist(),
    )


@pytest.mark.parametrize("frame_rows", [1, 2, 1000])
def test_pages_come_back_by_part_and_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frame_rows: int) -> None:
    """However long frames are, and where a part has no page."""
    monkeypatch.setattr(module, "FRAME_ROWS", frame_rows)
    path = str(tmp_path / "a.unit")
    with storage.write_whole(path) as file, PieceFrames() as frames:
        for number, (part, row) in enumerate([(0, 0), (0, 1), (2, 0), (2, 1)]):
            frames.append(part, row, number, PAGES[number])
        writer = SectionWriter(file)
        writer.close({FRAMES: frames.write(writer, 4)})
    sections = read_sections(path)
    found = [(part, frame) for part in range(4) for frame in read_frames(sections, part)]
    rows = [(part, frame.row + n, frame.first + n) for part, frame in found for n in range(len(frame.pages))]
    assert rows == [(0, 0, 0), (0, 1, 1), (2, 0, 2), (2, 1, 3)]
    assert b"".join(frame.pieces.tobytes() for _, frame in found) == b"".join(page.rows for page in PAGES)
    assert len(sections.about[FRAMES]) == 4
