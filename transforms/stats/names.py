"""Mergeable sketches of names: samples, counts and distinct counts by one stable hash. Cost: per record.

They obey the laws that `sketch` states.
"""

import base64
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import xxhash
from numpy.typing import NDArray

from transforms.stats.sketch import Record, added

Hashes = NDArray[np.uint64]
Draw = tuple[int, str]  # a hash and the text that it draws


def hashes(texts: Iterable[str]) -> Hashes:
    """A 64-bit hash of each text (XXH3 of its UTF-8), the same in every process and on every machine.

    >>> hashes(["a"]).tolist()
    [16629034431890738719]
    """
    return np.array([xxhash.xxh3_64_intdigest(text.encode()) for text in texts], dtype=np.uint64)


def least_draws(draws: Iterable[Draw], size: int) -> tuple[Draw, ...]:
    """The `size` least distinct draws in order: a sample whose making commutes with any splitting of the draws."""
    return tuple(sorted(set(draws))[:size])


def draw(keys: Sequence[str], texts: Sequence[str], size: int) -> tuple[Draw, ...]:
    """The texts whose keys have the `size` least hashes; fast where there are many."""
    drawn = hashes(keys)
    bound = np.unique(drawn)[:size].max(initial=0)
    candidates = np.flatnonzero(drawn <= bound).tolist()
    return least_draws(((int(drawn[row]), texts[row]) for row in candidates), size)


@dataclass(frozen=True, slots=True)
class Sample:
    """At most `size` distinct ids, those with the least hashes: a uniform sample that knows no order of arrival."""

    size: int = 64
    draws: tuple[Draw, ...] = ()

    @classmethod
    def empty(cls, size: int = 64) -> Self:
        """The sample of nothing, to hold `size` ids."""
        return cls(size)

    def add(self, ids: Sequence[str]) -> "Sample":
        """The sample of the ids seen before and `ids`; an id seen twice counts once."""
        return self.merge(Sample(self.size, draw(ids, ids, self.size)))

    def merge(self, other: "Sample") -> "Sample":
        """The sample of both. Raises ValueError where the sizes differ."""
        _same(self.size, other.size)
        return Sample(self.size, least_draws(self.draws + other.draws, self.size))

    @property
    def ids(self) -> tuple[str, ...]:
        """The sampled ids in the order of their hashes, so that a prefix is a sample too."""
        return tuple(text for _, text in self.draws)

    def without(self, ids: Collection[str]) -> "Sample":
        """The sample without some ids; it is smaller then, since no other is drawn for them."""
        return replace(self, draws=tuple(one for one in self.draws if one[1] not in ids))

    def to_record(self) -> Record:
        """Plain values; the hashes follow from the ids."""
        return {"size": self.size, "ids": list(self.ids)}

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """The sample that `to_record` wrote."""
        return cls(record["size"], draw(record["ids"], record["ids"], record["size"]))


@dataclass(frozen=True, slots=True)
class TopCounts:
    """How often each name occurs: exact up to `capacity` names, and from a sample of the occurrences beyond.

    Over capacity, `counts` keeps the exact counts of the names with the least hashes (so that merging stays
    associative, which keeping the most frequent would not), and `occurrences` is a uniform sample of `capacity`
    occurrences, drawn by the hash of the item's id. The frequent names are read off that sample: at 1,024, the share of a name is off by at
    most 3 points in 95 of 100 cases, and a name with a hundredth of the items is missed in 1 of 30,000.
    """

    capacity: int = 1024
    n: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    occurrences: tuple[Draw, ...] = ()  # hash of the item's id, name
    exact: bool = True  # whether `counts` holds every name

    @classmethod
    def empty(cls, capacity: int = 1024) -> Self:
        """The counts of nothing, for so many names."""
        return cls(capacity)

    def add(self, names: Sequence[str], ids: Sequence[str]) -> "TopCounts":
        """These counts and those of `names`, one for each of the items `ids`."""
        cut = _fit(Counter(names), self.capacity)
        exact = len(cut) == len(set(names))
        return self.merge(TopCounts(self.capacity, len(names), cut, draw(ids, names, self.capacity), exact))

    def merge(self, other: "TopCounts") -> "TopCounts":
        """The counts of both. Raises ValueError where the capacities differ."""
        _same(self.capacity, other.capacity)
        counts = added(self.counts, other.counts)
        cut = _fit(counts, self.capacity)
        drawn = least_draws(self.occurrences + other.occurrences, self.capacity)
        exact = self.exact and other.exact and len(cut) == len(counts)
        return TopCounts(self.capacity, self.n + other.n, cut, drawn, exact)

    @property
    def names(self) -> set[str]:
        """All names that it holds."""
        return {*self.counts, *(name for _, name in self.occurrences)}

    def without(self, names: Collection[str]) -> "TopCounts":
        """The counts without some names, whose number is an estimate where they are not `exact`."""
        drawn = tuple(one for one in self.occurrences if one[1] not in names)
        gone = sum(count for name, count in self.counts.items() if name in names)
        if not self.exact:
            gone = round(self.n * (1 - len(drawn) / max(len(self.occurrences), 1)))
        counts = {name: count for name, count in self.counts.items() if name not in names}
        return replace(self, n=self.n - gone, counts=counts, occurrences=drawn)

    def top(self, size: int) -> list[tuple[str, int]]:
        """The `size` most frequent names with their counts (estimates where not `exact`), the most frequent first."""
        counts = dict(self.counts)
        if not self.exact:
            seen = Counter(name for _, name in self.occurrences)
            counts = {name: round(self.n * count / seen.total()) for name, count in seen.items()} | counts
        return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:size]

    def to_record(self) -> Record:
        """Plain values; hashes as hexadecimal text, because JSON readers cut integers at 2**53."""
        return {
            "capacity": self.capacity,
            "n": self.n,
            "counts": dict(sorted(self.counts.items())),
            "occurrences": [[f"{drawn:016x}", name] for drawn, name in self.occurrences],
            "exact": self.exact,
        }

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """The counts that `to_record` wrote."""
        occurrences = tuple((int(drawn, 16), name) for drawn, name in record["occurrences"])
        return cls(record["capacity"], record["n"], record["counts"], occurrences, record["exact"])


