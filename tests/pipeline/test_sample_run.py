"""What a run over a sample is measured by."""

from pipeline.sample_run import Meter


def test_a_meter_adds_up_by_step() -> None:
    """CPU and wall seconds of each block, however often it is gone through."""
    meter = Meter()
    for _ in range(2):
        with meter.step("a"):
            sum(range(100_000))
    assert set(meter.spent) == {"cpu/a", "wall/a"} and min(meter.spent.values()) > 0
