"""Scenes of work with the hands: bread, a loom, a concertina, knots, a map."""

import math
import random

from benchmarks.sample.kit import Canvas, Point, ring, wave
from benchmarks.sample.things import INK, WHITE


def loaf(c: Canvas, chance: random.Random) -> None:
    """A scored loaf on a board, a slice before it and a knife."""
    c.fade("#e9dcc4", "#d5bf98", 0, 120)
    c.box(0, 118, 320, 122, "#8c6a4a")
    for n in range(7):
        c.line([(0, 128 + 18 * n), (320, 126 + 18 * n)], "#765638", 1.2)
    c.poly([(30, 196), (58, 128), (286, 128), (302, 196)], "#c79a62")
    c.box(30, 196, 272, 9, "#a67a45")
    c.oval(176, 132, 104, 56, "#8a4f26")
    c.oval(176, 126, 100, 52, "#b5702f")
    c.oval(170, 112, 82, 32, "#c98640")
    for n in range(5):
        x = 108 + 32 * n
        c.line([(x, 138), (x + 13, 112), (x + 30, 88 + abs(n - 2) * 6)], "#f0d4a0", 7)
        c.line([(x, 138), (x + 13, 112), (x + 30, 88 + abs(n - 2) * 6)], "#f9e7c6", 3)
    for _ in range(160):
        angle, reach = chance.uniform(0, 6.28), chance.uniform(0, 1) ** 0.5
        c.disc(176 + 92 * reach * math.cos(angle), 124 + 44 * reach * math.sin(angle), 1, "#fbf1dc")
    c.oval(88, 178, 44, 27, "#9a5a2a")
    c.oval(86, 177, 39, 23, "#f2e0ba")
    for _ in range(46):
        angle, reach = chance.uniform(0, 6.28), chance.uniform(0, 0.9)
        c.oval(
            86 + 36 * reach * math.cos(angle),
            177 + 20 * reach * math.sin(angle),
            chance.uniform(1, 3.4),
            chance.uniform(1, 2.4),
            "#d9bf8c",
        )
    c.poly([(170, 214), (286, 200), (292, 210), (180, 226)], "#cfd6da")
    c.line([(150, 222), (178, 218)], "#4a3220", 10)


def cellar(c: Canvas, chance: random.Random) -> None:
    """A vaulted cellar with bowls of risen dough under cloths, a lamp and stairs."""
    c.box(0, 0, 320, 240, "#4a4038")
    c.half(160, 150, 150, 140, "#8a7a64")
    c.box(10, 148, 300, 60, "#8a7a64")
    for reach in (150, 118, 86):
        c.arc(160, 150, (reach, reach * 0.93), (180, 360), "#6b5d4a", 4)
    for n, (x, y) in enumerate(ring(160, 150, 134, 24)):
        if y < 150 and n:
            c.line([(x, y), (160 + (x - 160) * 0.8, 150 + (y - 150) * 0.8)], "#6b5d4a", 1.6)
    c.box(0, 204, 320, 36, "#5d5145")
    for n in range(6):
        c.box(246 + 10 * n, 186 - 17 * n, 74, 17, ("#a39480", "#8f816e")[n % 2])
    c.glow(150, 66, 110, "#ffe3a0", 0.75)
    c.line([(150, 10), (150, 50)], INK, 2)
    c.poly([(134, 64), (166, 64), (157, 48), (143, 48)], "#3f4a52")
    c.disc(150, 68, 8, "#fff4cc")
    for y in (138, 196):
        c.box(22, y, 212, 7, "#6b4527")
        for x in (26, 128, 224):
            c.box(x, y, 6, 40, "#6b4527")
        for n in range(4):
            x = 50 + 52 * n
            c.oval(x, y - 22, 20, 14, "#f5e8cc")
            c.oval(x - 5, y - 27, 8, 4, "#fff8e6")
            c.poly(
                [(x - 23, y - 22), (x + 23, y - 22), (x + 14, y), (x - 14, y)],
                ("#b5653c", "#5d7f8f", "#c9a35c", "#8f5a6a")[n],
            )
            if n % 2:
                c.poly(
                    [
                        (x - 24, y - 30),
                        (x + 24, y - 30),
                        (x + 26, y - 12),
                        (x + 14, y - 18),
                        (x, y - 11),
                        (x - 14, y - 18),
                        (x - 26, y - 12),
                    ],
                    WHITE,
                )
                c.line([(x - 24, y - 23), (x + 24, y - 23)], "#7f9ab5", 1.6)


