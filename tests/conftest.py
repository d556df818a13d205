"""What holds for all tests."""

import gc

from hypothesis import HealthCheck, settings

from tests.support.buckets import buckets, emulated

__all__ = ["buckets", "emulated"]  # fixtures that tests name

# A busy machine makes no test fail: no example has a wall clock, neither its run (200 ms by default) nor its drawing.
settings.register_profile("triptych", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("triptych")


def pytest_unconfigure() -> None:
    """A run freezes what it has imported; at the end of the tests' own process all is collected, or libraries report leaks."""
    gc.unfreeze()
