"""Blocks as text and as text with images."""

from schemas.records import Block, BlockKind, ImageRef, Page
from transforms.html.render import interleaved, main_text

IMAGES = (ImageRef(("http://e.x/1.jpg",)), ImageRef(("http://e.x/2.jpg",)), ImageRef(("http://e.x/3.jpg",), kept=False))


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
    assert main_text(found) == "# Title\n\n- a\n  - b\n\ntext\n\nx | y\n1 | 2\n\nf()\n  g()"


def test_what_is_not_kept_is_not_rendered() -> None:
    """Blocks and images that the extractor refused stay out of both forms."""
    found = page(
        Block(BlockKind.PARAGRAPH, "menu", kept=False), image(2, kept=False), Block(BlockKind.PARAGRAPH, "text")
    )
    assert main_text(found) == "text"
    assert interleaved(found) == ("text",)


def test_texts_between_images_are_merged() -> None:
    """Two paragraphs between images are one text; neighbouring images stay apart; a page may end with an image."""
    found = page(
        image(0),
        Block(BlockKind.PARAGRAPH, "a"),
        Block(BlockKind.PARAGRAPH, "b"),
        image(1),
        image(0),
    )
    assert interleaved(found) == (0, "a\n\nb", 1, 0)


def test_an_empty_page_is_empty() -> None:
    """No blocks, no text, no parts."""
    assert main_text(page()) == ""
    assert interleaved(page()) == ()


def test_lists_are_indented_so_far() -> None:
    """Levels beyond those that spaces show do not make a short page long."""
    lines = main_text(page(*(Block(BlockKind.LIST_ITEM, "a", level) for level in (1, 2, 17, 400)))).split("\n")
    assert [len(line) - len(line.lstrip()) for line in lines] == [0, 2, 32, 32]
