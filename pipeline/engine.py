"""Runs one transform to its end on the engine that the settings name.

The local engine is Beam's FnApiRunner by name, in process or with worker processes. `multi_threading` loses records and plain
`DirectRunner` is a switch between engines (docs/sources.md, "Beam engines"): the command line refuses both.
"""

import re
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions
from apache_beam.runners.portability.fn_api_runner import worker_handlers

from pipeline import local_workers
from pipeline.engines import dataflow, dataflow_job, job_server, told
from pipeline.engines.failure import engine_error
from pipeline.engines.left_running import LeftRunning
from pipeline.engines.options import beam_options
from pipeline.engines.settings import DATAFLOW, EngineSettings
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


def run(transform: beam.PTransform, settings: EngineSettings, step: str) -> None:
    """Run one transform to its end. What it raises ends the run; errors that are no bugs are raised as what they were in the worker.

    The engine runs in a thread of its own, since it cannot be interrupted: a signal, or a worker that is lost, ends the wait for it.
    Raises UserError where a worker process was ended from outside, EngineError where a cluster failed, Submitted where the settings
    are detached.
    """
    # The timer that this switches off flushes a buffer while another thread writes it (docs/sources.md, "Beam engines").
    worker_handlers.DATA_BUFFER_TIME_LIMIT_MS = 0
    if settings.detached and step not in settings.detached:
        raise UserError(f"what is to be done next is the step {step}: submit it by --stage {step}, or without --stage")
    chosen = options(settings, step)
    log = connect(settings, chosen)
    pipeline = made(chosen, settings)
    pipeline | transform
    watched = local_workers.Workers()
    local_workers.install(watched)
    job = Job(pipeline, settings, step)
    try:
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
    log = log or job.page
    if isinstance(error, (RuntimeError, VerificationError, DamagedFileError, UserError)):
        known = original(error)
        if known is error and not settings.is_local and isinstance(error, RuntimeError):
            known = engine_error(settings, step, error, log)
        raise known from error
    raise error


def made(chosen: PipelineOptions, settings: EngineSettings) -> beam.Pipeline:
    """An empty pipeline. Raises UserError where Beam refuses the options of a cluster."""
    try:
        return beam.Pipeline(options=chosen)
    except ValueError as error:
        if settings.is_local:
            raise
        raise UserError(f"Beam refuses these options: {' '.join(str(error).split())}") from error


class Submitted(Exception):
    """A step's job was handed over, or ran already, and nobody waits for it: its step, its id and where to watch it."""

    def __init__(self, step: str, job: str, page: str = "", found: bool = False) -> None:
        super().__init__(f"{step}: job {job}")
        self.step, self.job, self.page, self.found = step, job, page, found


class Job:
    """One step's job. On Dataflow `page` is where to watch it, and `goes_on` what to tell whoever ends the wait for it."""

    def __init__(self, pipeline: beam.Pipeline, settings: EngineSettings, step: str) -> None:
        self.page = self.goes_on = ""
        self._pipeline, self._settings, self._step = pipeline, settings, step

    def run(self) -> None:
        """Hand it over and wait for its end. Raises Submitted, once it was handed over, where nobody is to wait."""
        if self._settings.kind == DATAFLOW:
            return self._on_dataflow()
        result: Any = self._pipeline.run()
        if self._settings.detached:
            raise Submitted(self._step, result._job_id)
        result.wait_until_finish()

    def _on_dataflow(self) -> None:
        """Take up the job that an earlier command has left, running or ended, or hand one over."""
        left = LeftRunning(self._settings.output, self._step)
        note = left.read()
        job = dataflow_job.take_up(self._pipeline, self._settings, note) if note else None
        if job is None:
            job = dataflow_job.hand_over(self._pipeline, self._settings)
            left.write(job.id, dataflow_job.job_name(self._pipeline))
        self.page = dataflow.page(self._settings, job.id) if job.id else ""
        if self._settings.detached and not job.has_ended:
            raise Submitted(self._step, job.id, self.page, job.found)
        cancel = dataflow.cancel_command(self._settings, job.id)
        self.goes_on = f"the job {job.id} runs on, and the same command waits for it again; to end it: {cancel}"
        before = ", which an earlier command began" if job.found else ""
        told.tell(f"Dataflow: job {job.id}{before}, at {self.page}")
        try:
            job.wait()
        except RuntimeError:
            left.forget()
            raise
        left.forget()


def has_left(settings: EngineSettings, step: str) -> bool:
    """Whether an earlier command has left a job of the step, which `run` will take up: what that job wrote must stay."""
    return settings.kind == DATAFLOW and LeftRunning(settings.output, step).read() is not None


def forget_left(settings: EngineSettings, step: str) -> None:
    """The step is whole: a job that an earlier command has left for it is of no more use."""
    if settings.kind == DATAFLOW:
        LeftRunning(settings.output, step).forget()


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
