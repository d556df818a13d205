"""When a host is asked next: the queues of one bin of domains, by a clock that is given. Pure.

Of each host so many requests are under way at most, and so much time passes between two; of an IP address, which hosting firms share
among thousands of hosts, so many in all. Who asks for patience gets it. A domain has a budget, so that one of a million addresses
does not hold a bin (law 9).
"""

import heapq
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Manners:
    """How hosts are treated; times in seconds (docs/sources.md, "Manners of crawlers")."""

    pause: float = 1.0  # between the end of a request and the next one to the same host
    at_once: int = 1  # requests under way at one host; with more, their beginnings lie a pause apart too
    at_address: int = 8  # requests under way at one IP address
    budget: int = 1200  # items of one domain: ten minutes at half a second each
    longest_pause: float = 30.0  # that a host may ask for behind each request; one that asks for more is left out
    longest_wait: float = 600.0  # that a host may ask for once; one that asks for more is left out
    backoff: float = 60.0  # the longest wait behind refusals that name none: 1, 2, 4 ... seconds
    ill: int = 5  # requests in a row without an answer after which a host is left out

    def __post_init__(self) -> None:
        if self.pause < 0 or min(self.at_once, self.at_address, self.budget, self.ill) < 1:
            raise ValueError(f"manners that ask for nothing or too much: {self}")


@dataclass(slots=True)
class _Host(Generic[Item]):
    items: deque[Item] = field(default_factory=deque)
    pause: float = 0.0
    due: float = 0.0
    under_way: int = 0
    listed: bool = False  # it stands in the heap, or waits for its address
    refused: int = 0
    silent: int = 0
    address: str = ""
    begun: deque[tuple[str, float, float]] = field(
        default_factory=deque
    )  # of what is under way: address, due before, due since


