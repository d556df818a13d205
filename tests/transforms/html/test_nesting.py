"""Where elements end and what stands around a node, against a plain walk with a stack."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transforms.html.nesting import Nest, depths_of, ends_of

# A tree: the trees of its children; a childless one may be a text.
trees = st.recursive(st.just([]), lambda inner: st.lists(inner, max_size=4), max_leaves=30)


def listed(tree: list[object], numbers: list[int], ends: list[int]) -> None:
    """The number of children of each node in document order, and where it ends."""
    place = len(numbers)
    numbers.append(len(tree))
    ends.append(0)
    for child in tree:
        listed(child, numbers, ends)  # type: ignore[arg-type]
    ends[place] = len(numbers)


@given(st.lists(trees, min_size=1, max_size=4))
def test_ends_depths_and_what_is_around_are_those_of_a_walk(forest: list[list[object]]) -> None:
    """For trees end to end, elements end where the walk leaves them, and of any of them the innermost open one is around a node."""
    numbers: list[int] = []
    ends: list[int] = []
    for tree in forest:
        listed(tree, numbers, ends)
    count = len(numbers)
    places = np.array([place for place in range(count) if numbers[place] or place % 2], np.int64)
    found = ends_of(places, np.array(numbers, np.int64)[places], count)
    assert found.tolist() == [ends[place] for place in places]
    some = places[::2]
    open_at = [[n for n, p in enumerate(some) if p < place < ends[p]] for place in range(count)]
    begins, their = some, np.array([ends[place] for place in some], np.int64)
    assert depths_of(begins, their, count).tolist() == [len(found) for found in open_at]
    around = Nest(begins, their, count).around(np.arange(count))
    assert around.tolist() == [found[-1] if found else -1 for found in open_at]


def test_many_open_elements_are_told_apart() -> None:
    """A chain deeper, and numbers greater, than two bytes hold are sorted as well."""
    count = 70_000
    ends = np.full(count, count)
    nest = Nest(np.arange(count), ends, count)
    assert nest.around(np.array([1, 69_999])).tolist() == [0, 69_998]
    assert ends_of(np.array([0]), np.array([count - 1]), count).tolist() == [count]
