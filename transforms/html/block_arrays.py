"""The arrays that several groups of features share: what is known of each block of some pages, and sums over ranges of blocks. Pure.

Sums are sums of whole numbers or halves, so no result depends on the order of addition, and none on the pages beside.
"""

from collections.abc import Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from transforms.html.elements import Elements, Lexicon, Looks, elements_with_text, starts_of
from transforms.html.nodes import by_tag
from transforms.html.segment import Segments
from transforms.html.text_counts import TextCounts, count_texts

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Row = npt.NDArray[np.generic]  # a value per block

_COMMON = (
    "p h1 h2 h3 h4 h5 h6 blockquote pre dd dt li tr td th caption figcaption figure article main section div body summary details"
    " address aside header footer nav form fieldset legend button noscript center hr ul ol dl table"
)
_TAGS = {tag: code for code, tag in enumerate(_COMMON.split())}
_CODES = by_tag(_TAGS, len(_TAGS))
_INLINES = by_tag(
    {"": 0, "a": 1, "b": 2, "strong": 2, "em": 3, "i": 3, "span": 4, "font": 4, "time": 5, "small": 6, "label": 7}, 8
)


class Sums:
    """Sums over ranges of blocks, as differences of cumulative sums.

    >>> Sums(np.array([5, 1, 2])).over(np.array([0, 1]), np.array([3, 2])).tolist()
    [8.0, 1.0]
    """

    def __init__(self, values: Row) -> None:
        self.until = np.zeros(len(values) + 1, np.float64)
        np.cumsum(values, out=self.until[1:])

    def over(self, firsts: Ints, ends: Ints) -> Floats:
        """The sum over blocks `firsts` up to `ends`."""
        return self.until[ends] - self.until[firsts]


class Blocks:
    """What several groups of features need. Arrays are per block unless said otherwise."""

    def __init__(self, pages: Sequence[Segments], looks: Sequence[Looks], lexicon: Lexicon) -> None:
        self.lexicon = lexicon
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
        words, chars = self.counts.words, self.counts.chars
        self.link_share = self.linked / chars
        # docs/sources.md, "Main content": a good word is one in a block of 10 words or more with under a third of it linked.
        self.good = (words >= 10) & (self.link_share < 1 / 3)
        self.tag_codes = _CODES[self.elements.tags]  # per element
        self.tags = self.tag_codes[self.elements.holders]
        self.word_sums, self.char_sums, self.link_sums = Sums(words), Sums(chars), Sums(self.linked)
        self.good_sums, self.p_sums = Sums(words * self.good), Sums(words * (self.tags == 0))
        self.image_sums = Sums(image_counts(pages, self.starts))
        self.page_words, self.page_good = self.by_page(self.word_sums), self.by_page(self.good_sums)  # per page
        self.page_links = self.by_page(self.link_sums) / self.by_page(self.char_sums)  # per page
        self.total_words = self.page_words[self.page]
        self.total_good = np.maximum(self.page_good, 1.0)[self.page]

    def by_page(self, sums: Sums) -> Floats:
        """Sums over each page."""
        return sums.over(self.starts[:-1], self.starts[1:])

    def before(self, sums: Sums) -> Floats:
        """The sum over the blocks before each block of its page."""
        return sums.over(self.first, self.order)

    def flagged(self, flags: Row, last: bool = False) -> Ints:
        """For each page the first (or last) flagged block, -1 where there is none."""
        return one_a_page(self.page, flags, len(self.starts) - 1, last)


def one_a_page(pages: Ints, flags: Row, count: int, last: bool = False) -> Ints:
    """For each of `count` pages the first (or last) place that is flagged, -1 where there is none; `pages` says whose a place is.

    >>> one_a_page(np.array([0, 0, 1]), np.array([True, True, False]), 2).tolist()
    [0, -1]
    """
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


def extreme(pages: Ints, values: Row, best: np.ufunc, last: bool = False) -> tuple[Ints, Row]:
    """For each page its first (or last) element with the best value (`np.maximum`, `np.minimum`), and that value."""
    starts = np.flatnonzero(np.diff(pages, prepend=-1))
    extremes = best.reduceat(values, starts)
    return one_a_page(pages, values == extremes[pages], len(starts), last), extremes
