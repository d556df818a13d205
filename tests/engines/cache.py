"""The cache of engines: folders that are there whole or not at all, and locks by which two processes wait for each other."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


def folder() -> Path:
    """Where engines are kept: `TRIPTYCH_ENGINES`, or a folder of this user's."""
    return Path(os.environ.get("TRIPTYCH_ENGINES") or Path.home() / ".cache" / "triptych" / "engines").absolute()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Alone among all threads and processes that hold this lock or wait for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True)
class Part:
    """A part of an engine: the name of its folder, which holds its version, and what fills one."""

    name: str
    make: Callable[[Path], None]

    @property
    def place(self) -> Path:
        """Where it is, or will be."""
        return folder() / self.name

    def bring(self) -> Path:
        """Its place; where it is not there it is made aside and then takes its name.

        What a killed process left half made is thrown away. Raises what `make` raises.
        """
        aside = self.place.with_name(f"{self.name}.part")
        with locked(self.place.with_name(f"{self.name}.lock")):
            if not self.place.exists():
                shutil.rmtree(aside, ignore_errors=True)
                aside.mkdir()
                self.make(aside)
                aside.rename(self.place)
        return self.place
