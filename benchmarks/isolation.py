"""What isolation costs: pages per second in process and in a child, wall clock and processor time.

Run from the repository root: ``python -m benchmarks.isolation [PAGES [PAGE_BYTES]]``. A page is a synthetic table of
that many bytes (default 38 kB, the size in docs/sources.md, "Isolation"), and its handler, the standard library's HTML
parser, takes about 5 ms. A page of 300 kB measures the transport of large items.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from typing import NamedTuple

from transforms.isolate import Isolator, Limits
from transforms.isolate_child import Handler


class Text(HTMLParser):
    """Gathers the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        """Take one run of text."""
        self.parts.append(data)


def parse(page: bytes) -> str:
    """Parse 20 kB of a page, whatever its size: the cost does not grow with that of the transport."""
    parser = Text()
    parser.feed(page[:20_000].decode())
    return "".join(parser.parts)


def make_parser(settings: None) -> Handler:
    """The handler that parses each page."""
    return lambda pages: map(parse, pages)


class Cost(NamedTuple):
    """Seconds per page: wall clock, and processor time of this process and its children."""

    wall: float
    processor: float


def cost(run: Callable[[list[bytes]], Iterable[object]], pages: list[bytes], close: Callable[[], None]) -> Cost:
    """Run all pages; `close` ends the children, so that their processor time counts."""
    wall, processor = time.perf_counter(), _processor()
    for _ in run(pages):
        pass
    wall = time.perf_counter() - wall
    close()
    return Cost(wall / len(pages), (_processor() - processor) / len(pages))


def _processor() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def isolated(pages: list[bytes], limits: Limits) -> Cost:
    """The cost in a child that has started before the clock; its start is taken off its processor time."""
    isolator = Isolator[bytes, str]("benchmarks.isolation:make_parser", None, limits)
    start = min(cost(isolator.run, pages[:1], isolator.close).processor for _ in range(3))
    list(isolator.run(pages[:1]))
    full = cost(isolator.run, pages, isolator.close)
    return Cost(full.wall, full.processor - start / len(pages))


def main(arguments: list[str]) -> None:
    """Print one line per way, the best of five, and the time of a start."""
    count, size = [*map(int, arguments), *(1000, 38_000)[len(arguments) :]]
    row = b"<tr><td class='a'>cell &amp; cell</td><td><a href='/x'>link</a> and more</td></tr>\n"
    pages = [(b"<table>" + row * (size // len(row) + 1))[:size]] * count
    ways: dict[str, Callable[[], Cost]] = {
        "in process": lambda: cost(lambda pages: map(parse, pages), pages, lambda: None),
        "isolated, batches": lambda: isolated(pages, Limits()),
        "isolated, one by one": lambda: isolated(pages, Limits(batch_items=1)),
    }
    # In turn, since other work on the machine slows all ways alike.
    rounds = [{way: measure() for way, measure in ways.items()} for _ in range(5)]
    for way in ways:
        costs = [costs[way] for costs in rounds]
        wall, processor = min(c.wall for c in costs), min(c.processor for c in costs)
        print(
            f"{way:22} {1 / wall:7.1f} pages/s {wall * 1e3:7.3f} ms wall {processor * 1e3:7.3f} ms processor per page"
        )
    isolator = Isolator[bytes, str]("benchmarks.isolation:make_parser")
    print(f"{'start and first page':22} {cost(isolator.run, pages[:1], isolator.close).wall * 1e3:7.1f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
