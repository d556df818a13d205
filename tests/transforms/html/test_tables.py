"""Rows and columns of tables."""

from typing import Any

import pytest

from schemas.records import ContainerKind
from transforms.html.extract import extract
from transforms.html.render import main_text


def rows(markup: str) -> list[Any]:
    """The cells of the rows whose text does not tell them."""
    page = extract(markup, "http://example.org/")
    return [container.cells for container in page.containers if container.kind is ContainerKind.ROW]


def test_rows_that_their_text_tells_have_no_cells_of_their_own() -> None:
    """Ordinary tables cost a container each, not one a row."""
    page = extract(f"<table>{'<tr><td>a<td>b' * 50}</table>", "http://example.org/")
    assert [container.kind for container in page.containers] == [ContainerKind.TABLE]


def test_spans_are_laid_out_by_columns() -> None:
    """Characters of own cells, texts of those above or before; a gap before a spanned column is empty."""
    markup = "<table><tr><td>ab<td>c<td rowspan=2>d<tr><td>e<tr><td rowspan=2 colspan=2>f<td>g<tr><td>h</table>"
    assert rows(markup) == [(0, "", "d"), (1, "f", 1), ("f", "f", 0)]


@pytest.mark.parametrize(("length", "shown"), [(400, 2), (401, 1)])
def test_long_cells_are_not_repeated(length: int, shown: int) -> None:
    """A column of text beside a list of others would be repeated beside each."""
    word = "x" * length
    markup = f"<table><tr><th>a<th>b<th>c<tr><td rowspan=2>{word}<td>1<td>2<tr><td>3<td>4</table>"
    text = main_text(extract(markup, "http://example.org/"))
    assert text.count(word) == shown and text.endswith(f"| {word if shown == 2 else ''} | 3 | 4 |")


def test_a_row_stays_whole_where_spans_are_too_many() -> None:
    """Beyond the limit nothing is repeated, and no cell of its own is lost."""
    markup = f"<table>{'<tr><td colspan=1000 rowspan=9>spanning many<td>b<td>c' * 30}</table>"
    text = main_text(extract(markup, "http://example.org/"))
    assert text.count("| b | c |") + text.count(" b |") >= 30 and len(text) < 40_000
