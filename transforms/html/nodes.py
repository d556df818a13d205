"""A page's nodes as flat lists in document order, and how each affects text flow (ends a run, joins it, ...).

The parser lists elements, tags, texts and types of nodes, and their nesting follows from the number of children of each (`nesting`). So a
page costs a few calls of C, and its tree is freed before anything is decided.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain, compress, count, filterfalse, repeat
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import turbohtml
from turbohtml import Document, Element

from transforms.characters import is_number
from transforms.html.attributes import attribute_of_each
from transforms.html.classes import joined
from transforms.html.media_marks import NO_MEDIA, Media, take_out_media
from transforms.html.nesting import depths_of, ends_of
from transforms.html.rewrite import RARE, TELLING, Rare, rewrite
from transforms.invisible import JOINERS, has_invisible, visible

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint8]

# How a node affects the text around it. Up to ROW: elements that end a run of text; a ROW has cells. From INLINE to LINK: elements that
# join the text around them; styling, not white space, may set SPACED ones, LABELs and LINKs apart from their neighbours (`spaces`). From
# LINE to WORDS: what a run is made of; a BREAK is a <br>, a LINE one inside code, where block-level elements are such too, a BLANK white
# space alone.
BLOCK, ROW, IMAGE, INLINE, SPACED, LABEL, LINK, LINE, BREAK, BLANK, WORDS, COMMENT = range(12)

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
VERBATIM = ("pre", "listing", "xmp", "plaintext")
LISTS = ("ul", "ol", "dl", "menu", "dir")
ITEMS = ("li", "dt", "dd")
CELLS = ("td", "th")
CAPTIONS = ("figcaption", "caption")
_INLINES = (
    "abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd mark nobr output q rb rp rt rtc ruby s samp"
    " small strike strong sub sup time tt u var wbr picture source"
)
_BLOCKS = (
    "body p table blockquote figure article main section div summary details address aside header footer nav form fieldset legend button"
    " noscript center hr dialog thead tbody tfoot col colgroup hgroup search marquee option optgroup"
)
_ROLES = (
    dict.fromkeys((*HEADINGS, *VERBATIM, *LISTS, *ITEMS, *CELLS, *CAPTIONS, *_BLOCKS.split()), BLOCK)
    | dict.fromkeys(_INLINES.split(), INLINE)
    | {
        **dict.fromkeys(("span", "input", "link", "meta"), SPACED),
        "label": LABEL,
        "a": LINK,
        "br": BREAK,
        "tr": ROW,
        "img": IMAGE,
        "amp-img": IMAGE,
        "amp-anim": IMAGE,
    }
)
# By their numbers; a tag that is not here has some higher number on its page. It joins the text around it, as browsers draw it, unless it
# holds block-level elements.
TAGS = ("", *_ROLES)
BREAKING = frozenset(tag for tag, role in _ROLES.items() if role <= ROW or role == BREAK)  # set words apart
_UNSEEN_NAMES = (
    "script style template svg iframe object embed canvas math map textarea select datalist frameset noframes title"
)
UNSEEN = tuple(_UNSEEN_NAMES.split())
# Menus and footers are a third of the blocks of a page and hold 0.16 % of the words of its main content (475 gold pages): of what stands in
# them only images are read, each of which is a record of its own. One that holds a page's title or content is no such thing, but left open.
_CONTENT = "h1, article, main"
# What attributes say of an element's part in a page (`elements`, `told`); one walk of the tree finds all.
MARKING = '[role],[hidden],[aria-hidden="true"],[style*="none"],[rowspan],[colspan],li[value]'
_PICTURES = "img, amp-img, amp-anim, source"
_FURNITURE = f'nav, footer, :is([role="navigation"], [role="contentinfo"]):not({_PICTURES}, picture, a, {_CONTENT})'
_BY_ROLE = {"navigation": "nav", "contentinfo": "footer"}
_WITHOUT_PICTURES = f":not({_PICTURES}, figcaption, figcaption *, :has({_PICTURES}))"
_LONGEST_CLASS = 200  # characters of a class attribute that are looked at (ours)
# Pixels; an image so narrow goes with its cell's text, like the flags and arrows of Wikipedia's tables (ours).
_FLAG = 32
_TYPES = {turbohtml.Element: BLOCK, turbohtml.Text: WORDS}
_tag = attrgetter("tag")
# What styling sets apart, by a word of its class; a highlighter's `hljs-tag` stands in code, where nothing is (ours).
_LABEL = re.compile(
    r"(?:^|[\s_-])(?:badge|button|btn|categor(?:y|ie)|chip|keyword|label|lozenge|pill|tag|topic)s?(?:$|[\s_-])",
    re.IGNORECASE,
)
# One of these is in what that finds; looked for first, since the pattern is slow to fail.
_LABEL_PARTS = ("badge", "button", "btn", "categor", "chip", "keyword", "label", "lozenge", "pill", "tag", "topic")


_OTHERS = 255  # tags have numbers of one byte


class _Numbers(dict[str, int]):
    """The numbers of a page's tags; an unknown tag gets the next number, and from _OTHERS on they share that one."""

    def __missing__(self, tag: str) -> int:
        self[tag] = number = min(len(self), _OTHERS)
        return number


