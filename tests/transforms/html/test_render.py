"""Blocks as text and as text with images."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Block, BlockKind, MediaRef, Page
from transforms.html.render import FORMS, MARKDOWN, join_text, kept_items, main_text, marked, plain_text, written

IMAGES = (MediaRef(("http://e.x/1.jpg",)), MediaRef(("http://e.x/2.jpg",)), MediaRef(("http://e.x/3.jpg",), kept=False))


def page(*blocks: Block) -> Page:
    return Page("http://e.x/", "", "", (), blocks, IMAGES)


def image(index: int, kept: bool = True) -> Block:
    return Block(BlockKind.IMAGE, "", image=index, kept=kept)


def test_paragraphs_are_parted_by_a_blank_line_and_items_by_a_line() -> None:
    """The text of a page with a heading, a nested list, a table and code."""
    found = page(
        Block(BlockKind.HEADING, "Title", 1),
        Block(BlockKind.LIST_ITEM, "a", 1),
        Block(BlockKind.LIST_ITEM, "b", 2),
        Block(BlockKind.PARAGRAPH, "text"),
        Block(BlockKind.TABLE, "x | y"),
        Block(BlockKind.TABLE, "1 | 2"),
        Block(BlockKind.CODE, "f()\n  g()"),
    )
    assert (
        main_text(found)
        == "# Title\n\n- a\n  - b\n\ntext\n\n| x | y |\n| --- | --- |\n| 1 | 2 |\n\n```\nf()\n  g()\n```"
    )


def test_what_is_not_kept_is_not_rendered() -> None:
    """Blocks and images that the extractor refused stay out of both forms."""
    found = page(
        Block(BlockKind.PARAGRAPH, "menu", kept=False), image(2, kept=False), Block(BlockKind.PARAGRAPH, "text")
    )
    assert main_text(found) == "text"
    assert kept_items(found) == (Block(BlockKind.PARAGRAPH, "text"),)
    assert plain_text(found) == "text"


def test_texts_between_images_are_merged() -> None:
    """Two paragraphs between images are one text; neighbouring images stay apart; a page may end with an image."""
    found = page(
        image(0),
        Block(BlockKind.PARAGRAPH, "a"),
        Block(BlockKind.PARAGRAPH, "b"),
        image(1),
        image(0),
    )
    assert written(kept_items(found), ()) == (0, "a\n\nb", 1, 0)


def test_an_empty_page_is_empty() -> None:
    """No blocks, no text, no parts."""
    assert main_text(page()) == ""
    assert kept_items(page()) == written((), ()) == ()
    assert plain_text(page()) == join_text(()) == ""


def test_lists_are_indented_so_far() -> None:
    """Levels beyond those that spaces show do not make a short page long."""
    lines = main_text(page(*(Block(BlockKind.LIST_ITEM, "a", level) for level in (1, 2, 17, 400)))).split("\n")
    assert [len(line) - len(line.lstrip()) for line in lines] == [0, 2, 32, 32]


NO_BARS = re.compile(r"\\?\||(?<=\|) ---(?= \|)|[ \n]")
KINDS = st.sampled_from([kind for kind in BlockKind if kind is not BlockKind.IMAGE])
BLOCKS = st.tuples(KINDS, st.text(max_size=9), st.integers(0, 6)).map(lambda parts: Block(*parts))


@given(st.lists(BLOCKS | st.integers(0, 9)), st.sampled_from(FORMS))
def test_no_two_texts_meet_and_nothing_is_lost(items: list[Block | int], form: str) -> None:
    """Images stay in their order, each block is in one text, and between two texts stands an image."""
    parts = written(items, (), form)
    assert [part for part in parts if isinstance(part, int)] == [item for item in items if isinstance(item, int)]
    assert not any(isinstance(a, str) and isinstance(b, str) for a, b in itertools.pairwise(parts))
    position = 0
    for block in (item for item in items if isinstance(item, Block)):
        text = block.text.replace("|", "").replace(" ", "").replace("\n", "")
        found = NO_BARS.sub("", join_text(parts)).find(text, position)
        assert found >= position
        position = found + len(text)


@given(st.lists(st.text() | st.integers(0, 10**6)).map(tuple))
def test_the_text_is_all_its_runs(parts: tuple[str | int, ...]) -> None:
    """A blank line between runs, none for an image."""
    assert join_text(parts) == "\n\n".join(part for part in parts if isinstance(part, str))


def test_a_heading_does_not_join_the_list_that_follows_it() -> None:
    """Kinds that differ are parted by a blank line, items of one list by a line."""
    items = [Block(BlockKind.HEADING, "A", 0), Block(BlockKind.LIST_ITEM, "b", 1), Block(BlockKind.TABLE, "c | d")]
    assert written(items, ()) == ("# A\n\n- b\n\n| c | d |\n| --- | --- |",)
    assert written(items, (), "plain") == ("A\n\nb\n\nc d",)
    page_ = page(*items)
    assert plain_text(page_) == "A\n\nb\n\nc d"


KINDS = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.HEADING, BlockKind.TABLE, BlockKind.CODE)


@pytest.mark.parametrize("form", FORMS)
@given(st.lists(st.sampled_from(KINDS) | st.just(0) | st.just(-1), max_size=12))
def test_marks_stand_behind_the_blocks_before_them(form: str, drawn: list[BlockKind | int]) -> None:
    """They change no text; a mark inside a table stands before the table."""
    items = [kind if isinstance(kind, int) else Block(kind, f"b{number:02}") for number, kind in enumerate(drawn)]
    parts, spots = marked(items, (), form)
    assert tuple(parts) == written([item for item in items if item != -1], (), form)
    marks = [at for at, item in enumerate(items) if item == -1]
    for at, (part, character) in zip(marks, spots, strict=True):
        text = "".join(str(each) for each in parts[:part] if isinstance(each, str))
        text += str(parts[part])[:character] if character else ""
        before = [item for item in items[:at] if isinstance(item, Block)]
        following = next((item for item in items[at:] if item != -1), None)
        if form == MARKDOWN and isinstance(following, Block) and following.kind is BlockKind.TABLE:
            while before and before[-1].kind is BlockKind.TABLE:
                before.pop()
        assert re.findall(r"b\d\d", text)[: len(before)] == [block.text for block in before]
        assert sum(item == 0 for item in items[:at]) == sum(not isinstance(each, str) for each in parts[:part])
