"""Counts of characters by class in each of many texts, in one pass over all of them. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Packed = npt.NDArray[np.uint64]

# Scripts written without spaces between words: Thai to Tibetan, Burmese, Khmer, kana and Han, half-width kana.
_UNSPACED = ((0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x9FFF), (0xF900, 0xFAFF), (0xFF66, 0xFF9F))
_CHARS_A_WORD = 2.0  # the usual length of a Chinese word
_FIELD = np.uint64((1 << 21) - 1)
_SHIFTS = (np.uint64(0), np.uint64(21), np.uint64(42))


class TextCounts(NamedTuple):
    """Per text: its characters (UTF-16 units), its words, and characters by class. Letters include those of unspaced scripts."""

    chars: Ints
    words: npt.NDArray[np.float64]
    digits: Ints
    letters: Ints
    stops: Ints
    commas: Ints
    ends_stop: npt.NDArray[np.bool_]


def _tables() -> tuple[Packed, Packed]:
    """Two tables over UTF-16 units, three counters of 21 bits in each number: digits, unspaced, letters; stops, commas, none."""
    one, two = np.zeros(1 << 16, np.uint64), np.zeros(1 << 16, np.uint64)
    for code in range(0x0E00):
        char = chr(code)
        one[code] = char.isdigit() + (char.isalpha() << 42)
        two[code] = (char in ".!?\u061f\u06d4\u0964") + ((char in ",;\u060c") << 21)
    for low, high in _UNSPACED:
        one[low : high + 1] = (1 << 21) + (1 << 42)
    one[0xAC00:0xD7A4] = 1 << 42
    two[[0x3002, 0xFF01, 0xFF1F]] = 1
    two[[0x3001, 0xFF0C]] = 1 << 21
    return one, two


_ONE, _TWO = _tables()


def count_texts(texts: Sequence[str]) -> TextCounts:
    """Count the characters of each text (none is empty, none holds a NUL) by class.

    >>> count_texts(["One, two.", "漢字"]).words.tolist()
    [2.0, 1.0]
    """
    codes = np.frombuffer("\0".join(texts).encode("utf-16-le", "surrogatepass"), np.dtype("<u2"))
    borders = np.flatnonzero(codes == 0)
    starts = np.concatenate(([0], borders + 1))
    ends = np.concatenate((borders, [len(codes)]))
    digits, unspaced, letters = fields(np.add.reduceat(_ONE[codes], starts))
    marks = _TWO[codes]
    stops, commas, _ = fields(np.add.reduceat(marks, starts))
    spaces = np.array([text.count(" ") for text in texts])
    words = spaces + np.maximum(unspaced / _CHARS_A_WORD, 1.0)
    return TextCounts(ends - starts, words, digits, letters, stops, commas, marks[ends - 1] & _FIELD > 0)


def fields(packed: Packed) -> tuple[Ints, Ints, Ints]:
    """The three counters in each number."""
    low, middle, high = (packed >> shift & _FIELD for shift in _SHIFTS)
    return low.astype(np.int64), middle.astype(np.int64), high.astype(np.int64)
