"""The elements that hold text: what their tags, roles, classes and ids say about the blocks inside. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, compress, count, repeat, starmap
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from turbohtml import Element

from transforms.html.attributes import attribute_of_each
from transforms.html.nodes import Body, by_tag
from transforms.html.segment import Segments

Ints = npt.NDArray[np.int64]

SEMANTICS = ("nav", "header", "footer", "aside", "article", "main", "table", "hidden", "comments")
_BITS = {name: 1 << place for place, name in enumerate(SEMANTICS)}
_TAG_BITS = by_tag(
    {name: _BITS[name] for name in ("nav", "header", "footer", "aside", "article", "main", "table")}
    | dict.fromkeys(("noscript", "dialog"), _BITS["hidden"]),
    0,
)
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
NO_ODDS = 99  # tenths: beyond any odds of the table, so that a least value without words is told from one with; a border's too


BORDER = b"|"  # stands where the words of another look begin
UNKNOWN = 1  # the place of a word that a lexicon does not know
WEIGHT_START = 1 << 20  # stands there in a row of weights (`lexical`)
LETTERS = (
    bytes(
        code if code == 10 or chr(code).islower() else code + 32 if chr(code).isupper() else 32 for code in range(128)
    )
    + b" " * 128
)


class Lexicon:
    """What words say of main content.

    `words` are log odds, in tenths, below an element whose class or id has a word. The others are weights of linear models (`lexical`): of
    the words of classes and ids of a block's element and the one around it (`near`), of those of all elements around it (`around`), and
    of the words that its text begins with (`texts`).
    """

    def __init__(
        self,
        words: Mapping[str, int],
        near: Mapping[str, int] = MappingProxyType({}),
        around: Mapping[str, int] = MappingProxyType({}),
        texts: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.words, self.weights = words, (near, around, texts)
        known = dict.fromkeys((*words, *near, *around))
        self.places = {BORDER: 0} | {word.encode(): place for place, word in enumerate(known, UNKNOWN + 1)}
        self.odds = np.array([NO_ODDS, NO_ODDS, *(words.get(word, NO_ODDS) for word in known)])
        self.near, self.around = (np.array([0, 0, *(table.get(word, 0) for word in known)]) for table in (near, around))
        self.texts = {word.encode(): weight for word, weight in texts.items()} | {BORDER: WEIGHT_START}


class Looks(NamedTuple):
    """The attributes of a page's block-level elements, in document order.

    `classes` and `ids` are places in `values`, in which "" stands for none; `masks` is what roles and hiding say, a bit each.
    """

    values: list[str]
    classes: Ints
    ids: Ints
    masks: Ints


class Elements(NamedTuple):
    """The elements that hold text in some pages, in document order; the first of each page is its body, its own parent.

    `holders` says which element holds each block; `firsts` and `ends` count the blocks of all pages, `pages` says whose element it is.
    `tags` are numbers (`nodes`), `classes` and `ids` places in `looks`.
    """

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


def read_looks(body: Body) -> Looks:
    """The attributes of a page's block-level elements."""
    blocks = body.blocks
    values, numbers = numbered((*body.classes, *attribute_of_each(blocks, "id")))
    classes, ids = numbers[: len(blocks)], numbers[len(blocks) :]
    masks = attribute_masks(blocks, body.marked)
    # Readers' comments are main content of a forum, not of an article: which of these a page is, is for the model to tell.
    told = bytes(["comment" in value for value in values])
    if any(told):
        comments = np.frombuffer(told, np.uint8) * np.int64(_BITS["comments"])
        masks |= comments[classes] | comments[ids]
    return Looks(values, classes, ids, masks)


def elements_with_text(pages: Sequence[Segments], looks: Sequence[Looks]) -> Elements:
    """The elements that hold text, and what surrounds them; every page has a block."""
    blocks, elements = starts_of(len(page.texts) for page in pages), starts_of(len(page.tags) for page in pages)
    sizes = np.diff(elements)
    before, roots = np.repeat(blocks[:-1], sizes), np.repeat(elements[:-1], sizes)
    firsts, ends = np.concatenate([page.firsts for page in pages]), np.concatenate([page.ends for page in pages])
    held = np.flatnonzero(ends > firsts)
    place = np.zeros(len(firsts), np.int64)
    place[held] = np.arange(len(held))
    parents = place[(np.maximum(np.concatenate([page.parents for page in pages]), 0) + roots)[held]]
    holders = np.concatenate([page.holders for page in pages]) + np.repeat(elements[:-1], np.diff(blocks))
    tags = np.concatenate([page.tags for page in pages])[held].astype(np.int64)
    known = np.repeat(starts_of(len(look.values) for look in looks)[:-1], sizes)
    classes = (np.concatenate([look.classes for look in looks]) + known)[held]
    ids = (np.concatenate([look.ids for look in looks]) + known)[held]
    masks = _TAG_BITS[tags] | np.concatenate([look.masks for look in looks])[held]
    return Elements(
        list(chain.from_iterable(look.values for look in looks)),
        tags,
        classes,
        ids,
        parents,
        (firsts + before)[held],
        (ends + before)[held],
        place[holders],
        inherited(masks, parents),
        np.repeat(np.arange(len(pages)), sizes)[held],
    )


