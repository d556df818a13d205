"""Files without their metadata: the same pixels, and nothing that says who, where and when."""

import io
import os
import warnings

import numpy as np
import pytest
from PIL import Image, ImageCms

from schemas.outcomes import RecordError
from tests.support import pictures
from tests.support.pictures import chunk, encoded, jpeg_with, noise
from tests.support.shared_data import shared
from transforms.image.decode import decode, shown
from transforms.image.facts import measure_image
from transforms.image.header import DECODABLE, Limits, read_header
from transforms.image.strip import cannot_be_stripped, riff_chunk, stripped

LIMITS = Limits(formats=DECODABLE)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SECRET = b"Maker of secrets"


def photograph() -> Image.Image:
    """A picture in colour."""
    return Image.merge("RGB", [noise(48, 32), Image.linear_gradient("L").resize((48, 32)), noise(48, 32).rotate(180)])


def clean(data: bytes) -> bytes:
    """A file as the product strips it."""
    header = read_header(data, LIMITS)
    return stripped(data, header.format, header.orientation)


def opened(data: bytes) -> Image.Image:
    """A file as a reader with Pillow's defaults sees it, decoded."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("value", [1, 6])
def test_of_exif_the_orientation_alone_stays(form: str, value: int) -> None:
    """The camera's maker, the place and the time go; the profile stays; the pixels are the same."""
    xmp = b"<x:xmpmeta>" + SECRET
    data = encoded(photograph(), form, exif=pictures.camera_exif(value), icc_profile=PROFILE, xmp=xmp)
    assert SECRET in data
    file = clean(data)
    found = opened(file)
    assert SECRET not in file and b"xmpmeta" not in file
    assert dict(found.getexif()) == ({} if value == 1 else {0x0112: value}) and not found.getexif().get_ifd(0x8825)
    assert found.info["icc_profile"] == PROFILE
    assert found.tobytes() == opened(data).tobytes()
    assert clean(file) == file


def test_segments_of_a_jpeg_file() -> None:
    """Comments, IPTC, thumbnails, other pictures and what lies behind the end go; what says how to read the picture stays."""
    plain = encoded(photograph(), "JPEG")
    data = plain
    for marker, payload in (
        (0xFE, SECRET),
        (0xED, b"Photoshop 3.0\0" + SECRET),
        (0xE2, b"MPF\0" + SECRET),
        (0xE0, b"JFXX\0" + SECRET),
    ):
        data = jpeg_with(data, marker, payload)
    assert clean(data + SECRET + plain) == plain
    small_copy = plain[:4] + bytes((0, 16 + len(SECRET))) + plain[6:18] + b"\2\2" + SECRET + plain[20:]
    assert clean(small_copy) == plain
    cmyk = encoded(photograph().convert("CMYK"), "JPEG")
    assert b"Adobe" in clean(cmyk) and opened(clean(cmyk)).tobytes() == opened(cmyk).tobytes()
    assert cmyk[4:6] == b"\0\x0e"
    assert clean(cmyk[:4] + bytes((0, 14 + len(SECRET))) + cmyk[6:18] + SECRET + cmyk[18:]) == clean(cmyk)


def test_a_jpeg_file_without_its_end_gets_one() -> None:
    """So that a strict reader takes what was measured: the same pixels."""
    data = encoded(noise(64, 64), "JPEG")
    cut = data[:-6]
    with pytest.raises(OSError, match="truncated"):
        opened(cut)
    header = read_header(cut, LIMITS)
    assert np.array_equal(np.asarray(opened(clean(cut))), np.asarray(decode(cut, header, LIMITS)))


