"""Which items hang together, by the pairs that are alike: the least number of each component is its label. Pure.

Two ways to one answer. `Union` holds 4 bytes an item in one process and takes edges as they come. Where that is too much, alternating
large and small stars (Kiveris et al. 2014, "Connected components in MapReduce and beyond") need no memory of all items: a round is two
exchanges in which all pairs of an item come together, here in the columns (node, other):

    pairs = large_star(both_ways(pairs))    # grouped by node in between
    pairs = small_star(downwards(pairs))    # grouped by node in between

until no group holds a node that is `unsettled`. A group may hold any number of nodes, each with all of its pairs; what the groups of a
step return, taken together, is the same however nodes were dealt out to groups. A node with a million pairs is held by one group.
"""

from collections.abc import Iterator

import numpy as np

# Edges that are joined at once: enough that numpy's calls cost nothing, few enough that they stay in some 50 MB.
CHUNK = 2**20
LARGEST = 2**32  # items of a Union: 4 bytes a number


class Union:
    """Components of the items 0 .. count - 1 from a stream of edges; 4 bytes an item, and 50 MB at work.

    Neither the order of edges nor how they are cut into chunks changes a label. Parents are always less than their children, so the root
    of a tree is the least of its component. Raises ValueError for more items than 4 bytes can number.

    >>> union = Union(5)
    >>> union.add(np.array([(4, 3), (1, 3)]))
    >>> union.labels().tolist()
    [0, 1, 2, 1, 1]
    """

    def __init__(self, count: int) -> None:
        if not 0 <= count <= LARGEST:
            raise ValueError(
                f"{count} items: a Union numbers between 0 and {LARGEST} of them; use large_star and small_star"
            )
        self._parents = np.arange(count, dtype=np.uint32)
        self._waiting: list[np.ndarray] = []
        self._count = 0

    def add(self, edges: np.ndarray) -> None:
        """Join the two items of each edge. Shape (n, 2), integers. Raises ValueError where an edge names what is no item."""
        if not len(edges):
            return
        if int(edges.min()) < 0 or int(edges.max()) >= len(self._parents):
            raise ValueError(
                f"an edge between {int(edges.min())} and {int(edges.max())}: items are 0 .. {len(self._parents) - 1}"
            )
        # Small chunks wait for one another, so that a tree grows deeper by one for each CHUNK edges and not for each call.
        for begin in range(0, len(edges), CHUNK):
            self._waiting.append(edges[begin : begin + CHUNK].astype(np.uint32))
            self._count += len(self._waiting[-1])
            if self._count >= CHUNK:
                self._join_waiting()

    def labels(self) -> np.ndarray:
        """The label of each item (u4), in the order of their numbers. A view of the parents: whoever adds edges later changes it."""
        self._join_waiting()
        parents = self._parents
        for begin in range(0, len(parents), CHUNK):
            # Parents are less than children: those of earlier blocks are roots by now.
            block = parents[begin : begin + CHUNK]
            while True:
                above = parents[block]
                if np.array_equal(above, block):
                    break
                block[:] = above
        labels = parents.view()
        labels.flags.writeable = False
        return labels

    def _join_waiting(self) -> None:
        if not self._waiting:
            return
        edges = np.concatenate(self._waiting)
        self._waiting, self._count = [], 0
        one, two = self._roots(edges[:, 0].copy()), self._roots(edges[:, 1].copy())
        apart = one != two
        one, two = one[apart], two[apart]
        roots = np.concatenate([one, two])
        for _ in hook(self._parents, one, two):
            pass
        self._roots(roots)

    def _roots(self, items: np.ndarray) -> np.ndarray:
        """The roots of some items, which then stand as their parents."""
        parents = self._parents
        found = parents[items]
        above = parents[found]
        far = np.flatnonzero(above != found)
        while len(far):
            found[far] = above[far]
            above[far] = parents[found[far]]
            far = far[above[far] != found[far]]
        parents[items] = found
        return np.asarray(found)


def hook(parents: np.ndarray, one: np.ndarray, two: np.ndarray) -> Iterator[int]:
    """Join roots by pairs of them, in place; yields, after each round, how many pairs are still apart.

    In a round each root that has a lesser neighbour hooks to the least of them, then all that hooked find their root by doubling. A root
    without a lesser neighbour, so without one to hook to, has greater ones: each of them hooks to it, or to a lesser one which it then
    neighbours and hooks to in the next round. So every two rounds halve the roots that have neighbours, whatever the edges.
    """
    while len(one):
        less, more = np.minimum(one, two), np.maximum(one, two)
        np.minimum.at(parents, more, less)
        found = parents[more]
        while True:
            above = parents[found]
            if np.array_equal(above, found):
                break
            parents[more] = found = above
        one, two = parents[less], found
        apart = one != two
        one, two = one[apart], two[apart]
        yield len(one)


