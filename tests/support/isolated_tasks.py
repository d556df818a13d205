"""Tasks that the isolator's tests run in a child: each maker returns a handler that behaves as the item says."""

import ctypes
import os
import sys
import time
from collections.abc import Callable

from schemas.outcomes import Fault, RecordError

KEPT: list[bytes] = []


def make_echo(settings: object) -> Callable[[object], object]:
    """Answers (settings, item)."""
    return lambda item: (settings, item)


def make_pid(settings: object) -> Callable[[object], int]:
    """Answers the child's process id, whatever the item."""
    return lambda item: os.getpid()


def make_sizer(settings: object) -> Callable[[object], object]:
    """Answers the size of a bytes item, or as many bytes as an integer item says."""
    return lambda item: len(item) if isinstance(item, bytes) else b"x" * int(str(item))


def make_actor(settings: object) -> Callable[[str], str]:
    """Does what the item names; answers the item where it survives that."""
    acts: dict[str, Callable[[], object]] = {
        "sleep": lambda: time.sleep(60),
        "hold the interpreter": lambda: ctypes.PyDLL(None).sleep(60),
        "exit": lambda: os._exit(3),
        "abort": os.abort,
        "segfault": lambda: ctypes.string_at(0),
        "eat memory": lambda: KEPT.append(bytes(8 << 30)),
        "leak": lambda: KEPT.append(bytes(300 << 20)),
        "be killed": lambda: os.kill(os.getpid(), 9),
        "refuse": _refuse,
        "bug": lambda: os.environ["NO_SUCH_KEY"],
        "print": lambda: [os.write(stream, b"noise on %d\n" % stream) for stream in (1, 2)],
        "wait": lambda: time.sleep(0.2),
    }

    def act(item: str) -> str:
        acts.get(item, str)()
        return item

    return act


def _refuse() -> None:
    raise RecordError(Fault.BOMB, "400 Mpx in 48 kB")


def make_nothing(settings: object) -> Callable[[object], object]:
    """Fails before it makes anything."""
    raise LookupError("the model is missing")


def make_unpicklable(settings: object) -> Callable[[object], object]:
    """Answers a function that pickle refuses."""
    return lambda item: lambda: item


def make_slowly(settings: object) -> Callable[[object], object]:
    """Takes a minute to get ready."""
    time.sleep(60)
    return str


def make_reporter(settings: object) -> Callable[[str], str]:
    """As `make_actor`, but writes its process id to standard error before each act."""
    act = make_actor(settings)

    def report(item: str) -> str:
        sys.stderr.write(f"{os.getpid()}\n")
        sys.stderr.flush()
        return act(item)

    return report


def make_broken(settings: object) -> Callable[[object], object]:
    """Has a bug that every item meets."""
    return lambda item: os.environ["NO_SUCH_KEY"]
