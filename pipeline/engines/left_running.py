"""Which job a step has handed over, noted in the folder that it writes, so that the next command takes it up in place of another."""

import json
from dataclasses import dataclass

from pipeline import storage


@dataclass(frozen=True, slots=True)
class LeftJob:
    """A job by its id, or, where only its launcher knows that, by its name."""

    job: str
    name: str


@dataclass(frozen=True, slots=True)
class LeftRunning:
    """The note of one step of what is written to `output`; without an output nothing is noted."""

    output: str
    step: str

    @property
    def path(self) -> str:
        """Where it lies: hidden, so that nobody takes it for data."""
        return storage.join(self.output, ".work", "jobs", f"{self.step}.json")

    def read(self) -> LeftJob | None:
        """The job that a command has left, if there is one."""
        if not self.output:
            return None
        try:
            return LeftJob(**json.loads(storage.read_bytes(self.path)))
        except FileNotFoundError:
            return None

    def write(self, job: str, name: str) -> None:
        """Note a job that was handed over."""
        if self.output:
            with storage.write_whole(self.path) as file:
                file.write(json.dumps({"job": job, "name": name}).encode())

    def forget(self) -> None:
        """Take the note away: the job has ended."""
        if self.output:
            storage.remove(self.path)
