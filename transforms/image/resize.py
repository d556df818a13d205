"""Resizes a picture as img2dataset does, by OpenCV's two ways of it: areas to make it smaller, Lanczos' kernel to make it larger. Pure.

Pillow has neither: its BOX takes a pixel whole or not at all, where OpenCV's INTER_AREA takes the part that lies in the cell, and its
LANCZOS is three lobes wide, where INTER_LANCZOS4 is four. Single pixels then differ by tens of levels, so both are written here, by their
definitions. All weights are whole numbers and so is every sum: a product of matrices gives the same bits in any order of summing, on every
processor. Areas are exact here and of single precision in OpenCV, so a level may differ by one.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Rows or columns of the result that one product makes: the matrix is a band, so more of them multiply more zeros, fewer cost more calls.
_BLOCK = 8
_HELD = 2**17  # pixels of a picture that are numbers at a time, unless a block needs more
_LANCZOS_BITS, _LOBES = 11, 4  # OpenCV's for pictures of eight bits

Floats = NDArray[np.float64] | NDArray[np.float32]


class Block(NamedTuple):
    """Places `at` to `to` of the result are the product of `weights` and the places `first` to `end` of what is resized."""

    at: int
    to: int
    first: int
    end: int
    weights: NDArray[np.float32]


def resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture, in L or RGB, at another size: by area where no side grows, else by Lanczos' kernel.

    >>> list(resized(Image.frombytes("L", (3, 1), bytes([0, 90, 240])), (2, 1)).tobytes())
    [30, 190]
    """
    if size == picture.size:
        return picture
    if size[0] <= picture.width and size[1] <= picture.height:
        blocks, total = area_blocks, picture.width * picture.height
    else:
        blocks, total = lanczos_blocks, 1 << 2 * _LANCZOS_BITS
    columns = blocks(picture.width, size[0])
    found = np.empty((len(picture.getbands()), size[1], size[0]), np.uint8)
    for row, sums in rows_of(picture, blocks(picture.height, size[1])):
        found[:, row : row + sums.shape[1]] = across(sums, columns, total)
    bands = list(map(Image.fromarray, found))
    return bands[0] if len(bands) == 1 else Image.merge(picture.mode, bands)


def rows_of(picture: Image.Image, blocks: tuple[Block, ...]) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """The rows of the result before its columns are made, some at a time: where they begin, and their sums (bands, rows, columns).

    The picture is read so many rows at a time that a large one never is numbers as a whole.
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
        held = np.asarray(part).reshape(end - first, -1).astype(np.float32)
        rows = np.empty((some[-1].to - some[0].at, held.shape[1]), np.float32)
        for block in some:
            at_row, to_row = block.at - some[0].at, block.to - some[0].at
            np.matmul(block.weights, held[block.first - first : block.end - first], out=rows[at_row:to_row])
        # One band behind the other: the columns of all their rows are then one product.
        sums = rows.reshape(len(rows), picture.width, -1).transpose(2, 0, 1).astype(np.float64, order="C")
        yield some[0].at, sums
        at = to


def across(sums: NDArray[np.float64], blocks: tuple[Block, ...], total: int) -> NDArray[np.uint8]:
    """Rows of sums (bands, rows, columns) -> levels; `total` is what all weights of a pixel add up to."""
    bands, count, width = sums.shape
    rows = sums.reshape(-1, width)
    found = np.empty((len(rows), blocks[-1].to))
    for block in blocks:
        np.matmul(rows[:, block.first : block.end], block.weights.T, out=found[:, block.at : block.to])
    found /= total
    found += 0.5
    return np.clip(found, 0, 255, out=found).astype(np.uint8).reshape(bands, count, -1)


@lru_cache(maxsize=64)
def area_blocks(old: int, new: int) -> tuple[Block, ...]:
    """Weights by which `old` pixels become `new` cells: the part of a pixel that lies in the cell, `old` for a whole cell."""
    cell, pixel = np.arange(new, dtype=np.int64)[:, None], np.arange(old, dtype=np.int64)[None, :]
    step = _BLOCK if old < 4 * new else _BLOCK // 2
    first, end = (cell * old // new)[:, 0], -(-(cell + 1) * old // new)[:, 0]

    def weights(at: int, to: int) -> NDArray[np.float32]:
        cells, pixels = cell[at:to], pixel[:, first[at] : end[to - 1]]
        low = np.maximum(cells * old, pixels * new)
        high = np.minimum((cells + 1) * old, (pixels + 1) * new)
        overlap: NDArray[np.float32] = np.maximum(high - low, 0).astype(np.float32)
        return overlap

    return tuple(
        Block(at, to, int(first[at]), int(end[to - 1]), weights(at, to))
        for at in range(0, new, step)
        for to in [min(new, at + step)]
    )


@lru_cache(maxsize=64)
def lanczos_blocks(old: int, new: int) -> tuple[Block, ...]:
    """Weights by which `old` pixels become `new`: the eight around each, in 2048ths; beyond the border its pixel counts again."""
    place = ((np.arange(new) + 0.5) * (old / new) - 0.5).astype(np.float32)
    left = np.floor(place).astype(np.int64)
    taps = np.arange(1 - _LOBES, 1 + _LOBES)
    away = (place - left)[:, None].astype(np.float64) - taps[None, :]
    kernel = np.sinc(away) * np.sinc(away / _LOBES)
    whole = np.rint(kernel / kernel.sum(axis=1, keepdims=True) * (1 << _LANCZOS_BITS))
    source = (left[:, None] + taps[None, :]).clip(0, old - 1)
    blocks = []
    for at in range(0, new, _BLOCK):
        to = min(new, at + _BLOCK)
        first, end = int(source[at:to].min()), int(source[at:to].max()) + 1
        weights = np.zeros((to - at, end - first), np.float32)
        np.add.at(weights, (np.arange(to - at)[:, None], source[at:to] - first), whole[at:to])
        blocks.append(Block(at, to, first, end, weights))
    return tuple(blocks)
