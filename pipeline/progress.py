"""How far a run is: counted from the files that commit work, and from a note that each local worker keeps. It reaches no output."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pipeline import storage
from pipeline.layout import StagingFolder

POLL_SECONDS = 1.0  # of a local folder
REMOTE_SECONDS = 30.0  # of remote storage, where a listing of a crawl's units takes thousands of requests
TICK_SECONDS = 1.0  # between two notes of a worker
PATIENCE = 20  # a look is not repeated before this many times what it took, so that looking stays a twentieth of the driver's time


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
    note: str = ""  # what is told instead of numbers

    def __str__(self) -> str:
        """One line for a person.

        >>> str(Progress("extract", 1, 4, "units", 1200, 50, 200))
        'extract: 1 of 4 units, 25 % of the bytes, 1,200 captures'
        """
        if self.note:
            return self.note
        line = f"{self.step}: {self.done} of {self.total} {self.word}"
        if self.position:
            line += f", {self.position / self.bytes:.0%}".replace("%", " %") + " of the bytes"
        return line + (f", {self.captures:,} captures" if self.captures else "")


Tell = Callable[[Progress], None]


class Reporter:
    """A worker's note of how far it is, in a file of its own. Only local staging is told: a remote engine has pages of its own."""

    def __init__(self, staging: StagingFolder, clock: Callable[[], float]) -> None:
        self._folder = "" if storage.is_remote(staging.path) else staging.progress
        self._clock = clock
        self._last = 0.0
        self._bytes = self._captures = 0  # of units that this worker has ended
        self._unit = (0, 0)

    def begin(self, unit: int) -> Callable[[int, int], None]:
        """What hears of bytes and captures of the unit at hand; it writes once a second. The clock reaches no output."""
        self._unit = (0, 0)

        def tick(position: int, captures: int) -> None:
            self._unit = (position, captures)
            now = self._clock()
            if now - self._last >= TICK_SECONDS:
                self._last = now
                self._write()

        return tick

    def end(self) -> None:
        """The unit at hand is staged."""
        self._bytes += self._unit[0]
        self._captures += self._unit[1]
        self._unit = (0, 0)

    def _write(self) -> None:
        if self._folder:
            os.makedirs(self._folder, exist_ok=True)
            with open(os.path.join(self._folder, str(os.getpid())), "w") as file:
                json.dump([self._bytes + self._unit[0], self._captures + self._unit[1]], file)


def look_at_units(staging: StagingFolder, total: int, size: int) -> Progress:
    """How far staging is: one listing, and the notes of local workers."""
    done = sum(1 for _ in staging.staged())
    notes = [] if storage.is_remote(staging.path) else list(_notes(staging.progress))
    position, captures = (sum(note[n] for note in notes) for n in (0, 1))
    return Progress("extract", done, total, "units", captures, min(position, size), size)


def forget_notes(staging: StagingFolder) -> None:
    """Take the notes of an earlier run's workers away."""
    if not storage.is_remote(staging.path):
        for name, _ in storage.walk(staging.progress):
            storage.remove(storage.join(staging.progress, name))


def _notes(folder: str) -> Iterator[tuple[int, int]]:
    for name, _ in storage.walk(folder):
        with suppress(FileNotFoundError, ValueError):  # just being written
            position, captures = json.loads(storage.read_bytes(storage.join(folder, name)))
            yield position, captures


def look_at_files(step: str, folder: str, total: int, word: str) -> Progress:
    """How far a step is that leaves a file for each piece of work in `folder`."""
    return Progress(step, sum(1 for _ in storage.walk(folder)), total, word)


@contextmanager
def watching(look: Callable[[], Progress], tell: Tell, remote: bool) -> Iterator[None]:
    """Tell of progress while the block runs; the end of the block waits for no look."""
    ended = threading.Event()

    def watch() -> None:
        pause = REMOTE_SECONDS if remote else POLL_SECONDS
        while not ended.wait(pause):
            begun = time.monotonic()
            # A folder that just goes, or storage that does not answer: the next look is as good.
            with suppress(OSError):
                found = look()
                if not ended.is_set():
                    tell(found)
            pause = max(REMOTE_SECONDS if remote else POLL_SECONDS, PATIENCE * (time.monotonic() - begun))

    threading.Thread(target=watch, name="progress", daemon=True).start()
    try:
        yield
    finally:
        ended.set()
