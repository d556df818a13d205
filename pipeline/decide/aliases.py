"""Addresses that lead to others, followed before references look anything up: what a redirect or a revisit names is found under its key.

In each of `HOPS` exchanges a batch asks for the addresses that its aliases lead to; a partition answers with the media there, and with
aliases that lead on. What is found then stands among the media that the batch offers, under the alias's address. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from pipeline.decide.exchange import Message, by_partition, rows_of, unique_keys
from pipeline.decide.lookup_join import BUILD, MATCH, PROBES, Parcel, join, near
from schemas.index import ALIAS, MEDIA, PROBE, RANK_ALIAS
from transforms.dedup.keep_first import first_per_key, key_bytes, locate

HOPS = 2  # a redirect to a redirect; browsers follow 20, and archives seldom hold more than two. Ours.
LEADS = "leads"


def ask(aliases: np.ndarray, media: np.ndarray, told: Iterable[Message], partitions: int) -> Iterator[Parcel]:
    """What a batch sends: its media and aliases, the first of each address, and the addresses that its aliases lead to so far."""
    yield from by_partition(media[np.unique(first_per_key(media))], partitions, BUILD)
    own = aliases[np.unique(first_per_key(aliases))]
    yield from by_partition(own, partitions, LEADS)
    _, pending = followed(own, list(told))
    yield from by_partition(unique_keys(pending), partitions, PROBES)


def answer(messages: Sequence[Message]) -> Iterator[Parcel]:
    """What a partition answers: the media at the addresses that were asked for, and the aliases there."""
    yield from (parcel for parcel in join(messages) if parcel[1] == MATCH)
    leads = np.concatenate([np.empty(0, ALIAS), *(rows_of(m, ALIAS) for m in messages if m[0] == LEADS)])
    leads = leads[np.unique(first_per_key(leads))]
    for message in messages:
        if message[0] == PROBES and len(leads):
            yield message[1], LEADS, leads[near(leads, rows_of(message, PROBE))]


def aliased_media(aliases: np.ndarray, told: Iterable[Message]) -> np.ndarray:
    """The media that a batch's aliases lead to, as media of their addresses; they are none of the batch's own, so their `row` is -1."""
    own = aliases[np.unique(first_per_key(aliases))]
    found, _ = followed(own, list(told))
    return found


def followed(aliases: np.ndarray, told: list[Message]) -> tuple[np.ndarray, np.ndarray]:
    """The decoded media that aliases lead to by what was told so far, and the addresses that are not known yet."""
    media = np.concatenate([np.empty(0, MEDIA), *(rows_of(m, MEDIA) for m in told if m[0] == MATCH)])
    media = media[media["format"] > 0]
    leads = np.concatenate([np.empty(0, ALIAS), *(rows_of(m, ALIAS) for m in told if m[0] == LEADS)])
    leads = leads[np.unique(first_per_key(leads))]
    pending = np.zeros(len(aliases), PROBE)
    pending["high"], pending["low"] = aliases["to_high"], aliases["to_low"]
    signals = aliases["signals"].copy()
    # As many as the exchanges of any batch can tell, whatever it knows besides: else the cut of the work would show (law 5).
    for _ in range(HOPS - 1):
        known = nearest(pending, media) >= 0
        on = np.where(known, -1, nearest(pending, leads))
        pending["high"][on >= 0], pending["low"][on >= 0] = leads["to_high"][on[on >= 0]], leads["to_low"][on[on >= 0]]
        signals[on >= 0] |= leads["signals"][on[on >= 0]]
    match = nearest(pending, media)
    found = media[match[match >= 0]]
    reached = aliases[match >= 0]
    for name in ("high", "low", "via"):
        found[name] = reached[name]
    # What a redirect on the way says of an image counts like the image's own response.
    found["signals"] |= signals[match >= 0]
    found["rank"], found["row"] = found["rank"] | RANK_ALIAS, -1
    return found, pending[match < 0]


def nearest(keys: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """For each key the row of its address, else of one that is only written in another way; -1 for none."""
    known = key_bytes(rows["high"], rows["low"])
    found = np.full(len(keys), -1)
    for variant in range(8):
        open_ = np.flatnonzero(found < 0)
        found[open_] = locate(key_bytes(keys["high"][open_], keys["low"][open_] ^ np.uint64(variant)), known)
    return found
