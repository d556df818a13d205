"""The job of a step on a Flink cluster, looked after: told where to watch, and never left running when its command ends."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from uuid import uuid4

from pipeline.engines import flink, flink_rest, job_server
from pipeline.engines.job_server import Note
from pipeline.engines.settings import EngineSettings
from schemas.outcomes import UserError

LOOK_SECONDS = 2.0  # between two looks whether the job is there
PATIENCE_SECONDS = 120.0  # for jobs of an earlier command to end: their workers write what ours will write
LEAVING_SECONDS = 8.0  # for our own job to end, where a signal ends the command: schedulers wait some 30 s


@contextmanager
def looked_after(settings: EngineSettings, step: str, note: Note) -> Iterator[EngineSettings]:
    """In the block the job of a step runs; gives the settings with what the cluster says of itself.

    A job that an earlier command of the run has left (Flink goes on without it) is cancelled first; the block's own, where it ends by an
    error or a signal. Raises UserError where the cluster does not answer, or cannot run a job.
    """
    url = flink.url_of(settings)
    known = flink.known(settings if settings.mark else replace(settings, output=uuid4().hex))
    if not url:
        yield known
        return
    end_left(known, note)
    name, over = flink.job_name(known, step), threading.Event()
    threading.Thread(target=tell_where, args=(url, name, over, note), name="flink", daemon=True).start()
    try:
        yield known
    except BaseException as error:
        if not isinstance(error, Exception):  # a signal: what the job server has not submitted yet, it must not submit
            job_server.stop_all()
        with suppress(UserError):
            flink_rest.cancel(url, lambda other: other == name, LEAVING_SECONDS)
        raise
    finally:
        over.set()


def end_left(settings: EngineSettings, note: Note) -> None:
    """Cancel the jobs that earlier commands have left running for what is written to `settings.output`; nobody else may be at work there.

    Raises UserError where the cluster does not answer.
    """
    url = flink.url_of(settings)
    ours = url and settings.mark
    if ours and flink_rest.cancel(url, lambda name: is_of_run(name, settings.mark), PATIENCE_SECONDS):
        note("Flink still ran a job of an earlier command of this run: cancelled")


def is_of_run(name: str, mark: str) -> bool:
    """Whether a job is one of the run with a mark.

    >>> is_of_run("triptych-emit-0a1b2c3d", "0a1b2c3d")
    True
    """
    return name.startswith("triptych-") and name.endswith(f"-{mark}")


def tell_where(url: str, name: str, over: threading.Event, note: Note) -> None:
    """Tell where the job is to be watched, as soon as the cluster has it."""
    while not over.wait(LOOK_SECONDS):
        with suppress(UserError):
            for job, other in flink_rest.running(url):
                if other == name:
                    note(f"Flink: job {job} at {url}/#/job/running/{job}")
                    return
