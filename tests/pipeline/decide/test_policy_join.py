"""The join of policy files with the origins that ask for them."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.decide.exchange import Message
from pipeline.decide.policy_join import BINDING, ORIGINS, binding, join, probe, told
from schemas.index import POLICY, PROBE

POLICIES = st.tuples(
    st.integers(0, 3), st.integers(0, 2), st.integers(-3, 0), st.integers(0, 9)
)  # origin, kind, rank, id
BATCHES = st.lists(
    st.tuples(st.lists(POLICIES, max_size=5), st.lists(st.integers(0, 4), max_size=5)), min_size=1, max_size=4
)


def policies(rows: list[tuple[int, int, int, int]]) -> np.ndarray:
    """Rows of POLICY."""
    table = np.zeros(len(rows), POLICY)
    for row, (origin, kind, rank, identity) in zip(table, rows, strict=True):
        row["high"] = row["low"] = origin
        row["kind"], row["rank"], row["id_high"], row["id_low"] = kind, rank, identity, identity
    return table


def origins(numbers: list[int]) -> np.ndarray:
    """Rows of PROBE."""
    table = np.zeros(len(numbers), PROBE)
    table["high"] = table["low"] = numbers
    return table


def seen(rows: np.ndarray) -> set[tuple[int, ...]]:
    """Origin, kind, rank and id of rows."""
    return {tuple(int(row[name]) for name in ("high", "kind", "rank", "id_low")) for row in rows}


@given(BATCHES, st.integers(1, 3))
def test_each_batch_hears_the_newest_of_each_kind(
    batches: list[tuple[list[tuple[int, int, int, int]], list[int]]], partitions: int
) -> None:
    """Of the origins that it asked for, as a loop over all policies finds them: by rank, then by id; whatever the batches."""
    sent: dict[int, list[Message]] = {}
    for sender, (held, asked) in enumerate(batches):
        for receiver, kind, rows in probe([policies(held)], [origins(asked)], partitions):
            sent.setdefault(receiver, []).insert(0, (kind, sender, rows.tobytes()))
    heard: dict[int, list[Any]] = {}
    for messages in sent.values():
        for batch, kind, rows in join(messages):
            heard.setdefault(batch, []).append((kind, 0, rows.tobytes()))
    every = [row for held, _ in batches for row in held]
    for batch, (_, asked) in enumerate(batches):
        best = {}
        for origin, kind, rank, identity in sorted(every, key=lambda row: row[2:]):
            if origin in asked:
                best.setdefault((origin, kind), (origin, kind, rank, identity))
        assert seen(told(heard.get(batch, []))) == set(best.values())


def test_without_a_policy_nothing_is_answered() -> None:
    """And what others say in the same exchange is passed over."""
    asked: list[Message] = [(ORIGINS, 0, origins([1]).tobytes()), ("probe", 0, b"")]
    assert list(join(asked)) == []
    assert len(told([("match", 0, b""), (BINDING, 0, policies([(1, 0, 0, 0)]).tobytes())])) == 1


def test_a_row_is_small() -> None:
    """What travels of a policy is where it lies (law 2); an origin with many captures sends one of each kind (law 9)."""
    assert POLICY.itemsize < 100
    assert len(binding(policies([(1, n % 2, -n, n) for n in range(1000)]))) == 2
