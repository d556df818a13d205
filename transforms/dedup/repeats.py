"""Which copies of a line or paragraph are too many, and which of them stay. In: copies as rows of numbers. Out: the copies that stay. Pure.

A copy is told from others by the address of its page and by how many copies stand before it there, so captures of one page have their
copies in common. Of a piece that may have `most` copies nobody needs to know more than `most` + 1, the first in the order of the input;
those are the same whoever gathers them, in whatever order (laws 5 and 9). So the count is exact, and a line that stands on a million
pages is `most` + 1 rows of each who sends.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from schemas.index import COPY, STAYING  # noqa: F401 - COPY is for the examples below
from transforms.dedup.keep_first import key_bytes

NONE = np.uint64(0)  # the value by which no copy is known: it says that none stays


def mixed(values: np.ndarray) -> np.ndarray:
    """Numbers of 64 bits whose bits all depend on all of the given ones: the last step of SplitMix64, which loses none.

    >>> [f"{value:x}" for value in mixed(np.array([0, 1], np.uint64)).tolist()]
    ['0', '5692161d100b05e5']
    """
    found = values.astype(np.uint64)
    found = (found ^ (found >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(found ^ (found >> np.uint64(31)))


def copy_numbers(page: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """For each piece how many of its page have its key and stand before it.

    >>> copy_numbers(np.array([0, 0, 0, 1]), np.array([7, 8, 7, 7], np.uint64)).tolist()
    [0, 0, 1, 0]
    """
    numbers = np.zeros(len(page), np.int64)
    # Few pages say a thing twice, and one number is sorted faster than two.
    some = np.flatnonzero(more_than(keys ^ mixed(page + 1), 1))
    order = some[np.lexsort([keys[some], page[some]])]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (page[order][1:] != page[order][:-1]) | (keys[order][1:] != keys[order][:-1])
    numbers[order] = _places(new)
    return numbers


def copy_values(addresses: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """By what a copy is known: its page's address and its number among the copies there; never NONE."""
    return np.asarray(mixed(addresses ^ mixed(numbers + 1)) | np.uint64(1))


def first_copies(rows: np.ndarray, count: int) -> np.ndarray:
    """Rows of COPY, each copy once with its least place, of each key the first `count` by place; those of a key stand together, sorted.

    >>> rows = np.array([(1, 5, 9), (1, 3, 4), (1, 5, 2), (2, 3, 1)], COPY)
    >>> first_copies(rows, 1).tolist()
    [(2, 3, 1), (1, 5, 2)]
    """
    # Most lines stand on one page, and of those there is nothing to compare.
    several = more_than(rows["high"], 1)
    some = rows[several]
    ordered = some[np.lexsort([some[name] for name in ("place", "value", "high")])]
    once = ordered[_changes(ordered, "high", "value")]
    found = once[np.lexsort([once[name] for name in ("value", "place", "high")])]
    return np.concatenate([rows[~several], found[_places(_changes(found, "high")) < count]])


def staying(rows: np.ndarray, most: int, first: bool) -> np.ndarray:
    """Of each key with more than `most` copies those that stay, as rows of STAYING: the first `most`, or without `first` a row of NONE.

    >>> rows = np.array([(1, 5, 9), (1, 3, 4), (2, 3, 1)], COPY)
    >>> staying(rows, 1, first=True).tolist(), staying(rows, 1, first=False).tolist()
    ([(1, 3)], [(1, 0)])
    """
    held = first_copies(rows[more_than(rows["high"], most)], most + 1)
    keys, counts = np.unique(held["high"], return_counts=True)
    many = keys[counts > most]
    if first:
        kept = first_copies(held[among(held["high"], many)], most)
        kept = kept[np.argsort(kept["high"], kind="stable")]
        return np.asarray(kept[["high", "value"]].astype(STAYING))
    told = np.zeros(len(many), STAYING)
    told["high"], told["value"] = many, NONE
    return told


def more_than(keys: np.ndarray, count: int) -> np.ndarray:
    """Mask of the keys that stand more often than so.

    >>> more_than(np.array([5, 7, 5]), 1).tolist()
    [True, False, True]
    """
    keys = np.ascontiguousarray(keys)
    order = np.argsort(keys)
    begins = np.flatnonzero(np.diff(keys[order], prepend=keys[order][:1] + 1))
    sizes = np.diff(begins, append=len(keys))
    found = np.empty(len(keys), dtype=bool)
    found[order] = np.repeat(sizes > count, sizes)
    return found


def among(keys: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Mask of the keys that are known; `known` is sorted, and far shorter.

    >>> among(np.array([5, 7, 5]), np.array([5, 6])).tolist()
    [True, False, True]
    """
    places = np.minimum(np.searchsorted(known, keys), max(len(known) - 1, 0))
    return np.asarray(known[places] == keys if len(known) else np.zeros(len(keys), dtype=bool))


def _places(new: np.ndarray) -> np.ndarray:
    """The place of each row among those of its group, from a mask of those that begin one."""
    begins = np.flatnonzero(new)
    return np.asarray(np.arange(len(new)) - np.repeat(begins, np.diff(begins, append=len(new))))


def _changes(rows: np.ndarray, *names: str) -> np.ndarray:
    """Mask of the rows that differ from the one before in some column; the first does."""
    changed = np.ones(len(rows), dtype=bool)
    changed[1:] = np.logical_or.reduce([rows[name][1:] != rows[name][:-1] for name in names])
    return changed


@dataclass(frozen=True, slots=True)
class TooMany:
    """The keys that have too many copies, sorted, and the copies of them that stay."""

    keys: np.ndarray
    stays: np.ndarray

    @classmethod
    def of(cls, told: np.ndarray) -> Self:
        """From rows of STAYING."""
        return cls(np.unique(told["high"]), np.unique(key_bytes(told["high"], told["value"])))

    def going(self, keys: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Mask of the copies that go.

        >>> TooMany.of(np.array([(1, 3), (2, 0)], STAYING)).going(np.array([1, 1, 2, 4]), np.array([3, 5, 3, 3])).tolist()
        [False, True, True, False]
        """
        many = among(keys, self.keys)
        some = np.flatnonzero(many)
        many[some] = ~np.isin(key_bytes(keys[some], values[some]), self.stays)
        return np.asarray(many)