def cave_map(c: Canvas, chance: random.Random) -> None:
    """Passages and chambers drawn in three colours on paper, an arrow to the north and a scale."""
    c.box(0, 0, 320, 240, "#f3ecd8")
    for n in range(17):
        c.line([(n * 20, 0), (n * 20, 240)], "#e2d8bd", 0.7)
        c.line([(0, n * 20), (320, n * 20)], "#e2d8bd", 0.7)
    ways: list[tuple[str, list[Point]]] = [
        ("#b0372c", [(24, 60), (60, 72), (88, 58), (120, 78), (150, 120), (190, 128), (232, 104), (270, 118)]),
        ("#2f6fa5", [(150, 120), (140, 156), (104, 176), (66, 166), (44, 190)]),
        ("#3f8a4a", [(190, 128), (204, 164), (240, 186), (286, 176)]),
    ]
    for colour, way in ways:
        left = [(x + chance.uniform(-3, 3), y - chance.uniform(6, 12)) for x, y in way]
        right = [(x + chance.uniform(-3, 3), y + chance.uniform(6, 12)) for x, y in way]
        c.line(left, colour, 2.2)
        c.line(right, colour, 2.2)
        for n, (x, y) in enumerate(way):
            c.line([(x - 3, y), (x + 3, y)], colour, 1.4)
            c.line([(x, y - 3), (x, y + 3)], colour, 1.4)
            if n % 2 == 0:
                c.scribble(x - 8, y - 18, 26, "#5c5648", 0.8)
    for x, y, across, down, colour in (
        (92, 58, 26, 20, "#b0372c"),
        (166, 124, 28, 24, "#b0372c"),
        (68, 168, 24, 18, "#2f6fa5"),
        (238, 182, 28, 20, "#3f8a4a"),
    ):
        edge = [
            (
                x + across * (1 + chance.uniform(-0.2, 0.2)) * math.cos(a / 3),
                y + down * (1 + chance.uniform(-0.2, 0.2)) * math.sin(a / 3),
            )
            for a in range(19)
        ]
        c.poly(edge, "#f9f4e6")
        c.line([*edge, edge[0]], colour, 2.4)
        for _ in range(9):
            at = (x + chance.uniform(-0.6, 0.6) * across, y + chance.uniform(-0.6, 0.6) * down)
            c.poly([(at[0] - 2.4, at[1] + 2), (at[0] + 2.4, at[1] + 2), (at[0], at[1] - 3)], colour)
    c.line([(24, 38), (24, 82)], INK, 2.4)
    c.poly([(12, 70), (20, 44), (26, 78)], "#8a7a5a")
    c.line([(284, 66), (284, 22)], INK, 2)
    c.poly([(276, 34), (292, 34), (284, 14)], INK)
    c.write("N", 279, 70, 12, INK, 1.8)
    for n in range(4):
        c.box(196 + 24 * n, 220, 24, 6, INK if n % 2 else WHITE)
    c.line([(196, 220), (292, 220), (292, 226), (196, 226), (196, 220)], INK, 1)
    c.write("0", 194, 208, 8, INK, 1)
    c.write("100", 284, 208, 8, INK, 1)


