"""How the isolator waits for its child: with patience, which ends where the child waits for too long at one item."""

import io
import os
import select
from collections.abc import Callable
from typing import Any


class Patience:
    """How long a child has waited at one item, as far as looks once in a while can tell.

    `mark` reads the number of the item that the child was given last, as the child wrote it.
    """

    def __init__(self, wall: float, mark: Callable[[], bytes]) -> None:
        self.interval = min(1.0, wall / 10)
        self.pid: int | None = None
        self._wall = wall
        self._mark = mark
        self.begin()

    def begin(self) -> None:
        """A new wait for an answer."""
        self._at: bytes | None = None
        self._waited = self._used = 0.0

    def look(self) -> None:
        """An interval without an answer. Raises TimeoutError where the child has waited at one item for too long.

        A child that is stopped is not waiting; one that runs, or would if it were let, has used what its processor time says. Where we were
        stopped ourselves, that does not count either: a look stands for one interval, however late it comes.
        """
        mark = self._mark()
        state, used = _state(self.pid) if self.pid else ("S", 0.0)
        if mark != self._at:
            self._at, self._waited, self._used = mark, 0.0, used
        if state == "R":
            self._waited += used - self._used
        elif state not in "Tt":
            self._waited += self.interval
        self._used = used
        if self._waited > self._wall:
            raise TimeoutError


_TICKS = os.sysconf("SC_CLK_TCK")


def _state(pid: int) -> tuple[str, float]:
    """The state of a process as Linux names it, and its processor time. On a system that does not tell, it sleeps."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return "S", 0.0
    return fields[0], (int(fields[11]) + int(fields[12])) / _TICKS


class Pipe(io.RawIOBase):
    """Our end of a child's answers, which is read with patience."""

    def __init__(self, descriptor: int, patience: Patience) -> None:
        super().__init__()
        self._file = os.fdopen(descriptor, "rb", buffering=0)
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)
        self._patience = patience

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        """Wait for bytes or for the end of the stream. Raises TimeoutError."""
        self._patience.begin()
        while not self._poll.poll(self._patience.interval * 1000):
            self._patience.look()
        return self._file.readinto(buffer)

    def close(self) -> None:
        """Close the pipe."""
        self._file.close()
        super().close()
