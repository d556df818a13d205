"""Kept blocks and images as Markdown: CommonMark with the tables of GitHub and the definition lists of PHP Markdown Extra. Pure; linear.

Only what a page marks as structure gets a mark; letters of its texts are written as they are, but for `|` in cells. Texts between two
images are one text each and go on where the one before was cut: an item's mark stands once, behind an image its text is indented.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from schemas.records import Block, BlockKind, Container, ContainerKind
from transforms.html.table_rows import Rows, place_of, rows_cut, table_lines

# By name: Python 3.11 takes longer to find a member in its enumeration than to compare it.
_HEADING, _ITEM_BLOCK, _CODE_BLOCK, _TABLE_BLOCK = (
    BlockKind.HEADING,
    BlockKind.LIST_ITEM,
    BlockKind.CODE,
    BlockKind.TABLE,
)
_LIST, _ITEM, _TERM, _DEFINITION, _QUOTE = (
    ContainerKind.LIST,
    ContainerKind.ITEM,
    ContainerKind.TERM,
    ContainerKind.DEFINITION,
    ContainerKind.QUOTE,
)
_CODE = ContainerKind.CODE
_OF_A_LIST, _MARKED = (_ITEM, _TERM, _DEFINITION), (_ITEM, _DEFINITION)
DEEPEST = 16  # levels of lists and quotes that show; of 1 MB of unclosed lists all levels made 72 MB (ours)
_LONGEST_PATH = 2 * DEEPEST  # an item and its list are two containers
# Ours: a block of more lines than this, which are shorter than that on average, shows two levels: else most of it would be indentation.
_MANY_LINES, _SHORT_LINE, _FEW = 100, 8, 4
_TICKS = re.compile("`{3,}")
Path = tuple[int, ...]


class Unit(NamedTuple):
    """A block, or rows of a table that follow each other: the containers around it, outermost first, what it is, its lines."""

    path: Path
    kind: BlockKind
    lines: list[str]


def markdown(items: Sequence[Block | int], containers: Sequence[Container]) -> list[str | int]:
    """Texts and places of images in turn: the blocks between two images are one text.

    >>> blocks = [Block(BlockKind.LIST_ITEM, "a", 1, container=0), Block(BlockKind.PARAGRAPH, "b", container=0)]
    >>> markdown([blocks[0], 0, blocks[1]], [Container(ContainerKind.ITEM, -1, "3. ")])
    ['3. a', 0, '   b']
    """
    writer = Writer(containers)
    parts: list[str | int] = []
    waiting: list[Unit] = []
    for unit in units(items, containers):
        if isinstance(unit, Unit):
            waiting.append(unit)
            continue
        if waiting:
            parts.append(writer.text(waiting))
            waiting = []
        parts.append(unit)
    return [*parts, writer.text(waiting)] if waiting else parts


def paths_of(containers: Sequence[Container]) -> list[Path]:
    """The containers around and with each, outermost first; of those beyond the deepest that show only the innermost is there."""
    paths: list[Path] = []
    for number, container in enumerate(containers):
        around = paths[container.parent] if container.parent >= 0 else ()
        paths.append((*around[: _LONGEST_PATH - 1], number))
    return paths


def units(items: Sequence[Block | int], containers: Sequence[Container]) -> Iterator[Unit | int]:
    """The blocks as units, and the places of images between them."""
    paths = [*paths_of(containers), ()]  # the last is that of -1
    cut = rows_cut(items, containers)
    rows = Rows()
    begun: set[int] = set()  # tables whose header has been written
    behind_image = False
    for item in items:
        place = None if isinstance(item, int) else place_of(item, containers)
        if place is not None and place[1] in cut:
            place = None
        if rows.cells and (place is None or place[0] != rows.table):
            yield Unit(paths[rows.table], _TABLE_BLOCK, table_lines(rows.cells, behind_image and rows.table in begun))
            begun.add(rows.table)
            rows, behind_image = Rows(), False
        if isinstance(item, int):
            yield item
            behind_image = True
        elif place is not None:
            rows.table = place[0]
            rows.put(item, place[1], containers)
        else:
            yield unit_of(item, containers, paths)
            behind_image = False
    if rows.cells:
        yield Unit(paths[rows.table], _TABLE_BLOCK, table_lines(rows.cells, behind_image and rows.table in begun))


def unit_of(block: Block, containers: Sequence[Container], paths: Sequence[Path]) -> Unit:
    """A block that is no row of a table."""
    path, kind, text = paths[block.container], block.kind, block.text
    if kind is _HEADING:
        return Unit(path, kind, [f"{'#' * max(block.level, 1)} {text}"])
    if kind is _CODE_BLOCK:
        fence = max(("```", *(f"{ticks}`" for ticks in _TICKS.findall(text))), key=len)
        language = containers[block.container].mark if path and containers[block.container].kind is _CODE else ""
        lines = [fence + language, *text.split("\n"), fence]
    else:
        if kind is _ITEM_BLOCK and not any(containers[number].kind in _OF_A_LIST for number in path):
            text = f"{'  ' * min(block.level - 1, DEEPEST)}- {text}"
        lines = text.split("\n") if path else [text]
    if len(lines) > _MANY_LINES and len(text) < _SHORT_LINE * len(lines):
        path = path[:_FEW]
    return Unit(path, kind, lines)


class Writer:
    """Writes units, one text after the other; it knows which marks it has written."""

    def __init__(self, containers: Sequence[Container]) -> None:
        self._containers = containers
        self._marked: set[int] = set()
        self._prefixes: dict[Path, str] = {(): ""}

    def text(self, waiting: Sequence[Unit]) -> str:
        """The text of some units."""
        pieces: list[str] = []
        before: Unit | None = None
        for unit in waiting:
            if before is not None:
                pieces.append(self._gap(before, unit) if before.path or unit.path else gap(before.kind, unit.kind))
            if unit.path:
                self._write(unit, pieces)
            else:
                pieces.append("\n".join(unit.lines))
            before = unit
        return "".join(pieces)

    def _write(self, unit: Unit, pieces: list[str]) -> None:
        """Write the lines of a unit, each with the marks and spaces of its containers."""
        rest = self._prefix(unit.path)
        pieces += [self._first(unit.path) if not self._marked.issuperset(unit.path) else rest, unit.lines[0]]
        if len(unit.lines) > 1:
            bare = rest.rstrip()
            pieces += [f"\n{rest}{line}" if line else f"\n{bare}" for line in unit.lines[1:]]

    def _first(self, path: Path) -> str:
        """What containers put before the next line: the marks of items that have not been written yet, else as before each line."""
        marks = []
        for number in path:
            is_new = number not in self._marked and self._containers[number].kind in _MARKED
            marks.append(self._containers[number].mark if is_new else self._each_line(number))
        self._marked.update(path)
        return "".join(marks)

    def _prefix(self, path: Path) -> str:
        """What containers put before each line but the first."""
        if (found := self._prefixes.get(path)) is None:
            found = self._prefixes[path] = "".join(map(self._each_line, path))
        return found

    def _each_line(self, number: int) -> str:
        kind, _, mark, _ = self._containers[number]
        return "> " if kind is _QUOTE else " " * len(mark) if kind in _MARKED else ""

    def _gap(self, before: Unit, unit: Unit) -> str:
        """What parts a unit from the one before it: a blank line, or none between items, and between an item and its inner list."""
        one, other = before.path, unit.path
        common = min(len(one), len(other))
        if one[:common] != other[:common]:
            common = next(place for place in range(common) if one[place] != other[place])
        if self._follows(before, one[common:], other[common:]):
            return "\n"
        blank = self._prefix(other[:common]).rstrip()
        return f"\n{blank}\n"

    def _follows(self, before: Unit, closed: Path, opened: Path) -> bool:
        """Whether a unit stands on the line after the one before; `closed` and `opened` are containers of the one and the other alone."""
        if not opened:
            return False
        first = self._containers[opened[0]]
        if closed:
            last = self._containers[closed[0]]
            both = last.parent == first.parent and last.kind in _OF_A_LIST and first.kind in _OF_A_LIST
            return both and not (last.kind is _DEFINITION and first.kind is _TERM)
        in_item = bool(before.path) and self._containers[before.path[-1]].kind in _OF_A_LIST
        if not in_item or first.kind is not _LIST or len(opened) < 2:
            return False
        # A list that begins with another number than 1 would be read as a line of the paragraph before it.
        return self._containers[opened[1]].mark in ("- ", "1. ")


def gap(before: BlockKind, kind: BlockKind) -> str:
    """What parts two blocks that no container is around: items that follow each other stand on lines that do."""
    return "\n" if kind is before is _ITEM_BLOCK else "\n\n"
