"""Runs one transform to its end on the engine that the settings name.

The local engine is Beam's FnApiRunner by name, in process or with worker processes. `multi_threading` loses records and plain
`DirectRunner` is a switch between engines (docs/sources.md, "Beam engines"): the command line refuses both.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from typing import TypeVar

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions
from apache_beam.runners.portability.fn_api_runner import worker_handlers

from pipeline import local_workers
from pipeline.engines import flink_jobs, job_server, prism
from pipeline.engines.beam_libraries import grpc
from pipeline.engines.failure import LostError, engine_error
from pipeline.engines.options import beam_options
from pipeline.engines.settings import FLINK, PRISM, EngineSettings
from pipeline.sections import DamagedFileError
from schemas.outcomes import UserError, VerificationError

# How Beam ends its text of what a worker raised: the error as Python prints it, and the step in which it was raised.
_RAISED = re.compile(
    r"(?:RuntimeError: |schemas\.outcomes\.|pipeline\.sections\.|pipeline\.clients\.)?"
    r"(?:(\w+Error): )?([^\n]*) \[while running '[^'\n]*'\]\s*$"
)
_ERRNO = re.compile(r"\[Errno (\d+)\] (.*?)(?:: '(.*)')?")
# What a worker says that found no memory, by itself or by a library.
_NO_MEMORY = re.compile(r"^(?:[\w.]*\.)?(?:Arrow)?MemoryError\b", re.MULTILINE)


Note = Callable[[str], None]
View = TypeVar("View", bound=PipelineOptions)


class Options(PipelineOptions):
    """Beam's options, with each view of them made once: Beam asks for 400 a run, and makes a parser of arguments for each."""

    def view_as(self, cls: type[View]) -> View:
        """These options as Beam's class `cls`; all views share their values."""
        views = self.__dict__.setdefault("_views", {})
        if cls not in views:
            views[cls] = super().view_as(cls)
        view: View = views[cls]
        return view


def options(settings: EngineSettings, step: str) -> PipelineOptions:
    """Beam's options: ours for the engine, then the user's, which win."""
    return Options(beam_options(settings, step))


class Engine:
    """What is known of the engine of this process. `abandoned` says that it was left running: the process must then end at once."""

    abandoned = False


def silent(text: str) -> None:
    """Tell nobody."""


def run(transform: beam.PTransform, settings: EngineSettings, step: str, note: Note = silent) -> None:
    """Run one transform to its end. What it raises ends the run; errors that are no bugs are raised as what they were in the worker.

    `note` hears where to watch a cluster, and what happens there. A job that lost a process of its cluster is tried again where the
    engine does not do so itself. Raises UserError where a worker process was ended from outside, EngineError where a cluster failed.
    """
    for left in reversed(range(TRIES.get(settings.kind, 1))):
        try:
            with LOOKED_AFTER.get(settings.kind, as_they_are)(settings, step, note) as known:
                return run_once(transform, known, step)
        except LostError as error:
            if not left:
                raise
            note(f"{error.said}: tried again, on what there is of the cluster now")


@contextmanager
def as_they_are(settings: EngineSettings, step: str, note: Note) -> Iterator[EngineSettings]:
    """The settings, of an engine whose jobs need nobody."""
    yield settings


# Flink restarts no job unless its cluster is told to.
TRIES = {FLINK: 4}
LOOKED_AFTER: Mapping[str, Callable[[EngineSettings, str, Note], AbstractContextManager[EngineSettings]]] = {
    FLINK: flink_jobs.looked_after
}


def run_once(transform: beam.PTransform, settings: EngineSettings, step: str) -> None:
    """Run one transform to its end. Raises as `run`, and LostError.

    The engine runs in a thread of its own, since it cannot be interrupted: a signal, or a worker that is lost, ends the wait for it.
    """
    # The timer that this switches off flushes a buffer while another thread writes it (docs/sources.md, "Beam engines").
    worker_handlers.DATA_BUFFER_TIME_LIMIT_MS = 0
    chosen = options(settings, step)
    log = connect(settings, chosen)
    pipeline = beam.Pipeline(options=chosen)
    pipeline | copy(transform)  # Beam writes into it which pipeline it is of
    watched = local_workers.Workers()
    local_workers.install(watched)
    if settings.kind == PRISM and log:
        prism.watch(log, watched)
    try:
        error = wait_for(lambda: pipeline.run().wait_until_finish(), watched)
    except BaseException:  # a signal: whoever ends the process must not wait for the engine
        Engine.abandoned = True
        raise
    finally:
        watched.end()
    if error is None:
        return
    if isinstance(error, grpc.RpcError):  # the job server is gone
        raise engine_error(settings, step, error, log) from error
    if isinstance(error, (RuntimeError, VerificationError, DamagedFileError, UserError)):
        known = original(error)
        if known is error and not settings.is_local and isinstance(error, RuntimeError):
            known = engine_error(settings, step, error, log)
        raise known from error
    raise error


def connect(settings: EngineSettings, chosen: PipelineOptions) -> str:
    """Let the options name the job server that this command has started for its engine; the file that it writes to, "" without one."""
    server = job_server.for_options(settings.kind, chosen)
    if server is None:
        return ""
    chosen.view_as(PortableOptions).job_endpoint = server.endpoint
    return server.log


def wait_for(work: Callable[[], object], watched: local_workers.Workers) -> BaseException | None:
    """What `work` raised in a thread of its own, None where it ended well. Raises UserError as soon as a worker is lost."""
    over = threading.Event()
    raised: list[BaseException] = []

    def act() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            raised.append(error)
        over.set()

    watched.watch(over.set)
    threading.Thread(target=act, name="engine", daemon=True).start()
    over.wait()
    if watched.lost and not raised:
        raise UserError(
            f"a worker process {watched.lost} (Linux ends processes when memory runs out; --workers sets how many there are): "
            "the same command goes on from what is finished"
        )
    return raised[0] if raised else None


def original(error: Exception) -> Exception:
    """What a worker raised, where it was a check that failed or the machine that said no; else the error as it came.

    Beam hands on a worker's error as text. A full disk is told from a bug by what that text ends with.

    >>> original(RuntimeError("OSError: [Errno 28] No space left on device: 'x' [while running 'Write']"))
    OSError(28, 'No space left on device')
    """
    if _NO_MEMORY.search(str(error)):
        return MemoryError()
    raised = _RAISED.search(str(error))
    if raised is None:
        return error
    kind, said = raised.groups()
    if "DamagedFileError" in (kind, type(error).__name__):
        return DamagedFileError(said)
    number = _ERRNO.fullmatch(said)
    if number:
        return OSError(int(number[1]), number[2], number[3])
    if {"UserError", "StorageError"} & {kind, type(error).__name__}:
        return UserError(said)
    return VerificationError(said) if "VerificationError" in (kind, type(error).__name__) else error
