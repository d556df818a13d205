"""Edits of a document: blocks, or lines of blocks, that are left out when its text is written. Pure; cost: per record.

The selection of a page holds its edits, whoever decided them; the document in staging stays as it is.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from transforms.document import Item

WHOLE = -1  # the line of an edit that takes the block


class Edit(NamedTuple):
    """A block, by its place among the items of its document, or one of its lines, counted from 0, that is left out."""

    block: int
    line: int = WHOLE


def edited(items: Sequence[Item], edits: Iterable[Edit]) -> list[Item | None]:
    """The items without what the edits leave out: None in the place of a block of which nothing stays, so that places stay as they are.

    >>> from schemas.records import Block
    >>> blocks = [Block("paragraph", "one"), 0, Block("paragraph", "two\\nthree")]
    >>> [item.text if isinstance(item, Block) else item for item in edited(blocks, [Edit(0), Edit(2, 0)])]
    [None, 0, 'three']
    """
    left_out: dict[int, set[int]] = {}
    for edit in edits:
        left_out.setdefault(edit.block, set()).add(edit.line)
    return [_without(item, left_out[place]) if place in left_out else item for place, item in enumerate(items)]


def _without(item: Item, lines: set[int]) -> Item | None:
    """A block without some of its lines."""
    if isinstance(item, int) or WHOLE in lines:
        return None
    text = "\n".join(line for number, line in enumerate(item.text.splitlines()) if number not in lines)
    return item._replace(text=text) if text.strip() else None
