"""Image bytes -> picture, under limits. For the isolator's child: Pillow's warnings are set for the whole process.

The kind of file comes from its bytes and only that decoder is tried. Of an animation the first frame is decoded.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, UnidentifiedImageError

from schemas.outcomes import Fault, RecordError
from transforms.image.header import Header, Limits, check_size


def decode(data: bytes, header: Header, limits: Limits) -> Image.Image:
    """The first frame of a file whose header was read within the limits: whole, in the file's own mode and not turned.

    Raises RecordError: bomb, undecodable_image (also where the file ends early).
    """
    with translated():
        image = Image.open(io.BytesIO(data), formats=[header.format.upper()])
        check_size(*image.size, limits)  # Pillow may read a damaged header in another way than we do
        image.load()
    return image


def to_rgb(image: Image.Image) -> Image.Image:
    """The picture as a browser shows it on a white page, in RGB. 16-bit grey keeps its upper eight bits.

    Raises RecordError: undecodable_image.
    """
    with translated():
        if image.mode.startswith("I;16"):
            image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
        if "A" in image.getbands() or "transparency" in image.info:
            picture = image.convert("RGBA")
            white = Image.new("RGB", image.size, "white")
            white.paste(picture, mask=picture)
            return white
        return image if image.mode == "RGB" else image.convert("RGB")


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
