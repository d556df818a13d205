"""The pictures of the sample as files: every scene by its name, encoded, and some that are broken on purpose.

All are drawn by code, none is a photograph; the same bytes where Pillow is the same.
"""

import io
import random
import struct
import zlib

from PIL import Image, ImageChops

from benchmarks.sample import coast, craft, garden, land, prints, town
from benchmarks.sample.kit import SIZE, Canvas

SCENES = coast.SCENES | town.SCENES | garden.SCENES | craft.SCENES | land.SCENES | prints.SCENES
FORMATS = ("JPEG", "JPEG", "PNG", "JPEG", "WEBP", "GIF")  # taken in turn
COLOURS = {"PNG": 64, "GIF": 48}
GRAIN = 7  # levels of noise, as of paper


def drawing(name: str, scale: float = 1) -> Image.Image:
    """The scene of that name, 320 by 240 pixels at the scale of 1."""
    canvas = Canvas(size=prints.SIZES.get(name, SIZE), scale=scale)
    SCENES[name](canvas, random.Random(name))
    picture = canvas.done()
    return picture.convert("L") if name in prints.GREY else picture


def encode(picture: Image.Image, kind: str, quality: int = 74) -> bytes:
    """The picture in one of the four formats that a run decodes; with grain where a format has no palette."""
    out = io.BytesIO()
    if kind in COLOURS:
        picture.quantize(COLOURS[kind], dither=Image.Dither.NONE).save(out, kind)
    else:
        grainy(picture).save(out, kind, quality=quality)
    return out.getvalue()


def grainy(picture: Image.Image) -> Image.Image:
    """The picture with a little noise, always the same."""
    width, height = picture.size
    noise = Image.frombytes("L", picture.size, random.Random(0).randbytes(width * height))
    grain = noise.point([level * GRAIN // 255 for level in range(256)])
    return ImageChops.subtract(picture, Image.merge(picture.mode, [grain] * len(picture.mode)))


def cropped(picture: Image.Image, margin: int) -> Image.Image:
    """The picture without so many pixels at its left and at its foot."""
    return picture.crop((margin, 0, picture.width, picture.height - margin))


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
