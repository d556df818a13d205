"""A job on Dataflow: handed over or, where an earlier command has left it running, found; waited for; and its end in our words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import GoogleCloudOptions, PipelineOptions
from apache_beam.runners.runner import PipelineState

from pipeline.engines import dataflow
from pipeline.engines.left_running import LeftJob
from pipeline.engines.settings import EngineSettings

# How Beam names the job of the same name that is running.
_RUNNING = re.compile(r"active job named (\S+) with id: ([^\s.]+)")

_BEHIND = "\n\npassed through:"  # begins what Dataflow says behind a worker's error: places in its own code


@dataclass(frozen=True, slots=True)
class Accepted:
    """A job that Dataflow has taken: its id ("" in a template, whose job its launcher begins), Beam's result, whether it ran before."""

    id: str
    result: Any
    found: bool = False

    @property
    def has_ended(self) -> bool:
        """Whether it was over when it was found."""
        return self.found and bool(self.result.is_in_terminal_state())

    def wait(self) -> None:
        """Until it has ended. Raises RuntimeError, with what Dataflow says, where it did not end well."""
        from apache_beam.runners.dataflow.dataflow_runner import DataflowRunner, DataflowRuntimeException
        from google.api_core.exceptions import GoogleAPIError

        try:
            if self.found:  # it may have ended before; then Beam's own wait would not ask for its last words
                DataflowRunner.poll_for_job_completion(self.result._runner, self.result, None)
            state = self.result.wait_until_finish()
        except (DataflowRuntimeException, GoogleAPIError) as error:
            raise RuntimeError(str(error).partition(_BEHIND)[0]) from error
        if state != PipelineState.DONE:
            raise RuntimeError(f"the job ended as {state}")


@contextmanager
def _told_as_ours() -> Iterator[None]:
    """What Google's libraries, and Beam's checks of options, raise in the block becomes a RuntimeError."""
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError

    try:
        yield
    except (GoogleAPIError, GoogleAuthError, OSError, ValueError) as error:
        raise RuntimeError(f"the job was not accepted: {error}") from error


def hand_over(pipeline: beam.Pipeline, settings: EngineSettings) -> Accepted:
    """Hand a job over, or find the one of its name that runs. Raises RuntimeError where Dataflow or its storage refuses it."""
    from apache_beam.runners.dataflow.internal.apiclient import DataflowJobAlreadyExistsError
    from google.api_core.exceptions import Conflict

    with _told_as_ours():
        _check_bucket(pipeline._options, dataflow.temp(settings))
        try:
            result: Any = pipeline.run()
        except DataflowJobAlreadyExistsError as error:
            named = _RUNNING.search(str(error))
            if named is None:
                raise
            return _found(pipeline, settings, named[2])
        except Conflict:
            running = _id_of(pipeline, settings, job_name(pipeline), running=True)
            if not running:
                raise
            return _found(pipeline, settings, running)
    return Accepted(result.job_id() if result.has_job else "", result)


def take_up(pipeline: beam.Pipeline, settings: EngineSettings, left: LeftJob) -> Accepted | None:
    """The job that an earlier command has left, whether it runs or has ended; None where Dataflow knows it no more."""
    from google.api_core.exceptions import NotFound

    with _told_as_ours():
        job = left.job or _id_of(pipeline, settings, left.name, running=False)
        try:
            return _found(pipeline, settings, job) if job else None
        except NotFound:
            return None


def job_name(pipeline: beam.Pipeline) -> str:
    """The name that a job has, or will have."""
    return str(pipeline._options.view_as(GoogleCloudOptions).job_name)


def _check_bucket(options: PipelineOptions, temp: str) -> None:
    """Raise OSError where the bucket of Dataflow's files cannot be used: Beam itself would ask for it again and again, for minutes."""
    from apache_beam.io.gcp.gcsio import create_storage_client
    from google.api_core.exceptions import Forbidden, NotFound

    anonymous = options.view_as(GoogleCloudOptions).no_auth
    try:
        create_storage_client(options, not anonymous).get_bucket(temp.removeprefix("gs://").partition("/")[0])
    except (Forbidden, NotFound) as error:
        raise OSError(f"the bucket of --temp {temp} cannot be used: {error.message}") from error


def _client(pipeline: beam.Pipeline) -> Any:
    """Beam's client of the service; its runner has one once it has tried to hand a job over."""
    from apache_beam.runners.dataflow.internal.apiclient import DataflowApplicationClient

    runner: Any = pipeline.runner
    if not hasattr(runner, "dataflow_client"):
        runner.dataflow_client = DataflowApplicationClient(pipeline._options)
    return runner.dataflow_client


def _found(pipeline: beam.Pipeline, settings: EngineSettings, job: str) -> Accepted:
    from apache_beam.runners.dataflow.dataflow_runner import DataflowPipelineResult
    from google.cloud import dataflow as service

    # Not by Beam's `get_job`, which asks for a job that is not there again and again.
    where = {"project_id": dataflow.project(settings), "location": dataflow.region(settings)}
    found = _client(pipeline)._jobs_client.get_job(request=service.GetJobRequest(job_id=job, **where))
    return Accepted(job, DataflowPipelineResult(found, pipeline.runner, pipeline._options), found=True)


def _id_of(pipeline: beam.Pipeline, settings: EngineSettings, name: str, running: bool) -> str:
    """The id of the newest job of a name, of those that run or of all; "" where there is none."""
    from google.cloud import dataflow as service

    asked = service.ListJobsRequest(
        project_id=dataflow.project(settings),
        location=dataflow.region(settings),
        filter=service.ListJobsRequest.Filter.ACTIVE if running else service.ListJobsRequest.Filter.ALL,
    )
    jobs = [job for job in _client(pipeline)._jobs_client.list_jobs(request=asked) if job.name == name]
    return max(jobs, key=lambda job: (job.create_time, job.id)).id if jobs else ""
