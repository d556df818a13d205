"""Rows on their way between batches and partitions of keys: fixed-width numbers without a schema each.

Where the engine would hold them in memory (the local one takes 4.6 times their size), they lie in a file and their places travel (law 2),
each with a checksum by which a change of the rows is noticed before they are believed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from pipeline import storage
from pipeline.layout import RunFolder
from pipeline.sections import checksum, damaged, read_ours
from transforms.dedup.keep_first import key_bytes

INLINE = 64 * 2**10  # bytes that one sender may send in one step without a file
UNBOUNDED = 2**62  # in place of INLINE: no rows go to files (see `pipeline.grouped`)

Place = tuple[str, int, int]  # path, offset, length
Filed = tuple[str, int, int, int]  # a place, and the checksum of what lies there
Message = tuple[str, int, bytes | Filed]  # what the rows are, who sends them, and the rows or their place


@dataclass(frozen=True, slots=True)
class Outbox:
    """What one batch or partition sends in one step."""

    run: RunFolder
    step: str
    number: int
    through_files: bool

    def send(self, parcels: Iterable[tuple[int, str, np.ndarray]]) -> Iterator[tuple[int, Message]]:
        """(receiver, what they are, rows) as messages."""
        packed = [(receiver, kind, rows.tobytes()) for receiver, kind, rows in parcels if len(rows)]
        if not self.through_files or sum(len(data) for _, _, data in packed) <= INLINE:
            for receiver, kind, data in packed:
                yield receiver, (kind, self.number, data)
            return
        path, at = self.run.exchange(self.step, self.number), 0
        with storage.write_whole(path, durable=False) as file:
            for _, _, data in packed:
                file.write(data)
        for receiver, kind, data in packed:
            yield receiver, (kind, self.number, (path, at, len(data), checksum(data)))
            at += len(data)

    def share(self, receivers: Iterable[int], kind: str, rows: np.ndarray) -> Iterator[tuple[int, Message]]:
        """The same rows to many receivers: where they lie in a file, they lie there once."""
        sent = [message for _, message in self.send([(0, kind, rows)])]
        for receiver in receivers:
            yield from ((receiver, message) for message in sent)


def rows_of(message: Message, dtype: np.dtype) -> np.ndarray:
    """The rows of a message. Raises DamagedFileError where they lie in a file that is not as it was written, or is not there."""
    held = message[2]
    return np.frombuffer(held if isinstance(held, bytes) else read_filed(*held), dtype)


def read_filed(path: str, at: int, length: int, stated: int) -> bytes:
    """The bytes of a place. Raises DamagedFileError where they are not those that were written."""
    data = read_ours(path, at, length)
    if checksum(data) != stated:
        raise damaged(path, f"the rows at byte {at} have changed")
    return data


def by_partition(rows: np.ndarray, partitions: int, kind: str) -> Iterator[tuple[int, str, np.ndarray]]:
    """Rows dealt out to partitions by the leading bits of their key."""
    if not len(rows):
        return
    part = rows["high"] % np.uint64(partitions)
    order = np.argsort(part, kind="stable")
    numbers, starts = np.unique(part[order], return_index=True)
    for number, some in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True):
        yield int(number), kind, rows[some]


def unique_keys(keys: np.ndarray) -> np.ndarray:
    """Keys, each once, in the order of their bytes."""
    _, first = np.unique(key_bytes(keys["high"], keys["low"]), return_index=True)
    return keys[first]
