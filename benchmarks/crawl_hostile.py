"""Hostile servers: `python -m benchmarks.crawl_hostile [--total 3]`.

Each kind of hostile answer is fetched by a process of its own: four at once by the client alone, then one by a unit of a crawl, as a page,
both with a limit of `--total` seconds and bodies of 4 MB at most; then all together as robots.txt, with the limits that a crawl has for
it; then large bodies as a page, with the limits that a crawl has for pages (20 MB). Printed are what became of it, the seconds from its
request to its end, and by how much the process's peak grew (VmHWM). Must hold: each has ended a second after its limit at the latest, and
took at most 32 MB.
"""

import argparse
import multiprocessing
import re
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from jobs.loopback import Loopback, Piece, Request, loopback, reply
from pipeline.fetch.addresses import in_order, write_addresses
from pipeline.fetch.client import Client
from pipeline.fetch.exchange import Answer, Ask, Limits, Settings
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.lists import Row
from pipeline.fetch.segment import committed_rows
from pipeline.fetch.unit import fetch_unit
from pipeline.fetch.visit import Conduct
from tests.support.hostile import OK, SCRIPTS, once, whole
from transforms.consent.policies import kind_of
from transforms.fetch.address import Rules, networks

AGENT = "triptych-hostile/1.0 (+https://example.org/bot)"
AT_ONCE = 4
SLACK_SECONDS, MOST_MB = 1.0, 32
MANY = 65_536


@cache
def bomb() -> bytes:
    """300 MB of zeros in 0.3 MB."""
    return zlib.compress(bytes(300 << 20), 9, 31)


KINDS: dict[str, Callable[[str], Iterable[Piece]]] = {
    "slow drip": SCRIPTS["/drip"],
    "header drip": SCRIPTS["/drip-head"],
    "silence": SCRIPTS["/silence"],
    "endless body": SCRIPTS["/endless"],
    "endless chunks": SCRIPTS["/endless-chunked"],
    "endless head": SCRIPTS["/endless-head"],
    "endless line": SCRIPTS["/endless-line"],
    "endless 1xx, slow": SCRIPTS["/endless-1xx"],
    "endless 1xx, fast": SCRIPTS["/fast-1xx"],
    "gzip bomb": lambda _: once(whole(bomb(), OK + b"Content-Encoding: gzip\r\n")),
    "redirect loop": SCRIPTS["/loop"],
    "redirect ring": SCRIPTS["/ring"],
}
NAMES = {name: re.sub(r"\W+", "-", name) for name in KINDS}
BY_NAME = {label: name for name, label in NAMES.items()}


def answers(request: Request) -> Iterable[Piece]:
    """The kind that the host names, as robots.txt or as everything else."""
    what, _, label = request.host.removesuffix(".test").partition(".")
    kind = kind_of(f"http://{request.host}{request.path}")
    if kind if what == "page" else kind != "robots.txt":
        return reply(b"none", "text/plain", 404)
    return KINDS[BY_NAME[label]](request.path.partition("?")[2])


class Seen(NamedTuple):
    """What became of one kind: outcome, seconds, and MB."""

    name: str
    outcome: str
    seconds: float
    mb: int


def peak() -> int:
    """The peak of this process's memory in MB."""
    return int(_status("VmHWM")) >> 10


def _status(name: str) -> str:
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found
    return found[1]


