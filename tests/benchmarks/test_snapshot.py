"""The tables of a snapshot: figures of both ways to scale, and what engines come to."""

from benchmarks.snapshot import amounts, both, from_plain, machines, plain
from pipeline.estimate import Figure

RATES = {
    "by bytes": {"core_hours": Figure(8_000, 6_000, 9_000), "shuffle/decide": Figure(2e12, 1e12, 3e12)},
    "by pages": {"core_hours": Figure(18_000, 14_000, 24_000), "shuffle/decide": Figure(8e12, 7e12, 9e12)},
}


def test_an_interval_reaches_over_both_ways() -> None:
    """The value lies between theirs by ratio; a figure without an interval has none here either."""
    assert both(RATES, "core_hours") == Figure(12_000, 6_000, 24_000)
    assert both({"by bytes": {"pages": Figure(3.0)}}, "pages") == Figure(3.0)


def test_rows_that_were_not_measured_are_left_out() -> None:
    """Bytes have units, and counts thousands set apart."""
    assert amounts(RATES)[2:] == [
        "| core-hours | 8,000 | 18,000 | 6,000 | 24,000 |",
        "| shuffled, decide | 2.0 TB | 8.0 TB | 1.0 TB | 9.0 TB |",
    ]


def test_engines_by_hours_and_price() -> None:
    """One machine takes hours, a cluster takes machines; money is core-hours by the least and the most price."""
    lines = machines(RATES, 24, [0.04, 0.06])[2:]
    assert lines[0] == "| local, one machine | 6,000 to 28,800 | 1 | 94 to 450 | 240 to 1,728 |"
    assert lines[1] == "| Spark | 6,000 to 36,000 | 16 of 16 cores to 94 of 16 cores | 24 | 240 to 2,160 |"


def test_what_was_saved_is_read_again() -> None:
    """As the same figures."""
    assert from_plain(plain(RATES)) == RATES
