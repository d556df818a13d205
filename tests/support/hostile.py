"""A small server on loopback whose paths are the answers of hostile and broken servers; it says what it was asked."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

Piece: TypeAlias = bytes | float  # what is sent, or seconds to wait
Script: TypeAlias = Callable[[str], AsyncIterator[Piece]]

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


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
    "/short": lambda _: once(OK + b"Content-Length: 100\r\n\r\nhalf"),
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


@dataclass
class Hostile:
    """A server that runs: its port, and the heads of the requests that it got, with the address at which it got them."""

    port: int = 0
    heads: list[bytes] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.2") -> str:
        """An address of it."""
        return f"http://{host}:{self.port}{path}"


@contextmanager
def hostile(host: str = "127.0.0.2", scripts: dict[str, Script] = SCRIPTS) -> Iterator[Hostile]:
    """A server on an address of loopback; "" stands for all of them."""
    server, ready, loop = Hostile(), threading.Event(), asyncio.new_event_loop()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                server.heads.append(head)
                server.reached.append(writer.get_extra_info("sockname")[0])
                path, _, rest = head.split()[1].decode().partition("?")
                async for piece in scripts[path](rest):
                    if isinstance(piece, float):
                        await asyncio.sleep(piece)
                    else:
                        writer.write(piece)
                        await writer.drain()
                if path in ("/short", "/nothing", "/http09", "/nul", "/no-colon", "/upgrade", "/http2"):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def serve() -> None:
        listening = await asyncio.start_server(answer, host or None, 0)
        server.port = listening.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        listening.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
