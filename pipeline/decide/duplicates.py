"""Rounds of duplicates: a batch sends its first candidate of each key, a partition keeps the first of all, losers are told. Pure.

A batch is not judged again between rounds: its candidates lie in its file, and what earlier rounds settled follows from the losers that
it was told of.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from pipeline import corpora
from pipeline.corpora.unit_rows import objects
from pipeline.decide.exchange import Message, rows_of
from pipeline.decide.job import DecideJob
from pipeline.decide.judge import id_texts
from pipeline.decide.lookup_join import Parcel, beaten_by, losers_by_sender
from pipeline.decide.near import labels_kind, told_labels
from pipeline.decide.nodes import bands_of, node_dtype, pages_name, read_nodes
from pipeline.sections import Sections
from schemas.index import LOSS
from transforms.dedup.keep_first import Verify, first_per_key

CANDIDATES = "candidates"  # what a message to a partition holds
ID = ("id_high", "id_low", "ordinal")  # the columns by which an item is known


@dataclass(frozen=True, slots=True)
class Standing:
    """For each item of a corpus in a batch the round in which it lost (-1: it is still in), to whom, and whether that lies elsewhere, and
    the number by which that was found; of an item that near duplicates left, the id that stands for those that hang together with it
    (None: nothing is like it), how many they are, and how alike it is to that one; whether it has been such a one."""

    lost_in: np.ndarray
    losses: np.ndarray  # rows of LOSS, whose numbers say nothing where an item is still in
    elsewhere: np.ndarray
    value: np.ndarray
    cluster: np.ndarray
    size: np.ndarray
    similarity: np.ndarray
    stands: np.ndarray

    @property
    def of(self) -> np.ndarray:
        """The id of the item that stands for each, None where it is still in."""
        found, out = np.full(len(self.lost_in), None, dtype=object), self.lost_in >= 0
        found[out] = id_texts(*(self.losses[name][out] for name in ("of_high", "of_low", "of_ordinal")))
        return found

    def part(self, begin: int, count: int) -> "Standing":
        """That of so many items."""
        return Standing(*(getattr(self, f.name)[begin : begin + count] for f in fields(self)))


def nothing_lost(count: int) -> Standing:
    """The standing of so many items before the first round."""
    nobody, none, no = np.full(count, None, dtype=object), np.full(count, np.nan), np.zeros(count, dtype=bool)
    lost = (np.full(count, -1), np.zeros(count, LOSS), no, none)
    return Standing(*lost, nobody, np.ones(count, np.int64), none.copy(), no.copy())


@dataclass(frozen=True, slots=True)
class Told:
    """What a batch was told: its losers by round, and label and size of the component of each of its pages, by first passes."""

    losers: Mapping[int, np.ndarray]
    components: Mapping[int, tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, slots=True)
class RoundOfBatch:
    """The candidates of one round in a batch, the item of each and the size of its component, and what was lost to other batches.

    `count` is how many there are of which these are the ones with a key.
    """

    candidates: np.ndarray
    items: np.ndarray
    sizes: np.ndarray
    losers: np.ndarray
    count: int


def read_round(job: DecideJob, judged: Sections, number: int, told: Told) -> RoundOfBatch:
    """A round's candidates from the file of a judged batch; the key of near duplicates is the label of their component."""
    dtype = job.round_dtypes()[number]
    judged.load([f"candidates/{number}", f"items/{number}"])
    candidates = np.frombuffer(judged.get(f"candidates/{number}"), dtype)
    items, count = np.frombuffer(judged.get(f"items/{number}"), np.int32), len(candidates)
    sizes = np.ones(count, np.int64)
    losers = told.losers.get(number, np.empty(0, job.loser_dtypes()[number]))
    keyed = np.ones(len(candidates), dtype=bool)
    for code, first in job.first_passes(number).items():
        if first in told.components:
            labels, of_page = told.components[first]
            near = np.flatnonzero(candidates["corpus"] == code)
            candidates = candidates.copy()
            pages = candidates["page"][near]
            candidates["high"][near], sizes[near] = labels[pages], of_page[pages]
            keyed[near] = candidates["high"][near] > 0
    if not keyed.all():
        candidates, items, sizes = candidates[keyed], items[keyed], sizes[keyed]
    return RoundOfBatch(candidates, items, sizes, losers, count)


