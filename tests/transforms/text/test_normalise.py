import sys

from hypothesis import given
from hypothesis import strategies as st

from transforms.characters import nfkc
from transforms.invisible import without_invisible
from transforms.text.normalise import normalise, text_key


def test_the_key_does_not_move():
    """Keys are stored, so a change of the rule must change the version on purpose, and this value with it."""
    assert text_key("One page.").hex() == "7e3dc88503b89d1c8f5ef020a3d122ab"


@given(st.text(st.characters()))
def test_any_text_has_a_key_of_sixteen_bytes(text):
    """Every string has a key, and space at its ends is not part of it."""
    assert len(text_key(text)) == 16
    assert text_key(text) == text_key(f"\n {text}\t")


def test_what_is_the_same():
    """Case, white space and compatibility forms do not tell texts apart; letters, marks, digits and accents do."""
    same = ["The first page\u2026", "the  FIRST\u00a0page...", " The\n\ufb01rst\tpage\u2026\n"]
    assert len({text_key(text) for text in same}) == 1
    other = ["The first page", "The first page.", "The first page 2", "The f\u00edrst page"]
    assert len({text_key(text) for text in other}) == len(other)
    assert normalise("Stra\u00dfe") == "strasse"


@given(
    st.text(st.characters())
    | st.text(st.sampled_from("aB \n\t\u00a0\u0301\u2026\u2028\u03a3\u0130\u1e9e\ufb01\ufdfa\ud800\u1100\u1161"))
)
def test_the_rule_in_one_line(text):
    """The fast way gives what normalising, folding and joining the words of the text gives, whatever the text."""
    assert normalise(text) == " ".join(nfkc(without_invisible(text)).casefold().split())


def test_every_character_follows_the_rule():
    """Each character of Unicode alone between two letters, so that no white space and no fold is forgotten."""
    text = "\n".join(f"A{chr(code)}b" for code in range(sys.maxunicode + 1))
    assert normalise(text) == " ".join(nfkc(without_invisible(text)).casefold().split())