def forest(edges: np.ndarray) -> np.ndarray:
    """The edges (least, other) of the stars that join the same items as `edges` do: one fewer than a component has items, sorted.

    What a batch sends of its edges. Shape (n, 2), unsigned integers of any width, which the result has too.

    >>> forest(np.array([(9, 7), (7, 4), (4, 9), (2, 2)], "u8")).tolist()
    [[4, 7], [4, 9]]
    """
    numbers, places = np.unique(edges, return_inverse=True)
    union = Union(len(numbers))
    union.add(places.reshape(-1, 2))
    labels = union.labels()
    joined = np.flatnonzero(labels != np.arange(len(labels)))
    joined = joined[np.argsort(labels[joined], kind="stable")]
    return np.column_stack([numbers[labels[joined]], numbers[joined]])


def both_ways(pairs: np.ndarray) -> np.ndarray:
    """Each pair under both of its nodes, as `large_star` and `unsettled` want them: (node, other). A pair of one node is none.

    >>> both_ways(np.array([(1, 2), (3, 3)], "u8")).tolist()
    [[1, 2], [2, 1]]
    """
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return np.concatenate([pairs, pairs[:, ::-1]])


def downwards(pairs: np.ndarray) -> np.ndarray:
    """Each pair under its greater node, as `small_star` wants them: (node, lesser).

    >>> downwards(np.array([(1, 2), (4, 3)], "u8")).tolist()
    [[2, 1], [4, 3]]
    """
    return np.column_stack([pairs.max(axis=1), pairs.min(axis=1)])


def large_star(pairs: np.ndarray) -> np.ndarray:
    """Of each node: its greater neighbours, and the least of it and its neighbours, to which they go. In: all pairs of a node, both ways.

    Returns pairs (greater, least), each once and sorted; they join what joined before.

    >>> large_star(both_ways(np.array([(1, 2), (2, 3)], "u8"))).tolist()
    [[2, 1], [3, 1]]
    """
    pairs, begins, lengths = _by_node(pairs)
    least = np.repeat(np.minimum(pairs[begins, 0], pairs[begins, 1]), lengths)
    greater = pairs[:, 1] > pairs[:, 0]
    return _once(np.column_stack([pairs[greater, 1], least[greater]]))


def small_star(pairs: np.ndarray) -> np.ndarray:
    """Of each node: it and its lesser neighbours, and the least of these, to which they go. In: all pairs of a node, `downwards`.

    Returns pairs (node, least), each once and sorted; they join what joined before.

    >>> small_star(downwards(np.array([(3, 1), (3, 2)], "u8"))).tolist()
    [[2, 1], [3, 1]]
    """
    pairs, begins, lengths = _by_node(pairs)
    least = pairs[begins, 1]
    own = np.column_stack([pairs[begins, 0], least])
    others = np.column_stack([pairs[:, 1], np.repeat(least, lengths)])
    return _once(np.concatenate([own, others[others[:, 0] != others[:, 1]]]))


def unsettled(pairs: np.ndarray) -> int:
    """How many nodes are neither the least of a star nor one of its leaves. In: all pairs of a node, both ways.

    Where no group has one, the pairs are stars (leaf, least): the labels of all nodes, but of those that are labels themselves.

    >>> unsettled(both_ways(np.array([(2, 1), (3, 1)], "u8"))), unsettled(both_ways(np.array([(2, 1), (3, 2)], "u8")))
    (0, 1)
    """
    pairs, begins, lengths = _by_node(pairs)
    has_lesser = pairs[begins, 1] < pairs[begins, 0]
    return int(np.count_nonzero(has_lesser & (lengths > 1)))


def by_stars(edges: np.ndarray) -> Iterator[np.ndarray]:
    """The edges as pairs, then the pairs after each round, with all nodes in one group; the last are stars (leaf, least).

    >>> [pairs.tolist() for pairs in by_stars(np.array([(9, 7), (7, 4)], "u8"))]
    [[[7, 4], [9, 7]], [[7, 4], [9, 4]]]
    """
    pairs = _once(downwards(edges[edges[:, 0] != edges[:, 1]].astype(np.uint64)))
    yield pairs
    while unsettled(both_ways(pairs)):
        pairs = small_star(downwards(large_star(both_ways(pairs))))
        yield pairs


def _by_node(pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pairs, each once, sorted by (node, other); where each node begins, and how many pairs it has."""
    pairs = _once(pairs)
    new = np.ones(len(pairs), dtype=bool)
    new[1:] = pairs[1:, 0] != pairs[:-1, 0]
    begins = np.flatnonzero(new)
    return pairs, begins, np.diff(begins, append=len(pairs))


def _once(pairs: np.ndarray) -> np.ndarray:
    """Pairs sorted, each once."""
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    new = np.ones(len(pairs), dtype=bool)
    new[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
    return np.asarray(pairs[new])
