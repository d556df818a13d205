"""Pictures of other kinds: engravings in grey as old books have them, portraits, a frieze, a stamp, the paper's logo."""

import random
from collections.abc import Sequence

from benchmarks.sample.kit import Canvas, Point, ring, wave
from benchmarks.sample.things import INK, WHITE, boat, house, stars, tree

PAPER, LINE = "#dedede", "#2b2b2b"


def outline(c: Canvas, places: Sequence[Point], fill: str = "#c8c8c8", width: float = 1.8) -> None:
    """A shape of an engraving, filled and with an edge."""
    c.poly(places, fill)
    c.line([*places, places[0]], LINE, width)


def hatch(c: Canvas, start: Point, end: Point, lean: Point, count: int) -> None:
    """Fine parallel strokes between two places, each as long as `lean`."""
    for n in range(count):
        share = n / max(1, count - 1)
        x, y = start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
        c.line([(x, y), (x + lean[0], y + lean[1])], LINE, 0.7)


def ground(c: Canvas, chance: random.Random, y: float) -> None:
    """Paper with a hatched ground below the height `y`."""
    c.box(0, 0, 320, 240, PAPER)
    for _ in range(130):
        x, low = chance.uniform(10, 270), y + chance.uniform(0, 34)
        c.line([(x, low), (x + chance.uniform(10, 40), low)], "#5a5a5a", 0.7)
    c.line([(8, 8), (312, 8), (312, 232), (8, 232), (8, 8)], LINE, 1.2)


def plough(c: Canvas, chance: random.Random) -> None:
    """A plough of wood with an iron share, in a furrow."""
    ground(c, chance, 186)
    outline(c, [(60, 96), (70, 90), (196, 150), (292, 142), (292, 152), (192, 162)], "#b4b4b4")
    outline(c, [(54, 60), (62, 56), (116, 172), (106, 176)], "#b4b4b4")
    outline(c, [(28, 84), (34, 78), (122, 176), (112, 182)], "#c8c8c8")
    outline(c, [(98, 176), (206, 178), (252, 204), (168, 200), (104, 190)], "#8f8f8f")
    outline(c, [(128, 176), (160, 138), (198, 150), (206, 178)], "#a4a4a4")
    hatch(c, (132, 174), (200, 174), (20, -24), 16)
    hatch(c, (110, 182), (230, 194), (8, 8), 24)
    outline(c, [(206, 156), (214, 156), (224, 200), (216, 206)], "#6f6f6f")
    c.disc(278, 174, 24, "#d4d4d4", LINE, 3)
    c.disc(278, 174, 4, LINE)
    for x, y in ring(278, 174, 23, 8):
        c.line([(278, 174), (x, y)], LINE, 2)
    for n in range(5):
        c.line(wave(16, 304, 208 + 5 * n, 2, 44, n), "#4a4a4a", 1.2)


def skep(c: Canvas, chance: random.Random) -> None:
    """A hive plaited of straw on a stool, with bees around it."""
    x: float
    y: float
    ground(c, chance, 200)
    for n in range(10):
        reach = 78 * (1 - (n / 10.5) ** 2.4) ** 0.5
        y = 160 - n * 11.5
        c.oval(160, y, reach, 9, "#c4c4c4", LINE, 1.6)
        hatch(c, (160 - reach * 0.86, y - 5), (160 + reach * 0.86, y - 5), (4, 10), round(reach / 3))
    c.half(160, 169, 15, 20, "#1e1e1e")
    outline(c, [(60, 168), (260, 168), (266, 182), (54, 182)], "#a9a9a9")
    hatch(c, (64, 171), (256, 171), (0, 9), 44)
    for x in (76, 234):
        outline(c, [(x, 182), (x + 12, 182), (x + 16, 220), (x + 4, 220)], "#8f8f8f")
    for _ in range(17):
        x, y = chance.uniform(24, 296), chance.uniform(24, 120)
        c.oval(x - 2, y - 3, 4, 2, "#f2f2f2", LINE, 0.7)
        c.oval(x + 3, y - 3, 4, 2, "#f2f2f2", LINE, 0.7)
        c.oval(x, y, 5, 2.8, "#4a4a4a")


