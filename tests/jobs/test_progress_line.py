"""The line that says how far a run is."""

from jobs.progress_line import line
from pipeline.progress import Progress


def test_a_note_is_told_in_place_of_numbers() -> None:
    """What must be said is said as it is."""
    assert line(Progress("again", 0, 0, "", note="x is made again")) == "x is made again"


def test_what_is_not_known_is_not_told() -> None:
    """No rate without a time left, and neither at the end."""
    plain = "extract: 1 of 4 units, 25 % of the bytes, 1,200 captures"
    assert line(Progress("extract", 1, 4, "units", 1200, 50, 200)) == plain
    assert (
        line(Progress("emit", 4, 4, "shards", 0, 200, 200, rate=5.0, left=0.0))
        == "emit: 4 of 4 shards, 100 % of the bytes"
    )


def test_rate_and_time_left() -> None:
    """By bytes a second."""
    told = line(Progress("emit", 1, 4, "shards", 0, 50, 200, rate=2_500_000.0, left=4000.0))
    assert told == "emit: 1 of 4 shards, 25 % of the bytes, about 67 min left, 2.5 MB/s"
