"""Which engine runs a pipeline, and with which options.

The local engine is Beam's FnApiRunner by name, in process or with worker processes. `multi_threading` loses records and plain
`DirectRunner` is a switch between engines (reference/engines.md §1, §2.1): the command line refuses both.
"""

import re
from collections.abc import Sequence
from typing import TypeVar

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import worker_handlers

from schemas.outcomes import VerificationError

LOCAL = "FnApiRunner"

# How Beam ends its text of what a worker raised: the error as Python prints it, and the step in which it was raised.
_RAISED = re.compile(
    r"(?:RuntimeError: |schemas\.outcomes\.)?(?:(\w+Error): )?([^\n]*) \[while running '[^'\n]*'\]\s*$"
)
_ERRNO = re.compile(r"\[Errno (\d+)\] (.*)")


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


def options(workers: int, beam_options: Sequence[str]) -> PipelineOptions:
    """Beam's options: the user's untouched, and the local engine where they name no runner."""
    given = list(beam_options)
    if not any(option.split("=")[0] == "--runner" for option in given):
        given.append(f"--runner={LOCAL}")
        if workers > 1:
            given += [f"--direct_num_workers={workers}", "--direct_running_mode=multi_processing"]
    return Options(given)


def run(transform: beam.PTransform, workers: int, beam_options: Sequence[str]) -> None:
    """Run one transform to its end. Whatever it raises ends the run; what is no bug is raised as what it was in the worker."""
    # The timer that this switches off flushes a buffer while another thread writes it (engines.md §2.1).
    worker_handlers.DATA_BUFFER_TIME_LIMIT_MS = 0
    pipeline = beam.Pipeline(options=options(workers, beam_options))
    pipeline | transform
    try:
        pipeline.run().wait_until_finish()
    except (RuntimeError, VerificationError) as error:
        raise original(error) from error


def original(error: Exception) -> Exception:
    """What a worker raised, where it was a check that failed or the machine that said no; else the error as it came.

    Beam hands on a worker's error as text. A full disk is told from a bug by what that text ends with.

    >>> original(RuntimeError("OSError: [Errno 28] No space left on device: 'x' [while running 'Write']"))
    OSError(28, "No space left on device: 'x'")
    """
    raised = _RAISED.search(str(error))
    if raised is None:
        return error
    kind, said = raised.groups()
    number = _ERRNO.fullmatch(said)
    if number:
        return OSError(int(number[1]), number[2])
    return VerificationError(said) if "VerificationError" in (kind, type(error).__name__) else error
