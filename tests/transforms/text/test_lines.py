from hypothesis import given
from hypothesis import strategies as st

from transforms.text.lines import duplicate_shares, later_copy_chars, text_lines, text_paragraphs

SEGMENTS = st.lists(st.sampled_from(["a", "bb", "ccc", "dddd"]), max_size=12)


@given(SEGMENTS)
def test_duplicate_shares_count_every_copy(segments):
    """The shares are those of the segments whose count is above one."""
    repeated = [segment for segment in segments if segments.count(segment) > 1]
    lines, chars = duplicate_shares(segments)
    assert lines == (len(repeated) / len(segments) if segments else 0)
    assert chars == (sum(map(len, repeated)) / sum(map(len, segments)) if segments else 0)


@given(SEGMENTS)
def test_later_copies_are_what_a_set_would_lose(segments):
    """Only the second and later copies count."""
    assert later_copy_chars(segments) == sum(len(s) for i, s in enumerate(segments) if s in segments[:i])


@given(st.text(st.characters()))
def test_no_line_and_no_paragraph_is_blank(text):
    """Lines and paragraphs hold something and are stripped."""
    for piece in (*text_lines(text), *text_paragraphs(text)):
        assert piece and piece == piece.strip()


def test_redstone_values():
    """RedStone's own check on lines: 2/3 and 6/8; none without repeats; none without lines."""
    assert duplicate_shares(["abc", "de", "abc"]) == (2 / 3, 6 / 8)
    assert duplicate_shares(["a", "b", "c"]) == (0, 0) == duplicate_shares([])


def test_dclm_values():
    """DCLM's fractions: blank lines are no lines, and a paragraph may span lines."""
    assert duplicate_shares(text_lines("Hello\nHello\n\n\n\nHello")) == (1, 1)
    assert duplicate_shares(text_lines("Hello, World.\nHello, World.\n\nHello")) == (2 / 3, 26 / 31)
    paragraphs = text_paragraphs("Hello, World.\n\nHello, World.\n\nHello, World.\nHello")
    assert duplicate_shares(paragraphs) == (2 / 3, 26 / 45)
