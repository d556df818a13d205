"""The features of a block, a group at a time: what is measured together, under which names, up to which caps, and on which subject.

A group is a function that gives a row (a value per block) for each name, and the `Feature`s that it must give, no more and no fewer.
Which features earn their place was measured (`docs/extraction.md`).
"""

from collections.abc import Callable, Sequence
from itertools import count, pairwise
from typing import NamedTuple

import numpy as np

from schemas.records import BlockKind
from transforms.html import subjects
from transforms.html.block_arrays import Blocks, Ints, Row, Sums, extreme
from transforms.html.elements import SEMANTICS, texts_of_looks
from transforms.html.levels import containers
from transforms.html.lexical import head_words, word_rows
from transforms.html.run_texts import KINDS
from transforms.html.subjects import FAR, Subject

Rows = dict[str, Row]  # by the name of the feature

_IS_HEADING = KINDS.index(BlockKind.HEADING)
_WINDOWS = (2, 8)
_LEVELS = (1, 2, 3)


class Feature(NamedTuple):
    """A number of each block. Beyond its cap, to both sides, more is the same.

    Without caps a long book is unlike any page trained on: its 2,000 blocks, none of them more than a thousandth of the page, all
    looked like boilerplate (0.15 of the words of a book kept; with the caps 0.8; no page type lost).
    """

    name: str
    subject: Subject
    cap: float = np.inf


class Group(NamedTuple):
    """Features that are measured together, in the order of the model."""

    measure: Callable[[Blocks], Rows]
    features: tuple[Feature, ...]

    def rows(self, blocks: Blocks) -> Rows:
        """A row for each of the group's features. Raises KeyError where one is missing, or one comes that is not declared."""
        rows, names = self.measure(blocks), {feature.name for feature in self.features}
        if rows.keys() != names:
            missing, unknown = sorted(names - rows.keys()), sorted(rows.keys() - names)
            raise KeyError(f"{self.measure.__name__}: missing features {missing[:2]}, unknown features {unknown[:2]}")
        return rows


def own_text(blocks: Blocks) -> Rows:
    """The block by itself."""
    counts, elements = blocks.counts, blocks.elements
    return {
        "words": counts.words,
        "chars_a_word": counts.chars / counts.words,
        "link_share": blocks.link_share,
        "stops": counts.stops,
        "commas": counts.commas,
        "ends_stop": counts.ends_stop,
        "kind": blocks.kinds,
        "inline": blocks.inlines,
        "tag": blocks.tags,
        "parent_tag": blocks.tag_codes[elements.parents[elements.holders]],
    }


OWN_TEXT = Group(
    own_text,
    (
        Feature("words", subjects.LENGTH, 300),
        Feature("chars_a_word", subjects.LENGTH),
        Feature("link_share", subjects.LINKS),
        Feature("stops", subjects.STOPS, 20),
        Feature("commas", subjects.STOPS, 20),
        Feature("ends_stop", subjects.STOPS),
        Feature("kind", subjects.TAGS),
        Feature("inline", subjects.TAGS),
        Feature("tag", subjects.TAGS),
        Feature("parent_tag", subjects.TAGS),
    ),
)


def position(blocks: Blocks) -> Rows:
    """Where the block stands: in the page, after its headings, among the blocks of prose."""
    order, page, within = blocks.order, blocks.page, blocks.within
    is_h1 = blocks.tags == 1
    h1, h1s = blocks.flagged(is_h1)[page], Sums(is_h1)
    first_good, last_good = blocks.flagged(blocks.good)[page], blocks.flagged(blocks.good, last=True)[page]
    heading = np.maximum.accumulate(np.where(blocks.kinds == _IS_HEADING, order, -1))
    next_good = np.minimum.accumulate(np.where(blocks.good, order, len(order))[::-1])[::-1]
    return {
        "place": (within + 0.5) / blocks.size,
        "word_place": blocks.before(blocks.word_sums) / blocks.total_words,
        "after_h1": np.where(h1 >= 0, order - h1, FAR),
        "h1s_before": blocks.before(h1s),
        "after_heading": np.where(heading >= blocks.first, order - heading, FAR),
        "from_first_good": np.where(first_good >= 0, order - first_good, within - blocks.size),
        "from_last_good": np.where(last_good >= 0, order - last_good, within + 1),
        "before_good": np.where(next_good < blocks.end, next_good - order, FAR),
    }


POSITION = Group(
    position,
    (
        Feature("place", subjects.POSITION),
        Feature("word_place", subjects.POSITION),
        Feature("after_h1", subjects.H1, FAR),
        Feature("h1s_before", subjects.H1, 3),
        Feature("after_heading", subjects.HEADING, FAR),
        Feature("from_first_good", subjects.PROSE, 60),
        Feature("from_last_good", subjects.PROSE, 60),
        Feature("before_good", subjects.PROSE, 60),
    ),
)


