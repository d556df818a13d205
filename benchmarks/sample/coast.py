"""Scenes by the sea: harbour, lighthouse, ferry, lights of the coast, and what stands at the helm."""

import random

from benchmarks.sample.kit import Canvas, ring, wave
from benchmarks.sample.things import INK, WHITE, boat, house, lighthouse, person, ridge, ripples, stars, tree


def harbour(c: Canvas, chance: random.Random) -> None:
    """Boats in a bay at sunrise below a headland with a lighthouse."""
    c.fade("#7fa6c4", "#f8cf96", 0, 130)
    c.glow(92, 112, 80, "#fff0b8", 0.9)
    c.disc(92, 108, 15, "#fff6cf")
    c.fade("#e9b583", "#3f7187", 130, 240)
    ripples(c, chance, 134, 236, "#ffe0ac", 46)
    c.poly([(178, 130), (200, 104), (228, 82), (262, 72), (320, 70), (320, 140), (178, 140)], "#5c6d4c")
    c.poly([(178, 132), (222, 112), (270, 108), (320, 116), (320, 142), (178, 142)], "#47563d")
    lighthouse(c, 262, 74, 70)
    for x, wall, roof in ((214, WHITE, "#a14b34"), (240, "#d9b98c", "#7c4533"), (292, WHITE, "#8d4a3a")):
        house(c, x, 138, 24, 18, wall, roof)
    c.box(170, 138, 150, 9, "#8a8074")
    for x in range(176, 320, 18):
        c.box(x, 146, 4, 9, "#5d564e")
    boat(c, 70, 168, 52, "#b23a2e", "#f3e7cf")
    boat(c, 232, 182, 64, "#2f5f86")
    boat(c, 146, 158, 34, "#3f7a56")
    boat(c, 110, 222, 92, "#2f6f62", "#f7f0dc")


def lantern(c: Canvas, chance: random.Random) -> None:
    """The lens of a lighthouse in its glass room, with somebody who wipes it."""
    c.fade("#bcd7e6", "#dfeaea", 0, 150)
    c.fade("#6f9fb5", "#4d7f99", 150, 240)
    for x in (4, 62, 250, 312):
        c.box(x, 0, 6, 240, "#3a3f45")
    c.box(0, 84, 320, 4, "#3a3f45")
    c.box(0, 206, 320, 34, "#4a4d52")
    c.poly([(118, 206), (202, 206), (190, 182), (130, 182)], "#b08a3e")
    c.poly([(128, 182), (192, 182), (214, 112), (192, 36), (128, 36), (106, 112)], "#a9cfd0")
    for n in range(9):
        share = abs(n - 4) / 4
        reach = 54 - 22 * share * share
        y = 44 + n * 16.5
        c.oval(160, y, reach, 6.5, "#d4eeec" if n % 2 else "#8fbfc4", "#f6ffff", 1)
    for radius in (34, 26, 18):
        c.oval(160, 110, radius, radius * 1.05, "", "#f4ffff", 2.5)
    c.glow(160, 110, 50, "#fff3c0", 0.9)
    c.disc(160, 110, 9, "#fff9de")
    for x in (110, 210):
        c.line(
            [
                (x + (18 if x < 160 else -18), 36),
                (x - (4 if x < 160 else -4), 112),
                (x + (18 if x < 160 else -18), 184),
            ],
            "#c79a3f",
            3,
        )
    c.half(160, 38, 40, 24, "#b08a3e")
    c.box(118, 36, 84, 5, "#8d6c2c")
    person(c, 246, 222, 128, "#7a3f52")
    c.line([(234, 136), (216, 118), (204, 98)], "#7a3f52", 9)
    c.disc(204, 97, 5, "#dcae8c")
    c.poly([(196, 84), (212, 90), (206, 112), (190, 104)], "#f7e27a")
    for x, y in ((128, 74), (186, 60), (136, 150)):
        c.line([(x - 6, y), (x + 6, y)], "#ffffff", 1.5)
        c.line([(x, y - 6), (x, y + 6)], "#ffffff", 1.5)