def numbered(every: Sequence[str | None]) -> tuple[list[str], Ints]:
    """The empty text and the other distinct values, and the place of each value among them; None is as good as the empty text.

    >>> numbered(["a", "b", None, "a"])
    (['', 'a', 'b'], array([1, 2, 0, 1]))
    """
    places: defaultdict[str | None, int] = defaultdict(count(1).__next__, {"": 0, None: 0})
    numbers = np.fromiter(map(places.__getitem__, every), np.int64, len(every))
    return [value for value in places if value is not None], numbers


def starts_of(sizes: Iterable[int]) -> Ints:
    """Where each of some parts begins when they are laid end to end, and where the last one ends.

    >>> starts_of([2, 3]).tolist()
    [0, 2, 5]
    """
    return np.cumsum([0, *sizes])


def attribute_masks(blocks: list[Element], marked: list[Element]) -> Ints:
    """What roles and hiding attributes say about each element, of which those that have some are `marked`."""
    said = zip(*(attribute_of_each(marked, name) for name in ("role", "hidden", "aria-hidden", "style")), strict=True)
    bits = {id(element): told for element, told in zip(marked, starmap(told_bits, said), strict=True) if told}
    masks = np.zeros(len(blocks), np.int64)
    for number in compress(count(), map(bits.__contains__, map(id, blocks))) if bits else ():
        masks[number] = bits[id(blocks[number])]
    return masks


def told_bits(role: str | None, hidden: str | None, from_aria: str | None, style: str | None) -> int:
    """The bits of an element by its attributes `role`, `hidden`, `aria-hidden` and `style`."""
    bits = _ROLE_BITS.get(role, 0) if role else 0
    hides = hidden is not None or from_aria == "true" or (style and "display:none" in style.replace(" ", ""))
    return bits | _BITS["hidden"] if hides else bits


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


def sums_of_ancestors(values: Ints, parents: Ints) -> Ints:
    """The sum of each element's value and those of all its ancestors, by pointer doubling.

    >>> sums_of_ancestors(np.array([1, 2, 4]), np.array([0, 0, 1])).tolist()
    [1, 3, 7]
    """
    end = len(parents)
    sums = np.append(values, 0)
    above = np.append(np.where(parents == np.arange(end), end, parents), end)
    while (above != end).any():
        sums, above = sums + sums[above], above[above]
    return sums[:end]


class LookTexts(NamedTuple):
    """The words of all classes and ids of some elements, those of each behind a border; and where each element's stand among these."""

    words: list[bytes]
    classes: Ints
    ids: Ints


def texts_of_looks(elements: Elements) -> LookTexts:
    """The words of each class and id that an element has, once."""
    used = np.zeros(len(elements.looks), np.bool_)
    used[elements.classes], used[elements.ids] = True, True
    place = np.cumsum(used) - 1
    return LookTexts(
        look_words(list(compress(elements.looks, used.tolist()))), place[elements.classes], place[elements.ids]
    )


def known_words(looks: LookTexts, lexicon: Lexicon) -> tuple[Ints, Ints]:
    """The places of the words of classes and ids in a lexicon, and where among them those of each look begin."""
    words = looks.words
    places = np.fromiter(map(lexicon.places.get, words, repeat(UNKNOWN)), np.int64, len(words))
    return places, np.flatnonzero(places == 0)


def words_of_looks(looks: LookTexts, places: Ints, starts: Ints, lexicon: Lexicon) -> LookWords:
    """The odds of the words of each element's class and id; `places` and `starts` are those of `known_words`."""
    one, other = looks.classes, looks.ids
    odds = lexicon.odds[places]
    without = odds == NO_ODDS
    sums = np.add.reduceat(np.where(without, 0, odds), starts)
    counts = np.add.reduceat(~without, starts, dtype=np.int64)
    least = np.minimum.reduceat(odds, starts)
    most = np.maximum.reduceat(np.where(without, -NO_ODDS, odds), starts)
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
    return joined.encode("ascii", "replace").translate(LETTERS).replace(b"\n", b" | ").split()
