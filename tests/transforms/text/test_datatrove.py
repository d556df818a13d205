"""datatrove's counts: each measure by hand. `benchmarks.recipes` compares verdicts with datatrove's own filters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.measures import PEER_MEASURES, TEXT_MEASURES
from transforms.text.measure import measure_text, measure_texts

NAMES = [measure.name for measure in PEER_MEASURES]
PEERS = ("datatrove",)
ANY_TEXT = st.text(st.characters()) | st.text(st.sampled_from("ab .,\n#{\u2026-!'x\u4e2d"), max_size=80)
PROSE = (
    "The cat sat on the mat. It did not move, and the dog ran away.\n\nAll was well that day.\nThe cat sat on the mat."
)


def measured(text: str, name: str) -> float:
    return measure_text(text, peers=PEERS)[f"datatrove_{name}"]


@given(ANY_TEXT)
def test_every_text_has_every_number(text):
    """Any string gives the catalogue's names beside ours, finite and at least 0."""
    numbers = measure_text(text, peers=PEERS)
    assert set(numbers) == {*NAMES, *(measure.name for measure in TEXT_MEASURES)}
    assert all(0 <= numbers[name] < float("inf") for name in NAMES)


@given(st.lists(ANY_TEXT | st.just(PROSE), max_size=6))
def test_a_text_has_its_numbers_in_any_group(texts):
    """Texts that are measured together have the numbers that each has alone."""
    alone = [measure_text(text, peers=PEERS) for text in texts]
    assert measure_texts(texts, ["en"] * len(texts), PEERS) == alone


def test_they_are_measured_where_asked_for_alone():
    """Without being asked, no such number is there."""
    assert not set(measure_text(PROSE)) & set(NAMES)


def test_quality_by_hand():
    """Marks are words for shares, and none for the count; stop words in lower case only; a hyphen is a bullet, a blank line a line."""
    text = "- The cat's #1 mat, and so on...\n\nof the end"
    assert measured(text, "words") == 11  # The cat 's 1 mat and so on of the end
    assert measured(text, "hash_ratio") == 1 / 15
    assert measured(text, "alpha_words") == pytest.approx(10 / 15)
    assert measured(text, "stop_words") == 3
    assert measured(text, "bullet_lines") == measured(text, "ellipsis_lines") == 1 / 3
    assert measured(text, "mean_word_length") == pytest.approx(27 / 11)


def test_repeats_by_hand():
    """The first copy is free; characters are those of the whole text."""
    assert measured("a b\n\na b\n\nc", "dup_lines") == measured("a b\n\na b\n\nc", "dup_paragraphs") == 1 / 3
    assert measured("a b\n\na b\n\nc", "dup_line_chars") == 3 / 11
    assert measured("x y z x y q", "top_2gram_chars") == 2 * 3 / 11
    assert measured("x y z", "top_3gram_chars") == 5 / 5
    five = "a b c d e"
    assert measured(f"{five} {five} {five}", "dup_5gram_chars") == 10 / 29


def test_fineweb_looks_at_what_c4_leaves():
    """Short lines, scripts and policies go first; sentences are counted on the rest; no quote ends a line."""
    text = 'Home\nWe use cookies on this page.\nThe mill turns. The "wheel" stands.\nIt has been so "for long"\nand so it is'
    assert measured(text, "c4_sentences") == 4
    assert measured(text, "terminal_lines") == 1 / 3
    assert measured(text, "short_lines") == 2 / 3
    assert measured("A line { of many words.", "c4_braces") == 1
    assert measured("In JavaScript { is a brace.", "c4_braces") == 0
    assert measured("It says Lorem Ipsum here.", "c4_lorem_ipsum") == 1
    assert measured("Dr. Smith of the U.S. is in. He sat.", "c4_sentences") == 2
