"""Scenes of the land: a river, a bridge, ice, a mountain pass, a canal at night, a windmill."""

import random
from itertools import pairwise

from benchmarks.sample.kit import Canvas, Point
from benchmarks.sample.things import INK, WHITE, house, person, ridge, ripples, stars, tree


def river(c: Canvas, chance: random.Random) -> None:
    """A wide bend of a river around a town, seen over the wall of a dam."""
    c.fade("#9ccbe8", "#e8f0ec", 0, 70)
    ridge(c, 62, 7, 190, 0.3, "#8fae9a", 90)
    c.fade("#9fbb68", "#7f9f4e", 72, 240)
    for n in range(9):
        y = 84 + n * 13
        c.line([(chance.uniform(0, 40), y), (chance.uniform(240, 320), y + 8)], "#8aa858", 2)
    bend: list[Point] = [(330, 84), (230, 84), (120, 92), (62, 112), (56, 142), (110, 166), (210, 178), (340, 196)]
    c.line(bend, "#d9c79a", 34)
    c.line(bend, "#4f93b5", 28)
    c.line(bend, "#7db8d2", 12)
    for x, y, wall in (
        (150, 132, WHITE),
        (176, 128, "#d9a679"),
        (206, 134, WHITE),
        (168, 150, "#e0cfa4"),
        (196, 154, "#c9806a"),
        (226, 152, WHITE),
    ):
        house(c, x, y, 21, 14, wall, "#a14b34")
    c.box(184, 104, 10, 30, "#cdb690")
    c.poly([(181, 104), (197, 104), (189, 84)], "#7a4338")
    for x, y in ((30, 100), (22, 160), (270, 130), (296, 142), (284, 116), (44, 190), (120, 140)):
        tree(c, x, y, 26)
    c.poly([(0, 206), (320, 214), (320, 240), (0, 240)], "#8d939a")
    c.poly([(0, 200), (320, 208), (320, 216), (0, 208)], "#b5babf")
    for n in range(9):
        c.line([(n * 40 + 8, 208), (n * 40 + 8, 240)], "#73797f", 1.6)
    for n in range(17):
        c.line([(n * 20, 200.5 + n * 0.5), (n * 20, 178 + n * 0.5)], INK, 1.6)
    c.line([(0, 178), (320, 186)], INK, 2.4)


def bridge(c: Canvas, chance: random.Random) -> None:
    """A stone bridge of five arches over a river, with a cart on it."""
    c.fade("#94c0de", "#e9efe4", 0, 130)
    ridge(c, 104, 10, 230, 1.2, "#86a46c", 160)
    tree(c, 30, 112, 62)
    tree(c, 296, 112, 70)
    c.fade("#7db0c0", "#3f768c", 150, 240)
    c.poly([(0, 112), (160, 84), (320, 112), (320, 190), (0, 190)], "#b7ab98")
    for n in range(5):
        x = 32 + 64 * n
        top = (46, 54, 62, 54, 46)[n]
        c.half(x, 190, 26, top + 6, "#8c8171")
        c.half(x, 190, 23, top, "#a9cfdc")
        c.box(x - 23, 180, 46, 12, "#8fbccb")
    for n in range(4):
        c.poly([(57 + 64 * n, 196), (64 + 64 * n, 158), (71 + 64 * n, 196)], "#9a8f7e")
    for side in (0, 320):
        c.line([(side, 108), (160, 80)], "#cfc4b0", 6)
    for row in range(5):
        for n in range(24):
            x, y = n * 14 + row % 2 * 7, 116 + row * 7 - 24 * (1 - abs(n - 12) / 12)
            c.line([(x, y), (x + 8, y)], "#a19584", 1)
    c.box(0, 192, 320, 48, "#4d879b")
    ripples(c, chance, 194, 236, "#cfe6ec", 60)
    c.box(166, 56, 34, 16, "#8a5a2e")
    c.disc(174, 76, 8, "", INK, 2.4)
    c.disc(194, 76, 8, "", INK, 2.4)
    c.oval(140, 66, 17, 8, "#6d4a34")
    c.line([(128, 62), (118, 50), (110, 54)], "#6d4a34", 6)
    for x in (130, 150):
        c.line([(x, 70), (x, 84)], "#6d4a34", 3)


