"""What a block looks like: one column of numbers per block, from its text, its place in the page, and the containers around it.

Vectorised over the blocks of one page. Sums are sums of whole numbers or halves, so no result depends on the order of addition.
Which features earn their place was measured (`docs/extraction.md`).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.records import BlockKind
from transforms.html.elements import SEMANTICS, Elements, Lexicon, elements_with_text, with_ancestors, words_of_looks
from transforms.html.segment import Segments
from transforms.html.text_counts import TextCounts, count_texts

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Row = npt.NDArray[np.generic]

_KINDS = {kind: code for code, kind in enumerate(BlockKind)}
_TAGS = {
    tag: code
    for code, tag in enumerate(
        [
            "p",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "blockquote",
            "pre",
            "dd",
            "dt",
            "li",
            "tr",
            "td",
            "th",
            "caption",
            "figcaption",
            "figure",
            "article",
            "main",
            "section",
            "div",
            "body",
            "summary",
            "details",
            "address",
            "aside",
            "header",
            "footer",
            "nav",
            "form",
            "fieldset",
            "legend",
            "button",
            "noscript",
            "center",
            "hr",
            "ul",
            "ol",
            "dl",
            "table",
        ]
    )
}
_OTHER = len(_TAGS)
_INLINES = {
    "": 0,
    "a": 1,
    "b": 2,
    "strong": 2,
    "em": 3,
    "i": 3,
    "span": 4,
    "font": 4,
    "time": 5,
    "small": 6,
    "label": 7,
}
_FAR = 500  # blocks; where there is no heading
_WINDOWS = (2, 8)
_LEVELS = (1, 2, 3)

NAMES = (
    *(
        "words",
        "chars_a_word",
        "link_share",
        "stops",
        "commas",
        "ends_stop",
        "kind",
        "inline",
        "tag",
    ),
    "parent_tag",
    *(
        "place",
        "word_place",
        "after_h1",
        "h1s_before",
        "after_heading",
        "from_first_good",
        "from_last_good",
        "before_good",
    ),
    *(f"in_{name}" for name in SEMANTICS),
    *(
        f"{name}_{level}"
        for level in _LEVELS
        for name in ("share", "p_share", "link_share", "blocks", "words_a_block", "good_share", "images")
    ),
    *("place_1", "tag_1", "score_1", "in_best", "best_share", "in_dense", "dense_share", "place_dense"),
    *("repeats", "group_size", "group_share", "group_words", "group_links"),
    *(f"near_{name}_{reach}" for reach in _WINDOWS for name in ("words", "links")),
    *("blocks", "page_words", "page_links", "page_good", "page_images"),
    *("token_mean", "token_min", "token_max", "tokens_sum", "tokens_count", "tokens_min", "tokens_max", "depth"),
)

# Beyond these limits more is the same. Without them a long book is unlike any page trained on: its 2,000 blocks, none of them more than a
# thousandth of the page, all looked like boilerplate (0.15 of the words of a book kept; with the limits 0.8; no page type lost).
_CAPS = {
    "words": 300,
    "stops": 20,
    "commas": 20,
    "after_h1": 100,
    "h1s_before": 3,
    "from_first_good": 60,
    "from_last_good": 60,
    "before_good": 60,
    **{f"blocks_{level}": 200 for level in _LEVELS},
    "place_1": 100,
    "place_dense": 100,
    "group_size": 150,
    "blocks": 400,
    "page_words": 3000,
    "page_images": 60,
    "tokens_count": 60,
    "depth": 30,
}
_HIGH = np.array([[_CAPS.get(name, np.inf)] for name in NAMES], np.float32)


class Measured(NamedTuple):
    """The features of a page's blocks (features x blocks, in the order of NAMES), and the words of each block."""

    matrix: npt.NDArray[np.float32]
    words: Floats


class Sums:
    """Sums over ranges of blocks, as differences of cumulative sums."""

    def __init__(self, values: Row) -> None:
        self.until = np.zeros(len(values) + 1, np.float64)
        np.cumsum(values, out=self.until[1:])

    def over(self, firsts: Ints, ends: Ints) -> Floats:
        """The sum over blocks `firsts` up to `ends`."""
        return self.until[ends] - self.until[firsts]


