"""Code as it was written: without line numbers and buttons, with the lines and the indentation that rows, blocks and breaks show.

Edits the tree. Known are the forms of Pygments, Rouge, Chroma, highlight.js, Prism, Shiki, SyntaxHighlighter, Crayon, CodeMirror and the
large code hosts, by the words of their classes.
"""

import re
from collections.abc import Iterable, Sequence

from turbohtml import Element, Text

from transforms.html.rewrite.around import sibling_element, text_before, text_behind

# Parts of classes for which elements are looked at.
GUTTER_CLASSES = ("line", "ln", "-num", "gutter", "CodeMirror")
LINE_CLASSES = ("line", "CodeMirror")
COPY_CLASSES = ("copy", "clipboard", "toolbar", "code-")
CODE_CLASSES = ("code", "listing", "linenums")
CRAYON = "crayon-"  # a highlighter that has no tags of code
_GUTTERS_NAMES = (
    "ln lnt lineno linenos lines-num linenumber line-number line-numbers linenumbers line-numbers-rows"
    " hljs-ln-numbers hljs-ln-n blob-num gutter rouge-gutter crayon-nums codemirror-linenumber"
    " react-syntax-highlighter-line-number diff-line-num linenodiv line-num line_number line_numbers"
    " codemirror-gutter-wrapper code-line-number code-line-numbers linenum"
)
_GUTTERS = frozenset(_GUTTERS_NAMES.split())
_LINES_NAMES = (
    "line code-line token-line view-line crayon-line codemirror-line code__line codeline highlight-line cm-line"
)
_LINES = frozenset(_LINES_NAMES.split())
_CODE_NAMES = (
    "code code-block codeblock source-code sourcecode listing syntaxhighlighter crayon-pre code-box codebox"
    " code-lines linenums codesnippet code-snippet codemirror-code cm-content view-lines"
)
_CODE = frozenset(_CODE_NAMES.split())
_NUMBERS = re.compile(r"[\d\s.:|+\-\xa0\u200b]*")
_COPY = re.compile(
    r"(?:\W*)(?:copy|copied|copier|kopieren|copiar|kopiera|копировать|复制|複製|コピー|복사)\b.{0,30}",
    re.IGNORECASE | re.DOTALL,
)
_NO_CODE = (
    "ul, ol, dl, table, img, form, h1, h2, h3, h4, h5, h6, section, article"  # what an element left open takes in
)
_ROWS = "td.blob-code, td.hljs-ln-code, td.lines-code"
_SPACES = re.compile(r"[ \t\r\n\f]+")
_INDENTED = re.compile(r"\n(?:\xa0| {2}|\t)")
_BLOCKS = frozenset(("div", "p", "li", "tr", "pre"))
_HOLDING = (
    "pre, code, kbd, samp, .code, .blob-code, .hljs-ln-code, .rouge-code, .crayon-code, .line-content, .lines-code"
)


def words_of(element: Element) -> set[str]:
    """The words of an element's class, in small letters."""
    return set((element.attr("class") or "").lower().split())


def write_numbered_rows(elements: Iterable[Element]) -> int:
    """Make one listing of each table whose rows are a cell with one number and a cell of code; how many listings were written."""
    written = 0
    tables: dict[int, tuple[Element, list[Element]]] = {}
    for cell in elements:
        if cell.tag != "td" or not _GUTTERS & words_of(cell):
            continue
        beside = sibling_element(cell, backwards=False)
        table = cell.closest("table")
        if table is not None and beside is not None and (beside.matches(_ROWS) or is_all_code(beside)):
            tables.setdefault(id(table), (table, []))[1].append(beside)
    for table, lines in tables.values():
        if len(lines) > 1 and table.parent is not None and len(table.select("tr")) == len(lines):
            written += listing("\n".join(line.text.strip("\r\n") for line in lines), table)
    return written


def is_gutter(element: Element) -> bool:
    """Whether an element is line numbers that stand in or beside code."""
    return bool(_GUTTERS & words_of(element)) and is_beside_code(element) and is_numbers(element)


def is_numbers(element: Element) -> bool:
    """Whether an element has nothing but numbers of lines."""
    return _NUMBERS.fullmatch(element.text) is not None


