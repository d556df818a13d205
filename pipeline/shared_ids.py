"""Ids that are in two shards, found in bounded memory: by 64-bit hashes of all ids, or of a seeded slice of them.

A shard has its ids in order, but the shards of a corpus are no series: each holds the rows of some units. So equal ids
may lie anywhere.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xxhash

LIMIT = 1 << 25  # hashes that are held, 256 MiB
SEED = 18  # of the slice: with another seed, other ids of a very large corpus are compared
SLICES = 64  # of the hashes, compared one after the other, so that what is sorted together is small


def id_hash(identity: str) -> int:
    """64 bits of an id, spread evenly."""
    return xxhash.xxh3_64_intdigest(identity.encode(), SEED)


def slice_end(rows: int, limit: int = LIMIT) -> int:
    """The hash below which ids are compared, so that some `limit` of `rows` ids are; 2 ** 64 is all of them.

    >>> slice_end(100) == 2**64, slice_end(400, limit=100) == 2**62
    (True, True)
    """
    return 2**64 if rows <= limit else 2**64 * limit // rows


@dataclass(frozen=True, slots=True)
class IdHashes:
    """Hashes of the ids of one corpus in one format, by shard; those from `end` on are left out."""

    end: int = 2**64
    shards: dict[str, "array[int]"] = field(default_factory=dict)

    def hashes(self, ids: Iterable[str]) -> "array[int]":
        """The hashes of some ids that are compared."""
        return array("Q", (hash_ for hash_ in map(id_hash, ids) if hash_ < self.end))

    def shared(self) -> Iterator[tuple[str, str, set[int]]]:
        """Pairs of shards that have hashes in common, and these; each second shard once, with the first one met."""
        names = sorted(self.shards)
        if not names:  # every shard was damaged
            return
        sorted_hashes = [np.frombuffer(self.shards[name], np.uint64) for name in names]
        for each in sorted_hashes:
            each.sort()  # in place: a copy would double what is held
        found: dict[int, tuple[int, set[int]]] = {}
        for number in range(SLICES if len(names) > 1 else 0):
            for hash_, first, second in _equal(sorted_hashes, number):
                partner, hashes = found.setdefault(second, (first, set()))
                if partner == first:
                    hashes.add(hash_)
        for second, (first, hashes) in sorted(found.items()):
            yield names[first], names[second], hashes


def _equal(shards: list[Any], number: int) -> Iterator[tuple[int, int, int]]:
    """Hashes of one slice that two shards have, with the numbers of the two; a hash of three shards gives two pairs."""
    step = 2**64 // SLICES
    bounds = np.array([number * step, number * step + (step - 1)], np.uint64)
    cuts = [(np.searchsorted(each, bounds[0]), np.searchsorted(each, bounds[1], side="right")) for each in shards]
    hashes = np.concatenate([each[start:stop] for each, (start, stop) in zip(shards, cuts, strict=True)])
    owners = np.repeat(np.arange(len(shards)), [stop - start for start, stop in cuts])
    order = np.argsort(hashes, kind="stable")  # of equal hashes the shards stay in order
    hashes, owners = hashes[order], owners[order]
    twice = np.flatnonzero((hashes[1:] == hashes[:-1]) & (owners[1:] != owners[:-1]))
    yield from zip(hashes[twice].tolist(), owners[twice].tolist(), owners[twice + 1].tolist(), strict=True)


def common_id(first: Iterable[str], second: Iterable[str], hashes: set[int]) -> str | None:
    """The first id of `second` with one of these hashes that `first` has too; None where only the hashes are equal."""
    known = {identity for identity in first if id_hash(identity) in hashes}
    return next((identity for identity in second if identity in known), None)
