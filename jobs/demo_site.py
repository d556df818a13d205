"""The site that `triptych demo --crawl` fetches: the bundled archive, answered as its hosts would, with what a crawl must live with.

Added are a robots.txt that forbids two pages, a page that has moved, one that is gone, and one that is nearly another.
"""

from pathlib import Path

from jobs.loopback import Piece, Request, reply
from schemas.records import Capture
from transforms.warc.read import read_captures

HOST, COPIES = "quarterly.example", "mirror.example"
FORBIDDEN = ("/shop", "/zz")
MOVED, GONE = "/old", "/gone"
ARTICLE, NEAR = "/2026/salt-road", "/news/salt-road"
ROBOTS = "".join(
    ["User-agent: *\n", *(f"Disallow: {path}\n" for path in FORBIDDEN), f"Sitemap: http://{HOST}/sitemap.xml\n"]
)
FRAMING = frozenset(("content-length", "content-encoding", "transfer-encoding", "connection", "content-type"))


class Site:
    """The site in memory: called, it answers a request."""

    def __init__(self, archive: Path) -> None:
        self._pages: dict[tuple[str, str], list[Piece]] = {}
        with archive.open("rb") as file:
            for capture in read_captures(file):
                if isinstance(capture, Capture) and capture.kind == "response" and capture.status == 200:
                    self._add(capture)

    def _add(self, capture: Capture) -> None:
        host, slash, path = capture.url.partition("//")[2].partition("/")
        kind = capture.media_type + (f"; charset={capture.charset}" if capture.charset else "")
        others = {name: value for name, value in capture.headers if name.lower() not in FRAMING}
        self._pages.setdefault((host, slash + path), reply(capture.body, kind, headers=others))
        if (host, slash + path) == (HOST, ARTICLE):
            near = capture.body.replace(b"</p>", b" It is told again here.</p>", 1)
            self._pages[COPIES, NEAR] = reply(near, kind)

    def addresses(self) -> list[str]:
        """What is to be fetched, one address of each thing, and those that lead nowhere or elsewhere."""
        here = sorted(place for place in self._pages if place[1] != "/robots.txt")
        return [f"http://{host}{path}" for host, path in [*here, (HOST, MOVED), (HOST, GONE)]]

    def __call__(self, request: Request) -> list[Piece]:
        """What is answered."""
        place = (request.host, request.path)
        if place == (HOST, "/robots.txt"):
            return reply(ROBOTS.encode(), "text/plain")
        if place == (HOST, MOVED):
            return reply(b"", "text/plain", 301, {"Location": ARTICLE})
        return self._pages.get(place) or reply(b"There is nothing here.", "text/plain", 404)
