"""The nesting of elements as arrays: where each element ends, the depth of a node, and the innermost element around it. Pure.

Places count the nodes of one or more pages in document order. An element begins at its own place and ends at the place of the first
node behind it.
"""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def ends_of(places: Ints, children: Ints, count: int) -> Ints:
    """Where elements at `places` end, from the number of their children, among `count` nodes of which the others have none.

    The number of nodes that were announced and are still to come falls by one with each node that has no children. An element has ended
    where it is first lower than before the element began: behind the first childless node, from the element on, that has the same number.

    >>> ends_of(np.array([0, 1, 3]), np.array([2, 1, 0]), 4).tolist()  # <body><p>text</p><hr>
    [4, 3, 4]
    """
    steps = np.full(count, -1)
    steps[places] += children
    to_come = np.cumsum(steps) - steps
    order = in_order(to_come)
    childless = np.where(steps[order] < 0, np.arange(count), count)
    last = np.minimum.accumulate(childless[::-1])[::-1]
    ends = np.empty(count, np.int64)
    ends[order] = order[last] + 1
    found: Ints = ends[places]
    return found


def in_order(numbers: Ints) -> Ints:
    """The places of numbers in ascending order, stable; a narrow range is sorted as 16-bit numbers, many times faster."""
    if not len(numbers):
        return numbers
    least = numbers.min()
    small = numbers.max() - least <= np.iinfo(np.uint16).max
    return np.argsort((numbers - least).astype(np.uint16) if small else numbers, kind="stable")


def depths_of(begins: Ints, ends: Ints, count: int) -> Ints:
    """For each of `count` nodes the number of elements around it.

    >>> depths_of(np.array([0, 1]), np.array([4, 3]), 5).tolist()
    [0, 1, 2, 1, 0]
    """
    depths: Ints = np.cumsum(
        np.bincount(begins + 1, minlength=count + 1)[:count] - np.bincount(ends, minlength=count)[:count]
    )
    return depths


def nearest(parents: Ints, wanted: npt.NDArray[np.bool_]) -> Ints:
    """For each element the innermost one around it that is `wanted`, -1 for none; each step doubles how far is looked.

    >>> nearest(np.array([-1, 0, 1, 2]), np.array([True, False, False, True])).tolist()
    [-1, 0, 0, 0]
    """
    found = parents.copy()
    while len(other := np.flatnonzero((found >= 0) & ~wanted[found])):
        found[other] = found[found[other]]
    return found


class Nest:
    """A set of nested elements, by their places in document order and their ends."""

    def __init__(self, begins: Ints, ends: Ints, count: int) -> None:
        self._wide = count + 1
        self.depths = depths_of(begins, ends, count)
        depths = self.depths[begins] + 1
        self._order = in_order(depths)
        self._keys = (depths * self._wide + begins)[self._order]

    def around(self, places: Ints) -> Ints:
        """For each node the number of the innermost element that it stands in, -1 for none.

        Of those that lie as deep as that element it is the last one that began before the node.

        >>> Nest(np.array([0, 1]), np.array([4, 3]), 5).around(np.arange(5)).tolist()
        [-1, 0, 1, 0, -1]
        """
        depths = self.depths[places]
        if not len(self._keys):
            return depths - 1
        found = np.searchsorted(self._keys, depths * self._wide + places) - 1
        return np.where(depths > 0, self._order[found], -1)
