"""The client that goes to the net: one loop over many requests of libcurl, each address judged, each limit kept.

What an ask costs is little more than libcurl itself; names are looked up in threads, and all else is this one thread. It holds the bodies
of what is under way: their sum stops new asks at `Settings.held`, so that `in_flight` slow large answers do not pile up.
"""

import re
import selectors
import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pycurl

from pipeline.fetch.exchange import Answer, Ask, Hop, Settings
from pipeline.fetch.names import LookUp, Names, Place, system_look_up
from pipeline.fetch.slot import UNCONNECTED, Slot
from transforms.fetch.address import Target, target
from transforms.fetch.faults import FetchError, FetchFault, fault_of_status

LOOK = 0.1  # seconds between looks at what libcurl has no limit for
WAIT = 0.05  # seconds until an iterator that had nothing due is asked again
# Where no ask is due, hosts wait for their pauses and not for us: what comes meanwhile is taken together, and waking costs as much as
# a request does.
NAP = 0.01
TRIES = 3  # addresses of one name that are tried where no connection comes about
_REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})
_LOCATION = re.compile(rb"^location:[ \t]*([^\r\n]*?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)

# Whether a redirect of an ask to an address, as ada writes it, is followed. Where it is not, it is the answer.
Follows: TypeAlias = Callable[[Ask, str], bool]


def always(ask: Ask, url: str) -> bool:
    """Follows every redirect that the rules of addresses allow."""
    return True


def leads_to(hop: Hop) -> str | None:
    """The reference of a redirect, None where an answer is none.

    >>> leads_to(Hop("http://ex.com/", "", b"", b"HTTP/1.1 301 Moved\\r\\nlocation: /a \\r\\n\\r\\n", b"", "", "", 0))
    '/a'
    """
    found = _LOCATION.search(hop.head) if hop.status in _REDIRECTS else None
    return found[1].decode("utf-8", "replace") if found else None


class _Way:
    """An ask on its way: its hops, and the one under way."""

    def __init__(self, ask: Ask, now: float) -> None:
        self.ask = ask
        self.deadline = now + ask.limits.total
        self.first_byte = self.deadline
        self.hops: list[Hop] = []
        self.addresses: tuple[str, ...] = ()
        self.port = 0
        self.target: Target


class Client:
    """Fetches what it is asked for. `look_up` stands for the DNS; `follows` is asked about each redirect."""

    def __init__(self, settings: Settings, look_up: LookUp = system_look_up, follows: Follows = always) -> None:
        self._settings, self._look_up, self._follows = settings, look_up, follows

    def run(self, asks: Iterator[Ask | None], tell: Callable[[Answer], None]) -> None:
        """As `Fetcher.run` says."""
        loop = _Loop(self._settings, self._look_up, self._follows, tell)
        try:
            loop.run(asks)
        finally:
            loop.close()


class _Loop:
    """One run of a client."""

    def __init__(self, settings: Settings, look_up: LookUp, follows: Follows, tell: Callable[[Answer], None]) -> None:
        self._settings, self._follows, self._tell = settings, follows, tell
        self._names = Names(settings, look_up)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._names.wake, selectors.EVENT_READ)
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)
        self._multi.setopt(pycurl.M_MAXCONNECTS, max(512, 4 * settings.in_flight))
        self._multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, settings.connections)
        self._watched: set[int] = set()
        self._timer: float | None = None
        self._free: list[Slot] = []
        self._under_way: dict[pycurl.Curl, tuple[_Way, Slot]] = {}
        self._waiting: dict[str, list[_Way]] = {}
        self._count = 0
        self._held = 0

    def close(self) -> None:
        """Ends what is under way, untold, and closes all connections."""
        for curl in self._under_way:
            self._multi.remove_handle(curl)
            curl.close()
        for slot in self._free:
            slot.curl.close()
        self._multi.close()
        self._names.close()
        self._selector.close()

    def run(self, asks: Iterator[Ask | None]) -> None:
        """Until the asks have ended and all are told."""
        ended = False
        paused = look = 0.0
        while True:
            now = time.monotonic()
            if not ended and now >= paused:
                ended, idle = self._fill(asks)
                paused = now + WAIT if idle else 0.0
            if ended and not self._count:
                return
            more = not ended and not paused and self._has_room
            if paused:
                time.sleep(NAP)
            self._wait(0.0 if more else WAIT if paused else LOOK)
            for name, place in self._names.came():
                for way in self._waiting.pop(name):
                    self._begin(way, place)
            if self._finish():
                paused = 0.0
            if now >= look:
                self._look(now)
                look = now + LOOK

    @property
    def _has_room(self) -> bool:
        return self._count < self._settings.in_flight and self._held < self._settings.held

    def _fill(self, asks: Iterator[Ask | None]) -> tuple[bool, bool]:
        """Takes asks while there is room: whether they have ended, and whether none was due."""
        for _ in range(self._settings.in_flight):
            if not self._has_room:
                break
            try:
                ask = next(asks)
            except StopIteration:
                return True, False
            if ask is None:
                return False, True
            self._count += 1
            self._judge(_Way(ask, time.monotonic()), ask.url, read=ask.target)
        return False, False

    def _wait(self, seconds: float) -> None:
        """Hands libcurl what happened on its sockets, and its own time."""
        if self._timer is not None:
            seconds = min(seconds, max(0.0, self._timer - time.monotonic()))
        for key, events in self._selector.select(seconds):
            if key.fd == self._names.wake:
                self._names.hush()
            else:
                self._multi.socket_action(key.fd, _SELECTED[events])
        if self._timer is not None and time.monotonic() >= self._timer:
            self._timer = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)

    def _on_socket(self, what: int, number: int, multi: pycurl.CurlMulti, data: object) -> None:
        """libcurl says what it waits for on a socket."""
        known = number in self._watched
        if what == pycurl.POLL_REMOVE:
            if known:
                self._watched.discard(number)
                self._selector.unregister(number)
        elif known:
            self._selector.modify(number, _WANTED[what])
        else:
            self._watched.add(number)
            self._selector.register(number, _WANTED[what])

    def _on_timer(self, milliseconds: int) -> None:
        """libcurl says when it wants to be called though nothing happens."""
        self._timer = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000

    def _judge(self, way: _Way, url: str, base: str = "", read: Target | None = None) -> None:
        """Begins a hop to what a text or a redirect says, or the asker has `read` already."""
        try:
            way.target = found = read or target(url, self._settings.rules, base)
        except FetchError as error:
            self._end(way, error.fault, f"{base} leads to {url[:200]!r}: {error.detail}" if base else error.detail)
            return
        if base and not self._is_followed(way, found.url):
            return
        place = Place((found.literal,)) if found.literal else self._names.place(found.host)
        if place is None:
            self._waiting.setdefault(found.host, []).append(way)
        else:
            self._begin(way, place)

    def _is_followed(self, way: _Way, url: str) -> bool:
        """Whether a redirect is followed; where it is not, that ends the ask."""
        most = way.ask.limits.redirects
        if url in {hop.url for hop in way.hops}:
            self._end(way, FetchFault.TOO_MANY_REDIRECTS, f"{way.hops[-1].url} leads back to {url}")
        elif len(way.hops) > most:
            self._end(way, FetchFault.TOO_MANY_REDIRECTS, f"more than {most}, the next to {url}")
        elif not self._follows(way.ask, url) or (way.ask.follows and not way.ask.follows(url)):
            self._end(way, None, "")
        else:
            return True
        return False

    def _begin(self, way: _Way, place: Place | FetchError) -> None:
        """Connects to the first address of a place."""
        if isinstance(place, FetchError):
            self._end(way, place.fault, place.detail)
        else:
            way.addresses, way.port = place.addresses[:TRIES], place.port or way.target.port
            self._connect(way)

    def _connect(self, way: _Way) -> None:
        now = time.monotonic()
        if now >= way.deadline:
            self._end(
                way, FetchFault.TIMEOUT, f"{way.ask.limits.total:g} s were over before {way.target.url} was asked for"
            )
            return
        slot = self._free.pop() if self._free else Slot(self._settings)
        limits = way.ask.limits
        slot.begin(way.target, way.addresses[0], way.port, limits, way.ask.headers, way.deadline - now)
        way.first_byte = now + limits.first_byte
        self._under_way[slot.curl] = (way, slot)
        self._multi.add_handle(slot.curl)

    def _finish(self) -> int:
        """Goes on with what ended: how many."""
        ended = 0
        left = 1
        while left:
            left, well, badly = self._multi.info_read()
            for curl in well:
                self._done(curl, 0, "")
            for curl, code, message in badly:
                self._done(curl, code, message)
            ended += len(well) + len(badly)
        return ended

    def _look(self, now: float) -> None:
        """Ends what waits too long for a name or for a first byte, and counts what is held."""
        for name, ways in self._waiting.items():
            late = [way for way in ways if now >= way.deadline]
            self._waiting[name] = [way for way in ways if now < way.deadline]
            for way in late:
                self._end(way, FetchFault.TIMEOUT, f"{name} was looked up for {way.ask.limits.total:g} s")
        self._held = sum(slot.held for _, slot in self._under_way.values())
        for curl, (way, slot) in list(self._under_way.items()):
            if now >= way.first_byte and not slot.answered:
                self._take_out(curl)
                self._end(
                    way, FetchFault.TIMEOUT, f"no byte from {slot.address} within {way.ask.limits.first_byte:g} s"
                )

    def _take_out(self, curl: pycurl.Curl) -> tuple[_Way, Slot]:
        """Frees the handle of a request that ended, or ends it."""
        self._multi.remove_handle(curl)
        way, slot = self._under_way.pop(curl)
        self._free.append(slot)
        return way, slot

    def _done(self, curl: pycurl.Curl, code: int, message: str) -> None:
        """A request ended: another address is tried, a redirect followed, or the ask ends."""
        way, slot = self._take_out(curl)
        if code in UNCONNECTED and not slot.refused and not slot.connected and len(way.addresses) > 1:
            way.addresses = way.addresses[1:]
            self._connect(way)
            return
        fault, detail = slot.ended(code, message)
        hop = slot.hop()
        if hop:
            way.hops.append(hop)
        elif not fault:
            fault, detail = slot.without_hop()
        if fault or not hop:
            self._end(way, fault, detail)
            return
        reference, status = leads_to(hop), hop.status
        if reference is None:
            fault = fault_of_status(status)
            if not fault and status >= 300:
                self._end(way, FetchFault.BAD_RESPONSE, f"status {status} that leads nowhere")
            else:
                self._end(way, fault, f"status {status}" if fault else "")
        elif way.ask.limits.redirects:
            self._judge(way, reference, hop.url)
        else:
            self._end(way, None, "")

    def _end(self, way: _Way, fault: FetchFault | None, detail: str) -> None:
        self._count -= 1
        self._tell(Answer(way.ask.key, tuple(way.hops), fault.value if fault else None, detail[:500]))


_WANTED = {
    pycurl.POLL_IN: selectors.EVENT_READ,
    pycurl.POLL_OUT: selectors.EVENT_WRITE,
    pycurl.POLL_INOUT: selectors.EVENT_READ | selectors.EVENT_WRITE,
}
_SELECTED = {
    selectors.EVENT_READ: pycurl.CSELECT_IN,
    selectors.EVENT_WRITE: pycurl.CSELECT_OUT,
    selectors.EVENT_READ | selectors.EVENT_WRITE: pycurl.CSELECT_IN | pycurl.CSELECT_OUT,
}
