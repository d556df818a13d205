"""The child's side of `transforms.isolate`: reads a batch, answers it item by item, dies where an item goes wrong.

Started as ``python -m transforms.isolate_child REQUESTS ANSWERS`` (two descriptors). It holds no thread and no handler:
the wall limit is an alarm with the default disposition, which ends the process even while native code holds the
interpreter. The death of the parent is a hang-up of the request pipe, which raises SIGIO the same way.
(PR_SET_PDEATHSIG is of no use here: it fires when the *thread* that started the child ends, and Beam's worker threads
come and go.)
"""

import errno
import fcntl
import importlib
import os
import pickle
import resource
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, BinaryIO

from schemas.outcomes import RecordError

HEAD = struct.Struct("<cQ")  # kind of the frame, bytes that follow
READY, OUTCOME, BUG = b"R", b"O", b"B"
COUNT = struct.Struct("<Q")
MEMORY_STATUS = 77  # exit status that says MemoryError; any number that neither Python nor a shell uses
PICKLE_PROTOCOL = 5


def send(out: BinaryIO, kind: bytes, payload: bytes) -> None:
    """Write one frame."""
    out.write(HEAD.pack(kind, len(payload)))
    out.write(payload)
    out.flush()


def send_batch(out: BinaryIO, payloads: list[bytes]) -> None:
    """Write one request: how many items, how long each is, then their bytes."""
    out.write(COUNT.pack(len(payloads)))
    out.write(b"".join(COUNT.pack(len(payload)) for payload in payloads))
    out.writelines(payloads)
    out.flush()


def read_batch(source: BinaryIO) -> list[bytes]:
    """The next request, whole; empty at the end of the stream (a request cut short means that the parent is gone)."""
    head = source.read(COUNT.size)
    if len(head) < COUNT.size:
        return []
    count = COUNT.unpack(head)[0]
    sizes = source.read(COUNT.size * count)
    if len(sizes) < COUNT.size * count:
        return []
    payloads = [source.read(size) for (size,) in COUNT.iter_unpack(sizes)]
    return payloads if len(payloads[-1]) == COUNT.unpack(sizes[-COUNT.size :])[0] else []


def load(task: str) -> Callable[[Any], Callable[[Any], Any]]:
    """The maker that `task` ("package.module:function") names."""
    module, _, name = task.partition(":")
    maker: Callable[[Any], Callable[[Any], Any]] = getattr(importlib.import_module(module), name)
    return maker


class Watch:
    """Ends this process when an item takes too long, or when the parent is gone while one is worked on."""

    def __init__(self, requests: int) -> None:
        self._requests = requests
        self._flags = fcntl.fcntl(requests, fcntl.F_GETFL)
        fcntl.fcntl(requests, fcntl.F_SETOWN, os.getpid())
        # SIGPIPE: an answer that nobody reads ends the child without a word. The interrupt key is for the parent.
        for number in (signal.SIGALRM, signal.SIGIO, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM, signal.SIGIO, signal.SIGPIPE})

    def arm(self, seconds: float) -> None:
        """Set the alarm. Until `disarm` the parent writes nothing, so an event on the request pipe is its end."""
        fcntl.fcntl(self._requests, fcntl.F_SETFL, self._flags | os.O_ASYNC)
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def disarm(self) -> None:
        """Stop the alarm; from here on a slow or a writing parent is nobody's fault."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        fcntl.fcntl(self._requests, fcntl.F_SETFL, self._flags)


def answer(handle: Callable[[Any], Any], payload: bytes) -> bytes:
    """The pickled outcome of one pickled item: what `handle` returns, or the RecordError that it raises."""
    try:
        outcome = handle(pickle.loads(payload))
    except RecordError as error:
        outcome = error
    return pickle.dumps(outcome, PICKLE_PROTOCOL)


def answers(handle: Callable[[Any], Any], batch: list[bytes], watch: Watch, seconds: float) -> Iterator[bytes]:
    """One pickled outcome per item, each made under the watch."""
    for payload in batch:
        watch.arm(seconds)
        outcome = answer(handle, payload)
        watch.disarm()
        yield outcome


def report_bugs(out: BinaryIO, watch: Watch) -> None:
    """Send any exception that nothing caught to the parent, as text, before the process ends."""

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        watch.disarm()
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
            os._exit(MEMORY_STATUS)  # without clean-up, which would need memory
        send(out, BUG, "".join(traceback.format_exception(kind, error, trace)).encode())

    sys.excepthook = report


def main() -> None:
    """Serve until the request pipe ends."""
    requests, out = os.fdopen(int(sys.argv[1]), "rb"), os.fdopen(int(sys.argv[2]), "wb")
    watch = Watch(requests.fileno())
    report_bugs(out, watch)
    opening, settings = read_batch(requests)
    task, memory, seconds, start_seconds = pickle.loads(opening)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(
        resource.RLIMIT_CORE, (0, 0)
    )  # a crash is an outcome here, not a reason to write 2 GiB to a disk
    watch.arm(start_seconds)
    handle = load(task)(pickle.loads(settings))
    watch.disarm()
    send(out, READY, b"")
    while batch := read_batch(requests):
        for outcome in answers(handle, batch, watch, seconds):
            send(out, OUTCOME, outcome)


if __name__ == "__main__":
    main()
