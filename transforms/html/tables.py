"""The rows and columns of tables that hold kept runs: which tables are data, and which values a row has by spans of other cells. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from schemas.records import BlockKind
from transforms.html.nesting import nearest
from transforms.html.nodes import CELLS, TAGS, Flags, Ints, by_tag
from transforms.html.run_texts import KINDS
from transforms.html.segment import Segments
from transforms.html.told import Told

_TABLE_ROW = KINDS.index(BlockKind.TABLE)
_IN_CELLS = frozenset(map(KINDS.index, (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE)))
_IS_ROW, _IS_CELL = by_tag({"tr": 1}, 0) > 0, by_tag(dict.fromkeys(CELLS, 1), 0) > 0
_TH = TAGS.index("th")
# Ours: characters and runs of a cell. One of more is a column of a laid-out page.
_LONGEST_CELL, _MOST_RUNS = 2_000, 50
_LONGEST_REPEATED = 400  # characters; what a longer cell spans stays empty (ours)
# Ours: characters of what spans repeat on a page, beyond those of its tables' own texts; spans of what would be more are left empty.
_REPEATED = 10_000


class Tables(NamedTuple):
    """By elements: what is known of the tables that hold kept runs.

    `rows` are rows whose text does not tell their cells, with what `Container.cells` has of them; `columns` the cells of rows that are not
    joined, with their column; `joined` the rows that are one run each, with that run; `data` the tables with rows of data.
    """

    rows: dict[int, tuple[int | str, ...]]
    columns: dict[int, int]
    joined: dict[int, int]
    data: set[int]


class Row(NamedTuple):
    """A row: its element, its cells, and the run that it is (-1 where it is not joined)."""

    number: int
    cells: list[int]
    run: int


def tables_of(page: Segments, told: Told, kept: Flags, above: Ints, tables: Ints) -> Tables:
    """The rows of `tables`; `above` is for each element the innermost list, item, quote, table, row or cell around it."""
    found = Tables({}, {}, {}, set())
    runs = np.flatnonzero(page.kinds == _TABLE_ROW)
    found.joined.update(zip(page.holders[runs].tolist(), runs.tolist(), strict=True))
    rows_by_table = rows_of(page, above, tables, found.joined)
    budget = Budget(_REPEATED)
    near: Ints | None = None
    for table, rows in rows_by_table.items():
        has_joined = any(row.run >= 0 and kept[row.run] for row in rows)
        loose = [row for row in rows if row.run < 0 and kept[page.firsts[row.number] : page.ends[row.number]].any()]
        spanning = any(cell in told.spans for row in rows for cell in row.cells) if told.spans else False
        whole = False
        if loose:
            near = nearest(page.parents, _IS_CELL[page.tags]) if near is None else near
            whole = is_data(page, rows, near)
        if whole or has_joined:
            found.data.add(table)
        if whole or (has_joined and (spanning or page.cells)):
            budget.left += 2 * sum(map(len, page.texts[page.firsts[table] : page.ends[table]]))
            lay_out(page, told, rows, whole, budget, found)
    return found


def rows_of(page: Segments, above: Ints, tables: Ints, joined: dict[int, int]) -> dict[int, list[Row]]:
    """The rows of each table in document order, each with its cells."""
    found: dict[int, list[Row]] = {table: [] for table in tables.tolist()}
    is_one = np.zeros(len(page.tags) + 1, np.bool_)
    is_one[tables] = True
    rows = np.flatnonzero(_IS_ROW[page.tags] & is_one[above])
    is_row = np.zeros(len(page.tags) + 1, np.bool_)
    is_row[rows] = True
    cells = np.flatnonzero(_IS_CELL[page.tags] & is_row[above])
    by_row: dict[int, list[int]] = {row: [] for row in rows.tolist()}
    for cell, row in zip(cells.tolist(), above[cells].tolist(), strict=True):
        by_row[row].append(cell)
    for row, table in zip(rows.tolist(), above[rows].tolist(), strict=True):
        found[table].append(Row(row, by_row[row], joined.get(row, -1)))
    return found


def is_data(page: Segments, rows: list[Row], near: Ints) -> bool:
    """Whether also those rows of a table are data that are not joined: all cells are short and hold no headings, code or tables.

    `near` is for each element the innermost cell around it. A table without a joined row needs a header cell.
    """
    if max((len(row.cells) for row in rows), default=0) < 2:
        return False
    if not any(row.run >= 0 for row in rows) and not any(page.tags[cell] == _TH for row in rows for cell in row.cells):
        return False
    return all(cell_fits(page, cell, near) for row in rows if row.run < 0 for cell in row.cells)


def cell_fits(page: Segments, cell: int, near: Ints) -> bool:
    """Whether a cell holds what a line of a table can show."""
    first, end = int(page.firsts[cell]), int(page.ends[cell])
    if end - first > _MOST_RUNS or sum(map(len, page.texts[first:end])) > _LONGEST_CELL:
        return False
    return all(
        page.kinds[run] in _IN_CELLS and cell in (page.holders[run], near[page.holders[run]])
        for run in range(first, end)
    )


class Budget:
    """How many characters spans may still repeat."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, text: str) -> bool:
        """Whether `text` and a bar may stand there once more."""
        self.left -= len(text) + 3
        return self.left >= 0