def is_beside_code(element: Element) -> bool:
    """Whether an element stands in code or right before it."""
    if (
        element.closest("pre, code, figure.highlight, .highlight, .CodeMirror, .syntaxhighlighter, .crayon-table")
        is not None
    ):
        return True
    beside = sibling_element(element, backwards=False)
    return beside is not None and (beside.matches(_HOLDING) or beside.select_one(_HOLDING) is not None)


def is_number_cell(listing: Element) -> bool:
    """Whether a <pre> is a cell of line numbers beside a cell of code."""
    cell = listing.parent
    if not isinstance(cell, Element) or cell.tag != "td" or not is_numbers(listing):
        return False
    beside = sibling_element(cell, backwards=False)
    return beside is not None and beside.select_one("pre") is not None and listing.text.split()[:2] == ["1", "2"]


def uncopied(listings: Iterable[Element]) -> list[Element]:
    """What style alone keeps from being copied with code: line numbers, as Hugo writes them without style sheets."""
    styled = [listing for listing in listings if listing.attr("style")]
    return [
        each
        for listing in styled
        for each in listing.select("[style*='user-select:none'], [style*='user-select: none']")
    ]


def write_papers(blocks: Iterable[Element]) -> int:
    """Make one listing of the lines of code of a paper that LaTeXML wrote; how many."""
    written = 0
    for block in blocks:
        lines = (
            block.select(".ltx_listingline") if block.parent is not None and "ltx_listing" in words_of(block) else []
        )
        for number in block.select(".ltx_tag_listingline") if lines else ():
            number.extract()
        if lines:
            written += listing("\n".join(text_of_line(line).replace("\xa0", " ") for line in lines), block)
    return written


def is_copy_button(element: Element) -> bool:
    """Whether an element stands in or right before code to copy it, or to name its language."""
    if element.tag not in ("button", "a", "span", "div", "clipboard-copy"):
        return False
    inside = element.closest("pre, code") is not None
    text = element.text.strip() if inside or element.tag != "div" else ""
    if len(text) > 40:
        return False
    copies = _COPY.match(text) is not None
    return copies or element.tag in ("button", "div") if inside else copies and stands_at_code(element)


def stands_at_code(element: Element) -> bool:
    """Whether code stands right beside an element."""
    for backwards in (False, True):
        beside = sibling_element(element, backwards)
        if beside is not None and (
            beside.matches("pre, code") or beside.select_one(":scope > pre, :scope > code") is not None
        ):
            return True
    return False


def write_rows(cells: Iterable[Element]) -> int:
    """Make one listing of each table whose rows are lines of code; how many listings were written."""
    written = 0
    for cell in cells:
        table = cell.closest("table") if cell.parent is not None and cell.matches(_ROWS) else None
        if table is not None and table.parent is not None:
            written += listing("\n".join(line.text.strip("\r\n") for line in table.select(_ROWS)), table)
    return written


def write_lines(elements: Sequence[Element]) -> int:
    """Give lines that are elements their line breaks: a line of spans in <pre>, or a block outside; how many listings."""
    written = 0
    groups: dict[int, tuple[Element, list[Element]]] = {}
    for line in elements:
        if isinstance(line.parent, Element) and _LINES & words_of(line):
            groups.setdefault(id(line.parent), (line.parent, []))[1].append(line)
    for around, lines in groups.values():
        if len(lines) < 2 or around.parent is None:
            continue
        if lines[0].tag != "pre" and around.closest("pre") is not None:
            if lines[0].tag == "span":
                end_lines(lines)
        elif lines[0].tag in ("pre", "code") or is_code(around) or all(map(is_all_code, lines)):
            written += listing("\n".join(text_of_line(line) for line in lines), around)
    return written + join_listings(elements)


