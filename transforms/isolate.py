"""Runs native code where it can be killed: a child process per worker, under limits of memory and of processor time per item.

Parsers and decoders hang, abort and eat memory on hostile input, and neither a signal nor a thread's time-out stops
them inside the process (docs/sources.md, "Isolation"). So they run in a long-lived child. Items go in by batches, through a
file in memory. When the child dies, the items that it has not answered are tried again, in smaller attempts, so that only the item
that killed it is lost (`transforms.isolate_attempts`)::

    with Isolator[ImageTask, StagedImage]("transforms.dissect:make_handler", ExtractPart()) as isolator:
        for outcome in isolator.run(tasks):
            ...                                # StagedImage or RecordError, in the order of the tasks

The deaths and their faults::

    past `Limits.seconds` of processor time       TIMEOUT, at once
    past `Limits.wall` of waiting                 TIMEOUT, the second time
    MemoryError, or SIGKILL by the system         OUT_OF_MEMORY, the second time
    any other signal or exit                      CRASHED, the second time
    an exception that is no RecordError           IsolatedBug, raised here: the run stops (law 8)

So a machine that is busy, slow or stopped for a while, or that kills a child, changes no outcome. One that gives a child less address
space than `Limits.memory` (`ulimit -v`), and where a child dies twice at an item, ends the run (UserError): elsewhere it might have lived.
"""

import contextlib
import io
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import TracebackType
from typing import BinaryIO, Generic, TypeVar, cast

from schemas.outcomes import Fault, RecordError, UserError
from transforms.isolate_attempts import Attempt, Cause, Death, next_attempts
from transforms.isolate_child import BUG, COUNT, HEAD, MEMORY_STATUS, Payload, address_space, pack, send_sizes
from transforms.isolate_spawn import spawn
from transforms.isolate_wait import Patience, Pipe

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a child, and of the batches that are sent to it.

    `memory` (bytes of address space) and `seconds` (processor time of an item, and of the work on a whole batch) are those of
    docs/sources.md, "Guard limits". The others are ours. `start_seconds` is processor time too: a child loads models when it starts. `wall`
    bounds what no processor time tells of, an item that waits: seconds in which the child waits for anything but a processor. Time in which
    it is stopped, or in which we are, does not count.
    """

    memory: int = 2 << 30
    seconds: float = 10.0
    wall: float = 300.0
    start_seconds: float = 120.0
    batch_bytes: int = 8 << 20
    batch_items: int = 32


class IsolatedBug(Exception):
    """A bug in the child: an exception other than RecordError. The message holds the child's traceback."""


class _Died(Exception):
    """The child died before it answered.

    `status` is its exit status (negative for a signal), or None where we ended it since it waited too long. `at` is the place in its
    batch of the item that it was given last, or the length of the batch.
    """

    def __init__(self, status: int | None, at: int, fresh: bool) -> None:
        super().__init__(status)
        self.status = status
        self.at = at
        self.fresh = fresh

    def death(self, first: int, limits: Limits) -> Death:
        """What it means for a batch whose first item is `first`."""
        causes = {None: Cause.STUCK, -signal.SIGPROF: Cause.SPENT}
        return Death(causes.get(self.status, Cause.ENDED), first + self.at, self.fresh, self._error(limits))

    def _error(self, limits: Limits) -> RecordError:
        """The fault of the item that is blamed."""
        if self.status is None:
            return RecordError(Fault.TIMEOUT, f"waited for more than {limits.wall:g} s, twice")
        if self.status == -signal.SIGPROF:
            return RecordError(Fault.TIMEOUT, f"no outcome within {limits.seconds:g} s of processor time")
        if self.status == MEMORY_STATUS:
            return RecordError(Fault.OUT_OF_MEMORY, f"more than {limits.memory >> 20} MiB of address space")
        if self.status == -signal.SIGKILL:
            return RecordError(Fault.OUT_OF_MEMORY, "killed from outside, as a system short of memory does")
        return RecordError(Fault.CRASHED, f"child ended by {_ending(self.status)}")


def _ending(status: int | None) -> str:
    if status is None:
        return "us, for it waited too long"
    return f"exit status {status}" if status >= 0 else signal.Signals(-status).name


_READ = 1 << 16  # what a pipe holds


_BATCH = "a file in memory that holds a batch of pages"


class _Items:
    """The file in memory that holds the pickled items of a batch, and behind them the number of the item that the child was given last."""

    def __init__(self) -> None:
        self.file: BinaryIO = os.fdopen(os.memfd_create("items"), "wb")
        self._end = 0

    def write(self, batch: list[list[Payload]]) -> None:
        """Put a batch in the place of the last one."""
        try:
            self.file.seek(0)
            for parts in batch:
                self.file.writelines(parts)
            self.file.truncate()
        except OSError as error:
            raise OSError(error.errno, error.strerror, _BATCH) from error
        self._end = self.file.tell()

    def mark(self) -> bytes:
        """The number as the child wrote it; empty where it was given none of this batch."""
        return os.pread(self.file.fileno(), COUNT.size, self._end)

    def place(self) -> int:
        """The number; 0 where there is none."""
        mark = self.mark()
        place: int = COUNT.unpack(mark)[0] if mark else 0
        return place


