"""What words say of a block, by the weights that linear models gave them."""

import numpy as np

from transforms.html.elements import Lexicon
from transforms.html.extract import segmented
from transforms.html.features import Measured, measure
from transforms.html.lexical import HEAD, head_words
from transforms.html.walk import walk

LEXICON = Lexicon({}, near={"nav": -8, "post": 5}, around={"menu": -3, "post": 2}, texts={"home": -30, "the": 4})


def measured(*markup: str) -> Measured:
    """The features of some pages together."""
    parts = segmented([walk(text, "http://example.org/") for text in markup])
    return measure([part.segments for part in parts], [part.page.looks for part in parts], LEXICON)


def test_classes_near_count_beside_those_around() -> None:
    """A block has the weights of its element's and the next one's words, and of all words around it."""
    page = "<div class=post><div id=menu><p class=nav>a</p><p>b</p></div><p>c</p></div><p>d</p>"
    assert measured(page).feature("class_score").tolist() == [-8 - 3 + 2, -3 + 2, 5 + 2, 0]


def test_words_of_texts_count_as_often_as_they_stand() -> None:
    """In any case of letters, but only at the text's beginning."""
    page = f"<p>The home of the Home</p><p>{'x' * HEAD} home</p><p>\u00e9</p>"
    assert measured(page).feature("text_score").tolist() == [2 * 4 - 2 * 30, 0, 0]


def test_means_weigh_words() -> None:
    """In a container a text of many words counts for more, up to a limit."""
    page = "<div><p>home</p><p>" + "some words " * 4 + "</p></div><p>the last</p>"
    assert np.allclose(measured(page).feature("text_score_1"), [-30 / 9, -30 / 9, (-30 + 4 * 2) / 11])


def test_words_beside_are_those_of_the_same_page() -> None:
    """A page's scores are the same alone and beside others."""
    pages = ["<p>home<p>the<p>a", "<nav class=nav>x</nav><p>home"]
    alone = np.concatenate([measured(page).matrix for page in pages], axis=1)
    assert (measured(*pages).matrix == alone).all()


def test_each_text_has_its_border() -> None:
    """A text without a known letter has no words."""
    assert head_words(["\u6f22\u5b57", "Read more\nhere"]) == [b"|", b"|", b"read", b"more", b"here"]
