"""How fast work goes on, and how long it will take."""

from pipeline.pace import ENOUGH, KNOWN, MOVES, WINDOW, Pace


def looked(*looks: tuple[float, int]) -> Pace:
    """A pace after some looks."""
    pace = Pace()
    for now, position in looks:
        pace.look(now, position)
    return pace


def test_nothing_is_told_before_it_is_known() -> None:
    """Neither without a look, nor in the first seconds, nor while nothing moves."""
    for pace in (looked(), looked((0, 0)), looked((0, 0), (KNOWN - 1, 50)), looked((0, 7), (100, 7))):
        assert (pace.rate(), pace.left(100)) == (None, None)


def test_rate_and_what_is_left() -> None:
    """By bytes."""
    pace = looked(*((2 * second, 10 * second) for second in range(MOVES + 1)))
    assert (pace.rate(), pace.left(150)) == (5, 20)
    assert pace.left(40) == 0


def test_a_time_left_means_something() -> None:
    """It said 51.8 days at the first look: so it waits for some moves, and for a hundredth of the work, or ten minutes of it."""
    few = looked((0, 0), (100, 50), (200, 100), (300, 150), (400, 200))
    assert few.rate() and few.left(1000) is None
    assert looked((0, 0), (100, 50), (200, 100), (300, 150), (400, 200), (500, 250)).left(1000) == 1500
    looks = [(second, 10 * second) for second in range(0, int(ENOUGH) + 1, 10)]
    assert looked(*looks[:-1]).left(10**6) is None
    assert looked(*looks).left(10**6) == (10**6 - looks[-1][1]) / 10
    resumed = [(second, 9000 + second) for second in range(0, 20, 2)]
    assert looked(*resumed[:5]).left(10_000) is None
    assert looked(*resumed).left(10_000) == 10_000 - 9018


def test_what_an_earlier_run_did_does_not_count() -> None:
    """A resumed run begins at 900 of 1,000 bytes, and is not taken for a fast one."""
    assert looked((0, 900), (20, 920)).rate() == 1


def test_the_rate_is_that_of_the_last_minutes() -> None:
    """Work that became slower is told as slow; looks that are older are forgotten."""
    pace = Pace()
    for second in range(5000):
        pace.look(second, 100 * min(second, 1000) + max(0, second - 1000))
    assert pace.rate() == 1
    assert len(pace._looks) <= WINDOW + 2


def test_work_that_begins_anew_is_measured_anew() -> None:
    """Damaged files are made again, and units are read again where they began wrongly."""
    assert looked((0, 0), (50, 500), (51, 0)).rate() is None
