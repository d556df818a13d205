"""What a request costs in CPU, with every check: `python -m benchmarks.fetch_cost [--requests N] [--rounds N] [--json]`.

A server in a process of its own answers on loopback; its time does not count. 500 names lead to 127.0.0.2 by `Settings.resolve`, 64
requests are under way at once, and each name's connection is kept. Counted is the CPU time of this process, its threads included, for

    client    URL rules, look-up, judging of every address, libcurl under its limits, redirects
    digest    that, and SHA-256 of the body: all checks, for which the aims are
    crawl     a unit of a crawl from its file of addresses to its segments: that, robots.txt of each host, queues (without a pause), the
              body compared with its declared type, records of request, response and metadata, their index and rows, all on disk
    hashing   SHA-256 of as many bytes and nothing else: the floor of the second line beside the first

With them the requests a second of wall time, of which the server shares the machine, and the most memory that was held.
"""

import argparse
import hashlib
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.web import ROBOTS, free_port, served
from pipeline.fetch.addresses import Address, write_addresses
from pipeline.fetch.client import Client
from pipeline.fetch.exchange import Answer, Ask, Limits, Settings
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.unit import fetch_unit
from pipeline.fetch.visit import Conduct
from transforms.fetch.address import Rules, networks

AGENT = "fetch-cost/1 (+https://example.org/bot)"
HOST = "127.0.0.2"
NAMES = 500
AIMS = {10_000: 150, 100_000: 250}  # microseconds a request


class Cost(NamedTuple):
    """What so many requests took: microseconds of CPU each, and how many of them a second of wall time."""

    us: float
    a_second: float


def address(size: int, number: int, port: int) -> str:
    """An address that is answered by so many bytes."""
    return f"http://host{number % NAMES}.example:{port}/{number}/{size}.jpg"


def settings(port: int) -> Settings:
    """All names lead to the server."""
    return Settings(AGENT, Rules(networks([HOST]), ports=frozenset({port})), {"*": HOST})


def timed(act: Callable[[], int], requests: int) -> Cost:
    """The cost of an act that returns how many requests went well. Raises RuntimeError where they are fewer than were made."""
    begun, wall = time.process_time(), time.monotonic()
    done = act()
    spent, lasted = time.process_time() - begun, time.monotonic() - wall
    if done != requests:
        raise RuntimeError(f"{done} of {requests} requests went well")
    return Cost(spent / requests * 1e6, requests / lasted)


def client(size: int, requests: int, port: int, look: Callable[[bytes], object]) -> Cost:
    """The client alone; `look` is called with each body."""
    told = 0

    def tell(answer: Answer) -> None:
        nonlocal told
        body = answer.hops[-1].body
        look(body)
        told += not answer.fault and len(body) == size

    def act() -> int:
        Client(settings(port)).run(asks(), tell)
        return told

    def asks() -> Iterator[Ask]:
        limits = Limits()
        return (Ask(address(size, number, port), number, limits) for number in range(requests))

    return timed(act, requests)


def digest(body: bytes) -> bytes:
    """The digest that a crawl makes of a body."""
    return hashlib.sha256(body).digest()


def crawl(size: int, requests: int, port: int) -> Cost:
    """A unit of a crawl."""
    how = settings(port)
    wanted = [
        Address(f"0-{number}", address(size, number, port), f"host{number % NAMES}.example", "", -1, "")
        for number in range(requests)
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = CrawlFolder(name)
        write_addresses(folder.round(1).addresses(0), wanted)
        conduct = Conduct(AGENT, pause=0.0, rules=how.rules)

        def act() -> int:
            return int(fetch_unit(folder, 1, 0, conduct, Client(how))["account"]["kept"])

        return timed(act, requests)


def hashing(size: int, requests: int) -> Cost:
    """The digest alone."""
    body = bytes(size)

    def act() -> int:
        for _ in range(requests):
            digest(body)
        return requests

    return timed(act, requests)


def main() -> None:
    """Prints a line for each size and way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3, help="of which the least counts")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    requests = chosen.requests
    # A picture's first bytes, since a crawl looks at them.
    files = {"robots.txt": ROBOTS} | {f"{size}.jpg": b"\xff\xd8\xff".ljust(size, b"\0") for size in AIMS}
    port = free_port(HOST)
    rows = []
    with served(files, HOST, port):
        for size, aim in AIMS.items():
            ways: dict[str, Callable[[], Cost]] = {
                "client": lambda size=size: client(size, requests, port, len),  # type: ignore[misc]
                "digest": lambda size=size: client(size, requests, port, digest),  # type: ignore[misc]
                "crawl": lambda size=size: crawl(size, requests, port),  # type: ignore[misc]
                "hashing": lambda size=size: hashing(size, requests),  # type: ignore[misc]
            }
            rounds = [{name: act() for name, act in ways.items()} for _ in range(chosen.rounds)]
            for name in ways:
                costs = [one[name] for one in rounds]
                least, most = min(cost.us for cost in costs), max(cost.a_second for cost in costs)
                row = {"bytes": size, "way": name, "us": round(least, 1), "a_second": round(most)}
                rows.append(row | ({"aim_us": aim, "met": least <= aim} if name == "digest" else {}))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    if chosen.json:
        print(json.dumps({"rows": rows, "peak_mb": peak}))
        return
    for row in rows:
        meant = f", where at most {row['aim_us']} is meant" if "aim_us" in row else ""
        print(f"{row['bytes']:>8} bytes, {row['way']:8} {row['us']:>6} us of CPU, {row['a_second']:>6} a second{meant}")
    print(f"largest memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
