import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.measures import CAPTION_MEASURES
from transforms.invisible import has_invisible
from transforms.pair.caption import _CONTROLS, clean_caption, measure_caption, special_tags


def test_measures_by_hand():
    """Ten letters among fourteen visible characters, four words, one tag."""
    assert measure_caption("<PERSON> in 12 hats", uses=3) == {
        "caption_chars": 19.0,
        "caption_words": 4.0,
        "caption_letters": 12 / 16,
        "caption_special_tags": 1.0,
        "caption_junk": 0.0,
        "caption_title": 0.0,
        "caption_pictures": 1.0,
        "caption_uses": 3.0,
    }


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("<PERSON>", 1),
        ("<PERSON> with <DATE_TIME>", 2),
        ("<b>bold</b>", 0),
        ("< PERSON >", 0),
        ("a < B > c", 0),
        ("<<PERSON>", 1),
    ],
)
def test_special_tags(text, tags):
    """Only capitals directly inside angle brackets are a tag: mark-up and comparisons are not."""
    assert special_tags(text) == tags


def test_cleaning():
    """White space of every kind collapses; what no reader sees goes; what scripts and emoji need stays."""
    assert clean_caption(" A\tred\r\n\u3000kite\u2028\u00a0 ") == "A red kite"
    assert clean_caption("\ufeffnon\u00adsense\u200b \x00\x1b\x7f\ud800\u202etxt") == "nonsense txt"
    joined = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f468\u200d\U0001f469"
    assert clean_caption(joined) == joined


@given(st.text(st.characters()))
def test_clean_captions_are_clean(text):
    """Cleaning twice changes nothing, and the result fits into one field of a tab-separated line of UTF-8."""
    cleaned = clean_caption(text)
    assert clean_caption(cleaned) == cleaned == cleaned.strip()
    assert not set(cleaned) & set("\t\r\n\x00")
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned


def test_no_invisible_character_is_printable():
    """What is printable needs no cleaning but of its spaces: the characters that cleaning removes are none of it."""
    characters = map(chr, range(sys.maxunicode + 1))
    removed = [char for char in characters if _CONTROLS.match(char) or has_invisible(char)]
    assert len(removed) > 2048 and not any(map(str.isprintable, removed))


@given(st.text(st.characters()))
def test_any_caption_has_every_number(text):
    """Any string gives the catalogue's names in order; the share of letters is a share."""
    numbers = measure_caption(text, uses=1.0)
    assert tuple(numbers) == tuple(measure.name for measure in CAPTION_MEASURES)
    assert all(type(value) is float and value >= 0 for value in numbers.values())
    assert numbers["caption_letters"] <= 1


def test_published_bounds_can_be_told_apart():
    """LAION's 5 characters, COYO's 3 words and DataComp's more than 2 words are decided on these numbers."""
    assert measure_caption("Kite!")["caption_chars"] == 5
    assert measure_caption("a red kite")["caption_words"] == 3
