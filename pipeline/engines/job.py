"""One step's job: handed to its engine, or found where an earlier command has left it, and waited for unless nobody is to wait."""

from typing import Any

import apache_beam as beam

from pipeline.engines import dataflow, dataflow_job
from pipeline.engines.job_server import Note
from pipeline.engines.left_running import LeftRunning
from pipeline.engines.settings import DATAFLOW, EngineSettings


class Submitted(Exception):
    """A step's job was handed over, or ran already, and nobody waits for it: its step, its id and where to watch it."""

    def __init__(self, step: str, job: str, page: str = "", found: bool = False) -> None:
        super().__init__(f"{step}: job {job}")
        self.step, self.job, self.page, self.found = step, job, page, found


class Job:
    """One step's job. On Dataflow `page` is where to watch it, which `note` hears, and `goes_on` what to tell whoever ends the wait."""

    def __init__(self, pipeline: beam.Pipeline, settings: EngineSettings, step: str, note: Note) -> None:
        self.page = self.goes_on = ""
        self._pipeline, self._settings, self._step, self._note = pipeline, settings, step, note

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
        noted = LeftRunning(self._settings.output, self._step)
        left = noted.read()
        job = dataflow_job.take_up(self._pipeline, self._settings, left) if left else None
        if job is None:
            job = dataflow_job.hand_over(self._pipeline, self._settings)
            noted.write(job.id, dataflow_job.job_name(self._pipeline))
        self.page = dataflow.page(self._settings, job.id) if job.id else ""
        if self._settings.detached and not job.has_ended:
            raise Submitted(self._step, job.id, self.page, job.found)
        cancel = dataflow.cancel_command(self._settings, job.id)
        self.goes_on = f"the job {job.id} runs on, and the same command waits for it again; to end it: {cancel}"
        before = ", which an earlier command began" if job.found else ""
        self._note(f"Dataflow: job {job.id}{before}, at {self.page}")
        try:
            job.wait()
        except RuntimeError:
            noted.forget()
            raise
        noted.forget()


def has_left(settings: EngineSettings, step: str) -> bool:
    """Whether an earlier command has left a job of the step, which `run` will take up: what that job wrote must stay."""
    return settings.kind == DATAFLOW and LeftRunning(settings.output, step).read() is not None


def forget_left(settings: EngineSettings, step: str) -> None:
    """The step is whole: a job that an earlier command has left for it is of no more use."""
    if settings.kind == DATAFLOW:
        LeftRunning(settings.output, step).forget()