class _Page:
    """What several groups of features need."""

    def __init__(self, page: Segments) -> None:
        texts, kinds, _, holders, linked, inlines, _ = zip(*page.runs, strict=True)
        self.texts: tuple[str, ...] = texts
        self.kinds = np.array([_KINDS[kind] for kind in kinds])
        self.inlines = np.array([_INLINES.get(inline, 8) for inline in inlines])
        self.linked = np.array(linked)
        self.counts: TextCounts = count_texts(texts)
        self.elements: Elements = elements_with_text(page, holders)
        self.size = len(texts)
        self.order = np.arange(self.size)
        self.images = np.bincount([place.before for place in page.places], minlength=self.size + 1)[: self.size]
        words, chars = self.counts.words, self.counts.chars
        self.link_share = self.linked / chars
        # reference/extraction.md: a good word is one in a block of 10 words or more with under a third of it linked.
        self.good = (words >= 10) & (self.link_share < 1 / 3)
        self.tag_codes = np.array([_TAGS.get(tag, _OTHER) for tag in self.elements.tags])
        self.tags = self.tag_codes[self.elements.holders]
        self.word_sums, self.char_sums, self.link_sums = Sums(words), Sums(chars), Sums(self.linked)
        self.good_sums = Sums(words * self.good)
        self.total_words = float(self.word_sums.until[-1])
        self.total_good = max(float(self.good_sums.until[-1]), 1.0)

    def everywhere(self, value: float) -> Floats:
        """One number for all blocks."""
        return np.full(self.size, value)


def measure(page: Segments, lexicon: Lexicon) -> Measured:
    """The features of every block of a page that has any."""
    blocks = _Page(page)
    rows = [
        *own_text(blocks),
        *position(blocks),
        *(blocks.elements.masks[blocks.elements.holders] >> np.arange(len(SEMANTICS)).reshape(-1, 1) & 1),
        *around(blocks),
        *repetition(blocks),
        *neighbours(blocks),
        *page_level(blocks),
        *class_words(blocks, lexicon),
    ]
    matrix = np.empty((len(NAMES), blocks.size), np.float32)
    for index, row in enumerate(rows):
        matrix[index] = row
    np.clip(matrix, -_HIGH, _HIGH, out=matrix)
    return Measured(matrix, blocks.counts.words)


def own_text(blocks: _Page) -> list[Row]:
    """The block by itself."""
    counts = blocks.counts
    return [
        counts.words,
        counts.chars / counts.words,
        blocks.link_share,
        counts.stops,
        counts.commas,
        counts.ends_stop,
        blocks.kinds,
        blocks.inlines,
        blocks.tags,
        blocks.tag_codes[blocks.elements.parents[blocks.elements.holders]],
    ]


def position(blocks: _Page) -> list[Row]:
    """Where the block stands: in the page, after its headings, among the blocks of prose."""
    order, size, good = blocks.order, blocks.size, blocks.good
    h1s = np.flatnonzero(blocks.tags == 1)
    goods = np.flatnonzero(good)
    headings = np.maximum.accumulate(np.where(blocks.kinds == 0, order, -_FAR))
    next_good = np.minimum.accumulate(np.where(good, order, size + 100)[::-1])[::-1]
    return [
        (order + 0.5) / size,
        blocks.word_sums.until[:-1] / blocks.total_words,
        np.clip(order - (int(h1s[0]) if len(h1s) else -_FAR), -_FAR, _FAR),
        np.searchsorted(h1s, order),
        np.minimum(order - headings, 100),
        order - (int(goods[0]) if len(goods) else size),
        order - (int(goods[-1]) if len(goods) else -1),
        next_good - order,
    ]


def around(blocks: _Page) -> list[Row]:
    """The three smallest containers of different extent around the block, and the containers where the page's prose is densest."""
    elements, order = blocks.elements, blocks.order
    levels = containers(elements)
    good_words = blocks.counts.words * blocks.good
    p_sums, image_sums = Sums(blocks.counts.words * (blocks.tags == 0)), Sums(blocks.images)
    rows: list[Row] = []
    for at in levels:
        firsts, ends = elements.firsts[at], elements.ends[at]
        inside, sizes = blocks.word_sums.over(firsts, ends), ends - firsts
        rows += [
            inside / blocks.total_words,
            p_sums.over(firsts, ends) / inside,
            blocks.link_sums.over(firsts, ends) / blocks.char_sums.over(firsts, ends),
            sizes,
            inside / sizes,
            blocks.good_sums.over(firsts, ends) / blocks.total_good,
            image_sums.over(firsts, ends) / sizes,
        ]
    # As Readability scores: prose counts for its container, and half for the next (reference/extraction.md).
    count = len(elements.tags)
    scores = np.bincount(levels[0], good_words, count) + 0.5 * np.bincount(levels[1], good_words, count)
    best = int(np.argmax(scores))
    held = blocks.good_sums.over(elements.firsts, elements.ends)
    sizes = np.where(held >= 0.65 * blocks.good_sums.until[-1], elements.ends - elements.firsts, blocks.size + 1)
    dense = count - 1 - int(np.argmin(sizes[::-1]))
    first, end = int(elements.firsts[dense]), int(elements.ends[dense])
    return [
        *rows,
        order - elements.firsts[levels[0]],
        blocks.tag_codes[levels[0]],
        scores[levels[0]] / max(float(scores[best]), 1.0),
        *placed(blocks, int(elements.firsts[best]), int(elements.ends[best])),
        *placed(blocks, first, end),
        np.clip(order - first, -_FAR, _FAR),
    ]


