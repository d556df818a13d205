"""Which of several equal items stands for the others. In: claims. Out: the losers, each with its keeper. Cost: shuffle of keys.

A lot (some units' index rows) claims each key once, for its own best item, so a key that a million items share arrives as one claim
per lot (law 9). The keeper is the least (rank, id): no order of arrival can change it (law 5).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def cut(claims: pa.Table) -> tuple[pa.Table, np.ndarray]:
    """One claim per (corpus, key), the least (rank, id), and for each input row the row of the result that stands for it."""
    order, group = _grouped(claims)
    first = np.flatnonzero(np.diff(group, prepend=-1))
    keeper = np.empty(len(order), dtype=np.int64)
    keeper[order] = group
    return claims.take(pa.array(order[first])), keeper


def settle(claims: pa.Table) -> pa.Table:
    """The claims that lose, as (lot, corpus, key, of), where `of` is the keeper's id."""
    order, group = _grouped(claims)
    first = np.flatnonzero(np.diff(group, prepend=-1))
    losing = np.ones(len(order), dtype=bool)
    losing[first] = False
    losers = claims.take(pa.array(order[losing]))
    keepers = claims["id"].take(pa.array(order[first][group[losing]]))
    return pa.table({"lot": losers["lot"], "corpus": losers["corpus"], "key": losers["key"], "of": keepers})


def _grouped(claims: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers sorted by (corpus, key, rank, id), and for each the number of its (corpus, key) group."""
    names = ("corpus", "key", "rank", "id")
    order = pc.sort_indices(claims, sort_keys=[(name, "ascending") for name in names]).to_numpy()
    halves = key_halves(claims["key"])[order]
    corpus = claims["corpus"].to_numpy()[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (halves[1:] != halves[:-1]).any(axis=1) | (corpus[1:] != corpus[:-1])
    return order, np.cumsum(new) - 1


def key_halves(column: pa.ChunkedArray) -> np.ndarray:
    """16-byte keys as rows of two big-endian 64-bit numbers, which numpy can compare. Shape (n, 2)."""
    parts = [chunk.buffers()[1][chunk.offset * 16 : (chunk.offset + len(chunk)) * 16] for chunk in column.chunks]
    return np.frombuffer(b"".join(parts), dtype=">u8").astype("u8").reshape(-1, 2)


def locate(keys: np.ndarray, known: np.ndarray) -> np.ndarray:
    """For each of `keys` (n, 2) its row in `known` (m, 2, no key twice), or -1.

    >>> locate(np.array([[1, 2], [9, 9]], "u8"), np.array([[5, 5], [1, 2]], "u8")).tolist()
    [1, -1]
    """
    if not len(known):
        return np.full(len(keys), -1)
    table = np.concatenate([known, keys])
    _, inverse = np.unique(_sortable(table), return_inverse=True)
    row_of = np.full(inverse.max() + 1, -1)
    row_of[inverse[: len(known)]] = np.arange(len(known))
    return row_of[inverse[len(known) :]]


def _sortable(keys: np.ndarray) -> np.ndarray:
    pairs = np.empty(len(keys), dtype=[("high", "u8"), ("low", "u8")])
    pairs["high"], pairs["low"] = keys[:, 0], keys[:, 1]
    return pairs
