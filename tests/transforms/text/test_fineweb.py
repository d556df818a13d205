import pytest

from transforms.text.measure import measure_text


def measured(text: str, name: str) -> float:
    return measure_text(text)[f"fineweb_{name}"]


def test_by_hand():
    """Three lines: two end in a mark, two are short, one repeats the first; two newlines for nine words."""
    text = "Short one.\nThis one is rather longer than thirty characters\nShort one."
    assert measured(text, "terminal_lines") == 2 / 3
    assert measured(text, "short_lines") == 2 / 3
    assert measured(text, "dup_line_chars") == 10 / 68
    assert measured(text, "newlines_per_word") == 2 / 12


@pytest.mark.parametrize("mark", [".", "!", "?", '"', "'", "\u201d", "\u3002"])
def test_terminal_marks(mark):
    """The marks of the code that made FineWeb, typographic quotes and the full stop of Chinese all end a line."""
    assert measured(f"A line ends here{mark}\nand not here,", "terminal_lines") == 1 / 2


def test_a_short_line_has_at_most_thirty_characters():
    """Thirty characters are short, thirty-one are not."""
    assert measured("x" * 30, "short_lines") == 1
    assert measured("x" * 31, "short_lines") == 0


def test_what_datatrove_rejects():
    """The texts that datatrove's tests reject lie beyond the limits that those tests set."""
    assert measured("No mark here\nAnother line without\nStill nothing", "terminal_lines") < 0.5
    assert measured("hi.\nbye.\nok.\nno.\nyes.", "short_lines") > 0.5
    assert measured("\n".join(["a"] * 50), "newlines_per_word") > 0.1
    assert measured("\n".join(["a"] * 50), "dup_line_chars") == 49 / 50


def test_blank_lines_between_paragraphs_are_not_newlines_of_a_list():
    """Paragraphs set apart by blank lines have the newlines per word that the same lines have without them."""
    assert measured("one two\n\nthree\n\nfour", "newlines_per_word") == measured(
        "one two\nthree\nfour", "newlines_per_word"
    )
