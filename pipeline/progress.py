"""How far a run is: counted from the files that commit work, and from notes that each local worker keeps. It reaches no output."""

import json
import os
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline import storage
from pipeline.layout import StagingFolder
from pipeline.lease import birth
from pipeline.memory import peak_memory
from pipeline.pace import Pace
from pipeline.plan import Plan
from pipeline.run_log import RunLog, utc

POLL_SECONDS = 1.0  # of a local folder
REMOTE_SECONDS = 30.0  # of remote storage, where a listing of a crawl's units takes thousands of requests
TICK_SECONDS = 1.0  # between two notes of a worker
PATIENCE = 20  # a look is not repeated before this many times what it took, so that looking stays a twentieth of the driver's time
ENDED_SUFFIX = ".ended"  # of the file in which a worker notes the units that it has ended, a line each


@dataclass(frozen=True, slots=True)
class Progress:
    """One look at a run. `position` of `bytes` are done; `rate` (bytes a second) and `left` (seconds) are None until known."""

    step: str
    done: int
    total: int
    word: str
    captures: int = 0
    position: int = 0
    bytes: int = 0
    note: str = ""  # what is told instead of numbers
    rate: float | None = None
    left: float | None = None


Tell = Callable[[Progress], None]


@dataclass(slots=True)
class Ended:
    """What a worker's next line of the log will tell of: units that it has ended."""

    units: int = 0
    seconds: float = 0.0
    bytes: int = 0
    captures: int = 0
    rows: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    children_lost: int = 0


class Reporter:
    """A worker's notes, in a folder that the driver reads: how far it is, and what it has ended, a line for `together` units.

    Without a folder nothing is noted: remote engines have pages of their own.
    """

    def __init__(self, folder: str, clock: Callable[[], float], together: int = 1) -> None:
        self._folder = folder
        # Its own among the workers of all that share a file system: hosts have the same process ids, containers of a host its name too.
        self._path = os.path.join(folder, f"{socket.gethostname()}-{os.getpid()}-{birth(os.getpid())}")
        self._clock = clock
        self._together = together
        self._last = self._begun = 0.0
        self._bytes, self._captures = self._earlier()  # of units that this worker has ended
        self._unit = (0, 0)
        self._number = -1
        self._ended = Ended()

    def begin(self, unit: int) -> Callable[[int, int], None]:
        """What hears of bytes and captures of the unit at hand; it writes once a second. The clock reaches no output."""
        self._unit, self._number, self._begun = (0, 0), unit, self._clock()

        def tick(position: int, captures: int) -> None:
            self._unit = (position, captures)
            now = self._clock()
            if now - self._last >= TICK_SECONDS:
                self._last = now
                self._write()

        return tick

    def end(self, size: int, rows: int, failed: Mapping[str, int], children_lost: int) -> None:
        """The unit at hand is staged: its bytes of archive, its index rows, its faults, and the children that died of it."""
        ended = self._ended
        ended.units += 1
        ended.seconds += self._clock() - self._begun
        ended.bytes += size
        ended.captures += self._unit[1]
        ended.rows += rows
        ended.failed.update(failed)
        ended.children_lost += children_lost
        self._bytes += size
        self._captures += self._unit[1]
        self._unit = (0, 0)
        if ended.units >= self._together:
            self.close()

    def close(self) -> None:
        """Note what was ended and is not noted yet."""
        ended, self._ended = self._ended, Ended()
        if self._folder and ended.units:
            facts = {name: getattr(ended, name) for name in Ended.__slots__} | {"seconds": round(ended.seconds, 3)}
            line = {"time": utc(), "event": "unit", "unit": self._number, **facts, "peak_memory": peak_memory()}
            os.makedirs(self._folder, exist_ok=True)
            with open(self._path + ENDED_SUFFIX, "a") as file:
                file.write(json.dumps(line) + "\n")
            self._write()

    def _earlier(self) -> tuple[int, int]:
        """What this process has noted in this run before: some engines begin anew with each task."""
        if self._folder:
            with suppress(OSError, ValueError):
                position, captures = json.loads(storage.read_bytes(self._path))
                return position, captures
        return 0, 0

    def _write(self) -> None:
        if self._folder:
            os.makedirs(self._folder, exist_ok=True)
            with open(self._path, "w") as file:
                json.dump([self._bytes + self._unit[0], self._captures + self._unit[1]], file)


class Notes:
    """The notes of the workers of one run, as its driver reads them; without a folder there are none."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._read: dict[str, int] = {}  # how much of each file was read
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Take the notes of an earlier run's workers away."""
        with self._lock:
            self._read.clear()
            for name in self._names():
                storage.remove(storage.join(self.folder, name))

    def _names(self) -> list[str]:
        return storage.files_below(self.folder) if self.folder else []

    def so_far(self) -> tuple[int, int]:
        """Bytes and captures that workers have read."""
        position = captures = 0
        for name in self._names():
            with suppress(FileNotFoundError, ValueError):  # just being written
                if not name.endswith(ENDED_SUFFIX):
                    more, others = json.loads(storage.read_bytes(storage.join(self.folder, name)))
                    position, captures = position + more, captures + others
        return position, captures

    def ended(self) -> Iterator[dict[str, Any]]:
        """What workers have ended since the last call."""
        with self._lock:
            for name in self._names():
                if name.endswith(ENDED_SUFFIX):
                    with open(storage.join(self.folder, name), "rb") as file:
                        file.seek(self._read.get(name, 0))
                        whole = file.read().rpartition(b"\n")[0]
                    self._read[name] = self._read.get(name, 0) + len(whole) + bool(whole)
                    yield from map(json.loads, whole.splitlines())