_NUMBERS = {tag: number for number, tag in enumerate(TAGS)}


def by_tag(values: Mapping[str, int], other: int) -> Ints:
    """Values by the numbers of tags, `other` for those of tags that are not in TAGS."""
    return np.array([values.get(tag, other) for tag in TAGS] + [other] * (_OTHERS + 1 - len(TAGS)))


_KNOWN = bytes(range(len(TAGS)))
_ROLE = bytes(by_tag(_ROLES, SPACED).tolist())
_IS_VERBATIM, _IS_RARE, _IS_ANCHOR, _IS_PICTURE = (
    bytes(by_tag(dict.fromkeys(names, 1), 0).tolist()) for names in (VERBATIM, RARE, ("a",), ("img",))
)
# Elements whose class may say what they are for (`rewrite`), unknown ones among them.
_IS_TELLING = bytes(by_tag(dict.fromkeys(set(TAGS) - set(TELLING), 0), 1).tolist())
_IS_BLOCK, _IS_SPACED, _IS_IMAGE = (
    bytes(first <= role <= last for role in range(256))
    for first, last in ((BLOCK, ROW), (SPACED, SPACED), (IMAGE, IMAGE))
)


class Nodes(NamedTuple):
    """The body, its elements, texts and comments in document order; nothing of the tree.

    `types` is a byte a node: BLOCK for elements, WORDS for texts, COMMENT. `roles` and `tags` (numbers), a byte each, and `children` (how
    many) are per element; `texts`, and `blank`, a byte each, per text; `flags` per image: whether it is declared as narrow as a flag;
    `targets` per LINK: the number of its address among the page's. `media` are the numbers of the comments in whose places media stood.
    """

    types: bytes
    roles: bytes
    tags: bytes
    children: Ints
    texts: list[str]
    blank: bytes
    flags: list[bool]
    targets: list[int]
    media: list[int]


def parsed(text: str) -> Document:
    """A page's tree, with the content of declarative shadow roots in its place (docs/sources.md, "HTML tree")."""
    return turbohtml.parse(text, allow_declarative_shadow_roots=False)


def selected(tree: Document, selectors: Iterable[str]) -> list[Element]:
    """The elements of a page that some selectors find, of one after the other.

    A tree knows its elements by tag until it is edited, so that a selector with a tag takes a few microseconds. One of several tags, or a
    search below an element, walks the whole tree.
    """
    return list(chain.from_iterable(map(tree.select, selectors)))


def remove_unseen(tree: Document) -> Media:
    """Take out the elements that show nothing; media leave marks."""
    media = take_out_media(tree)
    for element in selected(tree, UNSEEN):
        element.extract()
    return media


