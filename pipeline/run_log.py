"""The log of a run: one JSON object a line in `run.log` of its folder, for those who watch or look for what went wrong. It is no output.

    {"time": "2026-11-27T03:50:00.123Z", "event": "unit", "unit": 7, "seconds": 41.2, "rows": 20133, ...}

The manifest does not name it, and no byte of a shard depends on it. A run that goes on appends to it. Locally a line is written at once;
in a bucket the file is written when the run begins, when a step ends and when the run does: a killed driver's last step is missing there.
"""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pipeline import storage
from pipeline.memory import Peaks

# Lines about units that one run adds at most, whatever its size: where there are more units, a line tells of several.
MOST_UNIT_LINES = 4000
# Seconds that the end of a run waits for a store to take the log; ours.
LAST_SECONDS = 5.0


def units_a_line(units: int) -> int:
    """How many units a line tells of.

    >>> units_a_line(300), units_a_line(1_440_000)
    (1, 360)
    """
    return max(1, -(-units // MOST_UNIT_LINES))


def utc() -> str:
    """The time, for people. It reaches no output."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class RunLog:
    """The log of one run; without a path it goes nowhere. Threads may share it."""

    def __init__(self, path: str = "") -> None:
        self.peaks = Peaks()
        self._path = path
        self._remote = storage.is_remote(path)
        self._lock = threading.Lock()
        self._begun = time.monotonic()
        self._text = b""  # of a remote log: all of it
        if path:
            with suppress(FileNotFoundError):
                self._text = storage.read_bytes(path) if self._remote else storage.read_range(path, -1, 1)
            if self._text[-1:] not in (b"", b"\n"):  # a killed run's last line
                self._add(b"\n")

    def event(self, event: str, **facts: Any) -> None:
        """Add a line about something that happens now."""
        self.line({"time": utc(), "event": event, **facts})

    def line(self, facts: Mapping[str, Any]) -> None:
        """Add a line."""
        if self._path:
            self._add(json.dumps(facts).encode() + b"\n")

    def _add(self, data: bytes) -> None:
        with self._lock:
            if self._remote:
                self._text += data
                return
            with open(self._path, "ab", buffering=0) as file:
                file.write(data)

    def flush(self) -> None:
        """Let the store have what it lacks."""
        if self._remote:
            with self._lock:
                text = self._text
            with storage.write_whole(self._path) as file:
                file.write(text)

    @contextmanager
    def step(self, name: str, **facts: Any) -> Iterator[dict[str, Any]]:
        """Tell that a step begins, and, where the block ends well, that it has ended, with what the block puts into the dictionary."""
        self.event("step_begun", step=name, **facts)
        begun, found = time.monotonic(), dict[str, Any]()
        yield found
        seconds = round(time.monotonic() - begun, 3)
        self.event("step_ended", step=name, seconds=seconds, **found, **self.peaks.plain())
        self.flush()

    @contextmanager
    def run(self, **facts: Any) -> Iterator[None]:
        """Tell that a run begins, and how it ended."""
        self.event("run_begun", host=socket.gethostname(), pid=os.getpid(), **facts)
        self.flush()
        try:
            yield
        except BaseException as error:
            said = f"{type(error).__name__}: {error}".removesuffix(": ")
            self._end({"how": "error", "error": said[:2000]})
            raise
        self._end({"how": "done"})

    def _end(self, how: Mapping[str, str]) -> None:
        """The last line. What the run itself ended with matters more than whether the log could be written."""
        seconds = round(time.monotonic() - self._begun, 3)
        with suppress(OSError):
            self.event("run_ended", **how, seconds=seconds, **self.peaks.plain())
        last = threading.Thread(target=partial(self._last), name="log", daemon=True)
        last.start()
        last.join(LAST_SECONDS)

    def _last(self) -> None:
        with suppress(OSError):
            self.flush()
