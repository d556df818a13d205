"""Rows of pages that are near duplicates of each other, made up: signatures without texts, and the truth about them.

Shared by `decide_scale` and `near_peer`. 45 % of the rows are in clusters of power-law size (exponent 2.5, from 2 to 100,000), a fifth of
them, but no more than a million, is one cluster of equal pages, the rest is alone. A place of a row's signature agrees with that of its
cluster with the row's likeness: 1 for 40 % of the rows in clusters, else evenly from .72 to 1. A tenth of all rows, whatever their
cluster, may share the key of one band. Rows lie in random order; the same numbers give the same rows anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from transforms.dedup.signature import SignatureSet, band_keys

SEED = 14
CLUSTERED, EQUAL, MOST_EQUAL = 0.45, 0.2, 10**6
EXPONENT, LARGEST = 2.5, 100_000
COPIES, LEAST_ALIKE = 0.4, 0.72
HOT_SHARE, HOT_BAND = 0.1, 3
PLACE = np.uint64(2**60 - 1)  # places stay below the modulus of datatrove's hashes
AT_ONCE = 10_000  # rows whose places are made at once: 9 MB


@dataclass(frozen=True, slots=True)
class Made:
    """Some rows: the keys of their bands, and their places. One row each; the low bytes of places are the signature."""

    bands: np.ndarray
    places: np.ndarray


def clusters(rows: int) -> np.ndarray:
    """The cluster of each row; 0 is that of equal pages."""
    draw = np.random.default_rng(SEED)
    equal = min(MOST_EQUAL, round(rows * EQUAL))
    wanted = round(rows * CLUSTERED)
    sizes = np.minimum(2 * draw.random(wanted // 2) ** (-1 / (EXPONENT - 1)), LARGEST).astype(np.int64)
    sizes = sizes[: np.searchsorted(np.cumsum(sizes), wanted)]
    alone = np.ones(rows - equal - int(sizes.sum()), np.int64)
    sizes = np.concatenate([[equal], sizes, alone])
    found = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    draw.shuffle(found)
    return found


def likeness(cluster: np.ndarray, first: int) -> np.ndarray:
    """How like their cluster the rows from `first` on are; two rows agree in a place with the product of theirs."""
    numbers = np.arange(first, first + len(cluster), dtype=np.uint64)
    drawn = evenly(numbers, 5)
    return np.where((drawn < COPIES) | (cluster == 0), 1, LEAST_ALIKE + (1 - LEAST_ALIKE) * evenly(numbers, 6))


def ids(first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The halves of the ids of `count` rows from `first` on; the lower one is the row's number."""
    numbers = np.arange(first, first + count, dtype=np.uint64)
    return mixed(numbers, 4), numbers


def made(cluster: np.ndarray, first: int, chosen: SignatureSet, *, hot: bool) -> Made:
    """The rows from `first` on, by the cluster of each; with `hot`, a tenth of them share a band with strangers."""
    parts = [
        _places(cluster[begin : begin + AT_ONCE], first + begin, chosen, hot=hot)
        for begin in range(0, len(cluster), AT_ONCE)
    ]
    return Made(np.concatenate([band_keys(places, chosen) for places in parts]), np.concatenate(parts))


def _places(cluster: np.ndarray, first: int, chosen: SignatureSet, *, hot: bool) -> np.ndarray:
    numbers = np.arange(first, first + len(cluster), dtype=np.uint64)
    column, count = np.arange(chosen.places, dtype=np.uint64), np.uint64(chosen.places)
    places = mixed(cluster.astype(np.uint64)[:, None] * count + column, 1)
    drawn = np.random.default_rng([SEED, first]).random(places.shape, np.float32)
    row, place = np.nonzero(drawn >= likeness(cluster, first)[:, None])
    places[row, place] = mixed(numbers[row] * count + column[place], 2)
    if hot:
        places[evenly(numbers, 3) < HOT_SHARE, HOT_BAND * chosen.rows : (HOT_BAND + 1) * chosen.rows] = 1
    return np.asarray(places & PLACE)


def mixed(values: np.ndarray, seed: int) -> np.ndarray:
    """Numbers that look random, one for each of `values` (splitmix64)."""
    found = values + np.uint64(seed * 0x9E3779B97F4A7C15 % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        found ^= found >> np.uint64(shift)
        found *= np.uint64(factor)
    found ^= found >> np.uint64(31)
    return np.asarray(found)


def evenly(values: np.ndarray, seed: int) -> np.ndarray:
    """Numbers from 0 to 1 that look random, one for each of `values`."""
    return np.asarray((mixed(values, seed) >> np.uint64(11)) / 2**53)


@dataclass(frozen=True, slots=True)
class Against:
    """Components against the truth: how many there are and should be, and how many hold rows of two clusters.

    `recall` is the share of the pairs of rows of one cluster that are in one component; most are of the largest clusters. `by_row` is that
    of one pair a row, with the next of its cluster, by how alike the two are at least.
    """

    clusters: int
    components: int
    mixed: int
    recall: float
    by_row: dict[float, float]


def against(cluster: np.ndarray, component: np.ndarray) -> Against:
    """Compare the component of each row, a number of any kind, with its cluster."""
    _, which = np.unique(component, return_inverse=True)
    both, sizes = np.unique(which.astype(np.uint64) << np.uint64(32) | cluster.astype(np.uint64), return_counts=True)
    in_one = np.bincount((both >> np.uint64(32)).astype(np.int64))
    recall = pairs(sizes) / pairs(np.bincount(cluster))
    return Against(
        int(cluster.max()) + 1,
        len(in_one),
        int((in_one > 1).sum()),
        round(recall, 4),
        dict(next_of_cluster(cluster, which)),
    )


def next_of_cluster(cluster: np.ndarray, component: np.ndarray) -> Iterator[tuple[float, float]]:
    """Of the pairs of each row with the next of its cluster, the share that is in one component, by the least likeness of the two."""
    order = np.argsort(cluster, kind="stable")
    one, other = order[:-1], order[1:]
    same = cluster[one] == cluster[other]
    one, other = one[same], other[same]
    like = likeness(cluster, 0)
    alike, together = like[one] * like[other], component[one] == component[other]
    for least in (0.5, 0.7, 0.8, 0.9):
        yield least, round(float(together[alike >= least].mean()), 4)


def pairs(sizes: np.ndarray) -> float:
    """Pairs within groups of these sizes."""
    return float((sizes.astype(float) * (sizes - 1)).sum() / 2)
