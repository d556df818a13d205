"""What a crawl came to, from what its attempts handed up."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pipeline.accounts import add_up, to_accounts
from pipeline.fetch.layout import AttemptFolder, CrawlFolder
from pipeline.fetch.place import Places
from pipeline.fetch.unit import ACCOUNT
from pipeline.sections import read_sealed
from pipeline.work_list import committed, read_parts
from schemas.fetches import LEFT_RULE
from schemas.manifest import Account
from transforms.fetch.faults import FetchFault


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of all addresses: the account, how many that failed may be well another time, and the bytes of bodies that were kept."""

    account: Account
    transient: int
    bytes: int


def read_places(attempt: AttemptFolder) -> Places:
    """Where the hosts of an attempt go. Raises DamagedFileError."""
    return Places.of(read_sealed(attempt.places))


def placed_units(attempt: AttemptFolder) -> dict[int, int]:
    """How many addresses each unit of an attempt has, by its place."""
    return {place: count for part in read_parts(attempt.placed) for place, count in part}


def ended(attempt: AttemptFolder) -> bool:
    """Whether all waves of an attempt are finished."""
    if not committed(attempt.placed):
        return False
    return all(committed(attempt.ended(wave)) for wave in range(read_places(attempt).waves))


def outcome_of(folder: CrawlFolder, attempts: int) -> Outcome:
    """What all attempts came to: those of an address that failed in a transient way count by the next one."""
    found = [_of_attempt(folder.attempt(number)) for number in range(1, attempts + 1)]
    accounts = [replace(one.account, failed=_lasting(one.account)) for one in found[:-1]] + [found[-1].account]
    together = replace(add_up(accounts)[0], entered=found[0].account.entered)
    return Outcome(together, found[-1].transient, sum(one.bytes for one in found))


def _lasting(account: Account) -> dict[str, int]:
    return {fault: count for fault, count in account.failed.items() if not FetchFault(fault).transient}


def _of_attempt(attempt: AttemptFolder) -> Outcome:
    parts = list(_parts(attempt))
    placed = sum(placed_units(attempt).values())
    empty = Account(ACCOUNT, "fetch", 0, 0)
    account = add_up([empty, *(one for part in parts for one in to_accounts(part["accounts"]))])[0]
    left = placed - account.entered
    dropped = {**account.dropped, LEFT_RULE: left} if left else account.dropped
    return Outcome(
        replace(account, entered=placed, dropped=dropped),
        sum(part["transient"] for part in parts),
        sum(part["bytes"] for part in parts),
    )


def _parts(attempt: AttemptFolder) -> Iterator[Any]:
    for wave in range(read_places(attempt).waves):
        if committed(attempt.ended(wave)):
            yield from read_parts(attempt.ended(wave))
