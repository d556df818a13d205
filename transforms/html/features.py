"""What a block looks like: one column of numbers per block, from its text, its place in the page, and the containers around it.

Vectorised over the blocks of several pages, since small arrays cost more to call for than to compute. Sums are sums of whole numbers
or halves, so no result depends on the order of addition, and none on the pages beside. Which features earn their place was measured
(`docs/extraction.md`).
"""

from collections.abc import Sequence
from itertools import chain, count, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.records import BlockKind
from transforms.html.elements import (
    SEMANTICS,
    Elements,
    Lexicon,
    Looks,
    elements_with_text,
    starts_of,
    with_ancestors,
    words_of_looks,
)
from transforms.html.nodes import by_tag
from transforms.html.run_texts import KINDS
from transforms.html.segment import Segments
from transforms.html.text_counts import TextCounts, count_texts

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Row = npt.NDArray[np.generic]

_IS_HEADING = KINDS.index(BlockKind.HEADING)
_COMMON = (
    "p h1 h2 h3 h4 h5 h6 blockquote pre dd dt li tr td th caption figcaption figure article main section div body summary details"
    " address aside header footer nav form fieldset legend button noscript center hr ul ol dl table"
)
_TAGS = {tag: code for code, tag in enumerate(_COMMON.split())}
_CODES = by_tag(_TAGS, len(_TAGS))
_INLINES = by_tag(
    {"": 0, "a": 1, "b": 2, "strong": 2, "em": 3, "i": 3, "span": 4, "font": 4, "time": 5, "small": 6, "label": 7}, 8
)
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
    *("blocks", "page_words", "page_links", "page_good", "page_images", "good_beside_comment"),
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
    "good_beside_comment": 1000,
    "tokens_count": 60,
    "depth": 30,
}
_HIGH = np.array([[_CAPS.get(name, np.inf)] for name in NAMES], np.float32)


class Measured(NamedTuple):
    """The features of the blocks of some pages (features x blocks, in the order of NAMES), the words of each block, where each page's
    blocks begin (the last number is where they end), and the share of each page's characters that stand in links."""

    matrix: npt.NDArray[np.float32]
    words: Floats
    starts: Ints
    links: Floats


class Sums:
    """Sums over ranges of blocks, as differences of cumulative sums."""

    def __init__(self, values: Row) -> None:
        self.until = np.zeros(len(values) + 1, np.float64)
        np.cumsum(values, out=self.until[1:])

    def over(self, firsts: Ints, ends: Ints) -> Floats:
        """The sum over blocks `firsts` up to `ends`."""
        return self.until[ends] - self.until[firsts]


class _Pages:
    """What several groups of features need. Arrays are per block unless said otherwise."""

    def __init__(self, pages: Sequence[Segments], looks: Sequence[Looks]) -> None:
        self.texts = list(chain.from_iterable(page.texts for page in pages))
        self.kinds = np.concatenate([page.kinds for page in pages])
        self.inlines = _INLINES[np.concatenate([page.inlines for page in pages])]
        self.linked = np.concatenate([page.linked for page in pages])
        self.counts: TextCounts = count_texts(self.texts)
        self.elements: Elements = elements_with_text(pages, looks)
        self.starts = starts_of(len(page.texts) for page in pages)  # per page, and the end of the last
        sizes = np.diff(self.starts)
        self.page = np.repeat(np.arange(len(pages)), sizes)
        self.order = np.arange(len(self.texts))
        self.first, self.end = self.starts[:-1][self.page], self.starts[1:][self.page]  # blocks of the page
        self.within, self.size = self.order - self.first, sizes[self.page]
        self.images = image_counts(pages, self.starts)
        words, chars = self.counts.words, self.counts.chars
        self.link_share = self.linked / chars
        # reference/extraction.md: a good word is one in a block of 10 words or more with under a third of it linked.
        self.good = (words >= 10) & (self.link_share < 1 / 3)
        self.tag_codes = _CODES[self.elements.tags]  # per element
        self.tags = self.tag_codes[self.elements.holders]
        self.word_sums, self.char_sums, self.link_sums = Sums(words), Sums(chars), Sums(self.linked)
        self.good_sums = Sums(words * self.good)
        self.page_words, self.page_good = self.by_page(self.word_sums), self.by_page(self.good_sums)  # per page
        self.page_links = self.by_page(self.link_sums) / self.by_page(self.char_sums)  # per page
        self.total_words = self.page_words[self.page]

    def by_page(self, sums: Sums) -> Floats:
        """Sums over each page."""
        return sums.over(self.starts[:-1], self.starts[1:])

    def flagged(self, flags: Row, last: bool = False) -> Ints:
        """For each page the first (or last) flagged block, -1 where there is none."""
        return one_a_page(self.page, flags, len(self.starts) - 1, last)


