"""Pictures encoded anew."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from schemas.recipe import ImagePart
from tests.support import pictures
from tests.support.pictures import noise
from transforms.image.encode import encoded
from transforms.image.facts import measure_and_encode
from transforms.image.header import Limits

MOST = 2**20


def opened(data: bytes) -> Image.Image:
    """A file as a reader sees it."""
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(("format_", "quality", "name"), [("jpg", 95, "JPEG"), ("png", 6, "PNG"), ("webp", 80, "WEBP")])
def test_formats(format_: str, quality: int, name: str) -> None:
    """Each of img2dataset's; a harder packed PNG has the same pixels, a higher quality more bytes."""
    asked = ImagePart("keep_ratio", 32, encode_format=format_, encode_quality=quality)
    file = opened(encoded(noise(100, 80).convert("RGB"), 1, asked, MOST))
    assert (file.format, file.size) == (name, (40, 32))


def test_a_border_is_white_and_the_picture_is_in_its_middle() -> None:
    """The odd row stands below it."""
    asked = ImagePart("border", 9, encode_format="png", encode_quality=1)
    grey = np.asarray(opened(encoded(Image.new("L", (9, 4), 7), 1, asked, MOST)))
    assert grey[:2].min() == grey[6:].min() == 255 and grey[2:6].max() == 7


@pytest.mark.parametrize("value", range(1, 9))
def test_the_picture_is_upright_and_says_nothing_of_itself(value: int) -> None:
    """EXIF's orientation is applied; no EXIF, comment or profile is written, whatever the mode."""
    image = Image.merge("RGB", [noise(48, 32), *[Image.linear_gradient("L").resize((48, 32))] * 2])
    data = pictures.encoded(
        image, "JPEG", exif=pictures.camera_exif(value), comment="by me", icc_profile=b"profile" * 9
    )
    for mode in ("no", "keep_ratio_largest"):
        asked = ImagePart(mode, 48, encode_format="png", encode_quality=1)
        facts, (file,) = measure_and_encode(data, Limits(), (asked,))
        shown = opened(file)
        assert shown.tobytes() == ImageOps.exif_transpose(opened(data)).tobytes()
        assert (shown.size, shown.info) == ((facts["width"], facts["height"]), {})


def test_what_would_be_too_large_has_no_file() -> None:
    """By its sides or by its bytes."""
    assert encoded(noise(3000, 1), 1, ImagePart("keep_ratio"), MOST) == b""
    assert encoded(noise(64, 64), 1, ImagePart("no"), 100) == b""


def test_each_form_is_of_one_decoding() -> None:
    """A picture has as many files as it has forms, and the facts of the archived one."""
    data = pictures.encoded(noise(64, 48), "PNG")
    facts, files = measure_and_encode(data, Limits(), (ImagePart("border", 16), ImagePart("keep_ratio", 24)))
    assert [opened(file).size for file in files] == [(16, 16), (32, 24)]
    assert (facts["width"], facts["height"], facts["size"]) == (64, 48, len(data))
