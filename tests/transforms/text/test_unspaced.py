"""Texts of scripts without spaces are cut at places that follow from the characters around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.measured_inputs import CHINESE, ENGLISH, HINDI, JAPANESE, KOREAN
from transforms.text.ngrams import repetition_shares
from transforms.text.unspaced import shown_width, spaced
from transforms.text.words import split_words

THAI = "โรงสีเก่าตั้งอยู่ริมแม่น้ำและชาวบ้านเดินไปที่นั่นมาหลายปีแล้ว"
SIGNS = st.text(st.sampled_from("磨坊村ーのカ。「」, a1é\n ก่าน้ำ"), max_size=40)


@given(st.text(st.characters()) | SIGNS)
def test_nothing_but_spaces_is_added(text):
    """The text without its spaces is what it was, whatever it holds."""
    assert spaced(text).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("text", [ENGLISH, KOREAN, HINDI, "Ελλάδα", "“quoted” – and more…"])
def test_scripts_with_spaces_stay_as_they_are(text):
    """Only scripts that have none get some."""
    assert spaced(text) == text


@pytest.mark.parametrize(("text", "least", "most"), [(CHINESE, 1.4, 2.8), (JAPANESE, 1.4, 2.8), (THAI, 2.5, 7)])
def test_pieces_are_about_as_long_as_words(text, least, most):
    """Two ideographs or kana, four letters of the others; and no token is a mark alone."""
    words = split_words(text * 3)
    assert least <= words.lengths.mean() <= most
    assert words.letterless == 0


@given(SIGNS, SIGNS)
def test_a_passage_is_cut_alike_wherever_it_stands(before, behind):
    """Between its first and its last character the cuts are the same."""
    inner = spaced("。" + CHINESE).removeprefix("。").strip()
    assert inner.split(" ", 1)[1].rpartition(" ")[0] in spaced(before + CHINESE + behind)


def test_what_repeats_repeats_in_pieces():
    """A Chinese text that comes twice is a repetition, as an English one is."""
    for text in (CHINESE, ENGLISH):
        words = split_words(text + "\n\n" + text)
        (found,) = repetition_shares([words.ids], [words.lengths], (), (5,))
        assert found.repeated[5] > 0.9 and found.later[5] > 0.4


def test_an_ideograph_is_as_wide_as_two_letters():
    """A line of 16 ideographs says as much as one of 30 letters."""
    assert shown_width("磨坊") == 4 and shown_width("mill") == 4 and shown_width("é") == 1
