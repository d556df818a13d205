"""The captions and credits that pages set beside their pictures, by class, role or tag, matched with the pictures they belong to. Pure.

A figure's `figcaption` is read with the page's runs of text (`segment`). What is here is rare: a page without it costs a look at its
classes. Pictures, captions and other text are put in a line, as the page has them; between two texts stand pictures and their captions.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import compress, count, islice
from typing import NamedTuple

import numpy as np
from turbohtml import Element, Text

from transforms.characters import is_number
from transforms.html.classes import holding
from transforms.html.nodes import BLOCK, BREAKING, IMAGE, TAGS, WORDS, Body, Ints
from transforms.invisible import visible

# What a class, in small letters, calls a caption, as themes and tools write it in some languages. `caption` covers WordPress
# (`wp-caption-text`), MediaWiki (`thumbcaption`), Blogger (`tr-caption`), Drupal, Joomla, Ghost; `gallerytext` is MediaWiki's.
_CAPTION = re.compile(
    r"caption(?!s?[_-]?(?:track|button|toggle|on\b|off\b))|cutline|gallerytext|bild[_-]?unterschrift|bildtext|billedtekst|bijschrift|"
    r"onderschrift|didascalia|pie[_-]?(?:de[_-]?)?(?:foto|imagen)|ep[ií]grafe|l[eé]gende|kuvateksti|képaláírás|popisek|"
    r"(?:^|[\s_-])legend(?:a|as)?(?:$|[\s_-])|(?:image|img|photo|picture|foto)[_-]{1,2}(?:desc(?:ription)?|sub-?title)(?:$|[\s_-])"
)
_CREDIT = re.compile(
    r"credit(?!-?card)|photographer|fotograf|bildnachweis|bildquelle|(?:image|photo|img|picture|media|bild|foto)[_-]*(?:source|copyright)"
)
# Some of these are in any class that one of the two finds; looked for in all classes at once, in small letters.
_PARTS = (
    "aption", "cutline", "gallerytext", "bild", "schrift", "didascalia", "pie", "legend", "légende", "kuvateksti", "billedtekst", "grafe",
    "aláírás", "popisek", "-desc", "_desc", "subtitle", "sub-title", "credit", "otogra", "source", "copyright",
)  # fmt: skip
_LONGEST_CLASS = 200  # characters of a class attribute that are looked at (ours)
_LONGEST = 2_000  # characters; what is longer is prose that is classed as a caption (ours)
_AROUND = 6  # elements around a caption that are asked for its picture (ours)
_DEEPEST = 64  # elements around a picture that are looked at (ours)
_MOST_INSIDE = 2_000  # nodes of a caption, or of a table with few pictures (ours)
_MOST_NODES = 400  # of a caption that are read (ours)
_LABEL = (
    24  # characters between a picture and its caption that are no text of their own: `a`, `Enlarge this image` (ours)
)
_FEW_PICTURES, _FEW_WORDS = 4, 300  # pictures and characters of a table that does no more than show them (ours)
_SHARING = frozenset(("table", "tbody", "tr", "td", "figure", "dl"))  # pictures side by side in these share one caption
_FIGCAPTION, _TABLE_CAPTION, _NOSCRIPT = map(TAGS.index, ("figcaption", "caption", "noscript"))

Said = tuple[str, str]  # a kind of caption, and its text
Found = dict[int, list[Said]]  # what is said of pictures, by their number among the page's image elements


class _Row(NamedTuple):
    """A caption or a credit among a page's nodes: where it begins and ends, its element, and whether it is a credit.

    `alone` is the only picture of the smallest element around both, -1 where there are others.
    """

    begin: int
    end: int
    element: Element
    is_credit: bool
    alone: int


class _Lay(NamedTuple):
    """Where a page's elements begin among its nodes, and its pictures by place and number."""

    places: Ints
    pictures: list[tuple[int, int]]

    def within(self, begin: int, end: int) -> list[tuple[int, int]]:
        """The pictures between two nodes."""
        return self.pictures[bisect_left(self.pictures, (begin, -1)) : bisect_left(self.pictures, (end, -1))]


@lru_cache(4096)
def named(classes: str) -> str:
    """What a class attribute calls its element: "credit", "caption" or "".

    >>> named("wp-caption-text"), named("photo-credit"), named("capital")
    ('caption', 'credit', '')
    """
    said = classes[:_LONGEST_CLASS].lower()
    return "credit" if _CREDIT.search(said) else "caption" if _CAPTION.search(said) else ""


