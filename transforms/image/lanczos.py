"""A grey picture made 32 x 32 as Pillow's LANCZOS makes it, to the bit, in half its time. Pure.

Pillow sums eight-bit levels times weights of 22 binary digits, one product after the other, first along rows, then, of the rounded levels,
along columns. Here a weight is a high and a low part, small enough that single precision holds every sum exactly; so a product of matrices
gives Pillow's whole numbers, whatever its order of summing.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 32
_LOBES, _BITS = 3, 22
_LOW_BITS = 6  # of the low part: then all sums of both lie below 2**24 for sides up to 21,000 pixels
_MIDDLE = 128  # levels are taken from here, which halves the sums
_TOGETHER = 4  # values of the result that one product makes
_HELD = 2**18  # pixels that are numbers at a time
_LEAST = 64, 100_000  # pixels of a side and of a picture from which on this is the faster way


class Part(NamedTuple):
    """Some values of the result: their places, the pixels `first` to `end` that they are made of, and the two parts of the weights."""

    at: int
    to: int
    first: int
    end: int
    halves: NDArray[np.float32]  # columns of the high parts, then those of the low ones


class Weights(NamedTuple):
    """The weights of a side: by parts, as one matrix (SIDE, pixels), and what those of a value add up to."""

    parts: tuple[Part, ...]
    whole: NDArray[np.float64]
    sums: NDArray[np.int64]


def small_grey(grey: Image.Image) -> NDArray[np.uint8]:
    """The levels of ``grey.resize((32, 32), Image.Resampling.LANCZOS)``, of a picture in L."""
    # Of a picture that is a hundred times as high as wide, Pillow makes the columns first.
    if min(grey.size) < _LEAST[0] or grey.width * grey.height < _LEAST[1] or grey.height > 100 * grey.width:
        return np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    columns, rows = weights(grey.width), weights(grey.height)
    step = max(1, _HELD // grey.width)
    narrow = [narrowed(grey, at, min(grey.height, at + step), columns) for at in range(0, grey.height, step)]
    # Doubles hold the sums of a column as they are.
    return rounded((rows.whole @ np.concatenate(narrow).astype(np.float64)).astype(np.int64))


def narrowed(grey: Image.Image, first: int, end: int, columns: Weights) -> NDArray[np.uint8]:
    """Some rows of the picture, 32 pixels wide."""
    held = np.asarray(grey.crop((0, first, grey.width, end))).astype(np.float32)
    held -= _MIDDLE
    sums = np.empty((end - first, SIDE), np.int64)
    for part in columns.parts:
        found = held[:, part.first : part.end] @ part.halves
        width = part.to - part.at
        sums[:, part.at : part.to] = found[:, :width].astype(np.int64) * (1 << _LOW_BITS) + found[:, width:].astype(
            np.int64
        )
    return rounded(sums + _MIDDLE * columns.sums)


def rounded(sums: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Sums as levels."""
    return ((sums + (1 << _BITS - 1)) >> _BITS).clip(0, 255).astype(np.uint8)


@lru_cache(maxsize=256)
def weights(side: int) -> Weights:
    """Those that Pillow gives the pixels of a side for its 32 values."""
    scale = side / SIDE
    reach = _LOBES * scale
    centre = (np.arange(SIDE) + 0.5) * scale
    first = np.maximum((centre - reach + 0.5).astype(np.int64), 0)
    end = np.minimum((centre + reach + 0.5).astype(np.int64), side)
    # The pixels of each value, as many for all; those beyond its end weigh nothing.
    pixel = first[:, None] + np.arange((end - first).max())[None, :]
    away = (pixel - centre[:, None] + 0.5) * (1 / scale)
    inside = (pixel < end[:, None]) & (away >= -_LOBES) & (away < _LOBES)
    kernel = np.where(inside, np.sinc(away) * np.sinc(away / _LOBES), 0.0)
    # As Pillow adds them up: one after the other.
    kernel /= np.add.accumulate(kernel, axis=1)[:, -1:]
    whole = np.zeros((SIDE, side + kernel.shape[1]))
    np.put_along_axis(whole, pixel, np.trunc(kernel * (1 << _BITS) + np.copysign(0.5, kernel)), axis=1)
    whole = whole[:, :side]
    high = np.rint(whole / (1 << _LOW_BITS))
    low = whole - high * (1 << _LOW_BITS)
    parts = []
    for at in range(0, SIDE, _TOGETHER):
        some, begin, stop = slice(at, at + _TOGETHER), int(first[at]), int(end[at + _TOGETHER - 1])
        halves = np.concatenate([high[some, begin:stop], low[some, begin:stop]]).T.astype(np.float32, order="C")
        parts.append(Part(at, at + _TOGETHER, begin, stop, halves))
    return Weights(tuple(parts), whole, whole.sum(axis=1).astype(np.int64))
