"""What no reader sees is taken out of texts; what a script or an emoji needs stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.invisible import has_invisible, visible, without_invisible
from transforms.text.normalise import normalise, text_key

UNSEEN = (
    "\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2064\u2066\u2067\u2068\u2069\u206f\ufeff"
)
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
NEEDED = [
    PERSIAN,
    "\u0647\u200d",  # Arabic heh in the form that it has before another letter
    "\u0915\u094d\u200d\u0937",  # Devanagari half form
    "\u0995\u09cd\u200c\u09b7",  # Bengali without a conjunct
    "\u0db8\u0dca\u200d\u0dbb",  # Sinhala conjunct
    "\u0d28\u0d4d\u200d",  # Malayalam chillu as older pages write it, at the end of a word
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f469\U0001f3fd\u200d\U0001f4bb",
    "\u2764\ufe0f\u200d\U0001f525",
    "\U0001f3f3\ufe0f\u200d\u26a7\ufe0f",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "\u1820\u180e\u1820\u180b",  # Mongolian vowel separator and variation selector
]
WORDS = st.text(
    st.sampled_from(
        "ab \u00e9\u0151\u0436\u05d0\u0645\u0915\u094d\u0e01\u4e2d\U0001f468\u2764\ufe0f\u200c\u200d" + UNSEEN
    )
)
ANY_TEXT = st.text(st.characters()) | WORDS


@pytest.mark.parametrize(
    "word",
    [
        "reconstruction", "Donaudampfschiff", "megszentségteleníthetetlen", "přecitlivělost", "реконструкция", "αναδιοργάνωση",
        "մարդկություն", "საქართველო", "ההתיישבות", "والمهندسون", "वास्तुकला", "ท่าเรือ", "ប្រទេស", "東京都庁", "대한민국", "አዲስአበባ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("sign", UNSEEN)
def test_words_come_out_whole(word: str, sign: str) -> None:
    """In any script, with the sign between all characters, before and behind; and their keys are equal."""
    torn = sign + sign.join(word) + sign
    assert visible(torn) == word
    assert text_key(torn) == text_key(word)


@pytest.mark.parametrize("text", NEEDED)
def test_joiners_stay_where_they_are_needed(text: str) -> None:
    """A script or an emoji would look otherwise without them; the key of equal texts is the same."""
    assert visible(text) == text
    assert visible(f"a {text} b\u00ad") == f"a {text} b"
    assert text_key(text) == text_key(text.replace("\u200c", "").replace("\u200d", "").replace("\ufe0f", ""))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Auf\u200clage", "Auflage"),
        ("шаль\u200dнама", "шальнама"),
        ("ท่า\u200cเรือ", "ท่าเรือ"),
        ("東\u200d京", "東京"),
        ("a\u200d", "a"),
        ("\u200c", ""),
        ("\U0001f600\u200d.", "\U0001f600."),
        ("\U0001f600\u200c\U0001f600", "\U0001f600\U0001f600"),
        (PERSIAN[:3] + "\u200c" + PERSIAN[3:], PERSIAN),
        (PERSIAN[:3] + "\u200b\u2060" + PERSIAN[3:], PERSIAN),
    ],
)
def test_idle_joiners_go(text: str, wanted: str) -> None:
    """Between letters that nothing joins, at the ends of words, and behind another joiner."""
    assert visible(text) == wanted


@given(ANY_TEXT)
def test_to_clean_twice_changes_nothing(text: str) -> None:
    """And nothing but invisible characters goes."""
    once = visible(text)
    assert visible(once) == once
    assert not set(once) & set(UNSEEN)
    assert without_invisible(once) == without_invisible(text)


@given(
    st.text(st.characters(exclude_characters=UNSEEN + "\u200c\u200d\u2062\u2063\u2065\u206a\u206b\u206c\u206d\u206e"))
)
def test_text_without_them_stays(text: str) -> None:
    """Nothing else is touched."""
    assert visible(text) == text
    assert not has_invisible(text)


@given(ANY_TEXT, st.lists(st.tuples(st.integers(0, 50), st.sampled_from(UNSEEN + "\u200c\u200d\ufe0e\ufe0f"))))
def test_keys_do_not_depend_on_them(text: str, added: list[tuple[int, str]]) -> None:
    """Wherever they stand, however many."""
    torn = text
    for place, sign in added:
        torn = torn[:place] + sign + torn[place:]
    assert text_key(torn) == text_key(text) == text_key(visible(torn))
    assert normalise(normalise(torn)) == normalise(torn)
