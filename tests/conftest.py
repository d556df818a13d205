"""What holds for all tests."""

import gc


def pytest_unconfigure() -> None:
    """A run freezes what it has imported; at the end of the tests' own process all is collected, or libraries report leaks."""
    gc.unfreeze()
