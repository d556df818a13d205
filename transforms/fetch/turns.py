"""When a server of archives is asked next, by a clock that is given. Pure.

Common Crawl's servers are there for everyone, and answer 403 or 503 to who asks too fast (docs/sources.md, "Manners towards Common Crawl").
So few requests are under way at once, who is refused waits twice as long as before, and of the requests of a minute hardly any may be
refused: the next one is made only if that stays true were it refused too.
"""

import zlib
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """How a server is treated; times in seconds."""

    at_once: int = 2
    pause: float = 0.0  # from the end of a request to the next one
    least: float = 1.0  # the wait behind a refusal (429, 503 and other 5xx, no answer) ...
    most: float = 60.0  # ... which doubles up to this
    longest: float = 3600.0  # that a `Retry-After` may ask for; a server that asks for more is given up
    window: float = 60.0  # in which ...
    share: int = 20  # ... one request of so many may be refused, and one where there were fewer
    stop: float = 900.0  # behind a 403, of everything; then one request is tried
    stops: int = 4  # in a row after which the server is given up
    in_row: int = 20  # refusals of other kinds, after which it is given up too
    tries: int = 8  # of one request; a second 403 of the same one ends it


INDEXES = Terms(at_once=1, pause=1.0)
RANGES = Terms()


class Turns:
    """The turns at one server. `may` is asked before each request, `begin` and `ended` tell of it.

    >>> turns = Turns(Terms(), "ex.com")
    >>> turns.may(0.0), turns.begin(), turns.may(0.0)
    (True, None, False)
    >>> turns.ended(0.1, refused=True, wait=5.0), turns.may(5.0), turns.may(66.2)
    (None, False, True)
    """

    def __init__(self, terms: Terms, seed: str) -> None:
        self._terms = terms
        self._seed = seed  # of the part of a wait that is drawn, so that clients part
        self._under_way = 0
        self._delay = 0.0
        self._due = 0.0
        self._refusals = 0  # in all
        self._in_row = 0
        # When requests of the window ended, those that were refused and all others.
        self._refused: deque[float] = deque()
        self._well: deque[float] = deque()
        self._stopped = False
        self._probing = False
        self._stops = 0  # in a row
        self.given_up = ""  # why nothing is asked any more

    def may(self, now: float) -> bool:
        """Whether a request may begin now."""
        if self.given_up or now < self._due or self._under_way >= (1 if self._stopped else self._terms.at_once):
            return False
        self._forget(now)
        worst = len(self._refused) + self._under_way + 1
        return worst <= max(1, (len(self._well) + worst) // self._terms.share)

    def begin(self) -> None:
        """A request begins."""
        self._under_way += 1
        self._probing = self._stopped

    def ended(self, now: float, refused: bool = False, stop: bool = False, wait: float = 0.0) -> None:
        """A request ended: well, or `refused` (with the seconds that it asks to wait, 0 where it says nothing), or by a 403 (`stop`)."""
        self._under_way -= 1
        self._forget(now)
        (self._refused if refused or stop else self._well).append(now)
        if stop:
            self._stop(now)
        elif refused:
            self._slow_down(now, wait)
        else:
            self._go_on(now)
        self._probing = False

    def _stop(self, now: float) -> None:
        terms = self._terms
        # Of two that were under way together the second says nothing new.
        self._stops += self._probing or not self._stopped
        self._stopped = True
        self._due = max(self._due, now + terms.stop)
        if self._stops >= terms.stops:
            self.given_up = f"its last {self._stops} answers, {terms.stop:g} s apart, were 403"

    def _slow_down(self, now: float, wait: float) -> None:
        terms = self._terms
        self._refusals += 1
        self._in_row += 1
        self._delay = min(terms.most, max(terms.least, 2 * self._delay))
        drawn = 1 + zlib.crc32(f"{self._seed}/{self._refusals}".encode()) / (1 << 34)
        self._due = max(self._due, now + max(wait, min(terms.most, self._delay * drawn)))
        if wait > terms.longest:
            self.given_up = f"it asks for {wait:g} s of patience"
        elif self._in_row >= terms.in_row:
            self.given_up = f"{self._in_row} requests in a row were refused or not answered"

    def _go_on(self, now: float) -> None:
        terms = self._terms
        self._in_row = 0
        if self._probing:
            self._stopped, self._stops = False, 0
        self._delay = self._delay / 2 if self._delay > terms.least else 0.0
        self._due = max(self._due, now + max(terms.pause, self._delay))

    def _forget(self, now: float) -> None:
        """A server's minute is not ours: refusals are remembered a tenth longer, all others a tenth shorter."""
        for ended, part in ((self._refused, 1.1), (self._well, 0.9)):
            while ended and ended[0] <= now - part * self._terms.window:
                ended.popleft()
