"""A server on loopback whose paths are the answers of hostile and broken servers; it says what it was asked."""

import ssl
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote

from jobs.loopback import End, Loopback, Piece, Request, loopback

Script: TypeAlias = Callable[[str], Iterable[Piece]]

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"

BOMB = zlib.compress(bytes(30 << 20), 9, 31)  # 30 kB that are 30 MiB


def whole(body: bytes, head: bytes = OK) -> bytes:
    """An answer with its length."""
    return head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def endless(first: bytes, piece: bytes, pause: float = 0.0) -> Iterator[Piece]:
    """Goes on until the client leaves."""
    yield first
    while True:
        yield piece
        if pause:
            yield pause


def once(*pieces: Piece) -> Iterable[Piece]:
    """Some pieces, then the end."""
    return pieces


def redirect(to: str, status: int = 302) -> bytes:
    """A redirect."""
    return whole(b"", b"HTTP/1.1 %d Found\r\nLocation: %b\r\n" % (status, to.encode("utf-8", "surrogateescape")))


def lost(_: str) -> Iterable[Piece]:
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
    """A server that is known by its port; `web` says what it was asked, where it runs in this process."""

    port: int
    web: Loopback | None = None

    @property
    def heads(self) -> list[bytes]:
        """The heads of the requests that it got."""
        return self._web.heads

    @property
    def reached(self) -> list[str]:
        """The addresses at which it got them."""
        return self._web.reached

    @property
    def connections(self) -> int:
        """How many there were."""
        return self._web.connections

    @property
    def _web(self) -> Loopback:
        assert self.web is not None
        return self.web

    def url(self, path: str = "/", host: str = "127.0.0.2") -> str:
        """An address of it."""
        return f"http://{host}:{self.port}{path}"


def scripted(request: Request) -> Iterator[Piece]:
    """What a path answers."""
    path, _, rest = request.path.partition("?")
    yield from SCRIPTS.get(path, lost)(unquote(rest, errors="surrogateescape"))
    if path in CLOSED:
        yield End.CLOSE


@contextmanager
def hostile(host: str = "127.0.0.2", tls: ssl.SSLContext | None = None) -> Iterator[Hostile]:
    """A server on an address of loopback; "" stands for all of them."""
    with loopback(scripted, host, tls) as web:
        yield Hostile(web.port, web)