class Body(NamedTuple):
    """What is read of a page's body: its nodes, its block-level elements with the class of each (None: it has none), its images.

    `marked` are its elements with an attribute of MARKING, `listed` are all of its elements, `media` those that were taken out.
    """

    nodes: Nodes
    blocks: list[Element]
    classes: list[str | None]
    images: list[Element]
    marked: list[Element]
    listed: "Listed"
    media: Media


class Listed(NamedTuple):
    """The elements of a body, itself first, their tags by number and their classes; the addresses of its links, None where one has none.

    `together` are the distinct classes in one text (`classes`).
    """

    elements: list[Element]
    tags: bytes
    classes: list[str | None]
    addresses: list[str | None]
    together: str


def read_nodes(tree: Document, everything: bool = False, language: str = "") -> Body:
    """A page's body as it is read; elements that show nothing are taken out of the tree first.

    So is what stands in menus and footers, unless `everything` is asked for. What is no text as it stands is edited (`rewrite`);
    `language` is the page's.
    """
    body = tree.find("body")
    if body is None:  # a page of frames
        nodes = Nodes(b"", b"", b"", np.empty(0, np.int64), [], b"", [], [], [])
        return Body(nodes, [], [], [], [], Listed([], b"", [], [], ""), NO_MEDIA)
    media = remove_unseen(tree)
    if not everything:
        empty_furniture(body)
    marked = body.select(MARKING)
    found = listed(body)
    if rewrite(rare_of(found), language):
        found = listed(body)
    elements, tags, classes, addresses, _ = found
    types = bytes((BLOCK,)) + bytes(map(_TYPES.get, map(type, body.descendants), repeat(COMMENT)))
    children = np.fromiter(map(len, elements), np.int64, len(elements))
    roles = bytearray(tags.translate(_ROLE))
    if tags.translate(None, _KNOWN):
        end_runs_at_containers(tags, roles, types, children)
    # An anchor is no link: old pages leave them open over whole chapters.
    if None in addresses:
        for number, address in zip(compress(count(), tags.translate(_IS_ANCHOR)), addresses, strict=True):
            if address is None:
                roles[number] = SPACED
    if labels := {said for said in set(compress(classes, roles.translate(_IS_SPACED))) if said and is_label(said)}:
        for number in compress(count(), map(labels.__contains__, classes)):
            if roles[number] == SPACED:
                roles[number] = LABEL
    if 1 in (verbatim := tags.translate(_IS_VERBATIM)):
        end_no_runs_in(verbatim, roles, types, children)
    texts = list(body.strings)
    if has_invisible("".join(filterfalse(str.isascii, texts))):
        types, texts = visible_texts(types, texts)
    images = list(compress(elements, roles.translate(_IS_IMAGE)))
    places, media = media.within(body) if media is not NO_MEDIA else ([], media)
    nodes = Nodes(
        types,
        bytes(roles),
        tags,
        children,
        texts,
        bytes(map(str.isspace, texts)),
        list(map(is_flag, attribute_of_each(images, "width"))),
        numbered(address for address in addresses if address is not None),
        places,
    )
    own = roles.translate(_IS_BLOCK)
    return Body(nodes, list(compress(elements, own)), list(compress(classes, own)), images, marked, found, media)


def listed(body: Element) -> Listed:
    """The elements of a body."""
    elements = [body, *body.iter_elements()]
    tags = bytes(map(_Numbers(_NUMBERS).__getitem__, map(_tag, elements)))
    addresses = attribute_of_each(compress(elements, tags.translate(_IS_ANCHOR)), "href")
    classes = attribute_of_each(elements, "class")
    return Listed(elements, tags, classes, addresses, joined(classes))


def rare_of(found: Listed) -> Rare:
    """What may be edited of a page's elements."""
    elements, tags, classes, addresses, together = found
    links, pictures, tagged = (
        list(compress(elements, tags.translate(table))) for table in (_IS_ANCHOR, _IS_PICTURE, _IS_RARE)
    )
    return Rare(links, addresses, pictures, tagged, elements, classes, together, tags.translate(_IS_TELLING))


