"""The texts of runs: white space, and the space where elements meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.html.run_texts import collapse, space_between


@given(st.text(st.sampled_from(" \t\n\u3000\xa0ab東"), max_size=30))
def test_collapse_is_idempotent_and_keeps_letters(text: str) -> None:
    """White space is collapsed once and for all, and nothing else changes."""
    once = collapse(text)
    assert collapse(once) == once
    assert [char for char in once if char not in " \xa0\t\n"] == [
        char for char in text.strip() if char not in " \xa0\t\n"
    ] or "\u3000" in text


@pytest.mark.parametrize(
    ("before", "after", "meeting", "space"),
    [
        ("me", "N", False, " "),  # a link before a link's neighbour
        ("do", "g", False, ""),  # the inside of a word
        ("do", "g", True, " "),  # two elements
        ("京", "都", True, ""),
        ("ee", ",", True, ""),
        ("n(", "a", True, ""),
        ("d-", "a", True, ""),
        ("W", "ord", False, ""),  # an initial set large
        ("AW", "ord", False, " "),
        ("5", "€", False, " "),
    ],
)
def test_elements_are_parted_by_a_space_where_their_texts_take_one(
    before: str, after: str, meeting: bool, space: str
) -> None:
    """Styling parts words as a space would, but no letters of one word, no script without spaces, no sign that joins."""
    assert space_between(before, after[0], meeting) == space
