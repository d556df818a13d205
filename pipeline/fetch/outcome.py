"""What a crawl came to, from what its rounds handed up: of the addresses that it asked for, and of those that it found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.accounts import add_up, to_accounts, total
from pipeline.fetch.layout import CrawlFolder, RoundFolder
from pipeline.fetch.marker import FOUND, RETRY, Round
from pipeline.fetch.place import Places
from pipeline.fetch.unit import ACCOUNT
from pipeline.sections import read_sealed
from pipeline.work_list import committed, read_parts
from schemas.fetches import ADDRESS_KEY, FULL_RULE, LEFT_RULE
from schemas.manifest import Account
from transforms.fetch.faults import FetchFault


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of all addresses: the account, how many that failed may be well another time, and the bytes of bodies that were kept.

    `found` are accounts of where addresses were looked for and of what was found: there, kept is what a round asked for.
    """

    account: Account
    transient: int
    bytes: int
    found: tuple[Account, ...] = ()


def read_places(round_: RoundFolder) -> Places:
    """Where the hosts of a round go. Raises DamagedFileError."""
    return Places.of(read_sealed(round_.places))


def unit_behind(folder: CrawlFolder, rounds: Sequence[Round]) -> int:
    """The number of the first unit behind those of some rounds. Raises DamagedFileError."""
    if not rounds:
        return 0
    places = read_places(folder.round(len(rounds)))
    return rounds[-1].first + places.waves * places.bins


def placed_units(round_: RoundFolder) -> dict[int, int]:
    """How many addresses each unit of a round has, by its place."""
    return {place: count for part in read_parts(round_.placed) for place, count in part}


def ended(round_: RoundFolder) -> bool:
    """Whether all waves of a round are finished."""
    if not committed(round_.placed):
        return False
    return all(committed(round_.ended(wave)) for wave in range(read_places(round_).waves))


def outcome_of(folder: CrawlFolder, rounds: Sequence[Round]) -> Outcome:
    """What rounds came to: an address that failed in a transient way and was fetched again counts by the last time."""
    found = [_of_round(folder.round(number)) for number in range(1, len(rounds) + 1)]
    last = max((place for place, one in enumerate(rounds) if one.kind == RETRY), default=0)
    accounts = [
        one.account if place >= last else replace(one.account, failed=_lasting(one.account))
        for place, one in enumerate(found)
    ]
    entered = sum(one.account.entered for one, round_ in zip(found, rounds, strict=True) if round_.kind != RETRY)
    together = replace(add_up([Account(ACCOUNT, "fetch", 0, 0), *accounts])[0], entered=entered)
    looked = add_up(
        account
        for number, round_ in enumerate(rounds, 1)
        if round_.kind == FOUND
        for account in found_in(folder.round(number))
    )
    return Outcome(together, sum(one.transient for one in found[last:]), sum(one.bytes for one in found), tuple(looked))


def found_in(round_: RoundFolder) -> Iterator[Account]:
    """The accounts of what a round looked through and found.

    What is new and was not placed is what a registered domain had too much of; what is not new was found before.
    """
    parts = [part for part in read_parts(round_.told) if part["corpus"]]
    if not parts:
        return
    yield from add_up(to_accounts(account for part in parts for account in part["accounts"]))
    placed = sum(placed_units(round_).values())
    new = sum(count for part in read_parts(round_.found) for _, count in part)
    entered = sum(part["entered"] for part in parts)
    dropped, failed = total(part["dropped"] for part in parts), total(part["failed"] for part in parts)
    again = entered - sum(dropped.values()) - sum(failed.values()) - new
    if new > placed:
        dropped[FULL_RULE] = new - placed
    duplicates = {ADDRESS_KEY: again} if again else {}
    yield Account(parts[0]["corpus"], "found", entered, placed, dropped, failed, duplicates)


def _lasting(account: Account) -> dict[str, int]:
    return {fault: count for fault, count in account.failed.items() if not FetchFault(fault).transient}


def _of_round(round_: RoundFolder) -> Outcome:
    parts = list(_parts(round_))
    placed = sum(placed_units(round_).values())
    empty = Account(ACCOUNT, "fetch", 0, 0)
    account = add_up([empty, *(one for part in parts for one in to_accounts(part["accounts"]))])[0]
    left = placed - account.entered
    dropped = {**account.dropped, LEFT_RULE: left} if left else account.dropped
    return Outcome(
        replace(account, entered=placed, dropped=dropped),
        sum(part["transient"] for part in parts),
        sum(part["bytes"] for part in parts),
    )


def _parts(round_: RoundFolder) -> Iterator[Any]:
    for wave in range(read_places(round_).waves):
        if committed(round_.ended(wave)):
            yield from read_parts(round_.ended(wave))
