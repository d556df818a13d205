"""A slow, limited host beside a fast one, by real requests."""

from benchmarks.crawl_two_hosts import faults_of, measured


def test_a_slow_host_sees_its_limit_and_holds_nobody_back() -> None:
    """It has one request at a time, behind its pause and its patience; the fast one is done long before it."""
    wait, delay = 0.01, 0.04
    alone, both = measured(54, wait, delay)
    assert [fault for fault in faults_of(alone, both, wait, delay) if fault.startswith("the slow host")] == []
    assert both.behind_refusals >= 1 and both.kept == 2 * 54 - 1
    assert both.fast < both.whole / 2
