"""A run folder in a bucket belongs to one process at a time: an object there names it and is renewed while it lives.

A run that died does not keep the folder. On the same machine the system tells that its process has ended; elsewhere the object is watched,
and counts for nothing when it was not renewed for EXPIRES_SECONDS. No clocks of two machines are compared. The store's own conditions
(S3's If-Match, Google's generation) decide which of two wins; a store that knows none is written to without.

The lease spares work and wonder, no bytes hang on it: two runs that did not see each other write the same files under the same names.
"""

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import Enum, auto
from functools import partial

from pipeline import object_store
from schemas.outcomes import UserError

RENEW_SECONDS = 15.0  # ours: 6,000 requests a day
EXPIRES_SECONDS = 60.0  # ours: a machine may sleep, or its network be gone, for so long
LOOK_SECONDS = 5.0  # between two looks at the lease of another
RELEASE_SECONDS = 5.0  # that the end of a run waits for the lease to be given back; where it is not, it expires

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Holder:
    """A process at work in a run folder. `space` names the boot and the numbering of processes in which `pid` and `born` mean something."""

    host: str
    pid: int
    born: str
    space: str
    since: str  # UTC; for people
    token: str
    renewed: int = 0  # so that each renewal is another object

    def __str__(self) -> str:
        """Who it is, for people."""
        return f"process {self.pid} on {self.host} since {self.since}"

    def packed(self) -> bytes:
        """The object that says so."""
        return json.dumps(asdict(self), sort_keys=True).encode()


class Standing(Enum):
    """What is known of another holder without asking it."""

    LIVES = auto()
    ENDED = auto()
    ELSEWHERE = auto()


def this_process() -> Holder:
    """This process. The clock is read for people alone and reaches no output."""
    since = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Holder(socket.gethostname(), os.getpid(), birth(os.getpid()), space(), since, secrets.token_hex(16))


def space() -> str:
    """This boot of this machine, and the name space of its processes' numbers; "" on a system that does not tell."""
    with suppress(OSError), open("/proc/sys/kernel/random/boot_id") as file:
        return f"{file.read().strip()} {os.readlink('/proc/self/ns/pid')}"
    return ""


def birth(pid: int) -> str:
    """When a process of this machine began, as Linux counts it; "" where there is none, or where it has ended."""
    with suppress(OSError), open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    return ""


def standing(there: Holder, here: Holder) -> Standing:
    """Whether another holder lives, where its number means something here: machines made from one image of memory may share a boot."""
    if not here.space or (there.space, there.host) != (here.space, here.host):
        return Standing.ELSEWHERE
    return Standing.LIVES if there.born and birth(there.pid) == there.born else Standing.ENDED


def unpacked(data: bytes) -> Holder | None:
    """The holder that an object names; None where it is no lease of ours."""
    try:
        return Holder(**json.loads(data))
    except (ValueError, TypeError):
        return None


@dataclass(slots=True)
class Lease:
    """A lease that this process holds; `lost_to` says to whom it went, if it did."""

    path: str
    me: Holder
    lost_to: str = ""

    def renew(self) -> None:
        """Say that we live. Raises StorageError where the store does not answer: the next time is as good."""
        try:
            data, version = object_store.read_versioned(self.path)
        except FileNotFoundError:
            self.lost_to = self.lost_to or "another run, which has ended"
            return
        there = unpacked(data)
        if there is None or there.token != self.me.token:
            self.lost_to = str(there or "another run")
            return
        self.me = replace(there, renewed=there.renewed + 1)
        with suppress(FileExistsError):  # somebody was quicker; the next look tells who
            object_store.put_if(self.path, self.me.packed(), version)

    def release(self) -> None:
        """Let go of the folder, if it is ours."""
        with suppress(FileNotFoundError):
            there = unpacked(object_store.read(self.path))
            if there is not None and there.token == self.me.token:
                object_store.delete(self.path)


def take(path: str, folder: str, me: Holder, note: Note, pause: Callable[[float], object] = time.sleep) -> Lease:
    """Take the lease at `path`. Raises UserError where another process holds the folder."""
    while True:
        over: object_store.Version | None = None
        with suppress(FileNotFoundError):
            data, over = object_store.read_versioned(path)
        there = None if over is None else unpacked(data)
        if there is not None and there.token == me.token:  # a request of ours whose answer was lost
            return Lease(path, me)
        if there is not None and not expired(path, folder, there, me, note, pause):
            continue
        with suppress(FileExistsError):  # somebody was quicker; the next look tells who
            object_store.put_if(path, me.packed(), over)
            return Lease(path, me)


def expired(path: str, folder: str, there: Holder, me: Holder, note: Note, pause: Callable[[float], object]) -> bool:
    """Whether another's lease counts for nothing; False where it has gone or changed hands, so that it is to be read again.

    Raises UserError where its holder lives.
    """
    found = standing(there, me)
    if found is Standing.LIVES:
        raise refusal(folder, there)
    if found is Standing.ENDED:
        return True
    note(
        f"{folder} is held by {there}; if it shows no sign of life within {EXPIRES_SECONDS:.0f} s, this run takes over"
    )
    for _ in range(round(EXPIRES_SECONDS / LOOK_SECONDS)):
        pause(LOOK_SECONDS)
        try:
            now = unpacked(object_store.read(path))
        except FileNotFoundError:
            return False
        if now is None or now.token != there.token:
            return False
        if now.renewed != there.renewed:
            raise refusal(folder, there)
    return True


def refusal(folder: str, there: Holder | None) -> UserError:
    """The error of a folder that another process holds."""
    by = f"another run ({there})" if there else "another run"
    return UserError(f"{folder} is being written by {by}: wait for it, or end it")


@contextmanager
def leased(path: str, folder: str, note: Note) -> Iterator[Lease]:
    """Hold a folder of a bucket by the lease at `path` while the block runs. Raises UserError where another process holds it."""
    lease = take(path, folder, this_process(), note)
    with kept(lease):
        yield lease


@contextmanager
def kept(lease: Lease) -> Iterator[None]:
    """Renew a lease while the block runs, and let go of it then."""
    ended = threading.Event()
    keeper = threading.Thread(target=partial(keep, lease, ended), name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join(RELEASE_SECONDS)


def keep(lease: Lease, ended: threading.Event) -> None:
    """Renew a lease until the run has ended, and then let go of it. What the store does not take is no reason to end a run."""
    while not ended.wait(RENEW_SECONDS):
        with suppress(OSError):
            lease.renew()
    with suppress(OSError):
        lease.release()