@contextmanager
def notes_in(staging: StagingFolder, local_engine: bool, share: str = "") -> Iterator[Notes]:
    """The notes of the workers of a run, or of a share by its name: in local staging, else, where they run on this machine, in a folder
    that goes with the block."""
    if not storage.is_remote(staging.path):
        yield Notes(staging.share_progress(share) if share else staging.progress)
    elif local_engine:
        with tempfile.TemporaryDirectory(prefix="triptych-notes-", ignore_cleanup_errors=True) as folder:
            yield Notes(folder)
    else:
        yield Notes("")


@dataclass
class UnitLook:
    """Looks at staging: one listing, and the notes of local workers."""

    staging: StagingFolder
    planned: Plan
    notes: Notes
    before: int | None = None  # bytes of the units that an earlier run staged; the first look finds them

    def __call__(self) -> Progress:
        """How far it is now. Without notes, each unit counts the same."""
        total, size = self.planned.unit_count, self.planned.bytes
        position, captures = self.notes.so_far()
        if self.before is None and self.notes.folder:
            done, there = self._staged()
            self.before = max(0, there - position)
        else:
            done = sum(number < total for number in self.staging.staged())
        position = self.before + position if self.before is not None else size * min(done, total) // max(1, total)
        return Progress("extract", done, total, "units", captures, min(position, size), size)

    def _staged(self) -> tuple[int, int]:
        """How many units are staged, and their bytes."""
        there = bytearray(self.planned.unit_count)
        for number in self.staging.staged():
            if number < len(there):
                there[number] = 1
        done = sum(there)
        return done, sum(unit.bytes for unit in self.planned.units() if there[unit.number]) if done else 0


def look_at_files(step: str, folder: str, total: int, word: str) -> Progress:
    """How far a step is that leaves a file for each piece of work in `folder`; what a worker writes, or wrote when it died, is none."""
    whole = sum(not name.endswith(storage.PARTIAL_SUFFIX) for name, _ in storage.walk(folder))
    return Progress(step, whole, total, word)


def look_at_shards(folder: str, corpora: Mapping[str, tuple[int, int]]) -> Progress:
    """How far `emit` is, by the records of its shards and by the shards and bytes of each corpus; its shards weigh much the same."""
    names = Counter(name.rpartition("-")[0] for name, _ in storage.walk(folder))
    done = {corpus: min(names[corpus], count) for corpus, (count, _) in corpora.items()}
    position = sum(weight * done[corpus] // count for corpus, (count, weight) in corpora.items())
    totals = (sum(count for count, _ in corpora.values()), sum(weight for _, weight in corpora.values()))
    return Progress("emit", sum(done.values()), totals[0], "shards", 0, position, totals[1])


class Watch:
    """Who hears of a run: whoever looks on, and the run's log. The clock is that of rates."""

    def __init__(
        self,
        tell: Tell = lambda progress: None,
        log: RunLog | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.tell = tell
        self.log = log or RunLog()
        self._clock = clock

    def note(self, text: str) -> None:
        """Tell what went otherwise than it should."""
        self.log.event("warning", text=text)
        self.tell(Progress("note", 0, 0, "", note=text))

    def hear(self, text: str) -> None:
        """Tell what an engine says of its job."""
        self.log.event("engine", text=text)
        self.tell(Progress("engine", 0, 0, "", note=text))

    @contextmanager
    def working(self, look: Callable[[], Progress], remote: bool, notes: Notes | None = None) -> Iterator[None]:
        """Tell of progress while the block runs, and log what workers end; the end of the block waits for no look."""
        over = threading.Event()
        pace = Pace()

        def watch() -> None:
            pause = REMOTE_SECONDS if remote else POLL_SECONDS
            while not over.wait(pause):
                begun = time.monotonic()
                # A folder that just goes, or storage that does not answer: the next look is as good.
                with suppress(OSError):
                    self._log_ended(notes)
                    self.log.peaks.look()
                    found = look()
                    pace.look(self._clock(), found.position)
                    if not over.is_set():
                        self.tell(replace(found, rate=pace.rate(), left=pace.left(found.bytes)))
                pause = max(REMOTE_SECONDS if remote else POLL_SECONDS, PATIENCE * (time.monotonic() - begun))

        threading.Thread(target=watch, name="progress", daemon=True).start()
        try:
            yield
        finally:
            over.set()
            self._log_ended(notes)

    def _log_ended(self, notes: Notes | None) -> None:
        for line in notes.ended() if notes else ():
            self.log.line(line)
