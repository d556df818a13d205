"""Keys in order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transforms.dedup.sorting import by_number, in_order


@given(
    st.lists(st.one_of(st.integers(0, 40), st.integers(2**63 - 9, 2**63 + 9), st.integers(0, 2**64 - 1)), max_size=80)
)
def test_any_keys_come_in_order_and_equal_ones_as_they_lay(drawn: list[int]) -> None:
    """Also those that differ in their last bits alone, where the rows stand meanwhile."""
    keys = np.array(drawn, np.uint64)
    assert in_order(keys).tolist() == np.argsort(keys, kind="stable").tolist()


def test_many_keys_with_equal_leading_bits_come_in_order() -> None:
    """More of them than the bits of a row have room for."""
    keys = np.random.default_rng(0).integers(0, 2**22, 100_000).astype(np.uint64)
    assert np.array_equal(in_order(keys), np.argsort(keys, kind="stable"))


@given(st.lists(st.integers(0, 2**20), max_size=30))
def test_small_numbers_come_in_order_and_equal_ones_as_they_lay(drawn: list[int]) -> None:
    """Whether 16 bits hold them or not."""
    numbers = np.array(drawn, np.uint64)
    assert by_number(numbers).tolist() == np.argsort(numbers, kind="stable").tolist()
