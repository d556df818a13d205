"""Whether two pictures of an equal perceptual hash are the same picture. Pure, and without a decoder."""

import numpy as np
from numpy.typing import NDArray

GRID = 4  # cells a side in which colours are compared
COLOUR_BYTES = 2 * GRID * GRID
# Levels by which the chroma of a cell may differ; re-encoding and resizing move 250 photographs by 6 at most (docs/decisions.md). Ours.
SAME_COLOUR = 12
# Of 256 bits: of 479,710 pairs of different photographs none differs by less than 52, copies that are resized or encoded anew by 26 at
# most (docs/decisions.md). Ours.
SAME_FINE = 48


def colour_distance(one: NDArray[np.void], other: NDArray[np.void]) -> NDArray[np.int16]:
    """By how many levels the chroma of pictures differs from that of others in the cell where it does most, row by row.

    Pictures are given as `schemas.index.IMAGE_FACTS` holds their colours.
    """
    first, second = (
        np.frombuffer(rows.tobytes(), np.uint8).reshape(-1, COLOUR_BYTES).astype(np.int16) for rows in (one, other)
    )
    return np.asarray(np.abs(first - second).max(axis=1, initial=0))


def same_colours(one: NDArray[np.void], other: NDArray[np.void]) -> NDArray[np.bool_]:
    """Whether the colours of pictures are those of others, row by row.

    The hash knows grey alone, so a shirt in red and the same in green share it.
    """
    return colour_distance(one, other) <= SAME_COLOUR


def fine_distance(one: NDArray[np.void], other: NDArray[np.void]) -> NDArray[np.int64]:
    """In how many of 256 bits (`transforms.image.phash.hashes`) pictures differ from others, row by row."""
    first, second = (np.frombuffer(rows.tobytes(), "<u8").reshape(-1, 4) for rows in (one, other))
    return np.asarray(np.bitwise_count(first ^ second).sum(axis=1, dtype=np.int64))


def same_forms(one: NDArray[np.void], other: NDArray[np.void]) -> NDArray[np.bool_]:
    """Whether 256 bits of pictures are those of others but for a few, row by row.

    Drawings on white that differ in a few strokes may share the 64 bits of the hash.
    """
    return fine_distance(one, other) <= SAME_FINE
