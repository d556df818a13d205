"""Image bytes -> the facts that rules and duplicate keys use. Cost: per image, one full decode."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from schemas.recipe import ImagePart
from transforms.image.decode import decode, orientation_of, shown, spread, translated, turned
from transforms.image.encode import encoded
from transforms.image.header import Limits, read_header, upright_size
from transforms.image.likeness import GRID
from transforms.image.other_headers import SIZES
from transforms.image.phash import hashes
from transforms.image.strip import cannot_be_stripped
from transforms.image.walk import taken

# Pixels that a picture's colours are taken from, a side: the mean of a cell then lies within 2 of that of all pixels, at a fiftieth of the
# cost of a small picture's decoding (ours).
SAMPLED = 64


# Levels of a sample's pixels from which on a picture is none of a single colour, so that not all of its pixels need be looked at. Ours.
VARIED = 32


def measure_image(data: bytes, limits: Limits) -> dict[str, Any]:
    """The facts of an image alone: `measure_and_encode` without any form."""
    return measure_and_encode(data, limits, ())[0]


def measure_and_encode(
    data: bytes, limits: Limits, forms: Sequence[ImagePart]
) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """Decode the first frame that shows something and measure it: the facts of `schemas.index.IMAGE_FACTS` by name, the format as a word.
    Beside them the picture's file in each of the forms, empty where it has none (`transforms.image.form`).

    All facts but the size and the digest are those of the picture as a white page shows it: upright, its transparency laid on white.

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
        picture_hash, fine = hashes(turned(picture.convert("L"), orientation))
    facts = {
        "format": header.format,
        "width": width,
        "height": height,
        "size": len(data),
        "spread": _spread(picture, sample),
        "sha256": hashlib.sha256(data).digest(),
        "phash": picture_hash,
        "fine": fine,
        "image_frames": float(header.frames),
        "colours": _colours(turned(sample, orientation)),
        "orientation": header.orientation,
        "taken": taken(header.exif),
        "sealed": cannot_be_stripped(data, header.format),
    }
    return facts, tuple(encoded(picture, orientation, form, limits.bytes) for form in forms)


def _spread(picture: Image.Image, sample: Image.Image) -> int:
    """`spread` of a sample of the pixels; where that is small, of all, so that a thin line on white is not taken for nothing."""
    found = spread(sample)
    return found if found >= VARIED else spread(picture)


def _colours(sample: Image.Image) -> bytes:
    """The mean blue and red chroma (JPEG's Cb and Cr) of each cell of a grid, by rows: what the grey of the perceptual hash leaves out."""
    if sample.mode == "L":
        return bytes([128]) * (2 * GRID * GRID)
    grid = sample.convert("YCbCr").resize((GRID, GRID), Image.Resampling.BOX)
    return np.asarray(grid)[:, :, 1:].tobytes()
