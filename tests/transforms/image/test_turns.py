"""What the 256 bits of a picture say about it mirrored and turned, against hashing it anew."""

import numpy as np
import pytest
from PIL import Image

from tests.support.pictures import noise
from tests.support.shared_data import shared
from transforms.dedup.pictures import SETS
from transforms.image.likeness import fine_distance
from transforms.image.phash import hashes
from transforms.image.turns import SEARCHED, WAYS, coarse, turned, turned_distance

WAY = [
    None,
    Image.Transpose.FLIP_LEFT_RIGHT,
    Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.ROTATE_180,
    Image.Transpose.TRANSPOSE,
    Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_90,
    Image.Transpose.ROTATE_270,
]
NEAR = SETS["default"]


def fine(image: Image.Image) -> np.ndarray:
    """The 256 bits as a row of facts holds them."""
    return np.array([hashes(image)[1]], "V32")


def made(image: Image.Image, way: int) -> Image.Image:
    """The picture mirrored or turned."""
    how = WAY[way]
    return image if how is None else image.transpose(how)


@pytest.mark.parametrize("way", range(WAYS))
def test_bits_are_those_of_the_turned_picture(way: int) -> None:
    """But for a few: those of coefficients that are next to the median, which changes."""
    pictures = [noise(60 + wider, 47) for wider in range(20)]
    apart = [int(fine_distance(turned(fine(p), way), fine(made(p, way)))[0]) for p in pictures]
    assert np.mean(apart) < 16
    assert max(apart) <= NEAR.fine


def test_turning_back() -> None:
    """A quarter turn to the left and one to the right undo each other; all other ways undo themselves."""
    bits = fine(noise(64, 50))
    back = {6: 7, 7: 6}
    for way in range(WAYS):
        assert turned(turned(bits, way), back.get(way, way)) == bits
        assert way in SEARCHED or way == 0 or back[way] in SEARCHED


def test_coarse_is_of_the_coefficients_of_the_hash() -> None:
    """Its bits stand where those of the hash stand; the median alone is another."""
    for wider in range(20):
        bits, picture = hashes(noise(60 + wider, 47)), noise(60 + wider, 47)
        assert (int(coarse(fine(picture))[0]) ^ bits[0]).bit_count() <= 16
    flat = fine(Image.new("L", (40, 40), 7))
    assert int(coarse(flat)[0]) == 1 << 63


def test_rows_are_independent() -> None:
    """Many pictures at once, and none."""
    pictures = [noise(60, 47), noise(50, 40)]
    rows = np.concatenate([fine(picture) for picture in pictures])
    for way in range(WAYS):
        assert turned(rows, way).tolist() == [turned(fine(picture), way)[0].item() for picture in pictures]
    assert len(turned(rows[:0], 5)) == len(coarse(rows[:0])) == 0
    assert turned_distance(turned(rows, 5), rows).tolist() == [0, 0]


def test_mirrored_and_turned_photographs_are_found() -> None:
    """At the default radius, and by the check, 95 of 100 at least in every way; different photographs are no copies in any."""
    files = sorted(shared("images/photos/clothing").rglob("*.jpg"))[::5]
    assert len(files) >= 40
    photos = [Image.open(file).convert("L") for file in files]
    rows = np.concatenate([fine(photo) for photo in photos])
    for way in range(WAYS):
        wanted = np.concatenate([fine(made(photo, way)) for photo in photos])
        mine = turned(rows, way)
        found = np.bitwise_count(coarse(mine) ^ coarse(wanted)) <= NEAR.radius
        assert np.mean(found & (fine_distance(mine, wanted) <= NEAR.fine)) >= 0.95
        strangers = np.bitwise_count(coarse(mine)[:, None] ^ coarse(rows)[None, :])[~np.eye(len(rows), dtype=bool)]
        assert strangers.min() > NEAR.radius
