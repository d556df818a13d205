"""The perceptual hash, against imagehash as its oracle."""

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from tests.support.pictures import noise
from tests.support.shared_data import shared
from transforms.image.phash import hashes, phash


def oracle(image: Image.Image) -> int:
    """What imagehash says."""
    return int(str(imagehash.phash(image)), 16)


def test_published_values() -> None:
    """imagehash's own test picture has the value that its test pins (tests/test_hash_is_constant.py)."""
    with Image.open(shared("images/near-duplicates/imagehash/imagehash.png")) as image:
        assert f"{phash(image):016x}" == "ba8c84536bd3c366"


@settings(max_examples=100)
@given(st.integers(0, 2**32 - 1), st.integers(1, 90), st.integers(1, 90), st.sampled_from(["L", "RGB", "RGBA", "CMYK"]))
def test_noise_has_the_bits_of_imagehash(seed: int, width: int, height: int, mode: str) -> None:
    """Pictures of any size and mode hash as imagehash hashes them, bit by bit."""
    bands = {"L": (), "RGB": (3,), "RGBA": (4,), "CMYK": (4,)}[mode]
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, *bands), dtype=np.uint8)
    image = Image.frombytes(mode, (width, height), pixels.tobytes())
    assert differing(image) <= ties(image)


@settings(max_examples=100)
@given(arrays(np.uint8, (32, 32), elements=st.sampled_from([0, 1, 128, 255])))
def test_bits_differ_only_where_a_coefficient_ties_with_the_median(pixels: np.ndarray) -> None:
    """On coarse pictures too, a bit differs only where the transform equals the median but for rounding."""
    image = Image.fromarray(pixels)
    assert differing(image) <= ties(image)


def differing(image: Image.Image) -> int:
    """How many bits differ from those of imagehash."""
    return (phash(image) ^ oracle(image)).bit_count()


def ties(image: Image.Image) -> int:
    """How many of the 64 coefficients lie within rounding of their median, in arithmetic of its own."""
    grey = np.asarray(image.convert("L").resize((32, 32), Image.Resampling.LANCZOS), dtype=np.longdouble)
    place, frequency = np.arange(32, dtype=np.longdouble)[:, None], np.arange(8, dtype=np.longdouble)
    basis = 2 * np.cos(np.longdouble("3.14159265358979323846") * frequency * (2 * place + 1) / 64)
    low = np.sum(basis[:, :, None, None] * grey[:, None, :, None], axis=0)
    low = np.sum(low * basis[None, :, :], axis=1)
    return int((np.abs(low - np.median(low)) < 1e-8).sum())


@pytest.mark.parametrize("value", [0, 1, 127, 255])
def test_a_flat_picture_has_no_bits_but_the_first(value: int) -> None:
    """Zeros are exact: what a flat picture has besides its mean is not rounding noise."""
    assert phash(Image.new("L", (100, 70), value)) == (1 << 63 if value else 0)


@pytest.mark.parametrize("mode", ["1", "P", "LA", "I;16"])
def test_other_modes_are_made_grey_as_imagehash_makes_them(mode: str) -> None:
    """Whatever mode goes in, no conversion of ours changes the bits."""
    grey = noise(50, 60)
    image = grey.convert(mode) if mode != "I;16" else Image.fromarray(np.asarray(grey).astype(np.uint16) * 2)
    assert phash(image) == oracle(image)


def test_photographs_have_the_bits_of_imagehash() -> None:
    """Real photographs hash as imagehash hashes them."""
    files = sorted(shared("images/photos/clothing").rglob("*.jpg"))[::10]
    assert len(files) >= 20
    for file in files:
        with Image.open(file) as image:
            assert phash(image) == oracle(image), file.name


@pytest.mark.parametrize("wider", range(12))
def test_the_256_bits_are_those_of_imagehash(wider: int) -> None:
    """imagehash computes them too, by a hash of 16 by 16 out of 32 by 32 pixels."""
    image = noise(50 + wider, 37)
    wanted = imagehash.phash(image, hash_size=16, highfreq_factor=2)
    assert hashes(image) == (phash(image), np.packbits(wanted.hash).tobytes())
