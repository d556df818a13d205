"""Whether two pictures of an equal perceptual hash are the same picture. Pure, and without a decoder."""

import numpy as np
from numpy.typing import NDArray

GRID = 4  # cells a side in which colours are compared
COLOUR_BYTES = 2 * GRID * GRID
# Levels by which the chroma of a cell may differ; re-encoding and resizing move 250 photographs by 6 at most (docs/decisions.md). Ours.
SAME_COLOUR = 12


def same_colours(one: NDArray[np.void], other: NDArray[np.void]) -> NDArray[np.bool_]:
    """Whether the colours of pictures, as `schemas.index.IMAGE_FACTS` holds them, are those of others, row by row.

    The hash knows grey alone, so a shirt in red and the same in green share it.
    """
    first, second = (
        np.frombuffer(rows.tobytes(), np.uint8).reshape(-1, COLOUR_BYTES).astype(np.int16) for rows in (one, other)
    )
    return np.asarray(np.abs(first - second).max(axis=1, initial=0) <= SAME_COLOUR)
