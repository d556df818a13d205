"""One walk over a parsed page: runs of text between block-level tags, the elements that hold them, and where the images stand.

The walk is iterative (the parser caps depth at 512) and reads no attribute: attributes are read afterwards, and only of elements that
hold text. Nothing is decided here.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

from turbohtml import Document, DocumentFragment, Element, Node, Text

from schemas.records import BlockKind

# What the walk does at a tag; a tag that is not named is a block border. Those up to _ROW are borders; a _TELLING one says how its text
# reads, and a _ROW has cells. Those from _INLINE on join the text around them, those from _SPACED on are told apart from their
# neighbours by styling, not by white space: menu entries, labels, prices.
_BLOCK, _TELLING, _ROW, _SKIP, _IMAGE, _BREAK, _INLINE, _SPACED, _LINK = range(9)

_SKIPPED = "script style template svg iframe object embed canvas audio video math map textarea select datalist head frameset noframes title"
_INLINES = (
    "abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd mark nobr output q rb rp rt rtc ruby s samp"
    " small strike strong sub sup time tt u var wbr picture source"
)
_HEADINGS = {f"h{rank}": rank for rank in range(1, 7)}
_VERBATIM = frozenset(("pre", "listing", "xmp", "plaintext"))
_LISTS = frozenset(("ul", "ol", "dl", "menu", "dir"))
# Until the run is closed these stand for <br>, for a place where two spaced elements meet, and for one where one meets text.
_LINE, _MEETING, _EDGE = "\x00", "\x01", "\x02"
_ANY = f"[{_MEETING}{_EDGE}]"
_PLAIN, _ITEM, _CODE, _CAPTION = BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.CODE, BlockKind.CAPTION
_KINDS = (
    dict.fromkeys(_HEADINGS, BlockKind.HEADING)
    | dict.fromkeys(("li", "dt", "dd"), BlockKind.LIST_ITEM)
    | dict.fromkeys(("figcaption", "caption"), BlockKind.CAPTION)
    | dict.fromkeys(_VERBATIM, BlockKind.CODE)
    | dict.fromkeys(("td", "th", "table"), BlockKind.PARAGRAPH)
    | {"blockquote": BlockKind.QUOTE}
)
_CELLS = frozenset(("td", "th"))
_ACTIONS = (
    dict.fromkeys((*_KINDS, *_LISTS, "figure"), _TELLING)
    | dict.fromkeys(_SKIPPED.split(), _SKIP)
    | dict.fromkeys(_INLINES.split(), _INLINE)
    | dict.fromkeys(("span", "label"), _SPACED)
    | dict.fromkeys(("img", "amp-img", "amp-anim"), _IMAGE)
    | {"a": _LINK, "br": _BREAK, "tr": _ROW}
)
_CELL_KINDS = frozenset((BlockKind.PARAGRAPH, BlockKind.LIST_ITEM))
_FINISHED = frozenset((*".!?:;)]\"'»”」』…\u3002\uff01\uff1f", _LINE, ""))
_WITH_LINES = frozenset((BlockKind.PARAGRAPH, BlockKind.QUOTE))
_FLAG = (
    32  # pixels; an image so narrow goes with its cell's text, like the flags and arrows of Wikipedia's tables (ours)
)
LONGEST_CAPTION = 10_000  # characters; a longer one is cut, no recipe takes a tenth of that (ours)
_ROW_LIMIT = (
    1_000  # runs; a row of more is no row of data, and rows in rows would be looked through again and again (ours)
)
_CELL_LIMIT = 400  # characters; a longer cell is a column of a laid-out page, not a cell of data
# Scripts without spaces between words, from U+0E00 (Thai) on: no space is put between two of their letters.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
# No space at a border beside such letters, around signs that join, before closing and after opening punctuation, after a lone capital
# (an initial set large); nor inside a word of small letters, unless two elements meet there.
_SMALL = "a-z\u00df-\u00f6\u00f8-\u00ff\u0430-\u045f"
_BORDERS = re.compile(f"{_ANY}+")
_GLUED = re.compile(  # at a border; the search for borders alone is ten times faster than one for all of this
    f"(?<=[{_UNSPACED}([{{/\\-'\u2019\u201c\xab]){_ANY}|{_ANY}+(?=[{_UNSPACED},.;:!?)\\]}}%/\\-'\u2019\u201d\xbb])"
    f"|(?<=\\b[A-Z]){_ANY}+(?=[{_SMALL}])|(?<=[{_SMALL}]){_EDGE}+(?=[{_SMALL}])"
)
_new = tuple.__new__  # of a named tuple, in half the time that its own constructor takes
_SPACES = re.compile("[ \t\n\r\f\xa0]+")


class Place(NamedTuple):
    """Where an image stands: in which block-level element, in which figure (-1: none), and how many blocks stand before it."""

    holder: int
    figure: int
    before: int


class _Context(NamedTuple):
    """What holds inside an element: the indices of the list item, cell and figure around (-1: none), and how its text reads."""

    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    depth: int = 0  # of lists
    item: int = -1
    cell: int = -1
    figure: int = -1


class Run(NamedTuple):
    """One block of a page: a run of text between block-level borders."""

    text: str
    kind: BlockKind
    level: int
    holder: int  # the block-level element around it
    linked: int  # characters of it that stand in links
    inline: str  # its first inline tag, "" where it begins with text
    cell: int  # the table cell around it, -1 for none


class Segments:
    """The runs of a page in document order, its block-level elements in the order of their start tags, and its images.

    `nodes`, `tags`, `parents`, `firsts`, `ends` are parallel: runs `firsts[i]` up to `ends[i]` stand in element i, the first
    element is the body. `pictures` and `places` are parallel. `captions` are the texts of figcaptions by their figure's index.
    Only `nodes` and `pictures` hold on to the tree.
    """

    __slots__ = ("captions", "ends", "firsts", "nodes", "parents", "pictures", "places", "runs", "tags")

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.nodes: list[Element] = []
        self.tags: list[str] = []
        self.parents: list[int] = []
        self.firsts: list[int] = []
        self.ends: list[int] = []
        self.pictures: list[Element] = []
        self.places: list[Place] = []
        self.captions: dict[int, str] = {}


def segment(tree: Document) -> Segments:
    """Walk the body of a page once.

    >>> import turbohtml
    >>> [run.text for run in segment(turbohtml.parse("<h1>A</h1><p>b <i>c</i><br>d")).runs]
    ['A', 'b c\\nd']
    """
    body = tree.find("body")
    walk = _Walk()
    if body is not None:
        walk.go(body)
    return walk.found


class _End(NamedTuple):
    """Stands behind the last node of a page, where all is closed as it is between nodes."""

    parent: Node | None


class _Walk:
    """What has been found by one walk, and the open run of text."""

    __slots__ = ("found", "last_item", "pieces")

    def __init__(self) -> None:
        self.found = Segments()
        self.pieces: list[str] = []
        self.last_item = -1

    def go(self, body: Element) -> None:
        """Visit every node below `body` in document order; `outer` holds what was true outside each open element.

        The state that changes with every node is in local variables, and what happens at every node is written out: a call or a look
        into an object costs as much as the rest of what is done for a node.
        """
        found, pieces, step_of = self.found, self.pieces, _ACTIONS.get
        runs, nodes, tags, parents, firsts, ends = (
            found.runs, found.nodes, found.tags, found.parents, found.firsts, found.ends
        )  # fmt: skip
        above = body.parent
        top: Node | None = above
        outer: list[tuple[Node | None, int, _Context, int]] = []
        action, holder, context = _BREAK, -1, _Context()  # no element has the action of a break
        links = linked = 0  # open links, and characters of the run inside links
        inline = ""  # the first inline tag of the run
        spaced = broken = False  # such an element, a line, has just ended
        # Told apart by `type`, which the checker does not follow.
        walked: Iterator[Any] = chain((body,), body.descendants, (_End(above),))
        for node in walked:
            kind = type(node)
            if kind is Text:
                data: str = node.data
                blank = data.isspace()
                if blank and action != _SKIP:  # needs no look at what has been closed before it
                    if pieces:
                        pieces.append(data)
                    continue
            parent = node.parent
            while top is not parent:
                if action <= _ROW:
                    if pieces:
                        self.close_run(holder, context, linked, inline)
                        linked = 0
                    inline = ""
                    ends[holder] = len(runs)
                    if action == _ROW:
                        join_row(found, holder)
                elif action >= _SPACED:
                    spaced = True
                    links -= action == _LINK
                top, holder, context, action = outer.pop()
            if kind is Text:
                if action != _SKIP and (pieces or not blank):
                    if spaced and pieces and not (data[0].isspace() or pieces[-1][-1].isspace()):
                        pieces.append(_EDGE)
                    spaced = broken = False
                    pieces.append(data)
                    if links:
                        linked += len(data.strip())
            elif kind is Element:
                tag: str = node.tag
                step = _SKIP if action == _SKIP else step_of(tag, _BLOCK)
                if step <= _ROW:
                    outer.append((top, holder, context, action))
                    top, action = node, step
                    if context[0] is _CODE:
                        action = _INLINE
                        pieces.append("\n")
                        continue
                    if pieces:
                        self.close_run(holder, context, linked, inline)
                        linked, inline = 0, ""
                    nodes.append(node)
                    parents.append(holder)
                    firsts.append(len(runs))
                    ends.append(-1)
                    holder = len(tags)
                    tags.append(tag)
                    if step == _TELLING:
                        context = inside(tag, holder, context)
                elif step == _BREAK:
                    if broken and context[0] is not _CODE:
                        self.close_run(holder, context, linked, inline)
                        linked, inline = 0, ""
                    pieces.append(_LINE)
                    broken = True
                else:
                    # An anchor is no link: old pages leave them open over whole chapters.
                    if step == _LINK and node.attr("href") is None:
                        step = _SPACED
                    outer.append((top, holder, context, action))
                    top, action = node, step
                    if step >= _INLINE:
                        links += step == _LINK
                        if not pieces:
                            inline = inline or tag
                        elif step >= _SPACED and not pieces[-1][-1].isspace():
                            pieces.append(_MEETING if spaced else _EDGE)
                            spaced = False
                    elif step == _IMAGE:
                        # Behind a whole sentence or a line it ends the run, inside a sentence it comes after it.
                        if pieces and pieces[-1].rstrip()[-1:] in _FINISHED:
                            self.close_run(holder, context, linked, inline)
                            linked, inline = 0, ""
                        found.pictures.append(node)
                        found.places.append(Place(holder, context.figure, len(runs) + bool(pieces)))
            elif kind is DocumentFragment:
                outer.append((top, holder, context, action))
                top = node

    def close_run(self, holder: int, context: _Context, linked: int, inline: str) -> None:
        """Turn the open run of text into a block, if it has any text."""
        kind, level, _, item, cell, figure = context
        text = read("".join(self.pieces), kind)
        self.pieces.clear()
        if not text:
            self.pull_back_images()
            return
        if kind is _ITEM:
            if item == self.last_item:  # only the first run of an item is the item, the rest is text inside it
                kind, level = _PLAIN, 0
            self.last_item = item
        found = self.found
        found.runs.append(_new(Run, (text, kind, level, holder, min(linked, len(text)), inline, cell)))
        if kind is _CAPTION and figure >= 0 and len(known := found.captions.get(figure, "")) < LONGEST_CAPTION:
            found.captions[figure] = f"{known} {text}".strip()[:LONGEST_CAPTION]

    def pull_back_images(self) -> None:
        """Images that were placed behind the open run stand before what follows, if the run turns out to have no text."""
        found = self.found
        for number in range(len(found.places) - 1, -1, -1):
            if found.places[number].before <= len(found.runs):
                break
            found.places[number] = found.places[number]._replace(before=len(found.runs))


def inside(tag: str, index: int, context: _Context) -> _Context:
    """What holds inside element `index` with a telling tag."""
    kind, level, depth, item, cell, figure = context
    own = _KINDS.get(tag)
    depth += tag in _LISTS
    if own is not None:
        kind = own
    level = _HEADINGS.get(tag, depth if kind is _ITEM else 0)
    if own is _ITEM:
        item = index
    elif tag in _CELLS:
        cell = index
    elif tag == "table":
        cell = -1
    elif tag == "figure":
        figure = index
    return _new(_Context, (kind, level, depth, item, cell, figure))


def join_row(found: Segments, row: int) -> None:
    """Make one block of a row of short cells with one run of text each; leave any other row as it is."""
    first = found.firsts[row]
    if not 2 <= len(found.runs) - first <= _ROW_LIMIT:
        return
    runs = found.runs[first:]
    own = [index for index in range(row + 1, len(found.nodes)) if found.parents[index] == row]
    texts = {run.cell: run.text for run in runs}
    plain = all(run.kind in _CELL_KINDS and len(run.text) <= _CELL_LIMIT for run in runs)
    if not plain or len(texts) < len(runs) or not texts.keys() <= set(own) or has_picture(found, row):
        return
    line = " | ".join(texts.get(cell, "").replace("\n", " ") for cell in own)
    found.runs[first:] = [Run(line, BlockKind.TABLE, 0, row, sum(run.linked for run in runs), "", -1)]
    for index in range(row, len(found.nodes)):
        found.ends[index] = min(found.ends[index], first) + (found.ends[index] > first)
        found.firsts[index] = first
    for number in range(len(found.places) - 1, -1, -1):
        if found.places[number].before <= first:
            break
        found.places[number] = found.places[number]._replace(before=first + 1)


def has_picture(found: Segments, row: int) -> bool:
    """Whether an image stands in a row that is not declared as narrow as a flag or an icon: then each cell is its picture's text."""
    for place, picture in zip(reversed(found.places), reversed(found.pictures), strict=True):
        if place.holder < row:
            return False
        width = picture.attr("width") or ""
        if not (width.isdecimal() and int(width[:6]) <= _FLAG):
            return True
    return False


def read(text: str, kind: BlockKind) -> str:
    """The text of a run: white space collapsed, lines kept where the kind has lines, code left as it is.

    >>> read("a  b" + _LINE + "c", BlockKind.QUOTE), read("a" + _LINE + "b", BlockKind.HEADING)
    ('a b\\nc', 'a b')
    """
    if kind is _CODE:
        return text.replace(_MEETING, "").replace(_EDGE, "").replace(_LINE, "\n").strip("\n").rstrip()
    if _MEETING in text or _EDGE in text:
        text = _BORDERS.sub(space_at, text)
    if _LINE in text:
        lines = [collapse(line) for line in text.split(_LINE)]
        return ("\n" if kind in _WITH_LINES else " ").join(line for line in lines if line)
    return collapse(text)


def space_at(border: re.Match[str]) -> str:
    """The space at a place where elements meet, "" where the text around it takes none."""
    return "" if _GLUED.match(border.string, border.start()) else " "


def collapse(text: str) -> str:
    """`text` with each run of white space made one space; the ideographic space is a letter of its script and stays."""
    if "\u3000" in text:
        return _SPACES.sub(" ", text).strip()
    return " ".join(text.split())
