"""What a sample says of the whole. Pure arithmetic: amounts of groups that were drawn alike, their spread, and how duplicates grow.

Groups are the method of random groups (Wolter, Introduction to Variance Estimation, 2nd ed., ch. 2): the sample is dealt out to groups,
each a small sample of its own, and what they differ by says how sure their sum is. Ends lie as far from the value by ratio, not by
difference, since amounts are not negative and have long tails.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

LEVEL = 0.9  # docs/sources.md, "Estimates"
FEWEST = 3  # groups; fewer give no interval
# Student's 95 % quantiles by degrees of freedom, from 2 on: both ends together leave out a tenth.
STUDENT = (2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753)
NORMAL = 1.645
LINE_ERROR = 0.1  # ours: times and compressed bytes are no straight lines of what goes in
UNSEEN = 3.0  # of what a sample did not show at all, so many may stand in it at 95 % (the rule of three)


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

    def through(self, grows: Callable[[float], float]) -> "Figure":
        """What follows from the figure by a function that never falls.

        >>> Figure(2, 1, 4).through(lambda value: value**2)
        Figure(value=4, low=1, high=16)
        """
        return Figure(grows(self.value), *(end if end is None else grows(end) for end in (self.low, self.high)))

    def by(self, other: "Figure") -> "Figure":
        """The product; its ends are the products of the ends.

        >>> Figure(2, 1, 4).by(Figure(3, 2, 3)), Figure(2).by(Figure(3))
        (Figure(value=6, low=2, high=12), Figure(value=6, low=None, high=None))
        """
        ends = ((self.low, other.low), (self.high, other.high))
        return Figure(self.value * other.value, *(None if a is None or b is None else a * b for a, b in ends))


def known(value: float) -> Figure:
    """An amount that was counted: both ends are the value."""
    return Figure(value, value, value)


def expand(groups: Sequence[Mapping[str, float]], factor: float) -> dict[str, Figure]:
    """Each amount of the whole, of which the groups together are the `1 / factor`-th part; every group has the same names.

    >>> expand([{"rows": 2.0}, {"rows": 6.0}], 10)
    {'rows': Figure(value=80.0, low=None, high=None)}
    """
    names = list(groups[0])
    amounts = np.array([[group[name] for name in names] for group in groups], dtype=float)
    sums = amounts.sum(axis=0)
    if factor <= 1:
        return {name: known(float(value)) for name, value in zip(names, sums, strict=True)}
    return {name: _figure(amounts[:, column], float(sums[column]), factor) for column, name in enumerate(names)}


def _figure(amounts: np.ndarray, together: float, factor: float) -> Figure:
    count, value = len(amounts), together * factor
    if count < FEWEST:
        return Figure(value)
    if not together:
        return Figure(0.0, 0.0, UNSEEN * max(0.0, factor - 1))
    of_groups = relative_error(amounts) * math.sqrt(max(0.0, 1 - 1 / factor))
    width = student(count - 1) * math.sqrt(math.log1p(of_groups**2))
    # What was seen is there, whatever else is not.
    return Figure(value, max(value * math.exp(-width), min(together, value)), value * math.exp(width))


def relative_error(amounts: np.ndarray) -> float:
    """The standard error of the sum of groups, as a share of the sum."""
    count = len(amounts)
    return float(np.std(amounts, ddof=1) * math.sqrt(count) / np.sum(amounts))


def student(freedom: int) -> float:
    """The 95 % quantile of Student's distribution, from 2 degrees of freedom on.

    >>> student(2), student(9), student(10**6)
    (2.92, 1.833, 1.645)
    """
    return STUDENT[freedom - 2] if freedom - 2 < len(STUDENT) else NORMAL + 1.6 / freedom if freedom < 1000 else NORMAL


@dataclass(frozen=True, slots=True)
class Uniques:
    """Items of a sample: before duplicates were taken out, distinct ones, and those of them that one group shows, or two."""

    items: int
    distinct: int
    once: int
    twice: int

    @property
    def share(self) -> float:
        """The share that stays."""
        return self.distinct / self.items if self.items else 1.0


def growth_of_uniques(small: Uniques, large: Uniques, groups: int, growth: float) -> Figure:
    """By what the share that stays changes when the sample `large` of so many groups, one of which is `small`, grows by `growth`.

    The share falls as a power of the size (Heaps' law of distinct words), whose exponent the two samples give. No fewer items are
    distinct than Chao's lower bound for samples without replacement says (Chao and Lin, Biometrics 68, 2012, by incidence), and no more
    than were seen once, scaled, and the others. Where no item was seen twice, UNSEEN ones may be there.

    >>> growth_of_uniques(Uniques(100, 100, 100, 0), Uniques(1000, 1000, 1000, 0), 10, 1)
    Figure(value=1.0, low=1.0, high=1.0)
    >>> round(growth_of_uniques(Uniques(100, 100, 100, 0), Uniques(1000, 500, 250, 125), 10, 10).value, 3)
    0.5
    """
    if growth <= 1 or not large.items or groups < 2:
        return known(1.0)
    lever = math.log(growth) / math.log(groups)
    falls = max(0.0, math.log(small.share / large.share)) if small.items else 0.0
    plain = large.distinct * growth
    most = (large.distinct + large.once * (growth - 1)) / plain
    least = min(most, chao(large, groups, growth, large.twice + NORMAL * math.sqrt(large.twice) + UNSEEN) / plain)
    value = math.exp(-falls * lever)
    return Figure(min(max(value, min(most, chao(large, groups, growth, large.twice) / plain)), most), least, most)


def chao(seen: Uniques, groups: int, growth: float, twice: float) -> float:
    """Distinct items of the whole, at least: those that were seen, and more as more of them were seen once and fewer twice.

    >>> chao(Uniques(30, 25, 20, 5), 10, 3.0, 5.0) > 25, chao(Uniques(30, 30, 30, 0), 10, 3.0, 0.0)
    (True, 90.0)
    """
    part = 1 / growth
    below = 2 * twice * groups / (groups - 1) + seen.once * part / (1 - part)
    return seen.distinct + (seen.once**2 / below if below else 0.0)


@dataclass(frozen=True, slots=True)
class Reach:
    """References of a sample's pages: those whose image lies in the range of their page, only in another one, or in none that was seen."""

    near: int
    far: int
    lost: int

    def beyond(self, growth: float) -> Figure:
        """By what references with an image grow when all is seen, `growth` times what was: far ones were found so much too seldom.

        >>> Reach(50, 0, 50).beyond(1), Reach(9, 1, 90).beyond(11)
        (Figure(value=1.0, low=1.0, high=1.0), Figure(value=2.0, low=1.0, high=6.645))
        """
        found = self.near + self.far
        if growth <= 1:
            return known(1.0)
        most = (found + self.lost) / max(1, found)
        value = 1 + self.far / max(1, found) * (growth - 1)
        high = 1 + (self.far + NORMAL * math.sqrt(self.far) + UNSEEN) / max(1, found) * (growth - 1)
        return Figure(min(value, most), 1.0, min(high, most))


def grown(sizes: Sequence[float], taken: Sequence[float], size: Figure) -> Figure:
    """What a step takes at `size`, from what it took at two sizes: a part that is always there, and one that grows.

    >>> grown((10, 30), (3.0, 5.0), Figure(100)), grown((10, 10), (4.0, 4.0), Figure(10))
    (Figure(value=12.0, low=None, high=None), Figure(value=4.0, low=None, high=None))
    """
    ratio = taken[1] / sizes[1] if sizes[1] else 0.0
    if sizes[1] > 0 and sizes[1] >= 2 * sizes[0] and taken[1] > taken[0]:
        slope = min(ratio, (taken[1] - taken[0]) / (sizes[1] - sizes[0]))
        slopes = (slope, slope, slope)
    else:  # two points that are nearly one do not tell a part that grows from one that does not
        slopes = (ratio / 2, 0.0, ratio)

    def at(end: float, slope: float) -> float:
        return max(0.0, taken[1] + slope * (end - sizes[1]))

    value = at(size.value, slopes[0])
    if size.low is None or size.high is None:
        return Figure(value)
    low, high = at(size.low, slopes[1]), at(size.high, slopes[2])
    return Figure(value, min(low, value) * (1 - LINE_ERROR), max(high, value) * (1 + LINE_ERROR))


def drawn_anew(figure: Figure, left: float, kept: float) -> Figure:
    """A figure whose items another draw would choose: `left` went by one, and of those that stayed `kept` is known.

    Both draws take about half of the same items, so their difference has the variance of `left` items.

    >>> drawn_anew(Figure(10, 10, 10), 4, 10).high
    13.29
    >>> drawn_anew(Figure(10, 10, 10), 0, 10), drawn_anew(Figure(1), 4, 1)
    (Figure(value=10, low=10, high=10), Figure(value=1, low=None, high=None))
    """
    if figure.low is None or figure.high is None or not left:
        return figure
    share = NORMAL * math.sqrt(left) / max(1.0, kept)
    return Figure(figure.value, figure.low * max(0.0, 1 - share), figure.high * (1 + share))


def less(whole: Figure, part: Figure) -> Figure:
    """A difference that is not negative; it is least where the part is most.

    >>> less(Figure(9, 9, 9), Figure(2, 1, 4))
    Figure(value=7, low=5, high=8)
    """
    value = max(0, whole.value - part.value)
    if whole.low is None or whole.high is None or part.low is None or part.high is None:
        return Figure(value)
    return Figure(value, max(0, whole.low - part.high), max(0, whole.high - part.low))


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
