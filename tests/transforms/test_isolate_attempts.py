"""What is tried again after a death, and who is blamed: no process is started here."""

from collections import deque
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.outcomes import Fault, RecordError
from transforms.isolate_attempts import Attempt, Cause, Death, next_attempts

ERROR = RecordError(Fault.CRASHED)
SPENT, STUCK, ENDED = Cause
A = Attempt


@pytest.mark.parametrize(
    ("attempt", "death", "again", "blamed"),
    [
        # Processor time is an item's own: blamed at once, and its neighbours stay together.
        (A(0, 8), (SPENT, 3, False), [A(0, 3), A(4, 8)], 3),
        (A(0, 8), (SPENT, 0, True), [A(1, 8)], 0),
        (A(5, 6), (SPENT, 6, False), [], 5),
        # Work on the whole is nobody's.
        (A(0, 3), (SPENT, 3, True), [A(0, 1), A(1, 2), A(2, 3)], None),
        (A(0, 2), (ENDED, 2, True), [A(0, 1), A(1, 2)], None),
        (A(0, 2), (STUCK, 2, True), [A(0, 1), A(1, 2)], None),
        # A crash may be an earlier item's doing.
        (A(0, 6), (ENDED, 2, True), [A(0, 1), A(1, 2), A(2, 3), A(3, 6)], None),
        (A(2, 3), (ENDED, 2, False), [A(2, 3)], None),
        (A(2, 3, 1), (ENDED, 2, False), [A(2, 3, 1)], None),
        # Only what a fresh child met first has a strike, and the second is the end.
        (A(0, 6), (ENDED, 0, True), [A(0, 1, 1), A(1, 6)], None),
        (A(2, 3), (ENDED, 3, True), [A(2, 3, 1)], None),
        (A(2, 3, 1), (ENDED, 2, True), [], 2),
        # A wait is an item's own, but may be the machine's doing once.
        (A(0, 6), (STUCK, 2, False), [A(0, 2), A(2, 3, 1), A(3, 6)], None),
        (A(2, 3, 1), (STUCK, 2, True), [], 2),
        # The child may have answered the item that it was given last before it died.
        (A(4, 6), (ENDED, 3, False), [A(4, 5), A(5, 6)], None),
    ],
)
def test_each_death_has_its_answer(
    attempt: Attempt, death: tuple[Cause, int, bool], again: list[Attempt], blamed: int | None
) -> None:
    """The table of the states."""
    assert next_attempts(attempt, Death(*death, ERROR)) == (again, blamed)


FATAL = {"burns": SPENT, "waits": STUCK, "crashes": ENDED}
ITEMS = st.lists(st.sampled_from(["passes", *FATAL]), max_size=9)


@given(ITEMS, st.booleans(), st.integers(0, 40))
def test_the_guilty_are_blamed_and_nobody_else(items: list[str], gathers: bool, kill: int) -> None:
    """Whatever the items do, and with a kill from outside at any step: each item has one outcome, and it is its own.

    A world without processes: a child takes the items of an attempt one by one and answers each, or all at the end.
    """
    attempts = deque([Attempt(0, len(items))] if items else [])
    passed: list[int] = []
    blamed: list[int] = []
    fresh = True
    step = 0
    while attempts:
        attempt = attempts.popleft()
        fresh = fresh or attempt.strikes > 0
        answered = 0
        death = None
        for place in range(attempt.first, attempt.end):
            step += 1
            if step == kill or items[place] in FATAL:
                death = Death(ENDED if step == kill else FATAL[items[place]], place, fresh, ERROR)
                break
            if not gathers:
                answered, fresh = answered + 1, False
        if gathers and not death:
            answered, fresh = attempt.end - attempt.first, False
        passed.extend(range(attempt.first, attempt.first + answered))
        if death:
            again, culprit = next_attempts(replace(attempt, first=attempt.first + answered), death)
            attempts.extendleft(reversed(again))
            blamed.extend([] if culprit is None else [culprit])
            fresh = True
        assert step < 400
    assert passed == [place for place, item in enumerate(items) if item == "passes"]
    assert blamed == [place for place, item in enumerate(items) if item != "passes"]