def told_of(job: DecideJob, batch: int, pages: int, messages: Iterable[Message]) -> Told:
    """What a batch of so many pages was told; the kind of a message of losers is the round's number."""
    dtypes = job.loser_dtypes()
    losers: dict[int, list[np.ndarray]] = {}
    kept = list(messages)
    for message in kept:
        if message[0].isdecimal():
            losers.setdefault(int(message[0]), []).append(rows_of(message, dtypes[int(message[0])]))
    components = {}
    for number in filter(job.begins_near, range(job.rounds)):
        name, labels, sizes = pages_name(number), np.zeros(pages, np.uint64), np.ones(pages, np.int64)
        if any(message[0] == labels_kind(name) for message in kept):
            nodes = read_nodes(job, name, batch)
            labels[nodes["page"]], sizes[nodes["page"]] = told_labels(kept, name, len(nodes))
        components[number] = labels, sizes
    return Told({number: np.concatenate(parts) for number, parts in losers.items()}, components)


def standings(job: DecideJob, judged: Sections, told: Told, rounds: int) -> dict[int, Standing]:
    """Who is still in after the first so many rounds, by the code of each corpus."""
    counts = {code: sum(judged.about["counts"][name]) for code, name in codes(job).items()}
    found = {code: nothing_lost(count) for code, count in counts.items()}
    for number in range(rounds):
        note_losers(job, found, read_round(job, judged, number, told), number)
    return found


def codes(job: DecideJob) -> dict[int, str]:
    """The codes of the recipe's corpora, with their names."""
    return {job.code(corpus): corpus.name for corpus in corpora.of_recipe(job.recipe)}


def note_losers(job: DecideJob, found: Mapping[int, Standing], round_: RoundOfBatch, number: int) -> None:
    """Note who lost a round: each candidate is compared with the one that stands for its key, wherever that is.

    An item with several keys is lost with the first of them that is, or, where the round says so, with all of them.
    """
    rows, items, sizes = still_in(job, found, round_, number)
    firsts = first_per_key(rows)
    beaten = beaten_by(round_.losers, round_.count)[rows["row"][firsts]]
    # The keeper of each candidate: the first of its key here, or the item elsewhere that comes before that first.
    keepers = rows[firsts]
    elsewhere = beaten >= 0
    for name in set(round_.losers.dtype.names or ()) - {"row"}:
        keepers[name][elsewhere] = round_.losers[name][beaten[elsewhere]]
    other = np.logical_or.reduce([keepers[name] != rows[name] for name in ID])
    if job.against:  # whose ids may be those of this run: another crawl has archives of the same names
        other |= keepers["old"] > 0
    losing, values = other.copy(), np.full(len(rows), np.nan)
    for code, verify in verifying(job, number):
        mine = np.flatnonzero(losing & (rows["corpus"] == code))
        losing[mine], values[mine] = verify(rows[mine], keepers[mine])
    note_clusters(job, found, number, Compared(rows, items, sizes, keepers, np.where(other, values, 1.0)))
    for code in losing_all(job, number):
        mine = rows["corpus"] == code
        losing &= ~(mine & np.isin(items, items[mine & ~losing]))
    told = losses(rows[losing], keepers[losing])
    for code, standing in found.items():
        mine = np.flatnonzero(rows["corpus"][losing] == code)
        lost, first = np.unique(items[losing][mine], return_index=True)
        standing.lost_in[lost] = number
        standing.losses[lost], standing.value[lost] = told[mine[first]], values[losing][mine[first]]
        standing.elsewhere[lost] = elsewhere[losing][mine[first]]


def losses(rows: np.ndarray, keepers: np.ndarray) -> np.ndarray:
    """Who lost to whom, of candidates and their keepers."""
    found = np.zeros(len(rows), LOSS)
    found["corpus"] = rows["corpus"]
    for name, own, keeper in zip(ID, ("high", "low", "ordinal"), ("of_high", "of_low", "of_ordinal"), strict=True):
        found[own], found[keeper] = rows[name], keepers[name]
    if "old" in (keepers.dtype.names or ()):
        found["of_old"] = keepers["old"]
    return found


class Compared(NamedTuple):
    """Candidates that are still in, the item of each and the size of its component, the one that stands for its key, how alike both are."""

    rows: np.ndarray
    items: np.ndarray
    sizes: np.ndarray
    keepers: np.ndarray
    similarity: np.ndarray


def note_clusters(job: DecideJob, found: Mapping[int, Standing], number: int, compared: Compared) -> None:
    """Note what a pass of near duplicates says of items that hang together: who stands for them first, and who has stood for any."""
    firsts = job.first_passes(number)
    if not firsts:
        return
    rows, items, sizes, keepers, similarity = compared
    texts = id_texts(*(keepers[name] for name in ID)) if number in firsts.values() else objects([])
    stands = np.logical_and.reduce([keepers[name] == rows[name] for name in ID])
    if job.against:
        stands &= keepers["old"] == 0
    for code, first in firsts.items():
        standing, mine = found[code], np.flatnonzero(rows["corpus"] == code)
        standing.stands[items[mine]] |= stands[mine]
        if first == number:
            standing.cluster[items[mine]], standing.size[items[mine]] = texts[mine], sizes[mine]
            standing.similarity[items[mine]] = similarity[mine]


