"""The elements that hold text: what their tags, roles, classes and ids say about the blocks inside. Pure."""

from collections.abc import Mapping, Sequence
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


class Elements(NamedTuple):
    """The elements that hold text, in document order; the first is the body. `holders` says which of them holds each block."""

    tags: list[str]
    classes: list[str]
    ids: list[str]
    parents: Ints
    firsts: Ints
    ends: Ints
    holders: Ints
    masks: Ints  # semantic ancestors and self, a bit each


def elements_with_text(page: Segments, holders: Sequence[int]) -> Elements:
    """Read the attributes of the elements that hold text, and what surrounds them."""
    firsts, ends = np.array(page.firsts), np.array(page.ends)
    held = np.flatnonzero(ends > firsts)
    place = np.zeros(len(firsts), np.int64)
    place[held] = np.arange(len(held))
    indices = held.tolist()
    nodes = [page.nodes[index] for index in indices]
    tags = [page.tags[index] for index in indices]
    parents = place[np.maximum(np.array(page.parents)[held], 0)]
    masks = np.array([_TAG_BITS.get(tag, 0) for tag in tags]) | attribute_bits(nodes)
    return Elements(
        tags,
        [node.attr("class") or "" for node in nodes],
        [node.attr("id") or "" for node in nodes],
        parents,
        firsts[held],
        ends[held],
        place[np.array(holders)],
        inherited(masks, parents),
    )


def attribute_bits(nodes: list[Element]) -> Ints:
    """What roles and hiding attributes say about each element; one selector in C instead of four look-ups an element."""
    bits = [0] * len(nodes)
    told = nodes[0].select(_TELLING) if nodes else []
    if told:
        places = dict(zip(nodes, range(len(nodes)), strict=True))
        for node in told:
            index = places.get(node)
            if index is not None:
                bits[index] = told_bits(node)
    return np.array(bits, np.int64)


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
    above = parents
    while above.any():
        masks = masks | masks[above]
        above = above[above]
    joined: Ints = masks | masks[0]
    return joined


class LookWords(NamedTuple):
    """Per element, or summed up over its ancestors: sum of odds, number of words, number of elements; least and greatest odds."""

    sums: Ints
    counts: Ints
    depths: Ints
    least: Ints
    most: Ints


def with_ancestors(own: LookWords, parents: Ints) -> LookWords:
    """The words of each element and its ancestors taken together, by pointer doubling; `parents[0]`, the body's, is ignored.

    The three sums are added as fields of one number: odds, 20 bits each for words and elements (depth is capped at 512).
    """
    end = len(parents)
    packed = np.append((own.sums << 40) + (own.counts << 20) + own.depths, 0)
    least, most = np.append(own.least, NO_ODDS), np.append(own.most, -NO_ODDS)
    above = np.append(parents, end)
    above[0] = end
    while (above != end).any():
        packed = packed + packed[above]
        least, most = np.minimum(least, least[above]), np.maximum(most, most[above])
        above = above[above]
    field = (1 << 20) - 1
    return LookWords(packed[:end] >> 40, packed[:end] >> 20 & field, packed[:end] & field, least[:end], most[:end])


def words_of_looks(elements: Elements, lexicon: Lexicon) -> LookWords:
    """The words of each element's class and id."""
    known: dict[str, int] = {}
    looks = [
        known.setdefault(look, len(known)) for look in map(" ".join, zip(elements.classes, elements.ids, strict=True))
    ]
    odds = np.array([odds for odds in map(lexicon.odds.get, look_words(list(known))) if odds is not None])
    starts = np.flatnonzero(odds == _START)
    sums = np.add.reduceat(odds, starts) - _START
    counts = np.diff(starts, append=len(odds)) - 1
    least = np.minimum.reduceat(np.where(odds == _START, NO_ODDS, odds), starts)
    most = np.maximum.reduceat(np.where(odds == _START, -NO_ODDS, odds), starts)
    look = np.array(looks)
    return LookWords(sums[look], counts[look], np.ones_like(look), least[look], most[look])


def look_words(looks: list[str]) -> list[bytes]:
    """The words of many class attributes and ids, those of each look behind a border; letters A to Z, lower case.

    >>> look_words(["post-body", "NAV2"])
    [b'|', b'post', b'body', b'|', b'nav']
    """
    # Bytes, because they are translated and split several times faster than text.
    joined = "\n" + "\n".join([look.replace("\n", " ") for look in looks])
    return joined.encode("ascii", "replace").translate(_LETTERS).replace(b"\n", b" | ").split()
