"""Scenes of things that grow: the dry garden, an orchard, a glasshouse, nettles."""

import random

from benchmarks.sample.kit import Canvas, wave
from benchmarks.sample.things import INK, WHITE, person, ridge, tuft

PLANK, SOIL = "#8f6a45", "#c9b48c"


def plan(c: Canvas, chance: random.Random) -> None:
    """A printed timetable with an engine on it, and a garden's beds drawn over it in coloured pencil."""
    c.box(0, 0, 320, 240, "#7a5638")
    c.poly([(26, 14), (298, 6), (304, 228), (18, 234)], "#f2ead4")
    c.box(44, 20, 236, 22, "#9aa3ab")
    c.box(52, 25, 24, 9, INK)
    c.box(70, 22, 10, 14, INK)
    c.disc(57, 37, 3.4, INK)
    c.disc(70, 37, 3.4, INK)
    for n, time in enumerate(("5:42", "6:31", "7:18", "8:05")):
        c.write(time, 94 + n * 46, 27, 8, INK, 0.9)
    for row in range(14):
        y = 54 + 12.4 * row
        c.line([(34, y - 3), (290, y - 3)], "#c3bba6", 0.6)
        for column in range(6):
            hour, minute = chance.randrange(5, 10), chance.randrange(10, 60)
            c.write(f"{hour}:{minute}", 48 + 40 * column, y, 6, "#8d8a86", 0.7)
    for column in range(7):
        c.line([(40 + 40 * column, 46), (40 + 40 * column, 226)], "#c3bba6", 0.6)
    c.line([(62, 64), (256, 60), (266, 202), (56, 206), (62, 64)], "#2f6f3c", 3)
    for x, y, colour in ((102, 96, "#8a5fb0"), (206, 92, "#6f9a3f"), (98, 172, "#5d8fb8"), (214, 168, "#c56a8a")):
        c.oval(x, y, 30, 20, "", colour, 2.6)
        for n in range(6):
            c.disc(x - 18 + 7 * n, y + n % 3 * 6 - 6, 3.4, "", colour, 1.6)
    c.line(wave(64, 262, 134, 9, 130), "#a8743a", 3)
    c.line(wave(64, 262, 146, 9, 130), "#a8743a", 3)
    c.poly([(238, 208), (306, 140), (314, 148), (246, 216)], "#d7a53c")
    c.poly([(238, 208), (246, 216), (228, 224)], "#e9d3ac")
    c.poly([(232, 218), (235, 221), (228, 224)], INK)


def thyme(c: Canvas, chance: random.Random) -> None:
    """Rails that run away over wooden sleepers, low mauve cushions between these."""
    c.fade("#a9cde3", "#e6efe6", 0, 74)
    ridge(c, 68, 6, 170, 0, "#8aa56b", 80)
    c.fade("#b7ab94", "#a5977e", 76, 240)
    for _ in range(500):
        c.disc(chance.uniform(0, 320), chance.uniform(78, 240), 1.2, chance.choice(("#8f846f", "#cfc5b0")))
    for n in range(8):
        share = (n / 7) ** 1.7
        y, half, thick = 84 + 136 * share, 26 + 120 * share, 3 + 14 * share
        c.box(160 - half, y, 2 * half, thick, "#6b4a30")
        c.line([(160 - half, y + 1), (160 + half, y + 1)], "#8d6947", 1)
        if n > 1:
            for side in (-0.78, -0.2, 0.42, 0.86):
                size = 4 + 13 * share
                tuft(c, chance, (160 + side * half, y - thick * 0.2), size, "#6d8a4a", "#b57cc4")
    for side in (-1, 1):
        c.poly(
            [(160 + side * 12, 78), (160 + side * 14, 78), (160 + side * 100, 240), (160 + side * 90, 240)], "#7d8288"
        )
        c.line([(160 + side * 13, 78), (160 + side * 92, 240)], "#c5cacf", 1.6)


def sage(c: Canvas, chance: random.Random) -> None:
    """Tall violet spikes over grey leaves on a sunny slope."""
    c.fade("#7fb6e2", "#e4eef0")
    c.disc(270, 38, 20, "#fff2b4")
    c.glow(270, 38, 60, "#fff2b4", 0.7)
    c.poly([(0, 110), (320, 190), (320, 240), (0, 240)], "#b8a67c")
    c.poly([(0, 96), (320, 178), (320, 190), (0, 118)], "#a6b083")
    for row in range(4):
        for n in range(13):
            x = n * 26 + row * 9 - 8
            y = 130 + x * 0.22 + row * 26
            for lean in (-11, -5, 6, 12):
                c.oval(x + lean, y - 4 - abs(lean) * 0.4, 6, 3.4, "#93a88b")
            tall = 34 + row * 7 + chance.uniform(-5, 6)
            sway = chance.uniform(-5, 5)
            c.line([(x, y), (x + sway, y - tall)], "#6d8560", 1.6)
            for step in range(9):
                share = 0.3 + step * 0.08
                reach = 4.4 - step * 0.34
                for side in (-1, 1):
                    c.oval(
                        x + sway * share + side * reach * 0.8,
                        y - tall * share,
                        reach * 0.7,
                        2.4,
                        chance.choice(("#6d4fb5", "#8467cc")),
                    )


