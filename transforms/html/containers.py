"""What stands around the kept runs of a page and shows in Markdown: lists and their items, quotes, tables, code with its language. Pure.

Found after the decision, from the block-level elements that hold kept runs, so that menus and the rest of a page cost nothing.
"""

from itertools import repeat
from typing import Final

import numpy as np

from schemas.records import Container, ContainerKind
from transforms.html.list_marks import BULLET, mark_of, numbers_of
from transforms.html.nesting import nearest
from transforms.html.nodes import CELLS, LISTS, TAGS, VERBATIM, Flags, by_tag
from transforms.html.segment import Segments
from transforms.html.tables import Tables, tables_of
from transforms.html.told import Numbering, Told

LIST, ITEM, TERM, DEFINITION, QUOTE, CODE, TABLE, ROW_ROLE, CELL = range(9)
ROLE = by_tag(
    dict.fromkeys(LISTS, LIST)
    | {"li": ITEM, "dt": TERM, "dd": DEFINITION, "blockquote": QUOTE, "table": TABLE, "tr": ROW_ROLE}
    | dict.fromkeys(VERBATIM, CODE)
    | dict.fromkeys(CELLS, CELL),
    -1,
)
DEFINED: Final = ": "
_LI = TAGS.index("li")
# By name: Python 3.11 takes longer to find a member in its enumeration than to compare it.
_ITEM, _CELL = ContainerKind.ITEM, ContainerKind.CELL
_KINDS = {
    LIST: (ContainerKind.LIST, ""),
    TERM: (ContainerKind.TERM, ""),
    DEFINITION: (ContainerKind.DEFINITION, DEFINED),
    QUOTE: (ContainerKind.QUOTE, ""),
}
_new = tuple.__new__  # of a named tuple, in half the time that its own constructor takes


def containers_of(page: Segments, told: Told, kept: Flags) -> tuple[tuple[Container, ...], list[int]]:
    """The containers of a page, and for each run the number of the innermost around it (-1: none, or not kept)."""
    around = np.full(len(kept), -1)
    roles = ROLE[page.tags]
    taken = np.zeros(len(kept) + 1, np.int64)
    np.cumsum(kept, out=taken[1:])
    numbers = np.flatnonzero((roles >= 0) & (taken[page.ends] > taken[page.firsts]))
    if not len(numbers):
        return (), around.tolist()
    above = nearest(page.parents, roles >= 0)
    own = roles[numbers]
    tables = tables_of(page, told, kept, above, numbers[own == TABLE]) if TABLE in own else Tables({}, {}, {}, set())
    marks = marks_of(page, told) if told.lists else {}
    found = Found(told, tables, marks)
    for number, role, outer in zip(numbers.tolist(), own.tolist(), above[numbers].tolist(), strict=True):
        found.enter(number, role, outer, int(roles[outer]) if outer >= 0 else -1)
    runs = np.flatnonzero(kept)
    holders = page.holders[runs]
    inside = np.where(roles[holders] >= 0, holders, above[holders])
    if tables.rows:
        around[runs] = list(map(found.around, inside.tolist(), runs.tolist()))
    else:
        around[runs] = list(map(found.of.get, inside.tolist(), repeat(-1)))
    return tuple(found.containers), around.tolist()


class Found:
    """The containers found so far, and which of them each element is, or stands in."""

    def __init__(self, told: Told, tables: Tables, marks: dict[int, str]) -> None:
        self.containers: list[Container] = []
        self.of: dict[int, int] = {}
        self._told, self._tables, self._marks = told, tables, marks
        self._last_items: dict[int, int] = {}

    def enter(self, number: int, role: int, outer: int, outer_role: int) -> None:
        """Take in the next element in document order; `outer` is the innermost such element around it."""
        around = self.of.get(outer, -1)
        if role < ITEM and outer_role == LIST:
            # A list right in a list, as old editors indent: browsers show it below the item before it.
            around = self._last_items.get(outer, around)
        if around >= 0 and self.containers[around].kind is _CELL:
            self.of[number] = around  # a row is one line, whatever its cells hold
        elif role == ITEM:
            self.of[number] = self._last_items[outer] = self._add(_ITEM, around, self._marks.get(number, BULLET))
        elif role <= QUOTE:
            kind, mark = _KINDS[role]
            self.of[number] = self._last_items[outer] = self._add(kind, around, mark)
        elif role == CODE:
            language = self._told.languages.get(number)
            self.of[number] = self._add(ContainerKind.CODE, around, language) if language else around
        else:
            self.of[number] = self._in_table(number, role, outer, around)

    def around(self, element: int, run: int) -> int:
        """The container of a run in an element: a row's cells are those of its own run, not of one that another engine put beside it."""
        if element in self._tables.rows and self._tables.joined.get(element, run) != run:
            return self.containers[self.of[element]].parent
        return self.of.get(element, -1)

    def _in_table(self, number: int, role: int, outer: int, around: int) -> int:
        """A table that holds rows of data, a row whose cells its text does not tell, a cell of such; else what is around the table."""
        tables = self._tables
        if role == TABLE and number in tables.data:
            return self._add(ContainerKind.TABLE, around)
        if role == ROW_ROLE and number in tables.rows:
            return self._add(ContainerKind.ROW, around, "", tables.rows[number])
        if role == ROW_ROLE and outer in tables.data and number not in tables.joined:
            return self.containers[around].parent
        if role == CELL and number in tables.columns:
            return self._add(_CELL, around, "", (tables.columns[number],))
        return around

    def _add(self, kind: ContainerKind, parent: int, mark: str = "", cells: tuple[int | str, ...] = ()) -> int:
        self.containers.append(_new(Container, (kind, parent, mark, cells)))
        return len(self.containers) - 1


def marks_of(page: Segments, told: Told) -> dict[int, str]:
    """The marks of the items of ordered lists."""
    items = np.flatnonzero(page.tags == _LI)
    by_list: dict[int, list[int]] = {number: [] for number in told.lists}
    for item, parent in zip(items.tolist(), page.parents[items].tolist(), strict=True):
        if parent in by_list:
            by_list[parent].append(item)
    return {
        item: mark_of(number, told.lists[one].style)
        for one, items_of in by_list.items()
        for item, number in zip(items_of, numbers_in(items_of, told.lists[one], told), strict=True)
    }


def numbers_in(items: list[int], numbering: Numbering, told: Told) -> list[int]:
    """The numbers of a list's items."""
    return numbers_of([told.values.get(item) for item in items], numbering.start, numbering.backwards)
