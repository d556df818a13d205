"""How large a picture is published, by what a recipe asks for: img2dataset's modes, by its own arithmetic. Pure, and without a decoder."""

from typing import NamedTuple

from schemas.recipe import ImagePart

# The longest side of a published picture: WebP files have no longer one (RFC 9649 §2.6). A strip of 16,384 by 1 pixels, its short side made
# 256, would have 4 million.
LONGEST = 16_383

Size = tuple[int, int]


class Form(NamedTuple):
    """A picture is resized to `scaled`; then a frame of `size` is laid around its middle, which cuts it or fills it up with white."""

    scaled: Size
    size: Size


def form_of(asked: ImagePart, width: int, height: int) -> Form | None:
    """The form of a picture of this size, upright, in pixels; None where a side would be beyond LONGEST.

    >>> form_of(ImagePart(resize_mode="border", image_size=256), 1000, 500)
    Form(scaled=(256, 128), size=(256, 256))
    """
    smaller, framed = asked.resize_mode in ("keep_ratio", "center_crop"), asked.resize_mode in ("border", "center_crop")
    side = min(width, height) if smaller else max(width, height)
    if asked.resize_mode == "no" or (asked.resize_only_if_bigger and side <= asked.image_size):
        scaled = size = (width, height)
    else:
        scale = asked.image_size / side
        scaled = max(1, round(width * scale)), max(1, round(height * scale))
        size = (asked.image_size, asked.image_size) if framed else scaled
    return Form(scaled, size) if max(*scaled, *size) <= LONGEST else None