def said_beside(body: Body) -> Mapping[int, Sequence[Said]]:
    """By the number of an image element what is set beside it as its caption or its credit."""
    found: Found = {}
    if body.images:
        elements, tags, classes, _, together = body.listed
        telling = named_of(together)
        named_so = compress(count(), map(telling.__contains__, classes)) if telling else ()
        wanted = {number: telling[classes[number]] for number in named_so}
        for number in (*numbers_of(tags, _FIGCAPTION), *numbers_of(tags, _TABLE_CAPTION)):
            if tags[number] == _TABLE_CAPTION or elements[number].closest("figure") is None:
                wanted.setdefault(number, "caption")
            else:
                wanted.pop(number, None)  # a figure's is read with the figure
        if roles := {id(element) for element in body.marked if element.attr("role") == "caption"}:
            wanted |= {number: "caption" for number, element in enumerate(elements) if id(element) in roles}
        if wanted:
            share_out(body, sorted(wanted.items()), found)
    return found


def named_of(together: str) -> Mapping[str | None, str]:
    """Those of a page's classes, given in one text, that name a caption or a credit, each with which of the two."""
    small = together.lower()
    if len(small) != len(together):  # beyond ASCII a letter may have two small ones
        small = together
    found: dict[str | None, str] = {}
    for place in (place for part in _PARTS if part in small for place in holding(small, part)):
        if name := named(together[place]):
            found[together[place]] = name
    return found


def numbers_of(tags: bytes, tag: int) -> Iterator[int]:
    """The numbers of the elements of a tag."""
    number = tags.find(tag)
    while number >= 0:
        yield number
        number = tags.find(tag, number + 1)


def share_out(body: Body, wanted: Sequence[tuple[int, str]], found: Found) -> None:
    """Put captions and credits, elements by their number, to the pictures they stand beside."""
    elements, tags, *_ = body.listed
    # The copy of a lazy picture stands beside it and is as good as the picture.
    copies = [n for n, image in enumerate(body.images) if n and image.closest("noscript")] if _NOSCRIPT in tags else []
    lay = lay_of(body, frozenset(copies))
    families = Families(body.images)
    rows: list[_Row] = []
    for number, kind in wanted:
        begin, element = int(lay.places[number]), elements[number]
        end = end_of(element, begin)
        if end < 0 or lay.within(begin, end):
            continue  # prose, or around pictures and their caption
        if tags[number] == _TABLE_CAPTION:
            of_table(body, lay, number, found)
        else:
            rows.append(_Row(begin, end, element, kind == "credit", families.alone_with(element, begin, lay.pictures)))
    for part in parts_of(body, lay, rows) if rows else ():
        settle(part, found)
    for number in copies:
        if number - 1 in found:
            found[number] = found[number - 1]


def lay_of(body: Body, without: frozenset[int]) -> _Lay:
    """Where things are on a page, but for some of its images and for icons, such as the lens in a caption of an older wiki."""
    types = np.frombuffer(body.nodes.types, np.uint8)
    places = np.flatnonzero(types == BLOCK)
    shown = places[np.frombuffer(body.nodes.roles, np.uint8) == IMAGE].tolist()
    icons = body.nodes.flags
    pictures = [(place, number) for number, place in enumerate(shown) if number not in without and not icons[number]]
    return _Lay(places, pictures)


def end_of(element: Element, begin: int) -> int:
    """The node behind an element that begins at a node; -1 where it holds far more than a caption or a small table."""
    inside = sum(1 for _ in islice(element.descendants, _MOST_INSIDE))
    return begin + 1 + inside if inside < _MOST_INSIDE else -1


def sizes_of(body: Body) -> Ints:
    """The characters of each node of a page, white space at their ends left out."""
    types = np.frombuffer(body.nodes.types, np.uint8)
    sizes = np.zeros(len(types), np.int64)
    texts = body.nodes.texts
    sizes[types == WORDS] = list(map(len, map(str.strip, texts)))
    return sizes


class Families:
    """The elements around each picture of a page, read when they are asked for."""

    def __init__(self, images: Sequence[Element]) -> None:
        self._images = images
        self._around: dict[int, frozenset[int]] = {}

    def around(self, number: int) -> frozenset[int]:
        """The elements around a picture, by what tells one from another."""
        if number not in self._around:
            self._around[number] = frozenset(map(id, islice(self._images[number].ancestors, _DEEPEST)))
        return self._around[number]

    def alone_with(self, element: Element, begin: int, pictures: Sequence[tuple[int, int]]) -> int:
        """The only picture of the smallest element around `element` that has one; -1 where it has several, or is far up."""
        behind = bisect_left(pictures, (begin, -1))
        near = [(self.around(number), number) for _, number in pictures[max(behind - 2, 0) : behind + 2]]
        for around in islice(element.ancestors, _AROUND):
            if inside := [number for family, number in near if id(around) in family]:
                return inside[0] if len(inside) == 1 else -1
        return -1


def of_table(body: Body, lay: _Lay, number: int, found: Found) -> None:
    """The caption of a table that shows few pictures and little else is theirs; it is the table's first element."""
    if number < 1 or body.listed.elements[number - 1] is not body.listed.elements[number].parent:
        return
    table, begin = body.listed.elements[number - 1], int(lay.places[number - 1])
    end = end_of(table, begin)
    if end < 0 or not 0 < len(inside := lay.within(begin, end)) <= _FEW_PICTURES:
        return
    if len(table.text.strip()) - len(body.listed.elements[number].text.strip()) > _FEW_WORDS:
        return
    if text := text_of(body.listed.elements[number]):
        for _, picture in inside:
            found.setdefault(picture, []).append(("table_caption", text))


