"""Components by parents and by stars, against union-find in plain Python."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dedup import components
from transforms.dedup.components import (
    Union,
    both_ways,
    by_stars,
    downwards,
    forest,
    hook,
    large_star,
    small_star,
    unsettled,
)

LAST = 30  # the greatest number of an item in drawn edges
EDGES = st.lists(st.tuples(st.integers(0, LAST), st.integers(0, LAST)), max_size=60)


def oracle(edges: list[tuple[int, int]], count: int = LAST + 1) -> list[int]:
    """The least number of each item's component, one edge after the other."""
    parents = list(range(count))

    def root(item: int) -> int:
        while parents[item] != item:
            item = parents[item]
        return item

    for one, two in edges:
        less, more = sorted((root(one), root(two)))
        parents[more] = less
    return [root(item) for item in range(count)]


def array(edges: list[tuple[int, int]]) -> np.ndarray:
    """Edges as rows."""
    return np.array(edges, np.uint64).reshape(-1, 2)


def labels_of_stars(pairs: np.ndarray, count: int = LAST + 1) -> list[int]:
    """The label of each item where pairs are (leaf, least)."""
    labels = np.arange(count)
    labels[pairs[:, 0].astype(int)] = pairs[:, 1]
    return [int(label) for label in labels]


def labels_of_union(edges: np.ndarray, count: int, cut: int) -> np.ndarray:
    """The labels of edges that come so many at a time."""
    union = Union(count)
    for begin in range(0, len(edges), cut):
        union.add(edges[begin : begin + cut])
    return union.labels()


def in_groups(pairs: np.ndarray, groups: int) -> list[np.ndarray]:
    """Pairs dealt out to groups by their node, as an exchange would."""
    return [pairs[pairs[:, 0] % np.uint64(groups) == group] for group in range(groups)]