def ferry(c: Canvas, chance: random.Random) -> None:
    """A ferry with lit windows at night, sacks of mail on her deck, a town behind."""
    x: float
    c.fade("#0d1730", "#263a5e", 0, 150)
    stars(c, chance, 70, 100)
    c.disc(270, 36, 15, "#f4ecc6")
    c.disc(277, 32, 13, "#131f3d")
    ridge(c, 138, 6, 210, 1, "#131d2e", 152)
    for _ in range(22):
        c.disc(chance.uniform(4, 120), chance.uniform(133, 148), 1.3, "#ffd36e")
    c.fade("#1a2c4b", "#0b1526", 150, 240)
    c.poly([(18, 160), (306, 154), (282, 200), (46, 200)], "#d8d3c6")
    c.poly([(24, 176), (296, 174), (282, 200), (46, 200)], "#7e2b2b")
    c.box(62, 124, 186, 36, "#efeadd")
    c.box(88, 98, 128, 26, "#efeadd")
    c.box(92, 84, 40, 14, "#efeadd")
    c.poly([(160, 98), (188, 98), (184, 56), (164, 56)], "#b3402f")
    c.box(164, 56, 21, 9, INK)
    for n in range(9):
        c.box(70 + 19.5 * n, 132, 12, 13, "#ffd867")
    for n in range(6):
        c.box(95 + 20 * n, 103, 12, 12, "#ffe08a")
    for n in range(3):
        c.box(96 + 12 * n, 87, 8, 7, "#ffe9ae")
    c.line([(112, 84), (112, 52)], "#cfc9ba", 2)
    c.glow(112, 52, 18, "#fff4c4")
    for n, smoke in enumerate(((196, 46, 10), (214, 36, 13), (238, 28, 16))):
        c.oval(*smoke, 7 + 2 * n, "#39486a")
    for n in range(4):
        x = 254 + 11 * n
        c.oval(x, 150, 7, 9, "#c8a36a")
        c.line([(x - 4, 142), (x + 4, 142)], "#6b4d28", 2)
    c.line([(250, 140), (304, 136)], WHITE, 1.2)
    for n in range(30):
        x = chance.uniform(66, 266)
        c.line([(x, 204 + n), (x + chance.uniform(4, 12), 204 + n)], "#caa24e", 1.4)
    ripples(c, chance, 202, 238, "#5a7ba6", 50)


def beam(c: Canvas, chance: random.Random) -> None:
    """A lighthouse on a rock that throws its light over the sea at night."""
    c.fade("#101a36", "#3d4f74", 0, 170)
    stars(c, chance, 80, 130)
    c.poly([(196, 62), (0, 0), (0, 92)], "#fff2b0", 0.45)
    c.poly([(204, 62), (320, 40), (320, 92)], "#fff2b0", 0.3)
    c.fade("#24375a", "#0d1830", 170, 240)
    ripples(c, chance, 174, 238, "#6b86b4", 50)
    c.poly([(128, 204), (152, 178), (176, 168), (226, 166), (252, 182), (284, 206)], "#2d2f36")
    lighthouse(c, 200, 172, 122, lit=True)
    c.glow(200, 64, 34, "#fff6c8", 1)
    house(c, 236, 180, 34, 22, "#cfc8b8", "#5a2f2a", "#ffd867")
    for n in range(3):
        c.line(wave(110, 300, 206 + 6 * n, 1.6, 26, n), "#c9d8ea", 1.4)


def buoy(c: Canvas, chance: random.Random) -> None:
    """A bell buoy that leans in a swell, in fog."""
    c.fade("#b9c3c6", "#d5dada", 0, 130)
    c.fade("#9fb0b3", "#526d72", 120, 240)
    for n in range(7):
        y = 138 + 15 * n
        c.line(wave(-10, 330, y, 4, 70 + 6 * n, n), "#dfe7e6", 1.5)
    c.poly([(112, 176), (214, 158), (206, 196), (132, 208)], "#c8342b")
    c.poly([(112, 176), (214, 158), (213, 168), (116, 186)], "#e65b43")
    for a, b in (((128, 172), (138, 70)), ((200, 160), (160, 66)), ((164, 168), (149, 68))):
        c.line([a, b], "#a32a23", 4)
    c.line([(133, 120), (180, 112)], "#a32a23", 3)
    c.poly([(146, 138), (176, 133), (170, 122), (166, 106), (154, 107), (150, 125)], "#c49a3a")
    c.disc(162, 138, 4, "#7d5f1f")
    c.disc(148, 60, 9, "#ffe28a", "#a32a23", 3)
    c.glow(148, 60, 30, "#fff2c0", 0.7)
    for n in range(4):
        c.line(wave(-10, 330, 196 + 12 * n, 5, 64, 2 + n), "#6c888c", 5)
    for x, y in ((240, 60), (262, 76), (60, 46)):
        c.line([(x - 9, y - 4), (x - 4, y - 6), (x, y), (x + 4, y - 6), (x + 9, y - 4)], "#5c6668", 1.8)
    c.oval(30, 110, 90, 12, "#dfe3e3")
    c.oval(290, 122, 80, 10, "#d8dede")


def lightship(c: Canvas, chance: random.Random) -> None:
    """A red ship that carries a light on a mast in her middle, at anchor."""
    c.fade("#f2b38a", "#8f7aa0", 0, 140)
    c.fade("#74719a", "#33406a", 140, 240)
    ripples(c, chance, 144, 238, "#c7a8ba", 60)
    c.poly([(40, 142), (286, 136), (262, 190), (66, 190)], "#c22f27")
    c.poly([(58, 178), (268, 176), (262, 190), (66, 190)], "#5b1a1a")
    c.line([(40, 142), (286, 136)], WHITE, 3)
    c.box(96, 116, 44, 26, WHITE)
    c.box(190, 118, 44, 22, WHITE)
    for x in (102, 120, 197, 216):
        c.disc(x + 5, 129, 4.5, "#46566e")
    for shift in (-9, 9):
        c.line([(164 + shift, 140), (164 + shift * 0.5, 60)], "#a33", 3)
    for y in (70, 90, 110, 126):
        c.line([(156, y), (172, y)], "#a33", 2)
    c.box(152, 36, 24, 24, "#ffe9a0")
    c.glow(164, 48, 46, "#fff0b4", 0.9)
    c.box(149, 58, 30, 4, INK)
    c.half(164, 37, 15, 11, "#8e2f22")
    c.line([(60, 140), (60, 92)], "#5a4632", 2.4)
    c.line([(254, 137), (254, 92)], "#5a4632", 2.4)
    c.line([(60, 92), (164, 30), (254, 92)], "#54424a", 1)
    c.line([(40, 146), (10, 214)], "#40404c", 2)


