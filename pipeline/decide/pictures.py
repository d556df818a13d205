"""Pictures that are alike, over all media that references found: equal bytes, or hashes near each other. Before corpora judge. Pure.

A node is a picture of a batch by its bytes (`sha256`). Each choice of blocks of the hash is one partition: it gets the hashes of all
batches, which lie once in a file of each, finds the pairs that it answers for, and tells the batch of the later picture.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from pipeline.decide.exchange import Message, rows_of
from pipeline.decide.lookup_join import Parcel
from pipeline.decide.near import EDGE, EDGES, Compare, by_receiver, packed, unpacked
from schemas.index import IMAGE_FACTS
from schemas.recipe import NearImages
from transforms.dedup.keep_first import key_bytes, locate
from transforms.dedup.pictures import SETS, PictureSet, pairs_between, pairs_within
from transforms.image.likeness import fine_distance
from transforms.image.turns import SEARCHED, coarse, turned, turned_distance

HASHES = "hashes"
NODE = np.dtype([("id_high", "<u8"), ("id_low", "<u8"), ("phash", IMAGE_FACTS["phash"]), ("fine", IMAGE_FACTS["fine"])])
# `name` is of the picture's digest: the order of those that share a hash.
HASH = (("hash", "<u8"), ("name", "<u8"), ("row", "<u4"))
# Pixels: the hash is of 32 by 32, and what has fewer is drawn larger for it, so that a star and half a star are one. Ours.
LEAST_SIDE = 32


def sha_halves(media: np.ndarray) -> np.ndarray:
    """The first 16 bytes of the SHA-256 of media, as two numbers each. Shape (n, 2)."""
    return np.frombuffer(media["sha256"].tobytes(), ">u8").reshape(-1, 4)[:, :2].astype("u8")


def nodes_of(matches: np.ndarray) -> np.ndarray:
    """The pictures among a batch's matches, each once, in the order of their bytes' digests. Flat and tiny ones take no part."""
    shaped = (matches["format"] > 0) & (np.bitwise_count(matches["phash"]) > 1) & (matches["spread"] > 0)
    decoded = matches[shaped & (np.minimum(matches["width"], matches["height"]) >= LEAST_SIDE)]
    found = np.zeros(len(decoded), NODE)
    halves = sha_halves(decoded)
    found["id_high"], found["id_low"] = halves[:, 0], halves[:, 1]
    found["phash"], found["fine"] = decoded["phash"], decoded["fine"]
    order = np.lexsort([found["id_low"], found["id_high"]])
    ordered = found[order]
    new = np.ones(len(ordered), dtype=bool)
    new[1:] = (ordered["id_high"][1:] != ordered["id_high"][:-1]) | (ordered["id_low"][1:] != ordered["id_low"][:-1])
    return np.asarray(ordered[new])


def hash_dtype(asked: NearImages) -> np.dtype:
    """What a choice is told of a picture."""
    return np.dtype([*HASH, *([("fine", IMAGE_FACTS["fine"])] if asked.flips else [])])


def hashes_of(nodes: np.ndarray, asked: NearImages) -> np.ndarray:
    """What a batch tells every choice."""
    rows = np.empty(len(nodes), hash_dtype(asked))
    rows["hash"], rows["name"], rows["row"] = nodes["phash"], nodes["id_high"], np.arange(len(nodes))
    if asked.flips:
        rows["fine"] = nodes["fine"]
    return rows


def meet(choice: int, messages: Sequence[Message], asked: NearImages) -> Iterator[Parcel]:
    """What a choice of blocks answers: its pairs, to the batch of the later picture of each. The first choice also tells equal hashes."""
    dtype = hash_dtype(asked)
    sent = [(message[1], rows_of(message, dtype)) for message in messages]
    rows = np.concatenate([np.empty(0, dtype), *(rows for _, rows in sent)])
    batches = np.repeat([batch for batch, _ in sent], [len(rows) for _, rows in sent]).astype(np.uint64)
    places, like = packed(batches, rows["row"]), SETS[asked.set]
    plain = Hashed(rows["hash"], rows["name"], places)
    ends = [
        np.stack([plain.least[one], plain.least[other]], axis=1)
        for one, other in pairs_within(plain.hashes, choice, like)
    ]
    if choice == 0:
        ends.append(plain.shared)
    if asked.flips:
        ends += turned_pairs(rows, places, choice, like)
    yield from edges_to_batches(np.concatenate([np.empty((0, 2), np.uint64), *ends]))


class Hashed:
    """Distinct hashes in ascending order, the first picture of each by its name, and a pair of it with each other picture of the hash."""

    def __init__(self, hashes: np.ndarray, names: np.ndarray, places: np.ndarray) -> None:
        order = np.lexsort([places, names, hashes])
        hashes, places = hashes[order], places[order]
        first = np.ones(len(hashes), dtype=bool)
        first[1:] = hashes[1:] != hashes[:-1]
        self.hashes, self.least = hashes[first], places[first]
        self.shared = np.stack([places, self.least[np.cumsum(first) - 1]], axis=1)[~first]


def turned_pairs(rows: np.ndarray, places: np.ndarray, choice: int, like: PictureSet) -> Iterator[np.ndarray]:
    """The pairs of pictures of which one is like the other mirrored or turned."""
    plain = Hashed(coarse(rows["fine"]), rows["name"], places)
    for way in SEARCHED:
        other = Hashed(coarse(turned(rows["fine"], way)), rows["name"], places)
        for one, two in pairs_between(other.hashes, plain.hashes, choice, like):
            ends = np.stack([other.least[one], plain.least[two]], axis=1)
            yield ends[ends[:, 0] != ends[:, 1]]


def edges_to_batches(ends: np.ndarray) -> Iterator[Parcel]:
    """Pairs of packed places as edges of the later one."""
    edges = np.empty(len(ends), EDGE)
    receivers, edges["row"] = unpacked(ends.max(axis=1))
    edges["batch"], edges["to"] = unpacked(ends.min(axis=1))
    yield from by_receiver(receivers, EDGES, edges)


def compare(asked: NearImages) -> Compare:
    """Whether pictures are alike: the 64 bits within the radius and the 256 within their distance; or, where that is asked, the latter for
    some way to mirror and turn the one. How alike: the distance of the 256 bits."""
    like = SETS[asked.set]

    def alike(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        near = np.bitwise_count(one["phash"] ^ other["phash"]) <= like.radius
        fine = fine_distance(one["fine"], other["fine"])
        found = near & (fine <= like.fine)
        if asked.flips:
            fine = np.minimum(fine, turned_distance(one["fine"], other["fine"]))
            found |= fine <= like.fine
        return found, fine.astype(float)

    return alike


class PictureLabels:
    """The picture that each medium of a batch is taken for: of those that are alike the same one."""

    def __init__(self, nodes: np.ndarray, labels: np.ndarray, sizes: np.ndarray) -> None:
        alike = labels > 0
        self._keys = key_bytes(nodes["id_high"][alike], nodes["id_low"][alike])
        self._labels, self._sizes = labels[alike], sizes[alike]

    def of(self, media: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The key of the picture of each medium as two numbers, shape (n, 2), and how many pictures are alike.

        The key is the medium's own digest where no other picture is like it.
        """
        return self.of_halves(sha_halves(media))

    def of_halves(self, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same by the halves of the media's digests."""
        halves, sizes = own.copy(), np.ones(len(own), np.int64)
        place = locate(key_bytes(halves[:, 0], halves[:, 1]), self._keys)
        known = place >= 0
        halves[known, 0], halves[known, 1] = self._labels[place[known]], 0
        sizes[known] = self._sizes[place[known]]
        return halves, sizes


NO_LABELS = PictureLabels(np.empty(0, NODE), np.empty(0, np.uint64), np.empty(0, np.int64))


def choices(asked: NearImages) -> Iterable[int]:
    """The choices of blocks, each a partition."""
    return range(SETS[asked.set].choices)