@given(EDGES, st.randoms(use_true_random=False), st.integers(1, 60), st.integers(1, 9))
def test_labels_are_the_least_numbers_in_any_order_and_cut(edges, random, cut, chunk) -> None:  # type: ignore[no-untyped-def]
    """Whoever sends edges when, and which end of an edge is named first."""
    expected = oracle(edges)
    mixed = [pair[::-1] if random.random() < 0.5 else pair for pair in edges]
    random.shuffle(mixed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(components, "CHUNK", chunk)
        assert labels_of_union(array(mixed), LAST + 1, cut).tolist() == expected


@given(EDGES, st.integers(0, 60))
def test_edges_may_come_after_labels_were_asked_for(edges: list[tuple[int, int]], cut: int) -> None:
    """A union goes on."""
    union = Union(LAST + 1)
    union.add(array(edges[:cut]))
    assert union.labels().tolist() == oracle(edges[:cut])
    union.add(array(edges[cut:]))
    assert union.labels().tolist() == oracle(edges)


@given(EDGES, st.integers(1, 5), st.randoms(use_true_random=False))
def test_stars_give_the_same_labels_however_nodes_are_dealt_out(edges, groups, random) -> None:  # type: ignore[no-untyped-def]
    """Each round as two exchanges between groups, its pairs in any order, until no group holds an unsettled node."""
    passed = list(by_stars(array(edges)))
    pairs, rounds = passed[0], 0
    while any(unsettled(group) for group in in_groups(both_ways(pairs), groups)):
        for step, spread in ((large_star, both_ways), (small_star, downwards)):
            order = random.sample(range(len(pairs)), len(pairs))
            pairs = np.concatenate([step(group) for group in in_groups(spread(pairs[order]), groups)])
        rounds += 1
    assert rounds == len(passed) - 1
    assert labels_of_stars(pairs) == oracle(edges)


@given(EDGES, st.integers(0, 60))
def test_a_forest_joins_what_its_edges_join(edges: list[tuple[int, int]], cut: int) -> None:
    """With one edge fewer than a component has items, also where forests of parts are joined; numbers of any size."""
    far = np.uint64(2**63)
    expected = oracle(edges)
    whole = forest(array(edges) + far) - far
    assert len(whole) == LAST + 1 - len(set(expected))
    parts = np.concatenate([forest(array(edges[:cut])), forest(array(edges[cut:]))])
    assert np.array_equal(forest(parts), whole)
    assert labels_of_union(parts, LAST + 1, 7).tolist() == expected


def shapes(count: int) -> dict[str, np.ndarray]:
    """Graphs that are hard for one way or another."""
    random = np.random.default_rng(1)
    items = np.arange(count)
    chain = np.column_stack([items[:-1], items[1:]])
    names = random.permutation(count)
    side = int(count**0.5)
    grid = np.arange(side * side).reshape(side, side)
    # Greater and lesser numbers in turn: half of all roots have no lesser neighbour.
    weave = np.empty(count, int)
    weave[::2], weave[1::2] = items[: (count + 1) // 2], items[(count + 1) // 2 :]
    return {
        "chain": chain,
        "chain from behind": chain[::-1],
        "chain of random names": names[chain],
        "weave": weave[chain],
        "random tree": names[np.column_stack([items[1:], (random.random(count - 1) * items[1:]).astype(int)])],
        "star of its least": np.column_stack([np.zeros(count - 1, int), items[1:]]),
        "star of its greatest": np.column_stack([np.full(count - 1, count - 1), items[:-1]]),
        "star of its greatest from behind": np.column_stack([np.full(count - 1, count - 1), items[:-1]])[::-1],
        "grid": np.concatenate(
            [
                np.column_stack([grid[1:].ravel(), grid[:-1].ravel()]),
                np.column_stack([grid[:, 1:].ravel(), grid[:, :-1].ravel()]),
            ]
        ),
        "random": random.integers(0, count, (count, 2)),
    }


@pytest.mark.parametrize("name", shapes(4))
def test_no_shape_takes_a_round_a_link(name: str) -> None:
    """Two rounds for each halving is what `hook` promises; stars have no such proof, and twice the logarithm was never reached."""
    count = 10_000
    edges = shapes(count)[name]
    parents = np.arange(count, dtype=np.uint32)
    rounds = len(list(hook(parents, edges[:, 0], edges[:, 1])))
    assert rounds <= 2 * np.log2(count)
    expected = oracle([(one, two) for one, two in edges.tolist()], count)
    assert labels_of_union(edges, count, 999).tolist() == expected
    passed = list(by_stars(edges))
    assert len(passed) - 1 <= 2 * np.log2(count)
    assert labels_of_stars(passed[-1], count) == expected


def test_a_chain_of_a_million() -> None:
    """In one stroke, and forwards and backwards in chunks."""
    count = 10**6
    chain = shapes(count)["chain"]
    for edges in (chain, chain[::-1]):
        assert not labels_of_union(edges, count, 50_000).any()


def test_deep_trees_of_many_chunks_are_found_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each chunk puts the tree of all before it under a new root; nothing recurses, and labels are right."""
    monkeypatch.setattr(components, "CHUNK", 1)
    chain = shapes(3_000)["chain from behind"]
    assert not labels_of_union(chain, 3_000, 1).any()


def test_edges_must_name_items() -> None:
    """An edge outside of the items, or more items than 4 bytes number, is an error of the caller, at once."""
    union = Union(3)
    for edge in ((0, 3), (-1, 2)):
        with pytest.raises(ValueError, match=r"items are 0 \.\. 2"):
            union.add(np.array([edge]))
    with pytest.raises(ValueError, match="large_star"):
        Union(2**32 + 1)


def test_nothing_has_no_components() -> None:
    """No items, no edges."""
    none = np.empty((0, 2), np.uint64)
    assert Union(0).labels().tolist() == []
    assert len(forest(none)) == len(large_star(none)) == len(small_star(none)) == unsettled(none) == 0
    assert [len(pairs) for pairs in by_stars(none)] == [0]
