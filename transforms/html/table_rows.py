"""Rows of tables out of kept blocks, and their lines in Markdown. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from schemas.records import Block, BlockKind, Container, ContainerKind

_TABLE_BLOCK, _ROW, _CELL = BlockKind.TABLE, ContainerKind.ROW, ContainerKind.CELL
_BAR = " | "


def place_of(block: Block, containers: Sequence[Container]) -> tuple[int, int] | None:
    """The table and the row of a block that is a row or in a cell of one, else None; a row that is all in its block is -1."""
    number = block.container
    if number >= 0:
        kind, parent, *_ = containers[number]
        if kind is _CELL:
            return containers[parent].parent, parent
        if kind is _ROW and block.kind is _TABLE_BLOCK:
            return parent, number
    return (number, -1) if block.kind is _TABLE_BLOCK else None


def rows_cut(items: Sequence[Block | int], containers: Sequence[Container]) -> set[int]:
    """The rows in which an image stands: their cells are paragraphs, since no line of a table can hold it."""
    blocks = [(number, item) for number, item in enumerate(items) if isinstance(item, Block)]
    if len(blocks) == len(items):
        return set()
    if any(isinstance(item, int) and item < 0 for item in items):  # marks are no images
        return rows_cut([item for item in items if isinstance(item, Block) or item >= 0], containers)
    cut: set[int] = set()
    for (at, one), (behind, other) in pairwise(blocks):
        if behind > at + 1 and (place := place_of(one, containers)) and place == place_of(other, containers):
            cut.add(place[1])
    return cut - {-1}


@dataclass(slots=True)
class Rows:
    """Rows of one table that follow each other, and the row that the last block stood in."""

    table: int = -2
    cells: list[list[str]] = field(default_factory=list)
    row: int = -1

    def put(self, block: Block, row: int, containers: Sequence[Container]) -> None:
        """Add a row, or a block to the last one."""
        container = containers[block.container] if row >= 0 else None
        if container is None:
            self.cells.append(block.text.split(_BAR))
        elif container.kind is _ROW:
            self.cells.append(list(laid_out(block.text, container.cells)))
        else:
            if row != self.row:
                self.cells.append(
                    [cell if isinstance(cell, str) else "" for cell in containers[container.parent].cells]
                )
            (column,) = container.cells
            assert isinstance(column, int)
            before = self.cells[-1][column]
            # Items of a list, lines and paragraphs of a cell: a line of a table has no others.
            self.cells[-1][column] = f"{before} / {block.text}" if before else block.text
        self.row = row


def laid_out(text: str, cells: Sequence[int | str]) -> Iterator[str]:
    """The cells of a row by `Container.cells`.

    >>> list(laid_out("5 m | 8 m", ("1901", 3, 3)))
    ['1901', '5 m', '8 m']
    """
    at = 0
    for cell in cells:
        if isinstance(cell, str):
            yield cell
        else:
            yield text[at : at + cell]
            at += cell + len(_BAR)


def table_lines(rows: Sequence[Sequence[str]], goes_on: bool) -> list[str]:
    """Rows as the lines of a table whose first row is its header; `goes_on`: the header stands before.

    >>> table_lines([["a", "b|c"], ["", "d"]], False)
    ['| a | b\\\\|c |', '| --- | --- |', '|  | d |']
    """
    lines = [f"| {_BAR.join(map(one_line, row))} |" for row in rows]
    if goes_on:
        return lines
    columns = max(map(len, rows))
    lines[0] += "  |" * (columns - len(rows[0]))
    lines.insert(1, f"|{' --- |' * columns}")
    return lines


def one_line(cell: str) -> str:
    """A cell as a line of a table holds it."""
    return " ".join(cell.split("\n")).replace("|", "\\|")
