"""Which rows of a table become one block."""

from transforms.html.rows import Joined, Row, joined


def test_a_row_of_short_cells_is_one_line() -> None:
    """Each cell's text, an empty one's too, in the order of the cells."""
    row = Row(0, 4, [1, 2, 3], 0, 2)
    assert joined([row], ["a", "b\nc"], [1, 3], [True, True]) == [Joined(row, "a |  | b c")]


def test_a_row_with_anything_else_is_left() -> None:
    """A long cell, a heading in a cell, two runs in one cell, or text outside the cells leaves the row as it is."""
    row = Row(0, 3, [1, 2], 0, 2)
    assert joined([row], ["a" * 401, "b"], [1, 2], [True, True]) == []
    assert joined([row], ["a", "b"], [1, 2], [True, False]) == []
    assert joined([row], ["a", "b"], [1, 1], [True, True]) == []
    assert joined([row], ["a", "b"], [1, -1], [True, True]) == []


def test_of_rows_in_rows_the_inner_ones_are_joined() -> None:
    """A table inside a cell keeps the row around it from becoming one line."""
    outer, inner, last = Row(0, 6, [1, 5], 0, 3), Row(2, 5, [3, 4], 0, 2), Row(6, 9, [7, 8], 3, 5)
    found = joined([outer, inner, last], ["a", "b", "c", "d", "e"], [3, 4, 5, 7, 8], [True] * 5)
    assert found == [Joined(inner, "a | b"), Joined(last, "d | e")]


def test_a_bar_in_a_cell_is_told_from_those_between_cells() -> None:
    """The characters of each cell are given where the line alone would have more cells than the row."""
    row = Row(0, 4, [1, 2, 3], 0, 2)
    assert joined([row], ["a | b", "c"], [1, 3], [True, True]) == [Joined(row, "a | b |  | c", (5, 0, 1))]
    assert joined([row], ["a|b", "c"], [1, 3], [True, True]) == [Joined(row, "a|b |  | c")]