class _Child:
    """One child process, ready for its first batch. Raises _Died or IsolatedBug where it does not get ready."""

    def __init__(self, task: str, settings: object, limits: Limits) -> None:
        requests, ours = os.pipe()
        self._requests: BinaryIO = os.fdopen(ours, "wb")
        ours, answers = os.pipe()
        items = self._items = _Items()
        self._patience = Patience(limits.wall, items.mark)
        self._answers = io.BufferedReader(Pipe(ours, self._patience), _READ)
        ends = (requests, answers, items.file.fileno())
        command = [sys.executable, "-P", "-m", "transforms.isolate_child", *map(str, (*ends, os.getpid()))]
        try:
            self._process = spawn(command, ends)
        finally:
            os.close(requests)
            os.close(answers)
        self._patience.pid = self._process.pid
        self.owed = 0  # answers not yet read
        self.fresh = True  # whether no item was answered yet
        opening = (task, limits.memory, limits.seconds, limits.start_seconds)
        try:
            self._send([pack(opening), pack(settings)])
            self._receive()
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
        self._items.file.close()
        with contextlib.suppress(BrokenPipeError):  # what the child never read is still in the buffer
            self._requests.close()
        return status

    def _send(self, batch: list[list[Payload]]) -> None:
        self._items.write(batch)
        try:
            send_sizes(self._requests, [list(map(len, parts)) for parts in batch])
        except BrokenPipeError:
            raise self._death() from None

    def _receive(self) -> bytes:
        kind, size = HEAD.unpack(self._read(HEAD.size))
        payload = self._read(size)
        if kind == BUG:
            raise IsolatedBug(payload.decode())
        return payload

    def _read(self, size: int) -> bytes:
        try:
            data = self._answers.read(size)
        except TimeoutError:
            at = self._items.place()
            self.kill()
            raise _Died(None, at, self.fresh) from None
        if len(data) < size:
            raise self._death()
        return data

    def _death(self) -> _Died:
        """The death that a closed pipe announces; waits for the process first, so that the status is its own and not that of our kill."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_LAST_WORDS)
        at = self._items.place()
        return _Died(self.kill(), at, self.fresh)


# Seconds that a child has between closing its pipe and its end; ours; freeing much memory takes time.
_LAST_WORDS = 60.0
_STARTS = 3  # children that may be killed while they start; ours


def _start(task: str, settings: object, limits: Limits) -> _Child:
    """A child that is ready; one that a signal ends while it starts is started again.

    Raises UserError where the machine does not let one start, IsolatedBug where it fails of itself.
    """
    for left in reversed(range(_STARTS)):
        try:
            return _Child(task, settings, limits)
        except _Died as died:
            killed = died.status is not None and died.status < 0 and died.status != -signal.SIGPROF
            if killed and left:
                continue
            if died.status == MEMORY_STATUS or (killed and died.status == -signal.SIGKILL) or _is_limited(limits):
                raise UserError(_no_room(died.status, limits)) from None
            raise IsolatedBug(f"{task} ended by {_ending(died.status)} before it was ready") from None
    raise AssertionError("unreachable")


def _is_limited(limits: Limits) -> bool:
    """Whether the machine lets a child have less address space than the recipe says, so that its deaths tell nothing of an item."""
    return address_space(limits.memory) < limits.memory


def _no_room(status: int | None, limits: Limits) -> str:
    """What is said of a child that has no room to start, or to do what it was given."""
    went = f"the process that parses pages and images ended by {_ending(status)}"
    if _is_limited(limits):
        return (
            f"{went}, under a limit on address space (ulimit -v) of {address_space(limits.memory) >> 20} MiB, which is less than the "
            f"{limits.memory >> 20} MiB of the recipe's extract.child_bytes: raise the one or lower the other"
        )
    if status == MEMORY_STATUS:
        return (
            f"{went}, for the {limits.memory >> 20} MiB of the recipe's extract.child_bytes are too few: give it more"
        )
    return (
        f"{went} whenever it was started, {_STARTS} times (Linux ends processes when memory runs out; --workers sets how many there are): "
        "the same command goes on from what is finished"
    )


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
        self.deaths = 0  # of children, each of which a fresh one followed

    def run(self, items: Iterable[T]) -> Iterator[R | RecordError]:
        """One outcome per item, in order.

        Raises IsolatedBug where the child fails in a way that no record explains, UserError where the machine has no room for it.
        """
        try:
            for batch in _batches(items, self._limits):
                for outcome in self._outcomes(batch):
                    yield cast("R | RecordError", outcome)
        except (IsolatedBug, UserError):
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
        """The outcomes of one batch, in as many attempts as the deaths of children make of it."""
        attempts = deque([Attempt(0, len(batch))])
        blamed: dict[int, RecordError] = {}
        done = 0
        while done < len(batch):
            if done in blamed:
                yield blamed[done]
                done += 1
                continue
            attempt = attempts.popleft()
            child = self._ready(fresh=attempt.strikes > 0)
            try:
                child.ask(batch[attempt.first : attempt.end])
                for _ in range(attempt.first, attempt.end):
                    outcome = child.outcome()
                    done += 1
                    yield outcome
            except _Died as died:
                self._child = None
                self.deaths += 1
                death = died.death(attempt.first, self._limits)
                again, culprit = next_attempts(replace(attempt, first=done), death)
                attempts.extendleft(reversed(again))
                if culprit is not None and death.cause is Cause.ENDED and _is_limited(self._limits):
                    raise UserError(_no_room(died.status, self._limits)) from None
                if culprit is not None:
                    blamed[culprit] = death.error

    def _ready(self, fresh: bool) -> _Child:
        """The child, started where there is none, or anew where a fresh one is needed."""
        if fresh and self._child and not self._child.fresh:
            self.close()
        if self._child is None:
            self._child = _start(self._task, self._settings, self._limits)
        return self._child