def test_chunks_of_a_png_file() -> None:
    """Texts, times and unknown chunks go, also what lies behind the end; a profile too large or damaged for readers goes too."""
    plain = encoded(photograph(), "PNG")
    front = plain[:33]
    for extra in (
        chunk(b"tEXt", b"Author\0" + SECRET), chunk(b"tIME", bytes(7)), chunk(b"zzZz", SECRET), chunk(b"pHYs", bytes(9)),
        chunk(b"ZZZZ", SECRET),
        chunk(b"gAMA", b"\0"), chunk(b"iCCP", b"x\0\0not packed"), chunk(b"tRNS", bytes(6))[:-1] + b"!",
    ):  # fmt: skip
        assert clean(front + extra + plain[33:] + SECRET) == plain
    huge = encoded(photograph(), "PNG", icc_profile=bytes(2**21))
    with pytest.raises(ValueError, match="too large"):
        opened(huge)
    assert opened(clean(huge)).tobytes() == photograph().tobytes()
    assert opened(clean(plain[:-12])).tobytes() == photograph().tobytes()


def test_frames_of_a_webp_file() -> None:
    """Of an animation's frames the pictures stay."""
    data = encoded(photograph(), "WEBP", save_all=True, append_images=[photograph().rotate(180)], loop=3)
    at = data.index(b"ANMF")
    size = int.from_bytes(data[at + 4 : at + 8], "little")
    frame = riff_chunk(b"ANMF", data[at + 8 : at + 8 + size] + riff_chunk(b"zzzz", SECRET))
    body = data[8:at] + frame + data[at + 8 + size :]
    assert clean(b"RIFF" + len(body).to_bytes(4, "little") + body) == clean(data)


def test_extensions_of_a_gif_file() -> None:
    """Comments, XMP, text and unknown ones go; how often an animation is shown stays."""
    frames = [noise(8, 8), noise(8, 8).rotate(90)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], loop=3, comment=SECRET)
    assert SECRET in data and SECRET not in clean(data)
    at = data.index(b"\x21\xf9")
    for label in (0x01, 0x55):
        assert clean(data[:at] + bytes((0x21, label, len(SECRET))) + SECRET + b"\0" + data[at:]) == clean(data)
    found = opened(clean(data + SECRET))
    assert (found.info["loop"], getattr(found, "n_frames", 1)) == (3, 2) and "comment" not in found.info


def test_what_cannot_be_stripped_is_said() -> None:
    """AVIF and TIFF files keep what they hold; those that hold nothing need no stripping."""
    for form, kind in (("AVIF", "avif"), ("TIFF", "tiff")):
        assert not cannot_be_stripped(encoded(photograph(), form), kind)
        saying = encoded(photograph(), form, exif=pictures.camera_exif(1))
        assert cannot_be_stripped(saying, kind) and measure_image(saying, LIMITS)["sealed"]
        assert stripped(saying, kind, 1) == saying
    assert not cannot_be_stripped(encoded(photograph(), "JPEG", exif=pictures.camera_exif(1)), "jpeg")


def test_when_a_picture_was_taken() -> None:
    """By DateTimeOriginal, where it is a time."""
    for form in ("JPEG", "PNG", "WEBP"):
        data = encoded(photograph(), form, exif=pictures.camera_exif(1))
        assert measure_image(data, LIMITS)["taken"] == 20240517093000
        data = encoded(photograph(), form, exif=pictures.camera_exif(1, b"    :  :     :  :  \0"))
        assert measure_image(data, LIMITS)["taken"] == 0
    assert measure_image(encoded(photograph(), "PNG"), LIMITS)["taken"] == 0


def test_real_files_have_the_same_pixels() -> None:
    """All that can be decoded, odd ones too; strict readers open each, and find no metadata in it."""
    for folder, _, names in os.walk(shared("images/odd")):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read(2**21)
            try:
                header = read_header(data, Limits(formats=("jpeg", "png", "webp", "gif")))
                before = shown(decode(data, header, LIMITS))
            except RecordError:
                continue
            after = clean(data)
            assert shown(decode(after, read_header(after, LIMITS), LIMITS)).tobytes() == before.tobytes(), name
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                assert not set(opened(after).getexif()) - {0x0112}, name
