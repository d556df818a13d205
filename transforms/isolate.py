"""Runs native code where it can be killed: a child process per worker, under limits of memory and of time per item.

Parsers and decoders hang, abort and eat memory on hostile input, and neither a signal nor a thread's time-out stops
them inside the process (docs/sources.md, "Isolation"). So they run in a long-lived child. Items go in by batches, through a
file in memory. When the child dies, the items that it has not answered are tried again one by one, so that only the item
that killed it is lost::

    with Isolator[ImageTask, ImageFacts]("transforms.dissect:make_handler", ExtractPart()) as isolator:
        for outcome in isolator.run(tasks):
            ...                                # ImageFacts or RecordError, in the order of the tasks

The deaths and their faults::

    past `Limits.seconds`                         TIMEOUT
    MemoryError, or SIGKILL by the system         OUT_OF_MEMORY
    any other signal or exit                      CRASHED
    an exception that is no RecordError           IsolatedBug, raised here: the run stops (law 8)
"""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Generic, Literal, TypeVar, cast

from schemas.outcomes import Fault, RecordError
from transforms.isolate_child import BUG, COUNT, HEAD, MEMORY_STATUS, Payload, pack, send_sizes

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a child, and of the batches that are sent to it.

    `memory` (bytes of address space) and `seconds` (wall clock per item, and for the work on a whole batch) are those of
    docs/sources.md, "Guard limits". The others are ours: a child loads models when it starts, which may take long.
    """

    memory: int = 2 << 30
    seconds: float = 10.0
    start_seconds: float = 120.0
    batch_bytes: int = 8 << 20
    batch_items: int = 32


class IsolatedBug(Exception):
    """A bug in the child: an exception other than RecordError. The message holds the child's traceback."""


class _Died(Exception):
    """The child died before it answered; `status` is its exit status (negative for a signal), `at` the item that it took last."""

    def __init__(self, status: int, at: int) -> None:
        super().__init__(status)
        self.status = status
        self.at = at

    def error(self, limits: Limits) -> RecordError:
        """The fault of the item that the child was working on."""
        if self.status == -signal.SIGALRM:
            return RecordError(Fault.TIMEOUT, f"no outcome within {limits.seconds:g} s")
        if self.status == MEMORY_STATUS:
            return RecordError(Fault.OUT_OF_MEMORY, f"more than {limits.memory >> 20} MiB of address space")
        if self.status == -signal.SIGKILL:
            return RecordError(Fault.OUT_OF_MEMORY, "killed from outside, as a system short of memory does")
        return RecordError(Fault.CRASHED, f"child ended by {_ending(self.status)}")


def _ending(status: int) -> str:
    return f"exit status {status}" if status >= 0 else signal.Signals(-status).name


_MEMORY = "glibc.malloc.hugetlb=1:glibc.malloc.trim_threshold=134217728:glibc.malloc.mmap_threshold=33554432"


def environment() -> dict[str, str]:
    """A child's environment: ours, with our import path and one thread per numeric library (more reserve memory and take cores).

    Freed memory is kept for reuse, in large pages where the system offers them: a page's tree of 10 MB is written and read once, and
    clearing and mapping small pages for it was 5 % of the time. The user's own settings come later in the list and win.
    """
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    tunables = ":".join(filter(None, (_MEMORY, os.environ.get("GLIBC_TUNABLES"))))
    return {**os.environ, **threads, "PYTHONPATH": path, "GLIBC_TUNABLES": tunables}


