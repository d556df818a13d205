"""The blocks of a page as lines of a terminal. Page text is hostile: no control code of it reaches the terminal."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from jobs import terminal

if TYPE_CHECKING:
    from schemas.records import Block, Page
    from transforms.html.explain import Why

_FACTS = 26  # columns of a line before its words: number, decision, score, kind and the gaps
_LEAST = 30  # columns for words and reasons, however narrow the terminal


def table(page: "Page", whys: Sequence["Why"], unread: Sequence[str], columns: int) -> Iterator[str]:
    """A line per block: number, + kept or - dropped, score, kind, its first words and why; then the sums, and what was not read."""
    room = max(columns - _FACTS, _LEAST)
    words = room // 3
    for number, (block, why) in enumerate(zip(page.blocks, whys, strict=True), 1):
        sign, kind = "+" if block.kept else "-", block.kind.value.replace("_", " ")
        reasons = "".join(f", {reason.weight:+.1f} {reason.words}" for reason in why.reasons)
        said = f"{fit(shown(page, block), words)}  {fit(why.rule + reasons, room - words).rstrip()}"
        yield f"{number:4} {sign} {block.score:.2f} {kind:9}  {said}"
    texts = [block.kept for block in page.blocks if block.image < 0]
    images = [block.kept for block in page.blocks if block.image >= 0]
    yield ""
    yield (
        f"kept {sum(texts):,} of {terminal.count(len(texts), 'text')}, "
        f"{sum(images):,} of {terminal.count(len(images), 'image')}"
    )
    if unread:
        size = terminal.count(sum(map(len, unread)), "character")
        yield f"menus and footers are read for images and the text beside them only: {len(unread):,} of them, {size}"


def shown(page: "Page", block: "Block") -> str:
    """A block's text; for an image what the page says of it, or its address."""
    if block.image < 0:
        return block.text
    image = page.images[block.image]
    return image.alt or image.figcaption or image.title or next(iter(image.urls), "")


def fit(text: str, columns: int) -> str:
    """The beginning of a text on one line of exactly so many columns, with an ellipsis where it is cut.

    >>> fit("one two three", 8), fit("one", 5), fit("日本語", 5)
    ('one two…', 'one  ', '日本…')
    """
    line = terminal.printable(" ".join(text[: 4 * columns].split()))
    ends = list(accumulate(map(width, line)))
    whole = len(text) <= 4 * columns and (not ends or ends[-1] <= columns)
    kept = bisect_right(ends, columns if whole else columns - 1)
    used = (ends[kept - 1] if kept else 0) + (not whole)
    return line[:kept] + ("" if whole else "…") + " " * (columns - used)


def width(char: str) -> int:
    """How many columns a terminal gives a character."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
