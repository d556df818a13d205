"""Image bytes -> the facts that rules and duplicate keys use. Cost: per image, one full decode."""

import hashlib
from typing import Any

import numpy as np
from PIL import Image

from transforms.image.decode import decode, orientation_of, shown, spread, translated, turned
from transforms.image.header import Limits, read_header, upright_size
from transforms.image.likeness import GRID
from transforms.image.other_headers import SIZES
from transforms.image.phash import phash

# Pixels that a picture's colours are taken from, a side: the mean of a cell then lies within 2 of that of all pixels, at a fiftieth of the
# cost of a small picture's decoding (ours).
SAMPLED = 64


def measure_image(data: bytes, limits: Limits) -> dict[str, Any]:
    """Decode the first frame that shows something and measure it: the facts of `schemas.index.IMAGE_FACTS` by name, the format as a word.

    All of them but the size and the digest are those of the picture as a white page shows it: upright, its transparency laid on white.

    Raises RecordError: oversize, unsupported_type, bomb, undecodable_image.
    """
    header = read_header(data, limits)
    image = decode(data, header, limits)
    orientation = orientation_of(image, header)
    width, height = header.displayed if header.format not in SIZES else upright_size(image.size, orientation)
    picture = shown(image)
    with translated():
        sample = picture.resize((SAMPLED, SAMPLED), Image.Resampling.NEAREST)
        # Grey first, and only that is turned: a photograph of 12 million pixels is three times as large in colour.
        picture_hash = phash(turned(picture.convert("L"), orientation))
    return {
        "format": header.format,
        "width": width,
        "height": height,
        "size": len(data),
        "spread": _spread(picture, sample),
        "sha256": hashlib.sha256(data).digest(),
        "phash": picture_hash,
        "image_frames": float(header.frames),
        "colours": _colours(turned(sample, orientation)),
    }


def _spread(picture: Image.Image, sample: Image.Image) -> int:
    """`spread`; where a sample of the pixels holds all of the 255 levels already, the others are not looked at."""
    return 255 if spread(sample) == 255 else spread(picture)


def _colours(sample: Image.Image) -> bytes:
    """The mean blue and red chroma (JPEG's Cb and Cr) of each cell of a grid, by rows: what the grey of the perceptual hash leaves out."""
    if sample.mode == "L":
        return bytes([128]) * (2 * GRID * GRID)
    grid = sample.convert("YCbCr").resize((GRID, GRID), Image.Resampling.BOX)
    return np.asarray(grid)[:, :, 1:].tobytes()
