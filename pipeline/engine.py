"""Runs one transform to its end on the engine that the settings name.

The local engine is Beam's FnApiRunner by name, in process or with worker processes. `multi_threading` loses records and plain
`DirectRunner` is a switch between engines (docs/sources.md, "Beam engines"): the command line refuses both.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy
from typing import TypeVar

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions
from apache_beam.runners.portability.fn_api_runner import worker_handlers

from pipeline import local_workers
from pipeline.engines import flink_jobs, job_server, prism
from pipeline.engines.beam_libraries import grpc
from pipeline.engines.failure import LostError, engine_error
from pipeline.engines.job import Job
from pipeline.engines.job_server import Note
from pipeline.engines.options import beam_options
from pipeline.engines.raised import is_bug, original, told_elsewhere
from pipeline.engines.settings import FLINK, PRISM, EngineSettings
from pipeline.sections import DamagedFileError
from schemas.outcomes import UserError, VerificationError

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


def silent(text: str) -> None:
    """Tell nobody."""


class Engine:
    """What is known of the engine of this process. `abandoned` says that it was left running: the process must then end at once."""

    abandoned = False


def run(transform: beam.PTransform, settings: EngineSettings, step: str, note: Note = silent) -> None:
    """Run one transform to its end. What it raises ends the run; errors that are no bugs are raised as what they were in the worker.

    `note` hears where to watch a cluster, and what happens there. A job that lost a process of its cluster is tried again where the
    engine does not do so itself. Raises UserError where a worker process was ended from outside, EngineError where a cluster failed,
    Submitted where the settings are detached.
    """
    if settings.detached and step not in settings.detached:
        raise UserError(f"what is to be done next is the step {step}: submit it by --stage {step}, or without --stage")
    for left in reversed(range(TRIES.get(settings.kind, 1))):
        try:
            with LOOKED_AFTER.get(settings.kind, as_they_are)(settings, step, note) as known:
                return run_once(transform, known, step, note)
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


def end_left(settings: EngineSettings, note: Note = silent) -> None:
    """End what a killed command has left running on the engine; to be called by whoever holds the folder, before it changes files there.

    Raises UserError where the engine does not answer.
    """
    if settings.kind == FLINK:
        flink_jobs.end_left(settings, note)


def run_once(transform: beam.PTransform, settings: EngineSettings, step: str, note: Note) -> None:
    """Run one transform to its end. Raises as `run`, and LostError.

    The engine runs in a thread of its own, since it cannot be interrupted: a signal, or a worker that is lost, ends the wait for it.
    """
    # The timer that this switches off flushes a buffer while another thread writes it (docs/sources.md, "Beam engines").
    worker_handlers.DATA_BUFFER_TIME_LIMIT_MS = 0
    chosen = options(settings, step)
    server = connect(settings, chosen)
    pipeline = made(chosen, settings)
    pipeline | copy(transform)  # Beam writes into it which pipeline it is of
    watched = local_workers.Workers()
    local_workers.install(watched)
    job = Job(pipeline, settings, step, note)
    if settings.kind == PRISM and server:
        prism.watch(server.log, watched)
    try:
        with server.followed(note) if server else nullcontext():
            error = wait_for(job.run, watched)
    except BaseException as error:  # a signal: whoever ends the process must not wait for the engine
        Engine.abandoned = True
        if job.goes_on:
            error.add_note(job.goes_on)
        raise
    finally:
        watched.end()
    if error is None:
        return
    if server:
        server.failed = True
    raise known(error, settings, step, server, job.page) from error


def known(
    error: BaseException, settings: EngineSettings, step: str, server: job_server.JobServer | None, page: str = ""
) -> BaseException:
    """An error as what it was in the worker, or as the cluster's, whose job may have a `page`; a bug as it is."""
    if isinstance(error, (RuntimeError, VerificationError, DamagedFileError, UserError)):
        found = original(error)
        if found is not error:
            return found if settings.is_local else told_elsewhere(found)
    if not settings.is_local and isinstance(error, (RuntimeError, grpc.RpcError)) and not is_bug(str(error)):
        return engine_error(settings, step, error, server, page)
    return error


def made(chosen: PipelineOptions, settings: EngineSettings) -> beam.Pipeline:
    """An empty pipeline. Raises UserError where Beam refuses the options of a cluster."""
    try:
        return beam.Pipeline(options=chosen)
    except ValueError as error:
        if settings.is_local:
            raise
        raise UserError(f"Beam refuses these options: {' '.join(str(error).split())}") from error


def connect(settings: EngineSettings, chosen: PipelineOptions) -> job_server.JobServer | None:
    """Let the options name the job server that this command has started for its engine, if it needs one."""
    server = job_server.for_options(settings.kind, chosen)
    if server is not None:
        chosen.view_as(PortableOptions).job_endpoint = server.endpoint
    return server


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
        raise UserError(f"a worker process {watched.lost}: the same command goes on from what is finished")
    return raised[0] if raised else None