class Spanning(NamedTuple):
    """What stands in a column of the rows below: the text of the cell, and how many rows more."""

    text: str
    rows: int


_NOTHING = Spanning("", 0)


def lay_out(page: Segments, told: Told, rows: list[Row], whole: bool, budget: Budget, found: Tables) -> None:
    """Write down the cells of a table's rows where its joined text does not tell them; `whole`: also of rows that are not joined."""
    below: dict[int, Spanning] = {}
    section = -1
    for place, row in enumerate(rows):
        if page.parents[row.number] != section:  # no cell spans beyond its thead or tbody
            section, below = int(page.parents[row.number]), {}
        texts = cell_texts(page, row)
        if texts is None:
            below = {}
            continue
        laid: list[int | str] = []
        spans: list[Spanning] = []
        for cell, text in zip(row.cells, texts, strict=True):
            fill_in(laid, spans, below, budget)
            if row.run < 0 and whole:
                found.columns[cell] = len(laid)
            laid.append(len(text) if row.run >= 0 else 0)
            down, across = told.spans.get(cell, (1, 1))
            left = len(rows) - place - 1 if down == 0 else down - 1
            said = text if len(text) <= _LONGEST_REPEATED else ""
            spans.append(Spanning(said, left))
            for _ in range(across - 1):
                if not budget.take(said):
                    break
                laid.append(said)
                spans.append(Spanning(said, left))
        fill_in(laid, spans, below, budget, max(below, default=-1) + 1)
        below = {column: span for column, span in enumerate(spans) if span.rows > 0}
        if whole if row.run < 0 else row.run in page.cells or len(laid) > len(texts):
            found.rows[row.number] = tuple(laid)


def fill_in(
    laid: list[int | str], spans: list[Spanning], below: dict[int, Spanning], budget: Budget, end: int = 0
) -> None:
    """Put down what spans from rows above, up to the next column that is free, and up to column `end` with empty ones between."""
    while (column := len(laid)) in below or column < end:
        span = below.get(column, _NOTHING)
        if not budget.take(span.text):
            below.clear()
            return
        laid.append(span.text)
        spans.append(span._replace(rows=span.rows - 1))


def cell_texts(page: Segments, row: Row) -> list[str] | None:
    """The text of each cell of a row; None where the row's text does not tell them."""
    if row.run < 0:
        return [" ".join(page.texts[page.firsts[cell] : page.ends[cell]]) for cell in row.cells]
    text = page.texts[row.run]
    sizes = page.cells.get(row.run)
    found = text.split(" | ") if sizes is None else list(cut(text, sizes))
    return found if len(found) == len(row.cells) else None


def cut(text: str, sizes: tuple[int, ...]) -> Iterator[str]:
    """The cells of a joined row by their numbers of characters.

    >>> list(cut("a | b | c", (5, 1)))
    ['a | b', 'c']
    """
    at = 0
    for size in sizes:
        yield text[at : at + size]
        at += size + len(" | ")
