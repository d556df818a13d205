"""Which of a picture's captions is taken."""

import pytest

from schemas.recipe import Bounds
from transforms.pair.caption import measure_caption
from transforms.pair.choose import BEST, FIRST, Candidate, chosen, said

RULES = {"caption_words": Bounds(3, 10), "caption_junk": Bounds(ceiling=0), "image_bytes": Bounds(5000)}


def candidate(kind: str, text: str, title: str = "", pictures: int = 1) -> Candidate:
    """A candidate of a page with that title."""
    return Candidate(kind, text, "", measure_caption(text, title, pictures))


@pytest.mark.parametrize(
    ("texts", "choice", "kind"),
    [
        (("A red boat at sea", "The boat of Ann Lee, painted red, at sea"), FIRST, "0"),
        (("A red boat at sea", "The boat of Ann Lee, painted red, at sea"), BEST, "1"),
        (("IMG_2031.JPG", "A red boat at sea"), FIRST, "1"),
        (("IMG_2031.JPG", "Two"), FIRST, "1"),
        (("Two", "A red boat at sea"), FIRST, "1"),
        (("Two", "One"), FIRST, "0"),
        (("The mill burns", "A red boat at sea"), FIRST, "1"),
        (("The mill burns", "Two"), FIRST, "0"),
        ((), FIRST, None),
    ],
)
def test_the_first_that_passes(texts: tuple[str, ...], choice: str, kind: str | None) -> None:
    """Behind what says something: junk, the page's title; where none passes, the first that is no junk."""
    found = chosen([candidate(str(n), text, "The mill burns | Ex") for n, text in enumerate(texts)], RULES, choice)
    assert (found and found.kind) == kind


def test_an_alt_text_of_many_pictures_names_none_of_them() -> None:
    """Of two it may."""
    figcaption = candidate("figcaption", "The boat of Ann Lee")
    for pictures, kind in ((2, "alt"), (3, "figcaption")):
        found = chosen([candidate("alt", "Pictures of a journey", "", pictures), figcaption], RULES)
        assert found
        assert found.kind == kind


def test_words_are_counted_once_and_up_to_a_bound() -> None:
    """So that a long text is no better than a whole sentence; scripts without spaces have words too."""
    assert said("the the the 12") == 1
    assert said(" ".join(f"word{n}" for n in range(90))) == 40
    assert said("港の古い船と白い鳥") > 1
