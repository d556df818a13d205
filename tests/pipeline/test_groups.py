"""Groups of units that make shards."""

import itertools
import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.groups import ID_SPACE, KEPT, Selected, ShardLine, cut_shards, read_shard

UNITS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 1000)), max_size=30)


def kept(units: list[tuple[int, int]]) -> np.ndarray:
    """What was kept of units of these rows and bytes; places are told apart by their unit."""
    table = np.zeros(len(units), KEPT)
    for number, (rows, weight) in enumerate(units):
        table[number]["unit"], table[number]["rows"], table[number]["weight"] = number, rows, weight if rows else 0
        table[number]["batch"], table[number]["at"], table[number]["length"] = number // 3, 10 * number, number + 1
        table[number]["checksum"] = -number
    return table


def shards_of(units: np.ndarray, rows: int, size: int, mix: bool = False, seed: int = 0) -> list[ShardLine]:
    """The shards of these units, by way of their lines."""
    return [read_shard(line) for line in cut_shards("text", units, rows, size, mix, seed)]


@given(UNITS, st.integers(1, 40), st.integers(1, 3000), st.booleans(), st.integers(0, 3))
def test_every_kept_row_is_in_one_shard(
    units: list[tuple[int, int]], rows: int, size: int, mix: bool, seed: int
) -> None:
    """Whatever its id: the shards that hold its unit share out all ids without overlap, and a unit of no rows is in none."""
    shards = shards_of(kept(units), rows, size, mix, seed)
    for number, (count, _) in enumerate(units):
        ranges = sorted((s.low, s.high) for s in shards if any(unit.unit == number for unit in s.units))
        if not count:
            assert ranges == []
            continue
        assert ranges[0][0] == 0 and ranges[-1][1] == ID_SPACE
        assert all(behind == low for (_, behind), (low, _) in itertools.pairwise(ranges))
        for identity in ("0" * 32, "7fffffff" + "0" * 24, "f" * 32 + "-9999"):
            assert sum(s.holds(identity) for s in shards if any(unit.unit == number for unit in s.units)) == 1


@given(UNITS, st.integers(1, 40), st.integers(1, 3000), st.booleans())
def test_no_shard_passes_the_bounds(units: list[tuple[int, int]], rows: int, size: int, mix: bool) -> None:
    """Neither in rows nor in bytes; a unit that is larger alone is cut evenly, into no more parts than it has rows."""
    for shard in shards_of(kept(units), rows, size, mix):
        held = [units[unit.unit] for unit in shard.units]
        if shard.high - shard.low == ID_SPACE:
            alone = len(held) == 1 and held[0][0] == 1  # one row cannot be cut
            assert sum(count for count, _ in held) <= rows
            assert sum(weight for _, weight in held) <= size or alone
        else:
            ((count, weight),) = held
            parts = round(ID_SPACE / (shard.high - shard.low))
            assert count > rows or weight > size
            assert parts == min(count, max(-(-count // rows), -(-weight // size)))


@given(UNITS, st.integers(1, 40), st.integers(1, 3000))
def test_neighbours_that_fit_share_a_shard(units: list[tuple[int, int]], rows: int, size: int) -> None:
    """A group ends only where its next neighbour would pass a bound, or is itself to be cut."""
    filled = [number for number, (count, _) in enumerate(units) if count]
    for shard in shards_of(kept(units), rows, size):
        last = filled.index(shard.units[-1].unit) if shard.units else len(filled) - 1
        if shard.high - shard.low < ID_SPACE or last + 1 == len(filled):
            continue
        together = [units[unit.unit] for unit in shard.units] + [units[filled[last + 1]]]
        assert sum(count for count, _ in together) > rows or sum(weight for _, weight in together) > size


@given(UNITS, st.integers(1, 40), st.integers(1, 3000), st.booleans())
def test_shards_are_counted_through(units: list[tuple[int, int]], rows: int, size: int, mix: bool) -> None:
    """Each names its number and how many there are; a corpus without rows has one shard without units."""
    shards = shards_of(kept(units), rows, size, mix)
    assert [(s.corpus, s.number, s.count) for s in shards] == [("text", n, len(shards)) for n in range(len(shards))]
    assert len(shards) >= 1
    assert all(s.units for s in shards) or (len(shards) == 1 and not any(count for count, _ in units))


@given(UNITS, st.integers(0, 5))
def test_mixing_is_a_permutation(units: list[tuple[int, int]], seed: int) -> None:
    """The same units in another order, which depends on the seed and on the unit alone; places go with their units."""
    plain, mixed = (
        [u for s in shards_of(kept(units), 10**6, 10**9, mix, seed) for u in s.units] for mix in (False, True)
    )
    assert sorted(mixed, key=lambda unit: unit.unit) == plain
    assert all(u == Selected(u.unit, u.unit // 3, 10 * u.unit, u.unit + 1, -u.unit) for u in mixed)
    fewer = kept(units)[::2]
    again = [u.unit for s in shards_of(fewer, 10**6, 10**9, True, seed) for u in s.units]
    assert again == [unit.unit for unit in mixed if unit.unit % 2 == 0]


def test_a_seed_gives_another_mix() -> None:
    """And the order is no longer that of the crawl."""
    many = kept([(1, 1)] * 30)
    orders = {seed: [u.unit for s in shards_of(many, 100, 100, True, seed) for u in s.units] for seed in range(3)}
    assert len({tuple(order) for order in orders.values()}) == 3
    assert all(order != sorted(order) for order in orders.values())


def test_the_order_in_which_units_were_handed_up_does_not_matter() -> None:
    """Parts of records come in the order of their numbers, units in any (law 5)."""
    units = kept([(3, 30), (1, 5), (0, 0), (4, 44), (9, 9)])
    for mix in (False, True):
        assert cut_shards("text", units[::-1], 5, 50, mix) == cut_shards("text", units, 5, 50, mix)


def test_a_line_is_small() -> None:
    """It names places alone: a few dozen bytes a unit, whatever was kept of it (law 2)."""
    (line,) = cut_shards("text", kept([(10**6, 10**12)]), 10**7, 10**13)
    assert len(line) < 100 and json.loads(line)[0] == "text"