def parts_of(body: Body, lay: _Lay, rows: Sequence[_Row]) -> Iterator[list[_Row | int]]:
    """Pictures (their numbers) and captions between which no other text stands, in the order of the page."""
    sizes = sizes_of(body)
    outer: list[_Row] = []
    last = {True: 0, False: 0}
    for row in rows:
        if row.end > last[row.is_credit]:  # not inside another one
            outer.append(row)
            last[row.is_credit] = row.end
            sizes[row.begin : row.end] = 0
    total = np.append(0, np.cumsum(sizes)).tolist()
    line: list[tuple[int, int, _Row | int]] = [(place, place, number) for place, number in lay.pictures]
    line += [(row.begin, row.end, row) for row in outer]
    line.sort(key=lambda item: item[:2])
    part: list[_Row | int] = []
    ended = 0
    for begin, end, item in line:
        if part and total[begin] - total[ended] > _LABEL:
            yield part
            part = []
        part.append(item)
        ended = max(ended, end)
    yield part


def settle(part: Sequence[_Row | int], found: Found) -> None:
    """Give the captions and credits of a part to its pictures, those first that stand in an element with one picture alone.

    Others stand below theirs, or above where the part begins with a caption and ends with a picture.
    """
    if all([isinstance(item, int) for item in part]):
        return
    numbers = {item for item in part if isinstance(item, int)}
    surely = {item.alone for item in part if isinstance(item, _Row) and not item.is_credit and item.alone in numbers}
    if surely:
        rest: list[_Row | int] = []
        for item in part:
            if isinstance(item, int) and item in surely:
                settle(rest, found)
                rest = []
            elif isinstance(item, int) or item.alone not in surely:
                rest.append(item)
            elif text := text_of(item.element):
                found.setdefault(item.alone, []).append(("credit" if item.is_credit else "caption", text))
        settle(rest, found)
        return
    shown = [item for item in part if isinstance(item, int) or not item.is_credit]
    above = bool(shown) and not isinstance(shown[0], int) and isinstance(shown[-1], int)
    for items in groups(part[::-1] if above else part):
        pictures = [item for item in items if isinstance(item, int)]
        own = [item for item in items if isinstance(item, _Row) and not item.is_credit]
        named_so = [item for item in items if isinstance(item, _Row) and item.is_credit]
        if not pictures:
            continue
        for number, text in matched(pictures, own, [text_of(row.element) for row in own]):
            if text:
                found.setdefault(number, []).append(("caption", text))
        for row in named_so:
            if text := text_of(row.element):
                found.setdefault(pictures[-1], []).append(("credit", text))


def groups(part: Sequence[_Row | int]) -> Iterator[list[_Row | int]]:
    """Pictures, each with the captions behind it."""
    group: list[_Row | int] = []
    for item in part:
        if isinstance(item, int) and group and isinstance(group[-1], _Row):
            yield group
            group = []
        group.append(item)
    yield group


def matched(numbers: Sequence[int], rows: Sequence[_Row], texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """One caption for each picture where there are as many, counted by columns, one for all of a table's row, else the last picture's."""
    if len(rows) == len(numbers):
        yield from zip(numbers, texts, strict=True)
    elif len(columns := by_columns(rows, texts, len(numbers))) == len(numbers):
        yield from zip(numbers, columns, strict=True)
    elif len(rows) == 1:
        parent = rows[0].element.parent
        shared = isinstance(parent, Element) and parent.tag in _SHARING
        yield from ((number, texts[0]) for number in (numbers if shared else numbers[-1:]))
    elif rows:
        yield numbers[-1], texts[0]


def by_columns(rows: Sequence[_Row], texts: Sequence[str], most: int) -> list[str]:
    """Each caption as often as its cell has columns, until there are more than `most`."""
    columns: list[str] = []
    for row, text in zip(rows, texts, strict=True):
        span = row.element.attr("colspan") or "1"
        columns += [text] * (int(span) if len(span) < 3 and is_number(span) else 1)
        if len(columns) > most:
            break
    return columns


def text_of(element: Element) -> str:
    """An element's text on one line, words of different blocks apart; "" where it is longer than a caption.

    >>> import turbohtml
    >>> text_of(turbohtml.parse("<p>A <b>b</b>oat<br>at sea</p>").find("p"))
    'A boat at sea'
    """
    pieces = []
    for node in islice(element.descendants, _MOST_NODES):
        if isinstance(node, Text):
            pieces.append(str(node.text))
        elif isinstance(node, Element) and node.tag in BREAKING:
            pieces.append(" ")
    text = " ".join(visible("".join(pieces)).split())
    return text if len(text) <= _LONGEST else ""
