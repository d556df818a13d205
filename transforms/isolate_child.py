"""The child's side of `transforms.isolate`: reads a batch, answers each of its items, and dies where one goes wrong.

Started as ``python -m transforms.isolate_child REQUESTS ANSWERS ITEMS PARENT`` (three descriptors: two pipes, and a file in
memory that holds the pickled items of the batch under way; and the parent's process id). It holds no thread and no handler: the limit is
an alarm of processor time with the default disposition, which ends the process even while native code holds the interpreter, and
which rests while the process is stopped or waits for its turn. Linux kills this process when the parent ends, however it ends; an
idle one also sees its request pipe close.
"""

import ctypes
import errno
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

# Objects made before young ones are looked at: what handlers make goes by its counts (2 % of a page's time).
GARBAGE = 20_000

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
    """What `step` returns, or the RecordError that it raises, without its traceback: that would hold all that `step` had made so far."""
    try:
        return step(*args, **kwargs)
    except RecordError as error:
        return error.with_traceback(None)


PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with(parent: int) -> None:
    """Have the system kill this process when the parent's thread that started it ends; end now if the parent is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def address_space(wanted: int) -> int:
    """The bytes of address space that this process may have of those that are wanted: a hard limit of the machine's (`ulimit -v`) holds."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


class Watch:
    """Ends this process when an item takes too much processor time (ours and the system's for us)."""

    def __init__(self) -> None:
        self._limit = 0.0
        # SIGPIPE: an answer that nobody reads ends the child without a word. The interrupt key is for the parent.
        for number in (signal.SIGPROF, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF, signal.SIGPIPE})

    def arm(self, seconds: float) -> float:
        """Set the alarm anew; returns what was used since it was set last, or 0 where it was not set."""
        left, _ = signal.setitimer(signal.ITIMER_PROF, max(seconds, LEAST))
        used = self._limit - left if self._limit else 0.0
        self._limit = max(seconds, LEAST)
        return used

    def disarm(self) -> None:
        """Stop the alarm."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        self._limit = 0.0


LEAST = 0.001  # an alarm of nothing would be none


def told(items: Iterator[Any], file: int, sizes: list[list[int]], watch: Watch, seconds: float) -> Iterator[Any]:
    """The items, each under a time limit of its own.

    The current item's number is written after the batch, so the parent can read it on a time-out. The work on the whole batch has what the
    costliest item left of its limit: so items that pass together pass alone, and a batch that is late as a whole is done again item by
    item. An item's fate does not depend on its company.
    """
    end = sum(map(sum, sizes))
    most = 0.0
    for number in range(len(sizes)):
        os.pwrite(file, COUNT.pack(number), end)
        most = max(most, watch.arm(seconds))
        yield next(items)
    os.pwrite(file, COUNT.pack(len(sizes)), end)
    most = max(most, watch.arm(seconds))
    watch.arm(seconds - most)


def answers(handle: Handler, file: int, sizes: list[list[int]], watch: Watch, seconds: float) -> Iterator[bytes]:
    """One pickled outcome for each item in the file, each made under the watch."""
    watch.arm(seconds)
    outcomes = handle(told(read_items(file, sizes), file, sizes, watch, seconds))
    for _ in sizes:
        watch.arm(seconds)
        answer = pickle.dumps(next(outcomes), PICKLE_PROTOCOL)
        watch.disarm()
        yield answer


def is_memory(error: BaseException) -> bool:
    """Whether an exception says that memory ran out; the loader of libraries says it in words."""
    words = isinstance(error, ImportError) and ("failed to map" in str(error) or "cannot allocate memory" in str(error))
    return isinstance(error, MemoryError) or words or (isinstance(error, OSError) and error.errno == errno.ENOMEM)


def report_bugs(out: BinaryIO, watch: Watch) -> None:
    """Send any exception that nothing caught to the parent, as text, before the process ends."""

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        watch.disarm()
        if is_memory(error):
            os._exit(MEMORY_STATUS)  # without clean-up, which would need memory
        send(out, BUG, "".join(traceback.format_exception(kind, error, trace)).encode())
        out.flush()

    sys.excepthook = report


def main() -> None:
    """Serve until the request pipe ends."""
    gc.disable()  # what is imported and loaded lives as long as the process: no look at it finds garbage
    *ends, file, parent = map(int, sys.argv[1:])
    die_with(parent)
    requests, out = os.fdopen(ends[0], "rb"), os.fdopen(ends[1], "wb")
    watch = Watch()
    report_bugs(out, watch)
    opening, settings = read_items(file, read_sizes(requests))
    task, memory, seconds, start_seconds = opening
    memory = address_space(memory)
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
