"""Scenes of towns: roofs and towers, a tram, a paper mill."""

import random

from benchmarks.sample.kit import Canvas, Point, ring
from benchmarks.sample.things import INK, WHITE, house, person, ridge, ripples, stars

GREEN, BRICK = "#3f7d4e", "#a5543c"


def hives(c: Canvas, chance: random.Random) -> None:
    """Hives in many colours between chimneys on a tiled roof, and bees."""
    x: float
    y: float
    c.fade("#8dbfe2", "#dcecf0", 0, 150)
    for x, height in ((20, 40), (66, 56), (258, 62), (304, 44)):
        house(c, x, 152, 46, height, "#cbb79a", "#8c5a45")
    c.box(0, 146, 320, 94, "#b5603f")
    for row in range(8):
        for n in range(18):
            x = n * 20 - (10 if row % 2 else 0)
            c.arc(x, 148 + row * 13, (10, 9), (0, 180), "#8c4630", 1.4)
    for x in (36, 284):
        c.box(x - 20, 64, 40, 100, "#92503c")
        for row in range(6):
            c.line([(x - 20, 80 + 14 * row), (x + 20, 80 + 14 * row)], "#c98a6f", 1)
        c.box(x - 24, 58, 48, 9, "#6f3a2b")
        c.box(x - 12, 46, 10, 13, BRICK)
        c.box(x + 3, 46, 10, 13, BRICK)
    for n, colour in enumerate(("#e8c33c", "#3f86b8", "#e27a3a", "#5aa36a", "#e9e3cf")):
        x, y = 70 + n * 38, 196 - n % 2 * 26
        for part in range(2):
            c.box(x, y - 28 - 23 * part, 32, 22, colour)
            c.line([(x, y - 7 - 23 * part), (x + 32, y - 7 - 23 * part)], "#5e4a32", 1.6)
        c.box(x - 2, y - 58, 36, 7, "#8d9499")
        c.box(x + 8, y - 11, 16, 4, INK)
        c.box(x + 3, y - 5, 4, 10, "#5e4a32")
        c.box(x + 25, y - 5, 4, 10, "#5e4a32")
    for _ in range(26):
        x, y = chance.uniform(64, 256), chance.uniform(40, 140)
        c.oval(x - 1, y - 2.4, 2.4, 1.6, "#ffffff")
        c.oval(x, y, 3, 1.9, "#e0a21c")
        c.line([(x, y - 1.6), (x, y + 1.6)], INK, 1.2)


def mill(c: Canvas, chance: random.Random) -> None:
    """A paper mill of brick with a chimney, its wheel in the river beside a weir, sheets hung to dry."""
    c.fade("#a9c9de", "#eaf0e4", 0, 120)
    ridge(c, 112, 9, 190, 0.4, "#7f9c6c", 170)
    c.box(206, 14, 20, 100, "#8f4a36")
    c.box(203, 10, 26, 8, "#6b3527")
    for n, smoke in enumerate(((232, 10, 10), (252, 6, 13))):
        c.oval(*smoke, 7 + n, "#e6e9ea")
    c.box(62, 70, 190, 92, BRICK)
    for row in range(11):
        c.line([(62, 76 + 8 * row), (252, 76 + 8 * row)], "#944832", 0.7)
    for n in range(4):
        x = 62 + 47.5 * n
        c.poly([(x, 70), (x + 47.5, 70), (x + 47.5, 46)], "#5c6470")
        c.box(x + 12, 84, 24, 22, "#cfe0e8")
        c.box(x + 12, 124, 24, 22, "#cfe0e8")
        c.line([(x + 24, 84), (x + 24, 146)], "#6d5240", 1.4)
    c.line([(258, 96), (318, 96)], "#5a4632", 1.6)
    c.line([(316, 90), (316, 164)], "#5a4632", 3)
    for n in range(4):
        c.box(262 + 14 * n, 97, 11, 26, WHITE)
    c.fade("#6fa3b4", "#3f7287", 168, 240)
    c.box(252, 160, 68, 12, "#7f9c4c")
    c.poly([(132, 168), (320, 168), (320, 176), (140, 176)], "#8d867a")
    for n in range(30):
        c.line([(142 + 6 * n, 174), (138 + 6 * n, 206 + n % 3 * 3)], "#e3f2f5", 2.2)
    c.disc(62, 168, 48, "", "#5d4027", 6)
    c.disc(62, 168, 30, "", "#5d4027", 3)
    for x, y in ring(62, 168, 50, 12):
        c.line([(62, 168), (x, y)], "#6f4d2f", 3)
        c.line([(x - 5, y - 5), (x + 5, y + 5)], "#4b3320", 5)
    c.disc(62, 168, 7, INK)
    c.poly([(0, 190), (140, 190), (320, 206), (320, 240), (0, 240)], "#4d8296")
    ripples(c, chance, 194, 236, "#d6ecf0", 50)


