"""A picture mirrored and turned by quarters: what its 256 bits would be then, from the bits alone. Pure, and without a decoder.

Mirroring a picture changes the sign of each second coefficient of its cosine transform; a quarter turn swaps rows and columns as well. A
bit says whether a coefficient lies above the median, and the median of 256 is next to nothing beside the low ones, so a changed sign is a
changed bit but for a few. The median of the 64 of `phash` is not: its bits cannot be mirrored (docs/decisions.md), so mirrored pictures
are found by the same 64 coefficients out of the 256 bits (`coarse`).
"""

import numpy as np
from numpy.typing import NDArray

from transforms.image.likeness import fine_distance

_SIDE, _COARSE = 16, 8
_ODD = np.arange(_SIDE) % 2 == 1
# Which bits change, of a picture that is first swapped (rows for columns) or is not: (swapped, in odd rows, in odd columns).
_WAYS = (
    (False, False, False),
    (False, False, True),  # left to right
    (False, True, False),  # top to bottom
    (False, True, True),  # half a turn
    (True, False, False),  # about a diagonal
    (True, True, True),  # about the other
    (True, True, False),  # a quarter turn to the left
    (True, False, True),  # and to the right
)
WAYS = len(_WAYS)
# The ways that find all pairs: whoever finds the picture turned to the left in another finds that turned to the right in this.
SEARCHED = range(1, WAYS - 1)


def turned(fine: NDArray[np.void], way: int) -> NDArray[np.void]:
    """256 bits of pictures (`transforms.image.phash.hashes`) as they would be if the pictures were mirrored or turned.

    `way` is below WAYS; 0 leaves them. Of 267 photographs at most 42 bits of 256 are others than those of the turned picture, 6 on average.
    """
    swapped, rows, columns = _WAYS[way]
    bits = _bits(fine)
    if swapped:
        bits = bits.transpose(0, 2, 1)
    changed = (_ODD[:, None] & rows) ^ (_ODD[None, :] & columns)
    return np.packbits((bits ^ changed).reshape(-1, _SIDE * _SIDE), axis=1).reshape(-1).view("V32")


def coarse(fine: NDArray[np.void]) -> NDArray[np.uint64]:
    """A hash of 64 bits out of the 256, for the same coefficients as `phash` and with its bits in the same order."""
    low = _bits(fine)[:, :_COARSE, :_COARSE].reshape(-1, _COARSE * _COARSE)
    return np.packbits(low, axis=1).reshape(-1).view(">u8").astype(np.uint64)


def turned_distance(one: NDArray[np.void], other: NDArray[np.void]) -> NDArray[np.int64]:
    """`fine_distance` of the nearest of all mirrored and turned pictures, row by row."""
    return np.asarray(np.min([fine_distance(turned(one, way), other) for way in range(WAYS)], axis=0))


def _bits(fine: NDArray[np.void]) -> NDArray[np.bool_]:
    """The bits, those of a row of coefficients in a row."""
    octets = np.frombuffer(fine.tobytes(), np.uint8).reshape(-1, _SIDE * _SIDE // 8)
    return np.unpackbits(octets, axis=1).astype(bool).reshape(-1, _SIDE, _SIDE)
