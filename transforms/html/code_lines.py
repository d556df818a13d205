"""Code as it was written: without line numbers, with the lines and the indentation that rows and breaks show. Edits the tree."""

from collections.abc import Iterable

from turbohtml import Element, Text

# Line numbers as highlighters write them (Chroma, Pygments, Rouge, highlight.js, Prism, code hosts), lines that are rows, lines by <br>.
_ROWS = "td.blob-code, td.hljs-ln-code"
_BREAKS = "code br"
GUTTERS = (
    "pre .ln, pre .lnt, code .ln, code .lnt, pre .lineno, pre .linenos, pre .line-number, td.linenos, td.gutter, td.rouge-gutter,"
    f" td.hljs-ln-numbers, td.blob-num, pre .line-numbers-rows, table.lntable td:has(.lnt), {_ROWS}, {_BREAKS}"
)


def write_code(found: Iterable[Element]) -> None:
    """Edit the code around the elements that GUTTERS selects."""
    for element in found:
        if element.parent is None:
            continue
        if element.matches(_ROWS):
            write_rows(element)
        elif element.tag == "br":
            code = element.closest("code")
            if code is not None and element.closest("pre") is None:
                code.tag = "pre"
                for text in [node for node in code.descendants if isinstance(node, Text) and "\xa0" in node.data]:
                    text.replace_with(Text(text.data.replace("\xa0", " ")))
        else:
            element.decompose()


def write_rows(cell: Element) -> None:
    """Make one listing of a table whose rows are lines of code."""
    table = cell.closest("table")
    if table is None or table.parent is None:
        return
    lines = [line.text.strip("\n").replace("\xa0", " ") for line in table.select(_ROWS)]
    listing = Element("pre")
    listing.text = "\n".join(lines)
    table.replace_with(listing)
