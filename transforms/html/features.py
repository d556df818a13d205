"""What a block looks like: one column of numbers per block, from its text, its place in the page, and the containers around it.

Everything is vectorised over the blocks of one page; sums are sums of integers, so no result depends on the order of addition.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.records import BlockKind
from transforms.html.segment import Segments

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Table = dict[str, int]  # log odds, in tenths, of main content below an element whose class or id has the word

_KIND_CODES = {kind: code for code, kind in enumerate(BlockKind)}
_TAG_CODES = {
    tag: code
    for code, tag in enumerate(
        "p h1 h2 h3 h4 h5 h6 blockquote pre dd dt li tr td th caption figcaption figure article main section div body summary details"
        " address aside header footer nav form fieldset legend button noscript center hr ul ol dl table".split()
    )
}
_OTHER_TAG = len(_TAG_CODES)
_INLINE_CODES = {
    "": 0,
    "a": 1,
    "b": 2,
    "strong": 2,
    "em": 3,
    "i": 3,
    "span": 4,
    "time": 5,
    "small": 6,
    "label": 7,
    "font": 4,
}

# Semantic ancestors, one bit each.
SEMANTICS = (
    "nav",
    "header",
    "footer",
    "aside",
    "article",
    "main",
    "form",
    "table",
    "list",
    "figure",
    "hidden",
    "button",
    "section",
    "quote",
)
_BITS = {name: 1 << place for place, name in enumerate(SEMANTICS)}
_TAG_BITS = {
    **{
        name: _BITS[name]
        for name in (
            "nav",
            "header",
            "footer",
            "aside",
            "article",
            "main",
            "form",
            "table",
            "figure",
            "button",
            "section",
        )
    },
    **dict.fromkeys(("ul", "ol", "dl", "menu"), _BITS["list"]),
    **dict.fromkeys(("noscript", "dialog"), _BITS["hidden"]),
    "blockquote": _BITS["quote"],
}
_ROLE_BITS = {
    "navigation": _BITS["nav"],
    "banner": _BITS["header"],
    "contentinfo": _BITS["footer"],
    "complementary": _BITS["aside"],
    "article": _BITS["article"],
    "main": _BITS["main"],
    "search": _BITS["form"],
    "dialog": _BITS["hidden"],
    "alertdialog": _BITS["hidden"],
    "menu": _BITS["nav"],
    "menubar": _BITS["nav"],
}


def _classes() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """Two tables over UTF-16 units, three counters of 21 bits in each number: digits, capitals, unspaced letters; stops, commas, letters."""
    one = np.zeros(1 << 16, np.uint64)
    two = np.zeros(1 << 16, np.uint64)
    for code in range(0x0E00):
        char = chr(code)
        one[code] = char.isdigit() + (char.isupper() << 21)
        two[code] = (char in ".!?؟।") + ((char in ",;،") << 21) + (char.isalpha() << 42)
    for low, high in (
        (0x0E00, 0x0EFF),
        (0x1000, 0x109F),
        (0x1780, 0x17FF),
        (0x3040, 0x9FFF),
        (0xF900, 0xFAFF),
        (0xFF66, 0xFF9F),
    ):
        one[low : high + 1] = 1 << 42
        two[low : high + 1] = 1 << 42
    two[[0x3002, 0xFF01, 0xFF1F]] = 1
    two[[0x3001, 0xFF0C]] = 1 << 21
    return one, two


_ONE, _TWO = _classes()
_FIELD = np.uint64((1 << 21) - 1)


class TextCounts(NamedTuple):
    """Per block: characters, words (a word of an unspaced script counts as two characters), and counts by class of character."""

    chars: Ints
    words: Floats
    digits: Ints
    capitals: Ints
    stops: Ints
    commas: Ints
    letters: Ints
    starts_upper: npt.NDArray[np.bool_]
    ends_stop: npt.NDArray[np.bool_]


def count_texts(texts: list[str]) -> TextCounts:
    """Count the characters of each text by class, in one pass over all of them joined."""
    codes = np.frombuffer("\0".join(texts).encode("utf-16-le", "surrogatepass"), np.dtype("<u2"))
    borders = np.flatnonzero(codes == 0)
    starts = np.concatenate(([0], borders + 1))
    ends = np.concatenate((borders, [len(codes)]))
    one = np.add.reduceat(_ONE[codes], starts)
    two = np.add.reduceat(_TWO[codes], starts)
    digits, capitals, unspaced = _unpack(one)
    stops, commas, letters = _unpack(two)
    spaces = np.fromiter((text.count(" ") for text in texts), np.int64, len(texts))
    # 2 characters a word: the usual length of a Chinese word.
    words = spaces + np.where(unspaced > 0, unspaced * 0.5, 1.0)
    first, last = codes[starts], codes[ends - 1]
    return TextCounts(
        ends - starts, words, digits, capitals, stops, commas, letters, (_ONE[first] >> np.uint64(21) & _FIELD) > 0,
        (_TWO[last] & _FIELD) > 0,
    )  # fmt: skip


def _unpack(packed: npt.NDArray[np.uint64]) -> tuple[Ints, Ints, Ints]:
    """The three counters in each number."""
    low, mid, high = (packed >> np.uint64(shift) & _FIELD for shift in (0, 21, 42))
    return low.astype(np.int64), mid.astype(np.int64), high.astype(np.int64)


class Elements(NamedTuple):
    """The elements that hold text, in document order; the first is the body. `holders` says which of them holds each block."""

    tags: list[str]
    classes: list[str]
    ids: list[str]
    parents: Ints
    firsts: Ints
    ends: Ints
    holders: Ints
    masks: Ints  # semantic ancestors and self


def elements_with_text(page: Segments) -> Elements:
    """Read the attributes of the elements that hold text."""
    firsts, ends = np.array(page.firsts), np.array(page.ends)
    held = np.flatnonzero(ends > firsts)
    place = np.zeros(len(firsts), np.int64)
    place[held] = np.arange(len(held))
    kept = held.tolist()
    nodes = [page.nodes[index] for index in kept]
    tags = [page.tags[index] for index in kept]
    parents = place[np.maximum(np.array(page.parents)[held], 0)]
    masks = np.fromiter((_TAG_BITS.get(tag, 0) for tag in tags), np.int64, len(tags))
    for index, node in enumerate(nodes):
        masks[index] |= _attribute_bits(node)
    return Elements(
        tags,
        [node.attr("class") or "" for node in nodes],
        [node.attr("id") or "" for node in nodes],
        parents,
        firsts[held],
        ends[held],
        place[np.fromiter((run.holder for run in page.runs), np.int64, len(page.runs))],
        inherit(masks, parents, np.bitwise_or),
    )


def _attribute_bits(node) -> int:
    bits = _ROLE_BITS.get(node.attr("role") or "", 0)
    if node.attr("hidden") is not None or node.attr("aria-hidden") == "true":
        bits |= _BITS["hidden"]
    style = node.attr("style")
    if style and "none" in style and "display:none" in style.replace(" ", ""):
        bits |= _BITS["hidden"]
    return bits


def inherit(values, parents: Ints, join):
    """`values` joined with those of all ancestors, by pointer doubling: as many rounds as the depth has bits."""
    values = values.copy()
    above = parents.copy()
    # The root points to itself, so only idempotent joins may reach it twice; sums use `totals`.
    while above.any():
        values = join(values, values[above])
        above = above[above]
    return join(values, values[above])


def totals(values, parents: Ints):
    """Sums over all ancestors and self, root included once."""
    padded = np.concatenate((values, np.zeros((1, *values.shape[1:]), values.dtype)))
    end = len(values)
    above = np.concatenate((parents, [end]))
    above[0] = end
    while (above != end).any():
        padded = padded + padded[above]
        above = above[above]
    return padded[:end]


class Sums:
    """Sums over ranges of blocks, as differences of cumulative sums."""

    def __init__(self, values) -> None:
        self.sums = np.concatenate(([0], np.cumsum(values)))

    def over(self, firsts: Ints, ends: Ints):
        """The sum over blocks `firsts` up to `ends`."""
        return self.sums[ends] - self.sums[firsts]


def containers(elements: Elements) -> tuple[Ints, Ints, Ints, Ints]:
    """For each block its three smallest containers of different extent with at least two blocks, and the way up for elements."""
    firsts, ends, parents = elements.firsts, elements.ends, elements.parents
    same = (firsts == firsts[parents]) & (ends == ends[parents])
    top = np.where(same, parents, np.arange(len(parents)))
    while True:
        higher = top[top]
        if (higher == top).all():
            break
        top = higher
    up = top[parents[top]]
    own = top[elements.holders]
    one = np.where(ends[own] - firsts[own] > 1, own, up[own])
    two = up[one]
    return one, two, up[two], up


def measure(page: Segments, table: Table):
    """One row per feature, one column per block."""
    n = len(page.runs)
    texts = [run.text for run in page.runs]
    counts = count_texts(texts)
    elements = elements_with_text(page)
    words = counts.words
    chars = counts.chars
    linked = np.fromiter((run.linked for run in page.runs), np.int64, n)
    link_share = linked / chars
    kinds = np.fromiter((_KIND_CODES[run.kind] for run in page.runs), np.int64, n)
    holders = elements.holders
    tag_codes = np.fromiter((_TAG_CODES.get(tag, _OTHER_TAG) for tag in elements.tags), np.int64, len(elements.tags))
    tags = tag_codes[holders]
    parent_tags = tag_codes[elements.parents[holders]]
    good = (words >= 10) & (link_share < 0.34)
    order = np.arange(n)
    rows = []
    names = []

    def put(name, value):
        names.append(name)
        rows.append(value)

    # own text
    put("words", words)
    put("chars_a_word", chars / words)
    put("link_share", link_share)
    put("digit_share", counts.digits / chars)
    put("capital_share", counts.capitals / chars)
    put("letter_share", counts.letters / chars)
    put("stops", counts.stops)
    put("commas", counts.commas)
    put("starts_upper", counts.starts_upper)
    put("ends_stop", counts.ends_stop)
    put("kind", kinds)
    put("level", np.fromiter((run.level for run in page.runs), np.int64, n))
    put("inline", np.fromiter((_INLINE_CODES.get(run.inline, 8) for run in page.runs), np.int64, n))
    put("tag", tags)
    put("parent_tag", parent_tags)
    # place
    total_words = words.sum()
    word_sums = Sums(words)
    put("place", (order + 0.5) / n)
    put("word_place", word_sums.sums[:-1] / total_words)
    h1 = np.flatnonzero(tags == 1)
    put("after_h1", np.clip(order - (h1[0] if len(h1) else -500), -500, 500))
    h1s = Sums(tags == 1)
    put("h1s_before", h1s.sums[:-1])
    headings = np.where(kinds == 0, order, -500)
    put("after_heading", np.minimum(order - np.maximum.accumulate(headings), 100))
    # semantic ancestors
    masks = elements.masks[holders]
    for place, name in enumerate(SEMANTICS):
        put("in_" + name, masks >> place & 1)
    # containers
    link_sums, good_words = Sums(linked), words * good
    good_sums = Sums(good_words)
    char_sums = Sums(chars)
    p_words = Sums(words * (tags == 0))
    total_good = max(good_words.sum(), 1.0)
    one, two, three, up = containers(elements)
    for level, at in ((1, one), (2, two), (3, three)):
        firsts, ends = elements.firsts[at], elements.ends[at]
        inside = word_sums.over(firsts, ends)
        put(f"share_{level}", inside / total_words)
        put(f"p_share_{level}", p_words.over(firsts, ends) / inside)
        put(f"link_share_{level}", link_sums.over(firsts, ends) / char_sums.over(firsts, ends))
        put(f"blocks_{level}", ends - firsts)
        put(f"words_a_block_{level}", inside / (ends - firsts))
        put(f"good_share_{level}", good_sums.over(firsts, ends) / total_good)
    put("place_1", order - elements.firsts[one])
    put("tag_1", tag_codes[one])
    # readability
    scores = np.bincount(one, good_words, len(elements.tags)) + 0.5 * np.bincount(two, good_words, len(elements.tags))
    best = int(np.argmax(scores))
    put("score_1", scores[one] / max(scores[best], 1.0))
    put("in_best", _side(order, elements.firsts[best], elements.ends[best]))
    put("best_share", np.full(n, word_sums.over(elements.firsts[best], elements.ends[best]) / total_words))
    held = good_sums.over(elements.firsts, elements.ends)
    sizes = elements.ends - elements.firsts
    for share in (0.65, 0.9):
        enough = np.where(held >= share * good_words.sum(), sizes, n + 1)
        least = len(enough) - 1 - int(np.argmin(enough[::-1]))
        first, end = elements.firsts[least], elements.ends[least]
        put(f"in_dense_{share}", _side(order, first, end))
        put(f"dense_share_{share}", np.full(n, word_sums.over(first, end) / total_words))
    # repetition and groups
    seen: dict = {}
    same_text = np.fromiter((seen.setdefault(text, len(seen)) for text in texts), np.int64, n)
    put("repeats", np.bincount(same_text)[same_text])
    paths: dict = {}
    looks = [paths.setdefault(look, len(paths)) for look in zip(elements.tags, elements.classes, strict=True)]
    parents = elements.parents.tolist()
    pairs: dict = {}
    groups_of = [
        pairs.setdefault((look, looks[parent]), len(pairs)) for look, parent in zip(looks, parents, strict=True)
    ]
    groups = np.array(groups_of)[holders]
    sizes = np.bincount(groups)
    group_words = np.bincount(groups, words)
    put("group_size", sizes[groups])
    put("group_share", group_words[groups] / total_words)
    put("group_words", (group_words / np.maximum(sizes, 1))[groups])
    put("group_links", (np.bincount(groups, linked) / np.maximum(np.bincount(groups, chars), 1))[groups])
    # neighbours
    for reach in (2, 8):
        low, high = np.maximum(order - reach, 0), np.minimum(order + reach + 1, n)
        put(f"near_words_{reach}", word_sums.over(low, high) / (high - low))
        put(f"near_links_{reach}", link_sums.over(low, high) / char_sums.over(low, high))
    padded = np.concatenate(([0], words, [0]))
    put("words_before", padded[:-2])
    put("words_after", padded[2:])
    padded = np.concatenate(([1], link_share, [1]))
    put("links_before", padded[:-2])
    put("links_after", padded[2:])
    # distance to good blocks
    goods = np.flatnonzero(good)
    put("after_good", order - np.maximum.accumulate(np.where(good, order, -100)).clip(-100))
    put("before_good", np.minimum.accumulate(np.where(good, order, n + 100)[::-1])[::-1] - order)
    put("from_first_good", order - (goods[0] if len(goods) else n))
    put("from_last_good", order - (goods[-1] if len(goods) else -1))
    # page
    put("blocks", np.full(n, n))
    put("page_words", np.full(n, total_words))
    put("page_links", np.full(n, linked.sum() / chars.sum()))
    put("page_good", np.full(n, total_good / total_words))
    # tokens
    token_rows(put, elements, table)
    matrix = np.empty((len(rows), n), np.float32)
    for index, row in enumerate(rows):
        matrix[index] = row
    return matrix, names, words


def _side(order, first, end):
    return np.where(order < first, 0, np.where(order < end, 1, 2))


import re

_WORD = re.compile("[a-z]{3,}")
_CAMEL = re.compile("(?<=[a-z])(?=[A-Z])")


def class_words(look: str) -> list[str]:
    """Words of three letters or more in a class or id."""
    return _WORD.findall(_CAMEL.sub(" ", look).lower())


def token_values(look: str, table: Table) -> tuple[float, float, float, float]:
    odds = [table[word] for word in class_words(look) if word in table]
    if not odds:
        return 0.0, 0.0, 99.0, 99.0
    return sum(odds), float(len(odds)), min(odds), -max(odds)


def token_rows(put, elements: Elements, table: Table) -> None:
    cache: dict = {}
    values = []
    for look in map(" ".join, zip(elements.classes, elements.ids)):
        value = cache.get(look)
        if value is None:
            value = cache[look] = token_values(look, table)
        values.append(value)
    values = np.array(values)
    sums = totals(values[:, :2], elements.parents)
    least = inherit(values[:, 2:], elements.parents, np.minimum)
    holders = elements.holders
    near = values[holders]
    above = values[elements.parents[holders]]
    near_sum = near[:, :2] + above[:, :2]
    put("token_mean_near", near_sum[:, 0] / np.maximum(near_sum[:, 1], 1))
    put("token_min_near", np.minimum(near[:, 2], above[:, 2]))
    put("token_max_near", -np.minimum(near[:, 3], above[:, 3]))
    put("token_sum", sums[holders, 0])
    put("token_count", sums[holders, 1])
    put("token_min", least[holders, 0])
    put("token_max", -least[holders, 1])
