"""What stands in more than one scene: boats, houses, trees, people, a lighthouse, stars. Places are of the lower middle."""

import random

from benchmarks.sample.kit import Canvas, Point, wave

WHITE, INK = "#f4f1e8", "#23262e"


def boat(c: Canvas, x: float, y: float, size: float, hull: str, sail: str = "") -> None:
    """A boat of the length `size`, with a sail or with a cabin."""
    half = size / 2
    c.line([(x, y - size * 0.2), (x, y - size * 1.0)], "#5a4632", size / 32)
    if sail:
        c.poly(
            [(x + size * 0.05, y - size * 0.98), (x + size * 0.05, y - size * 0.24), (x + half * 0.9, y - size * 0.24)],
            sail,
        )
        c.poly(
            [
                (x - size * 0.05, y - size * 0.85),
                (x - size * 0.05, y - size * 0.24),
                (x - half * 0.75, y - size * 0.24),
            ],
            sail,
        )
    else:
        c.box(x - size * 0.3, y - size * 0.38, size * 0.3, size * 0.22, WHITE)
        c.box(x - size * 0.25, y - size * 0.34, size * 0.1, size * 0.09, "#5b7f98")
        c.line([(x, y - size), (x + half, y - size * 0.2)], "#5a4632", size / 50)
    c.poly(
        [(x - half, y - size * 0.2), (x + half * 1.12, y - size * 0.22), (x + half * 0.7, y), (x - half * 0.78, y)],
        hull,
    )
    c.line([(x - half, y - size * 0.19), (x + half * 1.1, y - size * 0.21)], WHITE, size / 30)


def house(
    c: Canvas, x: float, y: float, width: float, height: float, wall: str, roof: str, light: str = "#6f8796"
) -> None:
    """A house with a pitched roof and two rows of windows."""
    left, top = x - width / 2, y - height
    c.box(left, top, width, height, wall)
    c.poly([(left - width * 0.06, top), (left + width * 1.06, top), (x, top - width * 0.45)], roof)
    across = max(2, round(width / 16))
    pane = width * 0.44 / across
    for row in range(2):
        for n in range(across):
            at = left + width * (n + 0.5) / across
            c.box(at - pane / 2, top + height * (0.14 + 0.4 * row), pane, height * 0.22, light)
    c.box(x - width * 0.09, y - height * 0.24, width * 0.18, height * 0.24, "#54402f")


def tree(c: Canvas, x: float, y: float, size: float, leaf: str = "#5f7f43") -> None:
    """A round tree of the height `size`."""
    c.box(x - size * 0.05, y - size * 0.45, size * 0.1, size * 0.45, "#5d4631")
    for dx, dy, reach in ((-0.18, 0.55, 0.2), (0.18, 0.55, 0.2), (0, 0.72, 0.26)):
        c.disc(x + dx * size, y - dy * size, reach * size, leaf)


def person(c: Canvas, x: float, y: float, size: float, coat: str, hair: str = "#4a3426") -> None:
    """Somebody who stands, seen from afar."""
    c.box(x - size * 0.11, y - size * 0.36, size * 0.09, size * 0.36, "#383b46")
    c.box(x + size * 0.02, y - size * 0.36, size * 0.09, size * 0.36, "#383b46")
    c.poly(
        [
            (x - size * 0.12, y - size * 0.78),
            (x + size * 0.12, y - size * 0.78),
            (x + size * 0.18, y - size * 0.32),
            (x - size * 0.18, y - size * 0.32),
        ],
        coat,
    )
    c.disc(x, y - size * 0.88, size * 0.105, "#dcae8c")
    c.half(x, y - size * 0.89, size * 0.115, size * 0.12, hair)


def lighthouse(c: Canvas, x: float, y: float, size: float, lit: bool = False) -> None:
    """A white tower with red bands."""

    def reach(share: float) -> float:
        return size * (0.13 - 0.05 * share)

    for n, colour in enumerate([WHITE, "#c2452f", WHITE, "#c2452f", WHITE]):
        low, high = n / 5 * 0.78, (n + 1) / 5 * 0.78
        c.poly(
            [
                (x - reach(low), y - size * low),
                (x + reach(low), y - size * low),
                (x + reach(high), y - size * high),
                (x - reach(high), y - size * high),
            ],
            colour,
        )
    c.box(x - size * 0.11, y - size * 0.81, size * 0.22, size * 0.035, INK)
    c.box(x - size * 0.065, y - size * 0.92, size * 0.13, size * 0.12, "#ffe9a0" if lit else "#a9c3cc")
    c.line([(x, y - size * 0.81), (x, y - size * 0.92)], INK, size / 60)
    c.half(x, y - size * 0.915, size * 0.085, size * 0.085, "#8e2f22")


def stars(c: Canvas, chance: random.Random, count: int, low: float) -> None:
    """A clear night above the height `low`."""
    for _ in range(count):
        c.disc(chance.uniform(0, c.size[0]), chance.uniform(0, low), chance.uniform(0.4, 1.1), "#e8ecf4")


def ripples(c: Canvas, chance: random.Random, top: float, bottom: float, colour: str, count: int = 60) -> None:
    """Short level strokes on water, longer towards the viewer."""
    for _ in range(count):
        y = chance.uniform(top, bottom)
        length = 3 + 14 * (y - top) / (bottom - top)
        x = chance.uniform(-5, c.size[0])
        c.line([(x, y), (x + length, y)], colour, 0.8)


def ridge(c: Canvas, y: float, height: float, length: float, shift: float, colour: str, low: float = 240) -> None:
    """Hills up to the height `y`, filled down to `low`."""
    edge: list[Point] = wave(0, c.size[0], y, height, length, shift)
    c.poly([*edge, (c.size[0], low), (0, low)], colour)


def tuft(c: Canvas, chance: random.Random, place: Point, size: float, leaf: str, flower: str) -> None:
    """A low cushion of leaves with flowers on it."""
    x, y = place
    for _ in range(26):
        c.disc(x + chance.uniform(-1, 1) * size, y - chance.uniform(0, 0.55) * size, size * 0.17, leaf)
    for _ in range(26):
        c.disc(x + chance.uniform(-1, 1) * size, y - chance.uniform(0.05, 0.75) * size, size * 0.07, flower)
