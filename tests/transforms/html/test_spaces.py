"""The space between labels, and none inside words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.html.test_segment import texts
from transforms.html.spaces import BEGIN, END, LABELS, MEET, space_between

WORDS = {
    "Greek": "λιμάνι", "Russian": "гавань", "Polish": "powieści", "Turkish": "ağaçlık", "Hebrew": "בישראל", "Arabic": "المهندسون",
    "Persian": "می‌شود", "Hindi": "बंदरगाह", "Tamil": "துறைமுகம்", "Armenian": "նավահանգիստ", "Georgian": "ნავსადგური", "Korean": "항구에서",
    "Chinese": "港口历史", "Japanese": "みなとの歴史", "Thai": "ท่าเรือเก่า", "English": "harbour", "Vietnamese": "cảng", "Amharic": "ወደብ",
}  # fmt: skip
TAGS = ("a href=/x", "span", "span class=w", "b", "em", "font color=red", "g", "st1:place", "x-word", "label")


@given(st.sampled_from(list(WORDS.values())), st.sampled_from(TAGS), st.data())
def test_no_tag_tears_a_word(word: str, tag: str, data: st.DataObject) -> None:
    """In any script, wherever the tag begins and ends."""
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(word))] * 2)))
    inner = f"<{tag}>{word[first:last]}</{tag.split()[0]}>"
    assert texts(f"<p>so {word[:first]}{inner}{word[last:]} on</p>") == [f"so {word} on"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("All <a href=g>GPU</a>s and <a href=n>NGO</a>s of the <a href=m>1960</a>s", "All GPUs and NGOs of the 1960s"),
        ("<span>$</span><span>19<span>.</span></span><span>99</span> or €<span>1</span><span>,</span><span>299</span>", "$19.99 or €1,299"),
        ("from <span>09</span>:<span>30</span> to <b>10</b>:<b>45</b>", "from 09:30 to 10:45"),
        ("to @<a href=u>harbour_news</a> or #<a href=t>dredging</a>", "to @harbour_news or #dredging"),
        ("<code><span>os</span><span>.</span><span>path</span><span>Join</span><span>(</span>a<span>)</span></code>", "os.pathJoin(a)"),
        ("<span>H</span><span>arbour</span>", "Harbour"),  # an initial set large
        ("<span>f</span><span>o</span><span>r</span>", "for"),  # letters that move
        ("قطر<a href=x>،</a> و<a href=k>الكويت</a>، ثم", "قطر، والكويت، ثم"),
        ("<a href=x>बंदरगाह</a>। फिर", "बंदरगाह। फिर"),
        ("na <a href=n>hÉireann</a> i g<a href=c>Comhphobal</a>", "na hÉireann i gComhphobal"),
        ("<a href=1>GC</a>P, <a href=2>T</a>he", "GCP, The"),
    ],
)  # fmt: skip
def test_parts_of_a_word_a_number_or_code_stay_together(markup: str, text: str) -> None:
    """As a browser shows them."""
    assert texts(f"<p>{markup}</p>") == [text]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<a href=1>Home</a><a href=2>News</a><a href=3>about</a>", "Home News about"),
        ("so <a href=1>#гавань</a><a href=2>#море</a><a href=3>@anna</a>", "so #гавань #море @anna"),
        ("<a href=1>tactical</a><a href=2>eSports</a><a href=3>3D</a>", "tactical eSports 3D"),
        ("<span>new</span><span>sale</span>", "new sale"),
        ("A boat <span class=badge>new</span><span class='badge red'>sale</span> is here", "A boat new sale is here"),
        ("<a href=1>חדשות</a><a href=2>ספורט</a>", "חדשות ספורט"),
        ("<a href=1>समाचार</a><a href=2>खेल</a>", "समाचार खेल"),
        ("Photo by LinkedIn<span>Zack Penn</span>", "Photo by LinkedIn Zack Penn"),
        ("<span>star</span><span>3</span>, <span>$109.95</span><span>Was</span>", "star 3, $109.95 Was"),
        ("<span>By:</span><a href=1>Facepunch</a>", "By: Facepunch"),
        ("the end.<a href=1>[24]</a>", "the end. [24]"),
        ("<a href=1>新闻</a><a href=2>体育</a>", "新闻体育"),  # a script without spaces
    ],
)  # fmt: skip
def test_labels_that_meet_are_parted(markup: str, text: str) -> None:
    """Links to two addresses, badges, a line of nothing but labels, and where small letters end and a capital begins."""
    assert texts(f"<p>{markup}</p>") == [text]


@pytest.mark.parametrize(
    ("before", "after", "how", "space"),
    [
        ("some", "N", BEGIN, True),
        ("me", "Ne", MEET, True),
        ("isi", "Xh", BEGIN, False),
        ("do", "g", BEGIN, False),
        ("dog", "ca", LABELS, True),
        ("ee", ",", MEET, False),
        ("n(", "a", MEET, False),
        ("d-", "a", MEET, False),
        ("W", "or", LABELS, False),
        ("YETI", "Ra", MEET, True),
        ("Thi", "s", END, False),
    ],
)
def test_the_space_follows_from_the_letters_and_how_texts_meet(before: str, after: str, how: int, space: bool) -> None:
    """Punctuation, the inside of a word, a prefix before its capital and a lone initial take none."""
    assert space_between(before, after, how) is space


def test_unknown_tags_join_unless_they_hold_blocks() -> None:
    """A spell checker's, a word processor's and a map's tags stand in a sentence; a custom element may be a whole page."""
    assert texts(
        "<p>to <st1:place>London</st1:place>, <g>met</g> <glossary-term>the <b>keeper</b></glossary-term>, who<o:p></o:p></p>"
    ) == ["to London, met the keeper, who"]
    assert texts("<x-page><x-part><p>a</p><i>b</i></x-part></x-page><y-part>c</y-part>d") == ["a", "b", "cd"]


def test_a_joiner_alone_in_a_tag_shapes_the_letters_around_it() -> None:
    """In Persian it stays; between Latin letters it does nothing, and goes."""
    assert texts("<p>so می<a href=/x>\u200c</a>شود on</p>") == ["so می\u200cشود on"]
    assert texts("<p>so Auf<b>\u200c</b>lage on</p>") == ["so Auflage on"]
