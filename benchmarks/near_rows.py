"""Rows of pages that are near duplicates of each other, made up: signatures without texts, and the truth about them.

Shared by `decide_scale` and `near_peer`. 45 % of the rows are in clusters of power-law size (exponent 2.5, from 2 to 100,000), a fifth of
them, but no more than a million, is one cluster of equal pages, the rest is alone. A place of a row's signature agrees with that of its
cluster with the row's similarity: 1 for 40 % of the rows in clusters, else evenly drawn from .72 to 1. A tenth of all rows, whatever their
cluster, shares the key of one band. Rows lie in random order; the same number gives the same rows anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from transforms.dedup.signature import SignatureSet, band_keys

SEED = 14
CLUSTERED, EQUAL, MOST_EQUAL = 0.45, 0.2, 10**6
EXPONENT, LARGEST = 2.5, 100_000
COPIES, LEAST_ALIKE = 0.4, 0.72
HOT_SHARE, HOT_BAND, HOT_KEY = 0.1, 3, np.uint64(0x5CA1AB1E)
PLACE = np.uint64(2**60 - 1)  # places below the modulus of datatrove's hashes
AT_ONCE = 10_000  # rows whose places are made at once: 9 MB


@dataclass(frozen=True, slots=True)
class Made:
    """Some rows: the keys of their bands, their places whole and as the bytes of their signatures, and their ids. One row each."""

    bands: np.ndarray
    places: np.ndarray
    signatures: np.ndarray
    id_high: np.ndarray
    id_low: np.ndarray


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


def hot(first: int, count: int) -> np.ndarray:
    """Which of `count` rows from `first` on share the key of a band with strangers."""
    return mixed(np.arange(first, first + count, dtype=np.uint64), 3) < np.uint64(HOT_SHARE * 2**64)


def made(cluster: np.ndarray, first: int, chosen: SignatureSet) -> Made:
    """The rows from `first` on, by the cluster of each."""
    parts = list(_parts(cluster, first, chosen))
    bands, places = (np.concatenate(each) for each in zip(*parts, strict=True))
    bands[hot(first, len(cluster)), HOT_BAND] = HOT_KEY
    numbers = np.arange(first, first + len(cluster), dtype=np.uint64)
    return Made(bands, places, places.astype(np.uint8), mixed(numbers, 4), numbers)


def _parts(cluster: np.ndarray, first: int, chosen: SignatureSet) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for begin in range(0, len(cluster), AT_ONCE):
        mine = cluster[begin : begin + AT_ONCE].astype(np.uint64)
        numbers = np.arange(first + begin, first + begin + len(mine), dtype=np.uint64)
        draw = np.random.default_rng([SEED, first + begin])
        alike = np.where(draw.random(len(mine)) < COPIES, 1, LEAST_ALIKE + (1 - LEAST_ALIKE) * draw.random(len(mine)))
        alike[mine == 0] = 1
        column = np.arange(chosen.places, dtype=np.uint64)
        count = np.uint64(chosen.places)
        places = mixed(mine[:, None] * count + column, 1)
        own = draw.random((len(mine), chosen.places), np.float32) >= alike[:, None]
        row, place = np.nonzero(own)
        places[row, place] = mixed(numbers[row] * count + column[place], 2)
        places &= PLACE
        yield band_keys(places, chosen), places


def mixed(values: np.ndarray, seed: int) -> np.ndarray:
    """Numbers that look random, one for each of `values` (splitmix64)."""
    found = values + np.uint64(seed * 0x9E3779B97F4A7C15 % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        found ^= found >> np.uint64(shift)
        found *= np.uint64(factor)
    found ^= found >> np.uint64(31)
    return np.asarray(found)


@dataclass(frozen=True, slots=True)
class Against:
    """Components against the truth: how many there are and should be, those that hold rows of two clusters, and the share of the pairs
    of rows of one cluster that are in one component."""

    clusters: int
    components: int
    mixed: int
    recall: float


def against(cluster: np.ndarray, component: np.ndarray) -> Against:
    """Compare the component of each row, a number of any kind, with its cluster."""
    _, which = np.unique(component, return_inverse=True)
    both = np.unique(which.astype(np.uint64) << np.uint64(32) | cluster.astype(np.uint64), return_counts=True)
    in_one = np.bincount((both[0] >> np.uint64(32)).astype(np.int64))
    return Against(
        int(cluster.max()) + 1, len(in_one), int((in_one > 1).sum()), pairs(both[1]) / pairs(np.bincount(cluster))
    )


def pairs(sizes: np.ndarray) -> float:
    """Pairs within groups of these sizes."""
    return float((sizes.astype(float) * (sizes - 1)).sum() / 2)
