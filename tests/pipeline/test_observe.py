"""Verdicts to the sketches of what came and what stayed."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.observe import host_of, look
from tests.support.runs import SAMPLE, recipe, run_on
from transforms.judge import Verdicts
from transforms.stats.profile import Profile


@pytest.mark.parametrize(
    ("url", "host"),
    [("http://Ex.ORG:80/a", "ex.org"), ("http://[x", ""), ("", ""), ("dns:ex.org", ""), ("http://a@b/", "b")],
)
def test_a_host_is_read_or_empty(url: str, host: str) -> None:
    """An address that is none is no error."""
    assert host_of(url) == host


def look_at(*parts: list[int]) -> Profile:
    """The profile of items in lots: an even number is kept, an odd one left by `odd`."""
    profile = Profile.empty()
    for part in parts:
        numbers = np.array(part, dtype=float)
        verdicts = Verdicts("text", len(part))
        verdicts.begin("rules")
        verdicts.drop(numbers % 2 == 1, "odd", numbers)
        ids = np.array([f"{n:04d}" for n in part], dtype=object)
        words = np.array(["en"] * len(part), dtype=object)
        profile = profile.merge(look(Profile.empty(), verdicts, ids, {"n": numbers}, words, words))
    return profile


def test_lots_merge_to_the_profile_of_all() -> None:
    """However the items are cut, and in which order (law 5)."""
    whole = look_at(list(range(100)))
    assert look_at(list(range(60, 100)), list(range(60))).to_json() == whole.to_json()


def test_the_doors_are_told_apart() -> None:
    """What entered, what stayed, and who left by which rule, each stand in the profile."""
    text = look_at([1, 2, 3]).to_json()
    assert all(word in text for word in ("entered", "kept", "dropped:odd"))
    assert "dropped" not in look_at([2, 4]).to_json()


def test_a_run_of_some_corpora_is_observed(tmp_path: Path) -> None:
    """Without pairs or text nothing is missed."""
    folder = tmp_path / "out"
    manifest = run_on([str(SAMPLE)], folder, recipe("kosmos1", 'corpora=["interleaved"]'))
    profile = (folder / "stats" / "profile.json").read_text()
    assert "interleaved" in profile and '"pairs"' not in profile
    assert {shard.corpus for shard in manifest.shards} == {"interleaved", "dropped", "failed"}
