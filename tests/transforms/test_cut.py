"""Where long documents are cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Block, BlockKind
from transforms.cut import cut, outline

NUMBERS = st.lists(st.integers(-8, 40), max_size=60)


@given(NUMBERS, st.data(), st.integers(0, 60), st.integers(0, 4))
def test_parts_hold_everything_once_and_in_order(
    numbers: list[int], data: st.DataObject, words: int, images: int
) -> None:
    """And no part but one of a single block with its headings has more words than it may, none more images."""
    staying = [at for at, number in enumerate(numbers) if number == 0 and data.draw(st.booleans())]
    parts = cut(numbers, staying, words, images)
    assert [parts[0].begin, parts[-1].end] == [0, len(numbers)]
    assert all(before.end == after.begin for before, after in pairwise(parts))
    assert all(part.begin < part.end for part in parts) or numbers == []
    for part in parts:
        held = numbers[part.begin : part.end]
        assert part.words == sum(map(abs, held))
        texts = [number for number in held if number > 0]
        assert not words or part.words <= words or len(texts) <= 1
        assert not images or sum(part.begin <= at < part.end for at in staying) <= images


@pytest.mark.parametrize(
    ("numbers", "begins"),
    [
        ([-2, 40, -2, 40, 40, -2, 40], [0, 2, 5]),  # at headings
        ([40, 40, 0, 40, 40], [0, 2]),  # at an image
        ([40, -2, 0, 70], [0, 1]),  # at the headings that stand before it
        ([30, 30, 30, 30], [0, 3]),  # at neither, in front of what is too much
        ([-2, 10, -2, 30, 40, 40], [0, 5]),  # the second heading is too near the beginning
        ([30, 60, -2, -2, 60], [0, 2]),  # no heading is left behind
        ([300, 20, -2, 400, 20], [0, 1, 2, 4]),  # blocks of more words than that are not cut
        ([-2, -2, 300, 20], [0, 3]),
        ([40, 40], [0]),
    ],
)
def test_cut_by_words(numbers: list[int], begins: list[int]) -> None:
    """A hundred each."""
    images = [at for at, number in enumerate(numbers) if number == 0]
    assert [part.begin for part in cut(numbers, images, max_words=100)] == begins


def test_cut_by_images() -> None:
    """At the last heading between two, else in front of the one too many; images that left are no border and do not count."""
    numbers = [5, 0, 5, 0, -2, 5, -2, 5, 0, 5, 0, 5, 0]
    assert [part.begin for part in cut(numbers, [1, 3, 8, 10, 12], max_images=2)] == [0, 6, 12]
    assert [part.begin for part in cut(numbers, [1, 8, 10], max_images=2)] == [0, 10]
    assert len(cut(numbers, [1, 8], max_images=2)) == 1


def test_outline() -> None:
    """Words by white space, pieces where there is none; a document without an image has none, since none is cut."""
    items = [
        Block(BlockKind.HEADING, "A b"),
        0,
        Block(BlockKind.TABLE, "x | y"),
        1,
        Block(BlockKind.PARAGRAPH, "古老的磨坊"),
    ]
    assert outline(items) == [-2, 0, 3, 0, 4]
    assert outline(items[:1]) == outline([]) == []
