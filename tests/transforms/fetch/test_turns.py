"""The turns at a server of archives, by a clock that is given: how many at once, how long behind a refusal, how few are refused."""

import random
from collections import deque

import pytest

from transforms.fetch.turns import INDEXES, RANGES, Terms, Turns


def warm(turns: Turns, now: float = 0.0, requests: int = 100) -> float:
    """So many requests went well, one after the other; the time then."""
    for _ in range(requests):
        assert turns.may(now)
        turns.begin()
        now += 0.1
        turns.ended(now)
    return now


def refused(turns: Turns, now: float, wait: float = 0.0) -> float:
    """A request is refused; when the next one may begin, by steps of 10 ms."""
    turns.begin()
    turns.ended(now, refused=True, wait=wait)
    then = now
    while not turns.may(then):
        then += 0.01
    return then


def test_two_at_once() -> None:
    """Two requests are under way once the server is known to bear them, and never three; of an index one, a second apart."""
    turns = Turns(RANGES, "a")
    now = warm(turns)
    turns.begin()
    assert turns.may(now)
    turns.begin()
    assert not turns.may(now)
    index = Turns(INDEXES, "a")
    index.begin()
    assert not index.may(0.0)
    index.ended(5.0)
    assert not index.may(5.99) and index.may(6.0)


def test_waits_double() -> None:
    """Behind each refusal in a row the wait is twice as long, up to a minute, with a drawn part that is the same each time."""
    waits = []
    for _ in range(2):
        turns, now = Turns(Terms(window=0.001), "a"), 0.0
        for _ in range(9):
            then = refused(turns, now)
            waits.append(round(then - now, 2))
            now = then
    assert waits[:9] == waits[9:]
    for number, wait in enumerate(waits[:9]):
        assert min(60.0, 2.0**number) <= wait <= min(60.01, 1.25 * 2**number + 0.01)
    turns.begin()
    turns.ended(now)
    assert not turns.may(now + 29) and turns.may(now + 31)


def test_retry_after_is_heeded() -> None:
    """What the server asks for is waited for; where that is more than an hour, it is given up."""
    turns = Turns(RANGES, "a")
    now = warm(turns)
    assert refused(turns, now, 42.0) - now == pytest.approx(42.0, abs=0.02)
    turns.begin()
    turns.ended(now, refused=True, wait=4000.0)
    assert "4000 s" in turns.given_up and not turns.may(now + 5000)


def test_a_403_stops_all() -> None:
    """Behind a 403 nothing is asked for 15 minutes, then one request alone; where that is well, all goes on."""
    turns = Turns(RANGES, "a")
    now = warm(turns)
    turns.begin()
    turns.begin()
    turns.ended(now, stop=True)
    turns.ended(now + 1)  # it was under way, and says nothing of the stop
    assert not turns.may(now + 899)
    now += 900
    assert turns.may(now)
    turns.begin()
    assert not turns.may(now)
    turns.ended(now)
    assert turns.may(now)


def test_a_server_that_says_403_is_given_up() -> None:
    """The fourth 403 in a row ends it; two that were under way together are one."""
    turns, now = Turns(RANGES, "a"), 0.0
    now = warm(turns)
    turns.begin()
    turns.begin()
    turns.ended(now, stop=True)
    turns.ended(now, stop=True)
    for _ in range(3):
        assert not turns.given_up
        now += 900
        assert turns.may(now)
        turns.begin()
        turns.ended(now, stop=True)
    assert turns.given_up and not turns.may(now + 10_000)


def test_a_server_that_is_silent_is_given_up() -> None:
    """Twenty requests in a row that are refused or not answered end it, within half an hour."""
    turns, now = Turns(RANGES, "a"), 0.0
    for _ in range(19):
        now = refused(turns, now)
    assert not turns.given_up and now < 1800
    turns.begin()
    turns.ended(now, refused=True)
    assert turns.given_up


@pytest.mark.parametrize("share", [0.01, 0.05, 0.3])
def test_few_are_refused(share: float) -> None:
    """Whatever the server refuses at random: of the requests of the last minute at most a twentieth, or one, were refused."""
    draw, turns, now = random.Random(7), Turns(RANGES, "a"), 0.0
    ended: deque[tuple[float, bool]] = deque()
    sent = 0
    while sent < 3000 and now < 20_000:
        if not turns.may(now):
            now += 0.5
            continue
        turns.begin()
        sent += 1
        now += 0.05
        no = draw.random() < share
        turns.ended(now, refused=no)
        ended.append((now, no))
        while ended[0][0] <= now - 60:
            ended.popleft()
        assert sum(no for _, no in ended) <= max(1, len(ended) / 20)
    assert sent == 3000 or share > 0.01
