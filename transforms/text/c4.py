"""C4's cleaning of a page, line by line, and the measures its page rules need: the reference variant, not datatrove's.
Pure.

The order is that of `c4_utils.py` (docs/sources.md, "C4 rules"): a line goes when it holds a word of more than 1,000 characters;
citation marks are removed; it goes unless it ends in `. ? ! "`, and when it ends in `...`; when it has fewer than 5
words; when it says "javascript"; when it holds a policy phrase. The page rules, "lorem ipsum" and `{`, look only at
lines that got as far as they do there, so they never fire on a line that the end mark or the length rule took. The
bad-word list is not part of this module.

Sentences are counted by a rule in place of NLTK's punkt model: see `inner_breaks`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, compress
from typing import NamedTuple

from transforms.characters import DIGIT, LATER_OTHERS, LATER_SMALL, settled
from transforms.text.lines import text_lines

CITATION = re.compile(rf"\[[{DIGIT}]*\]|\[edit\]|\[citation needed\]")
_END_MARKS = frozenset('.?!"')
_ELLIPSIS = "..."
_MIN_WORDS = 5
MAX_WORD = 1_000  # characters
_LOREM, _SCRIPT, _BRACE = "lorem ipsum", "javascript", "{"
_POLICIES = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
_PHRASES = (_LOREM, _SCRIPT, *_POLICIES)
_CODED = tuple(phrase.encode() for phrase in _PHRASES)

_AFTER = rf"[\"'\u2019\u201d)\]]*[^\S\n]+[\"'\u2018\u201c(\[]*(?=([^\W_{LATER_SMALL}]|[{LATER_OTHERS}]))"
_BREAKS = tuple(re.compile(re.escape(mark) + _AFTER) for mark in ".?!")  # `re` finds one mark faster than one of three
# fmt: off
_TITLES = frozenset((
    "adm", "al", "approx", "assoc", "ave", "blvd", "bros", "capt", "cf", "cmdr", "co", "col", "corp", "dept",
    "dr", "eds", "esq", "est", "etc", "fig", "figs", "gen", "gov", "hon", "inc", "jr", "lt", "ltd", "maj",
    "messrs", "mr", "mrs", "ms", "mt", "pp", "prof", "rep", "rev", "sen", "sgt", "sr", "st",
    "supt", "vol", "vs",
))
# fmt: on
_LONGER = max(map(len, _TITLES)) + 1  # characters: as many letters in a row are no abbreviation


class CleanPage(NamedTuple):
    """What C4's line rules leave of a page. `lorem_ipsum` and `braces` count the lines on which a page rule fires."""

    text: str
    lines: int  # kept
    dropped: int
    lorem_ipsum: int
    braces: int


def clean_page(lines: list[str]) -> CleanPage:
    """Apply the line rules to the `lines` of `text_lines`; the page rules are counted, not applied, and their lines stay."""
    finished = list(filter(None, map(_finished, lines)))
    stays, lorem, braces = page_rules(finished)
    kept = list(compress(finished, stays))
    return CleanPage("\n".join(kept).strip(), len(kept), len(lines) - len(kept), lorem, braces)


def page_rules(lines: list[str]) -> tuple[list[bool], int, int]:
    """Whether each line stays that says "javascript" or a phrase of a policy, or none; on how many the two page rules fire, lorem ipsum
    and the brace.

    >>> page_rules(["We use cookies here.", "Use { in JavaScript.", "A line."])
    ([False, False, True], 0, 0)
    """
    text = "\n".join(lines)
    phrases = _phrases_in(text)
    if not phrases and _BRACE not in text:
        return [True] * len(lines), 0, 0
    found = [{phrase for phrase in phrases if phrase in line.lower()} for line in lines]
    lorem = sum(_LOREM in each for each in found)
    braces = sum(_BRACE in line for line, each in zip(lines, found, strict=True) if _SCRIPT not in each)
    return [each <= {_LOREM} for each in found], lorem, braces