def one_a_page(pages: Ints, flags: Row, count: int, last: bool = False) -> Ints:
    """For each of `count` pages the first (or last) place that is flagged, -1 where there is none; `pages` says whose a place is."""
    places = np.flatnonzero(flags)
    found = np.full(count, -1)
    # Of several values for one place numpy keeps the last.
    places = places if last else places[::-1]
    found[pages[places]] = places
    return found


def image_counts(pages: Sequence[Segments], starts: Ints) -> Ints:
    """How many images stand right before each block."""
    before = [
        place.before + start
        for page, start in zip(pages, starts.tolist(), strict=False)
        for place in page.places
        if place.before < len(page.texts)
    ]
    return np.bincount(np.array(before, np.int64), minlength=int(starts[-1]))


def measure(pages: Sequence[Segments], looks: Sequence[Looks], lexicon: Lexicon) -> Measured:
    """The features of every block of some pages; each has a block."""
    blocks = _Pages(pages, looks)
    rows = [
        *own_text(blocks),
        *position(blocks),
        *(blocks.elements.masks[blocks.elements.holders] >> np.arange(len(SEMANTICS)).reshape(-1, 1) & 1),
        *around(blocks),
        *repetition(blocks),
        *neighbours(blocks),
        *page_level(blocks),
        *class_words(blocks.elements, lexicon),
    ]
    matrix = np.empty((len(NAMES), len(blocks.order)), np.float32)
    for index, row in enumerate(rows):
        matrix[index] = row
    np.clip(matrix, -_HIGH, _HIGH, out=matrix)
    return Measured(matrix, blocks.counts.words, blocks.starts, blocks.page_links)


def own_text(blocks: _Pages) -> list[Row]:
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


def position(blocks: _Pages) -> list[Row]:
    """Where the block stands: in the page, after its headings, among the blocks of prose."""
    order, page, within = blocks.order, blocks.page, blocks.within
    is_h1 = blocks.tags == 1
    h1, h1s = blocks.flagged(is_h1)[page], Sums(is_h1)
    first_good, last_good = blocks.flagged(blocks.good)[page], blocks.flagged(blocks.good, last=True)[page]
    heading = np.maximum.accumulate(np.where(blocks.kinds == _IS_HEADING, order, -1))
    next_good = np.minimum.accumulate(np.where(blocks.good, order, len(order))[::-1])[::-1]
    return [
        (within + 0.5) / blocks.size,
        before_in_page(blocks.word_sums, blocks) / blocks.total_words,
        np.clip(np.where(h1 >= 0, order - h1, within + _FAR), -_FAR, _FAR),
        before_in_page(h1s, blocks),
        np.where(heading >= blocks.first, np.minimum(order - heading, 100), 100),
        np.where(first_good >= 0, order - first_good, within - blocks.size),
        np.where(last_good >= 0, order - last_good, within + 1),
        np.where(next_good < blocks.end, next_good - order, blocks.size + 100 - within),
    ]


def before_in_page(sums: Sums, blocks: _Pages) -> Floats:
    """The sum over the blocks before each block of its page."""
    return sums.over(blocks.first, blocks.order)


def around(blocks: _Pages) -> list[Row]:
    """The three smallest containers of different extent around the block, and the containers where the page's prose is densest."""
    elements, order = blocks.elements, blocks.order
    levels = containers(elements)
    good_words = blocks.counts.words * blocks.good
    total_good = np.maximum(blocks.page_good, 1.0)[blocks.page]
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
            blocks.good_sums.over(firsts, ends) / total_good,
            image_sums.over(firsts, ends) / sizes,
        ]
    # As Readability scores: prose counts for its container, and half for the next (reference/extraction.md).
    count = len(elements.tags)
    scores = np.bincount(levels[0], good_words, count) + 0.5 * np.bincount(levels[1], good_words, count)
    best, best_scores = extreme(elements.pages, scores, np.maximum)
    held = blocks.good_sums.over(elements.firsts, elements.ends)
    extents = elements.ends - elements.firsts
    sparse = held < 0.65 * blocks.page_good[elements.pages]
    dense, _ = extreme(elements.pages, np.where(sparse, len(order) + 1, extents), np.minimum, last=True)
    return [
        *rows,
        order - elements.firsts[levels[0]],
        blocks.tag_codes[levels[0]],
        scores[levels[0]] / np.maximum(best_scores, 1.0)[blocks.page],
        *placed(blocks, best),
        *placed(blocks, dense),
        np.clip(order - elements.firsts[dense][blocks.page], -_FAR, _FAR),
    ]


