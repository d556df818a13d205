"""The sizes that AVIF, BMP, TIFF and ICO files announce, which a recipe may ask for (`extract.image_formats`). Pure, by linear walks.

What is read here decides whether a decoder may run at all; damage gives sides of 0, which are refused.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from transforms.image.walk import big, little

Size = tuple[int, int]
Read = Callable[[bytes, int, int], int]

# Ours: TIFF directories have some 20 entries, icons some 10 pictures, an AVIF file some 20 boxes.
MOST_ENTRIES = 4096
# Bytes of a bitmap whose pixels are packed by runs, which Pillow unpacks in Python, some 20 MB in 10 s. Ours.
MOST_RUNS = 2 << 20

_TIFF = {b"II*\0": (little, False), b"MM\0*": (big, False), b"II+\0": (little, True), b"MM\0+": (big, True)}
_TIFF_SIZES = {1: 1, 3: 2, 4: 4, 16: 8}  # bytes of whole numbers by type
_PNG = b"\x89PNG\r\n\x1a\n"
_EXTENT = re.compile(rb"ispe\0\0\0\0")


def bmp_size(data: bytes) -> Size:
    """Width and height of a bitmap file; sides of 0 where its runs would take too long to unpack."""
    if little(data, 14, 4) >= 40 and little(data, 30, 4) in (1, 2) and len(data) > MOST_RUNS:
        return 0, 0
    return _bitmap_size(data, 14)


def _bitmap_size(data: bytes, at: int) -> Size:
    """By the header behind a bitmap's file header. A negative height says that rows run from the top."""
    if little(data, at, 4) == 12:
        return little(data, at + 4, 2), little(data, at + 6, 2)
    return little(data, at + 4, 4), abs(int.from_bytes(data[at + 8 : at + 12], "little", signed=True))


def tiff_size(data: bytes) -> Size:
    """Width and height of the first picture of a TIFF file, BigTIFF too."""
    sides = {256: 0, 257: 0}
    for tag, entry in _tiff_entries(data):
        if tag in sides:
            read, large = _TIFF[data[:4]]
            sides[tag] = read(data, entry + (12 if large else 8), _TIFF_SIZES.get(read(data, entry + 2, 2), 0))
    return sides[256], sides[257]


def tiff_tags(data: bytes) -> set[int]:
    """The tags of the first picture of a TIFF file."""
    return {tag for tag, _ in _tiff_entries(data)}


def _tiff_entries(data: bytes) -> Iterator[tuple[int, int]]:
    """The tags of the first picture, each with where its entry begins."""
    if data[:4] not in _TIFF:
        return
    read, large = _TIFF[data[:4]]
    word, step = (8, 20) if large else (4, 12)
    at = read(data, 8 if large else 4, word)
    count = read(data, at, 8 if large else 2)
    begin = at + (8 if large else 2)
    for entry in range(begin, begin + step * min(count, MOST_ENTRIES), step):
        yield read(data, entry, 2), entry


def ico_size(data: bytes) -> Size:
    """The largest width and height among an icon's pictures, by their own headers and not by the directory."""
    sizes = [_icon_size(data, little(data, at + 12, 4)) for at in range(6, 6 + 16 * min(little(data, 4, 2), 256), 16)]
    return max((width for width, _ in sizes), default=0), max((height for _, height in sizes), default=0)


def _icon_size(data: bytes, at: int) -> Size:
    if data.startswith(_PNG, at):
        return big(data, at + 16, 4), big(data, at + 20, 4)
    width, height = _bitmap_size(data, at)
    return width, height // 2  # picture and mask, one above the other


def avif_size(data: bytes) -> Size:
    """The largest width and height among the pictures of an AVIF file: alpha, tiles and thumbnails have properties of their own.

    A sequence (brand `avis`) says its size elsewhere, so it has none here.
    """
    if data[8:12] == b"avis":
        return 0, 0
    found = islice(_EXTENT.finditer(data), MOST_ENTRIES)
    sizes = [(big(data, extent.end(), 4), big(data, extent.end() + 4, 4)) for extent in found]
    return max((width for width, _ in sizes), default=0), max((height for _, height in sizes), default=0)


SIZES: Mapping[str, Callable[[bytes], Size]] = {
    "avif": avif_size,
    "bmp": bmp_size,
    "tiff": tiff_size,
    "ico": ico_size,
}
