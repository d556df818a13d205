"""Gopher's and FineWeb's measures as datatrove's filters count them, which made FineWeb and FineWeb2. Pure.

What differs from `gopher` and `fineweb` (docs/sources.md, "Gopher rules"): words are spaCy's (`transforms.text.tokens`), so punctuation
counts as a word, and against the share of words with a letter; stop words in lower case only; blank lines are lines; the first copy of
what repeats is free, and n-grams are taken one behind another, not overlapping; the most frequent n-gram counts with its spaces, also
where it stands once; all are shares of the text's characters. FineWeb's own measures look at the text as C4's line rules leave it.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np

from transforms.text.c4 import CITATION, MAX_WORD, page_rules
from transforms.text.lines import later_copy_chars
from transforms.text.ngrams import greatest, later_copies, numbered_apart, repeated_ngrams, sums_before
from transforms.text.tokens import Pieces
from transforms.text.unspaced import spaced
from transforms.text.words import Ints, has_letter

_STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")
_ELLIPSES = ("...", "\u2026")
_BULLETS = ("\u2022", "-")
_TOP, _DUPLICATE = (2, 3, 4), (5, 6, 7, 8, 9, 10)
NGRAM_NAMES = (*(f"datatrove_top_{n}gram_chars" for n in _TOP), *(f"datatrove_dup_{n}gram_chars" for n in _DUPLICATE))
# Unicode's sentence terminals below U+10000, which datatrove takes for terminal punctuation; quotes are none.
_TERMINAL = frozenset(
    ".!?\u0589\u061d\u061e\u061f\u06d4\u0700\u0701\u0702\u07f9\u0837\u0839\u083d\u083e\u0964\u0965\u104a\u104b\u1362\u1367\u1368\u166e\u1735\u1736"
    "\u17d4\u17d5\u1803\u1809\u1944\u1945\u1aa8\u1aa9\u1aaa\u1aab\u1b5a\u1b5b\u1b5e\u1b5f\u1b7d\u1b7e\u1c3b\u1c3c\u1c7e\u1c7f\u203c\u203d\u2047\u2048\u2049"
    "\u2e2e\u2e3c\u3002\ua4ff\ua60e\ua60f\ua6f3\ua6f7\ua876\ua877\ua8ce\ua8cf\ua92f\ua9c8\ua9c9\uaa5d\uaa5e\uaa5f\uaaf0\uaaf1\uabeb\ufe52\ufe56\ufe57\uff01"
    "\uff0e\uff1f\uff61"
)
# What is no word where it stands alone: datatrove's punctuation, the terminal marks and the control characters.
_SYMBOLS = _TERMINAL | frozenset(
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u2014\u201d\uff05\uff11\u3008\u3001\u2501\u3010\u300c\u300d\uff0c\u3011\uff1b\u201c\u300a\u201e\u2019\u2236\u00b4\uff08"
    "\u2013\uff1a\uff5e\u00ab\u3009\u300b\uff09\u2026\u25ba\u00bb"
)
_SHORT = 30
_MIN_WORDS = 3  # of a line, C4's rule as datatrove has it
_HALF = 32  # bits: a count and a place, each below 2^31, make one integer
_LOW = (1 << _HALF) - 1
_PARAGRAPHS = re.compile("\n{2,}")
_ENDS = (".", "!", "?")  # what ends a sentence where it is a piece of its own


class Cleaned(NamedTuple):
    """What C4's line rules without its end marks leave of a text: its lines, their pieces and sentences, and where page rules fire."""

    lines: list[str]
    pieces: int
    sentences: int
    lorem_ipsum: int
    braces: int


def measure_datatrove(text: str, vocabulary: Mapping[str, int], pieces: Pieces) -> dict[str, float]:
    """All of datatrove's measures but those of n-grams; 0 for all of them where the text has no words."""
    cleaned = clean_lines(text, pieces)
    return {**_quality(text, vocabulary, pieces), **_duplicates(text), **_fineweb(cleaned)}


def _quality(text: str, vocabulary: Mapping[str, int], pieces: Pieces) -> dict[str, float]:
    letterless = pieces.numbered(lambda name: not has_letter(name))[pieces.ids]
    count = max(len(pieces.ids), 1)
    is_word = ~pieces.numbered(_SYMBOLS.issuperset)[pieces.ids]
    words = int(is_word.sum())
    lines = text.splitlines()
    has_ellipsis = any(mark in text for mark in _ELLIPSES)
    return {
        "datatrove_words": float(words),
        "datatrove_mean_word_length": int(pieces.lengths[is_word].sum()) / max(words, 1),
        "datatrove_hash_ratio": text.count("#") / count,
        "datatrove_ellipsis_ratio": sum(map(text.count, _ELLIPSES)) / count,
        "datatrove_bullet_lines": sum(line.lstrip().startswith(_BULLETS) for line in lines) / max(len(lines), 1),
        "datatrove_ellipsis_lines": has_ellipsis
        * sum(line.rstrip().endswith(_ELLIPSES) for line in lines)
        / max(len(lines), 1),
        "datatrove_alpha_words": 1 - int(letterless.sum()) / count if len(pieces.ids) else 0.0,
        "datatrove_stop_words": float(sum(word in vocabulary or word in pieces.others for word in _STOP_WORDS)),
    }