def extreme(pages: Ints, values: Row, best: np.ufunc, last: bool = False) -> tuple[Ints, Row]:
    """For each page its first (or last) element with the best value (`np.maximum`, `np.minimum`), and that value."""
    starts = np.flatnonzero(np.diff(pages, prepend=-1))
    extremes = best.reduceat(values, starts)
    return one_a_page(pages, values == extremes[pages], len(starts), last), extremes


def placed(blocks: _Pages, containers: Ints) -> tuple[Row, Row]:
    """Whether each block stands before, in or behind its page's container, and the container's share of the page's words."""
    firsts, ends = blocks.elements.firsts[containers], blocks.elements.ends[containers]
    share = blocks.word_sums.over(firsts, ends) / blocks.page_words
    place = (blocks.order >= firsts[blocks.page]).astype(np.int64) + (blocks.order >= ends[blocks.page])
    return place, share[blocks.page]


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


def repetition(blocks: _Pages) -> list[Row]:
    """How often the text comes, and the size and weight of the group of blocks in elements of the same look and parent's look."""
    words, elements = blocks.counts.words, blocks.elements
    same = numbered_by_page(blocks.texts, blocks.starts)
    look = np.unique(elements.tags * len(elements.looks) + elements.classes, return_inverse=True)[1]
    own, above = look[elements.holders], look[elements.parents[elements.holders]]
    groups = np.unique((blocks.page * len(look) + own) * len(look) + above, return_inverse=True)[1]
    sizes, group_words = np.bincount(groups), np.bincount(groups, words)
    links = np.bincount(groups, blocks.linked) / np.bincount(groups, blocks.counts.chars)
    return [
        np.bincount(same)[same],
        sizes[groups],
        group_words[groups] / blocks.total_words,
        (group_words / sizes)[groups],
        links[groups],
    ]


def numbered_by_page(texts: Sequence[str], starts: Ints) -> Ints:
    """A number for each text, equal for equal texts of one page and for no others.

    >>> numbered_by_page(["a", "b", "a", "a"], np.array([0, 3, 4])).tolist()
    [0, 1, 0, 2]
    """
    numbers: list[int] = []
    used = 0
    for first, end in pairwise(starts.tolist()):
        own = texts[first:end]
        seen = dict(zip(dict.fromkeys(own), count(used)))
        numbers += map(seen.__getitem__, own)
        used += len(seen)
    return np.array(numbers)


def neighbours(blocks: _Pages) -> list[Row]:
    """Words a block and share of links in windows around the block."""
    rows: list[Row] = []
    for reach in _WINDOWS:
        low, high = np.maximum(blocks.order - reach, blocks.first), np.minimum(blocks.order + reach + 1, blocks.end)
        rows += [
            blocks.word_sums.over(low, high) / (high - low),
            blocks.link_sums.over(low, high) / blocks.char_sums.over(low, high),
        ]
    return rows


def page_level(blocks: _Pages) -> list[Row]:
    """The page as a whole; for readers' comments the prose beside them, which an article has and a forum mostly has not."""
    in_comments = (blocks.elements.masks[blocks.elements.holders] >> SEMANTICS.index("comments") & 1).astype(np.bool_)
    by_page = [
        np.diff(blocks.starts),
        blocks.page_words,
        blocks.page_links,
        blocks.page_good / blocks.page_words,
        blocks.by_page(Sums(blocks.images)),
    ]
    beside = blocks.by_page(Sums(blocks.counts.words * (blocks.good & ~in_comments)))
    return [*(values[blocks.page] for values in by_page), np.where(in_comments, beside[blocks.page], -1)]


def class_words(elements: Elements, lexicon: Lexicon) -> list[Row]:
    """Odds of the words in classes and ids: of the element and its parent, and of all ancestors; and the depth."""
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
