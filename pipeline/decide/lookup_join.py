"""The lookup join: references probe with the keys of their addresses, media build, matches go back to the batch that asked. Pure.

Of several media of one address the first is matched (a decoded one before one that could not be decoded, then the least id); their own
batches are told that the others have lost. An address is matched in all the ways in which it may be written; who asked chooses.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from pipeline.decide.exchange import Message, by_partition, rows_of, unique_keys
from schemas.index import LOSER, MEDIA, PROBE
from transforms.dedup.keep_first import first_per_key, key_bytes, locate
from transforms.dedup.keys import VARIANTS

FOLD = ~np.uint64(VARIANTS)  # what of a key's lower half is that of all ways to write its address
BUILD, PROBES, MATCH, LOST = "build", "probe", "match", "lost"
Parcel = tuple[int, str, np.ndarray]


def probe(media: np.ndarray, keys: np.ndarray, partitions: int) -> Iterator[Parcel]:
    """What a batch sends: its first medium of each address, and each address that its references name, once."""
    firsts = first_per_key(media)
    yield from by_partition(media[np.unique(firsts)], partitions, BUILD)
    yield from by_partition(unique_keys(keys), partitions, PROBES)


def join(messages: Sequence[Message]) -> Iterator[Parcel]:
    """What a partition answers: to each batch the media of the addresses that it named, and which of its own media lost."""
    builds = [(message[1], rows_of(message, MEDIA)) for message in messages if message[0] == BUILD]
    media = np.concatenate([np.empty(0, MEDIA), *(rows for _, rows in builds)])
    senders = np.repeat([sender for sender, _ in builds], [len(rows) for _, rows in builds]).astype(int)
    firsts = first_per_key(media)
    best = np.unique(firsts)
    for message in messages:
        if message[0] == PROBES:
            yield message[1], MATCH, media[best[near(media[best], rows_of(message, PROBE))]]
    yield from losers_by_sender(media, senders, firsts)


def near(rows: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Whether some key that was asked for is that of each row's address, or of one that is only written in another way (`VARIANTS`)."""
    folded = np.zeros(len(asked), PROBE)
    folded["high"], folded["low"] = asked["high"], asked["low"] & FOLD
    folded = unique_keys(folded)
    return locate(key_bytes(rows["high"], rows["low"] & FOLD), key_bytes(folded["high"], folded["low"])) >= 0


def losers_by_sender(
    rows: np.ndarray, senders: np.ndarray, firsts: np.ndarray, dtype: np.dtype = LOSER
) -> Iterator[Parcel]:
    """To each sender those of its rows that have lost, and to whom, as rows of LOSER and what else `dtype` wants to know."""
    # What an alias led to is nobody's own.
    losing = np.flatnonzero((firsts != np.arange(len(firsts))) & (rows["row"] >= 0))
    for sender in np.unique(senders[losing]).tolist():
        mine = losing[senders[losing] == sender]
        yield sender, LOST, as_losers(rows[mine], rows[firsts[mine]], dtype)


def as_losers(losing: np.ndarray, keepers: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Which candidate lost, and the item that stays: its id, and what is compared of it."""
    told = np.zeros(len(losing), dtype)
    told["row"] = losing["row"]
    for name in set(dtype.names or ()) - {"row"}:
        told[name] = keepers[name] if name in (keepers.dtype.names or ()) else -1
    return told


def beaten_by(losers: np.ndarray, count: int) -> np.ndarray:
    """For each of a sender's `count` candidates its row in what the sender was told of losers; -1 where it did not lose."""
    told = np.full(count, -1)
    told[losers["row"]] = np.arange(len(losers))
    return told
