"""The profile as a product of sketches: what it says, that its bytes know no order, and that it is fast."""

import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.stats.profile import Profile

ROW = st.tuples(
    st.sampled_from(["text", "pairs"]),
    st.sampled_from(["entered", "kept", "dropped:gopher_words"]),
    st.floats(-1e6, 1e6) | st.just(math.nan),
    st.sampled_from(["en", "de"]),
    st.sampled_from(["a.example", "b.example"]),
    st.text(max_size=5),
)
Rows = list[tuple[Any, ...]]


def of(rows: Rows) -> Profile:
    """The profile of `rows`, observed one by one."""
    profile = Profile.empty()
    for corpus, outcome, value, language, host, key in rows:
        measures = (
            {"words": np.array([value])}
            if outcome != "kept"
            else {"words": np.array([value]), "chars": np.array([1.0])}
        )
        profile = profile.observe(corpus, outcome, measures=measures, languages=[language], hosts=[host], ids=[key])
    return profile


@given(st.lists(ROW, max_size=6), st.lists(ROW, max_size=6), st.lists(ROW, max_size=6))
def test_merge_is_a_commutative_monoid_in_bytes(left: Rows, middle: Rows, right: Rows) -> None:
    """However three profiles are merged, the file is the same; the empty profile changes nothing."""
    a, b, c = of(left), of(middle), of(right)
    expected = a.merge(b).merge(c).to_json()
    assert a.merge(b.merge(c)).to_json() == c.merge(b).merge(a).to_json() == expected
    assert a.merge(Profile.empty()) == a == Profile.empty().merge(a)


@given(st.lists(ROW, max_size=8))
def test_the_file_brings_the_profile_back(rows: Rows) -> None:
    """A profile read back is equal and writes the same bytes."""
    profile = of(rows)
    again = Profile.from_json(profile.to_json())
    assert again == profile and again.to_json() == profile.to_json()


def test_a_profile_says_what_went_through_a_door() -> None:
    """Counts, distribution, languages, hosts and ids of a outcome are those of the rows that were observed."""
    profile = Profile.empty().observe(
        "text",
        "dropped:gopher_words",
        measures={"gopher_words": np.array([10.0, 20.0, 40.0]), "perplexity": np.array([1.0, math.nan, 3.0])},
        languages=["en", "de", "en"],
        hosts=["a.example", "a.example", "b.example"],
        ids=["x", "y", "z"],
    )
    outcome = profile.outcomes["text", "dropped:gopher_words"]
    assert outcome.items == 3 and sorted(outcome.sample.ids) == ["x", "y", "z"]
    assert outcome.measures["gopher_words"].histogram.quantile(0.5) == 20
    assert outcome.measures["perplexity"].moments.n == 2 and outcome.measures["perplexity"].moments.mean == 2
    assert outcome.languages.top(1) == [("en", 2)] and outcome.hosts.top(1) == [("a.example", 2)]
    assert round(outcome.distinct_hosts.estimate()) == 2


def test_columns_of_other_length_are_refused() -> None:
    """A column that does not fit the ids is told by name."""
    with pytest.raises(ValueError, match=r"text, kept: expected 1 of each column as of ids, got 2 hosts, 0 words"):
        Profile.empty().observe(
            "text", "kept", measures={"words": np.array([])}, languages=["en"], hosts=["a", "b"], ids=["x"]
        )


def test_another_format_is_refused() -> None:
    """A file of a later version is not half understood."""
    with pytest.raises(ValueError, match="format 1, got 2"):
        Profile.from_json('{"format": 2, "doors": []}')


def test_a_lot_is_observed_fast() -> None:
    """100,000 rows with 40 measures take about a quarter of a second of CPU; twelve times that would fail."""
    rows = 100_000
    values = np.random.default_rng(0).lognormal(3, 2, rows)
    started = time.process_time()
    Profile.empty().observe(
        "text",
        "kept",
        measures={f"measure{i}": values for i in range(40)},
        languages=["en"] * rows,
        hosts=[f"host{i % 5000}.example" for i in range(rows)],
        ids=[str(i) for i in range(rows)],
    )
    assert time.process_time() - started < 3
