"""All pairs of perceptual hashes within a radius, none missed and none twice, without comparing each with each. Pure.

A hash (`transforms.image.phash.phash`) has 63 bits that tell: its first, the mean's, is set in all. They are dealt out to m blocks. Two
hashes that differ in r bits at most differ in r blocks at most, so they agree in m - r whole blocks. For each choice of m - r blocks the
hashes are put in order of those, and what is equal there is compared. A choice is one task: it needs the list of hashes and nothing else,
so no key goes through an exchange.

Half of a hash's bits are set, so distances are even: an odd radius finds what the even one below it does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
Rows = NDArray[np.int64]
Pieces = Iterator[tuple[Rows, Rows]]

_TOLD = 63  # bits of a hash but the first
_ONE = np.uint64(1)
_HELD = 2**14  # hashes whose bits are moved at a time
# Hashes of a bucket up to which its members are compared by their distance in the order, all buckets at once.
_SMALL = 128
_SHELF_BYTES = 2**28  # of a million hashes the default set takes half, the wide one five times as much
_TILE = 128, 1024  # hashes of a larger bucket that are compared with each other at a time


@dataclass(frozen=True, slots=True)
class PictureSet:
    """What makes two pictures one: their hashes differ in `radius` bits of 64 at most and `fine` of 256 (`fine_distance`).

    `blocks` is into how many the bits of a hash are cut: it decides what finding costs, not what is found.
    """

    radius: int
    blocks: int
    fine: int

    @property
    def choices(self) -> int:
        """How many choices of blocks there are; a pair is found in one of them."""
        return comb(self.blocks, self.radius)


# Numbers of blocks by cost at a million hashes, limits by what is found and what is merged (benchmarks/near_images.py, docs/decisions.md).
# `wide` is for small crops, borders and watermarks. Ours.
SETS = {"default": PictureSet(4, 6, 40), "wide": PictureSet(8, 11, 56)}


def pairs_within(hashes: Bits, choice: int, asked: PictureSet, part: int = 0, parts: int = 1) -> Pieces:
    """The pairs of hashes within the radius that agree in this choice of blocks and in none before it, as rows i < j, in pieces.

    `hashes` are in ascending order, none twice. Over all choices below `asked.choices` each pair comes once. `parts` cuts a choice into
    tasks of less memory, of which this is number `part`. Raises ValueError where the hashes are not in order.

    >>> found = [piece for choice in range(15) for piece in pairs_within(np.array([0, 3, 255], np.uint64), choice, SETS["default"])]
    >>> [(i.tolist(), j.tolist()) for i, j in found]
    [([0], [1])]
    """
    layout = _layout(asked.blocks, asked.radius, choice)
    moved = _ordered(hashes, layout, part, parts)
    for one, other in _near(moved, moved, layout, asked.radius, alone=True):
        left, right = _rows(one, hashes, layout), _rows(other, hashes, layout)
        yield np.minimum(left, right), np.maximum(left, right)


def pairs_between(first: Bits, second: Bits, choice: int, asked: PictureSet, part: int = 0, parts: int = 1) -> Pieces:
    """As `pairs_within`, the pairs of one of `first` and one of `second`: rows of either. Equal hashes are pairs here."""
    layout = _layout(asked.blocks, asked.radius, choice)
    ordered = _ordered(first, layout, part, parts), _ordered(second, layout, part, parts)
    for one, other in _near(*ordered, layout, asked.radius, alone=False):
        yield _rows(one, first, layout), _rows(other, second, layout)


class Shelf:
    """Hashes in ascending order, none twice, among which others are looked for again and again.

    They are kept in the order of every choice where that takes no more than `_SHELF_BYTES`.
    """

    def __init__(self, hashes: Bits, asked: PictureSet) -> None:
        self._hashes, self._asked = hashes, asked
        kept = asked.choices * hashes.nbytes <= _SHELF_BYTES
        self._ordered = [self._in_order(choice) for choice in range(asked.choices)] if kept else None

    def near(self, others: Bits) -> tuple[Rows, Rows]:
        """The pairs within the radius of one of `others`, which are in ascending order too, and one of these: rows of either.

        >>> Shelf(np.array([0, 255], np.uint64), SETS["default"]).near(np.array([3, 255 << 40], np.uint64))
        (array([0]), array([0]))
        """
        asked = self._asked
        found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        for choice in range(asked.choices) if len(others) and len(self._hashes) else ():
            layout = _layout(asked.blocks, asked.radius, choice)
            there = self._ordered[choice] if self._ordered else self._in_order(choice)
            for one, other in _near(_ordered(others, layout, 0, 1), there, layout, asked.radius, alone=False):
                found.append((_rows(one, others, layout), _rows(other, self._hashes, layout)))
        return np.concatenate([rows for rows, _ in found]), np.concatenate([rows for _, rows in found])

    def _in_order(self, choice: int) -> Bits:
        return _ordered(self._hashes, _layout(self._asked.blocks, self._asked.radius, choice), 0, 1)


class _Layout(NamedTuple):
    """How bits are moved for a choice: its blocks first, the bit of the mean last. Tables give for each byte of a hash its moved bits."""

    there: Bits
    back: Bits
    shift: np.uint64  # by which a moved hash gives its blocks of the choice alone
    before: tuple[np.uint64, ...]  # moved bits of the blocks of which an agreeing one belongs to an earlier choice


@lru_cache(maxsize=1024)
def _layout(blocks: int, radius: int, choice: int) -> _Layout:
    chosen = next(islice(combinations(range(blocks), blocks - radius), choice, None))
    # Neighbouring bits are alike, so each block has some from all over (docs/decisions.md).
    dealt = [[bit for bit in range(_TOLD) if bit % blocks == block] for block in range(blocks)]
    order = [block for block in range(blocks) if block not in chosen]
    bits = [_TOLD] + [bit for block in (*order, *chosen) for bit in dealt[block]]
    place = {bit: at for at, bit in enumerate(bits)}
    # The first of the choices that a pair agrees in is that of its first agreeing blocks.
    before = (sum(1 << place[bit] for bit in dealt[block]) for block in order if block < chosen[-1])
    shift = 64 - sum(len(dealt[block]) for block in chosen)
    there, back = _tables([place[bit] for bit in range(64)]), _tables(bits)
    return _Layout(there, back, np.uint64(shift), tuple(np.uint64(mask) for mask in before))


def _tables(places: list[int]) -> Bits:
    """For each byte of a number (rows) and each of its values what it becomes when the bits go to these places."""
    value = np.arange(256, dtype=np.uint64)
    tables = np.zeros((8, 256), np.uint64)
    for bit, place in enumerate(places):
        tables[bit // 8] |= (value >> np.uint64(bit % 8) & _ONE) << np.uint64(place)
    return tables


def _moved(values: Bits, tables: Bits) -> Bits:
    """Numbers with their bits in other places."""
    octets = np.ascontiguousarray(values, "<u8").view(np.uint8).reshape(-1, 8)
    moved: Bits = tables[0].take(octets[:, 0])
    for octet in range(1, 8):
        moved |= tables[octet].take(octets[:, octet])
    return moved


def _ordered(hashes: Bits, layout: _Layout, part: int, parts: int) -> Bits:
    """A part of the hashes, moved and in order of the choice's blocks."""
    if not np.all(hashes[1:] > hashes[:-1]):
        raise ValueError("hashes are wanted in ascending order, none twice")
    found = [np.empty(0, np.uint64)]
    for at in range(0, len(hashes), _HELD):
        moved = _moved(hashes[at : at + _HELD], layout.there)
        found.append(moved if parts == 1 else moved[(moved >> layout.shift) % np.uint64(parts) == part])
    ordered = np.concatenate(found)
    ordered.sort()
    return ordered


