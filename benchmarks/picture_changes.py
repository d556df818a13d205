"""What copies of pictures go through: as resizers, encoders, editors and sites change them, and what makes another picture of one."""

import io
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

Change = Callable[[Image.Image], bytes]


def file_of(picture: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    """The picture as a file, without loss unless another format is named."""
    out = io.BytesIO()
    picture.save(out, form, **({"compress_level": 1} if form == "PNG" else options))
    return out.getvalue()


def scaled(factor: float, how: Image.Resampling = Image.Resampling.LANCZOS, wider: float = 1) -> Change:
    """Another size."""
    return lambda p: file_of(p.resize((round(p.width * factor * wider), round(p.height * factor)), how))


def coded(form: str, quality: int, factor: float = 1) -> Change:
    """Encoded anew, smaller if so wished."""
    return lambda p: file_of(p.resize((round(p.width * factor), round(p.height * factor))), form, quality=quality)


def thumbnail(picture: Image.Image) -> bytes:
    """150 pixels at most, as JPEG."""
    small = picture.copy()
    small.thumbnail((150, 150))
    return file_of(small, "JPEG", quality=70)


def enhanced(how: Callable[[Image.Image], Any], factor: float) -> Change:
    """Brighter, darker, more colourful and so on."""
    return lambda p: file_of(how(p).enhance(factor))


def cropped(left: float, top: float, right: float, bottom: float) -> Change:
    """Without some share of each side."""
    return lambda p: file_of(
        p.crop(
            (round(p.width * left), round(p.height * top), round(p.width * (1 - right)), round(p.height * (1 - bottom)))
        )
    )


def bordered(share: float, colour: str) -> Change:
    """In a frame."""
    return lambda p: file_of(ImageOps.expand(p, round(max(p.size) * share), colour))


def marked(picture: Image.Image, across: bool) -> bytes:
    """With white words in a corner, or in rows over all of it."""
    over = Image.new("RGBA", picture.size)
    draw, size = ImageDraw.Draw(over), max(8, picture.width // (8 if across else 20))
    places = [(picture.width - 9 * size, picture.height - 2 * size)]
    if across:
        places = [(size, row) for row in range(size, picture.height, 3 * size)]
    for place in places:
        draw.text(place, "example.org © 2020", (255, 255, 255, 128), font_size=size)
    return file_of(Image.alpha_composite(picture.convert("RGBA"), over).convert("RGB"))


def square(picture: Image.Image) -> bytes:
    """The middle alone."""
    return file_of(ImageOps.fit(picture, (min(picture.size),) * 2))


def moved(how: Image.Transpose) -> Change:
    """Mirrored or turned by quarters."""
    return lambda p: file_of(p.transpose(how))


def hued(picture: Image.Image) -> bytes:
    """All hues turned by a third of the circle: the same thing in another colour, which is another picture."""
    hue, *others = picture.convert("HSV").split()
    return file_of(Image.merge("HSV", [hue.point(lambda level: (level + 85) % 256), *others]).convert("RGB"))


# What a copy goes through without becoming another picture to look at: 26.
MILD: Mapping[str, Change] = {
    **{f"scale {f}": scaled(f) for f in (0.25, 0.5, 2)},
    **{f"scale {f} bilinear": scaled(f, Image.Resampling.BILINEAR) for f in (0.25, 0.5, 2)},
    "scale 0.25, JPEG 75": coded("JPEG", 75, 0.25),
    "thumbnail 150, JPEG 70": thumbnail,
    **{f"JPEG {quality}": coded("JPEG", quality) for quality in (95, 75, 50, 30)},
    **{f"WebP {quality}": coded("WEBP", quality) for quality in (80, 40)},
    "grey": lambda p: file_of(p.convert("L")),
    "brightness +20 %": enhanced(ImageEnhance.Brightness, 1.2),
    "brightness -20 %": enhanced(ImageEnhance.Brightness, 0.8),
    "contrast +20 %": enhanced(ImageEnhance.Contrast, 1.2),
    "contrast -20 %": enhanced(ImageEnhance.Contrast, 0.8),
    "saturation +30 %": enhanced(ImageEnhance.Color, 1.3),
    "sharpen": lambda p: file_of(p.filter(ImageFilter.SHARPEN)),
    "blur 2 px": lambda p: file_of(p.filter(ImageFilter.GaussianBlur(2))),
    "stretch 10 %": scaled(1, wider=1.1),
    "crop 1 % a side": cropped(0.01, 0.01, 0.01, 0.01),
    "watermark in a corner": lambda p: marked(p, across=False),
    "watermark across": lambda p: marked(p, across=True),
}
ENCODED = [name for name in MILD if name.startswith(("scale", "thumb", "JPEG", "WebP"))]
HARD: Mapping[str, Change] = {
    "crop 2 % a side": cropped(0.02, 0.02, 0.02, 0.02),
    "crop 2 % on the left": cropped(0.02, 0, 0, 0),
    "crop 5 % a side": cropped(0.05, 0.05, 0.05, 0.05),
    "square": square,
    "border 2 % white": bordered(0.02, "white"),
    "border 5 % black": bordered(0.05, "black"),
    "turned by 2 degrees": lambda p: file_of(p.rotate(2, Image.Resampling.BICUBIC)),
    "hues turned by a third": hued,
}
TURNS: Mapping[str, Change] = {how.name.lower(): moved(how) for how in Image.Transpose}