def forget_peak() -> int:
    """Begin anew to measure it: what it is now."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak()


def settings(port: int) -> Settings:
    """A client that finds every name on loopback, but for one."""
    rules = Rules(networks(["127.0.0.1"]))
    return Settings(AGENT, rules, {} if not port else {"*": f"127.0.0.1:{port}"})


def by_client(pipe: Connection, name: str, port: int, total: float) -> None:
    """One kind, eight at once, by the client."""
    limits, ended = short(total), list[tuple[str, float]]()
    begun = time.monotonic()

    def tell(answer: Answer) -> None:
        outcome = answer.fault or f"kept{', cut' if answer.hops[-1].truncated else ''}"
        ended.append((outcome, time.monotonic() - begun))

    if name == "65,536 addresses":
        client = Client(settings(0), look_up=lambda name: [f"127.{n >> 8 & 255}.{n & 255}.1" for n in range(MANY)])
        asks = [Ask(f"http://many{n}.test/", n, limits) for n in range(AT_ONCE)]
    else:
        client = Client(settings(port))
        Client(settings(port)).run(iter([Ask("http://page.slow-drip.test/robots.txt", 0, limits)]), lambda answer: None)
        asks = [Ask(f"http://page.{NAMES[name]}.test/{n}", n, limits) for n in range(AT_ONCE)]
    before = forget_peak()
    begun = time.monotonic()
    client.run(iter(asks), tell)
    outcome, seconds = max(ended, key=lambda one: one[1])
    pipe.send(Seen(name, outcome, seconds, peak() - before))


def short(total: float) -> Limits:
    """Limits of so many seconds, and bodies of 4 MB."""
    return Limits(total=total, first_byte=total, idle=total, body=4 << 20)


def by_crawl(pipe: Connection, what: str, names: list[str], port: int, limits: Limits) -> None:
    """Some kinds at once by a unit of a crawl, as pages or as robots.txt."""
    rules = Rules(networks(["127.0.0.1"]))
    hosts = [f"{what}.{NAMES[name]}.test" for name in names]
    with tempfile.TemporaryDirectory() as folder:
        crawl = CrawlFolder(folder)
        rows = [(host, Row(0, place, f"http://{host}/x")) for place, host in enumerate(hosts)]
        write_addresses(crawl.round(1).addresses(0), in_order(rows, 0))
        before = forget_peak()
        fetch_unit(crawl, 1, 0, Conduct(AGENT, 0.0, limits, rules), Client(settings(port)))
        grown = peak() - before
        found = {row["url"].split(".")[1]: row for row in committed_rows(crawl, 0, ("url", "outcome", "reason"))}
    pipe.send([(BY_NAME[label], row["reason"] or row["outcome"], grown) for label, row in found.items()])


def in_a_child(act: Callable[..., None], *arguments: Any) -> Any:
    """What a process of its own sends."""
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=act, args=(there, *arguments))
    child.start()
    found = here.recv()
    child.join()
    return found


def crawled(what: str, names: list[str], web: Loopback, limits: Limits) -> list[Seen]:
    """What became of some kinds in a crawl, their seconds by the server."""
    web.spans.clear()
    seen = []
    for name, outcome, grown in in_a_child(by_crawl, what, names, web.port, limits):
        spans = [span for span in web.spans if span.host == f"{what}.{NAMES[name]}.test"]
        seen.append(Seen(name, outcome, max(span.ended for span in spans) - min(span.begun for span in spans), grown))
    return seen


def table(title: str, limit: float, seen: list[Seen]) -> bool:
    """Print what was seen; whether all holds."""
    print(f"{title}, limit {limit:g} s")
    for one in seen:
        late = "" if one.seconds <= limit + SLACK_SECONDS else "  TOO LATE"
        large = "" if one.mb <= MOST_MB else "  TOO LARGE"
        print(f"  {one.name:18} {one.outcome:20} {one.seconds:6.2f} s {one.mb:4} MB{late}{large}", flush=True)
    return all(one.seconds <= limit + SLACK_SECONDS and one.mb <= MOST_MB for one in seen)


def main() -> None:
    """Print the tables; ends with status 1 where something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--total", type=float, default=3.0, help="seconds (default: %(default)s)")
    args = parser.parse_args()
    bomb()
    with loopback(answers) as web:
        alone = [in_a_child(by_client, name, web.port, args.total) for name in (*KINDS, "65,536 addresses")]
        pages = [one for name in KINDS for one in crawled("page", [name], web, short(args.total))]
        large = ["endless body", "endless chunks", "gzip bomb"]
        defaults = [one for name in large for one in crawled("page", [name], web, Limits())]
        held = [
            table(f"by the client, {AT_ONCE} at once", args.total, alone),
            table("as a page of a crawl", args.total, pages),
            table("as robots.txt, all together", Limits().total, crawled("robots", list(KINDS), web, Limits())),
            table("as a page, with the limits of a crawl", Limits().total, defaults),
        ]
    raise SystemExit(not all(held))


if __name__ == "__main__":
    main()
