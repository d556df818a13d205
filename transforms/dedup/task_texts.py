"""Which n-grams of texts stand in the texts of tasks, such as test sets, which a corpus is to be kept clean of. Pure.

An index holds the n-grams of a task's texts as sorted keys of eight bytes, each with the item that it is of; an n-gram of several items is
known by the first. A bitmap of the keys' leading bits stands in front, so that of the n-grams of a page, nearly none of which is known,
three in a hundred are looked up. A text of fewer than n words is one n-gram, of all its words (`shingles`): only an equal text has it.

Cost: 20 us for the 13-grams of a page of 600 words and some 15 to look them up among a million, beyond its words.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from transforms.dedup.folding import Hashes, Words, located_words, word_hashes
from transforms.dedup.shingles import shingles

MOST_NAMED = 50  # items that are named of a text
_ROOM = 5  # bits of the bitmap beyond those that tell the keys apart: one in 32 n-grams is then looked up
_LEAST_BITS, _MOST_BITS = 10, 28  # 128 bytes to 32 MB

Numbers = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of some texts: their keys in ascending order, none twice, and the number of the item that each is of."""

    n: int
    keys: Hashes
    items: NDArray[np.uint32]


def grams_of(texts: Sequence[str], items: Sequence[int], n: int) -> Grams:
    """The n-grams of texts, given the number of the item that each text is of.

    >>> found = grams_of(["one two three four five six seven eight nine", "Eight words"], [0, 1], 8)
    >>> found.items.tolist() in ([0, 0, 1], [0, 1, 0], [1, 0, 0]), len(found.keys)
    (True, 3)
    """
    found = shingles(word_hashes(texts), n)
    return first_of_each(n, found.hashes, np.repeat(np.asarray(items, np.uint32), np.diff(found.borders)))


def first_of_each(n: int, keys: Hashes, items: NDArray[np.uint32]) -> Grams:
    """N-grams in order, each with the first item that has it."""
    order = np.lexsort((items, keys))
    return _new_keys(n, keys[order], items[order])


def _new_keys(n: int, keys: Hashes, items: NDArray[np.uint32]) -> Grams:
    """Sorted n-grams, each once."""
    new = np.ones(len(keys), dtype=bool)
    new[1:] = keys[1:] != keys[:-1]
    return Grams(n, keys[new], items[new])


def together(parts: Sequence[Grams], n: int) -> Grams:
    """N-grams of several parts as one; the items of one part come all before those of the next."""
    if len(parts) == 1:
        return parts[0]
    keys = np.concatenate([np.empty(0, np.uint64), *(part.keys for part in parts)])
    items = np.concatenate([np.empty(0, np.uint32), *(part.items for part in parts)])
    # Stable, so the first part's come first; of parts that are in order it is a merge.
    order = np.argsort(keys, kind="stable")
    return _new_keys(n, keys[order], items[order])


class GramIndex:
    """N-grams that can be looked up quickly."""

    def __init__(self, grams: Grams) -> None:
        self.n, self.items = grams.n, grams.items
        self._keys = grams.keys
        bits = min(max(len(grams.keys).bit_length() + _ROOM, _LEAST_BITS), _MOST_BITS)
        self._shift = np.uint64(64 - bits)
        places = (grams.keys >> self._shift).astype(np.int64)
        self._bitmap = np.zeros(2**bits // 8, np.uint8)
        if len(places):
            octets = places >> 3
            begins = np.flatnonzero(np.diff(octets, prepend=-1))
            set_bits = np.left_shift(1, places & 7).astype(np.uint8)
            self._bitmap[octets[begins]] = np.bitwise_or.reduceat(set_bits, begins)

    @property
    def bytes(self) -> int:
        """What it takes in memory."""
        return int(self._keys.nbytes + self.items.nbytes + self._bitmap.nbytes)

    def find(self, hashes: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Which of some n-grams are known, by their places, and the row of each among the known ones."""
        places = (hashes >> self._shift).astype(np.int64)
        seen = np.flatnonzero(self._bitmap[places >> 3] >> (places & 7).astype(np.uint8) & 1)
        if not len(seen):
            return seen, seen
        rows = np.minimum(np.searchsorted(self._keys, hashes[seen]), len(self._keys) - 1)
        equal = self._keys[rows] == hashes[seen]
        return seen[equal], rows[equal]


@dataclass(frozen=True, slots=True)
class TaskTexts:
    """The texts of all tasks, an index for each n, and the names of their items (`TASK/ITEM`) by their numbers."""

    indexes: tuple[GramIndex, ...] = ()
    names: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))

    def name(self, item: int) -> str:
        """The name of an item."""
        return str(self.names[item].as_py())


NO_TASKS = TaskTexts()


class TaskHits(NamedTuple):
    """What a text shares with tasks: how many different n-grams, the items that they are of, those with most of them first, and the places
    of its words that stand in one of them, as ranges (first, behind the last)."""

    grams: int
    items: tuple[int, ...]
    words: tuple[tuple[int, int], ...]


NO_HITS = TaskHits(0, (), ())


def hits_of(tasks: TaskTexts, words: Words) -> list[TaskHits]:
    """What each text of a batch, given by its words, shares with tasks."""
    count = len(words.borders) - 1
    found: dict[int, list[tuple[int, int, int, int, int]]] = {}
    for number, index in enumerate(tasks.indexes):
        grams = shingles(words, index.n)
        at, rows = index.find(grams.hashes)
        if not len(at):
            continue
        texts = np.searchsorted(grams.borders, at, "right") - 1
        first = grams.words[at] - words.borders[texts]
        behind = np.minimum(first + index.n, np.diff(words.borders)[texts])
        columns = (texts, rows, index.items[rows], first, behind)
        for text, row, item, begin, end in zip(*(column.tolist() for column in columns), strict=True):
            found.setdefault(text, []).append((number, row, item, begin, end))
    return [_told(found[text]) if text in found else NO_HITS for text in range(count)]


def _told(hits: Sequence[tuple[int, int, int, int, int]]) -> TaskHits:
    """What is told of the n-grams (index, row, item, words) of a text that are known."""
    different = {(number, row): item for number, row, item, _, _ in hits}
    counts = Counter(different.values())
    items = sorted(counts, key=lambda item: (-counts[item], item))
    ranges = sorted((begin, end) for *_, begin, end in hits)
    return TaskHits(len(different), tuple(items), tuple(_joined(ranges)))


def _joined(ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ranges in order, those that touch as one."""
    first, behind = ranges[0]
    for begin, end in ranges[1:]:
        if begin > behind:
            yield first, behind
            first, behind = begin, end
        behind = max(behind, end)
    yield first, behind


def blocks_hit(text: str, hits: TaskHits, begins: Sequence[int]) -> list[int]:
    """The blocks of a text that words of a hit stand in, given where each block begins in it.

    >>> blocks_hit("one two\\n\\nthree four", TaskHits(1, (0,), ((1, 3),)), [0, 9])
    [0, 1]
    >>> blocks_hit("one two\\n\\nthree four", TaskHits(1, (0,), ((2, 4),)), [0, 9])
    [1]
    """
    if not hits.words:
        return []
    located = located_words([text])
    taken = np.zeros(len(located.begins), dtype=bool)
    for first, behind in hits.words:
        taken[first:behind] = True
    blocks = np.searchsorted(np.asarray(begins), located.begins[taken], "right") - 1
    return [int(block) for block in np.unique(blocks)]
