"""Image bytes -> picture, under limits. For the isolator's child: Pillow's warnings are set for the whole process.

The kind of file comes from its bytes and only that decoder is tried. Of an animation the first frame that shows something is decoded.
"""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import numpy as np
from PIL import AvifImagePlugin, Image, UnidentifiedImageError

from schemas.outcomes import Fault, RecordError
from transforms.image.header import Header, Limits, check_size
from transforms.image.jpeg_end import without_end
from transforms.image.other_headers import SIZES
from transforms.image.png import shown_chunks

MOST_FRAMES = 64  # that are looked at for one that shows something: two seconds and more of an animation (ours)
Faults = tuple[type[Exception], ...]
_FAULTS: Faults = (UnidentifiedImageError, OSError, ValueError, SyntaxError, NotImplementedError)
_OTHER_FAULTS: Faults = (
    *_FAULTS, EOFError, IndexError, KeyError, TypeError, OverflowError, ZeroDivisionError, RuntimeError, struct.error,
)  # fmt: skip
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
    """A file whose header was read within the limits, at the first frame that shows something: in the file's own mode and not turned.

    A JPEG file may lack its end, as browsers have it; all others that end early are refused. Raises RecordError: bomb, undecodable_image.
    """
    with translated(other=header.format in SIZES):
        image = _opened(data, header, limits)
        if header.frames > 1:
            _seek_shown(image, header, limits)
    return image


def _opened(data: bytes, header: Header, limits: Limits) -> Image.Image:
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # threads would take memory and time by the machine's number of cores
    held = shown_chunks(data) if header.format == "png" else data
    image: Image.Image = Image.open(io.BytesIO(held), formats=[header.format.upper()])
    check_size(*image.size, limits)  # Pillow may read a damaged header in another way than we do
    try:
        image.load()
    except OSError:
        whole = without_end(data) if header.format == "jpeg" else None
        if whole is None:
            raise
        return whole
    return image


def _seek_shown(image: Image.Image, header: Header, limits: Limits) -> None:
    """Go to the first frame that is not of one colour: animations fade in from white. To the first of all where none is found.

    A file may have fewer frames than it declares; those that cannot be reached are none.
    """
    most = min(header.frames, MOST_FRAMES, limits.scan_pixels // (image.width * image.height))
    for frame in range(most):
        try:
            image.seek(frame)
        except (
            EOFError,
            OSError,
        ):  # by the format; a PNG file may announce more frames than there can be, and then is no animation
            break
        image.load()
        if spread(shown(image)):
            return
    image.seek(0)
    image.load()


def spread(picture: Image.Image) -> int:
    """Largest difference of values within a channel of a picture in L or RGB: 0 to 255, 0 for a single-coloured one."""
    extremes = picture.getextrema()
    bands = (extremes,) if picture.mode == "L" else extremes
    return max(high - low for low, high in cast("tuple[tuple[int, int], ...]", bands))


def orientation_of(image: Image.Image, header: Header) -> int:
    """EXIF's orientation of a decoded file, 1 to 8; of a TIFF file Pillow has turned the pixels already."""
    if header.format not in SIZES:
        return header.orientation
    with translated(other=True):
        stated = image.getexif().get(0x0112, 1)
    return stated if stated in _TURNS else 1


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


def turned(picture: Image.Image, orientation: int) -> Image.Image:
    """The picture upright, by its EXIF orientation (1 to 8), as `PIL.ImageOps.exif_transpose` turns it."""
    return picture.transpose(_TURNS[orientation]) if orientation in _TURNS else picture


@contextmanager
def translated(other: bool = False) -> Iterator[None]:
    """Turn what Pillow raises about a bad file into RecordError, by name (docs/sources.md, "Hostile images"); silence warnings.

    `other` says that the file is of a kind whose reader in Pillow leaves what is missing to Python's own errors.
    """
    faults = _OTHER_FAULTS if other else _FAULTS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            yield
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise RecordError(Fault.BOMB, str(error)) from error
        except faults as error:
            raise RecordError(Fault.UNDECODABLE_IMAGE, f"{type(error).__name__}: {error}") from error
