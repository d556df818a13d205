"""What attributes say of a page's structure: numbers of lists, spans of cells, languages of code. Read before the tree is freed."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
from turbohtml import Element

from transforms.html.list_marks import style_of
from transforms.html.nodes import CELLS, ROW, TAGS, VERBATIM, Body

_LISTS, _ITEMS, _CELLS, _CODE = (bytes(map(TAGS.index, tags)) for tags in (("ol",), ("li",), CELLS, VERBATIM))
_INTEGER = re.compile(r"[ \t\n\r\f]*([+-]?[0-9]{1,7})")  # as HTML reads one; more digits are no number of an item
_MOST_COLUMNS = 1000  # the HTML standard's limit
_MOST_ROWS = 65_534  # the HTML standard's limit
_AROUND = 3  # elements around code whose class may name its language: Sphinx names it two above
_LONGEST_CLASS = 300  # characters of a class that are looked at (ours)
_LANGUAGE = re.compile(
    r"(?:^|\s)(?:brush:\s*|(?:language|lang|highlight-source|highlight-text|highlight|src)-)([a-z][\w+#.-]{0,29})",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:^|\s)(?:sourceCode|src|hljs|prism|shiki)\s+([a-z][\w+#.]{0,29})(?:\s|$)", re.IGNORECASE)
_NO_LANGUAGE = frozenset(
    ("default", "none", "plain", "plaintext", "text", "txt", "nohighlight", "wrapper", "block", "container", "code")
)


class Numbering(NamedTuple):
    """How a list is numbered: its first number where it says one, its style (`list_marks`), whether it counts down."""

    start: int | None
    style: str
    backwards: bool


class Told(NamedTuple):
    """By the number of a block-level element: how ordered lists are numbered, values of items, languages of code.

    `spans` are the (rows, columns) of cells that span more than one of either; 0 rows are all that follow.
    """

    lists: dict[int, Numbering]
    values: dict[int, int]
    spans: dict[int, tuple[int, int]]
    languages: dict[int, str]


def read_told(body: Body) -> Told:
    """What the attributes of a page's block-level elements say."""
    told, nodes, blocks = Told({}, {}, {}, {}), body.nodes, body.blocks
    with_lists, with_cells, with_code = (any(tag in nodes.tags for tag in tags) for tags in (_LISTS, _CELLS, _CODE))
    if not (with_lists or with_cells or with_code):
        return told
    tags = np.frombuffer(nodes.tags, np.uint8)[np.frombuffer(nodes.roles, np.uint8) <= ROW].tobytes()
    if with_lists:
        told.lists.update((number, numbering(blocks[number])) for number in with_tags(tags, _LISTS))
        if any(element.tag == "li" for element in body.marked):
            told.values.update(integers(blocks, with_tags(tags, _ITEMS), "value"))
    if with_cells and any(element.tag in CELLS for element in body.marked):
        told.spans.update(spans(blocks, with_tags(tags, _CELLS)))
    if with_code:
        named_by = ((number, language_of(blocks[number])) for number in with_tags(tags, _CODE))
        told.languages.update((number, language) for number, language in named_by if language)
    return told


def with_tags(tags: bytes, wanted: bytes) -> list[int]:
    """The numbers of the elements whose tag is one of `wanted`."""
    return [number for number, tag in enumerate(tags) if tag in wanted]


def numbering(element: Element) -> Numbering:
    """How an ordered list is numbered."""
    style = style_of(element.attr("type"), element.attr("style"))
    return Numbering(integer(element.attr("start")), style, element.attr("reversed") is not None)


def integers(elements: Sequence[Element], numbers: Sequence[int], name: str) -> Iterator[tuple[int, int]]:
    """The elements that have a whole number in an attribute, each with it."""
    for number in numbers:
        if (value := integer(elements[number].attr(name))) is not None:
            yield number, value


def spans(elements: Sequence[Element], cells: Sequence[int]) -> Iterator[tuple[int, tuple[int, int]]]:
    """The cells that span more than one row or column, with how many; one row or column where the number is none."""
    for number in cells:
        rows, columns = integer(elements[number].attr("rowspan")), integer(elements[number].attr("colspan"))
        span = min(max(1 if rows is None else rows, 0), _MOST_ROWS), min(max(columns or 1, 1), _MOST_COLUMNS)
        if span != (1, 1):
            yield number, span


def integer(value: str | None) -> int | None:
    """A whole number as HTML reads it, None where there is none.

    >>> integer(" -3rd"), integer("x"), integer(None)
    (-3, None, None)
    """
    found = _INTEGER.match(value) if value else None
    return int(found[1]) if found else None


def language_of(code: Element) -> str:
    """The language of code, by attributes of its element, of a `code` in it, or of the elements around it; "" where none says it."""
    inner = code.select_one("code")
    for element in (code, *(() if inner is None else (inner,)), *islice(code.ancestors, _AROUND)):
        if not isinstance(element, Element) or element.tag == "body":
            break
        for name in ("data-lang", "data-language"):
            if found := named(element.attr(name) or ""):
                return found
        classes = (element.attr("class") or "")[:_LONGEST_CLASS]
        for match in (*_LANGUAGE.finditer(classes), *_NAMED.finditer(classes)):
            if found := named(match[1]):
                return found
    return ""


def named(word: str) -> str:
    """A language's name in small letters, "" where the word is none.

    >>> named("Python"), named("plaintext"), named("a b")
    ('python', '', '')
    """
    name = word.lower().rstrip(".-;")
    return name if re.fullmatch(r"[a-z][\w+#.-]{0,29}", name, re.ASCII) and name not in _NO_LANGUAGE else ""