class _Child:
    """One child process, ready for its first batch. Raises IsolatedBug where it does not get ready."""

    def __init__(self, task: str, settings: object, limits: Limits) -> None:
        requests, self._requests = _pipe("wb")
        answers, self._answers = _pipe("rb")
        self._items = os.fdopen(os.memfd_create("items"), "wb")
        ends = (requests, answers, self._items.fileno())
        command = [sys.executable, "-P", "-m", "transforms.isolate_child", *map(str, ends)]
        try:
            # Its standard output goes where our errors go, so a library that prints cannot spoil what we print.
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=2, pass_fds=ends, env=environment()
            )
        finally:
            os.close(requests)
            os.close(answers)
        self._end = 0  # where the items of the batch end, and the child writes at which it is
        self.owed = 0  # answers not yet read
        self.fresh = True  # whether no item was answered yet
        opening = (task, limits.memory, limits.seconds, limits.start_seconds)
        try:
            self._send([pack(opening), pack(settings)])
            self._receive()
        except _Died as death:
            raise IsolatedBug(f"{task} ended by {_ending(death.status)} before it was ready") from None
        except BaseException:
            self.kill()
            raise

    def ask(self, batch: list[list[Payload]]) -> None:
        """Hand over a batch."""
        if self.owed:
            raise RuntimeError("an isolator runs one batch at a time: exhaust or close the earlier run first")
        self.owed = len(batch)
        self._send(batch)

    def outcome(self) -> object:
        """The next answer: a result or a RecordError. Raises _Died or IsolatedBug."""
        outcome: object = pickle.loads(self._receive())
        self.owed -= 1
        self.fresh = False
        return outcome

    def kill(self) -> int:
        """End the process, if it has not ended, and return its exit status."""
        self._process.kill()
        status = self._process.wait()
        self._answers.close()
        self._items.close()
        with contextlib.suppress(BrokenPipeError):  # what the child never read is still in the buffer
            self._requests.close()
        return status

    def _send(self, batch: list[list[Payload]]) -> None:
        self._items.seek(0)
        for parts in batch:
            self._items.writelines(parts)
        self._items.truncate()
        self._end = self._items.tell()
        try:
            send_sizes(self._requests, [list(map(len, parts)) for parts in batch])
        except BrokenPipeError:
            raise self._death() from None

    def _receive(self) -> bytes:
        head = self._answers.read(HEAD.size)
        if len(head) < HEAD.size:
            raise self._death()
        kind, size = HEAD.unpack(head)
        payload = self._answers.read(size)
        if len(payload) < size:
            raise self._death()
        if kind == BUG:
            raise IsolatedBug(payload.decode())
        return payload

    def _death(self) -> _Died:
        """The death that a closed pipe announces; waits for the process first, so that the status is its own and not that of our kill."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_LAST_WORDS)
        at = os.pread(self._items.fileno(), COUNT.size, self._end)
        return _Died(self.kill(), COUNT.unpack(at)[0] if at else 0)


_LAST_WORDS = 5.0  # seconds that a child has between closing its pipe and its end; ours


def _pipe(mode: Literal["rb", "wb"]) -> tuple[int, BinaryIO]:
    """A new pipe: the child's end as a descriptor, ours as a buffered file. Neither is inherited by other processes."""
    reader, writer = os.pipe()
    return (writer, os.fdopen(reader, mode)) if mode == "rb" else (reader, os.fdopen(writer, mode))


def _batches(items: Iterable[object], limits: Limits) -> Iterator[list[list[Payload]]]:
    """Packed items in order, by groups within the limits; an item larger than `batch_bytes` goes alone."""
    batch: list[list[Payload]] = []
    size = 0
    for item in items:
        parts = pack(item)
        length = sum(map(len, parts))
        if batch and (len(batch) == limits.batch_items or size + length > limits.batch_bytes):
            yield batch
            batch, size = [], 0
        batch.append(parts)
        size += length
    if batch:
        yield batch


class Isolator(Generic[T, R]):
    """A child process that turns items (T) into results (R), one per worker thread; it starts with the first batch.

    `task` is "package.module:maker". In the child, ``maker(settings)`` is called once and returns the `Handler` that turns
    the items of a batch into outcomes. Settings, items and results travel pickled; what an item holds as a
    `pickle.PickleBuffer` is not copied.
    """

    def __init__(self, task: str, settings: object = None, limits: Limits = Limits()) -> None:
        self._task = task
        self._settings = settings
        self._limits = limits
        self._child: _Child | None = None

    def run(self, items: Iterable[T]) -> Iterator[R | RecordError]:
        """One outcome per item, in order. Raises IsolatedBug where the child fails in a way that no record explains."""
        try:
            for batch in _batches(items, self._limits):
                for outcome in self._outcomes(batch):
                    yield cast("R | RecordError", outcome)
        except IsolatedBug:
            self.close()
            raise
        finally:
            if self._child and self._child.owed:  # the caller stopped early; what is under way answers nobody
                self.close()

    def close(self) -> None:
        """End the child. A later run starts a new one."""
        if self._child:
            self._child.kill()
            self._child = None

    def __enter__(self) -> "Isolator[T, R]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _outcomes(self, batch: list[list[Payload]]) -> Iterator[object]:
        """The outcomes of one batch. After a death the rest goes in one by one; after a time-out only the late item is left out."""
        done, size = 0, len(batch)
        late: dict[int, RecordError] = {}
        while done < len(batch):
            if done in late:
                yield late[done]
                done += 1
                continue
            child = self._child = self._child or _Child(self._task, self._settings, self._limits)
            first, end = done, min([done + size, *(place for place in late if place > done), len(batch)])
            try:
                child.ask(batch[first:end])
                for _ in range(first, end):
                    outcome = child.outcome()
                    done += 1
                    yield outcome
            except _Died as death:
                self._child = None
                error = death.error(self._limits)
                if error.fault is Fault.TIMEOUT and (death.at < end - first or end - first == 1):
                    late[min(first + death.at, end - 1)] = error
                # Damage done by an earlier item can kill a later one, so only what a fresh child meets first is blamed.
                elif end - first == 1 and child.fresh:
                    late[first] = error
                else:
                    size = 1
