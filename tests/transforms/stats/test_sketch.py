"""The laws of the sketches of numbers, and how far their answers may be off."""

import json
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.stats.sketch import RESOLUTION, STEPS, Histogram, Moments, bucket, edge, exact_sum, measured

NUMBERS = st.lists(st.floats(-1e12, 1e12) | st.integers(-300, 300).map(float) | st.just(math.nan), max_size=30)
KINDS = pytest.mark.parametrize("kind", [Moments, Histogram])


def of(kind: Any, values: Sequence[float]) -> Any:
    """A sketch of `values`."""
    return kind.empty().add(np.array(values, dtype=np.float64))


@KINDS
@given(NUMBERS, NUMBERS, NUMBERS)
def test_merge_is_a_commutative_monoid(kind: Any, left: list[float], middle: list[float], right: list[float]) -> None:
    """Merging is associative and commutative, and the empty sketch changes nothing."""
    a, b, c = of(kind, left), of(kind, middle), of(kind, right)
    assert a.merge(b.merge(c)) == a.merge(b).merge(c)
    assert a.merge(b) == b.merge(a)
    assert a.merge(kind.empty()) == a == kind.empty().merge(a)


@KINDS
@given(st.data())
def test_no_order_and_no_split_shows(kind: Any, data: st.DataObject) -> None:
    """Values added at once, or shuffled and in two parts, give the same bytes on disk."""
    values = data.draw(NUMBERS)
    shuffled = data.draw(st.permutations(values))
    cut = data.draw(st.integers(0, len(values)))
    parts = of(kind, shuffled[:cut]).add(np.array(shuffled[cut:]))
    assert json.dumps(parts.to_record()) == json.dumps(of(kind, values).to_record())


@KINDS
@given(NUMBERS)
def test_a_record_brings_the_sketch_back(kind: Any, values: list[float]) -> None:
    """The JSON form loses nothing."""
    sketch = of(kind, values)
    assert kind.from_record(json.loads(json.dumps(sketch.to_record()))) == sketch


@given(st.lists(st.floats(-1e20, 1e20).map(math.trunc), max_size=30))
def test_whole_numbers_are_summed_exactly(values: list[int]) -> None:
    """The limbs add up to the integer sum, where doubles would round."""
    assert exact_sum(np.array(values, dtype=np.float64)) == sum(values)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_moments_are_those_of_the_values(values: list[float]) -> None:
    """Mean, mean of the squares and range agree with exact arithmetic to the resolution."""
    moments = of(Moments, values)
    exact = [Fraction(value) for value in values]
    mean = sum(exact) / len(exact)
    square = sum(value**2 for value in exact) / len(exact)
    assert moments.mean == pytest.approx(float(mean), abs=2**-32)
    # The squares are rounded to a double's 53 bits.
    assert moments.squares / (moments.n << RESOLUTION) == pytest.approx(float(square), rel=2**-52, abs=2**-32)
    assert (moments.least, moments.most) == (min(values), max(values))


def test_values_that_are_not_measured_are_not_counted() -> None:
    """NaN leaves no trace in either sketch."""
    assert of(Moments, [math.nan, 2.0, math.nan]) == of(Moments, [2.0])
    assert of(Histogram, [math.nan]) == Histogram.empty()


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e200])
def test_what_no_sketch_can_hold_is_refused(value: float) -> None:
    """An infinite measure is a bug of the measure, told as such."""
    with pytest.raises(ValueError, match="expected measures between"):
        measured(np.array([1.0, value]))


@given(st.lists(st.floats(2**-32, 1e15) | st.floats(-1e15, -(2**-32)) | st.just(0.0), min_size=1), st.floats(0.01, 1))
def test_quantiles_are_within_one_percent(values: list[float], share: float) -> None:
    """A quantile is the value of that rank to 1 %, whatever its sign; zero is exact."""
    exact = sorted(values)[max(1, math.ceil(share * len(values))) - 1]
    assert of(Histogram, values).quantile(share) == pytest.approx(exact, rel=0.01, abs=0)


@given(st.integers(-256, 256))
def test_small_whole_numbers_are_exact(number: int) -> None:
    """Counts of words or images up to 256 come back as they are."""
    assert of(Histogram, [number]).quantile(0.5) == number


@given(st.floats(-1e30, 1e30), st.floats(-1e30, 1e30))
def test_buckets_keep_the_order_of_values(left: float, right: float) -> None:
    """A greater value never lies in a lower bucket, and an edge lies in its own."""
    low, high = bucket(np.array(sorted([left, right]))).tolist()
    assert low <= high
    assert bucket(np.array([edge(low), edge(high)])).tolist() == [low, high]


def test_a_histogram_is_bounded() -> None:
    """Values beyond the reach share the outermost buckets, values below it are zero."""
    outside = of(Histogram, [1e140, 2.0**64, 1e-300, -1e-300, -1e140])
    assert sorted(outside.buckets.values()) == [1, 2, 2]
    assert len(outside.add(np.geomspace(1e-30, 1e30, 200_000)).buckets) <= 96 * STEPS + 2


def test_an_empty_histogram_has_no_quantile() -> None:
    """Asking nothing for its median is an error, not a number."""
    with pytest.raises(ValueError, match="not empty"):
        Histogram.empty().quantile(0.5)
    assert Histogram.empty().n == 0 and Moments.empty().mean == 0.0