def failed(c: Canvas, chance: random.Random) -> None:
    """A paper nailed to a door of planks, its lines crossed out, each with a small plant."""
    for n in range(8):
        c.box(n * 40, 0, 39, 240, ("#7d8f78", "#74866f", "#82947d")[n % 3])
        for _ in range(3):
            x = n * 40 + chance.uniform(5, 34)
            c.line([(x, chance.uniform(0, 90)), (x + 2, chance.uniform(130, 240))], "#65765f", 0.9)
    c.box(0, 24, 320, 18, "#697a64")
    c.box(0, 204, 320, 18, "#697a64")
    c.line([(292, 90), (292, 132)], INK, 6)
    c.disc(292, 146, 6, INK)
    c.poly([(74, 18), (250, 26), (244, 226), (66, 218)], "#f7f0da")
    c.disc(162, 30, 4, "#b0372c")
    for n in range(7):
        y = 58 + 23 * n
        c.line([(92, y), (92, y - 12)], "#5f8a4a", 1.6)
        c.oval(87, y - 8, 5, 2.4, "#5f8a4a")
        c.oval(97, y - 11, 5, 2.4, "#5f8a4a")
        c.disc(92, y - 14, 3, ("#c8483c", "#d7a53c", "#8a5fb0", "#5d8fb8")[n % 4])
        c.scribble(112, y - 6, 86 + n % 3 * 16, "#2c3a66", 1.6)
        c.line([(106, y - 5), (212, y - 7)], "#b0372c", 1.4)
        c.line([(214, y - 12), (224, y - 1)], "#b0372c", 2)
        c.line([(224, y - 12), (214, y - 1)], "#b0372c", 2)


def gate(c: Canvas, chance: random.Random) -> None:
    """A garden gate whose bars are red and white signal rods, with a signal arm above it."""
    x: float
    c.fade("#9cc8e4", "#eaf0e2", 0, 140)
    ridge(c, 116, 8, 210, 1, "#86a46c")
    c.box(0, 150, 320, 90, "#9aa860")
    c.poly([(116, 240), (204, 240), (180, 140), (140, 140)], SOIL)
    for x in (30, 60, 262, 292):
        tuft(c, chance, (x, 196), 28, "#7d9468", "#8467cc")
    for x in (84, 226):
        c.box(x, 52, 12, 170, "#4c4f56")
        c.half(x + 6, 53, 9, 9, "#2f3238")
    for n in range(6):
        x = 104 + 20.5 * n
        for part in range(9):
            c.box(x, 82 + 14.6 * part, 8, 14.6, "#c8342b" if part % 2 else WHITE)
        c.poly([(x - 1, 82), (x + 9, 82), (x + 4, 68)], "#c8342b")
    for y in (100, 186):
        c.box(96, y, 130, 6, "#4c4f56")
    c.line([(96, 188), (226, 106)], "#4c4f56", 4)
    c.box(226, 10, 7, 50, "#4c4f56")
    c.poly([(232, 16), (300, 4), (303, 18), (235, 30)], "#c8342b")
    c.poly([(280, 7), (288, 6), (291, 20), (283, 22)], WHITE)
    c.disc(226, 26, 7, "#3f9a5a", INK, 2)
    c.disc(100, 150, 5, "#d7b84c")