def _phrases_in(text: str) -> tuple[str, ...]:
    """The phrases that occur in `text` in any case. They are ASCII, and bytes are lowered ten times as fast as text."""
    lowered = text.encode("utf-8", "surrogatepass").lower()
    return tuple(phrase for phrase, coded in zip(_PHRASES, _CODED, strict=True) if coded in lowered)


def _finished(line: str) -> str:
    """The line without citation marks, or "" where it is no finished line of at least five words.

    All of the rules are tried on a line that passes, so those that take most lines come first.
    """
    raw = line
    if "[" in line:
        line = CITATION.sub("", line)
    if line[-1:] not in _END_MARKS or line.endswith(_ELLIPSIS) or len(line.split(None, _MIN_WORDS - 1)) < _MIN_WORDS:
        return ""
    return "" if len(raw) > MAX_WORD and max(map(len, raw.split())) > MAX_WORD else line


def clean(text: str) -> str:
    r"""The page as C4's line rules leave it.

    >>> clean("This line has five words.[3]\nToo few words.\nMenu | Home | About us here")
    'This line has five words.'
    """
    return clean_page(text_lines(text)).text


def line_sentences(lines: Sequence[str]) -> list[int]:
    """The sentences of each line, 0 where the line rules drop it; together they are those of `measure_c4`.

    >>> line_sentences(["Menu", "This is one. And here are two.", ""])
    [0, 2, 0]
    """
    finished = [(place, line) for place, raw in enumerate(lines) if (line := _finished(raw.strip()))]
    stays, _, _ = page_rules([line for _, line in finished])
    kept = list(compress(finished, stays))
    counts = [0] * len(lines)
    for place, _ in kept:
        counts[place] = 1
    ends = list(accumulate(len(line) + 1 for _, line in kept))
    for at in _inner_breaks("\n".join([line for _, line in kept])):
        counts[kept[bisect_right(ends, at)][0]] += 1
    return counts


def inner_breaks(text: str) -> int:
    r"""Places inside the lines of `text` where a sentence ends; a line has one sentence more than such places.

    A sentence ends inside a line at `. ? !` and any closing quotes or brackets, before white space and a character that
    is a letter or digit, not a lower-case letter (opening quotes and brackets may stand between). A full stop after a
    single letter, after a known abbreviation (Dr., Mr., St., etc.) or within one (e.g., U.S.) ends nothing.

    >>> inner_breaks('Dr. A. Roberts is here! "Yes. He is."\nIt is... not so. ok')
    2
    """
    return sum(1 for _ in _inner_breaks(text))


def _inner_breaks(text: str) -> Iterator[int]:
    """Where these places are."""
    for pattern in _BREAKS:
        yield from (found.start() for found in pattern.finditer(text) if _ends_sentence(text, found))


def _ends_sentence(text: str, found: re.Match[str]) -> bool:
    """Whether the mark at `found` ends a sentence: what follows is not lower case, what precedes no abbreviation."""
    start = found.start()
    if found[1].islower():
        return False
    if (
        start > 1
        and text[start] == "."
        and text[start - 2] == " "
        and text[start - 1].isascii()
        and text[start - 1].isalpha()
    ):
        return False  # an initial, the common one: a page of a million took a second
    if text[start] != "." or (start >= _LONGER and text[start - _LONGER : start].isalpha()):
        return True
    before = text[max(start - 10, 0) : start].rpartition(" ")[2].rpartition("\n")[2].lstrip("\"'\u2018\u201c([")
    initial = (len(before) == 1 or before[-2:-1] == ".") and settled(before[-1]).isalpha()
    return not (initial or before.lower() in _TITLES)


def measure_c4(lines: list[str]) -> dict[str, float]:
    """What C4's page rules decide on, of the `lines` of `text_lines`; every measure is 0 without lines."""
    page = clean_page(lines)
    return {
        "c4_reference_sentences": float(page.lines + inner_breaks(page.text)),
        "c4_reference_dropped_lines": page.dropped / max(page.lines + page.dropped, 1),
        "c4_reference_lorem_ipsum": float(page.lorem_ipsum),
        "c4_reference_braces": float(page.braces),
    }
