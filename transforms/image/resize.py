"""Resizes a picture as img2dataset does, by OpenCV's two ways of it: areas to make it smaller, Lanczos' kernel to make it larger. Pure.

Pillow has neither: its BOX takes a pixel whole or not at all, where OpenCV's INTER_AREA takes the part that lies in the cell, and its
LANCZOS is three lobes wide, where INTER_LANCZOS4 is four. Single pixels then differ by tens of levels, so both are written here, by their
definitions. All weights are whole numbers and so is every sum: a product of matrices gives the same bits in any order of summing, on every
processor. Areas are exact here and of single precision in OpenCV, so a level may differ by one.
"""

from collections.abc import Iterator
from functools import lru_cache
from math import gcd
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Rows or columns of the result that one product makes: the matrix is a band, so more of them multiply more zeros, fewer cost more calls.
_BLOCK = 8
_HELD = 2**19  # pixels of a picture that are bytes of an array at a time, unless a block needs more
_SINGLE = 2**24  # single precision holds whole numbers up to here
_MIDDLE = 128  # where sums of levels are beyond it, levels are taken from here, which halves them
_LANCZOS_BITS, _LOBES = 11, 4  # OpenCV's for pictures of eight bits

Floats = NDArray[np.float64] | NDArray[np.float32]


class Block(NamedTuple):
    """Places `at` to `to` of the result are the product of the places `first` to `end` of what is resized and `weights`."""

    at: int
    to: int
    first: int
    end: int
    weights: NDArray[np.float32]  # (places of what is resized, places of the result)


def resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture, in L or RGB, at another size: by area where no side grows, else by Lanczos' kernel.

    >>> list(resized(Image.frombytes("L", (3, 1), bytes([0, 90, 240])), (2, 1)).tobytes())
    [30, 190]
    """
    if size == picture.size:
        return picture
    smaller = size[0] <= picture.width and size[1] <= picture.height
    blocks = area_blocks if smaller else lanczos_blocks
    columns, rows = blocks(picture.width, size[0]), blocks(picture.height, size[1])
    total = whole_of(picture.width, size[0]) * whole_of(picture.height, size[1]) if smaller else 1 << 2 * _LANCZOS_BITS
    middle = _MIDDLE if total * _MIDDLE <= _SINGLE < total * 255 else 0
    found = np.empty((len(picture.getbands()), size[1], size[0]), np.uint8)
    for row, sums in rows_of(picture, rows, middle):
        levels = levels_of(across(sums, columns, total), total, middle).reshape(len(found), -1, size[0])
        found[:, row : row + levels.shape[1]] = levels
    bands = list(map(Image.fromarray, found))
    return bands[0] if len(bands) == 1 else Image.merge(picture.mode, bands)


def rows_of(picture: Image.Image, blocks: tuple[Block, ...], middle: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """The rows of the result before its columns are made, some at a time: where they begin, and their sums (columns, bands and rows).

    Columns come first, since a product with what lies along the first axis is the faster one. Levels are taken from `middle`, 0 or 128. The
    picture is read so many rows at a time that a large one never is an array as a whole.
    """
    most = max(1, _HELD // picture.width)
    at = 0
    while at < len(blocks):
        to = at + 1
        while to < len(blocks) and blocks[to].end - blocks[at].first <= most:
            to += 1
        some = blocks[at:to]
        first, end = min(block.first for block in some), max(block.end for block in some)
        part = picture if end - first == picture.height else picture.crop((0, first, picture.width, end))
        levels = np.asarray(part).reshape(end - first, -1)
        if middle:
            # As a number with a sign, a byte whose highest bit is changed is 128 less than it was.
            levels = np.bitwise_xor(levels, 128).view(np.int8)
        row = some[0].at
        sums = np.empty((levels.shape[1], some[-1].to - row), np.float32)
        for begin, stop, low, high, weights in some:
            held = levels[low - first : high - first].astype(np.float32)
            np.matmul(held.T, weights, out=sums[:, begin - row : stop - row])
        yield row, sums.reshape(picture.width, -1)
        at = to


def across(sums: NDArray[np.float32], blocks: tuple[Block, ...], total: int) -> Floats:
    """Sums of rows (columns, rows) -> sums of pixels (rows, columns), in the type that holds them exactly."""
    exact: Floats = sums if total * _MIDDLE <= _SINGLE else sums.astype(np.float64)
    found: Floats = np.empty((sums.shape[1], blocks[-1].to), exact.dtype)
    for begin, stop, first, end, weights in blocks:
        np.matmul(exact[first:end].T, weights.astype(exact.dtype, copy=False), out=found[:, begin:stop])
    return found


def levels_of(sums: Floats, total: int, middle: int) -> NDArray[np.uint8]:
    """Sums of pixels as levels, halves rounded up; `total` is what the weights of a pixel add up to."""
    raised = total * middle + total // 2
    if sums.dtype == np.float32:
        whole = sums.astype(np.int32)
        whole += raised
        return (whole.view(np.uint32) // np.uint32(total)).astype(np.uint8)
    sums += raised + 0.5
    sums *= 1 / total
    return np.clip(sums, 0, 255, out=sums).astype(np.uint8)


def whole_of(old: int, new: int) -> int:
    """What the weights of a cell add up to where `old` pixels become `new` cells."""
    return old // gcd(old, new)


@lru_cache(maxsize=256)
def area_blocks(old: int, new: int) -> tuple[Block, ...]:
    """Weights by which `old` pixels become `new` cells: the part of a pixel that lies in the cell, in whole numbers as small as can be."""
    cell = np.arange(new, dtype=np.int64)[:, None]
    pixel = cell * old // new + np.arange((old - 1) // new + 2)[None, :]
    low, high = np.maximum(cell * old, pixel * new), np.minimum((cell + 1) * old, (pixel + 1) * new)
    last = ((cell + 1) * old - 1) // new
    return blocks_of(np.minimum(pixel, last), np.maximum(high - low, 0) // gcd(old, new), old)


@lru_cache(maxsize=256)
def lanczos_blocks(old: int, new: int) -> tuple[Block, ...]:
    """Weights by which `old` pixels become `new`: the eight around each, in 2048ths; beyond the border its pixel counts again."""
    place = ((np.arange(new) + 0.5) * (old / new) - 0.5).astype(np.float32)
    left = np.floor(place).astype(np.int64)
    taps = np.arange(1 - _LOBES, 1 + _LOBES)
    away = (place - left)[:, None].astype(np.float64) - taps[None, :]
    kernel = np.sinc(away) * np.sinc(away / _LOBES)
    whole = np.rint(kernel / kernel.sum(axis=1, keepdims=True) * (1 << _LANCZOS_BITS))
    return blocks_of(left[:, None] + taps[None, :], whole, old)


def blocks_of(pixel: NDArray[np.int64], weights: Floats | NDArray[np.int64], old: int) -> tuple[Block, ...]:
    """The blocks of weights that stand by values and taps, beside the place of the pixel of each, which grows along both axes.

    A place beyond the border is that at the border.
    """
    new = len(pixel)
    step = _BLOCK if old < 4 * new else _BLOCK // 2
    pixel = pixel.clip(0, old - 1)
    at = np.arange(0, new, step)
    to = np.minimum(at + step, new)
    first, end = pixel[at, 0], pixel[to - 1, -1] + 1
    value = np.arange(new)[:, None]
    made = np.zeros((new, int((end - first).max())), np.float32)
    np.add.at(made, (value, pixel - first[value // step]), weights)
    return tuple(
        Block(a, b, begin, stop, made[a:b, : stop - begin].T)
        for a, b, begin, stop in zip(at.tolist(), to.tolist(), first.tolist(), end.tolist(), strict=True)
    )
