"""A unit of a crawl belongs to one task at a time: a runner may give it to a second one, which it takes for slow or dead too early.

The second waits until the first has let go of the unit, or shows no sign of life, and then goes on behind what that one committed. So hosts
are asked by one of them. That no address ends twice does not hang on it: see `pipeline/fetch/segment.py`.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from os import fstat, path, stat
from typing import BinaryIO

from pipeline import object_store, storage
from pipeline.lease import (
    EXPIRES_SECONDS,
    LOOK_SECONDS,
    Holder,
    Lease,
    Standing,
    kept,
    standing,
    this_process,
    unpacked,
)
from pipeline.locks import is_free

Pause = Callable[[float], object]


class Overtaken(Exception):
    """Another task went on with the unit, since this one showed no sign of life; what it had not committed is forgotten."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A unit that this task holds. `inherited`: who held it before did not let go of it, so that nobody knows what it still does."""

    token: str = ""
    inherited: bool = False
    lease: Lease | None = None

    def check(self) -> None:
        """Raise Overtaken where another task is known to have gone on."""
        if self.lease and self.lease.lost_to:
            raise Overtaken(f"{self.lease.path} was taken over by {self.lease.lost_to}")


ALONE = Claim()  # of a unit that nobody else knows


@contextmanager
def claimed(place: str, pause: Pause = time.sleep) -> Iterator[Claim]:
    """Hold a unit by the file at `place` while the block runs; waits for the task that holds it."""
    if storage.is_remote(place):
        lease, inherited = taken(place, this_process(), pause)
        with kept(lease):
            yield Claim(lease.me.token, inherited, lease)
        return
    with locked(place, pause) as file:
        inherited, token = bool(file.read(1)), secrets.token_hex(16)
        file.write(token.encode())
        file.flush()
        try:
            yield Claim(token, inherited)
        finally:
            file.seek(0)
            if file.read().endswith(token.encode()):  # where a file system knows no locks, another may hold it by now
                storage.remove(place)


@contextmanager
def locked(place: str, pause: Pause) -> Iterator[BinaryIO]:
    """The file at a place, made where there is none, and locked; the system lets go of the lock of a process that was killed."""
    storage.make_folder(path.dirname(place))
    while True:
        with open(place, "a+b") as file:
            if is_free(file) and is_there(file, place):
                file.seek(0)
                yield file
                return
        pause(LOOK_SECONDS / 10)


def is_there(file: BinaryIO, place: str) -> bool:
    """Whether an open file still has its name: who held it before may have taken it away."""
    with suppress(FileNotFoundError):
        return fstat(file.fileno()).st_ino == stat(place).st_ino
    return False


def taken(place: str, me: Holder, pause: Pause) -> tuple[Lease, bool]:
    """The lease of a unit in a bucket, and whether its holder before had not let go of it."""
    over: object_store.Version | None = None
    seen: tuple[str, int] | None = None
    looks = 0
    while True:
        before, there, over = over, None, None
        with suppress(FileNotFoundError):
            data, over = object_store.read_versioned(place)
            there = unpacked(data)
        if there and there.token == me.token:  # a request of ours whose answer was lost
            return Lease(place, me), before is not None
        sign = (there.token, there.renewed) if there else None
        looks, seen = (looks + 1 if sign == seen else 0), sign
        if there and not is_gone(there, me, looks):
            pause(LOOK_SECONDS)
            continue
        with suppress(FileExistsError):  # somebody was quicker; the next look tells who
            object_store.put_if(place, me.packed(), over)
            return Lease(place, me), over is not None


def is_gone(there: Holder, me: Holder, looks: int) -> bool:
    """Whether a holder has ended, or has shown no sign of life for so many looks that it counts for nothing."""
    found = standing(there, me)
    return found is Standing.ENDED or (found is Standing.ELSEWHERE and looks * LOOK_SECONDS >= EXPIRES_SECONDS)