def tank(c: Canvas, chance: random.Random) -> None:
    """Rain that runs from a shed's roof by a gutter and a pipe into a round tank."""
    x: float
    y: float
    c.fade("#7d90a0", "#b9c5c8", 0, 200)
    c.box(0, 200, 320, 40, "#7d8a5a")
    for n in range(9):
        c.box(20 + 20 * n, 96, 19, 112, ("#8f6a45", "#866240")[n % 2])
    c.box(52, 124, 44, 84, "#5d4630")
    c.box(120, 124, 38, 32, "#a9c3cc")
    c.line([(139, 124), (139, 156)], "#5d4630", 2)
    c.poly([(8, 98), (216, 98), (190, 46), (34, 46)], "#6f4a3e")
    for n in range(9):
        c.line([(38 + 19 * n, 46), (14 + 24.5 * n, 98)], "#5a3a30", 1.4)
    c.box(4, 97, 226, 8, "#7f8a90")
    c.line([(226, 102), (240, 116), (240, 142)], "#7f8a90", 9)
    c.box(206, 146, 86, 74, "#5f8f9d")
    c.oval(249, 220, 43, 9, "#5f8f9d")
    for y in (164, 188, 210):
        c.arc(249, y, (43, 9), (0, 180), "#41707e", 3)
    c.oval(249, 147, 43, 10, "#3f6c7a")
    c.oval(249, 149, 36, 7, "#9fd0dc")
    c.line([(240, 142), (240, 150)], "#d9f0f5", 6)
    c.oval(240, 150, 14, 3, "", "#eefafc", 1.2)
    c.box(240, 204, 16, 5, "#c79a3f")
    for _ in range(120):
        x, y = chance.uniform(0, 324), chance.uniform(0, 196)
        c.line([(x, y), (x - 4, y + 13)], "#dfeaef", 1)
    for _ in range(24):
        x = chance.uniform(10, 214)
        c.line([(x, 96), (x, 88)], "#eaf3f6", 1.2)


def table(c: Canvas, chance: random.Random) -> None:
    """Clay pots with cuttings in rows on a table beside an open gate."""
    c.fade("#a9d0e6", "#eef2e4", 0, 130)
    ridge(c, 112, 7, 180, 2, "#8aa56b")
    c.box(0, 146, 320, 94, "#a9b06c")
    for x in (244, 312):
        c.box(x, 60, 9, 130, "#4c4f56")
    for n in range(4):
        for part in range(7):
            c.box(258 + 13 * n, 78 + 14 * part, 5, 14, "#c8342b" if part % 2 else WHITE)
    c.box(253, 94, 60, 4, "#4c4f56")
    c.box(253, 160, 60, 4, "#4c4f56")
    c.poly([(20, 150), (236, 150), (252, 182), (4, 182)], "#b98a54")
    c.box(4, 182, 248, 9, "#8f6638")
    for x in (16, 226):
        c.box(x, 190, 11, 46, "#7a5530")
    for row, (y, size) in enumerate(((160, 19), (180, 25))):
        for n in range(6 - row):
            x = 40 + row * 4 + n * (35 + 9 * row)
            leaf = chance.choice(("#5f8a4a", "#7a9a60", "#8fa87c", "#4f7f4f"))
            for lean in (-0.6, -0.25, 0.1, 0.45):
                tip = (x + lean * size, y - size * (2 + chance.uniform(-0.2, 0.3)))
                c.line([(x, y - size), tip], leaf, 1.8)
                c.oval(tip[0], tip[1], size * 0.2, size * 0.14, leaf)
                c.oval((x + tip[0]) / 2 + 3, (y - size + tip[1]) / 2, size * 0.18, size * 0.12, leaf)
            c.poly(
                [(x - size * 0.5, y - size), (x + size * 0.5, y - size), (x + size * 0.36, y), (x - size * 0.36, y)],
                "#c4683f",
            )
            c.box(x - size * 0.56, y - size * 1.06, size * 1.12, size * 0.24, "#d57d50")


def apples(c: Canvas, chance: random.Random) -> None:
    """A branch with red apples before a motorway with cars."""
    x: float
    y: float
    c.fade("#8fc1e4", "#e2edf0", 0, 120)
    ridge(c, 108, 8, 200, 0, "#7f9c62", 150)
    c.poly([(0, 138), (320, 118), (320, 200), (0, 226)], "#7a7d80")
    for n in range(8):
        c.line([(n * 44 - 6, 182 - n * 3), (n * 44 + 16, 180 - n * 3)], WHITE, 2.4)
    c.line([(0, 141), (320, 121)], "#b9bdc0", 3)
    for x, y, colour in ((52, 164, "#c8a52f"), (168, 152, "#3f6fa5"), (268, 178, "#dfe3e6")):
        c.box(x - 24, y - 13, 48, 13, colour)
        c.poly([(x - 14, y - 13), (x - 8, y - 25), (x + 9, y - 25), (x + 16, y - 13)], "#a9c9d8")
        c.disc(x - 13, y, 5.5, INK)
        c.disc(x + 13, y, 5.5, INK)
    c.poly([(0, 226), (320, 200), (320, 240), (0, 240)], "#6f9448")
    c.line([(320, 8), (240, 34), (150, 52), (60, 40)], "#5d4631", 9)
    c.line([(210, 42), (180, 84)], "#5d4631", 4)
    c.line([(110, 48), (84, 86)], "#5d4631", 4)
    c.line([(270, 24), (276, 76)], "#5d4631", 4)
    for _ in range(54):
        x = chance.uniform(30, 310)
        y = 42 + chance.uniform(-30, 26)
        c.oval(x, y, 12, 6.5, chance.choice(("#4f7f3c", "#5f8f47", "#75a355")))
    for x, y, size in ((84, 100, 22), (180, 104, 25), (276, 94, 22), (132, 74, 18), (230, 70, 18)):
        c.disc(x - size * 0.22, y, size * 0.84, "#c8342b")
        c.disc(x + size * 0.22, y, size * 0.84, "#d4443a")
        c.oval(x - size * 0.35, y - size * 0.35, size * 0.16, size * 0.26, "#f09a86")
        c.line([(x, y - size * 0.7), (x + 2, y - size * 1.1)], "#4a3524", 2.4)


