"""Renders a page's kept blocks: as text, and as texts and images in turn, in the form that a recipe asks for. Pure."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby

from schemas.records import Block, BlockKind, Container, Page
from transforms.html.markdown import Spot, marked_markdown

# By name: Python 3.11 takes longer to find a member in its enumeration than to compare it.
_ITEM, _TABLE, _CODE = BlockKind.LIST_ITEM, BlockKind.TABLE, BlockKind.CODE
MARKDOWN, PLAIN = FORMS = ("markdown", "plain")


def main_text(page: Page, form: str = MARKDOWN) -> str:
    """The kept text in one of FORMS."""
    return join_text(written(texts_alone(page), page.containers, form))


def plain_text(page: Page) -> str:
    """The kept text without the marks of headings, items and cells: what is measured, so that our marks count as no one's words.

    >>> plain_text(Page("", "", "", (), (Block(BlockKind.HEADING, "A", 2), Block(BlockKind.TABLE, "b | c")), ()))
    'A\\n\\nb c'
    """
    return plain(texts_alone(page))


def prose_and_code(page: Page, plain_text: str) -> tuple[str, str]:
    """The kept text whose whole is `plain_text` without listings, and the listings: rules of language, symbols and repeats look at prose.

    A page of nothing but listings is its own prose.
    """
    blocks = texts_alone(page)
    prose = [block for block in blocks if block.kind is not _CODE]
    if len(prose) == len(blocks) or not prose:
        return plain_text, ""
    return plain(prose), plain([block for block in blocks if block.kind is _CODE])


def texts_alone(page: Page) -> list[Block]:
    """The kept blocks of text."""
    return [block for block in page.blocks if block.kept and block.image < 0]


def kept_items(page: Page) -> tuple[Block | int, ...]:
    """The kept blocks of text, and indices of kept images (into `page.images`), in document order."""
    return tuple(block if block.image < 0 else block.image for block in page.blocks if block.kept)


def written(
    items: Sequence[Block | int], containers: Sequence[Container], form: str = MARKDOWN
) -> tuple[str | int, ...]:
    """Texts, in one of FORMS, and places of images in turn: the blocks between two images are one text.

    >>> written([Block(BlockKind.HEADING, "a", 1), Block(BlockKind.PARAGRAPH, "b"), 0], ())
    ('# a\\n\\nb', 0)
    """
    return tuple(marked(items, containers, form)[0])


def marked(
    items: Sequence[Block | int], containers: Sequence[Container], form: str = MARKDOWN
) -> tuple[list[str | int], list[Spot]]:
    """The same, and where the marks stand, which are items below 0: what they would be put before.

    >>> marked([Block(BlockKind.HEADING, "a", 1), -1, Block(BlockKind.PARAGRAPH, "b"), 0, -1], (), PLAIN)
    (['a\\n\\nb', 0], [(0, 1), (2, 0)])
    """
    if form == MARKDOWN:
        return marked_markdown(items, containers)
    parts: list[str | int] = []
    spots: list[Spot] = []
    for is_image, together in groupby(items, lambda item: isinstance(item, int) and item >= 0):
        if is_image:
            parts += [place for place in together if isinstance(place, int)]
            continue
        run = list(together)
        own = list(pieces([item for item in run if isinstance(item, Block)]))
        # A block has two pieces, but the first one.
        sizes, blocks = [0, *accumulate(map(len, own))], 0
        for item in run:
            blocks += isinstance(item, Block)
            if isinstance(item, int):
                spots.append((len(parts), sizes[max(2 * blocks - 1, 0)]))
        parts += ["".join(own)] if own else []
    return parts, spots


def join_text(parts: Sequence[str | int]) -> str:
    """The text of a document without its images: its runs, a blank line between them."""
    return "\n\n".join(part for part in parts if isinstance(part, str))


def plain(blocks: Sequence[Block]) -> str:
    """The text of some blocks without a mark: a blank line between them, a line between items of a list and rows of a table.

    >>> plain([Block(BlockKind.HEADING, "A", 2), Block(BlockKind.LIST_ITEM, "b", 1), Block(BlockKind.LIST_ITEM, "c", 2)])
    'A\\n\\nb\\nc'
    """
    return "".join(pieces(blocks))


def pieces(blocks: Sequence[Block]) -> Iterator[str]:
    """Each block's text, after what parts it from the one before."""
    before: BlockKind | None = None
    for block in blocks:
        kind = block.kind
        if before is not None:
            yield "\n" if kind is before and (kind is _ITEM or kind is _TABLE) else "\n\n"
        yield block.text.replace(" | ", " ") if kind is _TABLE else block.text
        before = kind
