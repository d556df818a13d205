"""Runs one transform to its end on the engine that the settings name.

The local engine is Beam's FnApiRunner by name, in process or with worker processes. `multi_threading` loses records and plain
`DirectRunner` is a switch between engines (docs/sources.md, "Beam engines"): the command line refuses both.
"""

import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import TypeVar

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions
from apache_beam.runners.portability.fn_api_runner import worker_handlers

from pipeline import local_workers
from pipeline.engines import job_server
from pipeline.engines.beam_libraries import grpc
from pipeline.engines.failure import engine_error
from pipeline.engines.options import beam_options
from pipeline.engines.raised import is_bug, original
from pipeline.engines.settings import EngineSettings
from pipeline.sections import DamagedFileError
from schemas.outcomes import UserError, VerificationError

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


def silent(text: str) -> None:
    """Tell nobody."""


class Engine:
    """What is known of the engine of this process. `abandoned` says that it was left running: the process must then end at once."""

    abandoned = False


def run(transform: beam.PTransform, settings: EngineSettings, step: str, note: Note = silent) -> None:
    """Run one transform to its end. What it raises ends the run; errors that are no bugs are raised as what they were in the worker.

    `note` hears where to watch a cluster, and what happens there.
    The engine runs in a thread of its own, since it cannot be interrupted: a signal, or a worker that is lost, ends the wait for it.
    Raises UserError where a worker process was ended from outside, EngineError where a cluster failed.
    """
    # The timer that this switches off flushes a buffer while another thread writes it (docs/sources.md, "Beam engines").
    worker_handlers.DATA_BUFFER_TIME_LIMIT_MS = 0
    chosen = options(settings, step)
    server = connect(settings, chosen)
    pipeline = beam.Pipeline(options=chosen)
    pipeline | transform
    watched = local_workers.Workers()
    local_workers.install(watched)
    try:
        with server.followed(note) if server else nullcontext():
            error = wait_for(lambda: pipeline.run().wait_until_finish(), watched)
    except BaseException:  # a signal: whoever ends the process must not wait for the engine
        Engine.abandoned = True
        raise
    finally:
        watched.end()
    if error is None:
        return
    if server:
        server.failed = True
    raise known(error, settings, step, server) from error


def known(
    error: BaseException, settings: EngineSettings, step: str, server: job_server.JobServer | None
) -> BaseException:
    """An error as what it was in the worker, or as the cluster's; a bug as it is."""
    if isinstance(error, (RuntimeError, VerificationError, DamagedFileError, UserError)):
        found = original(error)
        if found is not error:
            return found
    if not settings.is_local and isinstance(error, (RuntimeError, grpc.RpcError)) and not is_bug(str(error)):
        return engine_error(settings, step, error, server)
    return error


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
        raise UserError(
            f"a worker process {watched.lost} (Linux ends processes when memory runs out; --workers sets how many there are): "
            "the same command goes on from what is finished"
        )
    return raised[0] if raised else None
