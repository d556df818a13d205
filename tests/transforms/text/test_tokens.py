"""Tokens are cut as spaCy's blank English pipeline cuts them, which datatrove counts (`benchmarks.recipes` compares whole texts)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.tokens import pieces, split_pieces
from transforms.text.words import split_words

ANY_TEXT = st.text(st.characters()) | st.text(st.sampled_from("abS.,'\u2019\"-1 \nnt()/:"), max_size=60)


@pytest.mark.parametrize(
    ("token", "cut"),
    [
        ("Mr.", "Mr."),
        ("doesn't", "does n't"),
        ("you\u2019re", "you \u2019re"),
        ("mill's", "mill 's"),
        ("cannot", "can not"),
        ("well-known", "well - known"),
        ("3.5%)...", "3.5 % ) ..."),
        ('"Yes!"', '" Yes ! "'),
        ("U.S.A.", "U.S.A."),
        ("AI.", "AI ."),
        ("1.", "1 ."),
        ("d.", "d."),
        ("and/or", "and/or"),
        ("he/she", "he / she"),
        ("https://a.org/b?c=1", "https://a.org/b?c=1"),
        ("#tag", "# tag"),
        ("$5m", "$ 5 m"),
        ("10km.", "10 km ."),
        ("1,000", "1,000"),
        ("Foo.Bar", "Foo . Bar"),
        ("foo.bar", "foo.bar"),
        ("--", "--"),
        ("wait\u2026", "wait \u2026"),
        ("what?!", "what ? !"),
    ],
)
def test_what_spacy_gives(token, cut):
    """Marks and clitics stand alone; abbreviations, numbers and addresses stay whole."""
    assert [*pieces(token)] == cut.split()


@given(ANY_TEXT)
def test_pieces_spell_the_text(text):
    """Together the pieces are the text without its white space, whichever way each token was cut."""
    words = split_words(text)
    found = split_pieces(words)
    tokens = {number: word for word, number in words.vocabulary.items() if word.isalpha()}
    spelled = tokens | {number: word for word, number in found.others.items()}
    assert "".join(spelled[number] for number in found.ids.tolist()) == "".join(text.split())
    assert found.lengths.sum() == sum(map(len, text.split()))
    assert len(found.ends) == words.tokens + 1 and found.ends[-1] == len(found.ids)