def anvil(c: Canvas, chance: random.Random) -> None:
    """An anvil on a block of wood, with a hammer and a horseshoe."""
    ground(c, chance, 196)
    outline(c, [(108, 146), (212, 146), (222, 222), (98, 222)], "#b4b4b4")
    for n in range(9):
        c.line([(110 + 12 * n, 150), (104 + 13.4 * n, 220)], "#5a5a5a", 0.9)
    outline(
        c,
        [
            (96, 146),
            (224, 146),
            (210, 130),
            (186, 118),
            (186, 104),
            (232, 84),
            (232, 70),
            (100, 70),
            (36, 76),
            (70, 92),
            (124, 104),
            (134, 118),
            (110, 130),
        ],
        "#7c7c7c",
        2.4,
    )
    hatch(c, (98, 74), (226, 74), (-6, 10), 36)
    hatch(c, (134, 104), (180, 104), (-2, 26), 16)
    hatch(c, (48, 77), (96, 74), (8, 14), 13)
    outline(c, [(140, 60), (196, 22), (202, 30), (148, 68)], "#c8c8c8")
    outline(c, [(184, 14), (200, 4), (222, 36), (206, 46)], "#6a6a6a", 2.4)
    c.arc(264, 190, (24, 28), (130, 410), LINE, 12)
    c.arc(264, 190, (22, 26), (132, 408), "#9c9c9c", 8)
    for x, y in ((247, 178), (252, 170), (277, 170), (282, 178)):
        c.disc(x, y, 1.6, LINE)


def pump(c: Canvas, chance: random.Random) -> None:
    """A village pump with a long handle, that pours into a trough beside a bucket."""
    ground(c, chance, 198)
    outline(c, [(108, 44), (152, 44), (156, 216), (104, 216)], "#bcbcbc", 2.2)
    hatch(c, (112, 52), (112, 212), (14, 0), 54)
    outline(c, [(100, 44), (160, 44), (148, 26), (112, 26)], "#8f8f8f", 2)
    c.disc(130, 18, 8, "#8f8f8f", LINE, 2)
    c.line([(112, 62), (70, 74), (42, 158)], LINE, 7)
    c.line([(112, 62), (70, 74), (42, 158)], "#8f8f8f", 3.4)
    outline(c, [(152, 92), (196, 96), (204, 112), (192, 114), (186, 106), (152, 106)], "#7c7c7c", 2)
    for n in range(4):
        c.line([(193 + 2.4 * n, 114), (196 + 2.4 * n, 170)], "#6a6a6a", 1)
    outline(c, [(166, 170), (302, 170), (292, 216), (176, 216)], "#a4a4a4", 2.2)
    c.oval(234, 171, 66, 7, "#efefef", LINE, 1.6)
    hatch(c, (180, 180), (288, 180), (-4, 32), 34)
    outline(c, [(40, 184), (84, 184), (78, 220), (46, 220)], "#c4c4c4", 2)
    c.arc(62, 184, (21, 22), (180, 360), LINE, 1.8)
    hatch(c, (46, 190), (78, 190), (0, 26), 11)


def portrait(c: Canvas, chance: random.Random) -> None:
    """A lady in an oval frame."""
    c.box(0, 0, 320, 240, "#6f4a52")
    for n in range(9):
        for row in range(7):
            c.disc(n * 40 + row % 2 * 20, row * 40, 4, "#7f5a60")
    c.oval(160, 120, 96, 112, "#c79a3f")
    c.oval(160, 120, 84, 100, "#46606a")
    c.poly([(104, 196), (124, 160), (196, 160), (216, 196), (184, 216), (136, 216)], "#7a3f8a")
    c.disc(160, 88, 44, "#3a2418")
    c.box(150, 118, 20, 40, "#dcae8c")
    c.oval(160, 98, 29, 37, "#e6bd9c")
    c.half(160, 80, 31, 24, "#3a2418")
    for x in (149, 171):
        c.oval(x, 95, 4, 2.4, WHITE)
        c.disc(x, 95, 2, INK)
    c.line([(160, 98), (157, 110), (161, 111)], "#b9856a", 1.4)
    c.line([(151, 120), (160, 123), (169, 120)], "#a8433f", 2.4)
    for n in range(9):
        c.disc(132 + 7 * n, 160 + 7 * (1 - ((n - 4) / 4) ** 2), 3, WHITE)


