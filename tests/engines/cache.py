"""The cache of engines: folders that are there whole or not at all, and locks by which two processes wait for each other."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def folder() -> Path:
    """Where engines are kept: `TRIPTYCH_ENGINES`, or a folder of this user's."""
    return Path(os.environ.get("TRIPTYCH_ENGINES") or Path.home() / ".cache" / "triptych" / "engines").absolute()


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Alone among all threads and processes that hold this lock of the cache, or wait for it."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def made(name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` of the cache; where it is not there, `make` fills one that then takes its name.

    What a killed process left half made is thrown away. Raises what `make` raises.
    """
    whole, part = folder() / name, folder() / f"{name}.part"
    with locked(name):
        if not whole.exists():
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            make(part)
            part.rename(whole)
    return whole