def _rows(moved: Bits, hashes: Bits, layout: _Layout) -> Rows:
    """The rows of moved hashes."""
    return np.searchsorted(hashes, _moved(moved, layout.back))


def _near(first: Bits, second: Bits, layout: _Layout, radius: int, alone: bool) -> Iterator[tuple[Bits, Bits]]:
    """Pairs of moved hashes within the radius that belong to the choice; of one list `alone` each pair once, none with itself."""
    for rows, columns in _candidates(first, second, layout, radius, alone):
        one, other = first[rows], second[columns]
        differing = one ^ other
        mine = np.ones(len(one), dtype=bool)
        for mask in layout.before:
            mine &= differing & mask != 0
        if mine.any():
            yield one[mine], other[mine]


def _candidates(first: Bits, second: Bits, layout: _Layout, radius: int, alone: bool) -> Iterator[tuple[Rows, Rows]]:
    """Places in `first` and in `second` of hashes that agree in the choice's blocks and are within the radius."""
    keys, others = first >> layout.shift, second >> layout.shift
    begins = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
    ends = np.append(begins[1:], len(first))
    low, high = (np.searchsorted(others, keys[begins], side) for side in ("left", "right"))
    small = high - low <= _SMALL
    yield from _by_lag(first, second, (begins[small], ends[small], low[small], high[small]), radius, alone)
    for bounds in zip(*(column[~small].tolist() for column in (begins, ends, low, high)), strict=True):
        yield from _by_tile(first, second, bounds, radius, alone)


def _by_lag(
    first: Bits, second: Bits, buckets: tuple[Rows, Rows, Rows, Rows], radius: int, alone: bool
) -> Iterator[tuple[Rows, Rows]]:
    """Each member of every bucket against the first of its bucket in `second`, then each against the second one, and so on."""
    begins, ends, low, high = buckets
    sizes = ends - begins
    total = np.cumsum(sizes)
    rows = np.arange(total[-1] if len(total) else 0) + np.repeat(begins - total + sizes, sizes)
    columns, last = (rows + 1 if alone else np.repeat(low, sizes)), np.repeat(high, sizes)
    while len(rows):
        going = columns < last
        rows, columns, last = rows[going], columns[going], last[going]
        near = _distance(first[rows], second[columns]) <= radius
        if near.any():
            yield rows[near], columns[near]
        columns = columns + 1


def _by_tile(
    first: Bits, second: Bits, bounds: tuple[int, int, int, int], radius: int, alone: bool
) -> Iterator[tuple[Rows, Rows]]:
    """The members of a large bucket, some of them against many at a time."""
    begin, end, low, high = bounds
    for row in range(begin, end, _TILE[0]):
        rows = first[row : min(end, row + _TILE[0]), None]
        for column in range(row if alone else low, high, _TILE[1]):
            near = _distance(rows, second[None, column : min(high, column + _TILE[1])]) <= radius
            if near.any():
                one, other = np.nonzero(near)
                later = other + column > one + row if alone else slice(None)
                yield one[later] + row, other[later] + column


def _distance(one: Bits, other: Bits) -> NDArray[np.uint8]:
    """In how many bits moved hashes differ, without that of the mean."""
    return np.asarray(np.bitwise_count((one ^ other) >> _ONE))
