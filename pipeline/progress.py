"""How far a run is: workers leave small files, the driver sums them up. Nothing here reaches an output."""

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pipeline import storage
from pipeline.plan import Unit

POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Progress:
    """One look at a run."""

    step: str
    done: int
    total: int
    word: str
    captures: int = 0
    position: int = 0
    bytes: int = 0

    def __str__(self) -> str:
        """One line for a person.

        >>> str(Progress("extract", 1, 4, "units", 1200, 50, 200))
        'extract: 1 of 4 units, 25 % of the bytes, 1,200 captures'
        """
        line = f"{self.step}: {self.done} of {self.total} {self.word}"
        if self.bytes:
            line += (
                f", {self.position / self.bytes:.0%}".replace("%", " %") + f" of the bytes, {self.captures:,} captures"
            )
        return line


def report(staging: str, name: str, position: int, captures: int) -> None:
    """Say how far a unit is. Only local staging is told: a remote engine has pages of its own."""
    if not storage.is_remote(staging):
        folder = os.path.join(staging, "progress")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "w") as file:
            json.dump([position, captures], file)


def look(staging: str, units: Sequence[Unit]) -> Progress:
    """How far staging is."""
    done = position = captures = 0
    for unit in units:
        if storage.exists(storage.join(staging, "units", f"{unit.name}.summary.json")):
            done += 1
            position += unit.end - unit.start
        else:
            position += _read(staging, unit.name)[0]
        captures += _read(staging, unit.name)[1]
    return Progress("extract", done, len(units), "units", captures, position, sum(u.end - u.start for u in units))


def _read(staging: str, name: str) -> tuple[int, int]:
    with suppress(FileNotFoundError, ValueError):  # not begun yet, or just being written
        position, captures = json.loads(storage.read_bytes(storage.join(staging, "progress", name)))
        return position, captures
    return 0, 0


@contextmanager
def watching(look_now: Callable[[], Progress], tell: Callable[[Progress], None]) -> Iterator[None]:
    """Tell of progress while the block runs."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(POLL_SECONDS):
            tell(look_now())

    thread = threading.Thread(target=watch, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
