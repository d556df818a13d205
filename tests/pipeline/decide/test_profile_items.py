"""Items to the sketches of what came, what stayed and what left."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.decide import profile_items
from pipeline.decide.profile_items import ENTERED, KEPT, Profiler


def added(profiler: Profiler, part: list[int]) -> Profiler:
    """A profiler that is told of these items: an even number is kept, an odd one left by `odd`."""
    numbers = np.array(part, dtype=float)
    words, hosts = (np.array([text] * len(part), dtype=object) for text in ("en", "ex.org"))
    ids = np.array([f"{n:04d}" for n in part], dtype=object)
    rules = np.array(["odd" if n % 2 else "" for n in part], dtype=object)
    kept = numbers % 2 == 0
    profiler.add("text", ENTERED, {"n": numbers}, words, hosts, ids)
    profiler.add("text", KEPT, {"n": numbers[kept]}, words[kept], hosts[kept], ids[kept])
    profiler.add_dropped("text", rules, words, hosts, ids)
    return profiler


@given(st.lists(st.lists(st.integers(0, 50), max_size=6), max_size=5), st.randoms(use_true_random=False))
def test_parts_merge_to_the_profile_of_all(parts: list[list[int]], draw: random.Random) -> None:
    """However the items are cut, and in which order (law 5)."""
    whole = added(Profiler(), [n for part in parts for n in part]).profile()
    draw.shuffle(parts)
    one = Profiler()
    for part in parts:
        added(one, part)
    merged = Profiler().profile()
    for part in parts:
        merged = merged.merge(added(Profiler(), part).profile())
    told = {outcome: (seen.items, seen.to_record()) for outcome, seen in whole.outcomes.items() if seen.items}
    for other in (one.profile(), merged):
        assert {
            outcome: (seen.items, seen.to_record()) for outcome, seen in other.outcomes.items() if seen.items
        } == told


def test_outcomes_are_told_apart() -> None:
    """What entered, what stayed, and who left by which rule: each with its own items, and of what stayed its own numbers."""
    profile = added(Profiler(), [1, 2, 3, 4, 6]).profile()
    assert {outcome: seen.items for outcome, seen in profile.outcomes.items()} == {
        ("text", "entered"): 5, ("text", "kept"): 3, ("text", "dropped:odd"): 2
    }  # fmt: skip
    kept = profile.outcomes["text", "kept"]
    assert (kept.measures["n"].moments.n, kept.measures["n"].moments.mean) == (3, 4)
    assert profile.outcomes["text", "dropped:odd"].measures == {}
    assert ("text", "dropped:odd") not in added(Profiler(), [2, 4]).profile().outcomes


def test_sketches_are_made_of_many_items_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting items are bounded, and what waited before a flush is not counted again."""
    monkeypatch.setattr(profile_items, "WAITING_ITEMS", 10)
    profiler = Profiler()
    for first in range(0, 100, 4):
        added(profiler, list(range(first, first + 4)))
        assert profiler._items < 10
    assert profiler.profile().outcomes["text", "entered"].items == 100
    assert profiler.profile().to_json() == added(Profiler(), list(range(100))).profile().to_json()
