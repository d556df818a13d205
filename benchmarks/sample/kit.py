"""What scenes are drawn with: flat shapes, glows and strokes in units, three times as large as shown and then scaled down.

Only plain calls of Pillow and no fonts, so that pictures do not depend on what is installed.
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence

from PIL import Image, ImageDraw

SIZE = (320, 240)
FINER = 3  # pixels drawn for one that is shown, in each direction

Point = tuple[float, float]
Scene = Callable[["Canvas", random.Random], None]

# Figures and a few letters as strokes through a grid of 2 by 4.
STROKES = {
    "0": ["0020240400"], "1": ["011014"], "2": ["0010", "102022", "220424"], "3": ["00202404", "1222"],
    "4": ["000222", "2024"], "5": ["200002", "022224", "2404"], "6": ["2000", "000424", "242202"], "7": ["002014"],
    "8": ["0020240400", "0222"], "9": ["2404", "242000", "000222"], ":": ["1112", "1314"], "N": ["04002420"],
}  # fmt: skip


class Canvas:
    """A picture that is being drawn; places and lengths are in units, by default 320 by 240 of them."""

    def __init__(self, ground: str = "#ffffff", size: tuple[int, int] = SIZE, scale: float = 1) -> None:
        self.size = size
        self.unit = FINER * scale
        self.image = Image.new("RGB", (round(size[0] * self.unit), round(size[1] * self.unit)), ground)
        self.pen = ImageDraw.Draw(self.image)

    def points(self, places: Iterable[Point]) -> list[Point]:
        """Places in pixels."""
        return [(round(x * self.unit), round(y * self.unit)) for x, y in places]

    def poly(self, places: Sequence[Point], colour: str, cover: float = 1) -> None:
        """A filled shape; `cover` below 1 lets the ground through."""
        if cover == 1:
            self.pen.polygon(self.points(places), fill=colour)
            return
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).polygon(self.points(places), fill=round(255 * cover))
        self.image.paste(colour, mask=mask)

    def box(self, x: float, y: float, width: float, height: float, colour: str, cover: float = 1) -> None:
        """A rectangle by its upper left corner."""
        self.poly([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour, cover)

    def oval(
        self, x: float, y: float, across: float, down: float, colour: str, edge: str = "", width: float = 1
    ) -> None:
        """An ellipse by its middle and its two radii; without `colour` only its edge."""
        corners = self.points([(x - across, y - down), (x + across, y + down)])
        self.pen.ellipse(corners, fill=colour or None, outline=edge or None, width=self.thick(width))

    def disc(self, x: float, y: float, radius: float, colour: str, edge: str = "", width: float = 1) -> None:
        """A circle."""
        self.oval(x, y, radius, radius, colour, edge, width)

    def arc(self, x: float, y: float, radii: Point, angles: Point, colour: str, width: float = 1) -> None:
        """A part of an ellipse's edge; angles in degrees, clockwise from three o'clock."""
        across, down = radii
        corners = self.points([(x - across, y - down), (x + across, y + down)])
        self.pen.arc(corners, angles[0], angles[1], fill=colour, width=self.thick(width))

    def half(self, x: float, y: float, across: float, down: float, colour: str) -> None:
        """The upper half of an ellipse, as of a dome or an arch."""
        corners = self.points([(x - across, y - down), (x + across, y + down)])
        self.pen.pieslice(corners, 180, 360, fill=colour)

    def line(self, places: Sequence[Point], colour: str, width: float = 1) -> None:
        """A stroke with round joints."""
        self.pen.line(self.points(places), fill=colour, width=self.thick(width), joint="curve")

    def thick(self, width: float) -> int:
        """A stroke's width in pixels."""
        return max(1, round(width * self.unit))

    def fade(self, top: str, bottom: str, start: float = 0, end: float | None = None) -> None:
        """A ground that goes from one colour to another, from the height `start` down to `end`."""
        first, last = round(start * self.unit), round((self.size[1] if end is None else end) * self.unit)
        above, below = rgb(top), rgb(bottom)
        for row in range(first, last):
            share = (row - first) / (last - first)
            mixed = tuple(round(a + (b - a) * share) for a, b in zip(above, below, strict=True))
            self.pen.line([(0, row), (self.image.size[0], row)], fill=mixed)

    def glow(self, x: float, y: float, radius: float, colour: str, most: float = 0.8) -> None:
        """Light around a place, which fades outwards."""
        mask = Image.new("L", self.image.size)
        pen = ImageDraw.Draw(mask)
        for step in range(40):
            reach = radius * (1 - step / 40)
            corners = self.points([(x - reach, y - reach), (x + reach, y + reach)])
            pen.ellipse(corners, fill=round(255 * most * (step / 40) ** 2))
        self.image.paste(colour, mask=mask)

    def write(self, text: str, x: float, y: float, height: float, colour: str, width: float = 1) -> None:
        """Figures, by strokes; those that have none are blanks."""
        step = height / 4
        for letter in text:
            for stroke in STROKES.get(letter, []):
                pairs = list(zip(stroke[::2], stroke[1::2], strict=False))
                self.line([(x + int(a) * step, y + int(b) * step) for a, b in pairs], colour, width)
            x += height * 0.75

    def scribble(self, x: float, y: float, length: float, colour: str, width: float = 1) -> None:
        """A line of handwriting that nobody can read."""
        steps = round(length / 2)
        self.line([(x + 2 * n, y + 3.6 * math.sin(n * 2.1) * math.sin(n * 0.7)) for n in range(steps)], colour, width)

    def done(self) -> Image.Image:
        """The picture as it is shown."""
        return self.image.reduce(FINER)


def rgb(colour: str) -> tuple[int, int, int]:
    """The levels of `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def ring(x: float, y: float, radius: float, corners: int, turn: float = 0) -> list[Point]:
    """The corners of a regular polygon; `turn` in degrees."""
    angles = [math.radians(turn + 360 * n / corners) for n in range(corners)]
    return [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles]


def wave(start: float, end: float, y: float, height: float, length: float, shift: float = 0) -> list[Point]:
    """Places along a sine, from left to right in 40 steps."""
    step = (end - start) / 40
    return [(start + n * step, y + height * math.sin(shift + n * step * 2 * math.pi / length)) for n in range(41)]
