"""The cases follow tensorflow/datasets c4_utils_test.py in shape and outcome; the sentences are ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.c4 import clean, clean_page, inner_breaks, measure_c4
from transforms.text.lines import text_lines

PAGE = """These are quite enough words with a final mark, Dr. Miller!
Department of Things | Every Institution | More Articles | Journal Home Page
"Read it here. Written by people. Printed by a press."
Journal Home Page\u2122/ Natural and Unnatural Sciences...
Not enough here.
Please turn on javascript in this browser to read the page.
Your JavaScript is turned off and so nothing can be shown.
Anna Miller has a cookie policy: never share a biscuit.
Paul keeps a privacy policy: what is said stays here.
Everyone should read our terms of use!
"""


def measured(text: str) -> dict[str, float]:
    return measure_c4(text_lines(text))


def test_page_of_every_line_rule():
    """Two lines stay; two lack an end mark, one is short, two say javascript and three hold a policy phrase."""
    page = clean_page(text_lines(PAGE))
    assert page.text == "\n".join(PAGE.splitlines()[i] for i in (0, 2))
    assert (page.lines, page.dropped) == (2, 8)
    assert measured(PAGE)["c4_reference_sentences"] == 4
    assert measured(PAGE)["c4_reference_dropped_lines"] == 0.8


def test_dots_inside_a_sentence_end_nothing():
    """Two lines with one sentence each are below three sentences, though one of them looks like more."""
    text = "The opening line is one sentence.\nThe next line may look like three...but it's really only 1."
    assert measured(text)["c4_reference_sentences"] == 2


def test_brace_on_a_finished_line_counts():
    """A line of code that ends like a sentence is counted for the page rule; one that does not is only dropped."""
    text = "This page begins with some prose.\nfn add(a) { b = a + 1; }.\nfunction () { return 7 }"
    assert measured(text)["c4_reference_braces"] == 1
    assert "{" in clean(text)


def test_javascript_takes_the_line_before_its_brace():
    """The order is the published one: a javascript line goes before its brace is looked at."""
    assert measured("Enable javascript with { this and that }.")["c4_reference_braces"] == 0


def test_lorem_ipsum_on_a_finished_line_counts():
    """The page rule sees the phrase in any case, but not on a line that an earlier rule took."""
    assert measured("Lorem Ipsum dolor sit amet here.")["c4_reference_lorem_ipsum"] == 1
    assert measured("Lorem ipsum dolor sit amet here")["c4_reference_lorem_ipsum"] == 0


def test_citations_are_removed():
    """Citation marks go, and a line they ended is finished; other brackets stay."""
    text = "The page has this text.\nLines here may lack an end\nOther lines do end with notes.[3]\n"
    text += "Or want a note[citation needed]. Or offer you to edit.[edit] [1a]."
    assert clean(text) == (
        "The page has this text.\nOther lines do end with notes.\nOr want a note. Or offer you to edit. [1a]."
    )


def test_policy_lines_go_in_any_case():
    """Policy phrases are found in any case, and the lines around them stay."""
    text = "The page has this text. So, all is well!\nHere it names our Terms of Use.\nThis line should stay as well.\n"
    text += "Now the privacy policy is named here.\nThen we speak of a Cookie Policy too."
    assert clean(text) == "The page has this text. So, all is well!\nThis line should stay as well."
    assert measured(text)["c4_reference_sentences"] == 3


def test_the_longest_word_takes_its_line():
    """A word of 1,000 characters stays and one of 1,001 takes the line."""
    assert clean(f"one two three {'x' * 1000} five.")
    assert not clean(f"one two three {'x' * 1001} five.")


def test_five_words_and_an_end_mark():
    """Four words are too few, five are enough; an ellipsis is no end mark, a quotation mark is."""
    assert not clean("one two three four.")
    assert clean("one two three four five.")
    assert not clean("one two three four five...")
    assert clean('one two three four five"')


@pytest.mark.parametrize(
    ("text", "breaks"),
    [
        ("", 0),
        ("No mark at all", 0),
        ("Mr. Smith bought 2.5 kilograms of fruit.", 0),
        ("Hello world! That should be easy, right? I think so...yeah...", 2),
        ("He lives in St. Mary Mead, e.g. Miss J. Marple does. Yes.", 1),
        ('She said "Stop!" Then she left. (It rained.) 7 came.', 3),
        ("The U.S. Army is here. \u00c9t\u00e9 follows. \u0416 too.", 2),
        ("It stopped. but went on", 0),
        ("Mr. X", 0),
        ("approx. 7 messrs. X", 0),
        ("approxi. 7 amessrs. X", 2),
        ("One.\nTwo.\n\nThree", 0),
    ],
)
def test_sentences(text, breaks):
    """Where the counting rule ends a sentence inside a line; the first four are DCLM's."""
    assert inner_breaks(text) == breaks


@given(st.text(st.characters()) | st.text(st.sampled_from('ab .\n{"?!')))
def test_cleaning_twice_changes_nothing(text):
    """A clean page is clean, has as many lines as it says, and each is a line of the page but for citations."""
    page = clean_page(text_lines(text))
    assert clean(page.text) == page.text
    assert page.lines >= len(page.text.splitlines()) or not page.text.isascii()
