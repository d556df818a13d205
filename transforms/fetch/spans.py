"""Places of records in an archive -> the ranges that are asked for. Pure arithmetic."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

GAP = 64 << 10  # bytes between two records that are read in vain: less than what a request costs
MOST = 16 << 20  # bytes of one range, unless one record is longer
DENSE = 10  # where a tenth of an archive is wanted, all that lies between is read too ...
DENSE_FROM = 16 << 20  # ... if that is so many bytes that it saves requests


class Span(NamedTuple):
    """Bytes from `start` up to `stop`, and how many of the records they hold."""

    start: int
    stop: int
    records: int


def spans(places: Sequence[tuple[int, int]], gap: int = GAP, most: int = MOST) -> Iterator[Span]:
    """The ranges that bring all places (offset, length), which are sorted; each place lies whole in one of them.

    >>> list(spans([(0, 100), (60_000, 100), (200_000, 50)]))
    [Span(start=0, stop=60100, records=2), Span(start=200000, stop=200050, records=1)]
    """
    if not places:
        return
    gap = most if is_dense(places) else gap
    start, stop, count = places[0][0], sum(places[0]), 0
    for offset, length in places:
        end = max(stop, offset + length)
        if count and (offset - stop > gap or end - start > most):
            yield Span(start, stop, count)
            start, end, count = offset, offset + length, 0
        stop, count = end, count + 1
    yield Span(start, stop, count)


def is_dense(places: Sequence[tuple[int, int]]) -> bool:
    """Whether so much of an archive is wanted that it is read whole, in long ranges.

    How long it is nobody says before it is asked; it has the last record at least.
    """
    wanted = sum(length for _, length in places)
    return wanted >= DENSE_FROM and wanted * DENSE >= sum(places[-1])
