"""Tasks that the isolator's tests run in a child: each maker returns a handler that behaves as the item says."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

from schemas.outcomes import Fault, RecordError
from transforms.isolate_child import Handler, attempt

KEPT: list[bytes] = []


def one_by_one(handle: Callable[[Any], Any]) -> Handler:
    """The handler of batches that hands each item to `handle`, and turns the RecordError that it raises into an answer."""
    return lambda items: (attempt(handle, item) for item in items)


def make_echo(settings: object) -> Handler:
    """Answers (settings, item)."""
    return one_by_one(lambda item: (settings, item))


def make_pid(settings: object) -> Handler:
    """Answers the child's process id, whatever the item."""
    return one_by_one(lambda item: os.getpid())


def make_sizer(settings: object) -> Handler:
    """Answers the size of a bytes item, or as many bytes as an integer item says."""
    return one_by_one(lambda item: len(item) if isinstance(item, bytes) else b"x" * int(str(item)))


def make_actor(settings: object) -> Handler:
    """Does what the item names; answers the item where it survives that."""
    acts: dict[str, Callable[[], object]] = {
        "sleep": lambda: time.sleep(60),
        "hold the interpreter": lambda: ctypes.PyDLL(None).sleep(60),
        "burn": lambda: burn(600),
        "burn in C": lambda: sum(repeat(1)),
        "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP),
        "exit": lambda: os._exit(3),
        "abort": os.abort,
        "segfault": lambda: ctypes.string_at(0),
        "eat memory": lambda: KEPT.append(bytes(8 << 30)),
        "leak": lambda: KEPT.append(bytes(300 << 20)),
        "be killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "be ended": lambda: os.kill(os.getpid(), signal.SIGTERM),
        "refuse": _refuse,
        "bug": lambda: os.environ["NO_SUCH_KEY"],
        "print": lambda: [os.write(stream, b"noise on %d\n" % stream) for stream in (1, 2)],
        "wait": lambda: time.sleep(1),
        "work": lambda: burn(0.2),
        "work hard": lambda: burn(0.4),
    }

    def act(item: str) -> str:
        acts.get(item, str)()
        return item

    return one_by_one(act)


def burn(seconds: float) -> None:
    """Use up processor time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def _refuse() -> None:
    raise RecordError(Fault.BOMB, "400 Mpx in 48 kB")


def make_nothing(settings: object) -> Handler:
    """Fails before it makes anything."""
    raise LookupError("the model is missing")


def make_unpicklable(settings: object) -> Handler:
    """Answers a function that pickle refuses."""
    return lambda item: lambda: item


def make_slowly(settings: object) -> Handler:
    """Takes a minute to get ready."""
    time.sleep(60)
    return one_by_one(str)


def make_hungrily(settings: object) -> Handler:
    """Needs 1 GiB to get ready."""
    KEPT.append(bytes(1 << 30))
    return one_by_one(str)


def make_busily(settings: object) -> Handler:
    """Needs ten minutes of processor time to get ready."""
    burn(600)
    return one_by_one(str)


def make_gatherer(settings: object) -> Handler:
    """As `make_actor`, but no outcome leaves before all items of the batch have been acted."""
    act = make_actor(settings)
    return lambda items: iter(list(act(items)))


def make_late(settings: object) -> Handler:
    """As `make_actor`, but acts when it has all items of the batch."""
    act = make_actor(settings)
    return lambda items: iter(list(act(iter(list(items)))))


def make_lingerer(settings: object) -> Handler:
    """Answers each item with 100 kB, and is busy for a moment after the last."""

    def answer(items: Iterator[object]) -> Iterator[bytes]:
        for _ in items:
            yield bytes(100_000)
        time.sleep(0.02)

    return answer


def make_reporter(settings: object) -> Handler:
    """As `make_actor`, but writes its process id to standard error before each batch."""
    act = make_actor(settings)

    def report(items: Iterator[str]) -> Iterator[object]:
        sys.stderr.write(f"{os.getpid()}\n")
        sys.stderr.flush()
        return act(items)

    return report


def make_broken(settings: object) -> Handler:
    """Has a bug that every item meets."""
    return one_by_one(lambda item: os.environ["NO_SUCH_KEY"])


def make_twice(settings: object) -> Handler:
    """As `make_actor`, but acts on each item when it is taken, and once more when all items of the batch are there."""
    act = make_actor(settings)
    return lambda items: iter(list(act(iter(list(act(items))))))


def tried(folder: str, name: str) -> int:
    """How many children have come here before, counted in a file."""
    path = Path(folder) / name
    count = int(path.read_text()) if path.exists() else 0
    path.write_text(str(count + 1))
    return count


def make_passing(settings: tuple[str, int]) -> Handler:
    """As `make_actor`, but an act happens only the first so many times; settings are a folder to count in, and that number."""
    folder, times = settings
    act = make_actor(None)

    def behave(item: str) -> object:
        return next(act(iter([item]))) if len(item) == 1 or tried(folder, item) < times else item

    return one_by_one(behave)


def make_killed(settings: tuple[str, int]) -> Handler:
    """Echoes; but the first so many children are killed while they start."""
    folder, times = settings
    if tried(folder, "start") < times:
        os.kill(os.getpid(), signal.SIGKILL)
    return one_by_one(lambda item: item)
