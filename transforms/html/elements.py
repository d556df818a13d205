"""The elements that hold text: what their tags, roles, classes and ids say about the blocks inside. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from turbohtml import Element

from transforms.html.segment import Segments

Ints = npt.NDArray[np.int64]

SEMANTICS = ("nav", "header", "footer", "aside", "article", "main", "table", "hidden")
_BITS = {name: 1 << place for place, name in enumerate(SEMANTICS)}
_TAG_BITS = {
    **{name: _BITS[name] for name in ("nav", "header", "footer", "aside", "article", "main", "table")},
    **dict.fromkeys(("noscript", "dialog"), _BITS["hidden"]),
}
_ROLE_BITS = {
    "navigation": _BITS["nav"],
    "menu": _BITS["nav"],
    "menubar": _BITS["nav"],
    "banner": _BITS["header"],
    "contentinfo": _BITS["footer"],
    "complementary": _BITS["aside"],
    "article": _BITS["article"],
    "main": _BITS["main"],
    "dialog": _BITS["hidden"],
    "alertdialog": _BITS["hidden"],
}
_TELLING = '[role],[hidden],[aria-hidden="true"],[style*="none"]'
NO_ODDS = 99  # tenths: beyond any odds of the table, so that a least value without words is told from one with


_BORDER, _START = b"|", 1000  # stand where the words, and in a row of odds those, of another look begin
_LETTERS = (
    bytes(
        code if code == 10 or chr(code).islower() else code + 32 if chr(code).isupper() else 32 for code in range(128)
    )
    + b" " * 128
)


class Lexicon:
    """Log odds of main content, in tenths, below an element whose class or id has a word."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self.words = words
        self.odds = {word.encode(): odds for word, odds in words.items()} | {_BORDER: _START}


class Looks(NamedTuple):
    """The attributes of a page's elements that hold text, in document order; `masks` is what roles and hiding say, a bit each."""

    classes: list[str]
    ids: list[str]
    masks: list[int]


class Elements(NamedTuple):
    """The elements that hold text in some pages, in document order; the first of each page is its body, its own parent.

    `holders` says which element holds each block; `firsts` and `ends` count the blocks of all pages, `pages` says whose element it is.
    `tags` are places in `names`, `classes` and `ids` places in `looks`.
    """

    names: list[str]
    looks: list[str]
    tags: Ints
    classes: Ints
    ids: Ints
    parents: Ints
    firsts: Ints
    ends: Ints
    holders: Ints
    masks: Ints  # semantic ancestors and self, a bit each
    pages: Ints


def read_looks(page: Segments) -> Looks:
    """Read the attributes of the elements that hold text; the only reading of the tree after the walk."""
    nodes = [node for node, first, end in zip(page.nodes, page.firsts, page.ends, strict=True) if end > first]
    return Looks(
        [node.attr("class") or "" for node in nodes],
        [node.attr("id") or "" for node in nodes],
        attribute_masks(nodes),
    )


def elements_with_text(pages: Sequence[Segments], looks: Sequence[Looks]) -> Elements:
    """The elements that hold text, and what surrounds them; every page has a block."""
    blocks, elements = starts_of(len(page.runs) for page in pages), starts_of(len(page.tags) for page in pages)
    sizes = np.diff(elements)
    before, roots = np.repeat(blocks[:-1], sizes), np.repeat(elements[:-1], sizes)
    firsts, ends = end_to_end(page.firsts for page in pages), end_to_end(page.ends for page in pages)
    held = np.flatnonzero(ends > firsts)
    place = np.zeros(len(firsts), np.int64)
    place[held] = np.arange(len(held))
    parents = place[(np.maximum(end_to_end(page.parents for page in pages), 0) + roots)[held]]
    holders = end_to_end([run.holder for run in page.runs] for page in pages)
    names, tags = numbered(chain.from_iterable(page.tags for page in pages))
    values, numbers = numbered(chain(*(look.classes for look in looks), *(look.ids for look in looks)))
    masks = np.array([_TAG_BITS.get(name, 0) for name in names])[tags[held]] | end_to_end(look.masks for look in looks)
    return Elements(
        names,
        values,
        tags[held],
        numbers[: len(held)],
        numbers[len(held) :],
        parents,
        (firsts + before)[held],
        (ends + before)[held],
        place[holders + np.repeat(elements[:-1], np.diff(blocks))],
        inherited(masks, parents),
        np.repeat(np.arange(len(pages)), sizes)[held],
    )


