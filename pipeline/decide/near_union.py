"""Verified edges of all batches -> the component of each node. In: rows of PAIR in files. Out: rows of LABEL a batch, and a report.

One worker does it, with 8 bytes a node: the edges are read batch by batch, twice. That is the one place where memory follows the corpus
(`triptych plan` says how much).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.decide.exchange import Message, rows_of
from pipeline.decide.lookup_join import Parcel
from pipeline.decide.near import FAILED, HOT, LABEL, PAIR, VERIFIED, labels_kind, most_failed, packed, unpacked
from transforms.dedup.components import Union
from transforms.dedup.keep_first import key_bytes

LARGEST = 20  # components that a report names
AT_ONCE = 2**22  # labels that are counted at a time


@dataclass
class Numbering:
    """Packed places of nodes as numbers without gaps between batches: a batch has as many as its last node in any edge asks for."""

    rows: dict[int, int] = field(default_factory=dict)  # of each batch
    batches: np.ndarray = field(default_factory=lambda: np.empty(0, np.uint64))
    counts: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    begins: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))

    def see(self, places: np.ndarray) -> None:
        """Make room for some nodes."""
        batches, rows = unpacked(places)
        for batch in np.unique(batches).tolist():
            last = int(rows[batches == batch].max())
            self.rows[int(batch)] = max(self.rows.get(int(batch), 0), last + 1)

    def close(self) -> int:
        """Lay the batches end to end, in order; returns how many numbers there are."""
        self.batches = np.array(sorted(self.rows), np.uint64)
        self.counts = np.array([self.rows[batch] for batch in sorted(self.rows)], np.int64)
        self.begins = np.cumsum(self.counts) - self.counts
        return int(self.counts.sum())

    def numbers(self, places: np.ndarray) -> np.ndarray:
        """The number of each node."""
        batches, rows = unpacked(places)
        return np.asarray(self.begins[np.searchsorted(self.batches, batches)] + rows.astype(np.int64))

    def places(self, numbers: np.ndarray) -> np.ndarray:
        """The packed place of each number."""
        batch = np.searchsorted(self.begins, numbers, side="right") - 1
        return packed(self.batches[batch], numbers - self.begins[batch])


def unite(name: str, messages: Sequence[Message]) -> tuple[Iterator[Parcel], dict[str, Any]]:
    """What the worker answers: to each batch its nodes that are like others, made as they are asked for; and what a report says of them."""
    numbering, edges = Numbering(), 0
    pairs = [message for message in messages if message[0] == VERIFIED]
    for message in pairs:
        rows = rows_of(message, PAIR)
        edges += len(rows)
        numbering.see(np.concatenate([rows["one"], rows["other"]]))
    union = Union(numbering.close())
    for message in pairs:
        rows = rows_of(message, PAIR)
        union.add(np.stack([numbering.numbers(rows["one"]), numbering.numbers(rows["other"])], axis=1))
    labels = union.labels()
    sizes = sizes_of(labels)
    report = {"edges": edges, **components_told(sizes, numbering), "hot": hot_told(messages)}
    return labelled(name, labels, sizes, numbering), report


def sizes_of(labels: np.ndarray) -> np.ndarray:
    """How many nodes each label has, 0 for who is none, in 4 bytes each: `bincount` takes 16 while it counts.

    >>> sizes_of(np.array([0, 1, 2, 1, 1], np.uint32)).tolist()
    [1, 3, 1, 0, 0]
    """
    sizes = np.zeros(len(labels), np.uint32)
    for begin in range(0, len(labels), AT_ONCE):
        np.add.at(sizes, labels[begin : begin + AT_ONCE], np.uint32(1))
    return sizes


def labelled(name: str, labels: np.ndarray, sizes: np.ndarray, numbering: Numbering) -> Iterator[Parcel]:
    """To each batch its nodes in components of two and more."""
    laid = (numbering.batches.tolist(), numbering.begins.tolist(), numbering.counts.tolist())
    for batch, begin, count in zip(*laid, strict=True):
        of_node = sizes[labels[begin : begin + count]]
        mine = np.flatnonzero(of_node > 1)
        rows = np.empty(len(mine), LABEL)
        rows["row"] = mine
        rows["label"] = numbering.places(labels[begin + mine]) + np.uint64(1)
        rows["size"] = of_node[mine]
        yield batch, labels_kind(name), rows


def components_told(sizes: np.ndarray, numbering: Numbering) -> dict[str, Any]:
    """How many components of two and more there are, their nodes, and the largest as (label, nodes)."""
    found = np.flatnonzero(sizes > 1)
    largest = found[np.lexsort([found, -sizes[found].astype(np.int64)])][:LARGEST]
    named = zip((numbering.places(largest) + np.uint64(1)).tolist(), sizes[largest].tolist(), strict=True)
    return {"components": len(found), "members": int(sizes[found].sum()), "largest": [list(one) for one in named]}


def hot_told(messages: Sequence[Message]) -> list[list[Any]]:
    """The centres that most members of their buckets are not like: (id, those members, all), by what the batches told of."""
    rows = np.concatenate([np.empty(0, HOT), *(rows_of(m, HOT) for m in messages if m[0] == FAILED)])
    ids, which = np.unique(key_bytes(rows["id_high"], rows["id_low"]), return_inverse=True)
    together = np.zeros(len(ids), HOT)
    together["id_high"][which], together["id_low"][which] = rows["id_high"], rows["id_low"]
    for name in ("failed", "members"):
        np.add.at(together[name], which, rows[name])
    told = most_failed(together)
    return [[f"{high:016x}{low:016x}", int(failed), int(members)] for high, low, failed, members in told.tolist()]
