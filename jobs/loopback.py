"""A web on loopback for the demo, for tests and for benchmarks: one thread answers for every host, by the Host of each request, and counts.

What a path answers is a function of the request, so a site is a dictionary, a folder, or code that draws pages and faults by a seed.
"""

import asyncio
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import NamedTuple, TypeAlias, cast

_END = b"\r\n\r\n"


class End(Enum):
    """How a connection ends behind what was sent."""

    CLOSE = "close"
    RESET = "reset"


Piece: TypeAlias = bytes | float | End  # what is sent, seconds to wait, or the end of the connection


class Request(NamedTuple):
    """What was asked: the host (lower case, no port), the path with its query, and how often both were asked for, this time included."""

    host: str
    path: str
    time: int
    head: bytes


class Span(NamedTuple):
    """When a request was answered, by a clock of seconds."""

    host: str
    path: str
    begun: float
    ended: float


Answers: TypeAlias = Callable[[Request], Iterable[Piece]]


def reply(
    body: bytes = b"",
    kind: str = "text/html; charset=utf-8",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> list[Piece]:
    """An answer with its length.

    >>> reply(b"gone", "text/plain", 404)
    [b'HTTP/1.1 404 Not Found\\r\\nContent-Type: text/plain\\r\\nContent-Length: 4\\r\\n\\r\\ngone']
    """
    said = {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{lines}\r\n".encode() + body]


@dataclass
class Loopback:
    """A web that is up: how it answers, its port, and what it was asked."""

    answers: Answers
    port: int = 0
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)  # requests by host and path
    at_once: Counter[str] = field(default_factory=Counter)  # requests of a host that are being answered
    most: Counter[str] = field(default_factory=Counter)  # of these the most that there ever were
    spans: list[Span] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)  # the address of ours at which each request came
    connections: int = 0

    def enter(self, head: bytes, address: str) -> Request:
        """A request came."""
        self.heads.append(head)
        self.reached.append(address)
        host, path = _host(head), head.split(b" ", 2)[1].decode("utf-8", "surrogateescape")
        self.asked[host, path] += 1
        self.at_once[host] += 1
        self.most[host] = max(self.most[host], self.at_once[host])
        return Request(host, path, self.asked[host, path], head)

    def leave(self, request: Request, begun: float) -> None:
        """It was answered, or the one who asked has gone."""
        self.at_once[request.host] -= 1
        self.spans.append(Span(request.host, request.path, begun, time.monotonic()))


def _host(head: bytes) -> str:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"host":
            return value.strip().decode("utf-8", "replace").lower().partition(":")[0]
    return ""


class _Connection(asyncio.Protocol):
    """A connection: its requests are answered one after the other, until either side ends it."""

    def __init__(self, web: Loopback, there: "set[_Connection]") -> None:
        self._web, self._there = web, there
        self._got = b""
        self._gone, self._room = asyncio.Event(), asyncio.Event()
        self._room.set()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Its first moment."""
        self.transport = cast(asyncio.Transport, transport)
        self._there.add(self)
        self._web.connections += 1

    def data_received(self, data: bytes) -> None:
        """More of a request."""
        self._got += data
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        """Its last moment: what is being answered ends."""
        self._there.discard(self)
        self._gone.set()
        self._room.set()

    def pause_writing(self) -> None:
        """The other side is slower than we are."""
        self._room.clear()

    def resume_writing(self) -> None:
        """It has caught up."""
        self._room.set()

    def _next(self) -> None:
        if self._task is None and _END in self._got and not self.transport.is_closing():
            head, end, self._got = self._got.partition(_END)
            self._task = asyncio.create_task(self._answer(head + end))
            self._task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if task.exception():  # a bug of who answers: seen by the one who asks as a connection that breaks
            self.transport.abort()
        self._next()

    async def _answer(self, head: bytes) -> None:
        web, begun = self._web, time.monotonic()
        request = web.enter(head, self.transport.get_extra_info("sockname")[0])
        try:
            for piece in web.answers(request):
                if self.transport.is_closing():
                    return
                await self._send(piece)
        finally:
            web.leave(request, begun)

    async def _send(self, piece: Piece) -> None:
        if isinstance(piece, bytes):
            self.transport.write(piece)
            await self._room.wait()
            await asyncio.sleep(0)  # others have their turn, whatever goes on without end
        elif piece is End.CLOSE:
            self.transport.close()
        elif piece is End.RESET:
            self.transport.abort()
        else:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), piece)


@contextmanager
def loopback(
    answers: Answers, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, port: int = 0
) -> Iterator[Loopback]:
    """A web that is up while the block runs; an empty `host` stands for all addresses of this machine, port 0 for any that is free."""
    web, loop = Loopback(answers), asyncio.new_event_loop()
    ready, stop = threading.Event(), asyncio.Event()
    failed: list[OSError] = []

    async def serve() -> None:
        there: set[_Connection] = set()
        try:
            listening = await loop.create_server(
                lambda: _Connection(web, there), host or "0.0.0.0", port, ssl=tls, backlog=1000
            )
        except OSError as error:
            failed.append(error)
            ready.set()
            return
        web.port = listening.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        for sock in (
            listening.sockets
        ):  # asyncio loses a connection that it has accepted when it closes: so none is accepted before
            loop.remove_reader(sock.fileno())
        await asyncio.sleep(0.005)
        listening.close()
        while there or len(asyncio.all_tasks()) > 1:
            for connection in list(there):
                connection.transport.abort()
            await asyncio.sleep(0.005)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), name="loopback", daemon=True)
    thread.start()
    ready.wait()
    try:
        if failed:
            raise failed[0]
        yield web
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
