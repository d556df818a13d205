"""The walks over the parts of a file: right on whole files, harmless on damaged ones."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.support.pictures import encoded, exif, gif, jpeg_with, noise
from transforms.image import walk

WALKS = [walk.jpeg_segments, walk.png_chunks, walk.riff_chunks, walk.gif_blocks]


def test_jpeg_segments() -> None:
    """Markers come in order with their payloads, up to the end of the image and not beyond it."""
    data = jpeg_with(encoded(noise(32, 32), "JPEG"), 0xFE, b"a comment with \xff\xda in it")
    parts = list(walk.jpeg_segments(data + b"\xff\xda\0\2"))
    assert [kind for kind, _, _ in parts] == [0xFE, 0xE0, 0xDB, 0xC0, *[0xC4] * 2, 0xDA]
    assert data[parts[0][1] : parts[0][2]] == b"a comment with \xff\xda in it"


def test_jpeg_junk_is_counted() -> None:
    """Bytes between segments are parts, since Pillow steps through them."""
    data = encoded(noise(8, 8), "JPEG")
    assert len(list(walk.jpeg_segments(data[:2] + b"\xff" * 50 + data[2:]))) == len(list(walk.jpeg_segments(data))) + 50


def test_png_chunks() -> None:
    """Chunks come in order, up to IEND."""
    data = encoded(Image.new("P", (8, 8)), "PNG")
    assert [kind for kind, _, _ in walk.png_chunks(data + b"\0" * 20)] == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]


def test_riff_chunks() -> None:
    """Chunks of odd length are padded."""
    data = encoded(Image.new("RGB", (8, 8)), "WEBP", exif=b"odd")
    assert [kind for kind, _, _ in walk.riff_chunks(data)] == [b"VP8X", b"VP8 ", b"EXIF"]


def test_gif_blocks() -> None:
    """Frames, data blocks and stray bytes are parts; colour tables are stepped over."""
    kinds = [kind for kind, _, _ in walk.gif_blocks(gif(1, 1, 2, before=b"\x21\xfe\x02ab\x01c\0\x07"))]
    image, block = walk.GIF_IMAGE, walk.GIF_BLOCK
    assert kinds == [block, block, block, image, block, image, block]


@pytest.mark.parametrize("lossless", [True, False])
def test_webp_size(lossless: bool) -> None:
    """Both codecs' headers give the size."""
    data = encoded(Image.new("RGB", (301, 7)), "WEBP", lossless=lossless)
    assert walk.webp_size(data[12:16], data[20:30]) == (301, 7)


@pytest.mark.parametrize("order", ["<", ">"])
def test_orientation(order: str) -> None:
    """The tag is found in either byte order; what is no orientation counts as 1."""
    assert [walk.orientation(exif(value, order)) for value in range(10)] == [1, *range(1, 9), 1]
    for kind, size in ((1, 1), (3, 2), (4, 4), (6, 1), (8, 2), (9, 4)):
        little = {"<": "little", ">": "big"}[order]
        entry = bytes(2) + kind.to_bytes(2, little) + (6).to_bytes(size, little).ljust(8, b"?")  # type: ignore[arg-type]
        held = bytearray(exif(1, order))
        held[12:14], held[18:22] = entry[2:4], entry[4:8]
        assert walk.orientation(bytes(held)) == 6
    assert walk.orientation(b"") == walk.orientation(b"II*\0") == walk.orientation(exif(6, order)[:12]) == 1


@pytest.mark.parametrize("walker", WALKS)
@given(data=st.binary(max_size=300))
def test_any_bytes_can_be_walked(walker: Callable[[bytes], Iterator[walk.Part]], data: bytes) -> None:
    """A walk over anything moves forward, takes no more steps than there are bytes, and raises nothing."""
    starts = [start for _, start, _ in walker(data)]
    assert starts == sorted(starts) and len(starts) <= len(data)


@given(st.binary(max_size=100))
def test_any_bytes_have_an_orientation(data: bytes) -> None:
    """Whatever stands behind the magic number, the answer is 1 to 8."""
    assert walk.orientation(b"II*\0\x08\0\0\0" + data) in range(1, 9)
