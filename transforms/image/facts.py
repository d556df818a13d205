"""Image bytes -> the facts that rules and duplicate keys use. Cost: per image, one full decode."""

import hashlib
from typing import Any, cast

from PIL import Image

from transforms.image.decode import decode, to_rgb, translated
from transforms.image.header import Limits, read_header
from transforms.image.phash import phash


def measure_image(data: bytes, limits: Limits) -> dict[str, Any]:
    """Decode the first frame and measure it: the facts of `schemas.index.IMAGE_FACTS` by name, the format as a word.

    Width and height are those of the picture as displayed (an EXIF orientation of 5 to 8 swaps them). The spread
    is that of the picture on a white page. The perceptual hash is that of the picture as stored (see `phash`).

    Raises RecordError: oversize, unsupported_type, bomb, undecodable_image.
    """
    header = read_header(data, limits)
    image = decode(data, header, limits)
    width, height = header.displayed
    with translated():
        picture_hash = phash(image)
    return {
        "format": header.format,
        "width": width,
        "height": height,
        "size": len(data),
        "spread": _spread(to_rgb(image)),
        "sha256": hashlib.sha256(data).digest(),
        "phash": picture_hash,
    }


def _spread(rgb: Image.Image) -> int:
    """Largest difference of values within a channel: 0 to 255, 0 for a single-coloured picture."""
    return max(high - low for low, high in cast("tuple[tuple[int, int], ...]", rgb.getextrema()))
