r"""Texts -> their words as 64-bit hashes, a batch at once, so that a word costs no Python object. Pure.

In: texts. Out: numbers. Cost: 35 us for a page of 600 words in a batch of dozens, more in other alphabets.

What a near copy may change is folded away: case, accents and vowel points, punctuation and symbols, compatibility forms (NFKD), and what
no reader sees; where that is asked, also numbers (each one `0`, with the points and commas inside it). Else pages of one template, which
differ in the numbers of what they offer, would be copies. Vowel signs of Indic and South-East Asian scripts are
spelling and stay. Scripts without spaces are cut into the pieces of `transforms.text.unspaced`, so a word is there what it is for every
other measure. The value of a text does not depend on the batch that it is in, on the machine, or on the Python.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from transforms.characters import LATER_SIGNS, nfkc, settled
from transforms.invisible import without_invisible
from transforms.text.unspaced import cut_places, spaced

# Of all that gives a word its hash: stored hashes of two versions never meet. Raise it with any change below, or of what is used here.
FOLDING_VERSION = 1

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

# Bytes after folding. Letters and whatever is not ASCII stand above the space; below it are what ends a text and what may join digits.
_END, _JOINS, _SPACE, _DIGIT = 0, 1, 32, 48
_FOLDED_BYTES = bytes(
    _END if byte == 0
    else _JOINS if byte in b".,"
    else ord(chr(byte).lower()) if chr(byte).isalnum() and byte < 128
    else _SPACE if byte < 128
    else byte
    for byte in range(256)
)  # fmt: skip
_FOLDED_NUMBERS = bytes(_DIGIT if 48 <= byte < 58 else byte for byte in _FOLDED_BYTES)
_LATER_SIGN = re.compile(f"[{LATER_SIGNS}]")
# Marks that writers leave out: overlays, nuktas and voicing marks, Hebrew and Arabic points, accents above and below. By their
# canonical combining class, which no later Unicode changes.
_LEFT_OUT = frozenset((1, 7, 8, *range(10, 37), *range(200, 241)))
_SELECTOR = re.compile("[\u034f\u180b-\u180d\u180f\u20dd-\u20e4\ufe00-\ufe0f\U000e0100-\U000e01ef]")

# Behind the ideographs of Unicode 15.1 stand no letters, in the plane of tags only characters that are not seen.
_NO_LETTERS, _TAGS = 0x323B0, range(0xE0000, 0xE0200)
_MOST_FOLDS = 2**18  # all that are in any script
_LONGEST = 4  # letters for which one may stand; a sign for a whole phrase is left as it is
_MOST_KNOWN, _LONGEST_KNOWN = 2**16, 48  # entries of a table, and bytes of a run in it: some ten megabytes
_LOADS = 8  # of 8 bytes each: a longer word is hashed by itself
_MASKS = np.array([2 ** (8 * count) - 1 for count in range(9)], "<u8")
_FIRST, _NEXT, _LENGTHS = (np.uint64(c) for c in (0x9FB21C651E98DF25, 0xC2B2AE3D27D4EB4F, 0x9E3779B97F4A7C15))
_MIXES = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a batch: those of text i are `hashes[borders[i] : borders[i + 1]]`."""

    hashes: Hashes
    borders: Places


@dataclass(frozen=True, slots=True)
class LocatedWords:
    """Words with where each stands in its own text: `text[begins[j] : ends[j]]`, marks and invisible characters behind it included."""

    words: Words
    begins: Places
    ends: Places


class _Folds(dict[int, str]):
    """What each code point becomes; found when first asked for, and forgotten when there are too many."""

    def __missing__(self, code: int) -> str:
        if code >= _NO_LETTERS and code not in _TAGS:
            return " "
        if len(self) >= _MOST_FOLDS:
            self.clear()
        self[code] = folded = chr(code) if code < 128 else _folded(chr(code))
        return folded


_FOLDS = _Folds()
_KNOWN_RUNS: dict[bytes, bytes] = {}


def fold(text: str, numbers: bool = False) -> str:
    """`text` as its words are compared, one space between them; for people and tests, as hashing needs no such string.

    >>> fold("L'\u00c9t\u00e9 \u2013 1,234.50 \u20ac!"), fold("\uff21\uff22\uff23\u3002\u53e4\u8001\u7684\u78e8\u574a")
    ('l ete 1 234 50', 'abc 古 老 的磨 坊')
    >>> fold("1,234.50 and 7", numbers=True)
    '0 and 0'
    """
    folded = _folded_bytes([text], numbers)
    return " ".join(np.where(folded > _SPACE, folded, _SPACE).astype(np.uint8).tobytes().decode().split())


