"""A decoded picture -> the file that is published in its place. For the isolator's child."""

import io

from PIL import Image

from schemas.recipe import ImagePart
from transforms.image.decode import translated, turned
from transforms.image.form import Form, form_of
from transforms.image.resize import resized

_LYING = 5  # from this orientation on width and height change places


def encoded(picture: Image.Image, orientation: int, asked: ImagePart, most: int) -> bytes:
    """The file of a picture in L or RGB, upright and resized; it holds no EXIF, comment or colour profile.

    Empty where it would have a side beyond `form.LONGEST` or more than `most` bytes. Raises RecordError: undecodable_image.
    """
    size = picture.size if orientation < _LYING else picture.size[::-1]
    form = form_of(asked, *size)
    if form is None:
        return b""
    with translated():
        file = file_of(shaped(picture, orientation, form), asked)
    return file if len(file) <= most else b""


def shaped(picture: Image.Image, orientation: int, form: Form) -> Image.Image:
    """The picture upright, in a form."""
    small = resized(picture, form.scaled if orientation < _LYING else form.scaled[::-1])
    upright = turned(small, orientation)
    if form.size == form.scaled:
        return upright
    frame = Image.new(upright.mode, form.size, "white")
    # The odd pixel of a border is below and on the right of the picture, that of a cut too, as img2dataset has it.
    left, top = (place_in(*sides) for sides in zip(form.size, form.scaled, strict=True))
    frame.paste(upright, (left, top))
    return frame


def place_in(frame: int, side: int) -> int:
    """Where a side begins in a frame around its middle.

    >>> place_in(256, 193), place_in(256, 341)
    (31, -42)
    """
    return (frame - side) // 2 if frame >= side else -((side - frame) // 2)


def file_of(picture: Image.Image, asked: ImagePart) -> bytes:
    """A picture as a file of the format and quality that are asked for."""
    bare = picture
    if picture.info:  # Pillow would write a comment and a colour profile that were read with it
        bare = picture.copy()
        bare.info = {}
    out = io.BytesIO()
    if asked.encode_format == "png":
        bare.save(out, "PNG", compress_level=asked.encode_quality)
    else:
        bare.save(out, "JPEG" if asked.encode_format == "jpg" else "WEBP", quality=asked.encode_quality)
    return out.getvalue()
