"""Ids of two shards: every one is found while all are compared, and only those of the slice where they are not."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.shared_ids import IdHashes, common_id, id_hash, slice_end

IDS = st.integers(0, 40).map("{:032x}".format)


def gathered(shards: Mapping[str, list[str]], end: int = 2**64) -> IdHashes:
    """The hashes of some shards."""
    found = IdHashes(end)
    for name, ids in shards.items():
        found.shards[name] = found.hashes(ids)
    return found


@given(st.dictionaries(st.sampled_from("abcdefg"), st.sets(IDS, max_size=12), max_size=7))
@settings(deadline=None)
def test_a_shard_is_named_if_it_shares_an_id(shards: dict[str, set[str]]) -> None:
    """Each shard that has an id of an earlier one is named once, with an earlier one and the hashes that both have."""
    found = list(gathered({name: sorted(ids) for name, ids in shards.items()}).shared())
    names = sorted(shards)
    wanted = {name for place, name in enumerate(names) if any(shards[name] & shards[other] for other in names[:place])}
    assert [second for _, second, _ in found] == sorted(wanted)
    for first, second, hashes in found:
        assert first < second and hashes and hashes <= {id_hash(each) for each in shards[first] & shards[second]}
        assert common_id(shards[first], shards[second], hashes) in shards[first] & shards[second]


def test_equal_hashes_are_no_equal_ids() -> None:
    """Where only the hashes are equal there is no common id."""
    found = IdHashes()
    found.shards["a"], found.shards["b"] = found.hashes(["x", "y"]), found.hashes(["x", "z"])
    ((first, second, hashes),) = found.shared()
    assert (first, second, hashes) == ("a", "b", {id_hash("x")})
    assert common_id(["y"], ["x"], hashes) is None


def test_an_id_twice_in_one_shard_is_no_shared_id() -> None:
    """Disorder within a shard is told elsewhere."""
    assert list(gathered({"a": ["x", "x"], "b": ["y"], "c": []}).shared()) == []


def test_hashes_at_the_borders_of_slices_are_compared() -> None:
    """The least and the greatest hash of every slice are in it, and in no other."""
    step = 2**64 // 64
    edges = sorted({edge for number in range(64) for edge in (number * step, (number + 1) * step - 1)})
    found = gathered({"a": [], "b": []})
    for name in ("a", "b"):
        found.shards[name].extend(edges)
    assert list(found.shared()) == [("a", "b", set(edges))]


def test_a_slice_of_a_large_corpus_is_compared() -> None:
    """Of more rows than fit, about as many as fit are held, the same ones in every shard."""
    ids = [f"{number:032x}" for number in range(20_000)]
    end = slice_end(len(ids), limit=5_000)
    found = gathered({"a": ids, "b": ids}, end)
    held = len(found.shards["a"])
    assert held == pytest.approx(5_000, rel=0.05) and found.shards["a"] == found.shards["b"]
    ((_, _, hashes),) = found.shared()
    assert len(hashes) == held and max(hashes) < end


def test_hashes_are_even() -> None:
    """Ids that differ in their last digits only, as those of one page's pairs do, fall everywhere."""
    hashes = np.array([id_hash(f"{'0' * 32}-{number:04d}") for number in range(6_400)], np.uint64)
    counts = np.bincount((hashes >> np.uint64(58)).astype(np.int64), minlength=64)
    assert counts.min() > 50 and counts.max() < 160