def semantics(blocks: Blocks) -> Rows:
    """Whether the block stands inside an element of each meaning."""
    masks = blocks.elements.masks[blocks.elements.holders] >> np.arange(len(SEMANTICS)).reshape(-1, 1) & 1
    return {f"in_{name}": mask for name, mask in zip(SEMANTICS, masks, strict=True)}


SEMANTIC = Group(semantics, tuple(Feature(f"in_{name}", subjects.SEMANTICS) for name in SEMANTICS))


def around(blocks: Blocks) -> Rows:
    """The three smallest containers of different extent around the block, and the containers where the page's prose is densest."""
    levels = containers(blocks.elements)
    rows: Rows = {}
    for level, box in zip(_LEVELS, levels, strict=True):
        rows |= {f"{name}_{level}": row for name, row in of_container(blocks, box).items()}
    return rows | densest(blocks, levels)


def of_container(blocks: Blocks, box: Ints) -> Rows:
    """What one container around each block holds."""
    firsts, ends = blocks.elements.firsts[box], blocks.elements.ends[box]
    words, size = blocks.word_sums.over(firsts, ends), ends - firsts
    return {
        "share": words / blocks.total_words,
        "p_share": blocks.p_sums.over(firsts, ends) / words,
        "link_share": blocks.link_sums.over(firsts, ends) / blocks.char_sums.over(firsts, ends),
        "blocks": size,
        "words_a_block": words / size,
        "good_share": blocks.good_sums.over(firsts, ends) / blocks.total_good,
        "images": blocks.image_sums.over(firsts, ends) / size,
    }


def densest(blocks: Blocks, levels: tuple[Ints, Ints, Ints]) -> Rows:
    """The block in its smallest container, and beside the page's containers where prose is densest: by score, and by extent."""
    elements, order, (one, two, _) = blocks.elements, blocks.order, levels
    good_words = blocks.counts.words * blocks.good
    # As Readability scores: prose counts for its container, and half for the next (docs/sources.md, "Main content").
    size = len(elements.tags)
    scores = np.bincount(one, good_words, size) + 0.5 * np.bincount(two, good_words, size)
    best, best_scores = extreme(elements.pages, scores, np.maximum)
    held = blocks.good_sums.over(elements.firsts, elements.ends)
    extents = elements.ends - elements.firsts
    sparse = held < 0.65 * blocks.page_good[elements.pages]
    dense, _ = extreme(elements.pages, np.where(sparse, len(order) + 1, extents), np.minimum, last=True)
    in_best, best_share = placed(blocks, best)
    in_dense, dense_share = placed(blocks, dense)
    return {
        "place_1": order - elements.firsts[one],
        "tag_1": blocks.tag_codes[one],
        "score_1": scores[one] / np.maximum(best_scores, 1.0)[blocks.page],
        "in_best": in_best,
        "best_share": best_share,
        "in_dense": in_dense,
        "dense_share": dense_share,
        "place_dense": order - elements.firsts[dense][blocks.page],
    }


def placed(blocks: Blocks, boxes: Ints) -> tuple[Row, Row]:
    """Whether each block stands before, in or behind its page's container, and the container's share of the page's words."""
    firsts, ends = blocks.elements.firsts[boxes], blocks.elements.ends[boxes]
    share = blocks.word_sums.over(firsts, ends) / blocks.page_words
    place = (blocks.order >= firsts[blocks.page]).astype(np.int64) + (blocks.order >= ends[blocks.page])
    return place, share[blocks.page]


AROUND = Group(
    around,
    (
        *(
            feature
            for level in _LEVELS
            for feature in (
                Feature(f"share_{level}", subjects.BOXES),
                Feature(f"p_share_{level}", subjects.BOXES),
                Feature(f"link_share_{level}", subjects.BOX_LINKS),
                Feature(f"blocks_{level}", subjects.BOXES, 200),
                Feature(f"words_a_block_{level}", subjects.BOXES),
                Feature(f"good_share_{level}", subjects.BOXES),
                Feature(f"images_{level}", subjects.BOXES),
            )
        ),
        Feature("place_1", subjects.BOXES, 100),
        Feature("tag_1", subjects.BOXES),
        Feature("score_1", subjects.DENSE),
        Feature("in_best", subjects.DENSE),
        Feature("best_share", subjects.PAGE),
        Feature("in_dense", subjects.DENSE),
        Feature("dense_share", subjects.PAGE),
        Feature("place_dense", subjects.DENSE, 100),
    ),
)


