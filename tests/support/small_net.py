"""A net in memory: what each address answers, a client that asks it by a clock of its own, and what was asked when."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pipeline.fetch.exchange import Answer, Ask, Hop
from pipeline.fetch.lists import Row
from transforms.consent.policies import kind_of
from transforms.fetch.faults import FetchFault, fault_of_status

AGENT = "ex-bot/1.0 (+https://ex.com/bot)"
BEGAN = "2026-11-27T16:30:05.123Z"


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answers; a fault in place of a status means that no answer comes."""

    body: bytes = b"<p>a page"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})
    fault: str = ""


def redirect(to: str, status: int = 302) -> Page:
    """A page that leads elsewhere."""
    return Page(b"", status, {"Location": to})


def hop(url: str, page: Page) -> Hop:
    """A request and its answer."""
    lines = "".join(f"{name}: {text}\r\n" for name, text in page.headers.items())
    head = f"HTTP/1.1 {page.status} OK\r\n{lines}Content-Length: {len(page.body)}\r\n\r\n".encode()
    asked = f"GET {urlsplit(url).path} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n\r\n".encode()
    return Hop(url, "192.0.2.7", asked, head, page.body, "", BEGAN, 0.25)


@dataclass
class SmallNet:
    """Answers each ask at once; addresses that it does not know are 404. Time passes only while nothing is due."""

    pages: Mapping[str, Page]
    now: float = 0.0
    asked: list[tuple[float, str]] = field(default_factory=list)
    after: Callable[["SmallNet"], None] = lambda net: None  # called behind each answer

    def clock(self) -> float:
        """The time here."""
        return self.now

    def run(self, asks: Iterator[Ask | None], tell: Callable[[Answer], None]) -> None:
        """As `Fetcher.run` says; one redirect of robots.txt is followed."""
        for ask in asks:
            if ask is None:
                self.now += 0.05
                continue
            tell(self.answer(ask, ask.url, ()))
            self.after(self)

    def answer(self, ask: Ask, url: str, hops: tuple[Hop, ...]) -> Answer:
        """What is told of an ask."""
        self.asked.append((self.now, url))
        page = self.pages.get(url, Page(b"none", 404))
        if page.fault:
            return Answer(ask.key, hops, page.fault, "seen in a test")
        hops = (*hops, hop(url, page))
        follows = ask.follows or (lambda url: True)
        if page.status == 302 and ask.limits.redirects > len(hops) - 1 and follows(page.headers["Location"]):
            return self.answer(ask, page.headers["Location"], hops)
        fault = fault_of_status(page.status)
        return Answer(ask.key, hops, fault.value if isinstance(fault, FetchFault) else None, f"status {page.status}")

    def urls(self) -> list[str]:
        """What was asked for, but for the files of sites about use."""
        return [url for _, url in self.asked if not kind_of(url)]


def rows_of(*urls: str) -> list[Row]:
    """Rows of a list."""
    return [Row(0, place, url) for place, url in enumerate(urls)]