def word_hashes(texts: Sequence[str], numbers: bool = False) -> Words:
    """The words of a batch of texts; with `numbers` each number is the same one.

    >>> words = word_hashes(["The caf\u00e9, 1990", "", "CAFE 2,000 the"], numbers=True)
    >>> words.borders.tolist(), (words.hashes[:3] == words.hashes[[5, 3, 4]]).tolist()
    ([0, 3, 3, 6], [True, True, True])
    """
    folded = _folded_bytes(texts, numbers)
    begins, ends = _edges(folded)
    borders = np.searchsorted(begins, np.flatnonzero(folded == _END)[: len(texts) + 1])
    return Words(_hashed(folded, begins, ends), borders.astype(np.int64))


def located_words(texts: Sequence[str]) -> LocatedWords:
    """The words of `word_hashes`, and where they stand. Cost: ten times as much, for each text by itself."""
    found = [_located(text) for text in texts]
    borders = np.cumsum([0, *(len(begins) for _, begins, _ in found)], dtype=np.int64)
    hashes, begins, ends = (np.concatenate([part[side] for part in found] or [_NONE]) for side in range(3))
    return LocatedWords(Words(hashes.astype(np.uint64), borders), begins.astype(np.int64), ends.astype(np.int64))


def mixed(values: Hashes) -> Hashes:
    """Each value with every bit of it spread over all 64 (the finaliser of SplitMix64); the values themselves are used up."""
    for shift, factor in zip(_SHIFTS, _MIXES, strict=False):
        values ^= values >> shift
        values *= factor
    values ^= values >> _SHIFTS[2]
    return values


_NONE = np.zeros(0, np.int64)


def _coded(texts: Sequence[str]) -> bytes:
    """The texts in UTF-8, folded but for what is ASCII, with an end before and behind each and room for a load behind the last."""
    joined = "\0".join(texts)
    if joined.count("\0") >= max(len(texts), 1):
        joined = "\0".join([text.replace("\0", " ") for text in texts])
    coded = b"\0%b\0%b" % (joined.encode("utf-8", "surrogatepass"), bytes(8))
    if not joined.isascii():
        # Runs of other characters are found by their bytes, four times as fast as by a regular expression.
        beyond = np.frombuffer(coded, np.int8) < 0
        borders = (np.flatnonzero(beyond[1:] != beyond[:-1]) + 1).tolist()
        pieces = [coded[begin:end] for begin, end in pairwise((0, *borders, len(coded)))]
        pieces[1::2] = _folded_runs(pieces[1::2])
        coded = b"".join(pieces)
    return coded


def _folded_bytes(texts: Sequence[str], numbers: bool) -> NDArray[np.uint8]:
    """The texts folded, in UTF-8, an end before and behind each."""
    coded = np.frombuffer(_coded(texts).translate(_FOLDED_NUMBERS if numbers else _FOLDED_BYTES), np.uint8)
    return coded[_kept(coded)] if numbers else coded


def _folded_runs(runs: list[bytes]) -> list[bytes]:
    """Runs of characters beyond ASCII, each folded and cut; most are known from before."""
    if missing := list(set(runs).difference(_KNOWN_RUNS)):
        if len(_KNOWN_RUNS) + len(missing) > _MOST_KNOWN:
            _KNOWN_RUNS.clear()
            missing = list(set(runs))
        # A letter on both sides of each says where it is cut from the ASCII beside it.
        framed = b"a\na".join(missing).join((b"a", b"a")).decode("utf-8", "surrogatepass")
        folded = [run[1:-1] for run in spaced(framed.translate(_FOLDS)).encode().split(b"\n")]
        new = dict(zip(missing, folded, strict=True))
        found = [new[run] if run in new else _KNOWN_RUNS[run] for run in runs]
        short = ((run, one) for run, one in new.items() if len(run) <= _LONGEST_KNOWN)
        _KNOWN_RUNS.update(islice(short, _MOST_KNOWN - len(_KNOWN_RUNS)))
        return found
    return [_KNOWN_RUNS[run] for run in runs]


