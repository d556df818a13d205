"""Which of several items with an equal key stays. In: candidates as rows of numbers. Out: for each the one that stands for it. Pure.

The first is the one with the least (rank, id, ordinal): no order of arrival can change it (law 5). A batch sends one candidate a key, its
own first, so a key that a million items share arrives as one row a batch (law 9).
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

# Compared last to first. Media have no corpus and no ordinal: their first is sought among media alone.
_ORDER = ("ordinal", "id_low", "id_high", "rank", "low", "high", "corpus")

# Whether each of some candidates is near enough to the one that would stand for it, and how near: (candidates, those before them) ->
# mask and numbers for the rows of `dropped`.
Verify = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def first_per_key(candidates: np.ndarray) -> np.ndarray:
    """For each candidate the row of the one that is first of its (corpus, key); its own row where it is that one.

    >>> rows = np.array([(1, 1, 7), (1, 0, 9), (2, 0, 8)], [("high", "u8"), ("rank", "i8"), ("id_high", "u8")])
    >>> first_per_key(rows).tolist()
    [1, 1, 2]
    """
    # Columns for themselves: a row of near duplicates holds a signature, which is not moved to be sorted.
    columns = {
        name: np.ascontiguousarray(candidates[name]) for name in _ORDER if name in (candidates.dtype.names or ())
    }
    order = np.lexsort(list(columns.values()))
    keys = [columns[name][order] for name in ("high", "low", "corpus") if name in columns]
    new = np.ones(len(order), dtype=bool)
    new[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    firsts = np.empty(len(order), dtype=np.int64)
    firsts[order] = order[new][np.cumsum(new) - 1]
    return firsts


def key_bytes(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    """Keys given as two halves as 16-byte strings, which numpy sorts and searches. Shape (n,)."""
    pairs = np.empty((len(high), 2), dtype=">u8")
    pairs[:, 0], pairs[:, 1] = high, low
    return pairs.reshape(-1).view("S16")


def key_halves(column: pa.ChunkedArray) -> np.ndarray:
    """16-byte keys of Arrow as rows of two big-endian 64-bit numbers. Shape (n, 2)."""
    parts = [chunk.buffers()[1][chunk.offset * 16 : (chunk.offset + len(chunk)) * 16] for chunk in column.chunks]
    return halves_of(b"".join(parts))


def halves_of(digests: bytes) -> np.ndarray:
    """16-byte digests, end to end, as rows of two numbers. Shape (n, 2)."""
    return np.frombuffer(digests, ">u8").reshape(-1, 2).astype("u8")


def as_digests(halves: np.ndarray) -> np.ndarray:
    """Rows of two numbers as 16-byte digests, such as evidence holds. Shape (n,).

    >>> halves_of(as_digests(np.array([[1, 2]], "u8")).tobytes()).tolist()
    [[1, 2]]
    """
    return halves.astype(">u8").view("V16").reshape(-1)


def locate(keys: np.ndarray, known: np.ndarray) -> np.ndarray:
    """For each of `keys` (by `key_bytes`) its row in `known` (no key twice), or -1.

    >>> locate(np.array([b"b", b"x"]), np.array([b"c", b"b"])).tolist()
    [1, -1]
    """
    if not len(known):
        return np.full(len(keys), -1)
    order = np.argsort(known)
    place = np.minimum(np.searchsorted(known, keys, sorter=order), len(known) - 1)
    rows = order[place]
    return np.where(known[rows] == keys, rows, -1)


def newest_first(dates: list[str]) -> np.ndarray:
    """Ranks that put the newest ISO 8601 date first and a missing one last.

    >>> newest_first(["2008-04-30T20:48:25Z", ""]).tolist()
    [-20080430204825, 0]
    """
    digits = ("".join(filter(str.isascii, filter(str.isdigit, date)))[:14] for date in dates)
    return np.array([-int(d.ljust(14, "0")) if d else 0 for d in digits], dtype=np.int64)
