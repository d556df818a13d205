"""White-space tokens -> the smaller ones that datatrove counts, which are spaCy's for English: punctuation and clitics stand alone. Pure.

datatrove's rules count `"Yes,"` as four and `don't` as two. The rules here are spaCy's in short (docs/sources.md, "datatrove's words"):
marks at both ends, full stops behind small letters and digits, hyphens and slashes between letters, units behind numbers, `n't` and `'s`;
addresses and abbreviations stay whole. Of other languages the same marks are cut off.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from transforms.characters import LATER_SMALL, settled
from transforms.text.ngrams import sums_before
from transforms.text.words import Ints, Words

Bools = NDArray[np.bool_]

# Marks that are cut off at the front, and at the end, one by one. A hyphen is none, nor is `+` before a digit.
_QUOTES = (
    "'\"\u201d\u201c`\u2018\u00b4\u2019\u201a\u201e\u00bb\u00ab\u300c\u300d\u300e\u300f\uff08\uff09\u3014\u3015\u3010\u3011\u300a\u300b"
    "\u3008\u3009\u27e6\u27e7\u2039\u203a"
)
_PUNCTUATION = (
    ",:;!?()[]{}<>_#*&"
    "\u00bf\u061f\u00a1\u3002\uff1f\uff01\uff0c\u3001\uff1b\uff1a\uff5e\u00b7\u0964\u060c\u06d4\u061b\u066a\u2026"
)
_CURRENCY = "$\u00a3\u20ac\u00a5\u0e3f\u20b9\u20bd\u20ba\u20a9"
_SIGNS = "\u00a6\u00a9\u00ae\u00b0\u2122\u2190\u2191\u2192\u2193"  # and all pictures behind them
_FRONT = frozenset(_QUOTES + _PUNCTUATION + _CURRENCY + _SIGNS + "\u00a7%=\u2014\u2013")
_BACK = frozenset(_QUOTES + _PUNCTUATION + _SIGNS + "\u2014\u2013")
_PICTURES = "\u2300"  # the first code point of those
_DOTS = re.compile(r"\.\.+")
_WHOLE = re.compile(r"(?:\w+://|www\.)\S+|\S+@\S+\.\w+|(?:[A-Za-z]\.)+[A-Za-z]?", re.ASCII)
# fmt: off
_ABBREVIATIONS = frozenset((
    "adm.", "ak.", "ala.", "apr.", "ariz.", "ark.", "aug.", "bros.", "calif.", "co.", "colo.", "conn.", "corp.", "dec.", "del.", "dr.",
    "feb.", "fla.", "ga.", "gen.", "gov.", "ia.", "id.", "ill.", "inc.", "ind.", "jan.", "jr.", "jul.", "jun.", "kan.", "kans.", "ky.",
    "la.", "ltd.", "mar.", "mass.", "md.", "messrs.", "mich.", "minn.", "miss.", "mo.", "mont.", "mr.", "mrs.", "ms.", "mt.", "neb.",
    "nebr.", "nev.", "nov.", "oct.", "okla.", "ore.", "pa.", "ph.d.", "prof.", "rep.", "rev.", "sen.", "sep.", "sept.", "st.", "tenn.",
    "va.", "wash.", "wis.", "vs.",
))
# fmt: on
_MERGED = frozenset(
    f"{first}{rest}"
    for one, rest in (("can", "not"), ("gon", "na"), ("got", "ta"))
    for first in (one, one.capitalize())
)
_PLAIN_ENDS = frozenset(",.;:!?)")
_LOWER_TOO = frozenset(("co.", "vs."))
_CLITIC = re.compile(
    r"(?i:(do|does|did|is|are|was|were|has|have|had|ca|could|would|should|wo|must|need|might|ai|sha|dare|may|ought)(n['\u2019]t)"
    r"|(i|you|he|she|it|we|they|who|what|that|there|how|where|when|why|this|these|those|could|would|should|must|might)"
    r"(['\u2019](?:re|ve|ll|d|m|s))|(can)(not)|(gon|got)(na|ta))"
)
_INSIDE = re.compile(
    r"(\.\.+|\u2026|(?<=[^\W_])(?:---|--|-|\u2013|\u2014|~)(?=[^\W\d_])|(?<=\d)[-+*^](?=[\d-])|(?<=[^\W\d_]),(?=[^\W\d_])"
    r"|(?<=[^\W_])[:<>=/](?=[^\W\d_])|(?<=[a-z'\"])\.(?=[A-Z'\"]))"
)
_UNIT = re.compile(
    r"(.*\d)(km\xb2?|[cdm\xb5n]?m\xb2?|ha|in|ft|yd|mi|kg|g|mg|lbs?|oz|mph|km/h|m/s|h?Pa|mbar|[kKmMgGtT][bB]|[TGMK%]|am|pm|[a|p]\.m\.|[$\u00a3\u20ac\u00a5])"
)


@lru_cache(2**16)
def pieces(token: str) -> tuple[str, ...]:
    """The smaller tokens of a white-space token.

    >>> pieces('"don\\'t'), pieces("well-known."), pieces("U.S."), pieces("(3km)")
    (('"', 'do', "n't"), ('well', '-', 'known', '.'), ('U.S.',), ('(', '3', 'km', ')'))
    """
    if settled(token) != token:
        return (token,)  # what some Pythons do not know for a letter stays whole in all of them
    front: list[str] = []
    back: list[str] = []
    while token and not _is_whole(token):
        if token[0] in _FRONT or (token[0] >= _PICTURES and not token[0].isalnum()):
            front.append(token[0])
            token = token[1:]
        elif found := _DOTS.match(token):
            front.append(found[0])
            token = token[found.end() :]
        elif cut := _ending(token):
            back.append(token[-cut:])
            token = token[:-cut]
        else:
            break
    return (*front, *_inner(token), *reversed(back))


def _is_whole(token: str) -> bool:
    """Whether a token is an address or an abbreviation."""
    if token[-1] == "." and token.lower() in _ABBREVIATIONS and (token[0].isupper() or token in _LOWER_TOO):
        return True
    return _WHOLE.fullmatch(token) is not None and token[-1] not in _BACK


def _ending(token: str) -> int:
    """How many characters at the end of a token stand alone; 0 for none."""
    last = token[-1]
    if last in _BACK or (last >= _PICTURES and not last.isalnum()):
        return 1
    if token[-2:-1] in ("'", "\u2019") and last in "sS" and len(token) > 2:
        return 0 if _CLITIC.fullmatch(token) else 2
    if token.endswith(".."):
        return len(token) - len(token.rstrip("."))
    if last == "." and len(token) > 1:
        before = token[-2]
        small = _is_small(before) or before.isdecimal() or before in "%\u00b2-+" or before in _BACK
        return int(small or (before.isupper() and token[-3:-2].isupper()))
    return 0


def _is_small(letter: str) -> bool:
    """Whether a letter is a small one, by Unicode 15.1."""
    return letter.islower() or (not letter.isascii() and re.match(f"[{LATER_SMALL}]", letter) is not None)


def _inner(token: str) -> list[str]:
    """The pieces of a token without marks at its ends."""
    if not token:
        return []
    if found := _CLITIC.fullmatch(token) or _UNIT.fullmatch(token):
        return [part for part in found.groups() if part]
    if _is_whole(token) or token.lower() in ("and/or", "w/o"):
        return [token]
    return [part for part in _INSIDE.split(token) if part]


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """The smaller tokens of a text. `ids[i]` numbers piece i; `ends[t]` is how many pieces stand before token t, and all at the end.

    A number below `tokens` is a word in letters; `others` has the number of each piece that is none, or stands nowhere as a token.
    """

    tokens: int
    ids: Ints
    lengths: Ints  # characters of each piece
    ends: Ints
    others: dict[str, int]

    def numbered(self, kind: Callable[[str], bool]) -> Bools:
        """For each number, whether its piece is of a kind that no word in letters is of."""
        found = np.zeros(self.tokens + len(self.others), bool)
        found[[number for name, number in self.others.items() if kind(name)]] = True
        return found


def split_pieces(words: Words) -> Pieces:
    """The pieces of a text's tokens, in order. Only tokens that are not letters alone are looked at.

    >>> from transforms.text.words import split_words
    >>> split_pieces(split_words("Well, well: the end.")).others
    {',': 4, ':': 5, '.': 6}
    """
    number, place = dict[str, int](), words.vocabulary.get
    rough = [*words.rough, *(words.vocabulary.keys() & _MERGED)]
    flat: list[int] = []
    starts: list[int] = []
    for token in rough:
        starts.append(len(flat))
        last = token[-1]
        for piece in (token[:-1], last) if last in _PLAIN_ENDS and _is_plain(token, last) else pieces(token):
            known = place(piece) if piece.isalpha() and piece not in _MERGED else None
            flat.append(number.setdefault(piece, words.tokens + len(number)) if known is None else known)
    sizes = np.ones(words.tokens, np.int64)
    offsets = np.arange(words.tokens)
    at = [words.vocabulary[token] for token in rough]
    offsets[at] = np.array(starts, np.int64) + words.tokens
    sizes[at] = np.diff(np.array([*starts, len(flat)], np.int64))
    taken = sizes[words.raw]
    ends = sums_before(taken)
    where = np.repeat(offsets[words.raw] - ends[:-1], taken) + np.arange(ends[-1])
    ids = np.concatenate((np.arange(words.tokens), np.array(flat, np.int64)))[where]
    lengths = np.concatenate((words.sizes, np.fromiter(map(len, number), np.int64, len(number))))
    return Pieces(words.tokens, ids, lengths[ids], ends, number)


def _is_plain(token: str, last: str) -> bool:
    """Whether a token is a word in letters and one mark: a full stop is none behind a capital or of an abbreviation."""
    word = token[:-1]
    if not word.isalpha() or word in _MERGED or not (token.isascii() or settled(token) == token):
        return False
    return last != "." or (_is_small(word[-1]) and len(word) > 1 and token.lower() not in _ABBREVIATIONS)
