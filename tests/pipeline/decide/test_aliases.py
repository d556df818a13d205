"""Redirects and revisits, followed before references look anything up."""

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.decide.aliases import HOPS, LEADS, aliased_media, answer, ask
from pipeline.decide.exchange import Message
from pipeline.decide.lookup_join import BUILD, MATCH, PROBES, Parcel
from schemas.index import ALIAS, MEDIA, VIA_REDIRECT, VIA_REVISIT

Lead = tuple[int, int]  # from, to: addresses as numbers, times eight, so that the ways of writing them lie between


def leads(*pairs: Lead, via: int = VIA_REDIRECT, rank: int = 0) -> np.ndarray:
    """Rows of ALIAS."""
    rows = np.zeros(len(pairs), ALIAS)
    for row, (begin, end) in zip(rows, pairs, strict=True):
        row["high"], row["low"], row["to_high"], row["to_low"] = begin // 8, begin, end // 8, end
        row["via"], row["rank"], row["id_low"] = via, rank, begin
    return rows


def media(*addresses: int, form: int = 1) -> np.ndarray:
    """Decoded media under these addresses; the id is the address."""
    rows = np.zeros(len(addresses), MEDIA)
    rows["low"] = rows["id_low"] = addresses
    rows["high"] = rows["low"] // 8
    rows["format"], rows["row"] = form, np.arange(len(addresses))
    return rows


def messages(parcels: Sequence[Parcel], sender: int) -> list[tuple[int, Message]]:
    """Parcels as messages, by who receives them."""
    return [(receiver, (kind, sender, rows.tobytes())) for receiver, kind, rows in parcels]


def reached(
    batches: Sequence[tuple[np.ndarray, np.ndarray]], partitions: int = 3, signals: bool = False
) -> list[list[tuple[int, int, int]]]:
    """For each batch of (aliases, media) the addresses under which its aliases found media, whose they are, and how, or their `signals`."""
    last = "signals" if signals else "via"
    told: list[list[Message]] = [[] for _ in batches]
    for _ in range(HOPS):
        sent: dict[int, list[Message]] = {}
        for number, (aliases, own) in enumerate(batches):
            for receiver, message in messages(list(ask(aliases, own, told[number], partitions)), number):
                sent.setdefault(receiver, []).append(message)
        for partition, received in sent.items():
            for receiver, message in messages(list(answer(sorted(received, key=lambda m: m[:2]))), partition):
                told[receiver].append(message)
    found = [aliased_media(aliases, told[number]) for number, (aliases, _) in enumerate(batches)]
    assert all((rows["row"] == -1).all() and (rows["rank"] == 1).all() for rows in found)
    return [sorted(zip(*(rows[name].tolist() for name in ("low", "id_low", last)), strict=True)) for rows in found]


@pytest.mark.parametrize("partitions", [1, 5])
def test_what_an_alias_names_stands_under_its_address(partitions: int) -> None:
    """Wherever the picture lies; an alias to what is not at hand finds nothing."""
    batches = [
        (np.concatenate([leads((80, 160), (88, 800)), leads((96, 168), via=VIA_REVISIT)]), media(8)),
        (leads(), media(160, 168)),
    ]
    assert reached(batches, partitions) == [[(80, 160, VIA_REDIRECT), (96, 168, VIA_REVISIT)], []]


def test_two_hops_are_followed_and_no_more() -> None:
    """A redirect to a redirect, in other batches too; how the first one came counts."""
    chain = [(leads((80, 88), (240, 80)), media()), (leads((88, 160)), media(160))]
    assert reached(chain) == [[(80, 160, VIA_REDIRECT)], [(88, 160, VIA_REDIRECT)]]


def test_what_redirects_say_of_a_picture_counts() -> None:
    """Each of those on the way, beside what the picture's own response says."""
    first, second, picture = leads((80, 88)), leads((88, 160)), media(160)
    first["signals"], second["signals"], picture["signals"] = 1, 4, 8
    batches = [(first, media()), (second, picture)]
    assert reached(batches, signals=True) == [[(80, 160, 13)], [(88, 160, 12)]]


def test_a_ring_of_redirects_ends() -> None:
    """It leads nowhere."""
    assert reached([(leads((80, 88), (88, 80), (96, 96)), media(8))]) == [[]]


def test_ways_of_writing_are_tried_where_an_alias_leads() -> None:
    """A redirect to https finds what was archived as http; the exact one comes first."""
    assert reached([(leads((80, 161), (88, 169)), media(160, 168, 169))]) == [
        [(80, 160, VIA_REDIRECT), (88, 169, VIA_REDIRECT)]
    ]


def test_the_newest_alias_of_an_address_counts() -> None:
    """As of policy files and pages."""
    both = np.concatenate([leads((80, 160), rank=-2019), leads((80, 168), rank=-2024)])
    assert reached([(both, media(160, 168))]) == [[(80, 168, VIA_REDIRECT)]]


def test_what_is_no_picture_is_nothing_to_be_led_to() -> None:
    """An alias to bytes that could not be decoded would hide a picture."""
    assert reached([(leads((80, 160)), media(160, form=0))]) == [[]]


def test_a_batch_asks_only_for_what_it_does_not_know() -> None:
    """In the second exchange the targets that were found are not asked for again."""
    aliases = leads((80, 160), (88, 168))
    first = list(ask(aliases, media(), [], 1))
    assert [rows["low"].tolist() for _, kind, rows in first if kind == PROBES] == [[160, 168]]
    told: list[Message] = [(MATCH, 0, media(160).tobytes()), (LEADS, 0, leads((168, 176)).tobytes())]
    second = list(ask(aliases, media(8), told, 1))
    assert [(kind, rows["low"].tolist()) for _, kind, rows in second] == [
        (BUILD, [8]), (LEADS, [80, 88]), (PROBES, [176]),
    ]  # fmt: skip
