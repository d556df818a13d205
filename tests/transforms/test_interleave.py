"""Texts and images in their places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Block, BlockKind
from transforms.interleave import sentences, shifted, staying, trim, with_marks

ITEMS = st.lists(
    st.text(min_size=1).map(lambda text: Block(BlockKind.PARAGRAPH, text)) | st.integers(0, 5), max_size=12
)


@given(ITEMS, st.sets(st.integers(0, 5)))
def test_nothing_but_the_leaving_images_is_lost(items: list[Block | int], images: set[int]) -> None:
    """Texts and staying images keep their order."""
    assert staying(items, images) == [item for item in items if isinstance(item, Block) or item in images]


@given(st.text(st.sampled_from("ab. !\n。")), st.integers(1, 3), st.integers(1, 3))
def test_trimmed_texts_are_parts_of_the_text(text: str, before: int, after: int) -> None:
    """White space between sentences stays as it is, so that lines and marks do."""
    first, *rest = trim([text, 0, text], before, after) if text.strip() else ("", 0, "")
    assert str(first) in text and (not rest or str(rest[-1]) in text)
    assert sentences(str(first)) == sentences(text)[-before:]


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


@given(ITEMS, st.lists(st.integers(0, 12), max_size=4).map(sorted))
def test_marks_stand_before_their_places(items: list[Block | int], places: list[int]) -> None:
    """And nothing else changes."""
    places = [min(place, len(items)) for place in places]
    found = with_marks(items, places)
    assert [item for item in found if item != -1] == items
    ahead = [sum(each != -1 for each in found[:at]) for at, item in enumerate(found) if item == -1]
    assert ahead == places


@pytest.mark.parametrize(
    ("spot", "place"),
    [
        ((0, 0), (0, 0)),
        ((0, 5), (0, 2)),
        ((0, 2), (0, 0)),
        ((1, 0), (1, 0)),
        ((2, 3), (2, 3)),
        ((2, 9), (3, 0)),
        ((3, 0), (3, 0)),
    ],
)
def test_places_in_trimmed_texts(spot: tuple[int, int], place: tuple[int, int]) -> None:
    """What stood in a sentence that is gone stands at its end of the text."""
    written: list[str | int] = ["A. B. C.", 0, "E. F. G."]
    assert shifted(spot, written, trim(written, 2, 2)) == place
