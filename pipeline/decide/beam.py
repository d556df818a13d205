"""Index rows -> selections, as a Beam transform. In: staging. Out: files of batches, and their records gathered. Cost: shuffle of keys.

Where archives hold redirects or revisits, they are followed first. One lookup join finds the media that references name; where the
recipe asks for it, pictures that are alike become one then (`near_beam`). Where a rule bounds how often the run shows a picture or says a
caption, one exchange counts that. Then the batches are judged, once; then comes one exchange a round of duplicates, five more where it is
one of near duplicates, and one a hop that follows keepers which lost a later round; then one that counts lines or paragraphs, where the
recipe bounds how often one may stand.
What travels are fixed-width rows of keys, ranks and ids, some 16 to 200 bytes each, or the places of such rows (law 2).
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from pipeline import storage
from pipeline.accounts import add_up, to_accounts, total
from pipeline.decide import duplicates, repeats, resolve, uses
from pipeline.decide.batch import Batch
from pipeline.decide.close import close_batch
from pipeline.decide.exchange import Message, Place, by_partition
from pipeline.decide.job import DecideJob
from pipeline.decide.judge import batch_uses, judge_batch
from pipeline.decide.media_beam import found_media
from pipeline.decide.near_beam import NearPages, Pictures
from pipeline.decide.old import old_candidates
from pipeline.decide.profile_items import pack_profile, read_profile
from pipeline.decide.steps import (
    LINE,
    Answer,
    Group,
    OfJob,
    again,
    is_earlier,
    is_own,
    lines_again,
    opened,
    own_line,
    told_together,
)
from pipeline.decide.tallies import is_counted
from pipeline.decide.tally_beam import Tallies
from pipeline.sections import read_sections
from pipeline.work_list import Commit, Gather, ReadLines
from transforms.stats.profile import Profile


@dataclass
class Decide(beam.PTransform):
    """The work list -> the files of all batches. Cost: shuffle of keys."""

    job: DecideJob

    def __post_init__(self) -> None:
        super().__init__("Decide")

    def expand(self, begin: Any) -> Any:
        """What is found for references, the rounds, one after the other, and what is closed; their number depends on the recipe alone."""
        job = self.job
        lines, old, sent = self._judged(begin)
        told = self._rounds(lines, old, sent)
        # Without a round nothing waits for the judged batches but this: their lines come from them.
        last = told if job.rounds else [sent]
        if job.repeats:
            left = told_together(last, "Left")
            many = (
                left
                | "Pieces" >> beam.ParDo(AskRepeats(job))
                | "Copies" >> beam.GroupByKey()
                | "TooMany" >> beam.ParDo(Answer(job, "stays", partial(repeats.answer, job)))
            )
            last = [again(left, "Left"), many]
        closed = told_together(last, "Last") | "Close" >> beam.ParDo(Close(job)).with_outputs(
            "profile", "tallies", main="records"
        )
        parts = (
            closed.profile | "Profiles" >> beam.GroupByKey() | "MergeSome" >> beam.ParDo(MergeProfiles(job, some=True))
        )
        ends = [
            closed.records | "Records" >> Gather(job.run.decided, job.parts, merge_records, job.storage),
            parts | "Parts" >> beam.GroupByKey() | "MergeAll" >> beam.ParDo(MergeProfiles(job)),
        ]
        if is_counted(job.recipe):
            ends.append(closed.tallies | Tallies(job))
        return tuple(ends) | Commit(job.run.decided, job.storage)

    def _judged(self, begin: Any) -> tuple[Any, list[Any], Any]:
        """The lines of judged batches; what those of earlier runs are told; what judged batches send."""
        job = self.job
        batches = begin | "Batches" >> ReadLines(job.run.batches, job.storage)
        lines = batches | "Lines" >> beam.Map(own_line)
        old: list[Any] = []
        if job.against:
            lines, earlier = apart(job, lines, "Lines")
            old.append(earlier)
        told = [lines, found_media(job, lines)]
        if job.pictures:
            seen = told_together([*told, *old], "Seen")
            told, labels = [again(seen, "Seen")], seen | Pictures(job)
            if job.against:
                (own, earlier), (labels, of_earlier) = apart(job, told[0], "Seen"), apart(job, labels, "Pictures")
                told, old = [own], [earlier, of_earlier]
            told.append(labels)
        if job.uses:
            found = told_together(told, "Found")
            counts = (
                found
                | "Uses" >> beam.ParDo(AskUses(job))
                | "UsesOfKeys" >> beam.GroupByKey()
                | "Count" >> beam.ParDo(Answer(job, "counts", uses.answer))
            )
            told = [again(found, "Found"), counts]
        matches = told_together(told, "Matches")
        sent = matches | "Judge" >> beam.ParDo(Judge(job))
        return (lines_again(matches, "Matches") if job.begins_with_keys else sent), old, sent

    def _rounds(self, lines: Any, old: list[Any], sent: Any) -> list[Any]:
        """What batches are told in the rounds of duplicates, and of keepers that lost a later one."""
        job = self.job
        told = [lines, *old]
        if job.against and job.begins_with_keys:
            before = told_together(old, "Before")
            candidates = before | "OldCandidates" >> beam.ParDo(Candidates(job, 0))
            sent = (sent, candidates) | "FirstRound" >> beam.Flatten()
            told = [lines, again(before, "Before")]
        for number in range(job.rounds):
            if job.begins_near(number):
                living = told_together(told, f"Living{number}")
                told = [again(living, f"Living{number}"), living | f"Near{number}" >> NearPages(job, number)]
            if number or not job.begins_with_keys:
                left = told_together(told, f"Round{number}")
                sent = left | f"Candidates{number}" >> beam.ParDo(Candidates(job, number))
                told = [again(left, f"Round{number}")]
            kept = (
                sent
                | f"Keys{number}" >> beam.GroupByKey()
                | f"KeepFirst{number}" >> beam.ParDo(keep_first(job, number))
            )
            told.append(kept)
        for hop in range(job.hops):
            lost = told_together(told, f"Lost{hop}")
            found = (
                lost
                | f"AskKeepers{hop}" >> beam.ParDo(AskKeepers(job, hop))
                | f"Keepers{hop}" >> beam.GroupByKey()
                | f"TellKeepers{hop}" >> beam.ParDo(Answer(job, f"followed{hop}", partial(resolve.answer, hop=hop)))
            )
            told = [again(lost, f"Lost{hop}"), found]
        return told


def apart(job: DecideJob, told: Any, label: str) -> tuple[Any, Any]:
    """What the batches of this run are told, and what those of earlier runs are."""
    kinds = (("Own", is_own), ("Earlier", is_earlier))
    own, earlier = (told | f"{name}{label}" >> beam.Filter(of, first=job.earlier) for name, of in kinds)
    return own, earlier


def keep_first(job: DecideJob, number: int) -> Answer:
    """Partition -> to each batch those of its candidates of a round that lost."""
    return Answer(job, f"losers{number}", partial(duplicates.keep_first, job, number))


@dataclass
class AskUses(OfJob):
    """Batch and its matches -> to the partitions of keys: the pages and hosts of each picture, and the pictures of each caption."""

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """One message a partition."""
        batch, told = opened(group)
        yield from self.outbox("uses", batch.number).send(batch_uses(self.job, batch, told))


@dataclass
class Judge(OfJob):
    """Batch, its matches and counts -> the file of the judged batch, and its candidates of the first round (or its line, where none needs
    no more than that)."""

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """Candidates to partitions."""
        messages = list(group[1])
        batch, told = opened((group[0], messages))
        judge_batch(self.job, batch, told)
        if self.job.begins_with_keys:
            yield from send_candidates(self, batch, [], 0)
        else:
            yield next((batch.number, message) for message in messages if message[0] == LINE)


@dataclass
class Candidates(OfJob):
    """Batch and what it has lost so far -> its candidates of a later round; of an earlier run also of the first, as it is not judged."""

    number: int

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """Candidates to partitions."""
        batch, told = opened(group)
        yield from send_candidates(self, batch, told, self.number)


def send_candidates(step: OfJob, batch: Batch, told: list[Message], number: int) -> Iterator[tuple[int, Message]]:
    """A batch's candidates of a round, as messages to partitions."""
    job = step.job
    if batch.old:
        rows = old_candidates(job, batch, told, number)
    else:
        judged = read_sections(job.run.judged(batch.number))
        so_far = duplicates.told_of(job, batch.number, judged.about["pages"], told)
        rows = duplicates.batch_candidates(job, judged, so_far, number)
    parcels = by_partition(rows, job.partitions, duplicates.CANDIDATES)
    yield from step.outbox(f"candidates{number}", batch.number).send(parcels)


