"""Keepers that lost a later round are followed to an item that no round took out, so that `of` names one that stays (law 11). Pure.

Where an item has one key a round, its keeper is still in after the round that it lost, and may lose a later one: a chain has no more links
than there are rounds. Each hop doubles how far an item sees, as in a list whose links are replaced by links of links: a batch tells the
partitions who of its own lost to whom, and asks for the keepers that lie elsewhere; a partition answers to whom those lost. Batches do not
ask each other: between all of them there would be more messages than the root of the rows (law 9). Every hop begins with what stood
before it, inside a batch too, so how items are cut into batches cannot show (law 5).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline import corpora
from pipeline.decide.duplicates import Standing, standings, told_of
from pipeline.decide.exchange import Message, by_partition, rows_of
from pipeline.decide.job import DecideJob
from pipeline.decide.lookup_join import Parcel
from pipeline.sections import Sections
from schemas.index import ITEM, LOSS
from transforms.dedup.keep_first import locate

LOSSES, KEEPERS = "losses", "keepers"  # what a message to a partition holds
TOLD = "followed"  # and behind it the hop: what a message to a batch holds
_OWN, _KEEPER = (
    ("high", "low", "ordinal"),
    ("of_high", "of_low", "of_ordinal"),
)  # the columns of LOSS by which the two are known


@dataclass(frozen=True, slots=True)
class Followed:
    """What a batch knows after some hops, by the code of each corpus: who is in, and the items whose keepers may have lost as well."""

    standings: dict[int, Standing]
    open: dict[int, np.ndarray]

    def losses(self) -> np.ndarray:
        """Who of the batch lost and to whom, as rows of LOSS; those of the first round are nobody's keepers."""
        found = [standing.losses[standing.lost_in > 0] for standing in self.standings.values()]
        return np.concatenate([np.empty(0, LOSS), *found])

    def elsewhere(self) -> np.ndarray:
        """The keepers of open items that lie in other batches, each once, as rows of ITEM."""
        found = [np.empty(0, LOSS)]
        for code, rows in self.open.items():
            standing = self.standings[code]
            found.append(standing.losses[rows[standing.elsewhere[rows]]])
        open_ = np.concatenate(found)
        _, first = np.unique(item_keys(open_, _KEEPER), return_index=True)
        asked = np.empty(len(first), ITEM)
        asked["corpus"] = open_["corpus"][first]
        for name, keeper in zip(_OWN, _KEEPER, strict=True):
            asked[name] = open_[keeper][first]
        return asked

    def hop(self, told: np.ndarray) -> None:
        """Look one hop further, with what the partitions told of keepers elsewhere."""
        known = np.concatenate([self.losses(), told])
        keys = item_keys(known, _OWN)
        for code, standing in self.standings.items():
            rows = self.open[code]
            links = locate(item_keys(standing.losses[rows], _KEEPER), keys)
            further = rows[links >= 0]
            for name in _KEEPER:
                standing.losses[name][further] = known[name][links[links >= 0]]
            # Where the next one lies is not known.
            standing.elsewhere[further] = True
            standing.losses["of_old"][further] = known["of_old"][links[links >= 0]]
            self.open[code] = further[standing.losses["of_old"][further] == 0]


def resolved(job: DecideJob, batch: int, judged: Sections, messages: Sequence[Message]) -> dict[int, Standing]:
    """Who is in, and for each other item of a batch the one that stands for it, with all that the batch was told."""
    return followed(job, batch, judged, messages, job.hops).standings


def followed(job: DecideJob, batch: int, judged: Sections, messages: Sequence[Message], hops: int) -> Followed:
    """What a batch knows after the rounds and so many hops."""
    found = standings(job, judged, told_of(job, batch, judged.about["pages"], messages), job.rounds)
    last = {job.code(corpus): len(job.names(corpus)) - 1 for corpus in corpora.of_recipe(job.recipe)}
    # The keeper of an item that lost the last round has no round left to lose, nor has one of an earlier run: that is decided.
    following = {
        code: (s.lost_in >= 0) & (s.lost_in < last[code]) & (s.losses["of_old"] == 0) for code, s in found.items()
    }
    state = Followed(found, {code: np.flatnonzero(mask) for code, mask in following.items()})
    for hop in range(hops):
        told = [rows_of(message, LOSS) for message in messages if message[0] == f"{TOLD}{hop}"]
        state.hop(np.concatenate([np.empty(0, LOSS), *told]))
    return state


def ask(job: DecideJob, batch: int, judged: Sections, messages: Sequence[Message], hop: int) -> Iterator[Parcel]:
    """What a batch sends in a hop: who of its own lost to whom, and the keepers elsewhere of whom it wants to know that."""
    state = followed(job, batch, judged, messages, hop)
    yield from by_partition(state.losses(), job.partitions, LOSSES)
    yield from by_partition(state.elsewhere(), job.partitions, KEEPERS)


def answer(messages: Sequence[Message], hop: int) -> Iterator[Parcel]:
    """What a partition answers in a hop: to each batch those of the keepers it asked for that have lost, and to whom."""
    losses = np.concatenate([np.empty(0, LOSS), *(rows_of(m, LOSS) for m in messages if m[0] == LOSSES)])
    keys = item_keys(losses, _OWN)
    for message in messages:
        if message[0] == KEEPERS:
            places = locate(item_keys(rows_of(message, ITEM), _OWN), keys)
            yield message[1], f"{TOLD}{hop}", losses[places[places >= 0]]


def item_keys(rows: np.ndarray, names: tuple[str, str, str]) -> np.ndarray:
    """Items as strings of 24 bytes, which numpy sorts and searches; `names` are the columns of the halves of an id and of its ordinal."""
    high, low, ordinal = names
    keys = np.empty((len(rows), 3), dtype=">u8")
    keys[:, 0], keys[:, 1] = rows[high], rows[low]
    keys[:, 2] = rows["corpus"].astype(np.uint64) << np.uint64(32) | (rows[ordinal].astype(np.int64) + 1).astype(
        np.uint64
    )
    return keys.reshape(-1).view("S24")
