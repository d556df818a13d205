"""Ranges of archives, from disks and buckets one by one, from servers of the web by turns.

A server of archives gives ranges of files that are named by an index; there is no robots.txt to ask, but it is everyone's, so requests go
by `transforms.fetch.turns`. One `WebRanges` is all that may ask a server at a time.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from pipeline import storage
from pipeline.clients import StorageError, is_web
from pipeline.fetch.client import Client
from pipeline.fetch.exchange import Answer, Ask, Fetcher, Hop, Limits, Settings
from pipeline.object_store import ObjectFile
from transforms.fetch.faults import FetchError, FetchFault
from transforms.fetch.pace import patience
from transforms.fetch.turns import INDEXES, Terms, Turns
from transforms.warc.codings import dechunked
from transforms.warc.heads import Headers, fields, value, values

SLOWEST = 50_000  # bytes a second that a range must come with on the whole, beyond a minute
FRAMING = 64 << 10  # bytes beyond a range that chunks may take
# Ends of a request that say that the server, or the way to it, is busy.
_BUSY = frozenset(
    (
        FetchFault.TIMEOUT,
        FetchFault.TOO_SLOW,
        FetchFault.RESET,
        FetchFault.DNS_FAILURE,
        FetchFault.HTTP_5XX,
        FetchFault.HTTP_429,
    )
)
_GONE = frozenset((404, 410))


class Wanted(NamedTuple):
    """Bytes of an archive, from `start` up to `stop`, and a key by which the asker knows them again."""

    path: str
    start: int
    stop: int
    key: Any = None


class Got(NamedTuple):
    """What came: bytes from `start` on, fewer than wanted only where the archive ends, and its size where that was said (else -1).

    With a fault there are none.
    """

    wanted: Wanted
    data: bytes
    fault: FetchFault | None = None
    detail: str = ""
    size: int = -1


Tell = Callable[[Got], None]
Idle = Callable[[], None]


def _rest() -> None:
    """Nothing is done while a server has to be waited for."""


class Ranges(Protocol):
    """Fetches ranges."""

    def run(self, wanted: Iterator[Wanted | None], tell: Tell, idle: Idle = _rest) -> None:
        """Takes what is wanted when there is room for it, and tells of each once, in any order, between two of them.

        None says that nothing is wanted before something was told; then it asks again. `idle` is called again and again while a server
        has to be waited for.
        """


class StoredRanges:
    """Ranges of files on disks and in buckets, one after the other."""

    def run(self, wanted: Iterator[Wanted | None], tell: Tell, idle: Idle = _rest) -> None:
        """As `Ranges.run` says. Raises StorageError where storage cannot be used."""
        for one in wanted:
            if one is None:
                continue
            try:
                data = storage.read_range(one.path, one.start, one.stop - one.start)
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                tell(Got(one, b"", FetchFault.ARCHIVE_ABSENT, f"{one.path}: no such file"))
                continue
            if data:
                tell(Got(one, data))
            else:
                tell(Got(one, b"", FetchFault.NOT_PARTIAL, f"{one.path} ends before byte {one.start}"))


class _Try:
    """A range on its way."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.tries = 0
        self.stops = 0