def _duplicates(text: str) -> dict[str, float]:
    # As if the text were cut at runs of newlines: a run at an end leaves nothing there, which is a line too.
    lines = [*filter(None, text.split("\n")), *[""] * (text.startswith("\n") + text.endswith("\n"))]
    paragraphs = _PARAGRAPHS.split(text.strip())
    return {
        "datatrove_dup_lines": (len(lines) - len(set(lines))) / max(len(lines), 1),
        "datatrove_dup_paragraphs": (len(paragraphs) - len(set(paragraphs))) / len(paragraphs),
        "datatrove_dup_line_chars": later_copy_chars(lines) / max(len(text), 1),
        "datatrove_dup_paragraph_chars": later_copy_chars(paragraphs) / max(len(text), 1),
    }


def _fineweb(cleaned: Cleaned) -> dict[str, float]:
    lines, count = cleaned.lines, max(len(cleaned.lines), 1)
    chars = sum(map(len, lines))
    return {
        "datatrove_c4_sentences": float(cleaned.sentences),
        "datatrove_c4_braces": float(cleaned.braces),
        "datatrove_c4_lorem_ipsum": float(cleaned.lorem_ipsum),
        "datatrove_terminal_lines": sum(line[-1] in _TERMINAL for line in lines) / count,
        "datatrove_short_lines": sum(len(line) <= _SHORT for line in lines) / count,
        "datatrove_c4_dup_line_chars": later_copy_chars(lines) / max(chars, 1),
        "datatrove_newlines_per_word": (count - 1) / max(cleaned.pieces, 1),
    }


def clean_lines(text: str, pieces: Pieces) -> Cleaned:
    """The lines of a text that FineWeb's use of C4's rules keeps: of three words, none over 1,000 characters, no script, no policy."""
    lines: list[str] = []
    spans: list[tuple[int, int]] = []
    place = 0
    for raw, cut in zip(text.splitlines(), spaced(text).splitlines(), strict=True):
        start, place = place, place + len(cut.split())
        line = raw.strip()
        if place - start < _MIN_WORDS or (len(line) > MAX_WORD and max(map(len, line.split())) > MAX_WORD):
            continue
        if "[" in line:
            line = CITATION.sub("", line).strip()
        if line:
            lines.append(line)
            spans.append((start, place))
    stays, lorem, braces = page_rules(lines)
    kept = list(compress(lines, stays))
    borders = pieces.ends[np.array(list(compress(spans, stays)), np.int64).reshape(-1, 2)]
    return Cleaned(
        kept, int((borders[:, 1] - borders[:, 0]).sum()), len(kept) + inner_sentences(pieces, borders), lorem, braces
    )


def inner_sentences(pieces: Pieces, spans: Ints) -> int:
    """Places inside spans of pieces where a sentence begins: at a word behind marks of which one ends a sentence."""
    marks = pieces.numbered(_ENDS.__contains__)[pieces.ids]
    places = (~pieces.numbered(_SYMBOLS.issuperset)[pieces.ids]).nonzero()[0]
    ended = sums_before(marks.astype(np.int64))[places]
    begins = np.diff(ended, prepend=0) > 0
    before = sums_before(begins.astype(np.int64))
    first, behind = places.searchsorted(spans[:, 0]), places.searchsorted(spans[:, 1])
    # The first word of a span begins none inside it.
    return int((before[behind] - before[np.minimum(first + 1, behind)]).sum())


def measure_ngrams(texts: Sequence[tuple[int, Pieces]]) -> list[dict[str, float]]:
    """For each text, its characters and pieces, the nine repetition measures of n-grams: shares of its characters."""
    lengths = np.concatenate([np.zeros(0, np.int64), *(pieces.lengths for _, pieces in texts)])
    ends = sums_before(lengths)
    bounds = sums_before(np.array([len(pieces.ids) for _, pieces in texts], np.int64))
    totals = np.maximum(np.array([size for size, _ in texts], np.int64), 1)
    shares = {n: once(n, bounds, ends) if n in _TOP else np.zeros(len(texts), np.int64) for n in _TOP + _DUPLICATE}
    for n, places, groups in repeated_ngrams(numbered_apart([pieces.ids for _, pieces in texts]), _DUPLICATE[-1]):
        cuts = places.searchsorted(bounds)
        if n in _TOP:
            counts = np.bincount(groups)[groups]
            # The greatest count, of equals the first: the place is taken from a number above all places.
            best = greatest((counts << _HALF) + (_LOW - places), cuts)
            found = best > 0
            at = _LOW - (best[found] & _LOW)
            shares[n][found] = (best[found] >> _HALF) * (ends[at + n] - ends[at] + n - 1)
        else:
            shares[n] = later_copies(n, places, groups, ends, cuts)
    rows = zip(*((column / totals).tolist() for column in shares.values()), strict=True)
    return [dict(zip(NGRAM_NAMES, row, strict=True)) for row in rows]


def once(n: int, bounds: Ints, ends: Ints) -> Ints:
    """The characters of each text's first n-gram, which counts where none repeats; 0 where a text is shorter."""
    starts = bounds[:-1]
    whole = bounds[1:] - starts >= n
    return np.where(whole, ends[np.minimum(starts + n, len(ends) - 1)] - ends[starts] + n - 1, 0)
