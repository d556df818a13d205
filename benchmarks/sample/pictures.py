"""The pictures of the sample, drawn by code: no photograph, font or clock; the same bytes where Pillow is the same."""

import io
import random
import struct
import zlib
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = (256, 208)
FORMATS = ("JPEG", "JPEG", "PNG", "JPEG", "WEBP", "GIF")  # taken in turn


def encode(picture: Image.Image, kind: str) -> bytes:
    """The picture in one of the four formats that a run decodes."""
    out = io.BytesIO()
    if kind == "PNG":
        picture = picture.quantize(32, dither=Image.Dither.NONE)
    elif kind == "GIF":
        picture = picture.quantize(20, dither=Image.Dither.NONE)
    picture.save(out, kind, **{"JPEG": {"quality": 58}, "WEBP": {"quality": 84}}.get(kind, {}))
    return out.getvalue()


def drawing(seed: str, size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture like no other: soft colour fields, a few shapes, a little grain, all from `seed`."""
    draw = random.Random(seed)
    field = Image.frombytes("RGB", (5, 4), draw.randbytes(60)).resize(size, Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(field)
    for _ in range(draw.randint(4, 9)):
        _shape(pen, draw, size)
    grain = Image.frombytes("L", size, draw.randbytes(size[0] * size[1])).filter(ImageFilter.BoxBlur(1))
    return ImageChops.add(field, Image.merge("RGB", [grain.point(lambda value: (value - 100) // 5)] * 3))


def _shape(pen: ImageDraw.ImageDraw, draw: random.Random, size: tuple[int, int]) -> None:
    x, y = draw.randrange(size[0]), draw.randrange(size[1])
    reach = draw.randint(15, size[1] // 3)
    colour = (draw.randrange(256), draw.randrange(256), draw.randrange(256))
    box = (x - reach, y - reach, x + reach, y + reach)
    kind: Callable[[], None] = draw.choice(
        [
            lambda: pen.ellipse(box, fill=colour),
            lambda: pen.rectangle(box, fill=colour),
            lambda: pen.regular_polygon((x, y, reach), draw.randint(3, 7), fill=colour),
            lambda: pen.line((0, y, size[0], x % size[1]), fill=colour, width=reach // 4),
        ]
    )
    kind()


def single_coloured() -> bytes:
    """A PNG of one colour, stored without compression so that its size alone gives nothing away."""
    out = io.BytesIO()
    Image.new("RGB", SIZE, (90, 120, 150)).save(out, "PNG", compress_level=0)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG whose header claims 60,000 × 60,000 pixels; there are none."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\0" * 1000)
    chunks = [
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in (header, body, b"IEND")
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
