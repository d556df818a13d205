"""What the words of classes and ids around a block, and the words that its text begins with, say of it together: linear models. Pure.

The odds of single words (`elements.words_of_looks`) count each word as if it stood alone. Here a logistic regression weighed all of them at
once, so that words which come together share what they tell. Scores are sums of whole numbers (`benchmarks/train_lexicon.py`).
"""

from collections.abc import Mapping, Sequence
from itertools import repeat

import numpy as np

from transforms.html.block_arrays import Floats, Ints, Row, Sums
from transforms.html.elements import (
    BORDER,
    LETTERS,
    WEIGHT_START,
    Elements,
    Lexicon,
    LookTexts,
    LookWords,
    known_words,
    sums_of_ancestors,
    with_ancestors,
    words_of_looks,
)
from transforms.html.levels import containers

WEIGHT_UNIT = 1 / 32  # of log odds, in which weights are whole numbers
HEAD = 32  # characters of a text whose words are read; all of them gain no more (docs/extraction.md)
_LETTERS = bytes(0 if code == 0 else 32 if code == 10 else letter for code, letter in enumerate(LETTERS))
_BORDERS = b" " + BORDER + b" "
_REACH = 2  # blocks to each side
_MOST_WORDS = 60  # a longer block weighs no more in a mean


def word_rows(
    elements: Elements, looks: LookTexts, heads: Sequence[bytes], words: Floats, starts: Ints, lexicon: Lexicon
) -> dict[str, Row]:
    """All that a lexicon tells of blocks; `words` are their numbers of words, `starts` where each page's blocks begin."""
    known = known_words(looks, lexicon)
    classes = class_scores(elements, looks, *known, lexicon)
    return class_words(elements, words_of_looks(looks, *known, lexicon)) | lexical_rows(
        elements, classes, heads, words, starts, lexicon
    )


def class_words(elements: Elements, own: LookWords) -> dict[str, Row]:
    """Odds of the words in classes and ids: of the element and its parent, and of all ancestors; and the depth."""
    holders, above = elements.holders, elements.parents[elements.holders]
    every = with_ancestors(own, elements.parents)
    return {
        "token_mean": (own.sums[holders] + own.sums[above]) / np.maximum(own.counts[holders] + own.counts[above], 1),
        "token_min": np.minimum(own.least[holders], own.least[above]),
        "token_max": np.maximum(own.most[holders], own.most[above]),
        "tokens_sum": every.sums[holders],
        "tokens_count": every.counts[holders],
        "tokens_min": every.least[holders],
        "tokens_max": every.most[holders],
        "depth": every.depths[holders],
    }


def lexical_rows(
    elements: Elements, classes: Ints, heads: Sequence[bytes], words: Floats, starts: Ints, lexicon: Lexicon
) -> dict[str, Row]:
    """Both scores of each block, and their means over its two smallest containers and over the blocks beside it.

    `classes` are the `class_scores`, `heads` the words of the blocks as `head_words` gives them, `words` their numbers of words, and
    `starts` where each page's blocks begin.
    """
    halves = np.minimum(2 * words, 2 * _MOST_WORDS)
    weights = Sums(halves)
    order, sizes = np.arange(len(words)), np.diff(starts)
    low = np.maximum(order - _REACH, np.repeat(starts[:-1], sizes))
    high = np.minimum(order + _REACH + 1, np.repeat(starts[1:], sizes))
    one, two, _ = containers(elements)
    ranges = {"1": (elements.firsts[one], elements.ends[one]), "2": (elements.firsts[two], elements.ends[two])}
    ranges["near"] = (low, high)
    counts = {name: weights.over(*places) for name, places in ranges.items()}
    scores = {"class_score": classes, "text_score": summed(heads, lexicon.texts)}
    rows: dict[str, Row] = {}
    for name, score in scores.items():
        sums = Sums(score * halves)
        rows[name] = score
        rows |= {f"{name}_{place}": sums.over(*ranges[place]) / counts[place] for place in ranges}
    return rows


def class_scores(elements: Elements, looks: LookTexts, places: Ints, starts: Ints, lexicon: Lexicon) -> Ints:
    """For each block the weights, in WEIGHT_UNIT, of the words of all classes and ids around it, and of the nearest once more.

    `places` and `starts` are those of `known_words`.
    """
    near, around = (np.add.reduceat(table[places], starts) for table in (lexicon.near, lexicon.around))
    near, around = near[looks.classes] + near[looks.ids], around[looks.classes] + around[looks.ids]
    holders, parents = elements.holders, elements.parents
    scores: Ints = near[holders] + near[parents[holders]] + sums_of_ancestors(around, parents)[holders]
    return scores


def head_words(texts: Sequence[str]) -> list[bytes]:
    """The words that each text begins with, those of each text behind a border.

    >>> head_words(["Share this", "© 2026 Coast"])
    [b'|', b'share', b'this', b'|', b'coast']
    """
    # As `look_words`; texts hold line feeds, but none holds the sign that joins them.
    joined = "\0" + "\0".join([text[:HEAD] for text in texts])
    return joined.encode("ascii", "replace").translate(_LETTERS).replace(b"\0", _BORDERS).split()


def summed(words: Sequence[bytes], table: Mapping[bytes, int]) -> Ints:
    """The sum of the weights of the words behind each border.

    >>> summed([b"|", b"share", b"this", b"|"], {b"share": -40, b"|": WEIGHT_START}).tolist()
    [-40, 0]
    """
    found = np.fromiter(map(table.get, words, repeat(0)), np.int64, len(words))
    sums: Ints = np.add.reduceat(found, np.flatnonzero(found == WEIGHT_START)) - WEIGHT_START
    return sums
