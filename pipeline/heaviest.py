"""The values that come most often in a stream that can be read again, exactly, in bounded memory. Pure.

Values are first counted together by a hash, which needs a number a bucket whatever their number; then those of the fullest buckets are
counted one by one. A value that is not among these comes no more often than the fullest bucket that was left out holds.
"""

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

BUCKETS = 2**22  # 32 MB
FULLEST = 1024  # buckets whose values are counted one by one at first
WIDTH = 48  # bytes of a value by which it is hashed: ids have fewer
Stream = Callable[[], Iterator[pa.Array]]


def heaviest(stream: Stream, top: int, buckets: int = BUCKETS) -> list[tuple[str, int]]:
    """The `top` most frequent values of a stream of columns with their counts, the least value first of equally frequent ones.

    >>> heaviest(lambda: iter([pa.array(["a", "b", "a"]), pa.array(["c", None, "a", "c"])]), 2)
    [('a', 3), ('c', 2)]
    """
    sums = np.zeros(buckets, np.int64)
    for values, counts in distinct(stream):
        np.add.at(sums, bucket_of(values, buckets), counts)
    order = np.argsort(-sums, kind="stable")
    looked = min(FULLEST, int((sums > 0).sum()))
    while True:
        wanted = np.zeros(buckets, dtype=bool)
        wanted[order[:looked]] = True
        found: Counter[str] = Counter()
        for values, counts in distinct(stream):
            mine = np.flatnonzero(wanted[bucket_of(values, buckets)])
            names = values.take(pa.array(mine)).to_pylist()
            for name, count in zip(names, counts[mine].tolist(), strict=True):
                found[name] += count
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:top]
        rest = int(sums[order[looked]]) if looked < buckets else 0
        if not rest or (len(ranked) == top and ranked[-1][1] > rest):
            return ranked
        looked = min(buckets, 8 * looked)


def distinct(stream: Stream) -> Iterator[tuple[pa.Array, np.ndarray]]:
    """Each column's distinct values with their counts; null is none."""
    for column in stream():
        counted = column.drop_null().value_counts()
        yield counted.field("values"), counted.field("counts").to_numpy(zero_copy_only=False)


def bucket_of(values: pa.Array, buckets: int) -> np.ndarray:
    """The bucket of each value."""
    data = np.array([value.encode() for value in values.to_pylist()], dtype=f"S{WIDTH}")
    words = np.frombuffer(data.tobytes(), "<u8").reshape(len(data), WIDTH // 8)
    mixed = np.zeros(len(data), np.uint64)
    for column in words.T:
        mixed = (mixed ^ column) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return np.asarray((mixed % np.uint64(buckets)).astype(np.int64))