def pier(c: Canvas, chance: random.Random) -> None:
    """A lamp that burns above a bench at the end of a pier, at dusk."""
    c.fade("#3b4a76", "#e39a7c", 0, 150)
    c.fade("#8d7e98", "#34446a", 150, 240)
    ripples(c, chance, 154, 236, "#e6b39a", 40)
    c.poly([(0, 240), (0, 196), (216, 166), (250, 166), (250, 174), (150, 240)], "#6a5646")
    for n in range(12):
        x = 14 + n * 19
        c.line([(x, 194 - n * 2.4), (x + 20 - n * 4, 240 - n * 5.6)], "#4b3b30", 1.4)
    for x in (224, 242):
        c.box(x, 172, 5, 40, "#44362c")
    c.line([(186, 176), (186, 60), (204, 48), (216, 56)], INK, 4)
    c.glow(216, 70, 62, "#ffe7a0", 0.85)
    c.poly([(206, 62), (226, 62), (221, 80), (211, 80)], "#fff3c4")
    c.poly([(202, 62), (230, 62), (216, 52)], INK)
    c.box(92, 152, 66, 5, "#2f6a58")
    c.box(92, 140, 66, 5, "#2f6a58")
    c.box(90, 165, 72, 6, "#2f6a58")
    for x in (97, 150):
        c.box(x, 140, 4, 46, INK)


def barge(c: Canvas, chance: random.Random) -> None:
    """A barge that lies in the grass between apple trees."""
    x: float
    c.fade("#a8cbe0", "#e4eed8", 0, 130)
    ridge(c, 124, 8, 240, 0.5, "#8aa56b")
    c.fade("#86a957", "#5c8540", 132, 240)
    for x in (28, 92, 236, 296):
        tree(c, x, 150, 84, "#5b8a45")
        for _ in range(9):
            c.disc(x + chance.uniform(-24, 24), chance.uniform(76, 112), 2.6, "#c8382d")
    c.poly([(30, 158), (284, 146), (302, 138), (286, 196), (56, 204)], "#6e4a30")
    c.poly([(30, 158), (284, 146), (302, 138), (299, 148), (284, 156), (34, 168)], "#94683f")
    for y in (176, 188):
        c.line([(48, y + 4), (288, y - 6)], "#4c3221", 1.6)
    c.box(78, 130, 54, 28, "#b98a54")
    c.box(72, 125, 66, 7, "#5f3d27")
    c.box(90, 139, 12, 11, "#3d5360")
    c.line([(196, 152), (196, 62)], "#5a4632", 5)
    c.line([(176, 84), (216, 80)], "#5a4632", 3)
    for _ in range(70):
        x = chance.uniform(10, 312)
        c.line([(x, 214), (x + chance.uniform(-3, 3), chance.uniform(190, 206))], "#4f7a36", 1.6)
    for x, y in ((120, 218), (214, 224), (258, 212), (60, 226)):
        c.disc(x, y, 3.6, "#c8382d")


def helm(c: Canvas, chance: random.Random) -> None:
    """A captain behind a steering wheel."""
    c.fade("#9fc0d4", "#e3ecec", 0, 150)
    c.fade("#4f88a0", "#2d5b74", 150, 240)
    c.poly([(96, 240), (110, 140), (146, 118), (178, 118), (214, 140), (228, 240)], "#27324e")
    c.disc(162, 84, 32, "#dcae8c")
    c.poly([(134, 92), (190, 92), (184, 120), (162, 130), (140, 120)], "#e8e4dc")
    c.half(162, 72, 36, 26, "#f4f1e8")
    c.poly([(124, 70), (200, 70), (192, 80), (132, 80)], INK)
    c.disc(150, 86, 3, INK)
    c.disc(174, 86, 3, INK)
    c.line([(152, 104), (172, 104)], "#9a5a4c", 2)
    c.disc(162, 190, 54, "", "#8a5a2e", 9)
    for x, y in ring(162, 190, 72, 8, 22.5):
        c.line([(162, 190), (x, y)], "#8a5a2e", 6)
        c.disc(x, y, 5, "#6d4420")
    c.disc(162, 190, 13, "#c79a3f")
    for x in (112, 212):
        c.disc(x, 172, 10, "#dcae8c")


SCENES = {
    "harbour": harbour, "lantern": lantern, "ferry": ferry, "beam": beam, "buoy": buoy, "lightship": lightship, "pier": pier,
    "barge": barge, "helm": helm,
}  # fmt: skip