def end_runs_at_containers(tags: bytes, roles: bytearray, types: bytes, children: Ints) -> None:
    """Give elements of unknown tags that hold block-level elements the role BLOCK."""
    places = np.flatnonzero(np.frombuffer(types, np.uint8) == BLOCK)
    unknown = np.flatnonzero(np.frombuffer(tags, np.uint8) >= len(TAGS))
    behind = np.searchsorted(places, ends_of(places, children, len(types))[unknown])
    written = np.frombuffer(roles, np.uint8)
    blocks = np.append(0, np.cumsum(written <= ROW))
    written[unknown[blocks[behind] > blocks[unknown + 1]]] = BLOCK


@lru_cache(4096)
def is_label(classes: str) -> bool:
    """Whether a class attribute names what styling sets apart.

    >>> is_label("badge badge-new"), is_label("vintage")
    (True, False)
    """
    said = classes[:_LONGEST_CLASS]
    if said.isascii():  # beyond ASCII letters have more cases than two
        small = said.lower()
        if not any([part in small for part in _LABEL_PARTS]):
            return False
    return _LABEL.search(said) is not None


def numbered(values: Iterable[str]) -> list[int]:
    """The number of each value among those that differ.

    >>> numbered(["a", "b", "a"])
    [0, 1, 0]
    """
    places: defaultdict[str, int] = defaultdict(count().__next__)
    return list(map(places.__getitem__, values))


def empty_furniture(body: Element) -> None:
    """Remove everything from menus and footers but images, their captions and the text right beside them."""
    found = furniture(body)
    every = set(map(id, found))
    # Those in others are emptied with them: again and again would be quadratic.
    outer = [element for element in found if every.isdisjoint(map(id, element.ancestors))]
    for element in found:
        element.tag = _BY_ROLE.get(element.attr("role") or "", element.tag)
    for element in outer:
        if element.select_one(_PICTURES) is None:
            element.clear()
        else:
            element.remove(_WITHOUT_PICTURES)


def furniture(body: Element) -> list[Element]:
    """The menus and footers of a page, without those that hold the page's title or content, and those of quotations."""
    return [
        element
        for element in body.select(_FURNITURE)
        if element.select_one(_CONTENT) is None
        # The name under a quotation stands in its footer.
        and (element.tag != "footer" or element.closest("blockquote") is None)
    ]


def visible_texts(types: bytes, texts: list[str]) -> tuple[bytes, list[str]]:
    """The types of nodes and their texts without what no reader sees; a text of nothing else is as good as a comment."""
    kept = [text if text.isascii() else visible(text) for text in texts]
    for place, text in enumerate(texts):
        # A joiner at an edge may shape the letters around its element.
        if not text.isascii() and (text.startswith(JOINERS) or text.endswith(JOINERS)):
            before, after = texts[place - 1][-1:] if place else "", "".join(texts[place + 1 : place + 2])[:1]
            kept[place] = visible(before + text + after).removeprefix(visible(before)).removesuffix(visible(after))
    left = np.frombuffer(types, np.uint8).copy()
    left[np.flatnonzero(left == WORDS)[[not text for text in kept]]] = COMMENT
    return left.tobytes(), list(filter(None, kept))


def end_no_runs_in(verbatim: bytes, roles: bytearray, types: bytes, children: Ints) -> None:
    """Give block-level elements and <br> inside verbatim text the role LINE."""
    places = np.flatnonzero(np.frombuffer(types, np.uint8) == BLOCK)
    own = np.frombuffer(verbatim, np.bool_)
    inside = depths_of(places[own], ends_of(places, children, len(types))[own], len(types))[places] > 0
    written = np.frombuffer(roles, np.uint8)
    written[inside & ((written <= ROW) | (written == BREAK))] = LINE


def is_flag(width: str | None) -> bool:
    """Whether a declared width is that of a flag or an icon."""
    return width is not None and is_number(width) and int(width[:6]) <= _FLAG
