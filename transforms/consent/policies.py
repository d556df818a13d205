"""The files by which a site says what may be done with its pages and images, and what they say about an address. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from transforms.consent.ai_txt import AiTxt
from transforms.consent.patterns import target_of
from transforms.consent.robots_txt import MOST_BYTES, RobotsTxt
from transforms.consent.tdmrep import TdmRep
from transforms.html.urls import SCHEMES, canonical


class Policy(Protocol):
    """A policy file, read."""

    def about(self, target: str) -> Iterable[tuple[str, str]]:
        """The signals that it gives about a target, each with what gives it."""


# Files of a site by the name that rows show, their paths, and what reads them.
KINDS: Mapping[str, tuple[str, Callable[[bytes], Policy]]] = {
    "robots.txt": ("/robots.txt", RobotsTxt),
    "tdmrep.json": ("/.well-known/tdmrep.json", TdmRep),
    "ai.txt": ("/ai.txt", AiTxt),
}
_ENDS = tuple(KINDS)


def kind_of(url: str) -> str:
    """The kind of policy file that an address names, "" where it names none.

    >>> kind_of("http://EX.com:80/robots.txt"), kind_of("http://ex.com/a/robots.txt"), kind_of("http://ex.com/robots.txt?a")
    ('robots.txt', '', '')
    """
    if not url.endswith(_ENDS):
        return ""
    address = canonical(url)
    site = origin_of(address)
    return next((kind for kind, (path, _) in KINDS.items() if site and address == site + path), "")


def origin_of(address: str) -> str:
    """Scheme, host and port of an address as `canonical` has it, "" where it is not http(s). A site's policies speak of its origin.

    >>> origin_of("https://ex.com:8443/a"), origin_of("http://me@ex.com/a"), origin_of("urn:a")
    ('https://ex.com:8443', 'http://ex.com', '')
    """
    if not address.startswith(SCHEMES):
        return ""
    end = address.find("/", 8)
    site = address if end < 0 else address[:end]
    if "@" in site:
        scheme, _, host = site.partition("//")
        return f"{scheme}//{host.rpartition('@')[2]}"
    return site


def kept_bytes(body: bytes) -> bytes:
    """What is kept of a policy file: all that is read of it, and a byte more where it is cut."""
    return body[: MOST_BYTES + 1]


def said_by(kind: str, body: bytes, urls: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """(address, signal, line) of what a policy file says about addresses of its site; the line names the file.

    >>> list(said_by("ai.txt", b"User-Agent: *\\nDisallow: /", ["http://ex.com/a"]))
    [('http://ex.com/a', 'ai_txt', 'ai.txt: *: disallow: /')]
    """
    policy = KINDS[kind][1](body)
    for url in urls:
        for signal, line in policy.about(target_of(canonical(url))):
            yield url, signal, f"{kind}: {line}"
