"""Which of several equal items stands for the others."""

import hashlib
import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.index import CANDIDATE, MEDIA
from transforms.dedup.keep_first import first_per_key, key_bytes, key_halves, locate, newest_first

Row = tuple[int, int, int, int, int]  # corpus, key, rank, id, ordinal


def key_of(name: int) -> bytes:
    """A 16-byte key."""
    return hashlib.sha256(str(name).encode()).digest()[:16]


def candidates(rows: list[Row]) -> np.ndarray:
    """Candidates of these corpora, keys, ranks, ids and ordinals; both halves of a key and of an id count."""
    table = np.zeros(len(rows), CANDIDATE)
    for place, (corpus, key, rank, identity, ordinal) in enumerate(rows):
        table[place]["corpus"], table[place]["rank"], table[place]["ordinal"] = corpus, rank, ordinal
        table[place]["high"], table[place]["low"] = key // 2, key % 2
        table[place]["id_high"], table[place]["id_low"] = identity // 2, identity % 2
    return table


ROWS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 3), st.integers(-2, 2), st.integers(0, 7), st.integers(-1, 2)),
    max_size=30,
    unique_by=lambda row: (row[0], row[3], row[4]),
)


@given(ROWS)
def test_the_least_rank_then_id_then_ordinal_stands_for_all_of_its_key(rows: list[Row]) -> None:
    """Of one corpus and one key, whatever the order in which they came."""
    for row, first in zip(rows, first_per_key(candidates(rows)).tolist(), strict=True):
        assert rows[first] == min((other for other in rows if other[:2] == row[:2]), key=lambda other: other[2:])


@given(ROWS, st.randoms(use_true_random=False))
def test_the_first_does_not_depend_on_order(rows: list[Row], draw: random.Random) -> None:
    """The same candidates in another order have the same first (law 5)."""
    shuffled = draw.sample(rows, len(rows))
    one, other = (
        {row: order[first] for row, first in zip(order, first_per_key(candidates(order)).tolist(), strict=True)}
        for order in (rows, shuffled)
    )
    assert one == other


def test_a_first_names_the_keeper_of_its_own_key() -> None:
    """Of several keys in several corpora, each has its own, and an equal key of another corpus is another key."""
    rows = [(0, 1, 0, 1, -1), (0, 1, 1, 2, -1), (0, 2, 0, 3, -1), (0, 2, 1, 4, -1), (1, 1, 0, 5, -1), (1, 1, 1, 6, -1)]
    assert first_per_key(candidates(rows)).tolist() == [0, 0, 2, 2, 4, 4]


def test_ranks_are_signed_and_ids_are_not() -> None:
    """A rank below zero comes first, as a newer page does; an id with its highest bit set comes last."""
    table = candidates([(0, 1, 0, 1, -1), (0, 1, -5, 2, -1)])
    assert first_per_key(table).tolist() == [1, 1]
    table = candidates([(0, 1, 0, 0, -1), (0, 1, 0, 0, -1)])
    table["id_high"] = [2**63, 2**63 - 1]
    assert first_per_key(table).tolist() == [1, 1]


def test_media_are_compared_by_key_rank_and_id_alone() -> None:
    """They have no corpus and no ordinal."""
    media = np.zeros(3, MEDIA)
    media["high"], media["rank"], media["id_high"] = [7, 7, 8], [1, 0, 1], [1, 2, 3]
    assert first_per_key(media).tolist() == [1, 1, 2]


@pytest.mark.parametrize("dtype", [CANDIDATE, MEDIA])
def test_of_nothing_comes_nothing(dtype: np.dtype) -> None:
    """No candidates, no keeper."""
    assert first_per_key(np.zeros(0, dtype)).tolist() == []


@pytest.mark.parametrize("place", [0, 7, 8, 15])
def test_keys_that_differ_by_one_byte_are_other_keys(place: int) -> None:
    """In either half, nothing is taken for a duplicate of what has another key."""
    one, other = bytes(16), bytes(place) + b"\1" + bytes(15 - place)
    table = np.zeros(2, CANDIDATE)
    table["high"], table["low"] = halves([one, other]).T
    assert first_per_key(table).tolist() == [0, 1]
    assert locate(as_bytes([other]), as_bytes([one])).tolist() == [-1]


@given(st.lists(st.binary(min_size=16, max_size=16), unique=True), st.lists(st.binary(min_size=16, max_size=16)))
def test_locate_finds_what_is_known(known: list[bytes], asked: list[bytes]) -> None:
    """Every key is found at its row, or -1; keys that end in zeros are told apart from shorter ones."""
    asked = asked + known[:2]
    rows = locate(as_bytes(asked), as_bytes(known))
    assert [int(row) for row in rows] == [known.index(a) if a in known else -1 for a in asked]


def as_bytes(keys: list[bytes]) -> np.ndarray:
    """Keys as `locate` wants them."""
    numbers = halves(keys)
    return key_bytes(numbers[:, 0], numbers[:, 1])


def halves(keys: list[bytes]) -> np.ndarray:
    """Keys as numbers, by way of a sliced column, whose offset must be minded."""
    padded = pa.array([bytes(16), *keys], pa.binary(16))
    return key_halves(pa.chunked_array([padded.slice(1)]))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_key_halves_keep_the_order_of_bytes(count: int) -> None:
    """Numbers compare as the bytes do, and make the same bytes again."""
    keys = sorted(key_of(n) for n in range(count))
    rows = [tuple(row) for row in halves(keys).tolist()]
    assert rows == sorted(rows)
    assert [high.to_bytes(8) + low.to_bytes(8) for high, low in rows] == keys


def test_key_halves_of_several_chunks_follow_each_other() -> None:
    """As a table that was read in pieces has them."""
    keys = [key_of(n) for n in range(4)]
    column = pa.chunked_array(
        [pa.array(keys[:1], pa.binary(16)), pa.array([], pa.binary(16)), pa.array(keys[1:], pa.binary(16))]
    )
    assert [high.to_bytes(8) + low.to_bytes(8) for high, low in key_halves(column).tolist()] == keys


def test_the_newest_date_comes_first_and_a_missing_one_last() -> None:
    """Whatever the precision; equal dates rank alike."""
    dates = ["2008", "2024-05-18T01:58:10Z", "", "2024-05-18", "2024-05-18T01:58:10.123456Z"]
    ranks = newest_first(dates).tolist()
    assert sorted(range(5), key=lambda n: (ranks[n], n)) == [1, 4, 3, 0, 2]
    assert ranks[1] == ranks[4]


def test_a_date_in_other_digits_is_no_number() -> None:
    """Digits of other scripts are passed over, and nothing longer than seconds is taken."""
    assert newest_first(["٢٠٢٤", "2024x05", "9" * 40]).tolist() == [0, -20240500000000, -99999999999999]
