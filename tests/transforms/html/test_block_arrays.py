"""Sums over ranges of blocks, and what is first, last or best of each page."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transforms.html.block_arrays import Sums, extreme, one_a_page

sizes = st.lists(st.integers(1, 4), min_size=1, max_size=4)


@given(st.lists(st.integers(-1000, 1000), max_size=9), st.data())
def test_sums_are_those_of_the_slice(values: list[int], data: st.DataObject) -> None:
    """From a block up to another, the other left out."""
    first = data.draw(st.integers(0, len(values)))
    end = data.draw(st.integers(first, len(values)))
    assert Sums(np.array(values, np.int64)).over(np.array([first]), np.array([end])) == [sum(values[first:end])]


@given(sizes, st.data())
def test_first_last_and_best_of_each_page(lengths: list[int], data: st.DataObject) -> None:
    """As a loop over the pages finds them; a page without a flag has none."""
    page = np.repeat(np.arange(len(lengths)), lengths)
    values = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(page), max_size=len(page))))
    places = [np.flatnonzero(page == number).tolist() for number in range(len(lengths))]
    flagged = [[place for place in own if values[place] > 1] for own in places]
    assert one_a_page(page, values > 1, len(lengths)).tolist() == [own[0] if own else -1 for own in flagged]
    assert one_a_page(page, values > 1, len(lengths), last=True).tolist() == [own[-1] if own else -1 for own in flagged]
    best, least = extreme(page, values, np.maximum), extreme(page, values, np.minimum, last=True)
    assert best[0].tolist() == [max(own, key=lambda place: values[place]) for own in places]
    assert least[0].tolist() == [min(reversed(own), key=lambda place: values[place]) for own in places]
    assert best[1].tolist() == [max(values[own]) for own in places]
