"""Which pictures are those of tasks, such as test sets, which a corpus is to be kept clean of. Pure.

A picture of a task is known by its hashes, and by those of it mirrored and turned. Another one is taken for it where the 64 bits are
within the radius of a set of `transforms.dedup.pictures` and the 256 within its distance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from schemas.tasks import ImageTask
from transforms.dedup.pictures import PictureSet, Shelf
from transforms.image.decode import decode, orientation_of, shown, spread, translated, turned
from transforms.image.header import Limits, read_header
from transforms.image.likeness import fine_distance
from transforms.image.phash import hashes
from transforms.isolate_child import Handler, attempt

HASHING_VERSION = 1  # of both hashes: those of two versions are never compared. Raise it with any change to `phash` or to what is hashed.
TURNS: tuple[Image.Transpose, ...] = tuple(Image.Transpose)  # mirrored, turned by quarters, or both: seven of eight
HASHES = np.dtype([("phash", "<u8"), ("fine", "V32"), ("item", "<u4")])


class HashSettings(NamedTuple):
    """How pictures of tasks are hashed: under which limits, and whether mirrored and turned ones are too."""

    limits: Limits
    flips: bool


PictureHashes = tuple[tuple[int, bytes], ...]


def make_handler(settings: HashSettings) -> Handler:
    """The handler of an isolator's child: image files -> PictureHashes, or RecordErrors."""

    def handle(tasks: Iterator[ImageTask]) -> Iterator[Any]:
        return (attempt(picture_hashes, task.body, settings) for task in tasks)

    return handle


def picture_hashes(data: bytes, settings: HashSettings) -> PictureHashes:
    """The hashes of a picture and of all its turns, none twice; none of a picture of one colour, which all such have.

    Raises RecordError as `transforms.image.facts.measure_image`.
    """
    header = read_header(data, settings.limits)
    image = decode(data, header, settings.limits)
    picture = shown(image)
    with translated():
        grey = turned(picture.convert("L"), orientation_of(image, header))
        if not spread(picture):
            return ()
        turns = [grey, *(grey.transpose(turn) for turn in TURNS)] if settings.flips else [grey]
        found = dict.fromkeys(map(hashes, turns))
    return tuple((phash, fine) for phash, fine in found if phash.bit_count() > 1)


def hash_rows(items: Sequence[int], found: Sequence[PictureHashes]) -> NDArray[np.void]:
    """The hashes of pictures, given the number of the item that each is of, as rows of HASHES."""
    return np.array([(*pair, item) for item, pairs in zip(items, found, strict=True) for pair in pairs], HASHES)


def in_order(rows: NDArray[np.void]) -> NDArray[np.void]:
    """Rows of HASHES by their hashes, each once, of the first item that has it."""
    fine = np.frombuffer(rows["fine"].tobytes(), ">u8").reshape(-1, 4)
    order = np.lexsort([rows["item"], *fine.T[::-1], rows["phash"]])
    ordered, fine = rows[order], fine[order]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (ordered["phash"][1:] != ordered["phash"][:-1]) | (fine[1:] != fine[:-1]).any(axis=1)
    return np.asarray(ordered[new])


@dataclass(frozen=True, slots=True)
class Found:
    """For each of some pictures the item that it is taken for, -1 for none, and in how many of 256 bits it differs."""

    item: NDArray[np.int64]
    bits: NDArray[np.float64]


class TaskPictures:
    """The pictures of all tasks as rows of HASHES in order, to be looked up by a set of `transforms.dedup.pictures`."""

    def __init__(self, rows: NDArray[np.void], asked: PictureSet) -> None:
        self._rows, self._asked = rows, asked
        new = np.ones(len(rows), dtype=bool)
        new[1:] = rows["phash"][1:] != rows["phash"][:-1]
        begins = np.flatnonzero(new)
        self._begins = np.append(begins, len(rows))
        self._shelf = Shelf(rows["phash"][begins], asked)

    def find(self, phash: NDArray[np.uint64], fine: NDArray[np.void]) -> Found:
        """What each picture, given by its hashes, is taken for: the item that it differs least from, of several the first."""
        item, bits = np.full(len(phash), -1), np.full(len(phash), np.nan)
        known, inverse = np.unique(phash, return_inverse=True)
        one, other = self._shelf.near(known)
        if not len(one):
            return Found(item, bits)
        # Each near pair of hashes stands for all pictures of the one and all rows of the other.
        order = np.argsort(inverse, kind="stable")
        firsts = np.searchsorted(inverse[order], np.arange(len(known) + 1))
        pairs, queries = _spread(firsts[one], firsts[one + 1])
        again, rows = _spread(self._begins[other[pairs]], self._begins[other[pairs] + 1])
        pictures = order[queries[again]]
        differing = fine_distance(fine[pictures], self._rows["fine"][rows])
        good = differing <= self._asked.fine
        pictures, rows, differing = pictures[good], rows[good], differing[good]
        best = np.lexsort([self._rows["item"][rows], differing, pictures])
        chosen, first = np.unique(pictures[best], return_index=True)
        item[chosen], bits[chosen] = self._rows["item"][rows[best[first]]], differing[best[first]]
        return Found(item, bits)


def _spread(begins: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All numbers of ranges, each with the place of its range."""
    counts = ends - begins
    places = np.repeat(np.arange(len(counts)), counts)
    return places, np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts - begins, counts)
