"""A folder on loopback: its files under any host name, with robots.txt, errors and redirects, and what was asked of them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jobs.loopback import Piece, Request, loopback, reply

TYPES = {
    "html": "text/html; charset=utf-8",
    "txt": "text/plain",
    "xml": "application/xml",
    "gz": "application/gzip",
    "png": "image/png",
    "jpg": "image/jpeg",
}


@dataclass
class Served:
    """A server that is up: its port, and how often each host and path was asked for.

    `/s/503/x` answers 503, `/to/x` leads to `/x`; all else are files of the folder. `robots` are those of hosts by name, else 404.
    """

    folder: Path
    robots: Mapping[str, bytes] = field(default_factory=dict)
    port: int = 0
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def answer(self, host: str, path: str) -> tuple[int, str, bytes, str]:
        """Status, media type, body and location."""
        self.asked[host, path] += 1
        if path == "/robots.txt":
            return (
                (200, TYPES["txt"], self.robots[host], "") if host in self.robots else (404, TYPES["txt"], b"none", "")
            )
        if path.startswith("/s/"):
            return int(path.split("/")[2]), TYPES["txt"], b"an error", ""
        if path.startswith("/to/"):
            return 302, TYPES["txt"], b"", path.removeprefix("/to")
        file = self.folder / path.partition("?")[0].lstrip("/")
        if not file.is_file():
            return 404, TYPES["txt"], b"no such file", ""
        return 200, TYPES[file.suffix[1:]], file.read_bytes(), ""

    def pieces(self, request: Request) -> list[Piece]:
        """The same as it is sent."""
        status, kind, body, location = self.answer(request.host, request.path)
        return reply(body, kind, status, {"Location": location} if location else {})


@contextmanager
def served(folder: Path, robots: Mapping[str, bytes]) -> Iterator[Served]:
    """The server, up while the block runs."""
    found = Served(folder, robots)
    with loopback(lambda request: found.pieces(request)) as web:
        found.port = web.port
        yield found