class Pace(Generic[Item]):
    """The queues of one bin. An item that `take` gives is under way until `answered`.

    >>> pace = Pace[str](Manners(pause=1.0))
    >>> [pace.put("ex.com", host, item) for host, item in [("a", "a1"), ("a", "a2"), ("b", "b1")]]
    [True, True, True]
    >>> pace.take(0.0), pace.take(0.0), pace.take(0.0), pace.due()
    ('a1', 'b1', None, None)
    >>> pace.answered("a", 0.5)
    False
    >>> pace.due(), pace.take(1.0), pace.take(1.5)
    (1.5, None, 'a2')
    """

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._hosts: dict[str, _Host[Item]] = {}
        self._taken: dict[str, int] = {}  # items of each domain that were put
        self._heap: list[tuple[float, int, str]] = []
        self._order = 0  # of hosts that are due at the same time the one that was listed first
        self._busy: dict[str, int] = {}  # requests under way at each address
        self._blocked: dict[str, deque[str]] = {}  # hosts that are due and wait for their address
        self.waiting = 0  # items in all queues

    def put(self, domain: str, host: str, item: Item, first: bool = False) -> bool:
        """Adds an item to a host's queue; False where the domain's budget is used up, and the item is left for later.

        `first` is for an item that was taken before and comes back, such as behind robots.txt: it goes before all others, and
        is not counted anew.
        """
        if not first:
            taken = self._taken.get(domain, 0)
            if taken >= self._manners.budget:
                return False
            self._taken[domain] = taken + 1
        queue = self._queue(host)
        (queue.items.appendleft if first else queue.items.append)(item)
        self.waiting += 1
        self._list(host, queue)
        return True

    def _queue(self, host: str) -> _Host[Item]:
        """A host's queue, which begins where there is none."""
        return self._hosts.setdefault(host, _Host(pause=self._manners.pause))

    def take(self, now: float) -> Item | None:
        """The next item of the host that is due longest; None where none is due."""
        while self._heap and self._heap[0][0] <= now:
            _, _, host = heapq.heappop(self._heap)
            queue = self._hosts[host]
            queue.listed = False
            if not queue.items:
                continue
            if queue.due > now:  # it was told to wait since
                self._list(host, queue)
                continue
            if queue.address and self._busy.get(queue.address, 0) >= self._manners.at_address:
                queue.listed = True
                self._blocked.setdefault(queue.address, deque()).append(host)
                continue
            return self._begin(host, queue, now)
        return None

    def _begin(self, host: str, queue: _Host[Item], now: float) -> Item:
        queue.under_way += 1
        before, queue.due = queue.due, max(queue.due, now + queue.pause)
        queue.begun.append((queue.address, before, queue.due))
        if queue.address:
            self._busy[queue.address] = self._busy.get(queue.address, 0) + 1
        self.waiting -= 1
        item = queue.items.popleft()
        self._list(host, queue)
        return item

    def due(self) -> float | None:
        """When `take` is to be called next; None where nothing is due before an answer came."""
        return self._heap[0][0] if self._heap else None

    def leads_to(self, host: str, address: str) -> None:
        """A host's IP address has become known: from its next request on it shares that address's cap."""
        self._queue(host).address = address

    def slow_down(self, host: str, pause: float) -> bool:
        """A host's robots.txt asks for a pause behind each request (`Crawl-delay`); False where it is to be left out for its length."""
        queue = self._queue(host)
        queue.pause = max(queue.pause, min(pause, self._manners.longest_pause))
        return pause <= self._manners.longest_pause

    def answered(
        self, host: str, now: float, refused: bool = False, silent: bool = False, wait: float = 0.0, asked: bool = True
    ) -> bool:
        """An item that was under way has ended; True where the host is to be left out, so that `drain` gives what it has left.

        `refused`: the answer asked for patience (429, 503), of `wait` seconds where it said so. `silent`: no answer came. `asked` is
        False where the item ended without a request: the host is then due as before.
        """
        queue = self._hosts[host]
        queue.under_way -= 1
        address, before, since = queue.begun.popleft()
        self._free(address)
        if asked:
            queue.refused = queue.refused + 1 if refused else 0
            queue.silent = queue.silent + 1 if silent else 0
            queue.due = max(queue.due, now + max(queue.pause, self._patience(host, queue.refused, wait)))
        elif queue.due == since and not queue.listed:
            queue.due = before
        self._list(host, queue)
        return queue.silent >= self._manners.ill or wait > self._manners.longest_wait

    def _patience(self, host: str, refused: int, wait: float) -> float:
        """The wait behind refusals in a row: what the host said, or twice the last one and up to a quarter more, so that hosts part."""
        if not refused:
            return 0.0
        spread = 1 + zlib.crc32(f"{host}/{refused}".encode()) / (1 << 34)
        doubled = min(self._manners.backoff, 2.0 ** min(refused - 1, 30) * spread)
        return max(min(wait, self._manners.longest_wait), doubled)

    def drain(self, host: str) -> Iterator[Item]:
        """Takes all items out of a host's queue; what is under way goes on."""
        queue = self._hosts[host]
        while queue.items:
            self.waiting -= 1
            yield queue.items.popleft()

    def _list(self, host: str, queue: _Host[Item]) -> None:
        """Lists a host that has something to ask and may ask it."""
        if queue.items and not queue.listed and queue.under_way < self._manners.at_once:
            queue.listed = True
            self._order += 1
            heapq.heappush(self._heap, (queue.due, self._order, host))

    def _free(self, address: str) -> None:
        """A request at an address ended, so a host that waits for it is due."""
        if not address:
            return
        self._busy[address] -= 1
        if not self._busy[address]:
            del self._busy[address]
        blocked = self._blocked.get(address)
        if blocked:
            host = blocked.popleft()
            if not blocked:
                del self._blocked[address]
            queue = self._hosts[host]
            queue.listed = False
            self._list(host, queue)


def patience(retry_after: str, date: str = "") -> float:
    """The seconds that a `Retry-After` asks for, by the `Date` of the same answer where it is a date; 0 where it says nothing.

    >>> patience("120"), patience("Fri, 27 Nov 2026 10:01:30 GMT", "Fri, 27 Nov 2026 10:00:00 GMT"), patience("soon")
    (120.0, 90.0, 0.0)
    """
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    until, said = _moment(text), _moment(date.strip())
    return max(0.0, (until - said).total_seconds()) if until and said else 0.0


def _moment(text: str) -> datetime | None:
    """A date of HTTP, None where it is none."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # no date, or numbers that none has
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
