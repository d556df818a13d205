"""Resizing by whole numbers: against sums that are written out, and against what img2dataset made of its own picture."""

import io
import random
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from schemas.recipe import ImagePart
from tests.support.pictures import noise
from tests.support.shared_data import shared
from transforms.image import resize
from transforms.image.encode import encoded
from transforms.image.resize import resized


def area(values: list[int], new: int) -> list[Fraction]:
    """A row by area: each cell the mean of what lies in it."""
    old = len(values)
    cells = []
    for cell in range(new):
        low, high = Fraction(cell * old, new), Fraction((cell + 1) * old, new)
        parts = [max(Fraction(0), min(high, Fraction(i + 1)) - max(low, Fraction(i))) for i in range(old)]
        cells.append(sum(part * value for part, value in zip(parts, values, strict=True)) * Fraction(new, old))
    return cells


@pytest.mark.parametrize(("old", "new"), [(7, 3), (100, 99), (640, 256), (513, 20), (5, 5), (300, 1)])
def test_a_row_made_smaller_is_the_mean_of_what_lies_in_each_cell(old: int, new: int) -> None:
    """Exactly, with halves rounded up."""
    values = [random.Random(old).randrange(256) for _ in range(old)]
    row = resized(Image.frombytes("L", (old, 1), bytes(values)), (new, 1))
    column = resized(Image.frombytes("L", (1, old), bytes(values)), (1, new))
    wanted = [int(value + Fraction(1, 2)) for value in area(values, new)]
    assert list(row.tobytes()) == wanted == list(column.tobytes())


def overlaps(old: int, new: int) -> np.ndarray:
    """The part of each pixel in each cell (new, old), in `new`-ths of a pixel."""
    cell, pixel = np.arange(new)[:, None], np.arange(old)[None, :]
    parts = np.minimum((cell + 1) * old, (pixel + 1) * new) - np.maximum(cell * old, pixel * new)
    return np.maximum(parts, 0)


@pytest.mark.parametrize(
    ("old", "new"),
    [((520, 390), (341, 256)), ((520, 390), (256, 192)), ((500, 375), (341, 256)), ((1021, 257), (1020, 256))],
)
@pytest.mark.parametrize("kind", ["noise", "ink", "white"])
def test_areas_are_exact(old: tuple[int, int], new: tuple[int, int], kind: str) -> None:
    """Where single precision holds the sums (the first two) and where it does not."""
    noise = np.random.default_rng(7).integers(0, 256, (old[1], old[0]), np.uint8)
    levels = {"noise": noise, "ink": np.where(noise > 120, 255, 0).astype(np.uint8), "white": noise | 255}[kind]
    sums = overlaps(old[1], new[1]) @ levels.astype(np.int64) @ overlaps(old[0], new[0]).T
    total = old[0] * old[1]
    assert np.array_equal(np.asarray(resized(Image.fromarray(levels), new)), (2 * sums + total) // (2 * total))


@pytest.mark.parametrize("size", [(50, 40), (33, 29), (120, 90), (60, 20)])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_it_does_not_matter_how_many_rows_are_held(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], mode: str
) -> None:
    """A picture that is read in pieces is the same to the bit."""
    picture = Image.merge("RGB", [noise(60, 50), noise(61, 50).crop((1, 0, 61, 50)), noise(60, 50).rotate(180)])
    whole = resized(picture.convert(mode), size)
    monkeypatch.setattr(resize, "_HELD", 60)
    assert resized(picture.convert(mode), size).tobytes() == whole.tobytes()
    assert (whole.size, whole.mode) == (size, mode)


def test_a_flat_picture_stays_flat() -> None:
    """Larger and smaller, at the ends of the scale too."""
    for level in (0, 1, 128, 255):
        flat = Image.new("L", (37, 23), level)
        for size in ((10, 7), (100, 90)):
            assert resized(flat, size).getextrema() == (level, level)


@pytest.mark.parametrize("mode", ["no", "border", "keep_ratio", "keep_ratio_largest", "center_crop"])
def test_pixels_are_those_of_img2dataset(mode: str) -> None:
    """Its own pictures, 600 pixels large, but for the face that it blurred in them: JPEG files of one quality, so levels may differ."""
    folder = shared("pairs/img2dataset/blur_test_files")
    with Image.open(folder / "original.png") as original, Image.open(folder / f"resize_{mode}.jpg") as theirs:
        ours = Image.open(io.BytesIO(encoded(original.convert("RGB"), 1, ImagePart(mode, 600), 2**20)))
        assert ours.size == theirs.size
        away = np.abs(np.asarray(ours).astype(int) - np.asarray(theirs)).max(axis=2)
    # The blurred face, 38 % to 64 % of the height of the picture and 54 % to 91 % of its width, with the blocks around it.
    width = away.shape[1]
    outside = np.ones(away.shape, bool)
    left, scale, top = {"border": (82, 436 / 389, 0), "center_crop": (0, 600 / 389, -112)}.get(
        mode, (0, width / 389, 0)
    )
    outside[int(top + 185 * scale) : int(top + 362 * scale), int(left + 198 * scale) : int(left + 368 * scale)] = False
    # Where a level before encoding differs by one, a block of the JPEG file may be rounded to another one.
    assert (away[outside] == 0).mean() > 0.99 and (away[outside] <= 2).mean() > 0.9995 and away[outside].max() <= 8
