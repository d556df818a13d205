"""Reads the header of an image file by a linear walk over its parts, and checks the limits before a decoder runs.

A file of a hundred bytes can ask a decoder for gigabytes, and one of 300 kB for 20 seconds (docs/sources.md, "Hostile
images"), so size, dimensions, scans and the number of parts are known first. Nothing here decodes, and every walk has a budget
of parts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from schemas.outcomes import Fault, RecordError
from transforms.image import walk
from transforms.image.other_headers import SIZES
from transforms.image.sniff import DECODED, sniff

DECODABLE = (*DECODED, *SIZES)  # what a recipe may ask for


@dataclass(frozen=True, slots=True)
class Limits:
    """What an image may ask for: docs/sources.md, "Guard limits"; "Hostile images" has the measurements."""

    bytes: int = 20 << 20
    pixels: int = 50_000_000
    side: int = 16_384
    scan_pixels: int = 1_000_000_000  # pixels times JPEG scans; progressive decoding costs 1 to 7 ns for each
    formats: tuple[str, ...] = DECODED  # what is decoded


class Header(NamedTuple):
    """The header of an image file. Width and height are as stored, in pixels; orientation is EXIF's, 1 by default."""

    format: str  # jpeg, png, webp, gif, avif, bmp, tiff, ico
    width: int
    height: int
    scans: int  # of a JPEG; else 1
    orientation: int  # of avif and tiff the decoder knows it, not the header
    frames: int = 1  # of an animation
    exif: bytes = b""  # EXIF data from their TIFF header on; empty of formats whose header is not read for them

    @property
    def displayed(self) -> tuple[int, int]:
        """Width and height as displayed."""
        return upright_size((self.width, self.height), self.orientation)


def upright_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Width and height as displayed: orientations 5 to 8 lie on their side (EXIF 2.32 §4.6.4)."""
    width, height = size
    return (height, width) if orientation >= 5 else size


def read_header(data: bytes, limits: Limits) -> Header:
    """The header of an image within the limits.

    Raises RecordError: oversize (bytes), unsupported_type, undecodable_image (no dimensions), bomb (pixels, side,
    scans, parts).
    """
    if len(data) > limits.bytes:
        raise RecordError(Fault.OVERSIZE, f"{len(data)} bytes, at most {limits.bytes}")
    kind = sniff(data)
    if kind not in limits.formats:
        raise RecordError(Fault.UNSUPPORTED_TYPE, kind or f"unknown: {data[:8].hex()}")
    header = _READERS[kind](data) if kind in _READERS else Header(kind, *SIZES[kind](data), 1, 1)
    check_size(header.width, header.height, limits)
    if header.width * header.height * header.scans > limits.scan_pixels:
        raise RecordError(Fault.BOMB, f"{header.width} x {header.height} pixels in {header.scans} scans")
    return header


def claimed_pixels(data: bytes) -> int:
    """The pixels, times scans, that a decoder would be asked for; 0 where the header is refused, so that none is asked."""
    try:
        header = read_header(data, Limits(formats=DECODABLE))
    except RecordError:
        return 0
    return header.width * header.height * header.scans


def check_size(width: int, height: int, limits: Limits) -> None:
    """Raise RecordError for a picture that is too large (bomb) or that has an empty side (undecodable_image)."""
    if width < 1 or height < 1:
        raise RecordError(Fault.UNDECODABLE_IMAGE, f"{width} x {height} pixels")
    if width * height > limits.pixels or max(width, height) > limits.side:
        raise RecordError(Fault.BOMB, f"{width} x {height} pixels")


# Parts of one file; ours. Pillow takes 10 to 25 µs for each that it steps through, so this many cost it half a second;
# 20 MiB of PNG data in the usual chunks of 8 KiB are 2,560 parts.
STEPS = 20_000
# Data blocks of a GIF, which Pillow does not step through; ours: 20 MiB of full blocks are 82,000.
GIF_STEPS = 200_000
# Bytes before the first frame of a GIF; ours: Pillow takes quadratic time over a long comment there.
GIF_PREAMBLE = 1 << 20


def _budget(parts: Iterator[walk.Part], steps: int = STEPS) -> Iterator[walk.Part]:
    """The same parts; raises RecordError (bomb) where there are more than `steps`."""
    for step, part in enumerate(parts):
        if step >= steps:
            raise RecordError(Fault.BOMB, f"more than {steps} parts")
        yield part


def _read_jpeg(data: bytes) -> Header:
    width = height = scans = 0
    orientation, exif = 1, b""
    for kind, start, end in _budget(walk.jpeg_segments(data)):
        if kind in walk.JPEG_FRAMES:
            height, width = walk.big(data, start + 1, 2), walk.big(data, start + 3, 2)
        elif kind == walk.JPEG_SCAN:
            scans += 1
        elif kind == walk.JPEG_APP1 and data.startswith(b"Exif\0\0", start) and orientation == 1:
            exif = exif or data[start + 6 : end]
            orientation = walk.orientation(data[start + 6 : end])
    if not scans:
        raise RecordError(Fault.UNDECODABLE_IMAGE, "no scan")
    return Header("jpeg", width, height, scans, orientation, exif=exif)


def _read_png(data: bytes) -> Header:
    width = height = 0
    frames, exif = 1, b""
    for kind, start, end in _budget(walk.png_chunks(data)):
        if kind == b"acTL":
            frames = max(1, walk.big(data, start, 4))
        if kind == b"IHDR":
            width, height = walk.big(data, start, 4), walk.big(data, start + 4, 4)
        elif kind == b"IDAT":
            _check_sum(data, start, end)
        elif kind == b"eXIf":
            exif = data[start:end]
    return Header("png", width, height, 1, walk.orientation(exif), frames, exif)


def _check_sum(data: bytes, start: int, end: int) -> None:
    """Check what Pillow leaves unchecked: the CRC of picture data."""
    if end + 4 <= len(data) and not walk.crc_holds(data, start, end):
        raise RecordError(Fault.UNDECODABLE_IMAGE, f"checksum of the chunk at {start - 8}")


def _read_webp(data: bytes) -> Header:
    width = height = 0
    frames, exif = 0, b""
    for kind, start, end in _budget(walk.riff_chunks(data)):
        frames += kind == b"ANMF"
        if not width:  # the first chunk says how large the canvas is
            width, height = walk.webp_size(kind, data[start : start + 10])
        if kind == b"EXIF":
            exif = data[start:end].removeprefix(b"Exif\0\0")
    return Header("webp", width, height, 1, walk.orientation(exif), max(1, frames), exif)


def _read_gif(data: bytes) -> Header:
    width, height = walk.little(data, 6, 2), walk.little(data, 8, 2)
    frames = 0
    for step, (kind, start, _) in enumerate(_budget(walk.gif_blocks(data), GIF_STEPS)):
        if kind != walk.GIF_IMAGE:
            continue
        if not frames:  # the first frame may reach beyond the screen, which then grows
            if start > GIF_PREAMBLE or step > STEPS:
                raise RecordError(Fault.BOMB, f"{start} bytes in {step} parts before the first frame")
            width = max(width, walk.little(data, start, 2) + walk.little(data, start + 4, 2))
            height = max(height, walk.little(data, start + 2, 2) + walk.little(data, start + 6, 2))
        frames += 1
    if not frames:
        raise RecordError(Fault.UNDECODABLE_IMAGE, "no frame")
    return Header("gif", width, height, 1, 1, frames)


_READERS: dict[str, Callable[[bytes], Header]] = {
    "jpeg": _read_jpeg,
    "png": _read_png,
    "webp": _read_webp,
    "gif": _read_gif,
}
