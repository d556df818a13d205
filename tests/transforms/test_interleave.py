"""Texts and images in their places."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from transforms.interleave import interleave, sentences, trim

PARTS = st.lists(st.text(min_size=1) | st.integers(0, 5), max_size=12)


@given(PARTS, st.sets(st.integers(0, 5)))
def test_nothing_but_the_leaving_images_is_lost(parts: list[str | int], staying: set[int]) -> None:
    """Texts keep their order and letters, staying images theirs, and no two texts stand side by side."""
    found = interleave(parts, staying)
    assert "\n\n".join(p for p in found if isinstance(p, str)) == "\n\n".join(p for p in parts if isinstance(p, str))
    assert [p for p in found if isinstance(p, int)] == [p for p in parts if isinstance(p, int) and p in staying]
    assert not any(isinstance(a, str) and isinstance(b, str) for a, b in pairwise(found))


def test_trim_is_off_at_zero() -> None:
    """0 sentences means no cut, not no text."""
    parts: list[str | int] = ["One. Two.", 0, "Three. Four."]
    assert trim(parts, 0, 0) == parts


def test_trim_cuts_only_the_outer_texts() -> None:
    """Text between images is kept whole, as the released loader keeps it (docs/sources.md, "Kosmos loaders")."""
    parts: list[str | int] = ["A. B. C. D.", 0, "E. F. G. H. I.", 1, "J. K. L. M."]
    assert trim(parts, 3, 3) == ["B. C. D.", 0, "E. F. G. H. I.", 1, "J. K. L."]


def test_trim_of_a_document_without_images_cuts_one_end_only() -> None:
    """A lone text is ahead of the first image, not behind the last: it loses its beginning, and its end stays whole."""
    assert trim(["A. B. C. D."], before=3, after=1) == ["B. C. D."]
    assert trim(["A. B. C. D."], before=0, after=1) == ["A. B. C. D."]


def test_sentences_of_scripts_without_spaces() -> None:
    """Full-width marks end a sentence without a space behind them."""
    assert sentences("これは文です。これも文です。") == ["これは文です。", "これも文です。"]
    assert sentences('He said "go." She went.') == ['He said "go."', "She went."]