@dataclass
class AskKeepers(OfJob):
    """Batch and what it has lost -> to the partitions of ids: who of its own lost, and the keepers elsewhere that may have lost as well."""

    hop: int

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """One message a partition and kind."""
        batch, told = opened(group)
        if batch.old:
            return
        judged = read_sections(self.job.run.judged(batch.number))
        asked = resolve.ask(self.job, batch.number, judged, told, self.hop)
        yield from self.outbox(f"keepers{self.hop}", batch.number).send(asked)


@dataclass
class AskRepeats(OfJob):
    """Batch and all that it lost -> to the partitions of keys: the lines or paragraphs of the pages that are left."""

    def process(self, group: Group) -> Iterator[tuple[int, Message]]:
        """Messages for each of the times that it sends, some a partition."""
        batch, told = opened(group)
        if batch.old:
            return
        for number, parcels in enumerate(repeats.ask(self.job, batch, told)):
            yield from self.outbox(f"copies{number}", batch.number).send(parcels)


@dataclass
class Close(OfJob):
    """Batch and all that it lost -> its selection, its dropped and failed rows; a record a unit, one of the batch, and its profile."""

    def process(self, group: Group) -> Iterator[Any]:
        """Records for `Gather`, under the number of the unit; the batch's own goes with its first unit."""
        batch, told = opened(group)
        if batch.old:
            return
        closed = close_batch(self.job, batch, told)
        yield TaggedOutput("profile", (batch.number % self.job.parts, closed.profile))
        for message in self.outbox("tallies", batch.number).send(closed.tallies):
            yield TaggedOutput("tallies", message)
        for place, (number, record) in enumerate(closed.units):
            yield number, json.dumps({"unit": number, **record, **(closed.batch if place == 0 else {})})


