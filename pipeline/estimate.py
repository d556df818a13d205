"""What a sample of units says of all of them. Pure arithmetic: amounts grow with bytes, intervals come from resampling units.

The estimate is that of a ratio (Cochran, Sampling Techniques, 3rd ed., ch. 6): amounts of the sample over its bytes, times all bytes. Its
interval is the percentile bootstrap's, drawn in by the root of the share that was not sampled (ch. 2.6); who saw all units needs none.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 2000  # ours: the ends of an interval then move by less than its hundredth part from seed to seed
LEVEL = 0.9  # docs/sources.md, "Estimates"
FEWEST = 3  # units; fewer give no interval
SEED = 0  # the same sample gives the same interval


@dataclass(frozen=True, slots=True)
class Sample:
    """One unit that was run: its bytes of archive, and its amounts by name."""

    bytes: int
    amounts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """An estimated amount and its interval; `low` and `high` are None where there is none."""

    value: float
    low: float | None = None
    high: float | None = None

    def times(self, factor: float) -> "Figure":
        """The figure in another measure.

        >>> Figure(2, 1, 4).times(0.5)
        Figure(value=1.0, low=0.5, high=2.0)
        """
        return Figure(self.value * factor, *(end if end is None else end * factor for end in (self.low, self.high)))


def scale(samples: Sequence[Sample], total_bytes: int) -> dict[str, Figure]:
    """Each amount of the samples for `total_bytes`; every sample has the same names.

    >>> scale([Sample(10, {"rows": 2}), Sample(30, {"rows": 6})], 400)
    {'rows': Figure(value=80.0, low=None, high=None)}
    """
    names = list(samples[0].amounts)
    amounts = np.array([[sample.amounts[name] for name in names] for sample in samples], dtype=float)
    sizes = np.array([sample.bytes for sample in samples], dtype=float)
    values = amounts.sum(axis=0) / sizes.sum() * total_bytes
    unseen = max(0.0, 1 - sizes.sum() / total_bytes)
    if len(samples) < FEWEST or not unseen:
        return {name: Figure(float(value)) for name, value in zip(names, values, strict=True)}
    draws = np.random.default_rng(SEED).integers(len(samples), size=(DRAWS, len(samples)))
    drawn = amounts[draws].sum(axis=1) / sizes[draws].sum(axis=1)[:, None] * total_bytes
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    ends = (np.maximum(0, values + (end - values) * math.sqrt(unseen)) for end in (low, high))
    return {
        name: Figure(float(value), float(least), float(most))
        for name, value, least, most in zip(names, values, *ends, strict=True)
    }


def apportion(total: float, shares: Sequence[float]) -> list[float]:
    """A total handed out by shares, evenly where all are 0.

    >>> apportion(6, [1, 2]), apportion(6, [0, 0])
    ([2.0, 4.0], [3.0, 3.0])
    """
    together = sum(shares)
    return [total * share / together if together else total / len(shares) for share in shares]


def busiest(pieces: float, workers: int) -> float:
    """The share of equal pieces of work that the busiest worker takes.

    >>> busiest(6, 4), busiest(1, 8), busiest(0, 2)
    (0.3333333333333333, 1.0, 1.0)
    """
    whole = max(1, math.ceil(pieces))
    return math.ceil(whole / workers) / whole


def added(figures: Sequence[Figure]) -> Figure:
    """A sum; its interval adds the ends, as of amounts that rise and fall together.

    >>> added([Figure(1, 0, 2), Figure(3, 2, 5)])
    Figure(value=4, low=2, high=7)
    """
    value = sum(figure.value for figure in figures)
    lows = [figure.low for figure in figures if figure.low is not None]
    highs = [figure.high for figure in figures if figure.high is not None]
    whole = len(lows) == len(highs) == len(figures)
    return Figure(value, sum(lows), sum(highs)) if whole else Figure(value)
