"""Rules over columns."""

import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schemas.recipe import Bounds
from transforms.verdicts import Verdicts, hash_fraction, in_languages

NUMBERS = st.lists(st.floats(-10, 10) | st.just(float("nan")), min_size=1, max_size=20)


@given(NUMBERS, st.floats(-10, 10), st.floats(-10, 10))
def test_every_item_leaves_by_one_door(values: list[float], floor: float, ceiling: float) -> None:
    """in = kept + dropped + duplicates at every stage, whatever the rules say (law 3)."""
    column = np.array(values)
    verdicts = Verdicts("text", len(values))
    verdicts.begin("rules")
    verdicts.apply({"low": Bounds(floor=floor), "high": Bounds(ceiling=ceiling)}, {"low": column, "high": column})
    verdicts.begin("duplicates")
    verdicts.drop(column > 0, "url", of=np.full(len(values), "keeper", dtype=object))
    rules, duplicates = verdicts.accounts()
    assert rules.holds() and duplicates.holds()
    assert rules.entered == len(values)
    assert rules.kept == duplicates.entered
    assert duplicates.kept == verdicts.kept.sum()
    assert sum(rules.dropped.values()) == sum(not (floor <= v <= ceiling) for v in values)


def test_the_first_rule_that_fails_is_the_reason() -> None:
    """A later rule does not overwrite it, and its value stays beside it."""
    verdicts = Verdicts("text", 1)
    verdicts.begin("rules")
    columns = {"words": np.array([3.0]), "lines": np.array([9.0])}
    verdicts.apply({"words": Bounds(floor=50), "lines": Bounds(ceiling=1)}, columns)
    assert (verdicts.rule[0], verdicts.value[0]) == ("words", 3.0)


def test_each_item_has_its_own_reason() -> None:
    """Value and keeper are those of the item, not of another that leaves with it."""
    verdicts = Verdicts("text", 3)
    verdicts.begin("duplicates")
    value, keeper = np.array([7.0, 8.0, 9.0]), np.array(["a", "b", "c"], dtype=object)
    verdicts.drop(np.array([False, True, True]), "url", value, keeper)
    assert verdicts.value[1:].tolist() == [8.0, 9.0] and np.isnan(verdicts.value[0])
    assert verdicts.of.tolist() == [None, "b", "c"]


def test_a_value_that_was_not_measured_is_outside_of_any_bound() -> None:
    """No number is no pass."""
    verdicts = Verdicts("pairs", 1)
    verdicts.begin("rules")
    verdicts.apply({"side": Bounds(ceiling=5)}, {"side": np.array([np.nan])})
    assert verdicts.rule[0] == "side"


def test_no_wanted_language_means_any() -> None:
    """An empty list is no filter."""
    assert in_languages(["en", None], ()).all()
    assert in_languages(["en", None], ("en",)).tolist() == [True, False]


def test_a_share_is_the_begin_of_a_sha256() -> None:
    """Whoever re-draws a sample with other tools, or a later version, draws the same items (law 5)."""
    digest = hashlib.sha256(b"7\0http://example.org/").hexdigest()
    assert hash_fraction("http://example.org/", 7) == int(digest[:14], 16) / 16**14


def test_shares_are_spread_evenly() -> None:
    """A seeded hash of the id halves a thousand ids within chance."""
    drawn = [hash_fraction(str(n), 7) for n in range(1000)]
    assert all(0 <= share < 1 for share in drawn)
    assert 450 < sum(share < 0.5 for share in drawn) < 550


def test_rules_of_a_language_take_the_place_of_those_for_all() -> None:
    """For items in it alone: another bound, one more rule, and one that is switched off."""
    verdicts = Verdicts("text", 4)
    verdicts.begin("rules")
    columns = {
        "a": np.array([1.0, 1.0, 9.0, 9.0]),
        "b": np.array([0.0, 0.0, 0.0, 0.0]),
        "c": np.array([5.0, 5.0, 5.0, 5.0]),
    }
    rules = {"a": Bounds(floor=2), "b": Bounds(ceiling=0)}
    own = {"zh": {"a": Bounds(), "c": Bounds(ceiling=4)}}
    verdicts.apply(rules, columns, own, np.array(["en", "zh", "en", "de"], dtype=object))
    assert verdicts.rule.tolist() == ["a", "c", "", ""]
