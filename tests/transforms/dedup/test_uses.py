"""How many values stand with a key, counted part by part."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.index import USE, USE_KINDS
from transforms.dedup.keep_first import key_bytes
from transforms.dedup.uses import LEAST, counted, least, uses_of

ROWS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2**64 - 1)), max_size=60
)


def digests(count: int, first: int = 0) -> list[int]:
    """Values as they come: spread over all numbers of 64 bits."""
    return [int.from_bytes(hashlib.sha256(str(number).encode()).digest()[:8]) for number in range(first, first + count)]


def of_one_key(values: list[int]) -> np.ndarray:
    """Rows of one key."""
    return np.array([(0, 7, 9, value) for value in values], USE)


@given(ROWS, st.integers(0, 60))
def test_few_values_are_counted_exactly_whoever_gathers_them(rows: list[tuple[int, ...]], cut: int) -> None:
    """As a set of each key would count them, cut anywhere, in any order, some of them told twice."""
    sets: dict[tuple[int, ...], set[int]] = {}
    for *place, value in rows:
        sets.setdefault(tuple(place), set()).add(value)
    parts = (least(np.array(some, USE)) for some in (rows[cut:][::-1], rows[:cut], rows[:cut]))
    found = counted(np.concatenate(list(parts)))
    assert {row[:3]: row[3] for row in found.tolist()} == {place: len(values) for place, values in sets.items()}


@pytest.mark.parametrize("count", [LEAST - 1, LEAST, 1_000, 100_000])
def test_many_values_are_estimated_from_the_least_of_them(count: int) -> None:
    """Of a key no more than LEAST rows are held; the number is exact below and within a quarter beyond, however parts are cut."""
    rows = of_one_key(digests(count))
    halves = np.concatenate([least(rows[: count // 3]), least(rows[count // 5 :])])
    (told,) = counted(halves)["count"].tolist()
    assert (told,) == tuple(counted(rows)["count"].tolist())
    assert len(least(rows)) <= LEAST
    assert told == count if count < LEAST else abs(told - count) < count / 4


def test_counts_are_told_by_kind_and_key() -> None:
    """What was not counted, and a key that nobody named, have no number; zeros at the end of a key are part of it."""
    rows = counted(np.array([(0, 1, 256, 5), (0, 1, 256, 6), (2, 1, 256, 5), (0, 2, 0, 5)], USE))
    uses = uses_of(rows, USE_KINDS, ["image_documents", "caption_uses"])
    keys = key_bytes(np.array([1, 2, 3], "u8"), np.array([256, 0, 0], "u8"))
    assert uses.of("image_documents", keys)[:2].tolist() == [2, 1]
    assert np.isnan(uses.of("image_documents", keys)[2]) and np.isnan(uses.of("image_hosts", keys)).all()
    assert uses.of("caption_uses", keys)[0] == 1
    assert uses_of(rows[:0], USE_KINDS, USE_KINDS).of("image_documents", keys[:0]).tolist() == []
