"""Rounds of duplicates: a batch sends its first candidate of each key, a partition keeps the first of all, losers are told. Pure.

A batch is not judged again between rounds: its candidates lie in its file, and what earlier rounds settled follows from the losers that
it was told of.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline import corpora
from pipeline.decide.exchange import Message, rows_of
from pipeline.decide.job import DecideJob
from pipeline.decide.judge import id_texts
from pipeline.decide.lookup_join import Parcel, beaten_by, losers_by_sender
from pipeline.sections import Sections
from schemas.index import LOSS
from transforms.dedup.keep_first import Verify, first_per_key

CANDIDATES = "candidates"  # what a message to a partition holds
ID = ("id_high", "id_low", "ordinal")  # the columns by which an item is known


@dataclass(frozen=True, slots=True)
class Standing:
    """For each item of a corpus in a batch the round in which it lost (-1: it is still in), to whom, and whether that lies elsewhere."""

    lost_in: np.ndarray
    losses: np.ndarray  # rows of LOSS, whose numbers say nothing where an item is still in
    elsewhere: np.ndarray

    @property
    def of(self) -> np.ndarray:
        """The id of the item that stands for each, None where it is still in."""
        found, out = np.full(len(self.lost_in), None, dtype=object), self.lost_in >= 0
        found[out] = id_texts(*(self.losses[name][out] for name in ("of_high", "of_low", "of_ordinal")))
        return found

    def part(self, begin: int, count: int) -> "Standing":
        """That of so many items."""
        part = slice(begin, begin + count)
        return Standing(self.lost_in[part], self.losses[part], self.elsewhere[part])


def nothing_lost(count: int) -> Standing:
    """The standing of so many items before the first round."""
    return Standing(np.full(count, -1), np.zeros(count, LOSS), np.zeros(count, dtype=bool))


@dataclass(frozen=True, slots=True)
class RoundOfBatch:
    """The candidates of one round in a batch, the item of each, and what was lost to other batches."""

    candidates: np.ndarray
    items: np.ndarray
    losers: np.ndarray


def read_round(job: DecideJob, judged: Sections, number: int, losers: np.ndarray) -> RoundOfBatch:
    """A round's candidates from the file of a judged batch."""
    judged.load([f"candidates/{number}", f"items/{number}"])
    candidates = np.frombuffer(judged.get(f"candidates/{number}"), job.round_dtypes()[number])
    return RoundOfBatch(candidates, np.frombuffer(judged.get(f"items/{number}"), np.int32), losers)


def losers_by_round(job: DecideJob, messages: Iterable[Message]) -> dict[int, np.ndarray]:
    """What a batch was told, by round; the kind of such a message is the round's number."""
    dtypes = job.loser_dtypes()
    told: dict[int, list[np.ndarray]] = {}
    for message in messages:
        if message[0].isdecimal():
            told.setdefault(int(message[0]), []).append(rows_of(message, dtypes[int(message[0])]))
    return {number: np.concatenate(parts) for number, parts in told.items()}


def standings(job: DecideJob, judged: Sections, losers: Mapping[int, np.ndarray], rounds: int) -> dict[int, Standing]:
    """Who is still in after the first so many rounds, by the code of each corpus."""
    counts = {code: sum(judged.about["counts"][name]) for code, name in codes(job).items()}
    found = {code: nothing_lost(count) for code, count in counts.items()}
    for number, dtype in enumerate(job.loser_dtypes()[:rounds]):
        note_losers(job, found, read_round(job, judged, number, losers.get(number, np.empty(0, dtype))), number)
    return found


def codes(job: DecideJob) -> dict[int, str]:
    """The codes of the recipe's corpora, with their names."""
    return {job.code(corpus): corpus.name for corpus in corpora.of_recipe(job.recipe)}


def note_losers(job: DecideJob, found: Mapping[int, Standing], round_: RoundOfBatch, number: int) -> None:
    """Note who lost a round: each candidate is compared with the one that stands for its key, wherever that is.

    An item with several keys is lost with the first of them that is.
    """
    rows, items = still_in(found, round_)
    firsts = first_per_key(rows)
    beaten = beaten_by(round_.losers, len(round_.candidates))[rows["row"][firsts]]
    # The keeper of each candidate: the first of its key here, or the item elsewhere that comes before that first.
    keepers = rows[firsts]
    elsewhere = beaten >= 0
    for name in set(round_.losers.dtype.names or ()) - {"row"}:
        keepers[name][elsewhere] = round_.losers[name][beaten[elsewhere]]
    losing = np.logical_or.reduce([keepers[name] != rows[name] for name in ID])
    for code, verify in verifying(job, number):
        mine = np.flatnonzero(losing & (rows["corpus"] == code))
        losing[mine] = verify(rows[mine], keepers[mine])
    told = losses(rows[losing], keepers[losing])
    for code, standing in found.items():
        mine = np.flatnonzero(rows["corpus"][losing] == code)
        lost, first = np.unique(items[losing][mine], return_index=True)
        standing.lost_in[lost] = number
        standing.losses[lost] = told[mine[first]]
        standing.elsewhere[lost] = elsewhere[losing][mine[first]]


def losses(rows: np.ndarray, keepers: np.ndarray) -> np.ndarray:
    """Who lost to whom, of candidates and their keepers."""
    found = np.empty(len(rows), LOSS)
    found["corpus"] = rows["corpus"]
    for name, own, keeper in zip(ID, ("high", "low", "ordinal"), ("of_high", "of_low", "of_ordinal"), strict=True):
        found[own], found[keeper] = rows[name], keepers[name]
    return found


def still_in(found: Mapping[int, Standing], round_: RoundOfBatch) -> tuple[np.ndarray, np.ndarray]:
    """The candidates whose items have not lost an earlier round, and their items."""
    alive = np.zeros(len(round_.candidates), dtype=bool)
    for code, standing in found.items():
        mine = np.flatnonzero(round_.candidates["corpus"] == code)
        alive[mine] = standing.lost_in[round_.items[mine]] < 0
    return round_.candidates[alive], round_.items[alive]


def verifying(job: DecideJob, number: int) -> Iterator[tuple[int, Verify]]:
    """The corpora, by code, that look at a candidate of this round before it counts."""
    for code, corpus, name in job.asking(number):
        verify = corpus.rounds[name].verify
        if verify is not None:
            yield code, verify


def batch_candidates(job: DecideJob, judged: Sections, losers: Mapping[int, np.ndarray], number: int) -> np.ndarray:
    """What a batch sends in a round: its first candidate of each key, of the items that are still in."""
    found = standings(job, judged, losers, number)
    rows, _ = still_in(found, read_round(job, judged, number, np.empty(0, job.loser_dtypes()[number])))
    return np.asarray(rows[np.unique(first_per_key(rows))])


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
