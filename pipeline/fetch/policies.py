"""The files by which sites say what may be done with their pages and images, as a crawl asks for them: robots.txt, then the others. Pure.

Each is asked for once an origin while it is at hand, its redirects followed, in the queue of its host. A file that is not there (4xx) and a
page in its place say nothing. Whatever is said is stored with the addresses; `Consent` says whether it also decides what is fetched.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.fetch.exchange import Answer, Hop
from pipeline.fetch.robots import ROBOTS, Robots, file_of, robots_of
from schemas.recipe import RESERVING
from transforms.consent.patterns import target_of
from transforms.consent.policies import KINDS, Policy, is_rules, said_about
from transforms.consent.said import Said
from transforms.html.directives import HEADERS, LONGEST, MOST, binds_images, header_directives, signals_of, stored
from transforms.html.urls import canonical

MOST_ORIGINS = (
    4096  # whose files are at hand; those that were asked for longest ago go, and are fetched again when needed
)
MOST_BYTES = 64 << 20  # of files at hand, for what is read of them takes some times as much
_TELLING = re.compile(rf"^(?:{'|'.join(HEADERS)}|link)[ \t]*:".encode(), re.IGNORECASE | re.MULTILINE)
OTHERS = tuple(kind for kind in KINDS if kind != ROBOTS)


class Consent(StrEnum):
    """What is asked of sites besides their robots.txt, and what follows from it."""

    ROBOTS = "robots"  # nothing
    RECORDED = "recorded"  # their other files are asked for, and what all of them say is stored
    STRICT = "strict"  # so, and what they keep from training is not fetched


@dataclass(frozen=True, slots=True)
class File:
    """A file that was asked for: what it says (None: nothing), or why it cannot be had; where and when it was, and its bytes."""

    policy: Policy | None = None
    unreachable: str = ""
    source: str = ""
    date: str = ""
    size: int = 0


@dataclass(slots=True)
class Site:
    """What is known of an origin."""

    origin: str
    robots: Robots
    files: dict[str, File] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The bytes of its files."""
        return sum(file.size for file in self.files.values())

    def said(self, url: str) -> Iterator[Said]:
        """What its files say about an address of it."""
        target = target_of(canonical(url))
        for kind, file in self.files.items():
            if file.unreachable:
                yield Said("", f"{kind}: not to be had: {file.unreachable}", file.source, file.date)
            elif file.policy:
                for signal, line in said_about(kind, file.policy, target):
                    yield Said(signal, line, file.source, file.date)

    def said_to(self, agent: str, url: str) -> Iterator[Said]:
        """The same of an address that robots.txt forbids to a crawler, the line that does so first."""
        file, line = self.files[ROBOTS], self.robots.forbidding(agent, url)
        told = list(self.said(url))
        if line and all(one.line != f"{ROBOTS}: {line}" for one in told):
            yield Said("", f"{ROBOTS}: {line}", file.source, file.date)
        yield from told

    @property
    def missing(self) -> str:
        """Which of its files cannot be had, and why; "" where all are known."""
        return next((f"{kind}: {file.unreachable}" for kind, file in self.files.items() if file.unreachable), "")


class Sites:
    """The origins whose files are at hand. `agent` is the product token of who asks."""

    def __init__(self, agent: str, consent: Consent) -> None:
        self._agent = agent
        self._kinds = () if consent == Consent.ROBOTS else OTHERS
        self._sites: OrderedDict[str, Site] = OrderedDict()
        self._size = 0

    def find(self, origin: str) -> Site | None:
        """What is known of an origin; None where its robots.txt is to be asked for."""
        return self._sites.get(origin)

    def wanted(self, site: Site) -> str:
        """The kind of the file that is to be asked for next, "" where all are known that may be asked for."""
        for kind in self._kinds:
            if kind not in site.files:
                if not site.robots.forbidding(self._agent, file_address(site.origin, kind)):
                    return kind
                site.files[kind] = File()
        return ""

    def hear(self, origin: str, kind: str, answer: Answer, site: Site | None) -> Site:
        """Take in how a question for a file was answered, of a site that is known so far or, where robots.txt is the file, begins."""
        if kind == ROBOTS or site is None:
            self._forget(origin)
            site = self._sites[origin] = Site(origin, robots_of(answer, self._agent))
        file = site.files[kind] = file_said(kind, answer, self._agent, file_address(origin, kind))
        if self._sites.get(origin) is site:
            self._size += file.size
        while len(self._sites) > 1 and (len(self._sites) > MOST_ORIGINS or self._size > MOST_BYTES):
            self._forget(next(iter(self._sites)))
        return site

    def _forget(self, origin: str) -> None:
        gone = self._sites.pop(origin, None)
        self._size -= gone.size if gone else 0


def file_address(origin: str, kind: str) -> str:
    """Where an origin has a file."""
    path, _ = KINDS[kind]
    return origin + path


def file_said(kind: str, answer: Answer, agent: str, asked: str) -> File:
    """The file that an answer to the question at an address brings."""
    if not answer.hops:
        return File(None, f"{answer.fault}: {answer.detail}", asked[:LONGEST])
    last = answer.hops[-1]
    body, unreachable = file_of(answer)
    if body is None or not is_rules(body):
        return File(None, unreachable, last.url[:LONGEST], last.began)
    _, read = KINDS[kind]
    return File(read(body, agent), "", last.url[:LONGEST], last.began, len(body))


def evidence(answer: Answer) -> tuple[Hop, ...]:
    """The requests for a file as the archive holds them: an answer that is no such file (an error, a page) without its body.

    A page in place of a file would be an item of every corpus that is made of the archive, though nobody asked for it.
    """
    *before, last = answer.hops
    body, _ = file_of(answer)
    if not last.body or (body is not None and is_rules(body)):
        return answer.hops
    return (*before, last._replace(body=b"", truncated=last.truncated or "length"))


def headers_said(hop: Hop) -> Iterator[Said]:
    """What the head of an answer says about the use of what it brings, or leads to."""
    if not _TELLING.search(hop.head):
        return
    for line in stored(header_directives(hop.headers)):
        for signal in dict.fromkeys(signal for signal, _ in signals_of(line)) or ("",):
            yield Said(signal, line, hop.url[:LONGEST], hop.began)


def reserving(said: Iterable[Said]) -> Said | None:
    """The first that keeps what it speaks of from training; what binds images alone says nothing of an address."""
    return next((one for one in said if one.signal in RESERVING and not binds_images(one.signal)), None)


def shown(said: Sequence[Said], most: int = MOST) -> list[Said]:
    """What a row holds of what was said, in its order: the first that gives each signal, then others."""
    if len(said) <= most:
        return list(said)
    first = {one.signal: place for place, one in reversed(list(enumerate(said))) if one.signal}
    others = (place for place in range(len(said)) if place not in first.values())
    return [said[place] for place in sorted([*first.values(), *others][:most])]