def loom(c: Canvas, chance: random.Random) -> None:
    """A wooden loom with stretched threads, a strip of woven cloth with a pattern, and a shuttle."""
    x: float
    c.fade("#e4dcc8", "#cfc3a6", 0, 190)
    c.box(0, 190, 320, 50, "#8f7350")
    for x in (36, 272):
        c.box(x, 18, 13, 206, "#7a5230")
        c.box(x - 16, 218, 46, 10, "#5f3d22")
    c.box(28, 24, 266, 12, "#8d6138")
    c.box(28, 184, 266, 12, "#8d6138")
    for n in range(53):
        x = 66 + n * 3.6
        c.line([(x, 36), (x, 186)], "#9fb07a", 1.1)
    for row in range(15):
        y = 184 - row * 4.6
        for n in range(26):
            shade = "#cbd6a4" if (n + row) % 2 else "#aebf84"
            c.box(66 + n * 7.3, y - 4.6, 7.3, 4.6, shade if row not in (4, 5, 10) else "#5f8a5a")
    for n in range(6):
        x = 82 + n * 31
        c.poly([(x, 158), (x + 8, 149), (x + 16, 158), (x + 8, 167)], "#4f7a56")
    c.box(52, 72, 218, 8, "#6d4626")
    c.box(52, 100, 218, 14, "#a87b48")
    for n in range(40):
        c.line([(62 + n * 5, 100), (62 + n * 5, 114)], "#6d4626", 0.8)
    c.poly([(96, 124), (116, 118), (180, 118), (200, 124), (180, 130), (116, 130)], "#b5643c")
    c.oval(148, 124, 22, 4, "#dbe4ba")
    c.line([(200, 124), (256, 118)], "#cbd6a4", 1.6)
    c.poly([(64, 196), (258, 196), (266, 214), (56, 214)], "#cbd6a4")
    for n in range(34):
        c.line([(58 + n * 6.2, 214), (57 + n * 6.3, 224)], "#aebf84", 1.4)


def concertina(c: Canvas, chance: random.Random) -> None:
    """A concertina with its bellows drawn out between two six-sided ends with buttons, and tools around."""
    c.box(0, 0, 320, 240, "#c7a271")
    for n in range(10):
        c.line([(0, 10 + 26 * n), (320, 14 + 26 * n)], "#b08a58", 1.2)
    for n in range(11):
        x = 92 + n * 12.4
        c.poly(
            [(x, 66), (x + 6.2, 52), (x + 12.4, 66), (x + 12.4, 168), (x + 6.2, 182), (x, 168)],
            "#7d2f33" if n % 2 else "#a13d40",
        )
        c.line([(x + 6.2, 52), (x + 6.2, 182)], "#d9b877", 1)
    for x in (76, 244):
        c.poly(ring(x, 117, 72, 6, 30), "#3a241b")
        c.poly(ring(x, 117, 64, 6, 30), "#6b4029")
        c.poly(ring(x, 117, 50, 6, 30), "#83532f")
        for row in range(3):
            for n in range(4):
                c.disc(x - 24 + 16 * n, 98 + 18 * row, 5, "#f3efe2", INK, 1)
        for px, py in ring(x, 117, 57, 6, 30):
            c.disc(px, py, 3, "#d9b877")
    for x, lean in ((10, 1), (310, -1)):
        c.line([(x, 74), (x + lean * 4, 160)], "#3a241b", 6)
    c.line([(40, 222), (132, 212)], "#c0c6ca", 4)
    c.line([(12, 225), (46, 221)], "#c8483c", 9)
    c.oval(206, 218, 22, 11, "#e9dfc4", "#8d7a55", 1.4)
    for n in range(5):
        c.disc(192 + 7 * n, 218, 3, "#c9a24a")
    c.poly([(256, 206), (304, 202), (306, 228), (258, 232)], WHITE)
    for n in range(4):
        c.line([(262, 211 + 5 * n), (300, 208 + 5 * n)], "#6b7a96", 0.8)


