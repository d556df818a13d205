"""Which items of a batch are tried again when the isolator's child dies, and which item is blamed: a pure function.

A machine kills processes for reasons of its own (memory that others use, an operator, a shutdown), and an item may die of the
damage that an earlier one did. So a death is held against an item only where a child had met nothing before that item (a strike), and the
second strike blames it. Two verdicts are the item's own whatever the machine does:

* Its processor time is used up: blamed at once.
* It waits for something that does not come: the time was its own, so each such death is a strike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from schemas.outcomes import RecordError

STRIKES = 2  # deaths that blame an item


class Cause(Enum):
    """What ended a child."""

    SPENT = auto()  # the processor time of an item, or of the work on a whole batch, was used up
    STUCK = auto()  # it waited too long for something other than a processor
    ENDED = auto()  # anything else: a crash, a lack of memory, a signal from outside


@dataclass(frozen=True, slots=True)
class Attempt:
    """Items `first` up to `end` of a batch, which go to a child together.

    `strikes` counts the children that the only item of the attempt has killed. An item with a strike goes to a fresh child.
    """

    first: int
    end: int
    strikes: int = 0


@dataclass(frozen=True, slots=True)
class Death:
    """The end of a child in the middle of an attempt.

    `at` is the item that it was given last; the attempt's `end` means that it had all of them and was at work on the whole. `fresh` says
    that it had never answered. `error` is the fault of the item that is blamed for the death, if one is.
    """

    cause: Cause
    at: int
    fresh: bool
    error: RecordError


def next_attempts(attempt: Attempt, death: Death) -> tuple[Sequence[Attempt], int | None]:
    """The attempts that replace an attempt whose items have no answers, in order, and the item that is blamed.

    Each is smaller than the attempt, or is one item with a strike more or with a fresh child, so this ends. Work on a whole batch is
    nobody's own: its items go in one by one.

    >>> from schemas.outcomes import Fault
    >>> error = RecordError(Fault.CRASHED)
    >>> next_attempts(Attempt(0, 4), Death(Cause.SPENT, 2, True, error))
    ([Attempt(first=0, end=2, strikes=0), Attempt(first=3, end=4, strikes=0)], 2)
    >>> next_attempts(Attempt(2, 3, 1), Death(Cause.ENDED, 2, True, error))
    ([], 2)
    """
    first, end = attempt.first, attempt.end
    at = first if end - first == 1 else max(death.at, first)
    if at >= end:
        return _singly(first, end), None
    after = _together(at + 1, end)
    if death.cause is Cause.SPENT:
        return [*_together(first, at), *after], at
    strikes = attempt.strikes + (death.cause is Cause.STUCK or (death.fresh and at == first))
    # Those before it were met by the same child, so any of them may have done the damage; those behind it were not.
    before = _together(first, at) if death.cause is Cause.STUCK else _singly(first, at)
    if strikes >= STRIKES:
        return [*before, *after], at
    return [*before, Attempt(at, at + 1, strikes), *after], None


def _together(first: int, end: int) -> list[Attempt]:
    return [Attempt(first, end)] if first < end else []


def _singly(first: int, end: int) -> list[Attempt]:
    return [Attempt(place, place + 1) for place in range(first, end)]
