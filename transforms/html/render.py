"""Renders a page's kept blocks: as text, and as texts and images in turn. Pure."""

from collections.abc import Callable, Iterator, Sequence

from schemas.records import Block, BlockKind, Page

# By name: Python 3.11 takes longer to find a member in its enumeration than to compare it.
_DEEPEST = 16  # levels of a list that spaces show; of 1 MB of unclosed lists all levels made 72 MB (ours)
_HEADING, _ITEM, _TABLE = BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.TABLE


def main_text(page: Page) -> str:
    """The kept text: blocks parted by a blank line, items of a list and rows of a table by a line.

    Headings begin with as many `#` as their rank, list items with `- ` after two spaces per level above the first.
    """
    return text_of([block for block in page.blocks if block.kept and block.image < 0])


def plain_text(page: Page) -> str:
    """The kept text without the marks of headings, items and cells: what is measured, so that our marks count as no one's words.

    >>> plain_text(Page("", "", "", (), (Block(BlockKind.HEADING, "A", 2), Block(BlockKind.TABLE, "b | c")), ()))
    'A\\n\\nb c'
    """
    return "".join(pieces([block for block in page.blocks if block.kept and block.image < 0], plain_line))


def kept_items(page: Page) -> tuple[Block | int, ...]:
    """The kept blocks of text, and indices of kept images (into `page.images`), in document order."""
    return tuple(block if block.image < 0 else block.image for block in page.blocks if block.kept)


def runs(items: Sequence[Block | int]) -> tuple[str | int, ...]:
    """Texts and places of images in turn: the blocks between two images are one text.

    >>> runs([Block(BlockKind.PARAGRAPH, "a"), Block(BlockKind.PARAGRAPH, "b"), 0])
    ('a\\n\\nb', 0)
    """
    parts: list[str | int] = []
    waiting: list[Block] = []
    for item in items:
        if isinstance(item, Block):
            waiting.append(item)
            continue
        if waiting:
            parts.append(text_of(waiting))
            waiting = []
        parts.append(item)
    return (*parts, text_of(waiting)) if waiting else tuple(parts)


def join_text(parts: Sequence[str | int]) -> str:
    """The text of a document without its images: its runs, a blank line between them."""
    return "\n\n".join(part for part in parts if isinstance(part, str))


def text_of(blocks: Sequence[Block]) -> str:
    """The text of some blocks.

    >>> text_of([Block(BlockKind.HEADING, "A", 2), Block(BlockKind.LIST_ITEM, "b", 1), Block(BlockKind.LIST_ITEM, "c", 2)])
    '## A\\n\\n- b\\n  - c'
    """
    return "".join(pieces(blocks, line_of))


def pieces(blocks: Sequence[Block], line: Callable[[Block], str]) -> Iterator[str]:
    """Each block's line, after what parts it from the one before."""
    before: BlockKind | None = None
    for block in blocks:
        kind = block.kind
        if before is not None:
            yield gap(before, kind)
        yield line(block)
        before = kind


def gap(before: BlockKind, kind: BlockKind) -> str:
    """What parts a block from the one before it: items of a list and rows of a table stand on lines that follow each other."""
    return "\n" if kind is before and (kind is _ITEM or kind is _TABLE) else "\n\n"


def line_of(block: Block) -> str:
    """One block with the mark of its kind."""
    if block.kind is _HEADING:
        return f"{'#' * max(block.level, 1)} {block.text}"
    if block.kind is _ITEM:
        return f"{'  ' * min(block.level - 1, _DEEPEST)}- {block.text}"
    return block.text


def plain_line(block: Block) -> str:
    """One block without a mark."""
    return block.text.replace(" | ", " ") if block.kind is _TABLE else block.text
