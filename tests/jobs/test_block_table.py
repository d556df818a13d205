"""The lines of a terminal that show a page's blocks."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from jobs.block_table import fit, table, width
from jobs.terminal import printable
from schemas.records import Block, BlockKind, MediaRef, Page
from transforms.html.explain import Reason, Why

PAGE = Page(
    "https://example.org/",
    "",
    "",
    (),
    (
        Block(BlockKind.LIST_ITEM, "Home\nand more", 1, 0.018, False),
        Block(BlockKind.HEADING, "The winter of the ice", 1, 0.973),
        Block(BlockKind.IMAGE, "", 0, 1.0, True, 0),
        Block(BlockKind.IMAGE, "", 0, 0.0, False, 1),
    ),
    (MediaRef(("https://example.org/a.png",), "A frozen river"), MediaRef(("https://example.org/b.png",))),
)
WHYS = (Why("below the cut", (Reason("inside nav", -1.24),)), Why("reaches the cut"), Why("near"), Why("outside"))


def test_a_line_per_block() -> None:
    """Each block has its number, decision, score, kind, first words and why; the sums come last."""
    assert list(table(PAGE, WHYS, [], 100)) == [
        "   1 - 0.02 list item  Home and more             below the cut, -1.2 inside nav",
        "   2 + 0.97 heading    The winter of the ice     reaches the cut",
        "   3 + 1.00 image      A frozen river            near",
        "   4 - 0.00 image      https://example.org/b.p…  outside",
        "",
        "kept 1 of 2 texts, 1 of 2 images",
    ]


def test_lines_keep_to_the_terminal() -> None:
    """No line is wider than the terminal, down to the width where words would vanish."""
    for columns in (60, 80, 200):
        assert all(len(line) <= columns for line in table(PAGE, WHYS, [], columns))
    assert all(len(line) <= 60 for line in table(PAGE, WHYS, [], 10))


def test_what_was_not_read_is_said_last() -> None:
    """Menus and footers have no line of their own, so their number and size stand below the sums."""
    assert list(table(PAGE, WHYS, ["Home News", "© 2024"], 100))[-1] == (
        "menus and footers are read for images and the text beside them only: 2 of them, 15 characters"
    )


@given(st.text(max_size=60), st.integers(1, 30))
def test_fit_fills_its_columns(text: str, columns: int) -> None:
    """Whatever the text, it takes exactly its columns, on one line, without control codes."""
    line = fit(text, columns)
    assert sum(map(width, line)) == columns
    assert not any(unicodedata.category(char)[0] == "C" for char in line)


def test_wide_and_combining_signs() -> None:
    """A Chinese sign takes two columns, an accent of its own none."""
    assert fit("日本語", 6) == "日本語" and fit("日本語", 5) == "日本…"
    assert fit("e\u0301te", 3) == "e\u0301te"


def test_terminal_obeys_no_page() -> None:
    """Escape sequences, bells and turned directions come out as a harmless sign; lines and tabs stay."""
    assert printable("a\x1b]0;title\x07b\u202ec\x9bd\n\te") == "a\ufffd]0;title\ufffdb\ufffdc\ufffdd\n\te"
