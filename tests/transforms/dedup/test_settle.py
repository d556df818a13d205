"""Which of several equal items stands for the others."""

import hashlib
import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.index import CLAIM
from transforms.dedup.settle import cut, key_halves, locate, settle


def key_of(name: int) -> bytes:
    """A 16-byte key."""
    return hashlib.sha256(str(name).encode()).digest()[:16]


def claims(rows: list[tuple[int, int, int, str, int]]) -> pa.Table:
    """Claims from (corpus, key name, rank, id, lot)."""
    columns = list(zip(*rows, strict=True)) or [()] * 5
    return pa.table([columns[0], [key_of(k) for k in columns[1]], columns[2], columns[3], columns[4]], schema=CLAIM)


ROWS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 3), st.integers(-2, 2), st.uuids().map(str), st.integers(0, 9)),
    max_size=30,
    unique_by=lambda row: row[3],
)


@given(ROWS)
def test_cut_keeps_the_least_rank_and_id(rows: list[tuple[int, int, int, str, int]]) -> None:
    """One claim a key stays, the least (rank, id), and every row knows which."""
    best, keeper = cut(claims(rows))
    for row, place in zip(rows, keeper, strict=True):
        same = [r for r in rows if r[:2] == row[:2]]
        assert best["id"][int(place)].as_py() == min(same, key=lambda r: (r[2], r[3]))[3]
    assert len(best) == len({row[:2] for row in rows})


@given(ROWS, st.integers(0, 1000))
def test_settle_does_not_depend_on_order(rows: list[tuple[int, int, int, str, int]], seed: int) -> None:
    """The same claims in another order lose to the same keepers."""
    shuffled = rows[:]
    random.Random(seed).shuffle(shuffled)
    first, second = (settle(claims(order)).to_pylist() for order in (rows, shuffled))
    assert first == second
    assert len(first) == len(rows) - len({row[:2] for row in rows})


def test_settle_names_the_keeper_of_each_loser() -> None:
    """The least id of a key wins it, corpora apart."""
    losers = settle(claims([(0, 1, 0, "b", 0), (0, 1, 0, "a", 1), (1, 1, 0, "c", 2)])).to_pylist()
    assert losers == [{"lot": 0, "corpus": 0, "key": key_of(1), "of": "a"}]


def test_each_loser_has_the_keeper_of_its_own_key() -> None:
    """Of several keys in several corpora, each names its own."""
    rows = [
        (0, 1, 0, "a", 0),
        (0, 1, 1, "b", 1),
        (0, 2, 0, "c", 2),
        (0, 2, 1, "d", 3),
        (1, 1, 0, "e", 4),
        (1, 1, 1, "f", 5),
    ]
    losers = {(row["corpus"], row["key"], row["lot"], row["of"]) for row in settle(claims(rows)).to_pylist()}
    assert losers == {(0, key_of(1), 1, "a"), (0, key_of(2), 3, "c"), (1, key_of(1), 5, "e")}


@pytest.mark.parametrize("place", [0, 7, 8, 15])
def test_keys_that_differ_by_one_byte_are_other_keys(place: int) -> None:
    """In either half, nothing is taken for a duplicate of what has another key."""
    one, other = bytes(16), bytes(place) + b"\1" + bytes(15 - place)
    table = pa.table([[0, 0], [one, other], [0, 0], ["a", "b"], [0, 0]], schema=CLAIM)
    assert settle(table).num_rows == 0 and len(cut(table)[0]) == 2
    assert locate(halves([other]), halves([one])).tolist() == [-1]


def test_settle_of_nothing_is_nothing() -> None:
    """No claims, no losers."""
    assert settle(CLAIM.empty_table()).num_rows == 0


@given(st.lists(st.binary(min_size=16, max_size=16), unique=True), st.lists(st.binary(min_size=16, max_size=16)))
def test_locate_finds_what_is_known(known: list[bytes], asked: list[bytes]) -> None:
    """Every key is found at its row, or -1."""
    asked = asked + known[:2]
    rows = locate(halves(asked), halves(known)) if asked else np.zeros(0)
    assert [int(row) for row in rows] == [known.index(a) if a in known else -1 for a in asked]


def halves(keys: list[bytes]) -> np.ndarray:
    """Keys as numbers, by way of a sliced column, whose offset must be minded."""
    padded = pa.array([bytes(16), *keys], pa.binary(16))
    return key_halves(pa.chunked_array([padded.slice(1)]))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_key_halves_keep_the_order_of_bytes(count: int) -> None:
    """Numbers compare as the bytes do."""
    keys = sorted(key_of(n) for n in range(count))
    rows = [tuple(row) for row in halves(keys).tolist()]
    assert rows == sorted(rows)
