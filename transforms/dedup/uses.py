"""How many different values stand with a key: the pages that show a picture, the pictures that have a text beside them. Pure.

A key may stand with millions, so of each no more than LEAST values are held: the least of their digests, which are the same whoever
gathers them, in whatever order (laws 5 and 9). Fewer than LEAST are counted exactly. Where there are more, the largest of the least ones
says how dense digests lie, and so how many there are, with a standard error of an eleventh.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from schemas.index import USE, USED  # noqa: F401 - USE is for the examples below
from transforms.dedup.keep_first import key_bytes, locate

LEAST = 128  # ours: a dozen times the ceilings that papers have, in four kilobytes
_SPACE = 2.0**64


def least(rows: np.ndarray) -> np.ndarray:
    """Rows of USE, each once and sorted, of each key the LEAST with the least values.

    >>> rows = np.array([(0, 1, 1, 9), (0, 1, 1, 5), (0, 1, 1, 9)], USE)
    >>> least(rows)["value"].tolist()
    [5, 9]
    """
    ordered = rows[np.lexsort([rows[name] for name in ("value", "low", "high", "kind")])]
    ordered = ordered[_changes(ordered, ("kind", "high", "low", "value"))]
    begins = np.flatnonzero(_changes(ordered, ("kind", "high", "low")))
    lengths = np.diff(begins, append=len(ordered))
    return np.asarray(ordered[np.arange(len(ordered)) - np.repeat(begins, lengths) < LEAST])


def counted(rows: np.ndarray) -> np.ndarray:
    """How many values stand with each key, as rows of USED in their order; `rows` may come from `least` of several parts.

    >>> counted(np.array([(0, 1, 1, 9), (0, 1, 1, 5), (0, 2, 1, 9)], USE))["count"].tolist()
    [2, 1]
    """
    held = least(rows)
    begins = np.flatnonzero(_changes(held, ("kind", "high", "low")))
    lengths = np.diff(begins, append=len(held))
    found = np.zeros(len(begins), USED)
    for name in ("kind", "high", "low"):
        found[name] = held[name][begins]
    largest = held["value"][begins + lengths - 1].astype(float)
    dense = np.rint((LEAST - 1) * (_SPACE / np.maximum(largest, 1.0)))
    found["count"] = np.where(lengths < LEAST, lengths, dense)
    return found


def _changes(rows: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Mask of the rows that differ from the one before in some column; the first does."""
    changed = np.ones(len(rows), dtype=bool)
    changed[1:] = np.logical_or.reduce([rows[name][1:] != rows[name][:-1] for name in names])
    return changed


@dataclass(frozen=True, slots=True)
class Uses:
    """Counts of a run by the names of their measures, for whoever asks for those of some keys. Of `kinds` alone anything is known."""

    kinds: tuple[str, ...] = ()
    _keys: Mapping[str, np.ndarray] = field(default_factory=dict)
    _counts: Mapping[str, np.ndarray] = field(default_factory=dict)

    def of(self, kind: str, keys: np.ndarray) -> np.ndarray:
        """The counts of keys (by `key_bytes`); not a number where that kind was not counted or a key is unknown."""
        if kind not in self._keys:
            return np.full(len(keys), np.nan)
        rows = locate(keys, self._keys[kind])
        return np.where(rows >= 0, np.append(self._counts[kind], np.nan)[rows], np.nan)


def uses_of(rows: np.ndarray, kinds: Sequence[str], asked: Iterable[str]) -> Uses:
    """The counts in rows of USED, whose `kind` is a place in `kinds`; `asked` are those that were counted."""
    known = tuple(asked)
    mine = {kind: rows[rows["kind"] == kinds.index(kind)] for kind in known}
    keys = {kind: key_bytes(some["high"], some["low"]) for kind, some in mine.items()}
    return Uses(known, keys, {kind: some["count"].astype(float) for kind, some in mine.items()})
