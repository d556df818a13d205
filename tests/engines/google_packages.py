"""What submitting to Dataflow takes beside the packages of all tests: Google's libraries, and an emulator of its storage.

A folder of packages for PYTHONPATH, and no environment, so what all tests have is not installed twice. One of Google's packages has no
wheel: the lock lets pip build it, which the other locks do not.
"""

import hashlib
import sys
from pathlib import Path

from tests.engines import cache, tools

LOCK = Path(__file__).with_name("dataflow.lock")


def make(part: Path) -> None:
    """The locked packages, without a resolver. Raises LackError."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # What is imported of them is compiled then; it is a small part.
    tools.call([*pip, "--no-deps", "--no-compile", "--target", str(part), "--requirement", str(LOCK)])


def name() -> str:
    """The folder's name: another lock, or another Python, has another."""
    return f"dataflow-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}-{sys.implementation.cache_tag}"


PACKAGES = cache.Part(name(), make)
