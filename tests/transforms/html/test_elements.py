"""The elements that hold text, and what their attributes say."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.html.elements import (
    NO_ODDS,
    SEMANTICS,
    Elements,
    Lexicon,
    LookWords,
    elements_with_text,
    inherited,
    known_words,
    look_words,
    sums_of_ancestors,
    texts_of_looks,
    with_ancestors,
    words_of_looks,
)
from transforms.html.extract import segmented
from transforms.html.nodes import TAGS
from transforms.html.walk import walk

LEXICON = Lexicon({"nav": -20, "menu": -12, "post": 9})


def elements(*markup: str) -> Elements:
    """The elements of some pages."""
    pages = [walk(text, "http://example.org/") for text in markup]
    return elements_with_text([page.segments for page in segmented(pages)], [page.looks for page in pages])


@st.composite
def forests(draw: st.DrawFn) -> list[int]:
    """Parents of elements in document order; a root is its own parent."""
    size = draw(st.integers(1, 30))
    return [draw(st.integers(0, place)) for place in range(size)]


def path(parents: list[int], place: int) -> list[int]:
    """An element and its ancestors."""
    found = [place]
    while parents[found[-1]] != found[-1]:
        found.append(parents[found[-1]])
    return found


@settings(max_examples=100)
@given(forests(), st.data())
def test_masks_are_joined_with_those_of_all_ancestors(parents: list[int], data: st.DataObject) -> None:
    """Pointer doubling gives what climbing gives, in each of several trees."""
    masks = data.draw(st.lists(st.integers(0, 255), min_size=len(parents), max_size=len(parents)))
    expected = [int(np.bitwise_or.reduce([masks[at] for at in path(parents, place)])) for place in range(len(parents))]
    assert inherited(np.array(masks), np.array(parents)).tolist() == expected


@settings(max_examples=100)
@given(forests(), st.data())
def test_words_are_taken_together_with_those_of_all_ancestors(parents: list[int], data: st.DataObject) -> None:
    """Sums, counts, depths and extremes are those of climbing, for negative odds too."""
    size = len(parents)
    odds = np.array(data.draw(st.lists(st.integers(-39, 39), min_size=size, max_size=size)))
    ones = np.ones(size, np.int64)
    found = with_ancestors(LookWords(odds, ones, ones, odds, odds), np.array(parents))
    for place in range(size):
        up = odds[path(parents, place)]
        assert (found.sums[place], found.counts[place], found.depths[place]) == (up.sum(), len(up), len(up))
        assert (found.least[place], found.most[place]) == (up.min(), up.max())
    assert sums_of_ancestors(odds, np.array(parents)).tolist() == found.sums.tolist()


def test_only_elements_with_text_are_there() -> None:
    """Each page begins with its body, its own parent; ranges count the blocks of all pages."""
    found = elements("<div><p>a</p><div></div><p>b</p></div>", "<ul><li>c</li></ul>")
    assert [TAGS[tag] for tag in found.tags] == ["body", "div", "p", "p", "body", "ul", "li"]
    assert found.parents.tolist() == [0, 0, 1, 1, 4, 4, 5]
    assert found.firsts.tolist() == [0, 0, 0, 1, 2, 2, 2] and found.ends.tolist() == [2, 2, 1, 2, 3, 3, 3]
    assert found.holders.tolist() == [2, 3, 6]
    assert found.pages.tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_what_hides_an_element() -> None:
    """Attributes and inline styles hide, also for all that is inside."""
    hidden = 1 << SEMANTICS.index("hidden")
    found = elements("<p hidden>a<p style='color:red; display: none'>b<p aria-hidden=true>c<p style='border:none'>d")
    assert [mask & hidden for mask in found.masks[1:].tolist()] == [hidden, hidden, hidden, 0]


def test_words_of_class_and_id_count_alike() -> None:
    """Both have words, known ones count with their odds, an element without any has no least and no most."""
    found = elements("<div class='main-menu NAV' id=post7>a</div><p class=x>b")
    looks = texts_of_looks(found)
    words = words_of_looks(looks, *known_words(looks, LEXICON), LEXICON)
    assert words.sums.tolist() == [0, -23, 0] and words.counts.tolist() == [0, 3, 0]
    assert words.least.tolist() == [NO_ODDS, -20, NO_ODDS] and words.most.tolist() == [-NO_ODDS, 9, -NO_ODDS]


@given(st.lists(st.text(max_size=12), min_size=1, max_size=6))
def test_each_look_has_its_border(looks: list[str]) -> None:
    """Whatever letters a class has, its words stay behind its own border."""
    assert look_words(looks).count(b"|") == len(looks)
