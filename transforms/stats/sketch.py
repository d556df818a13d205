"""Mergeable sketches of numbers: small frozen values whose merge is independent of order. Cost: per record, by arrays.

Every sketch, those of `names` too, obeys the same laws: `merge` is associative and commutative with `empty()` as its
neutral element, `add` in any split and any order gives the same value bit for bit, `from_record(to_record())` is the
identity, and the size is bounded whatever was added. So a run's statistics are the same bytes for one worker or eight.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

Record = dict[str, Any]
Floats = NDArray[np.float64]
Key = TypeVar("Key", int, str)


RESOLUTION = 32  # fixed-point bits behind the point: 2**-32 is finer than any score that a recipe bounds
LARGEST = 1e140  # its square, scaled, is still a double


def measured(values: Floats) -> Floats:
    """The numbers among `values`; NaN means not measured and is left out. Raises ValueError beyond `LARGEST`."""
    # Adding 0 turns -0.0 into 0.0; which of the two a minimum returns would depend on the order.
    present = np.asarray(values, dtype=np.float64) + 0.0
    present = present[~np.isnan(present)]
    if present.size and float(np.abs(present).max()) > LARGEST:
        raise ValueError(f"expected measures between -{LARGEST:g} and {LARGEST:g}, got {np.abs(present).max():g}")
    return present


def exact_sum(whole: Floats) -> int:
    """The sum of whole-numbered doubles, without rounding, in limbs of 32 bits (fewer than 2**30 values).

    >>> exact_sum(np.array([2.0**80, 1.0, -(2.0**80)]))
    1
    """
    total, shift = 0, 0
    while whole.any():
        above = np.trunc(whole * 2.0**-32)
        total += int((whole - above * 2.0**32).astype(np.int64).sum()) << shift
        whole, shift = above, shift + 32
    return total


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, mean, spread and range of a measure; sums are integers, so no order changes them."""

    n: int = 0
    total: int = 0  # of the values, each rounded to the unit
    squares: int = 0  # of their squares, each rounded to the unit
    least: float | None = None
    most: float | None = None

    @classmethod
    def empty(cls) -> Self:
        """The moments of nothing."""
        return cls()

    def add(self, values: Floats) -> "Moments":
        """These moments and those of `values`; NaN is not measured and not counted."""
        present = measured(values)
        if not present.size:
            return self
        total, squares = (exact_sum(np.rint(power * 2.0**RESOLUTION)) for power in (present, present * present))
        return self.merge(Moments(present.size, total, squares, float(present.min()), float(present.max())))

    def merge(self, other: "Moments") -> "Moments":
        """The moments of both."""
        if not self.n or not other.n:
            return self if self.n else other
        assert self.least is not None and self.most is not None and other.least is not None and other.most is not None
        least, most = min(self.least, other.least), max(self.most, other.most)
        return Moments(self.n + other.n, self.total + other.total, self.squares + other.squares, least, most)

    @property
    def mean(self) -> float:
        """The arithmetic mean; 0 for nothing."""
        return self.total / (self.n << RESOLUTION) if self.n else 0.0

    def to_record(self) -> Record:
        """Plain values; the sums as decimal strings, because JSON readers cut integers at 2**53."""
        return {
            "n": self.n,
            "total": str(self.total),
            "squares": str(self.squares),
            "least": self.least,
            "most": self.most,
        }

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """The moments that `to_record` wrote."""
        sums = {name: int(record[name]) for name in ("total", "squares")}
        return cls(n=record["n"], least=record["least"], most=record["most"], **sums)


STEPS = 128  # buckets per doubling: a bucket's width is at most 1/128 (0.8 %) of its edge
OCTAVES = (-31, 64)  # binary exponents kept apart: below 2**-32 is zero, from 2**64 on is one bucket
REACH = (OCTAVES[1] - OCTAVES[0] + 1) * STEPS


def bucket(values: Floats) -> NDArray[np.int64]:
    """The bucket of each value: 0 for zero, positive and rising with the value, its negative for the value's negative.

    Exponent and leading bits of the double, so that no machine's logarithm has a say.
    """
    fraction, exponent = np.frexp(np.abs(values))
    within = np.trunc((fraction * 2.0 - 1.0) * STEPS).astype(np.int64)
    index = np.clip((exponent - OCTAVES[0]).astype(np.int64) * STEPS + within + 1, 0, REACH)
    signed: NDArray[np.int64] = index * np.sign(values).astype(np.int64)
    return signed


def edge(index: int) -> float:
    """The edge of a bucket that lies nearest to zero: exact for whole numbers up to 256.

    >>> [edge(int(i)) for i in bucket(np.array([0.0, 7.0, -200.0, 1001.0]))]
    [0.0, 7.0, -200.0, 1000.0]
    """
    if index == 0:
        return 0.0
    exponent, within = divmod(abs(index) - 1, STEPS)
    return math.copysign(math.ldexp((1.0 + within / STEPS) / 2.0, exponent + OCTAVES[0]), index)


@dataclass(frozen=True, slots=True)
class Histogram:
    """How a measure is distributed: at most 24,577 buckets of 0.8 % relative width (HdrHistogram's scheme)."""

    buckets: Mapping[int, int] = field(default_factory=dict)  # items by bucket

    @classmethod
    def empty(cls) -> Self:
        """The histogram of nothing."""
        return cls()

    def add(self, values: Floats) -> "Histogram":
        """This histogram and that of `values`; NaN is not measured and not counted."""
        counts = np.bincount(bucket(measured(values)) + REACH)
        filled = np.flatnonzero(counts)
        return self.merge(Histogram(dict(zip((filled - REACH).tolist(), counts[filled].tolist(), strict=True))))

    def merge(self, other: "Histogram") -> "Histogram":
        """The histogram of both."""
        return Histogram(added(self.buckets, other.buckets))

    @property
    def n(self) -> int:
        """Items counted."""
        return sum(self.buckets.values())

    def quantile(self, share: float) -> float:
        """The least value that at least `share` of the items do not exceed, to 1 % (between 2**-32 and 2**64).

        Raises ValueError for an empty histogram.
        """
        rank = max(1, math.ceil(share * self.n))
        for index in sorted(self.buckets):
            rank -= self.buckets[index]
            if rank <= 0:
                return edge(index)
        raise ValueError(
            f"expected a share of 0 to 1 of a histogram that is not empty, got {share:g} of {self.n} items"
        )

    def to_record(self) -> Record:
        """Plain values: the filled buckets in order and the items in each."""
        filled = sorted(self.buckets)
        return {"buckets": filled, "items": [self.buckets[index] for index in filled]}

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """The histogram that `to_record` wrote."""
        return cls(dict(zip(record["buckets"], record["items"], strict=True)))


def added(left: Mapping[Key, int], right: Mapping[Key, int]) -> dict[Key, int]:
    """The counts of both sides by key."""
    total = dict(left)
    for key, count in right.items():
        total[key] = total.get(key, 0) + count
    return total