def tram_side(c: Canvas, chance: random.Random) -> None:
    """A green tram with the number 19 from its side, a painter with a pot of paint."""
    c.fade("#d8d2c4", "#b9b0a0", 0, 200)
    for n in range(6):
        c.box(8 + 54 * n, 14, 40, 44, "#e9eef0")
        c.line([(28 + 54 * n, 14), (28 + 54 * n, 58)], "#8d8577", 2)
    c.box(0, 196, 320, 44, "#7b7468")
    c.line([(0, 212), (320, 212)], "#3d3f44", 4)
    c.box(22, 66, 256, 10, "#cdbd8f")
    c.poly([(40, 66), (260, 66), (246, 56), (54, 56)], "#a99a70")
    c.box(30, 76, 240, 104, GREEN)
    c.box(30, 136, 240, 4, "#d7b84c")
    c.box(30, 172, 240, 4, "#d7b84c")
    for n in range(6):
        x = 66 + 29 * n
        c.box(x, 84, 23, 44, "#cfe0e2")
        c.poly([(x + 4, 124), (x + 14, 86), (x + 19, 86), (x + 9, 124)], "#eaf4f4")
    for x in (34, 244):
        c.box(x, 82, 24, 98, "#2d5d3b")
        c.box(x + 3, 86, 18, 44, "#cfe0e2")
    c.write("19", 138, 145, 22, "#f1d86c", 3.4)
    c.box(22, 180, 256, 9, "#3a3a3e")
    for x in (92, 208):
        c.disc(x, 196, 17, "#3a3a3e")
        c.disc(x, 196, 11, "#8b8d90")
        c.disc(x, 196, 3.5, "#3a3a3e")
    person(c, 296, 226, 104, "#d9c9a4")
    c.line([(288, 152), (270, 134)], "#d9c9a4", 6)
    c.line([(270, 134), (262, 126)], "#7a5a34", 3)
    c.box(256, 116, 10, 12, "#46894f")
    c.box(270, 212, 18, 16, "#b9bdc0")
    c.box(270, 212, 18, 5, GREEN)


def tram_seat(c: Canvas, chance: random.Random) -> None:
    """A slatted bench of reddish wood under the windows of a tram."""
    x: float
    c.box(0, 0, 320, 240, "#d9cba6")
    for x in (14, 170):
        c.box(x, 12, 136, 78, "#6b4b2d")
        c.box(x + 8, 20, 120, 62, "#bfe0ea")
        c.poly([(x + 8, 82), (x + 8, 64), (x + 50, 52), (x + 92, 66), (x + 128, 56), (x + 128, 82)], "#86ab6a")
    c.box(0, 92, 320, 10, "#7d5a37")
    c.box(0, 204, 320, 36, "#a88254")
    for n in range(7):
        c.line([(0, 208 + 6 * n), (320, 208 + 6 * n)], "#87643c", 1)
    for n in range(6):
        c.poly([(62, 58 + 17 * n), (258, 58 + 17 * n), (258, 71 + 17 * n), (62, 71 + 17 * n)], "#b5643c")
        c.line([(66, 61 + 17 * n), (254, 61 + 17 * n)], "#d08a5e", 1.6)
        for _ in range(3):
            x = chance.uniform(80, 220)
            c.line([(x, 66 + 17 * n), (x + 26, 67 + 17 * n)], "#93492a", 0.8)
    for n in range(4):
        drop = n * 9
        c.poly(
            [
                (56 - drop * 0.7, 160 + drop),
                (264 + drop * 0.7, 160 + drop),
                (267 + drop * 0.7, 167 + drop),
                (53 - drop * 0.7, 167 + drop),
            ],
            "#c3734a",
        )
    for x in (50, 256):
        c.line([(x + 6, 52), (x + 6, 160)], INK, 6)
        c.line([(x + 6, 194), (x + 6, 232)], INK, 7)
        c.line([(x - 12, 230), (x + 22, 230)], INK, 5)
        c.arc(x + 6, 52, (13, 10), (180, 360), "#c79a3f", 4)


