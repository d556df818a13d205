"""Where a long document is cut into several: at its headings and images, else between two blocks. Pure; cost: per record.

Staging holds the outline of a document, a number for each of its items, so that a recipe cuts without reading texts (law 4).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from itertools import accumulate
from typing import NamedTuple

from schemas.records import Block, BlockKind
from transforms.text.unspaced import spaced

_HEADING = BlockKind.HEADING
# Of the words that a part may have: it ends at no heading or image before that, so that no crumbs are cut off (ours).
_LEAST_SHARE = 0.25


class Part(NamedTuple):
    """A part of a document: its first item, the one behind its last, and its words."""

    begin: int
    end: int
    words: int


def outline(items: Sequence[Block | int]) -> list[int]:
    """A number for each item: the words of a text, of a heading below zero, 0 for an image. Empty where there is no image.

    >>> outline([Block(BlockKind.HEADING, "The mill"), Block(BlockKind.PARAGRAPH, "It stands by the river."), 0])
    [-2, 5, 0]
    """
    if all(isinstance(item, Block) for item in items):
        return []
    return [number_of(item) if isinstance(item, Block) else 0 for item in items]


def number_of(block: Block) -> int:
    """The words of a block, 1 at least, below zero where it is a heading: what white space separates, or pieces (`spaced`)."""
    words = max(1, len(spaced(block.text).split()))
    return -words if block.kind is _HEADING else words


def cut(numbers: Sequence[int], images: Collection[int], max_words: int = 0, max_images: int = 0) -> list[Part]:
    """The parts of a document by its outline, of at most so many words and images each (0: no bound); `images` are the places of those
    that stay in it.

    A part ends at the last heading or image that leaves it a quarter of its words at least, else in front of the block that is too much;
    in front of an image too many, at the last heading behind the image before it. Headings stay with what they stand before, so they, and
    a block that alone has more words than a part may have, make a part of more.

    >>> [(part.begin, part.end) for part in cut([-1, 6, 0, -1, 6, 6], {2}, max_words=10)]
    [(0, 3), (3, 5), (5, 6)]
    """
    plan = _Plan(numbers, images)
    begins = [0]
    while (at := min(plan.words_end(begins[-1], max_words), plan.images_end(begins[-1], max_images))) < len(numbers):
        begins.append(at)
    ends = [*begins[1:], len(numbers)]
    return [Part(begin, end, plan.before[end] - plan.before[begin]) for begin, end in zip(begins, ends, strict=True)]


class _Plan:
    """What the cuts of a document go by."""

    def __init__(self, numbers: Sequence[int], images: Collection[int]) -> None:
        self.numbers = numbers
        self.images = sorted(images)
        self.before = [0, *accumulate(map(abs, numbers))]  # words before each place, and of all
        self.headings = [at for at, number in enumerate(numbers) if number < 0 and not (at and numbers[at - 1] < 0)]
        self.borders = sorted({*self.headings, *map(self.with_headings, self.images)})

    def with_headings(self, place: int) -> int:
        """The first of the headings that stand right before a place, or the place."""
        while place and self.numbers[place - 1] < 0:
            place -= 1
        return place

    def words_end(self, begin: int, most: int) -> int:
        """Where it ends for its words."""
        end = bisect_right(self.before, self.before[begin] + most) - 1 if most else len(self.numbers)
        if end == len(self.numbers):
            return end
        least = bisect_left(self.before, self.before[begin] + most * _LEAST_SHARE)
        border = last_in(self.borders, max(least, begin + 1), end)
        if border is not None:
            return border
        if (border := self.with_headings(end)) > begin:
            return border
        # Nothing but headings fits, or not even the first block.
        while end < len(self.numbers) and self.numbers[end] < 0:
            end += 1
        return min(end + 1, len(self.numbers))

    def images_end(self, begin: int, most: int) -> int:
        """Where it ends for its images."""
        first = bisect_left(self.images, begin)
        if not most or first + most >= len(self.images):
            return len(self.numbers)
        last, next_ = self.images[first + most - 1], self.images[first + most]
        heading = last_in(self.headings, last + 1, next_)
        return next_ if heading is None else heading


def last_in(places: Sequence[int], low: int, high: int) -> int | None:
    """The last of ascending places from `low` to `high`, both inclusive."""
    at = bisect_right(places, high) - 1
    return places[at] if at >= 0 and places[at] >= low else None
