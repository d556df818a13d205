"""What a client of fetching is asked and what it answers: `Ask`, `Answer`, and a `Hop` for each request on the way.

A client is anything that runs asks as `Fetcher` says; `pipeline/fetch/client.py` is the one that goes to the net.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from schemas.outcomes import UserError
from transforms.fetch.address import Rules, Target
from transforms.warc.heads import Headers, fields

_AGENT = re.compile(
    r"([A-Za-z_-]+)(?:/\S+)? \([^()]*(?:https?://[^\s()]+\.[^\s()]+|[^\s()@]+@[^\s()@]+\.[^\s()@]+)[^()]*\)"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Where one ask ends, whatever the server does; seconds and bytes (docs/sources.md, "Limits of one request")."""

    total: float = 30.0  # over all hops, resolving included
    connect: float = 10.0  # of one connection, TLS included
    first_byte: float = 15.0  # from the start of a hop to the first byte of its answer
    slowest: int = 1000  # bytes a second ...
    idle: float = 10.0  # ... that may fall short for so long
    head: int = 64 << 10  # of one hop, with 1xx answers and trailers
    body: int = 20 << 20  # as it comes over the wire; what is longer is cut there
    redirects: int = 5  # 0: a redirect is the answer, whoever asks goes on himself


class Ask(NamedTuple):
    """An address that is wanted, and a key by which the asker knows it again (any value; the client does not look at it).

    `headers` are sent beside Host, User-Agent, Accept and Accept-Encoding; one of the latter two replaces the client's own. Who has read
    the address already by the client's rules gives its `target` too. `follows` says of a redirect's address, as ada writes it, whether it
    is followed (None: always); where it is not, the redirect is the answer.
    """

    url: str
    key: Any
    limits: Limits = Limits()
    headers: tuple[tuple[str, str], ...] = ()
    target: Target | None = None
    follows: Callable[[str], bool] | None = None


class Hop(NamedTuple):
    """One request whose answer's head came whole. Bytes are those of the wire: chunks and content codings are not undone.

    `truncated` is "" where the body is whole, else a word of WARC-Truncated: `length` (the cap), `time` (a limit), `disconnect`.
    """

    url: str  # as ada writes it, without a fragment
    address: str  # the IP address that was connected to
    request_head: bytes  # up to and with its empty line, as the answer's is
    head: bytes  # of the final answer; 1xx answers before it are left out
    body: bytes
    truncated: str
    began: str  # ISO 8601, UTC, such as 2026-11-27T16:28:42.123Z
    seconds: float

    @property
    def status(self) -> int:
        """The status of the answer."""
        return int(self.head[9:12])

    @property
    def headers(self) -> Headers:
        """The answer's fields, in order."""
        return _headers(self.head)


@lru_cache(maxsize=64)
def _headers(head: bytes) -> Headers:
    """Fields of a head, which is asked several times for them while its answer is looked at."""
    return fields(head.partition(b"\n")[2])


class Answer(NamedTuple):
    """How an ask ended, after as many hops as its redirects took; the last hop is the answer itself.

    `fault` is a word of `FetchFault`, or None where the last hop brought what was asked for: a status of 2xx, or a redirect
    that was not to be followed. A body that was cut at its cap is no fault: its hop says `length`. With a fault there may be hops too,
    such as that of a 404 or of a body that broke off; a hop whose head did not come is in `detail` alone.
    """

    key: Any
    hops: tuple[Hop, ...]
    fault: str | None
    detail: str


class Fetcher(Protocol):
    """Runs asks, many at once."""

    def run(self, asks: Iterator[Ask | None], tell: Callable[[Answer], None]) -> None:
        """Takes asks while it has room for them, and tells each answer once, in the order in which they end.

        None says that nothing is due now: the client goes on with what it has and asks again within 50 ms, or when an answer was told. It
        returns when the asks have ended and all answers are told. `tell` runs in the same thread, between two asks.
        """


@dataclass(frozen=True, slots=True)
class Settings:
    """How a client asks. Raises `UserError` where `agent` does not say who asks and where to complain.

    `resolve` maps names to "ADDRESS" or "ADDRESS:PORT" ("[ADDRESS]:PORT" for IPv6) in place of the DNS; `*` stands for all other names.
    Addresses from there are judged as all others are. `authorities` is a file of certificates, "" for certifi's.
    """

    agent: str
    rules: Rules = field(default_factory=Rules)
    resolve: Mapping[str, str] = field(default_factory=dict)
    in_flight: int = 64
    connections: int = 0  # open at once, those that wait for their next request included; 0: as many as come about
    held: int = 256 << 20  # bytes of answers under way beyond which no ask is taken
    authorities: str = ""
    resolvers: int = 16  # threads that ask the DNS
    name_seconds: float = 300.0  # that an answer of the DNS holds

    def __post_init__(self) -> None:
        product_token(self.agent)


def product_token(agent: str) -> str:
    """The name by which robots.txt speaks to a User-Agent. Raises `UserError` where the text is none with a contact.

    >>> product_token("Triptych/0.1 (+https://ex.com/bot; bot@ex.com)")
    'triptych'
    """
    found = _AGENT.fullmatch(agent)
    if not found or not agent.isascii() or not agent.isprintable():
        raise UserError(
            f"{agent[:100]!r} does not say who fetches: write NAME/VERSION (+CONTACT), the contact an address of a page or of mail, "
            "such as 'ex-crawler/1.0 (+https://ex.com/crawler)'"
        )
    return found[1].lower()
