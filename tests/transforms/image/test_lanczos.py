"""Pillow's LANCZOS, to the bit."""

import numpy as np
import pytest
from PIL import Image

from transforms.image import lanczos
from transforms.image.lanczos import SIDE, small_grey

SIZES = [
    (64, 64),
    (390, 521),
    (640, 480),
    (1001, 333),
    (64, 6401),
    (6500, 65),
    (2048, 77),
    (16_384, 64),
    (20, 700),
    (32, 32),
]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["noise", "ink", "white"])
def test_levels_are_those_of_pillow(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], kind: str) -> None:
    """Also where the kernel overshoots, where sums are largest, and where the picture is read in pieces."""
    monkeypatch.setattr(lanczos, "_LEAST", (64, 0))
    monkeypatch.setattr(lanczos, "_HELD", 30_000)
    levels = np.random.default_rng(sum(size)).integers(0, 256, (size[1], size[0]), np.uint8)
    grey = Image.fromarray(
        {"noise": levels, "ink": np.where(levels > 120, 255, 0).astype(np.uint8), "white": levels | 255}[kind]
    )
    assert np.array_equal(small_grey(grey), np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.LANCZOS)))
