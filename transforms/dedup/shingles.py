"""Words -> n-grams as 64-bit hashes, of any n, over a batch at once. Pure; cost: 8 us a page of 600 words for n = 5, 20 us for 13.

The hash of an n-gram is that of its words in their order and depends on nothing else: the same words give the same hash in every text,
and a text of fewer than n words has one n-gram, of all its words. A text without words has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transforms.dedup.folding import Hashes, LocatedWords, Places, Words, located_words, mixed

SHINGLES_VERSION = 1  # stored hashes of two versions never meet; see also FOLDING_VERSION
_FACTOR, _COUNT = np.uint64(0xD6E8FEB86659FD93), 0xA0761D6478BD642F
_TEXT_BITS = 16


@dataclass(frozen=True, slots=True)
class Shingles:
    """The n-grams of a batch: those of text i are at `borders[i]` to `borders[i + 1]`; `words` is the number of each one's first word."""

    hashes: Hashes
    words: Places
    borders: Places


@dataclass(frozen=True, slots=True)
class LocatedShingles:
    """N-grams with where each stands in its own text: `text[begins[j] : ends[j]]`."""

    shingles: Shingles
    located: LocatedWords
    begins: Places
    ends: Places


def shingles(words: Words, n: int) -> Shingles:
    """The n-grams of a batch's words, in their order.

    >>> found = shingles(Words(np.array([5, 6, 7, 5, 6], "u8"), np.array([0, 3, 3, 5])), 2)
    >>> found.words.tolist(), found.borders.tolist(), bool(found.hashes[0] == found.hashes[2])
    ([0, 1, 3], [0, 2, 2, 3], True)
    """
    lengths = np.diff(words.borders)
    counts = np.where(lengths < n, np.minimum(lengths, 1), lengths - n + 1)
    borders = np.concatenate([[0], np.cumsum(counts)])
    firsts = np.arange(borders[-1]) + np.repeat(words.borders[:-1] - borders[:-1], counts)
    hashes = np.empty(len(firsts), np.uint64)
    whole = np.repeat(lengths >= n, counts)
    if len(words.hashes) >= n:
        hashes[whole] = _combined(words.hashes, n)[firsts[whole]]
    short = np.flatnonzero((lengths < n) & (lengths > 0))
    hashes[borders[short]] = _of_whole(words, short, n)
    return Shingles(hashes, firsts, borders)


def located_shingles(texts: Sequence[str], n: int) -> LocatedShingles:
    """The n-grams of texts, and where each stands, so that one that is found elsewhere can be cut out.

    >>> found = located_shingles(["One, two... (three!)"], 2)
    >>> [("One, two... (three!)"[a:b]) for a, b in zip(found.begins, found.ends)]
    ['One, two', 'two... (three']
    """
    located = located_words(texts)
    found = shingles(located.words, n)
    text_ends = np.repeat(located.words.borders[1:], np.diff(found.borders))
    lasts = np.minimum(found.words + n, text_ends) - 1
    return LocatedShingles(found, located, located.begins[found.words], located.ends[lasts])


def distinct_counts(found: Shingles) -> Places:
    """How many different n-grams each text has; told apart by 48 bits, which for a page of 100,000 words is wrong once in 50,000."""
    counts = np.diff(found.borders)
    distinct = np.empty(len(counts), np.int64)
    for begin in range(0, len(counts), 2**_TEXT_BITS):
        part = slice(begin, begin + 2**_TEXT_BITS)
        texts = np.repeat(np.arange(len(counts[part]), dtype=np.uint64), counts[part])
        low, high = found.borders[begin], found.borders[min(begin + 2**_TEXT_BITS, len(counts))]
        keys = np.sort(texts << np.uint64(64 - _TEXT_BITS) | found.hashes[low:high] >> np.uint64(_TEXT_BITS))
        new = np.ones(len(keys), bool)
        new[1:] = keys[1:] != keys[:-1]
        owners = (keys[new] >> np.uint64(64 - _TEXT_BITS)).astype(np.int64)
        distinct[part] = np.bincount(owners, minlength=len(counts[part]))
    return distinct


def _combined(hashes: Hashes, n: int) -> Hashes:
    """The hash of the n words that begin at each word but the last n - 1."""
    last = len(hashes) - n + 1
    combined = hashes[:last].copy()
    for place in range(1, n):
        combined *= _FACTOR
        combined += hashes[place : last + place]
    combined ^= np.uint64(n * _COUNT % 2**64)
    return mixed(combined)


def _of_whole(words: Words, texts: Places, n: int) -> Hashes:
    """The hash of all words of each text that has at least one and fewer than n."""
    begins, lengths = words.borders[texts], words.borders[texts + 1] - words.borders[texts]
    combined = words.hashes[begins]
    for place in range(1, n):
        longer = np.flatnonzero(lengths > place)
        combined[longer] = combined[longer] * _FACTOR + words.hashes[begins[longer] + place]
    return mixed(combined ^ lengths.astype(np.uint64) * np.uint64(_COUNT))