def join_listings(elements: Sequence[Element]) -> int:
    """Make one listing of an editor's lines, each a <pre> in an element of its own; how many listings were written."""
    written = 0
    editors: dict[int, tuple[Element, list[Element]]] = {}
    for line in elements:
        if line.tag == "pre" and line.parent is not None and "codemirror-line" in words_of(line):
            editor = line.closest(".CodeMirror-code, .CodeMirror-lines, .CodeMirror")
            if editor is not None:
                editors.setdefault(id(editor), (editor, []))[1].append(line)
    for editor, lines in editors.values():
        if len(lines) > 1 and editor.parent is not None:
            written += listing("\n".join(text_of_line(line) for line in lines), editor)
    return written


def text_of_line(line: Element) -> str:
    """The text of a line, "" where it is a blank to keep its height."""
    return line.text.strip("\r\n").rstrip(" \xa0\u200b").replace("\u200b", "")


def end_lines(lines: Sequence[Element]) -> None:
    """Put a line break behind each line of code that has none, but the last."""
    for line in lines[:-1]:
        behind = line.next_sibling
        if isinstance(behind, Text) and behind.data.lstrip(" \t\r").startswith("\n"):
            continue
        if (
            line.text.endswith("\n")
            or line.select_one("br") is not None
            or (isinstance(behind, Element) and behind.tag == "br")
        ):
            continue
        line.insert_after(Text("\n"))


def is_code(element: Element) -> bool:
    """Whether an element's class says that it is code."""
    return bool(_CODE & words_of(element))


def is_all_code(line: Element) -> bool:
    """Whether a line holds nothing but elements of code."""
    return all(
        child.tag in ("code", "pre") or bool(_GUTTERS & words_of(child))
        if isinstance(child, Element)
        else not (isinstance(child, Text) and child.data.strip())
        for child in line.children
    )


def write_breaks(codes: Iterable[Element]) -> int:
    """Make a listing of each <code> outside <pre> that has lines and is all that its block holds; how many listings were written."""
    written = 0
    for code in codes:
        if (
            not len(code)
            or code.parent is None
            or code.select_one("br, div, p") is None
            or code.closest("pre") is not None
        ):
            continue
        if text_before(code).strip() or text_behind(code).strip() or code.select_one(_NO_CODE) is not None:
            continue
        text = text_with_breaks(code)
        if code.closest("td, th") is None or _INDENTED.search(text):
            written += listing(text, code)
    return written


def write_blocks(elements: Iterable[Element]) -> int:
    """Make a listing of a block that its class calls code, with indented lines by <br>, or of a list of lines; how many."""
    written = 0
    for element in elements:
        if (
            element.parent is None
            or not _CODE & words_of(element)
            or element.select_one("pre, table, img, h2, h3, p") is not None
        ):
            continue
        if element.tag in ("ol", "ul"):
            items = [child for child in element.children if isinstance(child, Element)]
            if (
                items
                and all(item.tag == "li" and item.select_one("code") is not None for item in items)
                and element.closest("pre") is None
            ):
                written += listing("\n".join(text_of_line(item) for item in items), element)
        elif element.tag in ("div", "p") and element.select_one("br") is not None and is_code(element):
            text = text_with_breaks(element)
            if _INDENTED.search(text):
                written += listing(text, element)
    return written


def text_with_breaks(element: Element) -> str:
    """The text of an element with its <br> and blocks as line ends; white space of the markup is one space, or none at a line's start."""
    parts: list[str] = []
    for node in element.descendants:
        if isinstance(node, Text):
            parts.append(_SPACES.sub(" ", node.data))
        elif isinstance(node, Element) and (
            (node.tag == "br" and not is_only_of_block(node)) or (node.tag in _BLOCKS and any(parts))
        ):
            parts.append("\n")
    return "\n".join(line.strip(" ").rstrip("\xa0") for line in "".join(parts).split("\n"))


def is_only_of_block(line_break: Element) -> bool:
    """Whether a <br> keeps the height of an empty line that is a block."""
    around = line_break.parent
    return isinstance(around, Element) and around.tag in _BLOCKS and len(around.children) == 1


def listing(text: str, instead: Element) -> bool:
    """Put a listing in the place of an element, unless it is empty; whether it was done."""
    if not text.strip():
        return False
    written = Element("pre")
    written.set_text(text)
    language = instead.attr("class")
    if language:
        written.attrs["class"] = language
    instead.replace_with(written)
    return True
