"""The measures of images by column, from the facts that staging keeps. Pure, and without a decoder."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def measure_columns(width: Floats, height: Floats, size: Floats, spread: Floats) -> dict[str, Floats]:
    """The measures of `schemas.measures.IMAGE_MEASURES` of many images, by name; sides in pixels, at least 1."""
    small, large = np.minimum(width, height), np.maximum(width, height)
    return {
        "image_min_side": small,
        "image_max_side": large,
        "image_aspect": large / small,
        "image_pixels": small * large,
        "image_bytes": size,
        "image_spread": spread,
    }
