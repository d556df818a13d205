"""Which copies of a line or paragraph are too many, and which of them stay. In: copies as rows of numbers. Out: the copies that stay. Pure.

A copy is told from others by the address of its page and by how many copies stand before it there, so captures of one page have their
copies in common. Of a piece that may have `most` copies nobody needs to know more than `most` + 1, the first in the order of the input;
those are the same whoever gathers them, in whatever order (laws 5 and 9). So the count is exact, and a line that stands on a million
pages is `most` + 1 rows of each who sends.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from schemas.index import STAYING
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

    >>> copy_numbers(np.array([0, 0, 0, 1]), np.array([7, 8, 7, 7])).tolist()
    [0, 0, 1, 0]
    """
    order = np.lexsort([keys, page])
    new = np.ones(len(order), dtype=bool)
    new[1:] = (page[order][1:] != page[order][:-1]) | (keys[order][1:] != keys[order][:-1])
    begins = np.flatnonzero(new)
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.arange(len(order)) - np.repeat(begins, np.diff(begins, append=len(order)))
    return numbers


def copy_values(addresses: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """By what a copy is known: its page's address and its number among the copies there; never NONE."""
    return np.asarray(mixed(addresses ^ mixed(numbers + 1)) | np.uint64(1))


def first_copies(rows: np.ndarray, count: int) -> np.ndarray:
    """Rows of COPY, each copy once with its least place, of each key the first `count` by place; sorted by key and place.

    >>> rows = np.array([(1, 5, 9), (1, 3, 4), (1, 5, 2), (2, 3, 1)], COPY)
    >>> first_copies(rows, 1).tolist()
    [(1, 5, 2), (2, 3, 1)]
    """
    ordered = rows[np.lexsort([rows[name] for name in ("place", "value", "high")])]
    once = ordered[_changes(ordered, "high", "value")]
    found = once[np.lexsort([once[name] for name in ("value", "place", "high")])]
    begins = np.flatnonzero(_changes(found, "high"))
    number = np.arange(len(found)) - np.repeat(begins, np.diff(begins, append=len(found)))
    return np.asarray(found[number < count])


def staying(rows: np.ndarray, most: int, first: bool) -> np.ndarray:
    """Of each key with more than `most` copies those that stay, as rows of STAYING: the first `most`, or without `first` a row of NONE.

    >>> rows = np.array([(1, 5, 9), (1, 3, 4), (2, 3, 1)], COPY)
    >>> staying(rows, 1, first=True).tolist(), staying(rows, 1, first=False).tolist()
    ([(1, 3)], [(1, 0)])
    """
    held = first_copies(rows, most + 1)
    keys, counts = np.unique(held["high"], return_counts=True)
    many = keys[counts > most]
    if first:
        kept = first_copies(held[np.isin(held["high"], many)], most)
        return np.asarray(kept[["high", "value"]].astype(STAYING))
    told = np.zeros(len(many), STAYING)
    told["high"], told["value"] = many, NONE
    return told


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
        many = np.isin(keys, self.keys)
        some = np.flatnonzero(many)
        many[some] = ~np.isin(key_bytes(keys[some], values[some]), self.stays)
        return np.asarray(many)