def still_in(
    job: DecideJob, found: Mapping[int, Standing], round_: RoundOfBatch, number: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The candidates whose items have not lost an earlier round, nor stood for others in an earlier pass; their items and their sizes."""
    alive = np.zeros(len(round_.candidates), dtype=bool)
    firsts = job.first_passes(number)
    for code, standing in found.items():
        mine = np.flatnonzero(round_.candidates["corpus"] == code)
        alive[mine] = standing.lost_in[round_.items[mine]] < 0
        if firsts.get(code, number) < number:
            alive[mine] &= ~standing.stands[round_.items[mine]]
    return round_.candidates[alive], round_.items[alive], round_.sizes[alive]


def verifying(job: DecideJob, number: int) -> Iterator[tuple[int, Verify]]:
    """The corpora, by code, that look at a candidate of this round before it counts."""
    for code, corpus, name in job.asking(number):
        verify = corpus.rounds[name].verify
        if verify is not None:
            yield code, verify(job.recipe)


def losing_all(job: DecideJob, number: int) -> Iterator[int]:
    """The corpora, by code, whose items leave this round only if they lose all of their keys."""
    return (code for code, corpus, name in job.asking(number) if corpus.rounds[name].every)


def batch_candidates(job: DecideJob, judged: Sections, told: Told, number: int) -> np.ndarray:
    """What a batch sends in a round: its first candidate of each key, of the items that are still in."""
    found = standings(job, judged, told, number)
    rows, _, _ = still_in(job, found, read_round(job, judged, number, told), number)
    return np.asarray(rows[np.unique(first_per_key(rows))])


def batch_nodes(job: DecideJob, judged: Sections, told: Told, number: int) -> tuple[np.ndarray, np.ndarray]:
    """What may be like others in a round of near duplicates: the pages that are still in by some corpus, in their order; their keys."""
    found = standings(job, judged, told, number)
    judged.load([f"candidates/{number}", f"items/{number}", f"bands/{number}"])
    candidates = np.frombuffer(judged.get(f"candidates/{number}"), job.round_dtypes()[number])
    items = np.frombuffer(judged.get(f"items/{number}"), np.int32)
    alive = np.zeros(len(candidates), dtype=bool)
    for code, standing in found.items():
        mine = np.flatnonzero(candidates["corpus"] == code)
        alive[mine] = standing.lost_in[items[mine]] < 0
    return nodes_among(job, number, candidates, judged.get(f"bands/{number}"), alive)


def nodes_among(
    job: DecideJob, number: int, candidates: np.ndarray, bands: bytes, alive: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The pages of those candidates of a round that are `alive` and of a corpus that makes its first pass over near duplicates in it.

    Each page comes once, in their order, with the keys of its buckets; `bands` are those of all candidates that have a page.
    """
    beginning = [code for code, first in job.first_passes(number).items() if first == number]
    places = np.flatnonzero(candidates["page"] >= 0)
    living = np.flatnonzero(alive[places] & np.isin(candidates["corpus"][places], beginning))
    _, first = np.unique(candidates["page"][places[living]], return_index=True)
    chosen = living[first]
    nodes = np.empty(len(chosen), node_dtype(job, pages_name(number)))
    for name in nodes.dtype.names or ():
        nodes[name] = candidates[name][places[chosen]]
    return nodes, np.frombuffer(bands, "<u8").reshape(-1, bands_of(job))[chosen]


def keep_first(job: DecideJob, number: int, messages: Sequence[Message]) -> Iterator[Parcel]:
    """What a partition answers in a round: to each batch those of its candidates that another comes before, and which.

    Whether they are near enough to lose (`Round.verify`) the batch finds for all of its items of that key.
    """
    dtype = job.round_dtypes()[number]
    sent = [(message[1], rows_of(message, dtype)) for message in messages]
    rows = np.concatenate([np.empty(0, dtype), *(part for _, part in sent)])
    senders = np.repeat([sender for sender, _ in sent], [len(part) for _, part in sent]).astype(int)
    for sender, _, losers in losers_by_sender(rows, senders, first_per_key(rows), job.loser_dtypes()[number]):
        yield sender, str(number), losers
