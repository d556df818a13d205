"""Kept blocks and images as Markdown: CommonMark with the tables of GitHub and the definition lists of PHP Markdown Extra. Pure; linear.

Only what a page marks as structure gets a mark; letters of its texts are written as they are, but for `|` in cells. Texts between two
images are one text each and go on where the one before was cut: an item's mark stands once, behind an image its text is indented.
"""

import re
from collections.abc import Sequence

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
_CODE, _ROW, _CELL = ContainerKind.CODE, ContainerKind.ROW, ContainerKind.CELL
_OF_A_LIST, _MARKED = (_ITEM, _TERM, _DEFINITION), (_ITEM, _DEFINITION)
DEEPEST = 16  # levels of lists and quotes that show; of 1 MB of unclosed lists all levels made 72 MB (ours)
_LONGEST_PATH = 2 * DEEPEST  # an item and its list are two containers
# Ours: a block of more lines than this, which are shorter than that on average, shows two levels: else most of it would be indentation.
_MANY_LINES, _SHORT_LINE, _FEW = 100, 8, 4
_TICKS = re.compile("`{3,}")
Path = tuple[int, ...]
Spot = tuple[int, int]  # where a mark stands: the text or image, and how many characters of the text stand before it


def markdown(items: Sequence[Block | int], containers: Sequence[Container]) -> list[str | int]:
    """Texts and places of images in turn: the blocks between two images are one text.

    >>> blocks = [Block(BlockKind.LIST_ITEM, "a", 1, container=0), Block(BlockKind.PARAGRAPH, "b", container=0)]
    >>> markdown([blocks[0], 0, blocks[1]], [Container(ContainerKind.ITEM, -1, "3. ")])
    ['3. a', 0, '   b']
    """
    return marked_markdown(items, containers)[0]


def marked_markdown(
    items: Sequence[Block | int], containers: Sequence[Container]
) -> tuple[list[str | int], list[Spot]]:
    """The same, and where the marks stand, which are items below 0; one inside a table stands before the table.

    >>> marked_markdown([Block(BlockKind.HEADING, "a", 1), -1, Block(BlockKind.PARAGRAPH, "b"), 0, -1], [])
    (['# a\\n\\nb', 0], [(0, 3), (2, 0)])
    """
    writer = Writer(containers)
    parts: list[str | int] = []
    spots: list[Spot] = []
    marks = 0  # since the last item that was none
    cut = rows_cut(items, containers)
    of_tables = [container.kind is _CELL or container.kind is _ROW for container in containers]
    of_tables.append(False)  # the last is that of -1
    rows = Rows()
    for item in items:
        place = None
        if isinstance(item, int):
            if item < 0:
                marks += 1
                continue
        elif item.kind is _TABLE_BLOCK or of_tables[item.container]:
            place = place_of(item, containers)
            if place is not None and place[1] in cut:
                place = None
        if rows.cells and (place is None or place[0] != rows.table):
            writer.put_rows(rows)
            rows = Rows()
        if marks:  # behind the rows of a table that has ended
            spots += [(len(parts), writer.size())] * marks
            marks = 0
        if isinstance(item, int):
            parts += [*writer.written(), item]
        elif place is not None:
            rows.table = place[0]
            rows.put(item, place[1], containers)
        else:
            writer.put(item)
    if rows.cells:
        writer.put_rows(rows)
    spots += [(len(parts), writer.size())] * marks
    return [*parts, *writer.written()], spots


def paths_of(containers: Sequence[Container]) -> list[Path]:
    """The containers around and with each, outermost first; of those beyond the deepest that show only the innermost is there."""
    paths: list[Path] = []
    for number, container in enumerate(containers):
        around = paths[container.parent] if container.parent >= 0 else ()
        paths.append((*around[: _LONGEST_PATH - 1], number))
    return paths


