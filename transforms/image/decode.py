"""Image bytes -> picture, under limits. For the isolator's child: Pillow's warnings are set for the whole process.

The kind of file comes from its bytes and only that decoder is tried. Of an animation the first frame is decoded.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image, UnidentifiedImageError

from schemas.outcomes import Fault, RecordError
from transforms.image.header import Header, Limits, check_size

# What makes a picture upright, by its orientation (EXIF 2.32 §4.6.4).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode(data: bytes, header: Header, limits: Limits) -> Image.Image:
    """The first frame of a file whose header was read within the limits: whole, in the file's own mode and not turned.

    Raises RecordError: bomb, undecodable_image (also where the file ends early).
    """
    with translated():
        image = Image.open(io.BytesIO(data), formats=[header.format.upper()])
        check_size(*image.size, limits)  # Pillow may read a damaged header in another way than we do
        image.load()
    return image


def shown(image: Image.Image) -> Image.Image:
    """The picture as a browser shows it on a white page, in RGB or, where it is grey, in L; not turned.

    16-bit grey keeps its upper eight bits. Raises RecordError: undecodable_image.
    """
    with translated():
        if image.mode.startswith("I;16"):
            return _deep_grey(image)
        if "A" in image.getbands() or "transparency" in image.info:
            picture = image.convert("RGBA")
            white = Image.new("RGB", image.size, "white")
            white.paste(picture, mask=picture)
            return white
        return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _deep_grey(image: Image.Image) -> Image.Image:
    """16-bit grey as eight bits; the one value that a PNG may declare transparent is white."""
    deep = np.asarray(image)
    grey = (deep >> 8).astype(np.uint8)
    grey[deep == image.info.get("transparency", -1)] = 255
    return Image.fromarray(grey)


def to_rgb(image: Image.Image) -> Image.Image:
    """`shown`, always in RGB. Raises RecordError: undecodable_image."""
    picture = shown(image)
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def turned(picture: Image.Image, orientation: int) -> Image.Image:
    """The picture upright, by its EXIF orientation (1 to 8), as `PIL.ImageOps.exif_transpose` turns it."""
    return picture.transpose(_TURNS[orientation]) if orientation in _TURNS else picture


@contextmanager
def translated() -> Iterator[None]:
    """Turn what Pillow raises about a bad file into RecordError, by name (docs/sources.md, "Hostile images"); silence warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            yield
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise RecordError(Fault.BOMB, str(error)) from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, NotImplementedError) as error:
            raise RecordError(Fault.UNDECODABLE_IMAGE, f"{type(error).__name__}: {error}") from error
