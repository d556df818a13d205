"""How structure is counted, and that made pages hold what they say."""

import html
import re

import pytest

from benchmarks.structure import Hit, cells_found, hits, tables_in
from benchmarks.structure_houses import HOUSES
from benchmarks.structure_pages import PAGES, Made, Truth, made_page, placed
from benchmarks.structure_tables import Cell, Table

CELLS = {(0, 0): "a", (0, 1): "b", (1, 0): "c|d", (1, 1): ""}


def test_cells_count_in_their_row_and_column() -> None:
    """A row too many before a table is no fault, a value in another column is one."""
    assert cells_found(CELLS, tables_in("x\n| a | b |\n| --- | --- |\n| c\\|d |  |")) == set(CELLS)
    assert cells_found(CELLS, tables_in("|  |  |\n| --- | --- |\n| **a** | b |\n| c\\|d | |\n\n| a |")) == set(CELLS)
    assert cells_found(CELLS, tables_in("| b | a |\n| c\\|d | |")) == {(1, 0), (1, 1)}
    assert cells_found(CELLS, []) == set()


def test_spans_are_laid_out_as_browsers_do() -> None:
    """A cell below a value over two rows stands in the next column."""
    table = Table(
        [[Cell("a", rows=2), Cell("b", columns=2)], [Cell("c"), Cell("d")], [Cell("e"), Cell("f"), Cell("g")]], 2
    )
    assert placed(table) == {(0, 0): "a", (0, 1): "b", (1, 1): "c", (1, 2): "d", (2, 0): "e", (2, 1): "f", (2, 2): "g"}


def test_what_a_text_holds_is_counted() -> None:
    """Lines without their indentation, TeX, letters in their order, numbers of items, marks of quotations."""
    truth = Truth(
        [CELLS],
        ["if x:\n    y\n"],
        ["x^2", "y^2"],
        ["", "<mi>y</mi><mn>2</mn>"],
        [("let", "be"), ("", "")],
        ["3. so"],
        ["he said"],
    )
    page = Made("house", "en", "<p>\\(x^2\\)", truth)
    text = "| a | b |\n| c\\|d | |\n\n```\nif x:\n    y\n```\n\nlet $x ^ 2$ be $y^{2}$\n\n3. so\n\n> he said"
    assert all(is_there for _, is_there, _ in hits(page, text))
    worse: list[Hit] = list(hits(page, "if x:\ny\n\ny2\n\n- so\n\nhe said"))
    assert [what for _, is_there, what in worse if is_there] == ["if x:"]


@pytest.mark.parametrize("number", range(len(HOUSES)))
def test_each_house_writes_what_its_page_says(number: int) -> None:
    """The words of its code and cells stand in its markup."""
    page = made_page(number)
    shown = "".join(html.unescape(re.sub("<[^>]*>", "", page.markup)).split())
    for code in page.truth.codes:
        for word in re.findall(r"\w+", code):
            assert word in shown
    for cells in page.truth.cells:
        assert all("".join(cell.split()) in shown for cell in cells.values())


def test_pages_are_as_many_as_asked_for() -> None:
    """Each house writes three pages at least, each in another language."""
    pages = [made_page(number) for number in range(PAGES)]
    assert min(sum(page.house == house for page in pages) for house in HOUSES) >= 3
    assert len({(page.house, page.language) for page in pages}) == len(pages)
