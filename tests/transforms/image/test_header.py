"""What is known and refused before a decoder runs."""

import io
import time
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from schemas.outcomes import Fault, RecordError
from tests.support import pictures
from tests.support.pictures import encoded, noise
from tests.support.shared_data import shared
from transforms.image.header import Limits, read_header

LIMITS = Limits()


def refusal(data: bytes, limits: Limits = LIMITS) -> Fault:
    """The fault for which a file is refused."""
    with pytest.raises(RecordError) as caught:
        read_header(data, limits)
    return caught.value.fault


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(1, 1), (640, 3), (17, 999)])
def test_dimensions(form: str, size: tuple[int, int]) -> None:
    """Width and height are those that a decoder finds."""
    header = read_header(encoded(Image.new("RGB", size), form), LIMITS)
    assert header == (form.lower(), *size, 1, 1, 1, b"")


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF"])
def test_an_animation_has_the_size_of_its_first_frame(form: str) -> None:
    """What follows it changes nothing of the header but the number of frames."""
    frames = [noise(20, 20 + n).crop((0, 0, 20, 20)).transpose(Image.Transpose(n)) for n in range(5)]
    data = encoded(frames[0], form, save_all=True, append_images=frames[1:])
    assert read_header(data, LIMITS) == (form.lower(), 20, 20, 1, 1, 5, b"")


def test_scans() -> None:
    """A progressive colour JPEG has ten scans, a sequential one has one; a thumbnail's scan is not counted."""
    image = noise(64, 64).convert("RGB")
    thumbnail = encoded(noise(8, 8), "JPEG")
    data = pictures.jpeg_with(encoded(image, "JPEG", progressive=True), 0xE1, b"Exif\0\0" + thumbnail)
    assert read_header(data, LIMITS).scans == 10
    assert read_header(encoded(image, "JPEG"), LIMITS).scans == 1


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("value", range(1, 9))
def test_displayed_size(form: str, value: int) -> None:
    """Orientations 5 to 8 lie on their side: the displayed size is what Pillow makes when it turns the picture."""
    data = encoded(Image.new("RGB", (30, 20)), form, exif=b"Exif\0\0" + pictures.exif(value))
    header = read_header(data, LIMITS)
    assert header.orientation == value
    assert header.displayed == ImageOps.exif_transpose(Image.open(io.BytesIO(data))).size


JPEG = encoded(noise(64, 64), "JPEG", progressive=True)
COMMENT = b"\x21\xfe" + b"".join(b"\xff" + bytes(255) for _ in range(5000)) + b"\0"
BOMBS: dict[str, Callable[[], bytes]] = {
    "PNG 13000 x 13000": lambda: pictures.png(13_000, 13_000),
    "PNG 1 x 178,000,000": lambda: pictures.png(1, 178_000_000),
    "PNG of 30,000 chunks": lambda: pictures.png(8, 8, pictures.chunk(b"abCd", b"") * 30_000),
    "JPEG 65500 x 65500": lambda: pictures.jpeg_sized(JPEG, 65_500, 65_500),
    "JPEG 7000 x 7000, 200 scans": lambda: pictures.jpeg_scans_repeated(pictures.jpeg_sized(JPEG, 7_000, 7_000), 200),
    "JPEG with 15 MB of junk": lambda: JPEG[:2] + b"\xff" * 15_000_000 + JPEG[2:],
    "JPEG of 30,000 segments": lambda: pictures.jpeg_with(JPEG, 0xEF, b"", 30_000),
    "WebP 16383 x 10900": lambda: pictures.webp((b"VP8L", b"\x2f" + (16_382 | 10_899 << 14).to_bytes(4, "little"))),
    "WebP canvas of 16 Mpx a side": lambda: pictures.webp(pictures.canvas(1 << 24, 1 << 24)),
    "WebP of 30,000 frames": lambda: pictures.webp(pictures.canvas(1, 1), *[(b"ANMF", b"")] * 30_000),
    "GIF frame beyond its screen": lambda: pictures.gif(60_000, 60_000),
    "GIF of 500,000 frames": lambda: pictures.gif(1, 1, 500_000),
    "GIF with a long comment": lambda: pictures.gif(1, 1, before=COMMENT),
    "GIF with 30,000 comments": lambda: pictures.gif(1, 1, before=b"\x21\xfe\x01x\0" * 30_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_at_once(name: str) -> None:
    """What would cost a decoder seconds or gigabytes costs under a second of the processor and is named a bomb."""
    data = BOMBS[name]()
    start = time.process_time()
    assert refusal(data) is Fault.BOMB
    assert time.process_time() - start < 1


def test_limits_hold_at_their_edge() -> None:
    """Each limit lets its own value pass and refuses the next one."""
    data = encoded(Image.new("RGB", (30, 20)), "PNG")
    read_header(data, Limits(bytes=len(data), pixels=600, side=30, scan_pixels=600))
    assert refusal(data, Limits(bytes=len(data) - 1)) is Fault.OVERSIZE
    assert refusal(data, Limits(pixels=599)) is Fault.BOMB
    assert refusal(data, Limits(side=29)) is Fault.BOMB
    assert refusal(data, Limits(scan_pixels=599)) is Fault.BOMB


@pytest.mark.parametrize("data", [b"<svg>", b"%PDF-1.7", b"II*\0", b"", b"no image", b"<!doctype html><p>"])
def test_other_kinds_are_refused(data: bytes) -> None:
    """Only four formats are decoded, whatever a server calls the bytes."""
    assert refusal(data) is Fault.UNSUPPORTED_TYPE


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff",
        JPEG[: JPEG.find(b"\xff\xda")],
        pictures.png(0, 5),
        b"\x89PNG\r\n\x1a\n",
        pictures.webp((b"ICCP", b"")),
        b"GIF89a",
        pictures.gif(1, 1, 0),
        pictures.png(1, 1, data=zlib.compress(bytes(4)))[:-17] + b"\0" + bytes(16),
    ],
)
def test_damaged_headers_are_refused(data: bytes) -> None:
    """A file without dimensions or picture data, or with a wrong checksum over them, is undecodable."""
    assert refusal(data) is Fault.UNDECODABLE_IMAGE


@given(
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBP"]), st.binary(max_size=200)
)
def test_any_bytes_are_read_or_refused(magic: bytes, rest: bytes) -> None:
    """Whatever follows the magic bytes, there is a header within the limits or a RecordError."""
    try:
        header = read_header(magic + rest, LIMITS)
    except RecordError:
        return
    assert 0 < header.width * header.height * header.scans <= LIMITS.scan_pixels


@pytest.mark.parametrize(("shape", "size"), [("Landscape", (1800, 1200)), ("Portrait", (1200, 1800))])
def test_one_picture_in_nine_orientations(shape: str, size: tuple[int, int]) -> None:
    """Real photographs of one scene, stored in all orientations, have one displayed size."""
    folder = shared("images/near-duplicates/exif-orientation")
    headers = [read_header((folder / f"{shape}_{n}.jpg").read_bytes(), LIMITS) for n in range(9)]
    assert [header.orientation for header in headers] == [1, *range(1, 9)]
    assert {header.displayed for header in headers} == {size}
