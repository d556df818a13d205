"""The one way from the tests to the real data that lies beside a developer's checkout. Tests that need it skip where it is absent."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def shared(path: str) -> Path:
    """The file or folder `path` below the shared data, or a skipped test that says what is missing."""
    data = Path(os.environ.get("TRIPTYCH_SHARED_DATA", ROOT.parent / "shared" / "data"))
    place = data / path
    if not place.exists():
        pytest.skip(f"shared data is absent: {path} (set TRIPTYCH_SHARED_DATA to its folder)")
    return place