class WebRanges:
    """Ranges of files of one server, by turns. `client` and `clock` are the world's; tests give others."""

    def __init__(
        self,
        settings: Settings,
        terms: Terms,
        seed: str,
        client: Callable[[Settings], Fetcher] = Client,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client(replace(settings, connections=terms.at_once))
        self._terms = terms
        self._clock = clock
        self.turns = Turns(terms, seed)
        self._again: deque[_Try] = deque()
        self._out = 0

    def run(self, wanted: Iterator[Wanted | None], tell: Tell, idle: Idle = _rest) -> None:
        """As `Ranges.run` says. What a server refuses for good fails."""
        self._tell = tell
        self._client.run(self._asks(wanted, idle), self._hear)

    def _asks(self, wanted: Iterator[Wanted | None], idle: Idle) -> Iterator[Ask | None]:
        ended = False
        while not ended or self._again or self._out:
            turns = self.turns
            if not turns.given_up and not turns.may(self._clock()):
                idle()
                yield None
                continue
            one: _Try | None = None
            if self._again:
                one = self._again.popleft()
            elif not ended:
                try:
                    found = next(wanted)
                except StopIteration:
                    ended = True
                    continue
                one = found and _Try(found)
            if one is None:
                yield None
            elif turns.given_up:
                self._tell(Got(one.wanted, b"", FetchFault.HOST_UNHEALTHY, turns.given_up))
            else:
                one.tries += 1
                self._out += 1
                turns.begin()
                yield _ask(one)

    def _hear(self, answer: Answer) -> None:
        self._out -= 1
        one: _Try = answer.key
        last = answer.hops[-1] if answer.hops else None
        headers = fields(last.head.partition(b"\n")[2]) if last else ()
        stop = last is not None and last.status == 403
        busy = answer.fault in _BUSY
        wait = patience(value(headers, "retry-after"), value(headers, "date")) if busy else 0.0
        self.turns.ended(self._clock(), busy, stop, wait)
        one.stops += stop
        if (stop and one.stops < 2) or (busy and one.tries < self._terms.tries):
            self._again.append(one)
            return
        try:
            if answer.fault:
                raise _why(answer, last)
            self._tell(_part(one.wanted, answer.hops[-1], headers))
        except FetchError as error:
            self._tell(Got(one.wanted, b"", error.fault, error.detail))


def _ask(one: _Try) -> Ask:
    path, start, stop, _ = one.wanted
    length = stop - start
    limits = Limits(total=60.0 + length / SLOWEST, body=length + FRAMING, redirects=0)
    # What is packed already is not to be packed once more on the way.
    return Ask(path, one, limits, (("Range", f"bytes={start}-{stop - 1}"), ("Accept-Encoding", "identity")))


def _why(answer: Answer, last: Hop | None) -> FetchError:
    """Why a range is not there, in words of archives."""
    detail = f"{answer.detail} for {answer.key.wanted.path}"
    if last is not None and last.status == 403:
        return FetchError(FetchFault.HTTP_403, detail)
    if last is not None and last.status in _GONE:
        return FetchError(FetchFault.ARCHIVE_ABSENT, detail)
    if last is not None and last.status == 416:
        return FetchError(
            FetchFault.NOT_PARTIAL, f"{answer.key.wanted.path} ends before byte {answer.key.wanted.start}"
        )
    return FetchError(FetchFault(answer.fault or ""), detail)


def _part(wanted: Wanted, hop: Hop, headers: Headers) -> Got:
    """The bytes of an answer. Raises FetchError where they are not those that are wanted."""
    if hop.status // 100 == 3:
        raise FetchError(
            FetchFault.BAD_RESPONSE,
            f"a redirect ({value(headers, 'location')[:200]}): give where it leads as --archives",
        )
    said = value(headers, "content-range")
    unit, _, rest = said.partition(" ")
    place, _, size = rest.partition("/")
    first, _, last = place.partition("-")
    ok = hop.status == 206 and unit.lower() == "bytes" and first == str(wanted.start)
    if not ok or not last.isdecimal() or len(last) > 15 or not wanted.start <= int(last) < wanted.stop:
        raise FetchError(
            FetchFault.NOT_PARTIAL,
            f"status {hop.status}, Content-Range {said[:80]!r}, where bytes {wanted.start} to {wanted.stop - 1} were asked for",
        )
    body = dechunked(hop.body)[0] if "chunked" in values(headers, "transfer-encoding") else hop.body
    if hop.truncated or len(body) != int(last) + 1 - wanted.start:
        raise FetchError(FetchFault.NOT_PARTIAL, f"{len(body)} bytes, where Content-Range says {said[:80]}")
    return Got(wanted, body, size=int(size) if size.isdecimal() and len(size) <= 15 else -1)


class WebIndexes:
    """Files of indexes on the web, read by ranges, one request at a time and a second between two (`Terms`)."""

    def __init__(self, ranges: Callable[[], WebRanges]) -> None:
        self._ranges = ranges

    def open(self, path: str) -> ObjectFile:
        """A seekable file. Raises FileNotFoundError and StorageError."""
        first = self._got(Wanted(path, 0, 1))
        if first.size < 0:
            raise StorageError(f"{path}: the server does not say how long it is; download it and give the local path")
        return ObjectFile(
            path, first.size, lambda path, start, length: self._got(Wanted(path, start, start + length)).data
        )

    def _got(self, wanted: Wanted) -> Got:
        found: list[Got] = []
        self._ranges().run(iter([wanted]), found.append)
        got = found[0]
        if got.fault == FetchFault.ARCHIVE_ABSENT:
            raise FileNotFoundError(f"{wanted.path}: no such file")
        if got.fault:
            raise StorageError(
                f"{wanted.path}: {got.fault.value}: {got.detail}; the same command goes on when it is well"
            )
        return got


def ranges_at(base: str, settings: Settings, terms: Terms) -> Ranges:
    """What fetches ranges of the archives at a base."""
    return WebRanges(settings, terms, base) if is_web(base) else StoredRanges()


def index_opener(settings: Settings, terms: Terms = INDEXES) -> Callable[[str], Any]:
    """What opens files of indexes, wherever they lie; servers of the web by turns, each its own."""
    servers: dict[str, WebRanges] = {}

    def open_(path: str) -> Any:
        if not is_web(path):
            return storage.open_for_reading(path)
        server = "/".join(path.split("/")[:3])
        return WebIndexes(lambda: servers.setdefault(server, WebRanges(settings, terms, server))).open(path)

    return open_
