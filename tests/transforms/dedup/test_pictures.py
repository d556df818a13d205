"""Pairs of hashes within a radius, against comparing each with each."""

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dedup.pictures import SETS, Bits, PictureSet, Pieces, pairs_between, pairs_within

LADDER = [PictureSet(2, 3, 48), SETS["default"], PictureSet(6, 8, 48), SETS["wide"]]
FIRST = np.uint64(1 << 63)


def found(pieces: Iterable[Pieces]) -> list[tuple[int, int]]:
    """The pairs of all choices, in order."""
    return sorted(pair for some in pieces for i, j in some for pair in zip(i.tolist(), j.tolist(), strict=True))


def within(hashes: Bits, asked: PictureSet, parts: int = 1) -> list[tuple[int, int]]:
    """The pairs of a list of hashes."""
    tasks = ((choice, part) for choice in range(asked.choices) for part in range(parts))
    return found(pairs_within(hashes, choice, asked, part, parts) for choice, part in tasks)


def distances(one: Bits, other: Bits) -> np.ndarray:
    """In how many bits but the first each of one list differs from each of the other."""
    return np.bitwise_count((one[:, None] ^ other[None, :]) & ~FIRST)


def truth(hashes: Bits, radius: int) -> list[tuple[int, int]]:
    """All pairs, by comparing each with each."""
    rows, columns = np.nonzero(np.triu(distances(hashes, hashes) <= radius, 1))
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


def planted(seed: int, groups: int, radius: int, crowd: int = 0) -> Bits:
    """Hashes, each with others at all distances up to two beyond the radius; a crowd has one half of its bits in common."""
    draw = np.random.default_rng(seed)
    seeds = draw.integers(0, 1 << 63, groups, dtype=np.uint64)
    seeds[: crowd // (radius + 3)] &= np.uint64(0x5555555555555555)
    copies = [seeds]
    for distance in range(1, radius + 3):
        places = np.argsort(draw.random((groups, 63)), axis=1)[:, :distance].astype(np.uint64)
        copies.append(seeds ^ np.bitwise_or.reduce(np.uint64(1) << places, axis=1))
    return np.unique(np.concatenate(copies) | FIRST)


@pytest.mark.parametrize("asked", LADDER, ids=lambda asked: f"r{asked.radius}")
def test_every_planted_pair_is_found_once_and_no_other(asked: PictureSet) -> None:
    """Over all choices the pairs are those of comparing each with each, each once, also where many hashes agree in many blocks."""
    hashes = planted(asked.radius, 150, asked.radius, crowd=900)
    wanted = truth(hashes, asked.radius)
    assert len(wanted) > 150 * asked.radius
    assert within(hashes, asked) == wanted


@pytest.mark.parametrize("asked", [SETS["default"], SETS["wide"]])
def test_large_buckets_are_compared_in_tiles(asked: PictureSet) -> None:
    """Thousands of hashes that agree in all blocks but two are compared as few are."""
    low = np.random.default_rng(3).choice(1 << 20, 1500, replace=False).astype(np.uint64)
    hashes = np.unique(low << np.uint64(7) | FIRST)
    assert within(hashes, asked) == truth(hashes, asked.radius)


def test_parts_of_a_choice_are_the_choice() -> None:
    """Cutting a choice into tasks loses and doubles nothing."""
    hashes = planted(7, 100, 4)
    assert within(hashes, SETS["default"], parts=5) == truth(hashes, 4)


@given(st.sets(st.integers(0, 2**64 - 1), max_size=6), st.sets(st.integers(0, 6), max_size=4))
def test_any_hashes(values: set[int], shifts: set[int]) -> None:
    """Any list, with and without the first bit, empty lists too."""
    near = {value ^ (1 << shift) for value in values for shift in shifts} | {value ^ (1 << 63) for value in values}
    hashes = np.array(sorted(values | near), np.uint64)
    assert within(hashes, SETS["default"]) == truth(hashes, 4)


def test_the_first_bit_does_not_count() -> None:
    """Hashes that differ in the mean's bit alone are a pair."""
    assert within(np.array([5, 5 | 1 << 63], np.uint64), SETS["default"]) == [(0, 1)]


@pytest.mark.parametrize("asked", LADDER, ids=lambda asked: f"r{asked.radius}")
def test_pairs_between_two_lists(asked: PictureSet) -> None:
    """Of two lists, each near pair of one of either is found once; equal hashes are near."""
    first, second = planted(1, 60, asked.radius, crowd=400), planted(1, 60, asked.radius, crowd=400)[::3]
    rows, columns = np.nonzero(distances(first, second) <= asked.radius)
    pairs = found(pairs_between(first, second, choice, asked) for choice in range(asked.choices))
    assert pairs == list(zip(rows.tolist(), columns.tolist(), strict=True))
    assert len(pairs) > len(second)


def test_between_lists_with_large_buckets() -> None:
    """Buckets of hundreds against hundreds and against one."""
    low = np.random.default_rng(4).choice(1 << 20, 1200, replace=False).astype(np.uint64)
    first, second = np.unique(low[:500] << np.uint64(7)), np.unique(low[300:] << np.uint64(7))
    asked = SETS["default"]
    for one, other in ((first, second), (first[:1], second), (first, second[:1]), (first, second[:0])):
        rows, columns = np.nonzero(distances(one, other) <= asked.radius)
        pairs = found(pairs_between(one, other, choice, asked) for choice in range(asked.choices))
        assert pairs == list(zip(rows.tolist(), columns.tolist(), strict=True))


@pytest.mark.parametrize("hashes", [[2, 1], [1, 1]])
def test_hashes_out_of_order_are_refused(hashes: list[int]) -> None:
    """Rows could not be told otherwise."""
    with pytest.raises(ValueError, match="ascending"):
        list(pairs_within(np.array(hashes, np.uint64), 0, SETS["default"]))


def test_sets_have_as_many_choices_as_documented() -> None:
    """What a choice costs is a sort of the list, so their number is the price of a set."""
    assert {name: asked.choices for name, asked in SETS.items()} == {"default": 15, "wide": 165}