def tram_lamp(c: Canvas, chance: random.Random) -> None:
    """The front of a tram from near, with a round headlamp that shines."""
    x: float
    y: float
    c.box(0, 0, 320, 240, GREEN)
    for n in range(9):
        c.line([(n * 40, 84), (n * 40, 240)], "#356b43", 2)
    c.box(0, 0, 320, 72, "#2d5d3b")
    for x in (14, 116, 218):
        c.box(x, 0, 88, 60, "#9fb9c0")
        c.poly([(x + 12, 60), (x + 40, 0), (x + 56, 0), (x + 28, 60)], "#c3d6da")
    c.box(0, 74, 320, 6, "#d7b84c")
    c.box(0, 216, 320, 24, INK)
    c.box(40, 222, 240, 8, "#8b8d90")
    c.disc(160, 148, 62, "#8d6c2c")
    c.disc(160, 148, 56, "#d2ac55")
    c.disc(160, 148, 46, "#dfe4e6")
    for n in range(5):
        c.disc(160, 148, 42 - 8 * n, "", "#aeb8bd", 1.4)
    for x, y in ring(160, 148, 44, 16):
        c.line([(160, 148), (x, y)], "#c4ccd0", 1)
    c.glow(160, 148, 92, "#fff3b8", 0.95)
    c.disc(160, 148, 10, "#fffbe6")
    for x, y in ring(160, 148, 59, 6, 30):
        c.disc(x, y, 3.4, "#6d5220")
    c.write("19", 262, 106, 24, "#f1d86c", 3.4)


def swifts(c: Canvas, chance: random.Random) -> None:
    """Dark sickle wings in an evening sky over the stalls of a market square."""
    x: float
    y: float
    c.fade("#6f8fc0", "#f7c9a0", 0, 200)
    for x, height, wall in (
        (24, 58, "#d9a679"),
        (70, 70, "#c9806a"),
        (112, 52, "#e0cfa4"),
        (212, 56, "#b98d7a"),
        (258, 72, "#d8b98a"),
        (302, 60, "#c77d62"),
    ):
        house(c, x, 200, 44, height, wall, "#7a4338", "#ffd98a")
    c.box(146, 104, 30, 96, "#cdb690")
    c.poly([(142, 104), (180, 104), (161, 56)], "#5c4a52")
    c.disc(161, 124, 9, WHITE, INK, 1.4)
    c.box(0, 198, 320, 42, "#b29b82")
    for n, colour in enumerate(("#c8483c", "#3f7fa5", "#d7a53c")):
        x = 28 + 98 * n
        c.box(x + 4, 204, 3, 26, INK)
        c.box(x + 57, 204, 3, 26, INK)
        for m in range(4):
            c.poly(
                [(x + 16 * m, 206), (x + 16 * m + 16, 206), (x + 14 + 9 * m + 9, 194), (x + 14 + 9 * m, 194)],
                colour if m % 2 else WHITE,
            )
        c.box(x + 8, 220, 48, 6, "#7c5a38")
    for _ in range(17):
        x, y, size = chance.uniform(16, 300), chance.uniform(14, 104), chance.uniform(9, 19)
        lean = chance.uniform(-0.5, 0.5)
        tip: list[Point] = [
            (-1, -0.5 - lean),
            (-0.35, -0.12),
            (0, 0.05),
            (0.35, -0.12),
            (1, -0.5 + lean),
            (0.3, 0.1),
            (0.12, 0.22),
            (0.2, 0.6),
            (0, 0.42),
            (-0.2, 0.6),
            (-0.12, 0.22),
            (-0.3, 0.1),
        ]
        c.poly([(x + dx * size, y + dy * size) for dx, dy in tip], "#241f2b")


