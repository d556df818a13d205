"""A unit of addresses -> its segments. In: the file of its addresses. Out: archives, rows, and an account. Cost: the net."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pipeline import storage
from pipeline.fetch.addresses import listed, read_addresses
from pipeline.fetch.claim import Claim, Overtaken, Pause, claimed
from pipeline.fetch.exchange import Fetcher
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.lists import Row as Listed
from pipeline.fetch.rows import Row
from pipeline.fetch.segment import Segments, transient_ids
from pipeline.fetch.visit import Conduct, Visit
from schemas.fetches import DROPPED, DUPLICATE, FAILED, KEPT
from schemas.manifest import Account

ACCOUNT = "fetches"
LONGEST_PAUSE = 600.0  # seconds that a task which was overtaken waits before it looks again
Tick = Callable[[int], None]


@dataclass
class Tally:
    """How the addresses of a unit ended."""

    entered: int = 0
    bytes: int = 0  # of bodies that were kept
    transient: int = 0  # of those that failed
    ended: dict[str, Counter[str]] = field(
        default_factory=lambda: {outcome: Counter() for outcome in (KEPT, DROPPED, FAILED, DUPLICATE)}
    )

    def add(self, row: Row) -> None:
        """Count a row."""
        self.entered += row["copies"]
        self.ended[row["outcome"]][row["reason"]] += row["copies"]
        self.bytes += row.get("bytes") or 0
        self.transient += row["transient"]

    def account(self) -> Account:
        """The counts as an account."""
        kept = sum(self.ended[KEPT].values())
        dropped, failed, duplicates = (dict(self.ended[name]) for name in (DROPPED, FAILED, DUPLICATE))
        return Account(ACCOUNT, "fetch", self.entered, kept, dropped, failed, duplicates)

    def record(self) -> dict[str, Any]:
        """What a task hands up, as a JSON value."""
        return {"account": asdict(self.account()), "transient": self.transient, "bytes": self.bytes}


def fetch_unit(
    folder: CrawlFolder,
    round_: int,
    unit: int,
    conduct: Conduct,
    fetcher: Fetcher,
    tick: Tick = lambda done: None,
    clock: Callable[[], float] = time.monotonic,
    pause: Pause = time.sleep,
) -> dict[str, Any]:
    """Fetch what no segment of the unit holds yet; its account as a JSON value. `tick` hears how many addresses have ended.

    Waits where another task has the unit, and tells the same then. Raises DamagedFileError, and what is a bug or a full disk.
    """
    wait, overtaken = conduct.open_seconds, False
    while True:
        try:
            with claimed(folder.round(round_).claim(unit), pause) as claim:
                claim = replace(claim, inherited=claim.inherited or overtaken)
                return _fetched(folder, round_, unit, conduct, fetcher, tick, clock, claim)
        except Overtaken:  # where nothing tells that two are at work, the longer wait of one lets the other commit
            overtaken = True
            pause(wait)
            wait = min(LONGEST_PAUSE, 2 * wait)


def _fetched(
    folder: CrawlFolder,
    round_: int,
    unit: int,
    conduct: Conduct,
    fetcher: Fetcher,
    tick: Tick,
    clock: Callable[[], float],
    claim: Claim,
) -> dict[str, Any]:
    tally = Tally()

    def tell(row: Row) -> None:
        tally.add(row)
        tick(tally.entered)

    addresses = read_addresses(folder.round(round_).addresses(unit))
    with Segments(folder, unit, conduct.agent, clock, most_seconds=conduct.open_seconds, claim=claim) as segments:
        done = set()
        for row in segments.committed():
            done.add(row["id"])
            tell(row)
        visit = Visit(unit, round_, conduct, segments, tell, clock)
        visit.run((address for address in addresses if address.id not in done), fetcher)
    return tally.record()


def failed_before(folder: CrawlFolder, round_: int, unit: int) -> Iterator[Listed]:
    """The addresses of a finished unit that failed in a way that may be well another time, as their lists have them."""
    path = folder.round(round_).addresses(unit)
    if not storage.exists(path):  # a place at which no address fell
        return
    again = transient_ids(folder, unit)
    for address in read_addresses(path) if again else ():
        if address.id in again:
            yield listed(address)
