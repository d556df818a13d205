"""Estimates from samples: known ratios, honest intervals."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.estimate import FEWEST, Figure, Sample, added, apportion, busiest, scale


def samples(*pairs: tuple[int, float]) -> list[Sample]:
    """Units of so many bytes with so many rows."""
    return [Sample(size, {"rows": rows}) for size, rows in pairs]


def test_amounts_grow_with_bytes_and_not_with_units() -> None:
    """A small dense unit does not count as much as a large one: 12 rows in 400 bytes are 30 in 1,000."""
    assert scale(samples((100, 10), (300, 2)), 1000)["rows"].value == pytest.approx(30)


def test_one_or_two_units_give_no_interval() -> None:
    """The third does, and it holds the estimate."""
    three = samples((100, 10), (100, 20), (100, 30))
    for few in range(1, FEWEST):
        figure = scale(three[:few], 1000)["rows"]
        assert (figure.low, figure.high) == (None, None)
    figure = scale(three, 1000)["rows"]
    assert figure.low is not None and figure.high is not None
    assert 100 < figure.low < figure.value == 200 < figure.high < 300


def test_equal_units_give_a_point() -> None:
    """Where units do not differ there is nothing to be unsure of."""
    figure = scale(samples((50, 5), (50, 5), (50, 5)), 500)["rows"]
    assert (figure.low, figure.value, figure.high) == (50, 50, 50)


def test_who_saw_everything_knows() -> None:
    """All units sampled: the value is the sum, and there is no interval to give."""
    for known in (samples((100, 10), (100, 20)), samples((100, 10), (100, 20), (100, 60))):
        figure = scale(known, sum(sample.bytes for sample in known))["rows"]
        assert figure == Figure(sum(sample.amounts["rows"] for sample in known))


def test_interval_narrows_with_the_share_that_was_seen() -> None:
    """The same three units say more of 400 bytes than, per byte, of 40,000."""
    three = samples((100, 10), (100, 20), (100, 30))
    most, least = scale(three, 400)["rows"], scale(three, 40_000)["rows"]
    assert most.high is not None and least.high is not None
    assert (most.high - most.value) / most.value < 0.6 * (least.high - least.value) / least.value


def test_the_same_sample_gives_the_same_interval() -> None:
    """The draws are seeded."""
    three = samples((100, 10), (90, 20), (80, 30))
    assert scale(three, 1000) == scale(three, 1000)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Of 200 samples of 20 units out of 400 with uneven rows, 80 to 97 % of the 90 % intervals hold the true sum."""
    random.seed(5)
    units = samples(*((size, size * random.choice([0.5, 1, 1, 3])) for size in random.choices(range(50, 150), k=400)))
    truth, size = sum(unit.amounts["rows"] for unit in units), sum(unit.bytes for unit in units)
    figures = [scale(random.sample(units, 20), size)["rows"] for _ in range(200)]
    held = sum(figure.low <= truth <= figure.high for figure in figures if figure.low and figure.high)
    assert 160 <= held <= 194


@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.floats(0, 1e9)), min_size=1, max_size=8), st.floats(1, 1e3), st.data()
)
def test_an_interval_holds_nothing_below_zero_and_more_bytes_mean_more(
    pairs: list[tuple[int, float]], factor: float, data: st.DataObject
) -> None:
    """Whatever the units hold: ends are in order and not negative, and the value is proportional to the bytes."""
    known = samples(*pairs)
    total = round(sum(size for size, _ in pairs) * factor)
    figure = scale(known, total)["rows"]
    assert figure.value == pytest.approx(sum(rows for _, rows in pairs) / sum(size for size, _ in pairs) * total)
    if figure.low is not None and figure.high is not None:
        assert 0 <= figure.low <= figure.high * (1 + 1e-9)


@given(st.floats(0, 1e12), st.lists(st.just(0.0) | st.floats(1e-9, 1e6), min_size=1))
def test_shares_add_up(total: float, shares: list[float]) -> None:
    """Nothing is lost when a total is handed out."""
    assert sum(apportion(total, shares)) == pytest.approx(total)


@pytest.mark.parametrize(
    ("pieces", "workers", "share"), [(6, 1, 1), (6, 3, 1 / 3), (7, 3, 3 / 7), (0.2, 4, 1), (4, 9, 1 / 4)]
)
def test_the_busiest_worker_ends_a_step(pieces: float, workers: int, share: float) -> None:
    """More workers than pieces do not help, and a piece is not shared."""
    assert busiest(pieces, workers) == pytest.approx(share)


def test_a_sum_with_a_part_without_interval_has_none() -> None:
    """What is not known stays unknown."""
    assert added([Figure(1, 0, 2), Figure(1)]) == Figure(2)
