"""Lines of tables."""

from schemas.records import Block, BlockKind, Container, ContainerKind
from transforms.html.table_rows import Rows, place_of, rows_cut, table_lines

ROW = Container(ContainerKind.ROW, 0, "", (0, 0))
CONTAINERS = [
    Container(ContainerKind.TABLE),
    ROW,
    Container(ContainerKind.CELL, 1, "", (0,)),
    Container(ContainerKind.CELL, 1, "", (1,)),
    Container(ContainerKind.ITEM, -1, "- "),
]


def cell(text: str, container: int) -> Block:
    """A block in a cell."""
    return Block(BlockKind.PARAGRAPH, text, container=container)


def test_a_block_knows_its_table_and_row() -> None:
    """A row that is one block, a block in a cell, and blocks that are neither, whatever stands around them."""
    assert place_of(Block(BlockKind.TABLE, "a | b", container=0), CONTAINERS) == (0, -1)
    assert place_of(Block(BlockKind.TABLE, "a | b", container=1), CONTAINERS) == (0, 1)
    assert place_of(Block(BlockKind.TABLE, "a | b"), CONTAINERS) == (-1, -1)
    assert place_of(cell("a", 3), CONTAINERS) == (0, 1)
    assert place_of(cell("a", 0), CONTAINERS) is None and place_of(cell("a", 4), CONTAINERS) is None


def test_blocks_of_a_cell_are_joined() -> None:
    """A row is gathered from the blocks of its cells, and a cell of several has them side by side."""
    rows = Rows()
    for block in (cell("a", 2), cell("b", 3), cell("c\nd", 3)):
        rows.put(block, 1, CONTAINERS)
    assert rows.cells == [["a", "b / c\nd"]]
    assert table_lines(rows.cells, False)[0] == "| a | b / c d |"


def test_a_row_is_cut_by_an_image_in_it_alone() -> None:
    """An image before or behind a row does not cut it."""
    assert rows_cut([0, cell("a", 2), cell("b", 3), 1], CONTAINERS) == set()
    assert rows_cut([cell("a", 2), 0, 1, cell("b", 3)], CONTAINERS) == {1}
    row = Block(BlockKind.TABLE, "a | b", container=0)
    assert rows_cut([row, 0, row], CONTAINERS) == set()


def test_the_header_is_as_wide_as_the_widest_row() -> None:
    """Parsers of tables drop cells beyond the header's."""
    assert table_lines([["a"], ["b", "c"]], False) == ["| a |  |", "| --- | --- |", "| b | c |"]