def glasshouse(c: Canvas, chance: random.Random) -> None:
    """Rows of green heads in long trays under a large dome of glass."""
    x: float
    y: float
    c.fade("#a9d4ec", "#e6f2f0")
    c.half(160, 168, 152, 160, "#cfe8ee")
    for reach in (152, 104, 54):
        c.arc(160, 168, (reach, 160), (180, 360), "#f7fbfb", 4)
    c.line([(160, 8), (160, 168)], "#f7fbfb", 4)
    for y in (60, 100, 138):
        half = 152 * (1 - ((168 - y) / 160) ** 2) ** 0.5
        c.line([(160 - half, y), (160 + half, y)], "#f7fbfb", 3)
    c.box(0, 166, 320, 74, "#b5aa94")
    c.box(4, 160, 312, 8, "#8d9499")
    for n in range(5):
        middle = (n - 2) * 70
        far, near = 160 + middle * 0.55, 160 + middle * 1.12
        for side in (-1, 1):
            c.line([(far + side * 12, 168), (near + side * 26, 240)], "#5c6268", 2)
        c.poly([(far - 15, 172), (far + 15, 172), (near + 30, 232), (near - 30, 232)], "#7a5a3c")
        for step in range(6):
            share = step / 5
            x, y, size = far + (near - far) * share * 0.9, 172 + 48 * share, 5 + 6 * share
            for side in (-1, 1):
                c.disc(x + side * size, y, size, "#5b9a3f")
                c.disc(x + side * size, y - size * 0.3, size * 0.62, "#8fc75c")
                c.disc(x + side * size, y - size * 0.4, size * 0.26, "#c4e58a")
    person(c, 288, 178, 70, "#e4e8ec")
    c.box(296, 148, 13, 13, "#5d8fb8")


def nettle(c: Canvas, chance: random.Random) -> None:
    """Bundles of long stems with toothed leaves, tied with string, under a roof of tiles."""
    c.box(0, 0, 320, 70, "#a9cde3")
    c.fade("#e7d7b0", "#cdb88c", 60, 206)
    c.poly([(0, 70), (0, 44), (160, 0), (320, 44), (320, 70)], "#8c4a36")
    for row in range(4):
        c.line([(0, 54 + 6 * row), (160, 8 + 12 * row), (320, 54 + 6 * row)], "#6f3a2b", 1.6)
    c.box(0, 66, 320, 9, "#5d4630")
    for x in (6, 304):
        c.box(x, 70, 10, 150, "#6b4b2d")
    c.box(0, 206, 320, 34, "#9a8a5e")
    for n in range(5):
        x = 46 + 57 * n
        c.line([(x, 74), (x, 100)], "#c9b27c", 2)
        for stem in range(9):
            lean = (stem - 4) * 4.4
            foot = (x + lean * 1.3, 196 + chance.uniform(-8, 6))
            c.line(
                [(x + lean * 0.4, 90), (x + lean * 0.3, 112), foot],
                chance.choice(("#587a3c", "#6b8a48", "#4c6d36")),
                2.4,
            )
            for step in range(4):
                share = 0.28 + 0.2 * step
                at = (x + lean * (0.3 + share), 112 + (foot[1] - 112) * share)
                side = 1 if (stem + step) % 2 else -1
                c.poly(
                    [
                        at,
                        (at[0] + side * 5, at[1] + 1),
                        (at[0] + side * 7, at[1] + 5),
                        (at[0] + side * 11, at[1] + 13),
                        (at[0] + side * 3, at[1] + 9),
                    ],
                    "#5f8a43",
                )
        c.box(x - 7, 106, 14, 6, "#d9c48c")


SCENES = {
    "garden-plan": plan, "garden-thyme": thyme, "garden-sage": sage, "garden-list": failed, "garden-gate": gate, "garden-tank": tank,
    "garden-table": table, "apples": apples, "glasshouse": glasshouse, "nettle": nettle,
}  # fmt: skip
