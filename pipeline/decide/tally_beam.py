"""Counts of batches -> the worst hosts and archives and the largest clusters of the run, in a file. In: rows of batches as messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from pipeline import storage
from pipeline.decide import tallies
from pipeline.decide.exchange import Message
from pipeline.decide.job import DecideJob
from pipeline.decide.steps import Group, OfJob
from pipeline.sections import sealed


@dataclass
class Tallies(beam.PTransform):
    """What batches counted -> the file `tallies.json`. Cost: shuffle of a row a batch, host and archive."""

    job: DecideJob

    def __post_init__(self) -> None:
        super().__init__("Tallies")

    def expand(self, counts: Any) -> Any:
        """Sums by key, then the worst of all."""
        told = counts | "Names" >> beam.GroupByKey() | "Worst" >> beam.ParDo(Worst(self.job))
        return told | "Together" >> beam.GroupByKey() | "Write" >> beam.ParDo(Write(self.job))


@dataclass
class Worst(OfJob):
    """Partition -> to the one worker its worst."""

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """Three messages of some rows each."""
        partition, messages = group
        told = tallies.answer(sorted(messages, key=lambda m: m[:2]), self.job.recipe)
        yield from self.outbox("worst", partition).send(told)


@dataclass
class Write(OfJob):
    """All that partitions told -> the file."""

    def process(self, group: Group) -> None:
        """One file."""
        found = tallies.report(sorted(group[1], key=lambda m: m[:2]), self.job.recipe)
        with storage.write_whole(self.job.run.tallies) as file:
            file.write(sealed(found))
