"""A server of archives on loopback that gives ranges of files, with the limits that Common Crawl's has, and tells what it saw."""

import asyncio
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pipeline.fetch.exchange import Answer, Ask, Hop, Settings
from transforms.fetch.address import PORTS, Rules, networks
from transforms.fetch.faults import fault_of_status

AGENT = "ex-bot/1.0 (+https://ex.com/bot)"
_RANGE = re.compile(rb"^range: bytes=(\d+)-(\d+)\r$", re.IGNORECASE | re.MULTILINE)


class Seen(NamedTuple):
    """A request and what it was answered."""

    at: float  # seconds
    path: str
    start: int  # -1 where no range was asked for
    stop: int
    status: int
    open: int  # connections that were open then


@dataclass
class RangeServer:
    """What is served and how: at most `connections` at once (403 to those beyond), 503 to `busy` of a thousand requests, by a hash.

    `odd` gives another answer to a request (its path, and how many there were before it): a status, or all bytes of an answer.
    """

    files: Mapping[str, bytes]
    connections: int = 2
    busy: int = 0
    odd: Callable[[str, int], int | bytes | None] = lambda path, number: None
    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    open: int = 0
    most_open: int = 0

    def answer(self, head: bytes, welcome: bool) -> bytes:
        """All bytes of an answer."""
        self.heads.append(head)
        path = head.split(b" ", 2)[1].decode()
        found = _RANGE.search(head)
        start, stop = (int(found[1]), int(found[2]) + 1) if found else (-1, -1)
        made = self._made(path, start, stop, len(self.seen), welcome)
        self.seen.append(Seen(time.monotonic(), path, start, stop, int(made.split(b" ", 2)[1]), self.open))
        return made

    def _made(self, path: str, start: int, stop: int, number: int, welcome: bool) -> bytes:
        if not welcome:
            return plain(403)
        odd = self.odd(path, number)
        if odd is not None:
            return plain(odd) if isinstance(odd, int) else odd
        if zlib.crc32(b"%d" % number) % 1000 < self.busy:
            return plain(503)
        data = self.files.get(path.lstrip("/"))
        if data is None:
            return plain(404)
        if start < 0:
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(data) + data
        part = data[start:stop]
        if not part:
            return plain(416)
        return partial(start, len(data), part)

    def settings(self) -> Settings:
        """Settings by which it is reached as http://cc.test/."""
        rules = Rules(networks(["127.0.0.1"]), ports=PORTS | {self.port})
        return Settings(AGENT, rules, {"cc.test": f"127.0.0.1:{self.port}"})


@dataclass
class Clocked:
    """A client without a net, by a clock of its own: time passes while nothing is due, and what is under way ends then."""

    server: RangeServer
    step: float = 0.25
    now: float = 0.0
    most: int = 0  # requests under way at once
    asked: list[tuple[float, str]] = field(default_factory=list)

    def __call__(self, settings: Settings) -> "Clocked":
        """Itself, as the client that is made for settings."""
        return self

    def clock(self) -> float:
        """The time here."""
        return self.now

    def run(self, asks: Iterator[Ask | None], tell: Callable[[Answer], None]) -> None:
        """As `Fetcher.run` says."""
        held: list[Ask] = []
        for ask in asks:
            if ask is not None:
                held.append(ask)
                self.most = max(self.most, len(held))
                self.asked.append((self.now, ask.url))
                continue
            self.now += self.step
            for one in held[: len(held)]:
                held.remove(one)
                tell(self._answer(one))

    def _answer(self, ask: Ask) -> Answer:
        path = "/" + ask.url.split("/", 3)[3]
        head = "".join(f"{name}: {value}\r\n" for name, value in ask.headers)
        made = self.server.answer(f"GET {path} HTTP/1.1\r\n{head}".encode(), True)
        top, blank, body = made.partition(b"\r\n\r\n")
        hop = Hop(ask.url, "192.0.2.7", b"", top + blank, body, "", "2026-11-27T16:30:05.123Z", 0.1)
        fault = fault_of_status(hop.status)
        return Answer(ask.key, (hop,), fault and fault.value, f"status {hop.status}")


def plain(status: int, more: bytes = b"") -> bytes:
    """An answer without a body."""
    return b"HTTP/1.1 %d Odd\r\n%bContent-Length: 0\r\n\r\n" % (status, more)


def partial(start: int, size: int, part: bytes, more: bytes = b"") -> bytes:
    """A part of a file."""
    place = b"bytes %d-%d/%d" % (start, start + len(part) - 1, size)
    return b"HTTP/1.1 206 Part\r\n%bContent-Range: %b\r\nContent-Length: %d\r\n\r\n" % (more, place, len(part)) + part


@contextmanager
def serving(server: RangeServer) -> Iterator[RangeServer]:
    """The server, up while the block runs."""
    loop = asyncio.new_event_loop()

    class Connection(asyncio.Protocol):
        """One connection."""

        def connection_made(self, transport: Any) -> None:
            self.transport, self.got = transport, b""
            server.open += 1
            server.most_open = max(server.most_open, server.open)
            self.welcome = server.open <= server.connections

        def data_received(self, data: bytes) -> None:
            self.got += data
            while (end := self.got.find(b"\r\n\r\n")) >= 0:
                head, self.got = self.got[: end + 2], self.got[end + 4 :]
                self.transport.write(server.answer(head, self.welcome))

        def connection_lost(self, error: Exception | None) -> None:
            server.open -= 1

    listener = loop.run_until_complete(loop.create_server(Connection, "127.0.0.1", 0))
    server.port = listener.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        listener.close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