def placed(blocks: _Page, first: int, end: int) -> tuple[Row, Row]:
    """Whether each block stands before, in or behind blocks `first` up to `end`, and their share of the page's words."""
    share = (blocks.word_sums.until[end] - blocks.word_sums.until[first]) / blocks.total_words
    return (blocks.order >= first).astype(np.int64) + (blocks.order >= end), blocks.everywhere(float(share))


def containers(elements: Elements) -> tuple[Ints, Ints, Ints]:
    """For each block its three smallest containers of different extent that hold two blocks or more (fewer near the root)."""
    firsts, ends, parents = elements.firsts, elements.ends, elements.parents
    same = (firsts == firsts[parents]) & (ends == ends[parents])
    top = np.where(same, parents, np.arange(len(parents)))
    while not np.array_equal(higher := top[top], top):
        top = higher
    up = top[parents[top]]
    own = top[elements.holders]
    one = np.where(ends[own] - firsts[own] > 1, own, up[own])
    two = up[one]
    return one, two, up[two]


def repetition(blocks: _Page) -> list[Row]:
    """How often the text comes, and the size and weight of the group of blocks in elements of the same look and parent's look."""
    words, size = blocks.counts.words, blocks.size
    seen: dict[str, int] = {}
    same = np.array([seen.setdefault(text, len(seen)) for text in blocks.texts])
    looks: dict[tuple[str, str], int] = {}
    elements = blocks.elements
    look = np.array([looks.setdefault(key, len(looks)) for key in zip(elements.tags, elements.classes, strict=True)])
    pairs = look[elements.holders] * len(looks) + look[elements.parents[elements.holders]]
    groups = np.unique(pairs, return_inverse=True)[1]
    sizes, group_words = np.bincount(groups), np.bincount(groups, words)
    links = np.bincount(groups, blocks.linked) / np.bincount(groups, blocks.counts.chars)
    return [
        np.bincount(same, minlength=size)[same],
        sizes[groups],
        group_words[groups] / blocks.total_words,
        (group_words / sizes)[groups],
        links[groups],
    ]


def neighbours(blocks: _Page) -> list[Row]:
    """Words a block and share of links in windows around the block."""
    rows: list[Row] = []
    for reach in _WINDOWS:
        low, high = np.maximum(blocks.order - reach, 0), np.minimum(blocks.order + reach + 1, blocks.size)
        rows += [
            blocks.word_sums.over(low, high) / (high - low),
            blocks.link_sums.over(low, high) / blocks.char_sums.over(low, high),
        ]
    return rows


def page_level(blocks: _Page) -> list[Row]:
    """The page as a whole."""
    chars = float(blocks.char_sums.until[-1])
    return [
        blocks.everywhere(blocks.size),
        blocks.everywhere(blocks.total_words),
        blocks.everywhere(float(blocks.link_sums.until[-1]) / chars),
        blocks.everywhere(float(blocks.good_sums.until[-1]) / blocks.total_words),
        blocks.everywhere(float(blocks.images.sum())),
    ]


def class_words(blocks: _Page, lexicon: Lexicon) -> list[Row]:
    """Odds of the words in classes and ids: of the element and its parent, and of all ancestors; and the depth."""
    elements = blocks.elements
    holders, above = elements.holders, elements.parents[elements.holders]
    own = words_of_looks(elements, lexicon)
    every = with_ancestors(own, elements.parents)
    return [
        (own.sums[holders] + own.sums[above]) / np.maximum(own.counts[holders] + own.counts[above], 1),
        np.minimum(own.least[holders], own.least[above]),
        np.maximum(own.most[holders], own.most[above]),
        every.sums[holders],
        every.counts[holders],
        every.least[holders],
        every.most[holders],
        every.depths[holders],
    ]
