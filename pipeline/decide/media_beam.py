"""What is found for references and origins, as Beam steps: aliases are followed, then one lookup join finds media and policy files.

In: lines of batches. Out: what batches were told. Cost: shuffle of keys.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import apache_beam as beam
import numpy as np

from pipeline.decide import aliases, lookup_join, policy_join
from pipeline.decide.aliases import HOPS
from pipeline.decide.batch import Batch, UnitLookup, batch_aliases, batch_media, read_lookup
from pipeline.decide.exchange import Message
from pipeline.decide.job import DecideJob
from pipeline.decide.lookup_join import Parcel
from pipeline.decide.steps import Answer, Group, OfJob, again, alone, opened, told_together
from schemas.index import PROBE


def found_media(job: DecideJob, lines: Any) -> Any:
    """What batches are told of the media and policy files that they ask for."""
    told = [lines]
    for hop in range(HOPS if job.follows_aliases else 0):
        told_so_far = told_together(told, f"Aliases{hop}")
        led = (
            told_so_far
            | f"Follow{hop}" >> beam.ParDo(Follow(job, hop))
            | f"Targets{hop}" >> beam.GroupByKey()
            | f"Lead{hop}" >> beam.ParDo(Answer(job, f"lead{hop}", aliases.answer))
        )
        told = [again(told_so_far, f"Aliases{hop}"), led]
    groups = told_together(told, "Aliased") if job.follows_aliases else lines | "Alone" >> beam.Map(alone)
    asked = groups | "Probe" >> beam.ParDo(Probe(job))
    return asked | "Media" >> beam.GroupByKey() | "Join" >> beam.ParDo(Answer(job, "join", join))


def join(messages: Sequence[Message]) -> Iterator[Parcel]:
    """What a partition answers of media and of policy files."""
    yield from lookup_join.join(messages)
    yield from policy_join.join(messages)


def read_batch_lookup(job: DecideJob, batch: Batch) -> tuple[list[UnitLookup], np.ndarray, np.ndarray]:
    """What a batch's units offer and ask, and the media and aliases of those whose images the run takes."""
    found = [read_lookup(job.staging, unit) for unit in batch.units]
    taken = [lookup for lookup, unit in zip(found, batch.units, strict=True) if job.takes_images_of(unit.number)]
    # All of a batch are counted, since `row` counts among all.
    media = batch_media([lookup.media for lookup in found])
    return found, media[job.takes_images_of(media["unit"])], batch_aliases(taken)


@dataclass
class Follow(OfJob):
    """Batch and what it was told of its aliases so far -> to the partitions of keys: its media and aliases, and where these lead."""

    hop: int

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """One message a partition and kind."""
        batch, told = opened(group)
        _, media, own = read_batch_lookup(self.job, batch)
        asked = aliases.ask(own, media, told, self.job.partitions)
        yield from self.outbox(f"follow{self.hop}", batch.number).send(asked)


@dataclass
class Probe(OfJob):
    """Batch and what its aliases led to -> to the partitions of keys: its media and policy files, the addresses that its references
    name, the origins of its items. Where no corpus looks at images it names no address; of its media it still hears which are
    duplicates."""

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """One message a partition and kind."""
        batch, told = opened(group)
        found, media, own = read_batch_lookup(self.job, batch)
        media = np.concatenate([media, aliases.aliased_media(own, told)])
        keys = np.concatenate([np.empty(0, PROBE), *(lookup.keys for lookup in found if self.job.looks_at_images)])
        asked = lookup_join.probe(media, keys, self.job.partitions)
        if self.job.policies:
            origins = (lookup.origins for lookup in found)
            asked = chain(asked, policy_join.probe((lookup.policies for lookup in found), origins, self.job.partitions))
        yield from self.outbox("probe", batch.number).send(asked)