def ice(c: Canvas, chance: random.Random) -> None:
    """Dark ice with white cracks; beside a hole two hands, one on the other, measure its edge."""
    x: float
    y: float
    c.fade("#c9d6de", "#e9eef0", 0, 60)
    ridge(c, 50, 6, 150, 0, "#56666c", 66)
    for n in range(17):
        x = n * 20 + 4
        c.poly([(x - 7, 58), (x + 7, 58), (x, 30 + n * 7 % 13)], "#3f5056")
    c.fade("#8fa5b0", "#1b2a36", 58, 240)
    for _ in range(9):
        x, y = chance.uniform(0, 320), chance.uniform(70, 150)
        way = [(x, y)]
        for _ in range(5):
            x, y = x + chance.uniform(-30, 30), y + chance.uniform(6, 20)
            way.append((x, y))
        c.line(way, "#c3d6de", 1.2)
    for _ in range(60):
        c.disc(chance.uniform(0, 320), chance.uniform(80, 236), chance.uniform(0.8, 2.6), "#7c95a3")
    c.poly([(70, 126), (262, 126), (300, 232), (38, 232)], "#0e1a24")
    c.poly([(70, 126), (262, 126), (268, 200), (64, 200)], "#6da7bd")
    c.poly([(70, 126), (262, 126), (262.4, 132), (69.6, 132)], "#dcecf0")
    for _ in range(34):
        x = chance.uniform(74, 258)
        c.line([(x, chance.uniform(136, 160)), (x, chance.uniform(164, 196))], "#93c5d6", 1)
    c.poly([(64, 200), (268, 200), (300, 232), (38, 232)], "#132c3c")
    ripples(c, chance, 206, 230, "#3f6a80", 14)
    for n, (y, sleeve) in enumerate(((132, "#b0372c"), (166, "#b0372c"))):
        far = 190 if n else 176
        c.box(262 - 4, y + 3, 70, 28, sleeve)
        c.box(258, y + 1, 9, 32, "#7d2620")
        c.box(far + 24, y + 3, 262 - far - 24, 28, "#dcae8c")
        for finger in range(4):
            c.line(
                [(far + 36, y + 7 + 7 * finger), (far - (4, 10, 9, 2)[finger] + 14, y + 7 + 7 * finger)], "#dcae8c", 6.4
            )
            c.line([(far + 34, y + 10.4 + 7 * finger), (far + 10, y + 10.4 + 7 * finger)], "#b9856a", 0.8)
    for y in (132, 199):
        c.line([(112, y), (160, y)], "#f1d86c", 1.6)
    c.line([(136, 134), (136, 197)], "#f1d86c", 1.6)
    c.poly([(131, 142), (141, 142), (136, 133)], "#f1d86c")
    c.poly([(131, 189), (141, 189), (136, 198)], "#f1d86c")


def mule(c: Canvas, x: float, y: float, size: float) -> None:
    """A mule with two bags, that walks to the right."""
    c.oval(x, y - size * 0.55, size * 0.42, size * 0.17, "#6d5240")
    for dx in (-0.32, -0.2, 0.2, 0.32):
        c.line([(x + dx * size, y - size * 0.45), (x + dx * size * 1.05, y)], "#5a4334", size * 0.07)
    c.line([(x + size * 0.36, y - size * 0.6), (x + size * 0.56, y - size * 0.86)], "#6d5240", size * 0.15)
    c.line([(x + size * 0.54, y - size * 0.86), (x + size * 0.72, y - size * 0.78)], "#6d5240", size * 0.12)
    for dx in (0.48, 0.56):
        c.line([(x + dx * size, y - size * 0.9), (x + (dx - 0.03) * size, y - size * 1.08)], "#5a4334", size * 0.05)
    c.line([(x - size * 0.4, y - size * 0.6), (x - size * 0.5, y - size * 0.3)], "#4a3528", size * 0.05)
    c.oval(x - size * 0.04, y - size * 0.58, size * 0.2, size * 0.19, "#efe6d0", "#b9a67c", size * 0.03)


def pass_road(c: Canvas, chance: random.Random) -> None:
    """A path in sharp turns up a rocky mountain, and mules with bags on it."""
    c.fade("#7fb2dc", "#e2ecf0")
    c.poly([(0, 130), (70, 40), (120, 90), (150, 60), (210, 120), (0, 160)], "#8d9aa8")
    c.poly([(52, 63), (70, 40), (88, 58), (78, 62), (70, 56), (62, 66)], WHITE)
    c.poly([(60, 240), (150, 110), (236, 22), (280, 66), (320, 50), (320, 240)], "#7d766c")
    c.poly([(204, 56), (236, 22), (262, 48), (250, 60), (238, 50), (224, 62)], WHITE)
    c.poly([(0, 240), (0, 150), (90, 176), (190, 206), (320, 214), (320, 240)], "#76905a")
    for _ in range(46):
        x, y = chance.uniform(150, 318), chance.uniform(90, 206)
        c.poly([(x, y), (x + 9, y - 4), (x + 13, y + 3), (x + 4, y + 6)], chance.choice(("#6b645a", "#918a7e")))
    way: list[Point] = [
        (40, 236),
        (250, 206),
        (140, 178),
        (286, 156),
        (186, 134),
        (284, 116),
        (214, 98),
        (274, 84),
        (232, 68),
        (258, 56),
    ]
    for n, (start, end) in enumerate(pairwise(way)):
        width = 15 - n * 1.35
        c.line([start, end], "#5a534a", width + 3)
        c.line([start, end], "#d9c49a", width)
    for x, y, size in ((96, 229, 50), (176, 216, 44), (200, 170, 28), (246, 162, 26), (232, 126, 18)):
        mule(c, x, y, size)
    person(c, 46, 236, 52, "#8f3a34")


