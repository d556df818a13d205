import os
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.measures import TEXT_MEASURES
from tests.support.shared_data import ROOT
from transforms.text import measure
from transforms.text.measure import measure_text, measure_texts

NAMES = tuple(measure.name for measure in TEXT_MEASURES)
UNBOUNDED = {
    "text_chars",
    "text_replaced_chars",
    "gopher_words",
    "gopher_mean_word_length",
    "gopher_hash_ratio",
    "gopher_ellipsis_ratio",
    "gopher_stop_words",
    "c4_reference_sentences",
    "c4_reference_lorem_ipsum",
    "c4_reference_braces",
    "fineweb_newlines_per_word",
    "kosmos_emoji_ratio",
    "kosmos_hashtag_ratio",
}
ANY_TEXT = st.text(st.characters()) | st.text(st.sampled_from("ab .\n#{\u2026\U0001f600\u4e2d://w"), max_size=200)
PROSE = (
    "The cat sat on the mat. It did not move, and the dog ran away.\n\nAll was well that day, with #cats and dogs...\n"
)


@given(ANY_TEXT)
def test_every_text_has_every_number(text):
    """Any string gives the catalogue's names in their order, finite, at least 0, and at most 1 where it is a share."""
    numbers = measure_text(text)
    assert tuple(numbers) == NAMES
    for name, value in numbers.items():
        assert type(value) is float and 0 <= value < float("inf"), name
        assert name in UNBOUNDED or value <= 1, name


@given(st.lists(ANY_TEXT, max_size=4))
def test_the_order_of_calls_does_not_matter(texts):
    """A text has its numbers whatever was measured before it."""
    assert [measure_text(text) for text in texts] == [measure_text(text) for text in reversed(texts)][::-1]


@given(st.lists(ANY_TEXT | st.sampled_from(("", PROSE, PROSE * 2)), max_size=8), st.data())
def test_a_text_has_its_numbers_in_any_group(texts, data):
    """Whatever texts come with it and in whatever order, each has the numbers that it has alone, to the last bit."""
    alone = {text: measure_text(text) for text in texts}
    order = data.draw(st.permutations(texts))
    assert measure_texts(order, ["en"] * len(order)) == [alone[text] for text in order]


def test_a_group_that_would_hold_too_much_is_parted(monkeypatch):
    """A group ends before it holds too many characters, a longer text is alone, and numbers and order stay."""
    texts = [PROSE, "", PROSE * 3, "a b", "", PROSE, "c"]
    together = measure_texts(texts, ["en"] * len(texts))
    held = []
    monkeypatch.setattr(measure, "_TOGETHER", len(PROSE) + 3)
    measured = measure.measure_ngrams
    monkeypatch.setattr(measure, "measure_ngrams", lambda ids, lengths: held.append(len(ids)) or measured(ids, lengths))
    assert measure_texts(texts, ["en"] * len(texts)) == together
    assert held == [2, 1, 3, 1]


def test_the_empty_text():
    """Nothing gives 0 everywhere."""
    assert set(measure_text("").values()) == {0.0}


def test_another_process_gives_the_same_numbers():
    """Python's randomised string hashes do not reach a number."""
    code = f"from transforms.text.measure import measure_text; print(measure_text({PROSE * 3!r}))"
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == repr(measure_text(PROSE * 3))


PIECES = (
    "a",
    "a ",
    "\n",
    ". ",
    ".",
    '."',
    "(",
    "[1",
    "\n \n",
    "http://",
    "#",
    ". (",
    "ab. ",
    "{",
    "\U0001f600",
    "\u4e2d",
)


@pytest.mark.parametrize("piece", PIECES)
def test_hostile_texts_cost_no_more_than_long_ones(piece):
    """No expression backtracks over a long run: 200,000 characters of any pattern take under a second."""
    started = time.process_time()
    measure_text(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 1
