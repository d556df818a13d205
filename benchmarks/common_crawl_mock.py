"""Whether a server with Common Crawl's limits has to refuse us: `python -m benchmarks.common_crawl_mock [--requests N] [--json]`.

The server is on loopback and gives ranges of a file. It answers 403 to every request of a connection beyond the second that is open, and
503 to a twentieth of all others. It is asked by `pipeline.fetch.ranges.WebRanges`, with real requests and the product's own rules, whose
times alone are cut (`--speed`): a minute takes 60 ms, so that a hundred thousand requests do not take days. As a check of the server, a
client that keeps eight requests under way asks it first.
"""

import argparse
import json
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pipeline.fetch.client import Client
from pipeline.fetch.exchange import Answer, Ask, Limits
from pipeline.fetch.ranges import Got, Wanted, WebRanges
from tests.support.range_server import RangeServer, Seen, serving
from transforms.fetch.turns import RANGES, Terms

RECORD = 2000  # bytes of a range
DATA = bytes(RECORD * 500)
URL = "http://cc.test/a.warc.gz"


def server() -> RangeServer:
    """The server, not yet up."""
    return RangeServer({"a.warc.gz": DATA}, connections=2, busy=50)


def terms(speed: float) -> Terms:
    """The product's rules with all times cut."""
    names = ("pause", "least", "most", "longest", "window", "stop")
    return replace(RANGES, **{name: getattr(RANGES, name) / speed for name in names})


def wanted(count: int) -> Iterator[Wanted]:
    """Ranges, one record each, over and over."""
    for number in range(count):
        start = number % 500 * RECORD
        yield Wanted(URL, start, start + RECORD, number)


def polite(count: int, speed: float) -> dict[str, Any]:
    """What the server saw of so many records that were asked for by turns."""
    ended: Counter[str] = Counter()

    def tell(got: Got) -> None:
        ended["brought" if got.data == DATA[got.wanted.start : got.wanted.stop] else str(got.fault)] += 1

    with serving(server()) as up:
        begun = time.monotonic()
        ranges = WebRanges(up.settings(), terms(speed), "benchmark")
        ranges.run(wanted(count), tell)
        seconds = time.monotonic() - begun
    statuses = Counter(one.status for one in up.seen)
    return {
        "records": count,
        "ended": dict(ended),
        "requests": len(up.seen),
        "403": statuses[403],
        "503": statuses[503],
        "most_connections": up.most_open,
        "worst_minute": worst(up.seen, RANGES.window / speed),
        "seconds": round(seconds, 1),
    }


def worst(seen: Sequence[Seen], window: float) -> list[int]:
    """Of the window whose share of refused requests exceeds the rule most: how many were refused, of how many."""
    inside: deque[Seen] = deque()
    refused = 0
    found, excess = [0, 0], float("-inf")
    for one in seen:
        inside.append(one)
        refused += one.status != 206
        while inside[0].at <= one.at - window:
            refused -= inside.popleft().status != 206
        beyond = refused - max(1, len(inside) / RANGES.share)
        if beyond > excess:
            found, excess = [refused, len(inside)], beyond
    return found


def hasty(count: int, at_once: int = 8) -> dict[str, Any]:
    """What the server says to a client that keeps so many requests under way."""
    told: Counter[int] = Counter()

    def tell(answer: Answer) -> None:
        told[answer.hops[-1].status if answer.hops else 0] += 1

    with serving(server()) as up:
        settings = replace(up.settings(), in_flight=at_once)
        asks = (
            Ask(one.path, one.key, Limits(redirects=0), (("Range", f"bytes={one.start}-{one.stop - 1}"),))
            for one in wanted(count)
        )
        Client(settings).run(asks, tell)
    return {"requests": len(up.seen), "403": told[403], "503": told[503], "most_connections": up.most_open}


def main() -> None:
    """Prints what both saw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--speed", type=float, default=1000.0, help="how many times shorter all times of the rules are")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    result = {"eight at once": hasty(2000), "by turns": polite(chosen.requests, chosen.speed)}
    if chosen.json:
        print(json.dumps(result))
        return
    for name, row in result.items():
        print(name)
        for key, value in row.items():
            print(f"  {key:<17} {value}")


if __name__ == "__main__":
    main()
