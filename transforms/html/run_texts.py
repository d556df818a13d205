"""The texts of runs: white space collapsed, lines and code kept, and a space between elements that only styling separates. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import compress, pairwise
from typing import NamedTuple

import numpy as np

from schemas.records import BlockKind
from transforms.characters import WORD_SIGNS
from transforms.html.flow import Flow
from transforms.html.nodes import BLANK, LINE, LINK, SPACED, WORDS, Flags, Ints

KINDS = tuple(BlockKind)  # by their codes
_CODE = KINDS.index(BlockKind.CODE)
_WITH_LINES = (KINDS.index(BlockKind.PARAGRAPH), KINDS.index(BlockKind.QUOTE))
_BORDER = "\x00"  # stands between runs; the parser leaves none in a text
# Where two elements meet, and where one meets text. Scripts without spaces between words, from U+0E00 (Thai) on: no space is put
# between two of their letters.
_MEETING, _EDGE = "\x01", "\x02"
_ANY = f"[{_MEETING}{_EDGE}]"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
# No space beside such letters, around signs that join, before closing and after opening punctuation, after a lone capital (an initial
# set large); nor inside a word of small letters, unless two elements meet there.
_SMALL = "a-z\u00df-\u00f6\u00f8-\u00ff\u0430-\u045f"
_GLUED = re.compile(
    f"(?<=[{_UNSPACED}([{{/\\-'\u2019\u201c\xab]){_ANY}|{_ANY}(?=[{_UNSPACED},.;:!?)\\]}}%/\\-'\u2019\u201d\xbb])"
    f"|(?<=(?<![{WORD_SIGNS}])[A-Z]){_ANY}(?=[{_SMALL}])|(?<=[{_SMALL}]){_EDGE}(?=[{_SMALL}])"
)
_SPACES = re.compile("[ \t\n\r\f\xa0]+")


class Tokens(NamedTuple):
    """The texts and line breaks that make up runs: place, run, whether it is text, and the text of each."""

    places: Ints
    runs: Ints
    is_text: Flags
    texts: list[str]


def tokens_of(flow: Flow, parts: Ints, of_runs: Ints) -> Tokens:
    """The texts and line breaks of the runs. `parts`: segment number of each node; `of_runs`: the segments that contain words.

    White space before the first word or line of a run is left out.
    """
    places = np.flatnonzero((flow.roles >= LINE) & (flow.roles <= WORDS))
    roles = flow.roles[places]
    run_of = np.full(int(parts[-1]) + 1 if len(parts) else 0, -1)
    run_of[of_runs] = np.arange(len(of_runs))
    runs = run_of[parts[places]]
    begun = np.maximum.accumulate(np.where(roles == BLANK, -1, parts[places]))
    kept = (runs >= 0) & (begun == parts[places])
    is_text = roles >= BLANK
    texts = list(compress(flow.texts, kept[is_text].tolist()))
    places, runs, is_text = places[kept], runs[kept], is_text[kept]
    if len(texts) < len(places):
        filled = np.full(len(places), "\n", object)
        filled[is_text] = texts
        texts = filled.tolist()
    return Tokens(places, runs, is_text, texts)


def texts_of(flow: Flow, tokens: Tokens, kinds: Ints) -> list[str]:
    """The text of each run."""
    if not len(kinds):
        return []
    firsts = np.flatnonzero(np.diff(tokens.runs, prepend=-1))
    parts = [""] * (2 * len(tokens.texts))
    parts[1::2] = tokens.texts
    for place in firsts.tolist():
        parts[2 * place] = _BORDER
    for place, space in spaces_between(flow, tokens, kinds):
        parts[2 * place] = space
    texts = "".join(parts).split(_BORDER)[1:]
    verbatim = {run: texts[run].strip("\n").rstrip() for run in np.flatnonzero(kinds == _CODE).tolist()}
    texts = [" ".join(text.split()) if "\u3000" not in text else collapse(text) for text in texts]
    with_breaks = np.unique(tokens.runs[~tokens.is_text])
    ends = np.append(firsts[1:], len(tokens.texts))
    for run in with_breaks[np.isin(kinds[with_breaks], _WITH_LINES)].tolist():
        texts[run] = with_lines(tokens, parts, int(firsts[run]), int(ends[run]))
    for run, text in verbatim.items():
        texts[run] = text
    return texts


def with_lines(tokens: Tokens, parts: list[str], first: int, end: int) -> str:
    """The text of a run with line breaks, whose tokens are `first` up to `end`. `parts`: for each token its separator, then its text."""
    breaks = (np.flatnonzero(~tokens.is_text[first:end]) + first).tolist()
    lines = ["".join(parts[2 * start + 1 : 2 * stop]) for start, stop in pairwise((first, *breaks, end))]
    return "\n".join(line for line in map(collapse, lines) if line)


def spaces_between(flow: Flow, tokens: Tokens, kinds: Ints) -> Iterator[tuple[int, str]]:
    """The tokens that take a space before them, because an element that only styling sets apart begins or ends there.

    Two elements meet where one ends and another begins. Text in code takes no spaces.
    """
    styled = flow.with_roles(SPACED, LINK)
    begins, ends = flow.places[styled], np.sort(flow.ends[styled])
    one, other = tokens.places[:-1], tokens.places[1:]
    begun = np.append(begins, -1)[np.searchsorted(begins, other) - 1]
    ended = np.append(ends, len(flow.roles) + 1)[np.searchsorted(ends, one, "right")]
    meeting = (begun > one) & (ended <= begun)
    same = (tokens.runs[1:] == tokens.runs[:-1]) & tokens.is_text[1:] & tokens.is_text[:-1]
    same &= kinds[tokens.runs[1:]] != _CODE
    texts = tokens.texts
    found = np.flatnonzero(same & ((begun > one) | (ended <= other)))
    for place, two in zip(found.tolist(), meeting[found].tolist(), strict=True):
        before, after = texts[place][-2:], texts[place + 1][0]
        if not (before[-1].isspace() or after.isspace()):
            yield place + 1, space_between(before, after, two)


@lru_cache(4096)
def space_between(before: str, after: str, meeting: bool) -> str:
    """The space between two texts in different elements, or ""; the last two characters of the first text suffice.

    >>> space_between("re", "N", False), space_between("re", ",", True)
    (' ', '')
    """
    return "" if _GLUED.search(f"{before}{_MEETING if meeting else _EDGE}{after}") else " "


def collapse(text: str) -> str:
    """`text` with each run of white space made one space; the ideographic space is a letter of its script and stays."""
    if "\u3000" in text:
        return _SPACES.sub(" ", text).strip()
    return " ".join(text.split())
