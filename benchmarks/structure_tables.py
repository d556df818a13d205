"""How publishing tools write tables, for `benchmarks.structure_houses`: one function a tool, after its templates."""

import html
import re
from typing import NamedTuple


class Cell(NamedTuple):
    """A cell of a table, and how many rows and columns it spans."""

    text: str
    rows: int = 1
    columns: int = 1


class Table(NamedTuple):
    """A table's rows, of which the first are headers."""

    rows: list[list[Cell]]
    headers: int


def escaped(text: str) -> str:
    """`text` as markup."""
    return html.escape(text, quote=False)


def span(cell: Cell) -> str:
    """The attributes of a cell that spans several."""
    return (f' rowspan="{cell.rows}"' if cell.rows > 1 else "") + (
        f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    )


def plain_table(table: Table) -> str:
    """As parsers of Markdown write it."""
    return rows(table, "<table>{}</table>")


def rows(
    table: Table, frame: str, *, cell: str = "{}", head: bool = True, row: str = "<tr>", th: str = "th", td: str = "td"
) -> str:
    """The rows of a table in its `frame`; `head`: whether headers stand in a thead; `cell` is what stands around a text."""
    lines = []
    for number, line in enumerate(table.rows):
        tag = th if number < table.headers else td
        cells = "\n".join(f"<{tag}{span(one)}>{cell.format(escaped(one.text))}</{tag.split()[0]}>" for one in line)
        lines.append(f"{row.format('odd' if number % 2 == 0 else 'even')}{cells}</tr>")
    if not head:
        return frame.format(f"<tbody>{''.join(lines)}</tbody>")
    cut = table.headers
    return frame.format(f"<thead>\n{''.join(lines[:cut])}</thead>\n<tbody>\n{''.join(lines[cut:])}</tbody>\n")


def sphinx_table(table: Table) -> str:
    """Docutils' table."""
    frame = '<table class="docutils align-default">\n<colgroup><col style="width: 40.0%" /></colgroup>\n{}</table>'
    return rows(table, frame, cell="<p>{}</p>", row='<tr class="row-{}">', th='th class="head"')


def wordpress_table(table: Table) -> str:
    """The block editor's table, whose first row is like the others."""
    return rows(table._replace(headers=0), '<figure class="wp-block-table"><table>{}</table></figure>', head=False)


def wiki_table(table: Table) -> str:
    """MediaWiki's table: a caption, a header in each row, spans."""
    made = rows(
        table, '<table class="wikitable sortable"><caption>1908\n</caption>\n{}</table>', cell="{}\n", head=False
    )
    return re.sub(r"<tr><td([^>]*)>(.*?)</td>", r'<tr><th scope="row"\1>\2</th>', made, flags=re.DOTALL)


def github_table(table: Table) -> str:
    """GitHub's table."""
    return rows(table, '<markdown-accessiblity-table><table tabindex="0">{}</table></markdown-accessiblity-table>')


def asciidoctor_table(table: Table) -> str:
    """Asciidoctor's table."""
    frame = (
        '<table class="tableblock frame-all grid-all stretch"><colgroup><col style="width: 50%;"></colgroup>{}</table>'
    )
    made = rows(
        table,
        frame,
        th='th class="tableblock halign-left valign-top"',
        td='td class="tableblock halign-left valign-top"',
    )
    return re.sub(r"(<td[^>]*>)(.*?)</td>", r'\1<p class="tableblock">\2</p></td>', made, flags=re.DOTALL)


def word_table(table: Table) -> str:
    """A word processor's table, whose cells hold paragraphs of spans."""
    frame = '<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0 style="border-collapse:collapse;border:none">{}</table>'
    cell = "<p class=MsoNormal style='margin-bottom:0cm'><span lang=EN-GB style='font-size:11.0pt'>{}<o:p></o:p></span></p>"
    return rows(
        table._replace(headers=0), frame, cell=cell, head=False, td="td width=100 valign=top style='padding:0cm 5.4pt'"
    )


def latexml_table(table: Table) -> str:
    """LaTeXML's table."""
    frame = '<figure class="ltx_table"><table class="ltx_tabular ltx_centering ltx_align_middle">{}</table></figure>'
    return rows(
        table,
        frame,
        row='<tr class="ltx_tr">',
        th='th class="ltx_td ltx_align_left ltx_th ltx_th_column"',
        td='td class="ltx_td ltx_align_left"',
    )


def pandas_table(table: Table) -> str:
    """A data frame's table."""
    return rows(
        table,
        '<div><style scoped>.dataframe th {{ text-align: right; }}</style><table border="1" class="dataframe">{}</table></div>',
        row='<tr style="text-align: right;">',
    )
