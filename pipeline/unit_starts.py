"""Where units really begin: the first record of a range may be one of an archive inside another, which its neighbour reads as a body."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from pipeline.plan import Work
from transforms.warc.read import NOWHERE


def correct(work: Work, starts: Mapping[int, int]) -> Iterator[Work]:
    """A line of the work list with units that begin elsewhere than their ranges do, by number; those units get lines of their own.

    A range begins where the first record seems to begin. Where an archive holds another one, whose records lie bare in a record of the
    outer one, that may be the inner's: then the unit begins where its neighbour ended, and is empty if that lies behind its range.
    """
    numbers = range(work.first, work.first + work.count)
    if not any(number in starts for number in numbers):
        yield work
        return
    for unit in work.units():
        (span,) = unit.spans
        yield Work(unit.number, (replace(span, start=min(starts.get(unit.number, span.start), span.end)),))


def false_starts(works: Iterable[Work], began: Mapping[int, int], ended: Mapping[int, int]) -> dict[int, int]:
    """Where the units should begin that did not begin where the one before them in the same archive ended, by number.

    A unit behind whose range the one before ended holds no record that begins there: a record may be longer than a unit.
    """
    wrong: dict[int, int] = {}
    for work in works:
        at = ended[work.first]
        for unit in islice(work.units(), 1, None):
            holds = at < unit.spans[0].end
            if began[unit.number] != (at if holds else NOWHERE):
                wrong[unit.number] = at
            if holds and ended[unit.number] == NOWHERE:
                break  # it missed the record in its range, and so cannot say where the next one begins
            at = ended[unit.number] if holds else at
    return wrong