def repetition(blocks: Blocks) -> Rows:
    """How often the text comes, and the size and weight of the group of blocks in elements of the same look and parent's look."""
    words, elements = blocks.counts.words, blocks.elements
    same = numbered_by_page(blocks.texts, blocks.starts)
    look = np.unique(elements.tags * len(elements.looks) + elements.classes, return_inverse=True)[1]
    own, above = look[elements.holders], look[elements.parents[elements.holders]]
    groups = np.unique((blocks.page * len(look) + own) * len(look) + above, return_inverse=True)[1]
    sizes, group_words = np.bincount(groups), np.bincount(groups, words)
    links = np.bincount(groups, blocks.linked) / np.bincount(groups, blocks.counts.chars)
    return {
        "repeats": np.bincount(same)[same],
        "group_size": sizes[groups],
        "group_share": group_words[groups] / blocks.total_words,
        "group_words": (group_words / sizes)[groups],
        "group_links": links[groups],
    }


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


REPETITION = Group(
    repetition,
    (
        Feature("repeats", subjects.REPEATS),
        Feature("group_size", subjects.ALIKE, 150),
        Feature("group_share", subjects.ALIKE),
        Feature("group_words", subjects.ALIKE),
        Feature("group_links", subjects.ALIKE),
    ),
)


def neighbours(blocks: Blocks) -> Rows:
    """Words a block and share of links in windows around the block."""
    rows: Rows = {}
    for reach in _WINDOWS:
        low, high = np.maximum(blocks.order - reach, blocks.first), np.minimum(blocks.order + reach + 1, blocks.end)
        rows[f"near_words_{reach}"] = blocks.word_sums.over(low, high) / (high - low)
        rows[f"near_links_{reach}"] = blocks.link_sums.over(low, high) / blocks.char_sums.over(low, high)
    return rows


NEIGHBOURS = Group(
    neighbours,
    tuple(
        feature
        for reach in _WINDOWS
        for feature in (
            Feature(f"near_words_{reach}", subjects.NEAR),
            Feature(f"near_links_{reach}", subjects.NEAR_LINKS),
        )
    ),
)


def page_level(blocks: Blocks) -> Rows:
    """The page as a whole; for readers' comments the prose beside them, which an article has and a forum mostly has not."""
    page, masks = blocks.page, blocks.elements.masks[blocks.elements.holders]
    in_comments = (masks >> SEMANTICS.index("comments") & 1).astype(np.bool_)
    beside = blocks.by_page(Sums(blocks.counts.words * (blocks.good & ~in_comments)))
    return {
        "blocks": np.diff(blocks.starts)[page],
        "page_words": blocks.page_words[page],
        "page_links": blocks.page_links[page],
        "page_good": (blocks.page_good / blocks.page_words)[page],
        "page_images": blocks.by_page(blocks.image_sums)[page],
        "good_beside_comment": np.where(in_comments, beside[page], -1),
    }


PAGE_LEVEL = Group(
    page_level,
    (
        Feature("blocks", subjects.PAGE, 400),
        Feature("page_words", subjects.PAGE, 3000),
        Feature("page_links", subjects.PAGE),
        Feature("page_good", subjects.PAGE),
        Feature("page_images", subjects.PAGE, 60),
        Feature("good_beside_comment", subjects.COMMENTS, 1000),
    ),
)


def names_around(blocks: Blocks) -> Rows:
    """What the classes and ids around the block and the words of its text say."""
    looks, heads = texts_of_looks(blocks.elements), head_words(blocks.texts)
    return word_rows(blocks.elements, looks, heads, blocks.counts.words, blocks.starts, blocks.lexicon)


NAMES_AROUND = Group(
    names_around,
    (
        Feature("token_mean", subjects.CLASS_WORDS),
        Feature("token_min", subjects.CLASS_WORDS),
        Feature("token_max", subjects.CLASS_WORDS),
        Feature("tokens_sum", subjects.CLASS_WORDS),
        Feature("tokens_count", subjects.CLASS_WORDS, 60),
        Feature("tokens_min", subjects.CLASS_WORDS),
        Feature("tokens_max", subjects.CLASS_WORDS),
        Feature("depth", subjects.DEPTH, 30),
        *(
            Feature(f"{score}{place}", subject, 2000)
            for score, subject in (("class_score", subjects.CLASS_WORDS), ("text_score", subjects.TEXT_WORDS))
            for place in ("", "_1", "_2", "_near")
        ),
    ),
)


GROUPS = (OWN_TEXT, POSITION, SEMANTIC, AROUND, REPETITION, NEIGHBOURS, PAGE_LEVEL, NAMES_AROUND)  # the model's order
