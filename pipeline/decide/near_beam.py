"""What is alike -> components, as Beam transforms. In: batches and what they were told. Out: labels, as messages to the batches.

Nodes claim keys, a partition tells who else has them, edges are verified with what the other batch tells of its nodes, and one worker joins
what holds (`near`, `near_union`). Signatures travel only to those who ask for them; edges always lie in files.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import numpy as np

from pipeline import storage
from pipeline.decide import near, pictures
from pipeline.decide.duplicates import batch_nodes, told_of
from pipeline.decide.exchange import Message, Outbox, rows_of
from pipeline.decide.index_file import OldBatch
from pipeline.decide.job import DecideJob
from pipeline.decide.judge import matched
from pipeline.decide.near import EDGE, EDGES, FAILED, VERIFIED, Compare
from pipeline.decide.near_union import unite
from pipeline.decide.nodes import PICTURES, pages_name, read_bands, read_nodes, write_nodes
from pipeline.decide.steps import LINE, Answer, Group, OfJob, opened, told_together
from pipeline.sections import read_sections, sealed


@dataclass
class NearPages(beam.PTransform):
    """Batches and what they lost so far -> the labels of their pages that are still in, in a round of near duplicates."""

    job: DecideJob
    number: int

    def __post_init__(self) -> None:
        super().__init__(f"NearPages{self.number}")

    def expand(self, groups: Any) -> Any:
        """Claims, their buckets, and what follows for any nodes."""
        job, number = self.job, self.number
        claimed = groups | "Claim" >> beam.ParDo(ClaimPages(job, number)).with_outputs("lines", main="claims")
        leasts = (
            claimed.claims
            | "Keys" >> beam.GroupByKey()
            | "Meet" >> beam.ParDo(Answer(job, f"leasts{number}", near.meet))
        )
        asked = told_together([claimed.lines, leasts], "Leasts") | "Edges" >> beam.ParDo(AskPages(job, number))
        return asked | Components(job, pages_name(number))


@dataclass
class Pictures(beam.PTransform):
    """Batches and their matches -> the labels of the pictures among these."""

    job: DecideJob

    def __post_init__(self) -> None:
        super().__init__("Pictures")

    def expand(self, groups: Any) -> Any:
        """Hashes to each choice of blocks, their pairs, and what follows for any nodes."""
        job = self.job
        hashes = groups | "Claim" >> beam.ParDo(ClaimPictures(job))
        edges = hashes | "Choices" >> beam.GroupByKey() | "Meet" >> beam.ParDo(MeetPictures(job))
        asked = edges | "Edges" >> beam.GroupByKey() | "Ask" >> beam.ParDo(AskPictures(job))
        return asked | Components(job, PICTURES)


@dataclass
class Components(beam.PTransform):
    """Edges that batches sent themselves, and what they ask of others -> labels of the nodes that hang together."""

    job: DecideJob
    name: str

    def __post_init__(self) -> None:
        super().__init__(f"Components of {self.name}")

    def expand(self, asked: Any) -> Any:
        """Answers, verification, union."""
        job, name = self.job, self.name
        replies = asked | "Asked" >> beam.GroupByKey() | "Reply" >> beam.ParDo(Reply(job, name))
        edges = replies | "Replies" >> beam.GroupByKey() | "Verify" >> beam.ParDo(VerifyEdges(job, name))
        return edges | "Verified" >> beam.GroupByKey() | "Unite" >> beam.ParDo(Unite(job, name))


@dataclass
class ClaimPages(OfJob):
    """Batch -> the file of its nodes, and to the partitions of keys the first node of each key; its number, to come by again."""

    number: int

    def process(self, group: Group) -> Iterator[Any]:
        """One message a partition."""
        batch, told = opened(group)
        if batch.old:
            nodes, bands = OldBatch(batch.old).nodes(self.job, self.number)
        else:
            judged = read_sections(self.job.run.judged(batch.number))
            so_far = told_of(self.job, batch.number, judged.about["pages"], told)
            nodes, bands = batch_nodes(self.job, judged, so_far, self.number)
        write_nodes(self.job, pages_name(self.number), batch.number, nodes, bands)
        claims = near.Buckets(bands).claims()
        yield beam.pvalue.TaggedOutput("lines", (batch.number, (LINE, 0, b"")))
        parcels = near.claims_by_partition(claims, self.job.claim_partitions)
        yield from self.outbox(f"claims{self.number}", batch.number).send(parcels)


@dataclass
class AskPages(OfJob):
    """Batch and the least nodes of its keys -> its edges, to itself, and to other batches what it asks for."""

    number: int

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """One message a batch that it asks."""
        batch, messages = group[0], list(group[1])
        leasts = [rows_of(message, near.LEAST) for message in messages if message[0] == near.LEASTS]
        bands = read_bands(self.job, pages_name(self.number), batch)
        edges = near.Buckets(bands).edges(batch, np.concatenate([np.empty(0, near.LEAST), *leasts]))
        yield from self.outbox(f"edges{self.number}", batch).send(near.ask(edges, batch))


@dataclass
class ClaimPictures(OfJob):
    """Batch and its matches -> the file of its pictures, and to each choice of blocks their hashes."""

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """One message a choice."""
        batch, told = opened(group)
        nodes = OldBatch(batch.old).pictures(self.job) if batch.old else pictures.nodes_of(matched(told))
        write_nodes(self.job, PICTURES, batch.number, nodes)
        asked = self.job.recipe.near_images
        rows, choices = pictures.hashes_of(nodes, asked), pictures.choices(asked)
        yield from self.outbox("hashes", batch.number).share(choices, pictures.HASHES, rows)


@dataclass
class MeetPictures(OfJob):
    """Choice of blocks -> to each batch the edges of its pictures."""

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """One message a batch."""
        choice, messages = group
        told = pictures.meet(choice, sorted(messages, key=lambda m: m[:2]), self.job.recipe.near_images)
        yield from self.outbox("pairs", choice).send(told)


@dataclass
class AskPictures(OfJob):
    """Batch and the edges that the choices found -> these, each once, to itself, and to other batches what it asks for."""

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """One message a batch that it asks."""
        batch, messages = group
        found = [rows_of(message, EDGE) for message in sorted(messages, key=lambda m: m[:2])]
        edges = near.unique_edges(np.concatenate(found))
        yield from self.outbox("edges", batch).send(near.ask(edges, batch))


@dataclass
class Reply(OfJob):
    """Batch and what it was asked for -> to those who asked; its own edges go on."""

    name: str

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """One message a batch that asked."""
        batch, messages = group[0], sorted(group[1], key=lambda m: m[:2])
        yield from ((batch, message) for message in messages if message[0] == EDGES)
        nodes = read_nodes(self.job, self.name, batch)
        yield from self.outbox(f"replies-{self.name}", batch).send(near.reply(messages, nodes))


@dataclass
class VerifyEdges(OfJob):
    """Batch, its edges and the answers -> to the one worker those that hold, and the centres whose members do not."""

    name: str

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """One or two messages."""
        batch, messages = group[0], sorted(group[1], key=lambda m: m[:2])
        nodes = read_nodes(self.job, self.name, batch)
        pairs, hot = near.verified(messages, batch, nodes, comparison(self.job, self.name))
        outbox = Outbox(self.job.run, f"verified-{self.name}", batch, through_files=True)
        yield from outbox.send([(0, VERIFIED, pairs), (0, FAILED, hot)])


def comparison(job: DecideJob, name: str) -> Compare:
    """How nodes of a name are compared."""
    if name == PICTURES:
        return pictures.compare(job.recipe.near_images)
    for number in range(job.rounds):
        for _, corpus, asked in job.asking(number):
            verify: Callable[..., Compare] | None = corpus.rounds[asked].verify
            if name == pages_name(number) and corpus.rounds[asked].near and verify is not None:
                return verify(job.recipe)
    raise KeyError(name)


@dataclass
class Unite(OfJob):
    """All verified edges -> to each batch the labels of its nodes; a report of them in a file."""

    name: str

    def process(self, group: tuple[int, Iterable[Message]]) -> Iterator[tuple[int, Message]]:
        """One message a batch."""
        parcels, report = unite(self.name, sorted(group[1], key=lambda m: m[:2]))
        with storage.write_whole(self.job.run.components(self.name)) as file:
            file.write(sealed(report))
        # A file for each batch, so that no more than one batch's rows are held.
        for parcel in parcels:
            yield from self.outbox(f"labels-{self.name}", parcel[0]).send([parcel])
