"""The sizes in which pictures are published."""

import pytest

from schemas.recipe import ImagePart
from transforms.image.form import LONGEST, form_of


@pytest.mark.parametrize(
    ("mode", "scaled", "size"),
    [
        ("no", (389, 535), (389, 535)),
        ("border", (186, 256), (256, 256)),
        ("keep_ratio_largest", (186, 256), (186, 256)),
        ("keep_ratio", (256, 352), (256, 352)),
        ("center_crop", (256, 352), (256, 256)),
    ],
)
def test_modes(mode: str, scaled: tuple[int, int], size: tuple[int, int]) -> None:
    """Those of img2dataset."""
    assert form_of(ImagePart(mode), 389, 535) == (scaled, size)


def test_a_small_picture_may_stay() -> None:
    """By the side that the mode looks at; nothing is laid around it then."""
    asked = ImagePart("border", 256, resize_only_if_bigger=True)
    assert form_of(asked, 100, 200) == ((100, 200), (100, 200))
    assert form_of(asked, 100, 257) == ((100, 256), (256, 256))
    assert form_of(ImagePart("keep_ratio", 256, resize_only_if_bigger=True), 100, 2000) == ((100, 2000), (100, 2000))


def test_a_strip_has_no_form_where_a_side_would_be_huge() -> None:
    """Its shorter side made 256 pixels, it would have millions; no side vanishes."""
    assert form_of(ImagePart("keep_ratio"), 16_384, 1) is None
    assert form_of(ImagePart("center_crop"), 100, 1) is None
    assert form_of(ImagePart("keep_ratio"), LONGEST, 256) == ((LONGEST, 256), (LONGEST, 256))
    assert form_of(ImagePart("border"), 16_384, 1) == ((256, 1), (256, 256))