class Writer:
    """Writes blocks, and rows of tables that follow each other, one text after the other; it knows which marks it has written."""

    def __init__(self, containers: Sequence[Container]) -> None:
        self._containers = containers
        self._paths = [*paths_of(containers), ()]  # the last is that of -1
        self._each_line = [
            "> " if kind is _QUOTE else " " * len(mark) if kind in _MARKED else "" for kind, _, mark, _ in containers
        ]
        self._marked: set[int] = set()
        self._prefixes: dict[Path, str] = {(): ""}
        self._begun: set[int] = set()  # tables whose header has been written
        self._behind_image = False
        # The text that is being written, and the containers and the kind of what stands last in it.
        self._pieces: list[str] = []
        self._counted = self._size = 0  # of the pieces so many, and their characters
        self._path: Path = ()
        self._kind: BlockKind | None = None

    def written(self) -> list[str]:
        """The text of what was put since it was asked for last, if anything was; an image follows."""
        texts = ["".join(self._pieces)] if self._pieces else []
        self._pieces, self._path, self._kind, self._behind_image = [], (), None, True
        self._counted = self._size = 0
        return texts

    def size(self) -> int:
        """How many characters the text has so far."""
        self._size += sum(map(len, self._pieces[self._counted :]))
        self._counted = len(self._pieces)
        return self._size

    def put_rows(self, rows: Rows) -> None:
        """Write rows of a table that follow each other."""
        lines = table_lines(rows.cells, self._behind_image and rows.table in self._begun)
        self._begun.add(rows.table)
        self._write(self._paths[rows.table], _TABLE_BLOCK, lines)

    def put(self, block: Block) -> None:
        """Write a block that is no row of a table."""
        path, kind, text = self._paths[block.container], block.kind, block.text
        if kind is _HEADING:
            lines = [f"{'#' * max(block.level, 1)} {text}"]
        elif kind is _CODE_BLOCK:
            fence = max(("```", *(f"{ticks}`" for ticks in _TICKS.findall(text))), key=len)
            around = self._containers[block.container] if path else None
            language = around.mark if around is not None and around.kind is _CODE else ""
            lines = [fence + language, *text.split("\n"), fence]
        else:
            if kind is _ITEM_BLOCK and not any(self._containers[number].kind in _OF_A_LIST for number in path):
                text = f"{'  ' * min(block.level - 1, DEEPEST)}- {text}"
            lines = text.split("\n") if path else [text]
        if len(lines) > _MANY_LINES and len(text) < _SHORT_LINE * len(lines):
            path = path[:_FEW]
        self._write(path, kind, lines)

    def _write(self, path: Path, kind: BlockKind, lines: list[str]) -> None:
        """Write lines, what parts them from what stands before, and the marks and spaces of their containers."""
        pieces = self._pieces
        if path or self._path:
            if self._kind is not None:
                pieces.append(self._gap(self._path, path))
        elif self._kind is not None:
            pieces.append("\n" if kind is self._kind is _ITEM_BLOCK else "\n\n")
        self._path, self._kind, self._behind_image = path, kind, False
        if not path:
            pieces += lines if len(lines) == 1 else ["\n".join(lines)]
            return
        rest = self._prefix(path)
        pieces += [self._first(path) if not self._marked.issuperset(path) else rest, lines[0]]
        if len(lines) > 1:
            bare = rest.rstrip()
            pieces += [f"\n{rest}{line}" if line else f"\n{bare}" for line in lines[1:]]

    def _first(self, path: Path) -> str:
        """What containers put before the next line: the marks of items that have not been written yet, else as before each line."""
        marks = []
        for number in path:
            is_new = number not in self._marked and self._containers[number].kind in _MARKED
            marks.append(self._containers[number].mark if is_new else self._each_line[number])
        self._marked.update(path)
        return "".join(marks)

    def _prefix(self, path: Path) -> str:
        """What containers put before each line but the first."""
        if (found := self._prefixes.get(path)) is None:
            found = self._prefixes[path] = "".join(map(self._each_line.__getitem__, path))
        return found

    def _gap(self, one: Path, other: Path) -> str:
        """What parts one text from the next: a blank line, or none between items, and between an item and its inner list."""
        common = 0
        for around_one, around_other in zip(one, other, strict=False):
            if around_one != around_other:
                break
            common += 1
        if self._follows(one, one[common:], other[common:]):
            return "\n"
        blank = self._prefix(other[:common]).rstrip()
        return f"\n{blank}\n"

    def _follows(self, before: Path, closed: Path, opened: Path) -> bool:
        """Whether a text stands on the line after the one before; `closed` and `opened` are containers of the one and the other alone."""
        if not opened:
            return False
        first = self._containers[opened[0]]
        if closed:
            last = self._containers[closed[0]]
            both = last.parent == first.parent and last.kind in _OF_A_LIST and first.kind in _OF_A_LIST
            return both and not (last.kind is _DEFINITION and first.kind is _TERM)
        in_item = bool(before) and self._containers[before[-1]].kind in _OF_A_LIST
        if not in_item or first.kind is not _LIST or len(opened) < 2:
            return False
        # A list that begins with another number than 1 would be read as a line of the paragraph before it.
        return self._containers[opened[1]].mark in ("- ", "1. ")
