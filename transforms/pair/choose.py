"""Which of a picture's captions is taken. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from schemas.recipe import Rules
from transforms.characters import lower, settled
from transforms.text.unspaced import spaced

FIRST, BEST = CHOICES = ("first", "best")
_SHARED = 2  # pictures of a page with one alt text: more, and it names none of them (ours)
_ENOUGH = 40  # words beyond which a caption is no better (ours)


class Candidate(NamedTuple):
    """A text that could caption a picture: its kind, the text without its credit, the credit, and the measures of CAPTION_MEASURES."""

    kind: str
    text: str
    credit: str
    values: Mapping[str, float]


def chosen(found: Sequence[Candidate], rules: Rules, choice: str = FIRST) -> Candidate | None:
    """The first of the candidates that passes the rules on captions, or with BEST the one of those that says most; None of none.

    What is known to say nothing of the picture comes behind what does: junk, the page's title, an alt text of many pictures. Where none
    passes, one that is no junk is taken, so that the row says which rule it failed.
    """
    own = {name: bounds for name, bounds in rules.items() if name.startswith("caption_")}

    def rank(candidate: Candidate) -> tuple[bool, bool, int]:
        values = candidate.values
        passes = all(bounds.keeps(values[name]) for name, bounds in own.items() if name in values)
        return not passes, is_weak(candidate), -said(candidate.text) if choice == BEST else 0

    return min(found, key=rank, default=None)


def is_weak(candidate: Candidate) -> bool:
    """Whether a text is known not to be about this one picture."""
    values = candidate.values
    return bool(values["caption_junk"] or values["caption_title"] or values["caption_pictures"] > _SHARED)


def said(text: str) -> int:
    """How much a caption says: its distinct words with a letter, up to a bound.

    >>> said("a boat and a boat 2019")
    3
    """
    return min(len({word for word in lower(spaced(settled(text))).split() if any(map(str.isalpha, word))}), _ENOUGH)
