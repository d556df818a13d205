"""The measures of images by column, from the facts that staging keeps. Pure, and without a decoder."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.measures import IMAGE_MEASURES

Floats = NDArray[np.float64]


def measure_columns(facts: Mapping[str, Any]) -> dict[str, Floats]:
    """The measures of `schemas.measures.IMAGE_MEASURES` of many images, by name, from columns of `schemas.index.IMAGE_FACTS`."""
    # An image that could not be decoded has sides of 0; no reference is resolved to it.
    width, height = (np.maximum(np.asarray(facts[side], float), 1) for side in ("width", "height"))
    small, large = np.minimum(width, height), np.maximum(width, height)
    return {
        "image_min_side": small,
        "image_max_side": large,
        "image_aspect": large / small,
        "image_pixels": small * large,
        "image_bytes": np.asarray(facts["size"], float),
        "image_spread": np.asarray(facts["spread"], float),
        **{m.name: np.asarray(facts[m.name], float) for m in IMAGE_MEASURES if m.decoded},
    }
