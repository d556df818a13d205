"""Documents cut into lines and paragraphs with keys."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.index import MOST_SIZE, PARAGRAPH, PIECE
from schemas.records import Block, BlockKind, Container, ContainerKind
from transforms.dedup import pieces as module
from transforms.dedup.pieces import LEAST_CHARACTERS, folded, pieces_of
from transforms.text.c4 import line_sentences, measure_c4
from transforms.text.lines import text_lines

NOTICE = "All rights reserved by us."
TEXTS = st.lists(st.text(st.sampled_from("ab[3] .\n\tÄ\u2028"), max_size=40), max_size=6)


def rows(*blocks: Block | int, containers: tuple[Container, ...] = ()) -> np.ndarray:
    """The pieces of a document."""
    return np.frombuffer(pieces_of(blocks, containers).rows, PIECE)


def paragraph(text: str, **changes: Any) -> Block:
    """A paragraph."""
    return Block(BlockKind.PARAGRAPH, text)._replace(**changes)


@pytest.mark.parametrize(
    "other", ["  all RIGHTS reserved\u00a0by us.\t", "All rights reserved[2] by us.[citation needed]"]
)
def test_case_white_space_and_citation_marks_make_no_other_piece(other: str) -> None:
    """As C4 compares lines; a letter more does."""
    first, second, third = rows(paragraph(NOTICE), paragraph(other), paragraph(NOTICE + "s"))["key"].tolist()
    assert first == second != third


def test_a_block_of_one_line_is_line_and_paragraph_and_others_are_both_apart() -> None:
    """Places are those of the document's items and of the block's lines, empty ones counted; short ones are left out."""
    found = rows(paragraph(NOTICE), 0, paragraph(f"Home\n\n{NOTICE}"))
    assert found[["block", "line"]].tolist() == [(0, 0), (2, 3), (2, PARAGRAPH)]
    assert found["key"][0] == found["key"][1] != found["key"][2]
    assert found["sentences"].tolist() == [1, 1, 1]
    assert found["characters"].tolist() == [26, 26, 31]


def test_rows_of_tables_and_listings_take_no_part_but_are_counted() -> None:
    """A table without some of its rows says something else; a paragraph in a cell is a part of the table."""
    containers = (Container(ContainerKind.TABLE), Container(ContainerKind.ROW, 0), Container(ContainerKind.CELL, 1))
    table, code = Block(BlockKind.TABLE, "a row of | four words", container=1), Block(BlockKind.CODE, NOTICE)
    found = pieces_of((table, code, paragraph(NOTICE, container=2), paragraph(NOTICE)), containers)
    assert np.frombuffer(found.rows, PIECE)["block"].tolist() == [3]
    assert (found.lines, found.paragraphs) == (4, 4)


@given(TEXTS)
def test_all_lines_are_counted_and_those_that_are_long_enough_are_pieces(texts: list[str]) -> None:
    """Whatever the line ends; the pieces stand in the order of the document, and each line's text is what its place says."""
    blocks = [paragraph(text) for text in texts]
    found = pieces_of(blocks, ())
    assert found.lines == len(text_lines("\n".join(texts))) and found.paragraphs == len(texts)
    pieces = np.frombuffer(found.rows, PIECE)
    assert (np.diff(pieces["block"].astype(int)) >= 0).all()
    lines = [(place, line) for place, text in enumerate(texts) for line in text.splitlines()]
    long = [
        place
        for (place, _), text in zip(lines, folded([line for _, line in lines]), strict=True)
        if len(text) >= LEAST_CHARACTERS
    ]
    assert pieces["block"][pieces["line"] != PARAGRAPH].tolist() == long
    for piece in pieces[(pieces["line"] > 0) & (pieces["line"] < PARAGRAPH)]:
        line = texts[piece["block"]].splitlines()[piece["line"] - 1]
        assert rows(paragraph(line))["key"].tolist() == [piece["key"]]


@given(TEXTS)
def test_sentences_of_lines_are_those_of_the_page(texts: list[str]) -> None:
    """Together they are C4's measure, so what is left of a page needs no second look."""
    lines = "\n".join(["It is a line. Is it? Yes, it is one.", *texts]).splitlines()
    assert sum(line_sentences(lines)) == measure_c4(text_lines("\n".join(lines)))["c4_reference_sentences"]


def test_a_page_of_endless_lines_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first are looked at; a paragraph that is not whole is none. A line of endless text is as long as can be said."""
    monkeypatch.setattr(module, "MOST_PIECES", 3)
    found = rows(paragraph(NOTICE), paragraph("\n".join([NOTICE] * 5)))
    assert found[["block", "line"]].tolist() == [(0, 0), (1, 1), (1, 2)]
    assert rows(paragraph("a" * 70_000))["characters"].tolist() == [MOST_SIZE]


def test_keys_are_pinned() -> None:
    """They stand in staging: whoever changes them raises the version in their seed."""
    assert rows(paragraph(NOTICE))["key"].tolist() == [5850717196462137364]
