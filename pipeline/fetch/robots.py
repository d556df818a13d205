"""What a host's robots.txt says to us, read strictly by RFC 9309. Pure.

A file that is not there (4xx) forbids nothing. One that cannot be had (5xx, 429, no answer, a refused address, endless redirects) forbids
all, until another attempt gets it.
"""

from dataclasses import dataclass

from pipeline.fetch.exchange import Answer, Limits
from schemas.outcomes import RecordError
from transforms.characters import lower
from transforms.consent.patterns import target_of
from transforms.consent.robots_txt import ALLOW, DISALLOW, MOST_BYTES, USER_AGENT, RobotsTxt, key_values
from transforms.fetch.faults import FetchFault
from transforms.warc.codings import decoded
from transforms.warc.limits import Limits as Caps

# Of all files of sites as of robots.txt: RFC 9309 §2.5; their redirects (five, §2.3.1.2) are followed by the client.
LIMITS = Limits(body=MOST_BYTES + 1)
ROBOTS = "robots.txt"
CAPS = Caps(decoded=16 * MOST_BYTES)  # what decodes to more is no such file but a bomb


@dataclass(frozen=True, slots=True)
class Robots:
    """What the robots.txt of an origin says: its rules (None: there is no file), why they could not be had, the pause that they ask for
    (seconds), and the fault of addresses where they could not be had."""

    rules: RobotsTxt | None = None
    unreachable: str = ""
    pause: float = 0.0
    fault: FetchFault = FetchFault.ROBOTS_UNREACHABLE

    def forbidding(self, agent: str, url: str) -> str:
        """The line that forbids an address to a crawler (its product token), "" for none; to be asked where the file could be had."""
        return self.rules.forbidding(agent, target_of(url)) if self.rules else ""

    @property
    def said(self) -> str:
        """What an archive's metadata say of an address that was fetched."""
        return "no file" if self.rules is None else "allowed"


def robots_of(answer: Answer, agent: str) -> Robots:
    """What the answer to the question for robots.txt says to a crawler."""
    body, unreachable = file_of(answer)
    if body is None:
        # An origin whose own IP address is refused will be so tomorrow; one whose robots.txt leads to such an address may be mended.
        own = answer.fault == FetchFault.ADDRESS_REFUSED and not answer.hops
        return Robots(
            unreachable=unreachable, fault=FetchFault.ADDRESS_REFUSED if own else FetchFault.ROBOTS_UNREACHABLE
        )
    return Robots(RobotsTxt(body, agent), "", crawl_delay(body, agent))


def file_of(answer: Answer) -> tuple[bytes | None, str]:
    """The bytes of a file of a site, its codings undone; None where it has none, or with why it cannot be had."""
    if answer.fault == FetchFault.HTTP_4XX:
        return None, ""
    if answer.fault:
        return None, f"{answer.fault}: {answer.detail}"
    hop = answer.hops[-1]
    if hop.status // 100 == 3:  # it leads where robots.txt lets nobody follow
        return None, ""
    try:
        body, _ = decoded(hop.body, hop.headers, CAPS)
    except RecordError as error:
        return None, str(error)
    return body, ""


def crawl_delay(body: bytes, agent: str) -> float:
    """The seconds that a robots.txt asks a crawler to wait behind each request; 0 where it says nothing. No standard, but widely used.

    >>> crawl_delay(b"User-agent: *\\nCrawl-delay: 10\\n\\nUser-agent: us\\nUser-agent: b\\nDisallow: /x\\nCrawl-delay: 2.5", "us")
    2.5
    >>> crawl_delay(b"User-agent: *\\nCrawl-delay: 10", "us"), crawl_delay(b"Crawl-delay: 10", "us")
    (10.0, 0.0)
    """
    told: dict[str, float] = {}
    spoken: list[str] = []
    named = closed = False
    for key, value in key_values(body):
        if key.startswith(USER_AGENT):
            spoken, closed = ([] if closed else spoken), False
            spoken.append(lower(value.partition(" ")[0].partition("/")[0]))
            named = named or spoken[-1] == agent
        elif key.startswith("crawl-delay"):
            for name in spoken:
                told[name] = max(told.get(name, 0.0), _seconds(value))
            closed = True
        elif key.startswith((*ALLOW, *DISALLOW)):
            closed = True
    return told.get(agent if named else "*", 0.0)


def _seconds(value: str) -> float:
    text = value.strip()
    return float(text) if text.replace(".", "", 1).isdecimal() and len(text) <= 10 and text.isascii() else 0.0