def _fit(counts: Mapping[str, int], capacity: int) -> dict[str, int]:
    """The counts of the `capacity` names with the least hashes."""
    if len(counts) <= capacity:
        return dict(counts)
    names = list(counts)
    return {name: counts[name] for _, name in draw(names, names, capacity)}


def _same(left: int, right: int) -> None:
    if left != right:
        raise ValueError(f"expected sketches of one size, got {left} and {right}")


PRECISION = 12  # 4,096 registers: a standard error of 1.04 / sqrt(4096) = 1.6 % (Flajolet et al. 2007)
REGISTERS = 1 << PRECISION
LONGEST = 64 - PRECISION + 1  # the register of a hash whose other bits are all zero


@dataclass(frozen=True, slots=True)
class Distinct:
    """How many different texts there were, to 1.6 % standard error: HyperLogLog over 64-bit hashes, 4 kB."""

    registers: bytes = bytes(REGISTERS)

    @classmethod
    def empty(cls) -> Self:
        """The count of nothing."""
        return cls()

    def add(self, texts: Iterable[str]) -> "Distinct":
        """The count of the texts seen before and `texts`."""
        hashed = hashes(set(texts))
        rest = hashed >> np.uint64(PRECISION)
        lowest = rest & (~rest + np.uint64(1))  # a power of two, so that frexp counts zeros without rounding
        rank = np.where(rest == 0, LONGEST, np.frexp(lowest.astype(np.float64))[1]).astype(np.uint8)
        registers = np.frombuffer(self.registers, dtype=np.uint8).copy()
        np.maximum.at(registers, (hashed & np.uint64(REGISTERS - 1)).astype(np.intp), rank)
        return Distinct(registers.tobytes())

    def merge(self, other: "Distinct") -> "Distinct":
        """The count of both."""
        sides = (np.frombuffer(side.registers, dtype=np.uint8) for side in (self, other))
        return Distinct(np.maximum(*sides).tobytes())

    def estimate(self) -> float:
        """The number of distinct texts (Ertl 2017, arXiv:1702.01284, algorithm 6: no bias at small or large counts)."""
        held = np.bincount(np.frombuffer(self.registers, dtype=np.uint8), minlength=LONGEST + 1) / REGISTERS
        if held[0] == 1:
            return 0.0
        total = _tau(1.0 - float(held[LONGEST]))
        for rank in range(LONGEST - 1, 0, -1):
            total = (total + float(held[rank])) / 2
        return REGISTERS / (2 * math.log(2) * (total + _sigma(float(held[0]))))

    def to_record(self) -> Record:
        """Plain values: the registers in base64."""
        return {"registers": base64.b64encode(self.registers).decode("ascii")}

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """The count that `to_record` wrote."""
        return cls(base64.b64decode(record["registers"], validate=True))


def _sigma(empty: float) -> float:
    """The correction for the share of empty registers, which is below 1."""
    total, before, weight = empty, -1.0, 1.0
    while total != before:
        empty, before = empty * empty, total
        total, weight = total + empty * weight, weight * 2
    return total


def _tau(unfilled: float) -> float:
    """The correction for the share of registers that are not full."""
    if unfilled in (0.0, 1.0):
        return 0.0
    total, before, weight = 1.0 - unfilled, -1.0, 1.0
    while total != before:
        unfilled, before, weight = math.sqrt(unfilled), total, weight / 2
        total -= (1.0 - unfilled) ** 2 * weight
    return total / 3
