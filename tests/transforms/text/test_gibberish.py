import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.gibberish import count_emoji, link_chars, measure_gibberish


@pytest.mark.parametrize(
    ("text", "emoji"),
    [
        ("plain", 0),
        ("\U0001f600\U0001f600 caf\u00e9", 2),
        ("\U0001f44d\U0001f3fd", 1),
        ("\U0001f1eb\U0001f1f7", 2),
        ("\u2728 \u2705 \u2b50 \u2764\ufe0f", 4),
        ("\u2605 \u2122 \u00a9 \u2192 \u2022 \u4e2d\u6587", 0),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 3),
        ("\ud83d", 0),
    ],
)
def test_emoji(text, emoji):
    """Pictographs count; skin tones, joiners, arrows, signs, ideographs and lone surrogates do not."""
    assert count_emoji(text) == emoji


@pytest.mark.parametrize(
    ("text", "chars"),
    [
        ("", 0),
        ("http://a.b", 10),
        ("HTTPS://A.B/c", 13),
        ("(see https://a.b/c?d=e)", 18),
        ("www.a.b and https://www.a.b", 22),
        ("ftp://a.b a://b ://", 0),
        ("http://a.b/http://c", 19),
    ],
)
def test_links(text, chars):
    """A link runs from its scheme or `www.` to the next white space, and none of its characters counts twice."""
    assert link_chars(text) == chars


def test_ratios():
    """Emoji and hashtags per token, links per character; numbers and headings are no hashtags."""
    text = "#win now \U0001f600 #1 # x a#b http://t.co/1"
    numbers = measure_gibberish(text, len(text.split()))
    assert numbers == {
        "kosmos_emoji_ratio": 1 / 8,
        "kosmos_hashtag_ratio": 1 / 8,
        "kosmos_url_ratio": 13 / len(text),
    }


@given(st.text(st.sampled_from("htps:/w. x")))
def test_link_share_is_a_share(text):
    """However links nest, they never hold more characters than there are."""
    assert 0 <= link_chars(text) <= len(text)
