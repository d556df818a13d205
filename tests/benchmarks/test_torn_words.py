"""How torn and glued words are counted."""

import random

import pytest

from benchmarks.torn_words import Count, counted, with_links, with_tags
from tests.transforms.html.test_segment import texts

PASSAGE = ("the", "old", "harbour")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("so\n\nthe old  harbour on", Count(3)),
        ("the old har bour", Count(3, torn=1)),
        ("theold harbour", Count(3, glued=1)),
        ("the old port", Count(3, lost=3)),
        ("the o\u00adld\u200b harbour", Count(3)),
        ("the old\u200c harbour", Count(3, joiners=1)),
    ],
)
def test_faults_are_counted_by_kind(text: str, count: Count) -> None:
    """White space inside a word, none between two, a joiner too many, and words that are not there."""
    assert counted([PASSAGE], text) == count


def test_passages_are_looked_for_in_order() -> None:
    """The second of two equal ones is not found where there is one."""
    assert counted([PASSAGE, PASSAGE], "the old harbour") == Count(6, lost=3)


def test_pages_hold_the_text_that_they_were_made_of() -> None:
    """Without its tags a made page is its source."""
    text = "Every one of us has the right to rest, and to leisure."
    for seed in range(50):
        for made in (with_tags(text, random.Random(seed)), with_links(text, random.Random(seed), " ")):
            assert "".join(texts(f"<pre>{made}</pre>")) == text
