"""How much memory processes held at most, as Linux counts it. Where it does not tell, nothing is known."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress


def peak_memory(pid: int | str = "self") -> int:
    """The most bytes of memory that a process has held so far; 0 where that is not known, or where it has ended.

    `resource.getrusage` would not do: there a process inherits the peak of the one that started it.
    """
    with suppress(OSError), open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def descendants(pid: int) -> Iterator[int]:
    """The processes that a process started, and those that these started, and so on."""
    children: dict[int, list[int]] = {}
    with suppress(OSError):
        for name in os.listdir("/proc"):
            if name.isdecimal():
                children.setdefault(_parent(name), []).append(int(name))
    waiting = list(children.get(pid, ()))
    while waiting:
        yield (found := waiting.pop())
        waiting += children.get(found, ())


def _parent(pid: str) -> int:
    with suppress(OSError), open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return int(file.read().rpartition(")")[2].split()[1])
    return 0


LOOK_SECONDS = 5.0  # between two looks at the processes of a machine, which take some milliseconds


class Peaks:
    """The peaks of this process and of the largest of those that it started, which are looked at while they live."""

    def __init__(self) -> None:
        self._largest = 0
        self._last = float("-inf")

    def look(self) -> None:
        """Look at what lives now, if it is time."""
        now = time.monotonic()
        if now - self._last >= LOOK_SECONDS:
            self._last = now
            self._largest = max([self._largest, *map(peak_memory, descendants(os.getpid()))])

    def plain(self) -> dict[str, int]:
        """What is known of both, in bytes, as JSON knows it."""
        found = {"peak_memory": peak_memory(), "peak_memory_of_workers": self._largest}
        return {name: size for name, size in found.items() if size}
