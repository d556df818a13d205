"""A web of many hosts for a crawl, drawn by a seed: pages with links and pictures, robots.txt of many kinds, sitemaps, policies, redirects,
and faults that heal.

What an address answers is drawn from a hash of the seed, its host and its path, so it is the same in every process. A fault is drawn
from how often the address was asked for, too: from the third time on it has none. Each host has twenty addresses in the list, the
targets of redirects aside.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from jobs.loopback import End, Piece, Request, reply
from tests.support.web import page, passage, picture

PAGES, PICTURES = 10, 6

PLAIN = "text/plain"


@dataclass(frozen=True)
class ManyHosts:
    """How many hosts there are, which share of requests meets a fault, and the longest that a slow answer takes (seconds)."""

    hosts: int = 500
    faults: float = 0.3
    heals: int = 3  # from which time on an address has no fault
    slow: float = 0.02
    seed: int = 0

    def name(self, number: int) -> str:
        """A host."""
        return f"www.host{number % self.hosts:03d}.test"

    def drawn(self, *what: object) -> float:
        """A number from 0 to 1 that hangs on the seed and these values alone."""
        said = "\0".join(map(str, (self.seed, *what)))
        return int.from_bytes(hashlib.sha256(said.encode()).digest()[:6]) / 2**48

    def addresses(self, hosts: int | None = None) -> list[str]:
        """The list that a crawl is given."""
        paths = [
            *(f"/p{number}.html" for number in range(PAGES)),
            *(f"/i{number}.jpg" for number in range(PICTURES)),
            "/chain/3",
            "/away",
            "/loop/0",
            "/odd",
        ]
        return [f"http://{self.name(number)}{path}" for number in range(hosts or self.hosts) for path in paths]

    def __call__(self, request: Request) -> Iterator[Piece]:
        """What is answered."""
        if self.slow and self.drawn("slow", request.host) < 0.2:
            yield self.slow * self.drawn("wait", request.host, request.path)
        if request.time < self.heals and self.drawn("fault", request.host, request.path, request.time) < self.faults:
            which = self.drawn("kind", request.host, request.path, request.time)
            yield from FAULTS[int(which * len(FAULTS))](self.whole(request.host, request.path))
        else:
            yield from self.whole(request.host, request.path)

    def whole(self, host: str, path: str) -> Iterable[Piece]:
        """The answer without a fault."""
        number = int("".join(filter(str.isdigit, host)) or 0)
        first, _, rest = path.lstrip("/").partition("/")
        if path == "/robots.txt":
            return self.robots(host, number)
        if first in ("chain", "loop"):
            left = int(rest) - 1 if first == "chain" else (int(rest) + 1) % 3
            return moved(f"/{first}/{left}" if left or first == "loop" else "/landed/chain.jpg")
        if path == "/away":
            return moved(f"http://{self.name(number + 1)}/landed/{number}.html")
        if path == "/odd":
            return self.odd(host)
        if path == "/sitemap.xml":
            return reply(self.sitemap(host), "application/xml")
        if path == "/.well-known/tdmrep.json":
            return reply(b'[{"location": "/p1", "tdm-reservation": 1}]', "application/json")
        if path.endswith(".html"):
            return reply(self.page(host, path))
        if path.endswith(".jpg"):
            return reply(drawn_picture(f"{self.seed} {host} {path}"), "image/jpeg")
        return reply(b"nothing here", PLAIN, 404)

    def page(self, host: str, path: str) -> bytes:
        """A page of words that no other page has, with a picture, one behind a redirect, and links."""
        number = int("".join(filter(str.isdigit, path)) or 0)
        seed = int(self.drawn("words", host, path) * 2**40)
        return page(
            f"<h1>Page {number} of {host}</h1>",
            passage(seed),
            f'<img src="/i{number % PICTURES}.jpg" alt="Picture {number} of {host} in its frame">',
            passage(seed + 1),
            f'<p><a href="/p{number + 1}.html">The next</a> <a href="http://{self.name(seed)}/p0.html">Elsewhere</a></p>',
            f'<img src="/chain/3" alt="What lies behind the chain of {host}">',
        )

    def odd(self, host: str) -> Iterable[Piece]:
        """The one address of each host that is neither a page nor a picture."""
        which = int(self.drawn("odd", host) * 4)
        if which == 0:
            return reply(b"gone", PLAIN, 410)
        if which == 1:
            return reply(b"", PLAIN)
        if which == 2:
            return endless()
        return reply(b"nothing here", PLAIN, 404)

    def sitemap(self, host: str) -> bytes:
        """The pages of a host."""
        told = "".join(f"<url><loc>http://{host}/p{number}.html</loc></url>" for number in range(PAGES))
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{told}</urlset>'.encode()

    def robots(self, host: str, number: int) -> list[Piece]:
        """One kind of robots.txt of a dozen, by the host."""
        everyone = b"User-agent: *\n"
        kinds: tuple[Callable[[], list[Piece]], ...] = (
            lambda: reply(b"none", PLAIN, 404),
            lambda: reply(b"none", PLAIN, 410),
            lambda: reply(b"", PLAIN),
            lambda: reply(everyone + b"Disallow:\n", PLAIN),
            lambda: reply(everyone + b"Disallow: /p3\n", PLAIN),
            lambda: reply(everyone + b"Crawl-delay: 0.02\nDisallow: /private\n", PLAIN),
            lambda: reply(b"\xef\xbb\xbfUser-agent: other\r\nDisallow: /\r\n\r\nUser-agent: *\r\nDisallow: /*4.html$\r\n", PLAIN),
            lambda: reply(gzip.compress(everyone + b"Disallow: /i5", mtime=0), PLAIN, 200, {"Content-Encoding": "gzip"}),
            lambda: reply(everyone + b"Content-Signal: ai-train=no\nSitemap: http://%b/sitemap.xml\n" % host.encode(), PLAIN),
            lambda: moved(f"http://{self.name(number + 3)}/landed/robots"),
            lambda: reply(everyone + b"# " + b"x" * 100_000 + b"\nDisallow: /p9\n", PLAIN),
            lambda: reply(b"<!doctype html><p>Welcome to %b" % host.encode(), "text/html"),
        )  # fmt: skip
        return kinds[int(self.drawn("robots", host) * len(kinds))]()


def moved(to: str) -> list[Piece]:
    """A redirect."""
    return reply(b"", PLAIN, 302, {"Location": to})


def endless() -> Iterator[Piece]:
    """A body without end."""
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
    while True:
        yield b"words without end " * 1000


def cut(answer: Iterable[Piece]) -> list[Piece]:
    """An answer whose connection ends in the middle of it."""
    first = next((piece for piece in answer if isinstance(piece, bytes)), b"")
    return [first[: max(1, len(first) - 10)], End.CLOSE]


def dripped(answer: Iterable[Piece]) -> Iterator[Piece]:
    """An answer that comes by a byte now and then."""
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\n"
    while True:
        yield b"x"
        yield 0.1


def refusal(status: int, wait: str = "") -> Callable[[Iterable[Piece]], Iterable[Piece]]:
    """Answers with a status, and maybe says for how long."""
    return lambda answer: reply(b"later", PLAIN, status, {"Retry-After": wait} if wait else {})


FAULTS: tuple[Callable[[Iterable[Piece]], Iterable[Piece]], ...] = (
    refusal(503),
    refusal(503, "1"),
    refusal(429, "1"),
    refusal(500),
    refusal(502),
    cut,
    lambda answer: [End.RESET],
    lambda answer: [b"HTTP/1.1 200 OK\r\nContent-Ty", End.CLOSE],
    dripped,
    lambda answer: [60.0],
)


@cache
def drawn_picture(name: str) -> bytes:
    """A picture that no other name has."""
    return picture(int.from_bytes(hashlib.sha256(name.encode()).digest()[:6]), "JPEG", (160, 120))