def knot(c: Canvas, place: Point, kind: int, colour: str) -> None:
    """One of eight small knots."""
    x, y = place
    if kind % 4 == 0:
        c.line([(x - 13, y + 7), (x - 4, y - 7), (x + 5, y + 5), (x + 13, y - 6)], colour, 3)
        c.disc(x, y, 5, "", colour, 3)
    elif kind % 4 == 1:
        c.oval(x - 4, y, 7, 5, "", colour, 2.8)
        c.oval(x + 4, y, 7, 5, "", colour, 2.8)
        c.line([(x - 14, y + 2), (x + 14, y - 2)], colour, 2.6)
    elif kind % 4 == 2:
        c.line([(x, y - 9), (x, y + 9)], "#8d6a3f", 5)
        for n in range(3):
            c.line([(x - 7, y - 4 + 4 * n), (x + 7, y - 6 + 4 * n)], colour, 2.6)
        c.line([(x + 6, y + 2), (x + 13, y + 8)], colour, 2.6)
    else:
        c.disc(x, y - 3, 6, "", colour, 2.8)
        c.line([(x - 9, y + 9), (x, y + 2), (x + 9, y + 9)], colour, 2.8)
    if kind > 3:
        c.disc(x, y, 2.6, "#c8483c")


def knot_board(c: Canvas, chance: random.Random) -> None:
    """A framed board with eight times five knots, a label below each."""
    c.box(0, 0, 320, 240, "#4a3322")
    c.box(8, 8, 304, 224, "#c79a3f")
    c.box(13, 13, 294, 214, "#2c4a5c")
    for n in range(40):
        x, y = 33 + n % 8 * 36.4, 30 + n // 8 * 42
        knot(c, (x, y), (n * 5 + n // 8) % 8, "#f1e4c0")
        c.box(x - 11, y + 14, 22, 6, "#f7f0da")
        c.line([(x - 8, y + 17), (x + 7, y + 17)], "#6b6250", 0.8)
    for x, y in ((11, 11), (309, 11), (11, 229), (309, 229)):
        c.disc(x, y, 3, "#6d5220")


def rope(c: Canvas, chance: random.Random) -> None:
    """Three loose strands of hemp that come together into a thick rope."""
    c.fade("#5f7f8f", "#3f5a68")
    shades = ("#d9b877", "#c29a58", "#e6cc94")
    ends: tuple[Point, ...] = ((0, 24), (0, 120), (0, 216))
    for (x, y), shade in zip(ends, shades, strict=True):
        way = [(x + 13 * n, y + (120 - y) * (1 - math.cos(math.pi * n / 10)) / 2) for n in range(11)]
        c.line(way, "#7d5f33", 34)
        c.line(way, shade, 30)
        for fibre in range(-4, 5):
            c.line([(px, py + fibre * 3.2) for px, py in way], "#a5803f", 0.9)
    for n in range(12, -1, -1):
        x = 122 + 17 * n
        turn = [(x, 84), (x + 22, 82), (x + 40, 120), (x + 36, 158), (x + 14, 158), (x - 2, 122)]
        c.poly(turn, "#7d5f33")
        c.poly([(px + 2, 120 + (py - 120) * 0.92) for px, py in turn], shades[n % 3])
        for fibre in range(4):
            c.line([(x + 4 + 5 * fibre, 88), (x + 10 + 6 * fibre, 120), (x + 8 + 6 * fibre, 152)], "#a5803f", 0.9)
    for _ in range(36):
        x = chance.uniform(130, 318)
        side = chance.choice((-1, 1))
        c.line([(x, 120 + side * 36), (x + chance.uniform(4, 12), 120 + side * chance.uniform(39, 46))], "#e6cc94", 0.8)
    c.line(wave(0, 320, 232, 2, 60), "#5f7f8f", 1)


SCENES = {
    "loaf": loaf, "cellar": cellar, "cave-map": cave_map, "loom": loom, "concertina": concertina, "knot-board": knot_board,
    "rope": rope,
}  # fmt: skip
