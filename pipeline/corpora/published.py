"""What of an image a corpus publishes: its archived bytes without their metadata, or the form in which it was encoded anew. Pure."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.corpora.unit_rows import PLACE, strings
from schemas.index import FORMATS, PLACE_FORM
from schemas.recipe import ENCODE_FORMATS, ImagePart, Recipe
from transforms.image.form import form_of
from transforms.image.strip import stripped
from transforms.verdicts import Verdicts

# What a selection says of an image. `width`, `height` and `format` are those of what is published, all else is of the archived file.
SHOWN_FACTS = [
    pa.field("format", pa.string()),
    pa.field("width", pa.int32()),
    pa.field("height", pa.int32()),
    pa.field("original_format", pa.string()),
    pa.field("original_width", pa.int32()),
    pa.field("original_height", pa.int32()),
    pa.field("size", pa.int64()),
    pa.field("sha256", pa.binary(32)),
    pa.field("phash", pa.uint64()),
    pa.field("orientation", pa.uint8()),
    pa.field("taken", pa.string()),
]


def form_number(asked: ImagePart, recipe: Recipe) -> int:
    """Which of the forms that staging holds is asked for."""
    return recipe.measuring.forms.index(asked.measured())


def drop_unpublishable(verdicts: Verdicts, media: np.ndarray, asked: ImagePart, recipe: Recipe) -> None:
    """Images that have no form of an acceptable size, or whose metadata cannot be taken out of the file."""
    if asked.encodes:
        verdicts.drop(media["form_length"][:, form_number(asked, recipe)] == 0, "image_form")
    elif asked.strip_metadata:
        verdicts.drop(media["sealed"] > 0, "image_metadata")


def shown_facts(media: np.ndarray, asked: ImagePart, recipe: Recipe) -> dict[str, pa.Array]:
    """The columns of SHOWN_FACTS and PLACE of media, for a selection."""
    columns = {field.name: pa.array(media[field.name], field.type) for field in PLACE}
    formats = strings(FORMATS[code] for code in media["format"].tolist())
    width, height = media["width"], media["height"]
    columns |= {"format": formats, "width": pa.array(width), "height": pa.array(height)}
    columns |= {"original_format": formats, "original_width": pa.array(width), "original_height": pa.array(height)}
    if asked.encodes:
        columns |= form_columns(media, asked, form_number(asked, recipe))
    columns |= {name: pa.array(media[name]) for name in ("size", "phash", "orientation")}
    columns["sha256"] = pa.array([value.tobytes() for value in media["sha256"]], pa.binary(32))
    columns["taken"] = strings(map(taken_at, media["taken"].tolist()))
    return columns


def form_columns(media: np.ndarray, asked: ImagePart, number: int) -> dict[str, pa.Array]:
    """What differs where images are published in a form: where it lies, its size and its format."""
    sizes = [form_size(asked, *sides) for sides in zip(media["width"].tolist(), media["height"].tolist(), strict=True)]
    return {
        "place": pa.array(np.full(len(media), PLACE_FORM), pa.int8()),
        "at": pa.array(media["form_at"][:, number]),
        "length": pa.array(media["form_length"][:, number]),
        "format": strings([ENCODE_FORMATS[asked.encode_format]] * len(media)),
        "width": pa.array([width for width, _ in sizes], pa.int32()),
        "height": pa.array([height for _, height in sizes], pa.int32()),
    }


@lru_cache(maxsize=50_000)
def form_size(asked: ImagePart, width: int, height: int) -> tuple[int, int]:
    """The size in which an image of this size is published; zeros where it has no form."""
    form = form_of(asked, width, height)
    return form.size if form else (0, 0)


def weights(media: np.ndarray, asked: ImagePart, recipe: Recipe) -> np.ndarray:
    """The bytes of what is published of images, about."""
    return np.asarray(media["form_length"][:, form_number(asked, recipe)] if asked.encodes else media["size"])


def published(body: bytes, image: Mapping[str, Any], asked: ImagePart) -> bytes:
    """The bytes that a corpus publishes of an image of its selection."""
    if asked.encodes or not asked.strip_metadata:
        return body
    return stripped(body, image["format"], image["orientation"])


def taken_at(number: int) -> str:
    """A time of the form YYYYMMDDhhmmss as ISO 8601, empty for 0.

    >>> taken_at(20240517093000), taken_at(0)
    ('2024-05-17T09:30:00', '')
    """
    text = f"{number:014d}"
    day, time = "-".join((text[:4], text[4:6], text[6:8])), ":".join((text[8:10], text[10:12], text[12:]))
    return f"{day}T{time}" if number else ""
