"""The child's side of `transforms.isolate`: reads a batch, answers each of its items, and dies where one goes wrong.

Started as ``python -m transforms.isolate_child REQUESTS ANSWERS ITEMS`` (three descriptors: two pipes, and a file in
memory that holds the pickled items of the batch under way). It holds no thread and no handler: the wall limit is an
alarm with the default disposition, which ends the process even while native code holds the interpreter. The death of the
parent is a hang-up of the request pipe, which raises SIGIO the same way.
(PR_SET_PDEATHSIG is of no use here: it fires when the *thread* that started the child ends, and Beam's worker threads
come and go.)
"""

import errno
import fcntl
import gc
import importlib
import os
import pickle
import resource
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Iterator
from itertools import accumulate
from types import TracebackType
from typing import Any, BinaryIO, ParamSpec, TypeVar

from schemas.outcomes import RecordError

HEAD = struct.Struct("<cQ")  # kind of the frame, bytes that follow
READY, OUTCOME, BUG = b"R", b"O", b"B"
COUNT = struct.Struct("<Q")
MEMORY_STATUS = 77  # exit status that says MemoryError; any number that neither Python nor a shell uses
PICKLE_PROTOCOL = 5

GARBAGE = (
    20_000  # objects made before young ones are looked at: what handlers make goes by its counts (2 % of a page's time)
)

Payload = bytes | memoryview
# Turns the items of a batch into as many outcomes, in order: results, or RecordErrors.
Handler = Callable[[Iterator[Any]], Iterator[Any]]


def send(out: BinaryIO, kind: bytes, payload: bytes) -> None:
    """Write one frame into the buffer of `out`."""
    out.write(HEAD.pack(kind, len(payload)))
    out.write(payload)


def pack(item: object) -> list[Payload]:
    """An item as it is written to the file of items: its pickle, then its out-of-band buffers (`pickle.PickleBuffer`), uncopied."""
    buffers: list[Payload] = []
    pickled = pickle.dumps(item, PICKLE_PROTOCOL, buffer_callback=lambda buffer: buffers.append(buffer.raw()))
    return [pickled, *buffers]


def send_sizes(out: BinaryIO, sizes: list[list[int]]) -> None:
    """Write one request: the lengths of the parts of each item in the file of items."""
    request = pickle.dumps(sizes, PICKLE_PROTOCOL)
    out.write(COUNT.pack(len(request)) + request)
    out.flush()


def read_sizes(source: BinaryIO) -> list[list[int]]:
    """The next request; empty at the end of the stream (a request cut short means that the parent is gone)."""
    head = source.read(COUNT.size)
    request = source.read(COUNT.unpack(head)[0]) if len(head) == COUNT.size else b""
    if not request or len(request) < COUNT.unpack(head)[0]:
        return []
    sizes: list[list[int]] = pickle.loads(request)
    return sizes


def read_items(file: int, sizes: list[list[int]]) -> Iterator[Any]:
    """The items of a batch, which lie one behind the other in the file; each is read when the handler takes it."""
    offset = 0
    for parts in sizes:
        starts = accumulate(parts, initial=offset)
        pickled, *buffers = [read_whole(file, size, start) for size, start in zip(parts, starts, strict=False)]
        yield pickle.loads(pickled, buffers=buffers)
        offset += sum(parts)


def read_whole(file: int, size: int, offset: int) -> bytes:
    """`size` bytes from `offset`, in several calls: one reads at most 2 GiB."""
    data = os.pread(file, size, offset)
    while len(data) < size:
        data += os.pread(file, size - len(data), offset + len(data))
    return data


def load(task: str) -> Callable[[Any], Handler]:
    """The maker that `task` ("package.module:function") names."""
    module, _, name = task.partition(":")
    maker: Callable[[Any], Handler] = getattr(importlib.import_module(module), name)
    return maker


P = ParamSpec("P")
R = TypeVar("R")


def attempt(step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | RecordError:
    """What `step` returns, or the RecordError that it raises."""
    try:
        return step(*args, **kwargs)
    except RecordError as error:
        return error


class Watch:
    """Ends this process when an item takes too long, or when the parent dies during an item."""

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
        """Set the alarm. The parent writes nothing until `disarm`, so an event on the request pipe means that it has died."""
        fcntl.fcntl(self._requests, fcntl.F_SETFL, self._flags | os.O_ASYNC)
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def disarm(self) -> None:
        """Stop the alarm; from here on the parent may be slow, and may write."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        fcntl.fcntl(self._requests, fcntl.F_SETFL, self._flags)


def told(items: Iterator[Any], file: int, sizes: list[list[int]], watch: Watch, seconds: float) -> Iterator[Any]:
    """The items, each under a time limit of its own.

    The current item's number is written after the batch, so the parent can read it on a time-out. After the last item the limit
    starts again for the work on the whole batch; a single item has one limit for everything.
    """
    end = sum(map(sum, sizes))
    for number, item in enumerate(items):
        os.pwrite(file, COUNT.pack(number), end)
        if number:
            watch.arm(seconds)
        yield item
    os.pwrite(file, COUNT.pack(len(sizes)), end)
    if len(sizes) > 1:
        watch.arm(seconds)


def answers(handle: Handler, file: int, sizes: list[list[int]], watch: Watch, seconds: float) -> Iterator[bytes]:
    """One pickled outcome for each item in the file, each made under the watch."""
    watch.arm(seconds)
    outcomes = handle(told(read_items(file, sizes), file, sizes, watch, seconds))
    for _ in sizes:
        watch.arm(seconds)
        answer = pickle.dumps(next(outcomes), PICKLE_PROTOCOL)
        # Before it is sent: the parent may have the last answer, and write again, before this process runs on.
        watch.disarm()
        yield answer


def report_bugs(out: BinaryIO, watch: Watch) -> None:
    """Send any exception that nothing caught to the parent, as text, before the process ends."""

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        watch.disarm()
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
            os._exit(MEMORY_STATUS)  # without clean-up, which would need memory
        send(out, BUG, "".join(traceback.format_exception(kind, error, trace)).encode())
        out.flush()

    sys.excepthook = report


def main() -> None:
    """Serve until the request pipe ends."""
    gc.disable()  # what is imported and loaded lives as long as the process: no look at it finds garbage
    requests, out, file = os.fdopen(int(sys.argv[1]), "rb"), os.fdopen(int(sys.argv[2]), "wb"), int(sys.argv[3])
    watch = Watch(requests.fileno())
    report_bugs(out, watch)
    opening, settings = read_items(file, read_sizes(requests))
    task, memory, seconds, start_seconds = opening
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(
        resource.RLIMIT_CORE, (0, 0)
    )  # a crash is an outcome here, not a reason to write 2 GiB to a disk
    watch.arm(start_seconds)
    handle = load(task)(settings)
    watch.disarm()
    gc.freeze()
    gc.set_threshold(GARBAGE)
    gc.enable()
    send(out, READY, b"")
    out.flush()
    while sizes := read_sizes(requests):
        for answer in answers(handle, file, sizes, watch, seconds):
            send(out, OUTCOME, answer)
        out.flush()


if __name__ == "__main__":
    main()