def end_to_end(parts: Iterable[Iterable[int]]) -> Ints:
    """Some lists of numbers as one array."""
    return np.fromiter(chain.from_iterable(parts), np.int64)


def numbered(values: Iterable[str]) -> tuple[list[str], Ints]:
    """The distinct values, and the place of each value among them.

    >>> numbered("abca")[1].tolist()
    [0, 1, 2, 0]
    """
    known: dict[str, int] = {}
    places = [known.setdefault(value, len(known)) for value in values]
    return list(known), np.array(places, np.int64)


def starts_of(sizes: Iterable[int]) -> Ints:
    """Where each of some parts begins when they are laid end to end, and where the last one ends.

    >>> starts_of([2, 3]).tolist()
    [0, 2, 5]
    """
    return np.cumsum([0, *sizes])


def attribute_masks(nodes: list[Element]) -> list[int]:
    """What roles and hiding attributes say about each element; one selector in C instead of four look-ups an element."""
    masks = [0] * len(nodes)
    told = nodes[0].select(_TELLING) if nodes else []
    if told:
        places = dict(zip(nodes, range(len(nodes)), strict=True))
        for node in told:
            index = places.get(node)
            if index is not None:
                masks[index] = told_bits(node)
    return masks


def told_bits(node: Element) -> int:
    """The bits of one element's role and hiding."""
    bits = _ROLE_BITS.get(node.attr("role") or "", 0)
    style = node.attr("style") or ""
    if (
        node.attr("hidden") is not None
        or node.attr("aria-hidden") == "true"
        or "display:none" in style.replace(" ", "")
    ):
        bits |= _BITS["hidden"]
    return bits


def inherited(masks: Ints, parents: Ints) -> Ints:
    """Each mask joined with those of all ancestors, by pointer doubling: as many rounds as the depth has binary digits."""
    above, higher = parents, parents[parents]
    while True:
        masks = masks | masks[above]
        if np.array_equal(higher, above):
            return masks
        above, higher = higher, higher[higher]


class LookWords(NamedTuple):
    """Per element, or summed up over its ancestors: sum of odds, number of words, number of elements; least and greatest odds."""

    sums: Ints
    counts: Ints
    depths: Ints
    least: Ints
    most: Ints


def with_ancestors(own: LookWords, parents: Ints) -> LookWords:
    """The words of each element and its ancestors taken together, by pointer doubling.

    The three sums are added as fields of one number: odds, 20 bits each for words and elements (depth is capped at 512).
    """
    end = len(parents)
    packed = np.append((own.sums << 40) + (own.counts << 20) + own.depths, 0)
    least, most = np.append(own.least, NO_ODDS), np.append(own.most, -NO_ODDS)
    above = np.append(np.where(parents == np.arange(end), end, parents), end)
    while (above != end).any():
        packed = packed + packed[above]
        least, most = np.minimum(least, least[above]), np.maximum(most, most[above])
        above = above[above]
    field = (1 << 20) - 1
    return LookWords(packed[:end] >> 40, packed[:end] >> 20 & field, packed[:end] & field, least[:end], most[:end])


def words_of_looks(elements: Elements, lexicon: Lexicon) -> LookWords:
    """The words of each element's class and id."""
    odds = np.array([odds for odds in map(lexicon.odds.get, look_words(elements.looks)) if odds is not None])
    starts = np.flatnonzero(odds == _START)
    sums = np.add.reduceat(odds, starts) - _START
    counts = np.diff(starts, append=len(odds)) - 1
    least = np.minimum.reduceat(np.where(odds == _START, NO_ODDS, odds), starts)
    most = np.maximum.reduceat(np.where(odds == _START, -NO_ODDS, odds), starts)
    one, other = elements.classes, elements.ids
    return LookWords(
        sums[one] + sums[other],
        counts[one] + counts[other],
        np.ones_like(one),
        np.minimum(least[one], least[other]),
        np.maximum(most[one], most[other]),
    )


def look_words(looks: list[str]) -> list[bytes]:
    """The words of many class attributes and ids, those of each look behind a border; letters A to Z, lower case.

    >>> look_words(["post-body", "NAV2"])
    [b'|', b'post', b'body', b'|', b'nav']
    """
    # Bytes, because they are translated and split several times faster than text.
    joined = "\n" + "\n".join([look.replace("\n", " ") for look in looks])
    return joined.encode("ascii", "replace").translate(_LETTERS).replace(b"\n", b" | ").split()
