import string

from hypothesis import example, given
from hypothesis import strategies as st

from transforms.characters import settled
from transforms.text.unspaced import spaced
from transforms.text.words import EDGES, split_words

ANY_TEXT = st.text(st.characters()) | st.text(st.sampled_from("ab B.,'\u2019\u201d#-1 \n\u3002"))


def naive_words(text: str) -> list[str]:
    return [word for token in spaced(text).split() if (word := token.strip(EDGES))]


@given(ANY_TEXT)
def test_numbers_spell_the_words(text):
    """Reading the numbers back through the vocabulary gives the stripped tokens, in order, with their lengths."""
    words = split_words(text)
    spelled = {number: word for word, number in words.vocabulary.items()}
    assert [spelled[number] for number in words.ids.tolist()] == naive_words(text)
    assert words.lengths.tolist() == [len(word) for word in naive_words(text)]


@given(ANY_TEXT)
@example("\U0002ebf0")
def test_letterless_tokens_are_counted_on_tokens(text):
    """A token counts as letterless exactly when none of its characters is a letter."""
    words = split_words(text)
    assert words.tokens == len(spaced(text).split())
    # Letters that Unicode has since Python 3.11 count as such under every Python.
    assert words.letterless == sum(not any(c.isalpha() for c in settled(token)) for token in spaced(text).split())


def test_edges_hold_no_letter_and_no_digit():
    """Stripping the edges of a token can never take a letter, a digit or a space."""
    assert not any(c.isalnum() or c.isspace() for c in EDGES)
    assert set(string.punctuation) <= set(EDGES) and len(set(EDGES)) == len(EDGES)


def test_word_counts_of_peers():
    """DCLM's and Dolma's word counts hold where punctuation is ignored; a word inside dots is no stop word."""
    assert len(split_words("Mr. Smith bought 2.5 kilograms of fruit.").ids) == 7
    assert len(split_words(" Line 1\nLine 2!!!\t    \n\n\nLine  ????    3\t").ids) == 6
    assert split_words("T h i s \n    \n\n\n    isoneword !!!").tokens == 6
    assert list(split_words("The.and.that").vocabulary) == ["The.and.that"]


@given(ANY_TEXT)
def test_the_vocabulary_knows_every_word_and_no_other_bare_one(text):
    """What has no punctuation at its ends is in the vocabulary exactly when it is a word of the text."""
    bare = {word for word in split_words(text).vocabulary if word == word.strip(EDGES)}
    assert bare == set(naive_words(text))


def test_unspaced_scripts_are_cut_into_pieces():
    """A Chinese line is words of about two characters, without its marks."""
    words = split_words("\u4eca\u5929\u5929\u6c14\u5f88\u597d\u3002")
    assert len(words.ids) == words.tokens == 3 and words.letterless == 0 and words.lengths.sum() == 6
