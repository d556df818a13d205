"""Marks of items."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.html.list_marks import mark_of, numbers_of, style_of

ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


@given(st.integers(1, 3999))
def test_roman_numbers_say_their_number(number: int) -> None:
    """A sign before a greater one is taken off; small ones are the same in small letters."""
    signs = mark_of(number, "I").removesuffix(". ")
    values = [ROMAN[sign] for sign in signs]
    assert sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True)) == number
    assert mark_of(number, "i") == f"{signs.lower()}. "


@given(st.integers(1, 10**7), st.sampled_from(["a", "A", "α"]))
def test_letters_count_on_behind_the_last(number: int, style: str) -> None:
    """Each number has letters of its own, and the next one's are the next."""
    assert mark_of(number, style) != mark_of(number + 1, style)
    assert len(mark_of(number, style)) <= 2 + len(str(number))


def test_numbers_that_a_style_cannot_write_are_decimal() -> None:
    """Nothing, what lies below, and what Roman numbers do not reach."""
    assert [mark_of(0, "a"), mark_of(-2, "I"), mark_of(4000, "i")] == ["0. ", "-2. ", "4000. "]


def test_an_item_counts_on_from_its_value() -> None:
    """Backwards too, and a list that counts down begins with the number of its items."""
    assert numbers_of([None, 5, None], None, False) == [1, 5, 6]
    assert numbers_of([None, None, 9, None], None, True) == [4, 3, 9, 8]
    assert numbers_of([], 3, True) == []


def test_style_sheets_of_an_element_win() -> None:
    """What browsers show: `style` before `type`; a type in the other case is another one."""
    assert style_of("a", "list-style-type:upper-roman") == "I"
    assert (style_of("A", "color: red"), style_of("disc", None), style_of("x", "")) == ("A", "", "1")