def merge_records(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Records of units as one: what was kept of each part, accounts and steps of lookups added up, files of `dropped` and `failed`."""
    return {
        "selected": [[record["unit"], record["batch"], kept] for record in records for kept in record["kept"]],
        "accounts": [asdict(a) for a in add_up(to_accounts(a for r in records for a in r.get("accounts", ())))],
        "found": total(record.get("found", {}) for record in records),
        "shards": [shard for record in records for shard in record.get("shards", ())],
        "index": [file for record in records for file in record.get("index", ())],
    }


@dataclass
class MergeProfiles(OfJob):
    """(number, places of profiles) -> the place of the merged one. A profile is a megabyte, so it lies in a file and its place travels."""

    some: bool = False  # of the batches, or all

    def process(self, group: tuple[int, Iterable[Place]]) -> Iterator[tuple[int, Place]]:
        """One element a group, all of them under one key."""
        number, places = group
        path = self.job.run.profile_part(number) if self.some else self.job.run.profiles
        data = pack_profile(merged_profile(read_profile(*place) for place in sorted(places)))
        with storage.write_whole(path) as file:
            file.write(data)
        yield 0, (path, 0, len(data))


def merged_profile(profiles: Iterable[Profile]) -> Profile:
    """The profile of all; one at a time is held beside it."""
    merged = Profile.empty()
    for each in profiles:
        merged = merged.merge(each)
    return merged
