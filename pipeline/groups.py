"""Groups of units, each of which makes one shard of a corpus. Pure arithmetic over what was kept of every unit.

A shard is what was kept of neighbouring units, sorted by id inside, so each staging file is read once and front to back. Most units are
one part; of one with many rows a shard may take some parts and the next shard the others. Only a part that alone passes the bounds of a
shard is cut, by ranges of ids.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

ID_SPACE = 2**32  # ids are hashes: their first 8 hex digits are spread evenly

# What was kept of parts of units in one corpus: rows, bytes of payload, and the place and checksum of the selection in its batch's file.
KEPT = np.dtype([(name, "<i8") for name in ("unit", "batch", "rows", "weight", "at", "length", "checksum")])


@dataclass(frozen=True, slots=True)
class Selected:
    """The selection of a part of a unit: which unit, where its rows lie in the file of a batch, and by what a change of them is noticed."""

    unit: int
    batch: int
    at: int
    length: int
    checksum: int


@dataclass(frozen=True, slots=True)
class ShardLine:
    """A line of the work list of `emit`: shard `number` of `count`, its units, and the first 8 hex digits of its ids (`low` to `high`)."""

    corpus: str
    number: int
    count: int
    low: int
    high: int
    units: tuple[Selected, ...]

    def holds(self, identity: str) -> bool:
        """Whether an id belongs here."""
        return self.low <= int(identity[:8], 16) < self.high


class Piece(NamedTuple):
    """A shard as rows [first, behind) of what was kept, and its range of ids."""

    first: int
    behind: int
    low: int = 0
    high: int = ID_SPACE


def pieces(rows: list[int], weights: list[int], most_rows: int, most_bytes: int) -> Iterator[Piece]:
    """Neighbours of at most `most_rows` rows and about `most_bytes` bytes together; a larger one is cut by ids.

    >>> [(p.first, p.behind, p.high - p.low == ID_SPACE) for p in pieces([2, 2, 9], [1, 1, 1], 5, 99)]
    [(0, 2, True), (2, 3, False), (2, 3, False)]
    """
    first = held_rows = held_bytes = 0
    for place, (count, weight) in enumerate(zip(rows, weights, strict=True)):
        if place > first and (held_rows + count > most_rows or held_bytes + weight > most_bytes):
            yield Piece(first, place)
            first, held_rows, held_bytes = place, 0, 0
        parts = min(count, max(-(-count // most_rows), -(-weight // most_bytes)))
        if parts > 1:
            yield from cut(place, parts)
            first = place + 1
            continue
        held_rows, held_bytes = held_rows + count, held_bytes + weight
    if len(rows) > first:
        yield Piece(first, len(rows))


def cut(place: int, parts: int) -> Iterator[Piece]:
    """One row in as many ranges of ids."""
    borders = [ID_SPACE * part // parts for part in range(parts + 1)]
    for low, high in pairwise(borders):
        yield Piece(place, place + 1, low, high)


def cut_shards(corpus: str, kept: np.ndarray, rows: int, size: int, mix: bool = False, seed: int = 0) -> list[str]:
    """The lines of a corpus's shards, from rows of KEPT; a unit of which nothing was kept is in none.

    With `mix` neighbours are drawn by a seeded hash. A corpus without rows has one shard without units, so that it can be read too.
    """
    filled = kept[kept["rows"] > 0]
    filled = filled[np.argsort(filled["unit"], kind="stable")]
    if mix:
        filled = filled[
            np.argsort(np.array([draw(seed, unit) for unit in filled["unit"].tolist()], "S32"), kind="stable")
        ]
    found = list(pieces(filled["rows"].tolist(), filled["weight"].tolist(), rows, size)) or [Piece(0, 0)]
    places = filled[["unit", "batch", "at", "length", "checksum"]]
    return [
        json.dumps([corpus, number, len(found), piece.low, piece.high, places[piece.first : piece.behind].tolist()])
        for number, piece in enumerate(found)
    ]


def draw(seed: int, unit: int) -> bytes:
    """A place that depends on the seed and the unit alone."""
    return hashlib.sha256(f"{seed}\0{unit}".encode()).digest()


def read_shard(line: str) -> ShardLine:
    """The shard of a line."""
    corpus, number, count, low, high, units = json.loads(line)
    return ShardLine(corpus, number, count, low, high, tuple(Selected(*unit) for unit in units))
