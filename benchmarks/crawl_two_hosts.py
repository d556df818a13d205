"""A slow, limited host beside a fast one: `python -m benchmarks.crawl_two_hosts`.

    crawl_two_hosts.py [--addresses 1000] [--wait 0.05] [--delay 0.05] [--rounds 2]

The slow host takes `--wait` seconds for each answer, asks by robots.txt for a pause of `--delay` behind each, has a limit of one request at
a time and of one each `--wait` + `--delay` seconds, and answers one address in 97 with 503 and `Retry-After: 1`. The fast one answers at
once. Both stand in one unit of one worker. Must hold: the fast one is done as soon as when it is fetched alone, and the slow one never saw
more than its limit.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from jobs.loopback import Loopback, Piece, Request, loopback, reply
from pipeline.fetch.addresses import in_order, write_addresses
from pipeline.fetch.client import Client
from pipeline.fetch.exchange import Settings
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.lists import Row
from pipeline.fetch.unit import fetch_unit
from pipeline.fetch.visit import Conduct
from transforms.fetch.address import Rules, networks

AGENT = "triptych-two-hosts/1.0 (+https://example.org/bot)"
FAST, SLOW = "fast.test", "slow.test"
SLACK = 0.002  # seconds between the client's clock and the server's
HELD_BACK = 0.25  # of the time that the fast host takes alone, with a quarter of a second for a busy machine


@dataclass(frozen=True)
class TwoHosts:
    """How they answer."""

    wait: float
    delay: float

    def __call__(self, request: Request) -> Iterator[Piece]:
        """The slow host waits; the fast one does not."""
        if request.host == SLOW:
            yield self.wait
            if request.path == "/robots.txt":
                yield from reply(f"User-agent: *\nCrawl-delay: {self.delay}\n".encode(), "text/plain")
                return
            if is_refused(request.path):
                yield from reply(b"", "text/plain", 503, {"Retry-After": "1"})
                return
        yield from reply(b"<p>" + request.path.encode() * 100)


def is_refused(path: str) -> bool:
    """Whether the slow host asks for patience."""
    return path.startswith("/p") and int(path[2:]) % 97 == 50


@dataclass(frozen=True)
class Seen:
    """What a crawl came to: when the fast host was done (seconds from the start), when all was, how many were kept, and of the slow host
    the most requests at once, the least seconds between two beginnings, and the least behind a refusal."""

    fast: float
    whole: float
    kept: int
    at_once: int
    apart: float
    behind_refusals: float


def fetched(hosts: list[str], addresses: int, web: Loopback, folder: Path) -> Seen:
    """So many addresses of each host, fetched as one unit."""
    crawl = CrawlFolder(str(folder))
    urls = [f"http://{host}/p{number}" for number in range(addresses) for host in hosts]
    rows = [(url.split("/")[2], Row(0, place, url)) for place, url in enumerate(urls)]
    write_addresses(crawl.round(1).addresses(0), in_order(rows, 0))
    web.spans.clear()
    rules = Rules(networks(["127.0.0.1"]))
    settings = Settings(AGENT, rules, {"*": f"127.0.0.1:{web.port}"})
    begun = time.monotonic()
    account = fetch_unit(crawl, 1, 0, Conduct(AGENT, 0.0, rules=rules), Client(settings))["account"]
    whole = time.monotonic() - begun
    fast = max(span.ended for span in web.spans if span.host == FAST) - begun
    slow = sorted((span for span in web.spans if span.host == SLOW), key=lambda span: span.begun)
    apart = min((after.begun - span.begun for span, after in pairwise(slow)), default=0.0)
    behind = min((after.begun - span.ended for span, after in pairwise(slow) if is_refused(span.path)), default=0.0)
    return Seen(fast, whole, account["kept"], web.most[SLOW], apart, behind)


def measured(addresses: int, wait: float, delay: float) -> tuple[Seen, Seen]:
    """The fast host alone, and both."""
    folder = Path(tempfile.mkdtemp(prefix="triptych-two-hosts-"))
    try:
        with loopback(TwoHosts(wait, delay)) as web:
            alone = fetched([FAST], addresses, web, folder / "alone")
            return alone, fetched([FAST, SLOW], addresses, web, folder / "both")
    finally:
        shutil.rmtree(folder)


def faults_of(alone: Seen, both: Seen, wait: float, delay: float) -> list[str]:
    """What does not hold of the slow host's limit, and of the fast one."""
    found = []
    if both.at_once > 1:
        found.append(f"the slow host had {both.at_once} requests at once")
    if both.apart < wait + delay - SLACK:
        found.append(f"the slow host was asked twice within {both.apart:.3f} s")
    if 0 < both.behind_refusals < 1 - SLACK:
        found.append(f"the slow host asked for 1 s of patience and got {both.behind_refusals:.3f}")
    if both.fast > alone.fast * (1 + HELD_BACK) + HELD_BACK:
        found.append(f"the fast host took {both.fast:.2f} s, alone {alone.fast:.2f}")
    return found


def main() -> None:
    """Print what was seen; ends with status 1 where something does not hold in any round."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--addresses", type=int, default=1000)
    parser.add_argument("--wait", type=float, default=0.05)
    parser.add_argument("--delay", type=float, default=0.05)
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    held = []
    for _ in range(args.rounds):
        alone, both = measured(args.addresses, args.wait, args.delay)
        faults = faults_of(alone, both, args.wait, args.delay)
        held.append(not faults)
        print(
            f"the fast host alone: {args.addresses:,} addresses in {alone.fast:.2f} s; beside the slow one: {both.fast:.2f} s"
        )
        print(
            f"the slow host: {both.whole:.1f} s, at once {both.at_once}, least between two beginnings {both.apart * 1000:.0f} ms, "
            f"least behind Retry-After: 1 {both.behind_refusals:.2f} s; kept of both {both.kept:,}"
        )
        print("\n".join(faults) or "all holds", flush=True)
    raise SystemExit(not all(held))


if __name__ == "__main__":
    main()
