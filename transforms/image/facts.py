"""Image bytes -> the facts that rules and duplicate keys use. Cost: per image, one full decode."""

import hashlib
from typing import Any, cast

import numpy as np
from PIL import Image

from transforms.image.decode import decode, shown, translated, turned
from transforms.image.header import Limits, read_header
from transforms.image.likeness import GRID
from transforms.image.phash import phash

# Pixels that a picture's colours are taken from, a side: the mean of a cell then lies within 2 of that of all pixels, at a fiftieth of the
# cost of a small picture's decoding (ours).
SAMPLED = 64


def measure_image(data: bytes, limits: Limits) -> dict[str, Any]:
    """Decode the first frame and measure it: the facts of `schemas.index.IMAGE_FACTS` by name, the format as a word.

    All of them but the size and the digest are those of the picture as a white page shows it: upright, its transparency laid on white.

    Raises RecordError: oversize, unsupported_type, bomb, undecodable_image.
    """
    header = read_header(data, limits)
    image = decode(data, header, limits)
    width, height = header.displayed
    picture = shown(image)
    with translated():
        sample = picture.resize((SAMPLED, SAMPLED), Image.Resampling.NEAREST)
        # Grey first, and only that is turned: a photograph of 12 million pixels is three times as large in colour.
        picture_hash = phash(turned(picture.convert("L"), header.orientation))
    return {
        "format": header.format,
        "width": width,
        "height": height,
        "size": len(data),
        "spread": _spread(picture, sample),
        "sha256": hashlib.sha256(data).digest(),
        "phash": picture_hash,
        "colours": _colours(turned(sample, header.orientation)),
    }


def _spread(picture: Image.Image, sample: Image.Image) -> int:
    """Largest difference of values within a channel: 0 to 255, 0 for a single-coloured picture.

    Where a sample of its pixels holds all of the 255 levels already, the others are not looked at.
    """
    return 255 if _widest(sample) == 255 else _widest(picture)


def _widest(picture: Image.Image) -> int:
    extremes = picture.getextrema()
    bands = (extremes,) if picture.mode == "L" else extremes
    return max(high - low for low, high in cast("tuple[tuple[int, int], ...]", bands))


def _colours(sample: Image.Image) -> bytes:
    """The mean blue and red chroma (JPEG's Cb and Cr) of each cell of a grid, by rows: what the grey of the perceptual hash leaves out."""
    if sample.mode == "L":
        return bytes([128]) * (2 * GRID * GRID)
    grid = sample.convert("YCbCr").resize((GRID, GRID), Image.Resampling.BOX)
    return np.asarray(grid)[:, :, 1:].tobytes()
