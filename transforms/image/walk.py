"""Linear walks over the parts of JPEG, PNG, WebP and GIF files. Pure: a damaged file ends its walk early."""

import re
import zlib
from collections.abc import Callable, Iterator

Part = tuple[int | bytes, int, int]  # kind, then where the content starts and ends (which may lie beyond the file)

# SOF markers; the three are tables (ITU T.81 table B.1)
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_SCAN, JPEG_APP1 = 0xDA, 0xE1
GIF_IMAGE, GIF_BLOCK = 0x2C, 0x00

_JPEG_END = 0xD9
PNG_END = b"\0\0\0\0IEND\xaeB`\x82"  # the last chunk of every PNG file
_JPEG_BARE = frozenset([0x01, *range(0xD0, 0xD9)])  # markers without a length (ITU T.81 §B.1.1.3)
_MARKER = re.compile(rb"\xff[^\x00\xff]")
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # there 00 is a stuffed byte and D0 to D7 are restarts
_GIF_EXTENSION, _GIF_END = 0x21, 0x3B
# Bytes of a whole number in EXIF by its type (TIFF 6.0 §2): the standard has an orientation as SHORT, files have others too.
_EXIF_SIZES = {1: 1, 3: 2, 4: 4, 6: 1, 8: 2, 9: 4}
_DATE = re.compile(rb"([12][0-9]{3}):([0-9]{2}):([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})\0")


def big(data: bytes, at: int, size: int) -> int:
    """A big-endian number; 0 where the file ends before it."""
    return int.from_bytes(data[at : at + size], "big") if at + size <= len(data) else 0


def little(data: bytes, at: int, size: int) -> int:
    """A little-endian number; 0 where the file ends before it."""
    return int.from_bytes(data[at : at + size], "little") if at + size <= len(data) else 0


_EXIF_READERS = {b"II*\0": little, b"MM\0*": big}


def jpeg_segments(data: bytes) -> Iterator[Part]:
    """Marker segments up to the end of the image. A payload is stepped over, so an embedded thumbnail is not walked.

    What stands between segments and is none counts as a part per byte: Pillow steps through it so.
    """
    at, in_scan = 2, False
    while found := (_MARKER_IN_SCAN if in_scan else _MARKER).search(data, at):
        if not in_scan:
            yield from ((0, place, place) for place in range(at, found.start()))
        code, start = data[found.end() - 1], found.end()
        if code == _JPEG_END:
            return
        if code in _JPEG_BARE:
            yield code, start, start
            at = start
            continue
        end = start + max(big(data, start, 2), 2)
        yield code, start + 2, end
        at, in_scan = end, in_scan or code == JPEG_SCAN


def jpeg_end(data: bytes, after: int) -> int:
    """Where the end of the image begins behind the last of `jpeg_segments`, which ends at `after`; -1 where the file lacks it."""
    found = _MARKER_IN_SCAN.search(data, after)
    return found.start() if found else -1


def png_chunks(data: bytes) -> Iterator[Part]:
    """Chunks up to IEND or the end of the file."""
    at = 8
    while at + 8 <= len(data):
        kind, start = data[at + 4 : at + 8], at + 8
        end = start + big(data, at, 4)
        yield kind, start, end
        if kind == b"IEND":
            return
        at = end + 4


def crc_holds(data: bytes, start: int, end: int) -> bool:
    """Whether the checksum behind a chunk is that of its name and content (PNG §5.3)."""
    return zlib.crc32(memoryview(data)[start - 4 : end]) == big(data, end, 4)


def riff_chunks(data: bytes, at: int = 12) -> Iterator[Part]:
    """Chunks of a WebP file, or of a frame in one, from a place on; each is padded to an even length."""
    while at + 8 <= len(data):
        end = at + 8 + little(data, at + 4, 4)
        yield data[at : at + 4], at + 8, end
        at = end + (end & 1)


def webp_size(kind: int | bytes, head: bytes) -> tuple[int, int]:
    """Width and height by the first chunk of a WebP file, zeros where it does not say (RFC 9649 §2.5 to 2.7)."""
    if kind == b"VP8X":
        return little(head, 4, 3) + 1, little(head, 7, 3) + 1
    if kind == b"VP8L" and head[:1] == b"\x2f":
        bits = little(head, 1, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        return little(head, 6, 2) & 0x3FFF, little(head, 8, 2) & 0x3FFF
    return 0, 0


def gif_parts(data: bytes) -> Iterator[Part]:
    """Images and extensions with their blocks, up to the trailer: the label of an extension (-1 of an image), where it begins and ends."""
    at = 13 + _colours(data, 10)
    while at < len(data) and data[at] != _GIF_END:
        begin, label = at, -1
        if data[at] == GIF_IMAGE:
            at += 11 + _colours(data, at + 9)
        elif data[at] == _GIF_EXTENSION:
            label, at = little(data, at + 1, 1), at + 2
        else:
            at += 1
            continue
        while at < len(data) and data[at]:
            at += 1 + data[at]
        at = min(at + 1, len(data))
        yield label, begin, at


def gif_blocks(data: bytes) -> Iterator[Part]:
    """Images (their descriptor) and every data block, of images and extensions alike, up to the trailer."""
    at = 13 + _colours(data, 10)
    while at < len(data):
        kind = data[at]
        if kind == _GIF_END:
            return
        if kind == GIF_IMAGE:
            yield GIF_IMAGE, at + 1, at + 10
            at += 11 + _colours(data, at + 9)
        elif kind == _GIF_EXTENSION:
            at += 2
        else:
            yield GIF_BLOCK, at, at + 1  # a stray byte between blocks: Pillow steps over it
            at += 1
            continue
        while at < len(data) and data[at]:
            yield GIF_BLOCK, at + 1, at + 1 + data[at]
            at += 1 + data[at]
        at += 1


def _colours(data: bytes, at: int) -> int:
    """Bytes of the colour table that the flags at this place announce."""
    flags = little(data, at, 1)
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def orientation(exif: bytes) -> int:
    """The orientation tag, 1 to 8, of EXIF data that begin with their TIFF header; 1 where there is none to read."""
    read = _EXIF_READERS.get(exif[:4])
    if read is None:
        return 1
    entry = _exif_entry(exif, read, read(exif, 4, 4), 0x0112)
    value = read(exif, entry + 8, _EXIF_SIZES.get(read(exif, entry + 2, 2), 0)) if entry else 1
    return value if 1 <= value <= 8 else 1


def taken(exif: bytes) -> int:
    """When a picture was taken, by the clock of its camera, as the number YYYYMMDDhhmmss (DateTimeOriginal); 0 where EXIF does not say."""
    read = _EXIF_READERS.get(exif[:4])
    if read is None:
        return 0
    pointer = _exif_entry(exif, read, read(exif, 4, 4), 0x8769)
    entry = _exif_entry(exif, read, read(exif, pointer + 8, 4), 0x9003) if pointer else 0
    at = read(exif, entry + 8, 4) if entry else 0
    found = _DATE.match(exif, at) if at else None
    return int(b"".join(found.groups())) if found else 0


def _exif_entry(exif: bytes, read: Callable[[bytes, int, int], int], directory: int, tag: int) -> int:
    """Where the entry of a tag begins in a directory of EXIF data; 0 where it has none."""
    first = directory + 2
    for entry in range(first, min(first + 12 * read(exif, directory, 2), len(exif)), 12):
        if read(exif, entry, 2) == tag:
            return entry
    return 0