def _folded(char: str) -> str:
    """What a character beyond ASCII becomes: letters, a digit, a space, or nothing."""
    if not without_invisible(char) or _SELECTOR.match(char):
        return ""
    if _is_mark(char):
        return "" if unicodedata.combining(char) in _LEFT_OUT else char
    if not settled(char).isalnum():
        return " "
    if settled(char).isdecimal():
        return str(unicodedata.decimal(settled(char)))
    parts = unicodedata.normalize("NFD", nfkc(char).lower()).replace("ς", "σ")
    if parts == char or len(parts) > _LONGEST:
        return char
    return "".join(part if part.isascii() else _folded(part) for part in parts)


def _is_mark(char: str) -> bool:
    """Whether every Python takes it for a combining mark; later ones are spaces."""
    return unicodedata.category(char)[0] == "M" and _LATER_SIGN.match(char) is None


def _kept(coded: NDArray[np.uint8]) -> Places | slice:
    """The places of what is left where each number is one digit: of `1,234.5` the `1`."""
    digits = np.flatnonzero(coded == _DIGIT)
    gaps = np.diff(digits)
    joined = digits[1:][(gaps == 2) & (coded[digits[1:] - 1] == _JOINS)]
    again = digits[1:][gaps == 1]
    if not len(joined) + len(again):
        return slice(None)
    kept = np.ones(len(coded), bool)
    kept[joined] = kept[joined - 1] = kept[again] = False
    return np.flatnonzero(kept)


def _edges(folded: NDArray[np.uint8]) -> tuple[Places, Places]:
    """Where words begin and end."""
    inside = folded > _SPACE
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    return edges[::2], edges[1::2]


def _hashed(folded: NDArray[np.uint8], begins: Places, ends: Places) -> Hashes:
    """The hash of each word, from 8 bytes of it at a time."""
    folded = np.ascontiguousarray(folded)
    lengths = ends - begins
    loads = np.ndarray(len(folded) - 7, "<u8", folded, strides=(1,))
    hashes = loads[begins] & _MASKS[np.minimum(lengths, 8)]
    hashes *= _FIRST
    hashes ^= lengths.astype(np.uint64) * _LENGTHS
    hashes = mixed(hashes.astype(np.uint64, copy=False))
    for load in range(1, _LOADS):
        longer = np.flatnonzero(lengths > 8 * load)
        if not len(longer):
            return hashes
        more = loads[begins[longer] + 8 * load] & _MASKS[np.minimum(lengths[longer] - 8 * load, 8)]
        hashes[longer] = mixed((hashes[longer] * _NEXT) ^ more)
    for word in np.flatnonzero(lengths > 8 * _LOADS):
        digest = blake2b(folded[begins[word] : ends[word]].tobytes(), digest_size=8).digest()
        hashes[word] = int.from_bytes(digest, "little")
    return hashes


def _located(text: str) -> tuple[Hashes, Places, Places]:
    """The hashes, begins and ends of a text's words. Every character is folded by itself, so widths lead back to it."""
    text = text.replace("\0", " ")
    folded = text.translate(_FOLDS)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    widths = np.ones(len(codes), np.int64)
    others = np.flatnonzero(codes > 127)
    kinds, which = np.unique(codes[others], return_inverse=True)
    widths[others] = np.array([len(_FOLDS[code].encode()) for code in kinds.tolist()], np.int64)[which]
    place = np.cumsum(np.concatenate([[1], widths]))  # of each character among the bytes, the first of which is an end

    cuts = cut_places(np.frombuffer(folded.encode("utf-32-le"), np.uint32)) if len(folded) else _NONE
    sizes = np.array([0, *map(len, map(str.encode, folded))] if len(cuts) else [0], np.int64)
    inserted = 1 + np.cumsum(sizes)[cuts]
    coded = np.frombuffer(b"\0%b\0%b" % (folded.encode().translate(_FOLDED_BYTES), bytes(8)), np.uint8)
    coded = np.insert(coded, inserted, _SPACE)

    begins, ends = _edges(coded)
    hashes = _hashed(coded, begins, ends)
    spaces = inserted + np.arange(len(inserted))
    begins, ends = (at - np.searchsorted(spaces, at) for at in (begins, ends))
    first = np.searchsorted(place, begins, "right") - 1
    behind = np.searchsorted(place, ends, "right") - 1
    return hashes, first, behind + (place[behind] < ends)
