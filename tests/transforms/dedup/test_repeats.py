"""Copies that are too many, whoever gathers them."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.index import COPY, STAYING
from transforms.dedup.repeats import TooMany, copy_numbers, copy_values, first_copies, mixed, staying

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6), st.integers(0, 9)), max_size=60)


@pytest.mark.parametrize("first", [True, False])
@given(ROWS, st.integers(1, 4), st.integers(0, 60))
def test_copies_are_counted_exactly_however_they_are_cut(
    first: bool, rows: list[tuple[int, int, int]], most: int, cut: int
) -> None:
    """Each side sends no more than it must, in any order, and the answer is that of a dictionary over all."""
    places: dict[int, dict[int, int]] = defaultdict(dict)
    for key, value, place in rows:
        places[key][value] = min(place, places[key].get(value, place))
    many = {
        key: sorted(found, key=lambda value: (found[value], value))
        for key, found in places.items()
        if len(found) > most
    }
    expected = [(key, value) for key in sorted(many) for value in (many[key][:most] if first else [0])]
    parts = [first_copies(np.array(some, COPY), most + 1) for some in (rows[cut:][::-1], rows[:cut], rows[:cut])]
    assert staying(np.concatenate(parts), most, first).tolist() == expected


def test_a_line_on_a_million_pages_is_few_rows() -> None:
    """Of each key no more than somebody must know (law 9)."""
    rows = np.zeros(1_000_000, COPY)
    rows["value"] = rows["place"] = np.arange(1, len(rows) + 1)
    assert first_copies(rows, 3)["place"].tolist() == [1, 2, 3]


def test_copies_of_one_page_are_told_apart_and_those_of_its_captures_are_not() -> None:
    """The second copy of a page's line is another one; that of another capture of the page is the same."""
    page, keys = np.array([0, 0, 1, 1, 2]), np.full(5, 7, np.uint64)
    address = np.array([10, 10, 10, 10, 11], np.uint64)
    values = copy_values(address, copy_numbers(page, keys))
    assert len(set(values.tolist())) == 3 and values[:2].tolist() == values[2:4].tolist()
    assert all(value % 2 for value in values.tolist())


def test_what_goes_is_all_but_the_copies_that_stay() -> None:
    """Of a key that nobody told of, all copies stay; zeros at the end of a number are part of it."""
    told = TooMany.of(np.array([(256, 3), (256, 7), (2, 0)], STAYING))
    keys, values = np.array([256, 256, 2, 1, 256], np.uint64), np.array([3, 5, 5, 5, 7], np.uint64)
    assert told.going(keys, values).tolist() == [False, True, True, False, False]
    assert TooMany.of(np.empty(0, STAYING)).going(keys, values).tolist() == [False] * 5


@given(st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=50))
def test_mixing_loses_nothing(numbers: list[int]) -> None:
    """Different numbers stay different."""
    assert len(set(mixed(np.array(numbers, np.uint64)).tolist())) == len(numbers)
