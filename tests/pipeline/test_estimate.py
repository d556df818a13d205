"""Estimates from samples: known ratios, honest intervals."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.estimate import (
    FEWEST,
    Figure,
    Reach,
    Uniques,
    added,
    apportion,
    busiest,
    chao,
    expand,
    grown,
    growth_of_uniques,
    known,
    less,
)


def rows(*amounts: float) -> list[dict[str, float]]:
    """Groups with so many rows."""
    return [{"rows": float(amount)} for amount in amounts]


def test_one_or_two_groups_give_no_interval() -> None:
    """The third does, and it holds the estimate."""
    for few in range(1, FEWEST):
        figure = expand(rows(10, 20, 30)[:few], 10)["rows"]
        assert (figure.low, figure.high) == (None, None)
    figure = expand(rows(10, 20, 30), 10)["rows"]
    assert figure.low is not None and figure.high is not None
    assert 60 <= figure.low < figure.value == 600 < figure.high


def test_equal_groups_give_a_point() -> None:
    """Where groups do not differ there is nothing to be unsure of."""
    figure = expand(rows(5, 5, 5), 10)["rows"]
    assert (figure.low, figure.value, figure.high) == (150, 150, 150)


def test_who_saw_everything_knows() -> None:
    """All drawn: the value is the sum, whatever the groups."""
    assert expand(rows(10, 20), 1)["rows"] == expand(rows(0, 0, 30), 1)["rows"] == known(30)


def test_what_was_not_seen_may_be_there() -> None:
    """No row in the sample: none is expected, and up to three times the factor may come."""
    figure = expand(rows(0, 0, 0), 11)["rows"]
    assert (figure.value, figure.low, figure.high) == (0, 0, 30)


def test_interval_narrows_with_the_share_that_was_seen() -> None:
    """The same groups say more of twice as much than of a hundred times as much."""
    near, wide = (expand(rows(10, 20, 30), factor)["rows"] for factor in (2, 100))
    assert near.high is not None and wide.high is not None
    assert near.high / near.value < 0.8 * wide.high / wide.value


def test_estimates_are_unbiased_and_intervals_hold_as_often_as_they_say() -> None:
    """Of 400 samples of 200 pages out of 2,000 with uneven payloads, the mean is within 2 % and 85 to 97 % of the intervals hold."""
    draw = random.Random(5)
    pages = [draw.choice([0, 0, 1, 1, 2, 9]) * draw.expovariate(1) for _ in range(2000)]
    truth, figures = sum(pages), []
    for _ in range(400):
        sample = draw.sample(pages, 200)
        figures.append(expand(rows(*(sum(sample[group::10]) for group in range(10))), 10)["rows"])
    assert sum(figure.value for figure in figures) / len(figures) == pytest.approx(truth, rel=0.02)
    inside = sum(figure.low <= truth <= figure.high for figure in figures if figure.low and figure.high)
    assert 0.85 <= inside / len(figures) <= 0.97


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=12), st.floats(1, 1e6))
def test_ends_are_in_order_and_never_below_what_was_seen(amounts: list[float], factor: float) -> None:
    """Whatever the groups hold; and the value is proportional to the factor."""
    figure = expand(rows(*amounts), factor)["rows"]
    assert figure.value == pytest.approx(sum(amounts) * max(1.0, factor))
    if figure.low is not None and figure.high is not None:
        assert min(sum(amounts), figure.value) * (1 - 1e-9) <= figure.low
        assert figure.low <= figure.value * (1 + 1e-9) and figure.value <= figure.high * (1 + 1e-9)


def uniques(keys: list[list[int]]) -> Uniques:
    """What groups of items with these keys show."""
    groups = Counter(key for group in keys for key in set(group))
    shown = Counter(groups.values())
    return Uniques(sum(map(len, keys)), len(groups), shown[1], shown[2])


@pytest.mark.parametrize("kinds", [[10**9], [300], [40, 10**9], [3000, 10**9]])
def test_growth_of_duplicates_holds_the_truth(kinds: list[int]) -> None:
    """No duplicates, few keys for all, a mass of equal ones among distinct ones: 85 % of the intervals hold the distinct items of all."""
    draw, inside = random.Random(3), 0
    for _ in range(100):
        population = [draw.randrange(draw.choice(kinds)) for _ in range(2000)]
        sample = draw.sample(population, 400)
        keys = [sample[group::10] for group in range(10)]
        kept = [len(set(own) - {key for group in keys[:number] for key in group}) for number, own in enumerate(keys)]
        figure = expand(rows(*kept), 5)["rows"].by(growth_of_uniques(uniques(keys[:1]), uniques(keys), 10, 5))
        assert figure.low is not None and figure.high is not None and figure.low <= figure.value <= figure.high
        inside += figure.low <= len(set(population)) <= figure.high
    assert inside >= 85


def test_chaos_bound_lies_between_what_was_seen_and_all_scaled() -> None:
    """As many as were seen where none was seen once, as many as scaled where all were."""
    assert chao(Uniques(40, 20, 0, 5), 10, 8, 5) == 20
    assert chao(Uniques(40, 40, 40, 0), 10, 8, 0) == pytest.approx(320)
    assert 30 < chao(Uniques(40, 30, 20, 8), 10, 8, 8) < 240


def test_references_reach_further_where_images_lie_far() -> None:
    """All near: nothing is missed for sure. Some far: those stand for many. And never more than there are references."""
    assert Reach(50, 0, 0).beyond(100) == known(1.0)
    far = Reach(50, 10, 40).beyond(3)
    assert far.value == pytest.approx(1 + 10 / 60 * 2) and far.low == 1.0
    assert Reach(5, 5, 10).beyond(1000).value == 2.0


def test_a_part_that_is_always_there_is_not_scaled() -> None:
    """Footers and starts; what a tenth and all took tells them apart, and an interval allows for lines that are not straight."""
    assert grown((10, 100), (5.0, 14.0), Figure(1000)) == Figure(pytest.approx(104))
    figure = grown((10, 100), (5.0, 14.0), Figure(1000, 500, 2000))
    assert figure.low is not None and figure.high is not None
    assert figure.low < 54 and figure.high > 204


def test_two_runs_of_one_size_do_not_tell_what_grows() -> None:
    """All of it may be there always, or none: the interval holds both."""
    figure = grown((90, 100), (9.0, 9.0), Figure(1000, 1000, 1000))
    assert figure.low is not None and figure.high is not None
    assert figure.low <= 9 < figure.value < 90 <= figure.high


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


def test_sums_and_differences_of_what_is_not_known() -> None:
    """What is not known stays unknown; a difference is least where its part is most."""
    assert added([Figure(1, 0, 2), Figure(1)]) == Figure(2)
    assert less(Figure(5, 4, 6), Figure(9, 1, 9)) == Figure(0, 0, 5)
    assert less(Figure(5), Figure(1, 1, 1)) == Figure(4)
