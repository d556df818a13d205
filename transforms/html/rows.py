"""Rows of tables: short cells side by side become one block, `a | b | c`. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

LIMIT = 1_000  # runs; a row of more is no row of data, and rows in rows would be looked through again and again (ours)
_CELL_LIMIT = 400  # characters; a longer cell is a column of a laid-out page, not a cell of data


class Row(NamedTuple):
    """A row: its number and that behind its last element, among the block-level elements; its own cells; its runs, first and end."""

    number: int
    behind: int
    cells: list[int]
    first: int
    end: int


class Joined(NamedTuple):
    """A row that becomes one block: the text of that block, and the characters of each cell where the text does not tell them."""

    row: Row
    line: str
    sizes: tuple[int, ...] = ()


def joined(rows: Sequence[Row], texts: list[str], cells: list[int], plain: list[bool]) -> list[Joined]:
    """The rows that become one block each; of nested rows only the innermost are joined.

    Such a row has two runs or more, each short and `plain` and alone in one of the row's own cells; `cells` says in which cell a run is.
    """
    found: list[Joined] = []
    for row in reversed(rows):  # those inside a cell before the row around them
        if not (found and found[-1].row.first < row.end):
            own = slice(row.first, row.end)
            line = line_of(texts[own], cells[own], row.cells) if all(plain[own]) else ""
            if line:
                found.append(Joined(row, line, sizes_of(line, texts[own], cells[own], row.cells)))
    return found[::-1]


def line_of(texts: list[str], cells: list[int], own: list[int]) -> str:
    """A row's cells in one line, "" where a run is too long, or not alone in one of the row's own cells.

    >>> line_of(["a", "b"], [1, 3], [1, 2, 3]), line_of(["a", "b"], [1, 1], [1, 2, 3])
    ('a |  | b', '')
    """
    by_cell = dict(zip(cells, texts, strict=True))
    if len(by_cell) < len(texts) or not by_cell.keys() <= set(own) or max(map(len, texts)) > _CELL_LIMIT:
        return ""
    return " | ".join(by_cell.get(cell, "").replace("\n", " ") for cell in own)


def sizes_of(line: str, texts: list[str], cells: list[int], own: list[int]) -> tuple[int, ...]:
    """The characters of each cell of a row where its line has bars of the cells' own, else ().

    >>> sizes_of("a | b | c", ["a | b", "c"], [1, 2], [1, 2])
    (5, 1)
    """
    if line.count(" | ") == len(own) - 1:
        return ()
    by_cell = dict(zip(cells, texts, strict=True))
    return tuple(len(by_cell.get(cell, "")) for cell in own)