def clock(c: Canvas, chance: random.Random) -> None:
    """The gable of a hall with a clock whose figures run the other way, and a smaller face below it."""
    x: float
    y: float
    c.fade("#9cc4e0", "#e2ecec", 0, 240)
    c.poly([(46, 240), (46, 92), (160, 6), (274, 92), (274, 240)], "#d8b98a")
    c.line([(36, 98), (160, 6), (284, 98)], "#7a4338", 9)
    for x in (60, 232):
        c.box(x, 132, 28, 46, "#6f7f86")
        c.half(x + 14, 133, 14, 14, "#6f7f86")
    for n in range(3):
        x = 88 + 72 * n
        c.half(x, 226, 28, 30, "#5c4a3c")
        c.box(x - 28, 225, 56, 15, "#5c4a3c")
    c.disc(160, 104, 64, "#6a4e2c")
    c.disc(160, 104, 59, "#fbf6e4")
    for n, (x, y) in enumerate(ring(160, 104, 50, 12, -90)):
        c.disc(x, y, 2.2 if n % 3 else 0.1, INK)
    for text, x, y in (("12", 150, 52), ("3", 110, 97), ("6", 156, 143), ("9", 204, 97)):
        c.write(text, x, y, 14, INK, 2.2)
    # Ten past four as in a mirror: the hour hand at 125 degrees and the minute hand at 60, both to the left.
    c.line([(160, 104), (131, 125)], INK, 6)
    c.line([(160, 104), (121, 81)], INK, 4)
    c.disc(160, 104, 5, "#b0372c")
    c.arc(160, 104, (72, 72), (200, 250), "#b0372c", 4)
    c.poly([(86, 66), (104, 76), (88, 88)], "#b0372c")
    c.disc(160, 190, 19, "#6a4e2c")
    c.disc(160, 190, 16, "#fbf6e4")
    c.line([(160, 190), (168, 196)], INK, 2.4)
    c.line([(160, 190), (170, 183)], INK, 1.8)


def dome(c: Canvas, chance: random.Random) -> None:
    """A dome on a school's flat roof, open for a telescope, with a bicycle's chain and crank below it."""
    c.fade("#141c3c", "#4b557f")
    stars(c, chance, 90, 150)
    c.oval(262, 40, 12, 12, "#e8cf92")
    c.oval(262, 40, 24, 5, "", "#d9b877", 2.4)
    c.box(22, 168, 276, 72, "#8a4d3d")
    c.box(16, 160, 288, 10, "#c8b79a")
    for n in range(7):
        c.box(36 + 38 * n, 188, 22, 34, "#ffd97c" if n in (1, 4) else "#33405c")
    c.half(146, 142, 84, 94, "#aeb7bd")
    for shift in (-62, -36, 40, 64):
        c.line([(146 + shift, 140), (146 + shift * 0.5, 62)], "#8b959c", 1.4)
    c.poly([(140, 142), (156, 142), (196, 84), (172, 58), (152, 50)], "#1c2440")
    c.line([(160, 120), (222, 44)], "#e9e6da", 13)
    c.line([(212, 56), (222, 44)], "#c79a3f", 15)
    c.box(58, 140, 176, 22, "#77818a")
    for n in range(22):
        c.oval(64 + 8 * n, 150, 3.4, 2.4, "", "#e0c35a", 1.6)
    c.disc(252, 150, 15, "", "#e0c35a", 3)
    for x, y in ring(252, 150, 17, 12):
        c.disc(x, y, 2, "#e0c35a")
    c.line([(252, 150), (270, 164)], "#d0d4d8", 4)
    c.box(263, 162, 15, 5, INK)


def granary(c: Canvas, chance: random.Random) -> None:
    """A stone wall with a door, a ladder and carved lines with a year beside each."""
    c.box(0, 0, 320, 240, "#b9ab94")
    for row in range(10):
        for n in range(8):
            x = n * 44 - (22 if row % 2 else 0)
            c.box(x + 1, row * 22 + 1, 42, 20, chance.choice(("#c9bca4", "#c2b49a", "#bcae96", "#d0c4ae")))
    c.box(0, 220, 320, 20, "#6f7d4e")
    c.half(76, 128, 42, 40, "#6a4a2e")
    c.box(34, 126, 84, 96, "#6a4a2e")
    for x in (48, 62, 76, 90, 104):
        c.line([(x, 92), (x, 220)], "#4c3320", 1.4)
    c.disc(106, 168, 4, "#c79a3f")
    for n, year in enumerate(("1784", "1845", "1909", "1862", "1926", "1954", "1981", "2002")):
        y = (32, 66, 88, 114, 138, 162, 184, 204)[n]
        c.line([(146, y), (212, y)], "#3f352a", 3)
        c.line([(146, y + 2.4), (212, y + 2.4)], "#e6dcc8", 1)
        c.write(year, 220, y - 8, 14, "#3f352a", 2)
    for x in (278, 304):
        c.line([(x, 26), (x, 226)], "#8a6238", 5)
    for n in range(9):
        c.line([(278, 44 + 21 * n), (304, 44 + 21 * n)], "#8a6238", 4)


SCENES = {
    "hives": hives, "mill": mill, "tram-side": tram_side, "tram-seat": tram_seat, "tram-lamp": tram_lamp, "swifts": swifts,
    "clock": clock, "dome": dome, "granary": granary,
}  # fmt: skip
