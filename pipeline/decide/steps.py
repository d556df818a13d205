"""What the steps of `decide` share: how batches and partitions are told things, and where they send theirs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection

from pipeline import storage
from pipeline.decide.batch import Batch, read_batch
from pipeline.decide.exchange import Message, Outbox
from pipeline.decide.job import DecideJob
from pipeline.decide.lookup_join import Parcel

LINE = "line"  # the message by which a batch is sent its own line, so that one that is told nothing still comes by
Group = tuple[int, Iterable[Message]]


def own_line(line: str) -> tuple[int, Message]:
    """A line of the work list as the message of its batch."""
    return read_batch(line).number, (LINE, 0, line.encode())


def is_earlier(told: tuple[int, Message], first: int) -> bool:
    """Whether a message goes to a batch of an earlier run, of which `first` is the first."""
    return told[0] >= first


def is_own(told: tuple[int, Message], first: int) -> bool:
    """Whether a message goes to a batch of this run."""
    return not is_earlier(told, first)


def alone(line: tuple[int, Message]) -> Group:
    """A batch that was told nothing but its line."""
    return line[0], [line[1]]


def told_together(told: list[PCollection[Any]], label: str) -> PCollection[Any]:
    """All that batches were told, by batch."""
    return told | f"{label}Flatten" >> beam.Flatten() | f"{label}Messages" >> beam.GroupByKey()


def again(groups: PCollection[Any], label: str) -> PCollection[Any]:
    """All that batches were told, to be told once more: so what later steps are told comes from the step before them alone.

    If every step were told by all before it, each of these would write its output once for each that follows: an engine keeps a buffer for
    each (Flink 16 MB), and its tasks would grow with the square of the steps.
    """
    return groups | f"{label}Again" >> beam.FlatMap(ungrouped)


def ungrouped(group: Group) -> Iterator[tuple[int, Message]]:
    """The messages of a batch, one by one."""
    return ((group[0], message) for message in group[1])


def lines_again(groups: PCollection[Any], label: str) -> PCollection[Any]:
    """Of all that batches were told, their lines alone."""
    return groups | f"{label}Lines" >> beam.Map(line_of)


def line_of(group: Group) -> tuple[int, Message]:
    """The line of a batch that was told more."""
    return group[0], next(message for message in group[1] if message[0] == LINE)


def opened(group: Group) -> tuple[Batch, list[Message]]:
    """A batch and what it was told; the order of messages does not matter, so they are sorted (law 5)."""
    messages = sorted(group[1], key=lambda message: message[:2])
    line = next(message[2] for message in messages if message[0] == LINE)
    assert isinstance(line, bytes)
    return read_batch(line.decode()), [message for message in messages if message[0] != LINE]


@dataclass
class OfJob(beam.DoFn):
    """What all steps share: the job, and storage as the user set it up."""

    job: DecideJob

    def setup(self) -> None:
        """Workers may be fresh processes."""
        storage.configure(self.job.storage)

    def outbox(self, step: str, number: int) -> Outbox:
        """What one batch or partition sends in a step."""
        return Outbox(self.job.run, step, number, self.job.through_files)


@dataclass
class Answer(OfJob):
    """Partition and what it was sent -> to each batch what `answer` makes of that, a message a kind."""

    step: str
    answer: Callable[[Sequence[Message]], Iterable[Parcel]]

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """The order of messages does not matter, so they are sorted (law 5)."""
        partition, messages = group
        told = self.answer(sorted(messages, key=lambda message: message[:2]))
        yield from self.outbox(self.step, partition).send(told)