def huts(c: Canvas, chance: random.Random) -> None:
    """Striped huts on a beach."""
    c.fade("#8fc8ea", "#e4f0f2", 0, 140)
    c.box(0, 128, 320, 30, "#4f9ab5")
    c.box(0, 156, 320, 84, "#e9d6a4")
    for n, colour in enumerate(("#c8483c", "#3f7fa5", "#d7a53c", "#5a9a6a")):
        x = 14 + n * 76
        for part in range(8):
            c.box(x + 8 * part, 110, 8, 84, colour if part % 2 else WHITE)
        c.poly([(x - 6, 112), (x + 70, 112), (x + 32, 72)], colour)
        c.box(x + 20, 142, 24, 52, "#5d4a3a")
    for _ in range(90):
        c.disc(chance.uniform(0, 320), chance.uniform(200, 238), 1.2, "#cdb880")


def orchard(c: Canvas, chance: random.Random) -> None:
    """A farm under a row of trees at night."""
    c.fade("#27345c", "#6f7fa5", 0, 160)
    stars(c, chance, 50, 100)
    c.box(0, 156, 320, 84, "#3f5a3c")
    for n in range(5):
        tree(c, 30 + 66 * n, 176, 84, "#2f4a34")
    house(c, 160, 206, 92, 54, "#d9cdb4", "#7a4338", "#ffd98a")


def frieze(c: Canvas, chance: random.Random) -> None:
    """A painted strip of waves and boats, 900 by 100."""
    c.fade("#e8d8b0", "#d5bd86")
    for n in range(13):
        boat(c, 40 + 70 * n, 66, 48, ("#b0372c", "#2f5f86", "#3f7a56")[n % 3], WHITE)
    for n in range(4):
        c.line(wave(0, 900, 70 + 8 * n, 3, 48, n), ("#2f5f86", "#5d8fb8")[n % 2], 5)
    c.box(0, 0, 900, 7, "#7a4338")
    c.box(0, 93, 900, 7, "#7a4338")


def stamp(c: Canvas, chance: random.Random) -> None:
    """A postage stamp with a boat, 48 by 48."""
    c.box(3, 3, 42, 42, "#3f7fa5")
    for n in range(9):
        for x, y in ((n * 6, 0), (n * 6, 48), (0, n * 6), (48, n * 6)):
            c.disc(x, y, 1.8, "#8d8577")
    boat(c, 24, 38, 28, "#b0372c", WHITE)
    c.write("19", 34, 7, 7, WHITE, 1)


def logo(c: Canvas, chance: random.Random) -> None:
    """The mark of the paper that all pages belong to, 220 by 80: a quarter of a disc and three lines."""
    c.box(0, 0, 220, 80, "#1f3f5c")
    c.disc(42, 40, 28, "#f1d86c")
    c.poly([(42, 40), (42, 8), (74, 8), (74, 40)], "#1f3f5c")
    c.poly([(48, 34), (48, 10), (60, 12), (70, 22), (72, 34)], "#c8483c")
    for n, length in enumerate((118, 96, 64)):
        c.box(90, 20 + 16 * n, length, 8, WHITE)


SCENES = {
    "plough": plough, "skep": skep, "anvil": anvil, "pump": pump, "portrait": portrait, "huts": huts, "orchard": orchard,
    "frieze": frieze, "stamp": stamp, "logo": logo,
}  # fmt: skip
SIZES = {"frieze": (900, 100), "stamp": (48, 48), "logo": (220, 80)}
GREY = ("plough", "skep", "anvil", "pump")
