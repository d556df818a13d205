"""The space between labels that no white space parts: a browser shows none, but styling often sets them apart. Pure.

The rules follow what gold texts have where two words meet at a tag (docs/extraction.md, "Spaces at tags"). Inside a word a browser is
right, in every script: no space is put between two letters, but where small letters end and a capital begins, or where two labels meet:
links to two addresses, elements that are called badges or tags, or the elements of a line that holds nothing else. Never in code, nor in
numbers.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from transforms.characters import settled
from transforms.html.flow import Flow, Tokens
from transforms.html.nesting import depths_of
from transforms.html.nodes import LABEL, LINK, SPACED, Flags, Ints, by_tag

# How two texts meet: an element begins or ends between them, one ends and another begins, or those two are labels.
BEGIN, END, MEET, LABELS = range(4)
_IN_CODE = by_tag(dict.fromkeys(("code", "kbd", "samp", "tt", "var"), 1), 0)
# Scripts without spaces between words, from U+0E00 (Thai) on: no space is put beside their letters.
_UNSPACED = (
    ("\u0e00", "\u0eff"), ("\u1000", "\u109f"), ("\u1780", "\u17ff"), ("\u2e80", "\ua4cf"), ("\uf900", "\ufaff"), ("\uff00", "\uffef"),
    ("\U00020000", "\U0003ffff"),
)  # fmt: skip
_LONGEST_LABEL = 40  # characters
_PREFIX = 4  # letters of a word before its capital, as Irish, Zulu and others write (ours)


def spaces_between(flow: Flow, tokens: Tokens, prose: Flags) -> Iterator[int]:
    """The tokens that take a space before them; `prose` says of each run whether it takes any."""
    styled = flow.with_roles(SPACED, LINK)
    begins, ends = flow.places[styled], np.sort(flow.ends[styled])
    one, other = tokens.places[:-1], tokens.places[1:]
    behind = len(flow.roles) + 1
    begun = np.append(begins, -1)[np.searchsorted(begins, other) - 1]
    ended = np.append(ends, behind)[np.searchsorted(ends, one, "right")]
    starts, stops = begun > one, ended <= other
    same = (tokens.runs[1:] == tokens.runs[:-1]) & tokens.is_text[1:] & tokens.is_text[:-1]
    same &= prose[tokens.runs[1:]]
    found = np.flatnonzero(same & (starts | stops))
    texts = tokens.texts
    glued = [place for place in found.tolist() if not (texts[place][-1:].isspace() or texts[place + 1][:1].isspace())]
    if not glued:
        return
    at = np.array(glued)
    code = in_code(flow, tokens.places)
    at = at[~(code[at] & code[at + 1])]
    meeting = starts[at] & (ended[at] <= begun[at])
    how = np.where(meeting, MEET, np.where(starts[at], BEGIN, END))
    if meeting.any():
        met = at[meeting]
        labels = meet_as_labels(flow, one[met], other[met]) | lines_of_labels(flow, tokens, tokens.runs[met])
        how[np.flatnonzero(meeting)[labels]] = LABELS
    for place, kind in zip(at.tolist(), how.tolist(), strict=True):
        if space_between(texts[place][-_PREFIX:], texts[place + 1][:2], kind):
            yield place + 1


def in_code(flow: Flow, places: Ints) -> Flags:
    """Whether each node stands in an inline element of code."""
    numbers = np.flatnonzero(_IN_CODE[flow.tags])
    found: Flags = depths_of(flow.places[numbers], flow.ends[numbers], len(flow.roles))[places] > 0
    return found


def meet_as_labels(flow: Flow, one: Ints, other: Ints) -> Flags:
    """Whether what ends behind each of `one` and what begins before `other` are two labels, or links to two addresses."""
    found = np.zeros(len(one), np.bool_)
    for role in (LABEL, LINK):
        numbers = flow.with_roles(role, role)
        begins = flow.places[numbers]
        by_end = np.argsort(flow.ends[numbers], kind="stable")
        ends = flow.ends[numbers][by_end]
        last = np.searchsorted(begins, other) - 1
        first = np.searchsorted(ends, one, "right")
        both = (last >= 0) & (first < len(ends))
        both[both] = (begins[last[both]] > one[both]) & (ends[first[both]] <= other[both])
        if role == LINK:
            both[both] = flow.targets[last[both]] != flow.targets[by_end[first[both]]]
        found |= both
    return found


def lines_of_labels(flow: Flow, tokens: Tokens, runs: Ints) -> Flags:
    """Whether each run is nothing but labels: short texts in elements that styling sets apart, most of three letters or more.

    Where the page has spaces of its own at the edges of such texts, or they go on in the middle of a sentence, they are pieces of prose.
    """
    count = int(tokens.runs[-1]) + 1
    asked = np.zeros(count, np.bool_)
    asked[runs] = True
    at = np.flatnonzero(asked[tokens.runs] & tokens.is_text)
    texts = [tokens.texts[place] for place in at.tolist()]
    said = np.array([len(text.strip()) for text in texts])
    of = tokens.runs[at]
    # White space at the edges of a run is the markup's.
    words: Ints = np.cumsum(said > 0) - (said > 0)
    first = np.searchsorted(of, of)
    last = np.searchsorted(of, of, "right") - 1
    inner = (words > words[first]) & (words < words[last] + (said[last] > 0))
    shown = (said > 0) | inner
    labels = np.array([is_label(text) for text in texts])
    styled = flow.with_roles(SPACED, LINK)
    inside = depths_of(flow.places[styled], flow.ends[styled], len(flow.roles))[tokens.places[at]] > 0
    all_of, long = np.bincount(of[shown], minlength=count), np.bincount(of[said >= 3], minlength=count)
    good = np.bincount(of[inside & labels], minlength=count)
    found: Flags = ((good == all_of) & (2 * long > all_of))[runs]
    return found


def is_label(text: str) -> bool:
    """Whether a text may be a label: short, without white space at its edges, and several words only where it begins as labels do.

    >>> is_label("harbour"), is_label("In stock"), is_label("ding room was clo"), is_label("Harbour ")
    (True, True, False, False)
    """
    if not 0 < len(text) <= _LONGEST_LABEL or text != text.strip():
        return False
    return len(text.split()) < 2 or unicodedata.category(settled(text[0])) not in ("Ll", "Lo")


@lru_cache(8192)
def space_between(before: str, after: str, how: int) -> bool:
    """Whether a space stands between two texts at a tag: the last four characters of the first and two of the second suffice.

    >>> space_between("News", "by", END), space_between("News", "Home", END), space_between("News", "home", LABELS)
    (False, True, True)
    """
    before, after = settled(before), settled(after)
    last, first = before[-1], after[0]
    if _is_unspaced(last) or _is_unspaced(first):
        return False
    meeting = how >= MEET
    if first == "[":
        return how != END and (last.isalnum() or last in ".,:;!?\"'”’)]")
    if last == "]":
        return first.isalpha()
    if last in "•·" or first in "•·":
        # Greek ends a part of a sentence by such a dot, Catalan has it between two l.
        if after[:2] == "· " or after == "·l" or before[-2:] == "l·":
            return False
        return first.isalnum() or last.isalnum()
    opens = first.isupper() and after[1:].islower()
    if last == "." and how == BEGIN:
        return False
    if last in ".!?:":
        return opens and before[-2:-1].isalnum() and not before[-2:-1].isupper()
    if first in "#@":
        return how == LABELS and _ends_word(last)
    if not (_ends_word(last) and first.isalnum()):
        return meeting and last == ")" and first.isalnum()
    if last.islower() and first.isupper():
        return meeting or (len(before) == _PREFIX and before.isalpha())
    if last.isdecimal() and first.isdecimal():
        return False
    if last.isdecimal():
        return opens and how != BEGIN
    if how == LABELS:
        return not (first.islower() and last.isupper() and not before[-2:-1].isalpha())
    if first.isdecimal():
        return meeting and before[-2:].isalpha()
    return meeting and last.isupper() and opens


def _ends_word(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign).startswith("M")


def _is_unspaced(sign: str) -> bool:
    return sign >= "\u0e00" and any(first <= sign <= last for first, last in _UNSPACED)
