"""A small server on loopback whose paths are the answers of hostile and broken servers; it says what it was asked."""

import asyncio
import ssl
import threading
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import unquote

Piece: TypeAlias = bytes | float  # what is sent, or seconds to wait
Script: TypeAlias = Callable[[str], AsyncIterator[Piece]]

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"

BOMB = zlib.compress(bytes(30 << 20), 9, 31)  # 30 kB that are 30 MiB


def whole(body: bytes, head: bytes = OK) -> bytes:
    """An answer with its length."""
    return head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


async def endless(first: bytes, piece: bytes, pause: float = 0.0) -> AsyncIterator[Piece]:
    """Goes on until the client leaves."""
    yield first
    while True:
        yield piece
        if pause:
            yield pause


async def once(*pieces: Piece) -> AsyncIterator[Piece]:
    """Some pieces, then the end."""
    for piece in pieces:
        yield piece


def redirect(to: str, status: int = 302) -> bytes:
    """A redirect."""
    return whole(b"", b"HTTP/1.1 %d Found\r\nLocation: %b\r\n" % (status, to.encode("utf-8", "surrogateescape")))


def lost(_: str) -> AsyncIterator[Piece]:
    """The answer to any other path."""
    return once(whole(b"", b"HTTP/1.1 404 Not Found\r\n"))


# The answer to each path; the text behind its first word, such as `/to?URL`, is at hand.
SCRIPTS: dict[str, Script] = {
    "/": lambda _: once(whole(b"fine")),
    "/page": lambda _: once(whole(b"<!doctype html><p>fine")),
    "/size": lambda rest: once(whole(b"x" * int(rest))),
    "/to": lambda rest: once(redirect(rest)),
    "/loop": lambda rest: once(redirect(f"/loop?{int(rest or 0) + 1}")),
    "/ring": lambda rest: once(redirect("/ring?1" if rest != "1" else "/ring?2")),
    "/status": lambda rest: once(whole(b"", b"HTTP/1.1 %d Odd\r\n" % int(rest))),
    "/silence": lambda _: once(3600.0),
    "/drip": lambda _: endless(OK + b"Content-Length: 100000\r\n\r\n", b"x", 0.05),
    "/drip-head": lambda _: endless(OK, b"X: y\r\n", 0.05),
    "/endless": lambda _: endless(OK + b"\r\n", b"x" * 65536),
    "/endless-chunked": lambda _: endless(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"
    ),
    "/endless-head": lambda _: endless(OK, b"X: " + b"y" * 1000 + b"\r\n"),
    "/endless-line": lambda _: endless(OK + b"X: ", b"y" * 65536),
    "/endless-1xx": lambda _: endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 0.01),
    "/fast-1xx": lambda _: endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "/early": lambda _: once(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + whole(b"late")),
    "/chunked": lambda _: once(
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", 0.01, b"2;a=b\r\nde\r\n0\r\nX: y\r\n\r\n"
    ),
    "/bomb": lambda _: once(whole(BOMB, OK + b"Content-Encoding: gzip\r\n")),
    "/short": lambda _: once(OK + b"Content-Length: 100\r\n\r\nhalf"),
    "/cut-head": lambda _: once(OK + b"X: "),
    "/nothing": lambda _: once(),
    "/http09": lambda _: once(b"just text, no head"),
    "/nul": lambda _: once(b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\nbody"),
    "/no-colon": lambda _: once(b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\nbody"),
    "/two-lengths": lambda _: once(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nbody"),
    "/lf": lambda _: once(b"HTTP/1.1 200 OK\nContent-Length: 4\n\nbody"),
    "/no-reason": lambda _: once(b"HTTP/1.1 200\r\nContent-Length: 4\r\n\r\nbody"),
    "/http2": lambda _: once(b"HTTP/2 200\r\nContent-Length: 4\r\n\r\nbody"),
    "/upgrade": lambda _: once(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 0.05, b"stuff"),
    "/extras": lambda _: once(
        whole(
            b"fine",
            OK + b"Set-Cookie: a=b; Path=/\r\nAlt-Svc: h2=\"127.0.0.1:1\"\r\nStrict-Transport-Security: max-age=9999\r\n"
            b"Refresh: 0; url=/refreshed\r\nLink: </linked>; rel=preload\r\n",
        )
    ),
}  # fmt: skip


# Paths behind whose answer the connection is closed.
CLOSED = frozenset({"/short", "/cut-head", "/nothing", "/http09", "/nul", "/no-colon", "/upgrade", "/http2"})


@dataclass
class Hostile:
    """A server that runs: its port, the heads of the requests that it got and the addresses at which it got them, and its connections."""

    port: int = 0
    heads: list[bytes] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    connections: int = 0

    def url(self, path: str = "/", host: str = "127.0.0.2") -> str:
        """An address of it."""
        return f"http://{host}:{self.port}{path}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stop: asyncio.Event) -> None:
        """Serves a connection until the client leaves or the server is to stop."""
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            path = ""
            while path not in CLOSED:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                self.reached.append(writer.get_extra_info("sockname")[0])
                path, _, rest = head.split()[1].decode().partition("?")
                async for piece in SCRIPTS.get(path, lost)(unquote(rest, errors="surrogateescape")):
                    if isinstance(piece, bytes):
                        writer.write(piece)
                        await writer.drain()
                    else:
                        with suppress(TimeoutError):
                            await asyncio.wait_for(stop.wait(), piece)
                    if stop.is_set():
                        break
        writer.close()


@contextmanager
def hostile(host: str = "127.0.0.2", tls: ssl.SSLContext | None = None) -> Iterator[Hostile]:
    """A server on an address of loopback; "" stands for all of them."""
    server, ready, loop, stop = Hostile(), threading.Event(), asyncio.new_event_loop(), asyncio.Event()
    writers: set[asyncio.StreamWriter] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        await server.answer(reader, writer, stop)
        writers.discard(writer)

    async def serve() -> None:
        listening = await asyncio.start_server(connected, host or "0.0.0.0", 0, ssl=tls)
        server.port = listening.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        listening.close()
        for writer in writers:
            writer.transport.abort()
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0.005)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
