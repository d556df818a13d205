"""The files by which a site says what may be done with its pages and images, and what they say about an address. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from transforms.consent.ai_txt import AiTxt
from transforms.consent.patterns import target_of
from transforms.consent.robots_txt import MOST_BYTES, OWN_AGENT, RobotsTxt
from transforms.consent.tdmrep import TdmRep
from transforms.html.urls import SCHEMES, canonical
from transforms.image.sniff import sniff


class Policy(Protocol):
    """A policy file, read."""

    def about(self, target: str) -> Iterable[tuple[str, str]]:
        """The signals that it gives about a target, each with what gives it."""


# Files of a site by the name that rows show, their paths, and what reads them for a crawler (its product token).
KINDS: Mapping[str, tuple[str, Callable[[bytes, str], Policy]]] = {
    "robots.txt": ("/robots.txt", RobotsTxt),
    "tdmrep.json": ("/.well-known/tdmrep.json", lambda body, own: TdmRep(body)),
    "ai.txt": ("/ai.txt", AiTxt),
}
FROM_FILES = tuple(f"{kind}: " for kind in KINDS)  # how lines begin that such a file says
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


def is_rules(body: bytes) -> bool:
    """Whether bytes may be a policy file, whatever their declared type; a page (of "not found") or a picture is none.

    >>> is_rules(b"User-agent: *"), is_rules(b"<!doctype html><p>Not found"), is_rules(b"<!-- ours --> User-agent: *")
    (True, False, True)
    """
    return not sniff(body) or body.lstrip().startswith(b"<!--")  # a comment may stand before rules


def said_by(kind: str, body: bytes, urls: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """(address, signal, line) of what a policy file says about addresses of its site; the line names the file.

    >>> list(said_by("ai.txt", b"User-Agent: *\\nDisallow: /", ["http://ex.com/a"]))
    [('http://ex.com/a', 'ai_txt', 'ai.txt: *: disallow: /')]
    """
    policy = KINDS[kind][1](body, OWN_AGENT)
    for url in urls:
        for signal, line in said_about(kind, policy, target_of(canonical(url))):
            yield url, signal, line


def said_about(kind: str, policy: Policy, target: str) -> Iterator[tuple[str, str]]:
    """(signal, line) of what a policy file says about a target, as `patterns.target_of` has it; the line names the file."""
    for signal, line in policy.about(target):
        yield signal, f"{kind}: {line}"