def canal(c: Canvas, chance: random.Random) -> None:
    """A canal at dusk under first stars, people with lamps on the towpath, the gates of a lock."""
    c.fade("#1c2650", "#d98a74", 0, 116)
    stars(c, chance, 44, 70)
    ridge(c, 108, 4, 150, 0, "#232b40", 124)
    for x in (20, 60, 110):
        tree(c, x, 122, 54, "#1d2a33")
    c.box(0, 116, 320, 124, "#2c3a34")
    c.poly([(150, 118), (176, 118), (320, 240), (60, 240)], "#3f4f7c")
    c.poly([(158, 118), (168, 118), (240, 240), (150, 240)], "#b97f86")
    ripples(c, chance, 136, 236, "#8f87ab", 26)
    c.poly([(138, 118), (146, 118), (44, 240), (-30, 240)], "#b9a98c")
    c.box(142, 104, 15, 26, "#141a20")
    c.box(172, 104, 15, 26, "#141a20")
    c.line([(120, 106), (158, 102)], WHITE, 3)
    c.line([(172, 102), (212, 106)], WHITE, 3)
    house(c, 232, 128, 34, 26, "#3f4556", "#20242e", "#ffd98a")
    for x, y, size, coat in (
        (32, 224, 84, "#2f5f7a"),
        (68, 188, 58, "#7a3f52"),
        (96, 164, 38, "#4f6a4a"),
        (114, 148, 26, "#5d5170"),
        (126, 136, 18, "#3f4a66"),
    ):
        person(c, x, y, size, coat, "#241f24")
        c.line([(x + size * 0.12, y - size * 0.66), (x + size * 0.3, y - size * 0.52)], coat, size * 0.08)
        c.glow(x + size * 0.32, y - size * 0.42, size * 0.42, "#ffe09a", 0.95)
        c.disc(x + size * 0.32, y - size * 0.42, size * 0.07, "#fff6d8")


def windmill(c: Canvas, chance: random.Random) -> None:
    """A windmill with four sails among fields, sacks before its door."""
    dx: float
    dy: float
    c.fade("#86bce4", "#eaf2ee")
    for x, y in ((60, 44), (262, 58)):
        for dx, dy, size in ((-20, 4, 14), (0, 0, 19), (22, 5, 13)):
            c.oval(x + dx, y + dy, size * 1.3, size * 0.7, WHITE)
    ridge(c, 164, 7, 240, 0.4, "#d7b95a")
    for n in range(26):
        c.line([(n * 13, 240), (140 + (n * 13 - 140) * 0.5, 172)], "#c4a444", 1.6)
    c.poly([(122, 206), (206, 206), (188, 96), (140, 96)], "#efe6d2")
    c.poly([(122, 206), (206, 206), (203, 190), (125, 190)], "#8f8474")
    c.half(164, 98, 28, 28, "#7a4338")
    c.half(164, 190, 12, 18, "#5d4027")
    c.box(152, 189, 24, 17, "#5d4027")
    for y in (122, 148):
        c.box(157, y, 14, 14, "#6f8796")
    for dx, dy in ((0.72, 0.69), (-0.69, 0.72), (-0.72, -0.69), (0.69, -0.72)):
        end = (164 + dx * 96, 86 + dy * 96)
        c.line([(164, 86), end], "#5d4027", 3.4)
        side = (-dy * 17, dx * 17)
        start = (164 + dx * 24, 86 + dy * 24)
        c.poly([start, end, (end[0] + side[0], end[1] + side[1]), (start[0] + side[0], start[1] + side[1])], "#f9f4e4")
        for n in range(6):
            share = 0.26 + n * 0.148
            at = (164 + dx * 96 * share, 86 + dy * 96 * share)
            c.line([at, (at[0] + side[0], at[1] + side[1])], "#8a6238", 1.2)
        c.line([(start[0] + side[0], start[1] + side[1]), (end[0] + side[0], end[1] + side[1])], "#8a6238", 1.4)
    c.disc(164, 86, 6, INK)
    for x in (216, 236, 226):
        c.oval(x, 200 - (12 if x == 226 else 0), 11, 13, "#d9c08c", "#a58a55", 1.2)


SCENES = {
    "river": river, "bridge": bridge, "ice": ice, "pass": pass_road, "canal": canal, "windmill": windmill,
}  # fmt: skip
