"""One snapshot of Common Crawl, reckoned from rates that this machine measures: the tables of docs/scale.md.

    python -m benchmarks.snapshot --archives 'DIR/*.warc.gz' [--recipe kosmos1] [--corpora text] [--sample 5] [--save rates.json]
    python -m benchmarks.snapshot --rates rates.json [--hours 24] [--price 0.04 0.06]

The archives at hand are taken for a sample of the snapshot, once by bytes (as many times them as hold its gigabytes) and once by pages (as
hold its pages), since its pages are neither as large nor as many to the gigabyte as theirs; the interval of a figure reaches over both. The
sample is run by `pipeline.sample`, as `triptych plan --sample` does it. By what an engine takes more core time than one worker is stated in
ENGINES and not measured here, and the price of a core-hour is an assumption.
"""

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from jobs.outlook import figures_of
from jobs.recipe_files import read
from jobs.terminal import size
from pipeline.corpora import load_recipe
from pipeline.crawl_cost import costs
from pipeline.estimate import Figure, added
from pipeline.outlook import Outlook
from pipeline.plan import UNIT_BYTES, Request, plan
from pipeline.progress import Progress
from pipeline.sample import take

GIGABYTE = 1e9
Rates = dict[str, dict[str, Figure]]  # figures by name, of each way to scale


@dataclass(frozen=True)
class Snapshot:
    """How large a crawl is."""

    archives: int = 90_000
    bytes: float = 90_000 * GIGABYTE
    pages: float = 3e9


@dataclass(frozen=True)
class Engine:
    """Where a run runs: its cores (0: as many as the hours ask for), cores of a machine, and by what it takes more core time than a
    sample with one worker does, at least and at most."""

    name: str
    cores: int
    machine: int
    least: float
    most: float


ENGINES = (
    Engine("local, one machine", 64, 64, 1.0, 1.2),
    Engine("Spark", 0, 16, 1.0, 1.5),
    Engine("Dataflow", 0, 16, 1.0, 1.5),
)
ROWS = (
    ("units", "units"),
    ("batches", "batches"),
    ("partitions", "partitions"),
    ("messages of an exchange", "messages"),
    ("text rows", "text/rows"),
    ("text shards", "text/shards"),
    ("written", "written/bytes"),
    ("staging", "staging/bytes"),
    ("core-hours, extract", "core_hours/extract"),
    ("core-hours, decide", "core_hours/decide"),
    ("core-hours, emit", "core_hours/emit"),
    ("core-hours", "core_hours"),
    ("shuffled, extract", "shuffle/extract"),
    ("shuffled, decide", "shuffle/decide"),
    ("shuffled, emit", "shuffle/emit"),
    ("requests, driver", "requests/driver"),
    ("requests, extract", "requests/extract"),
    ("requests, decide", "requests/decide"),
    ("requests, emit", "requests/emit"),
    ("memory of a worker", "memory/worker"),
    ("memory that joins near pages", "near/pages/worker_bytes"),
    ("memory of the driver", "memory/driver"),
)
OF_BYTES = ("written", "staging", "shuffle", "memory", "near")


def measure(request: Request, snapshot: Snapshot, wanted: int) -> Rates:
    """Run the sample, and scale it in both ways. Raises what a run raises."""
    planned = plan(request)
    growth = snapshot.bytes / planned.bytes
    sample = take(request, planned, wanted, quiet, growth)
    more = snapshot.pages / sample.outlook(growth).amounts["pages"].value
    found = {}
    for way, times in (("by bytes", growth), ("by pages", growth * more)):
        outlook = sample.outlook(times)
        found[way] = figures_of(replace(outlook, asked=asked(outlook, snapshot)), request)
    return found


def quiet(progress: Progress) -> None:
    """Hears nothing."""


def asked(outlook: Outlook, snapshot: Snapshot) -> dict[str, Figure]:
    """What is asked of an engine and a store, where archives and units are the snapshot's and not as large as those at hand."""
    units = snapshot.archives * math.ceil(snapshot.bytes / snapshot.archives / UNIT_BYTES)
    run = replace(outlook.size, archives=snapshot.archives, bytes=round(snapshot.bytes), units=units)
    grouped = {
        "extract": outlook.amounts["grouped/extract"].times(units / outlook.size.units),
        "decide": outlook.amounts["grouped/decide"],
    }
    return costs(run, outlook.amounts, grouped, added(list(outlook.shards.values())))


def both(rates: Rates, name: str) -> Figure:
    """A figure over all ways to scale: the middle of their values by ratio, and an interval that holds theirs."""
    found = [figures[name] for figures in rates.values() if name in figures]
    value = math.prod(figure.value for figure in found) ** (1 / len(found))
    lows = [figure.low for figure in found if figure.low is not None]
    highs = [figure.high for figure in found if figure.high is not None]
    return Figure(value, min(lows, default=None), max(highs, default=None))


def shown(name: str, value: float | None) -> str:
    """A figure in the unit that its name asks for.

    >>> shown("staging/bytes", 2.5e13), shown("units", 1350000.0), shown("pages", None)
    ('25.0 TB', '1,350,000', '')
    """
    if value is None:
        return ""
    return size(value) if name.startswith(OF_BYTES) else f"{value:,.0f}"


def amounts(rates: Rates) -> list[str]:
    """The table of what the snapshot takes: by each way to scale, and from where to where."""
    lines = [f"| | {' | '.join(rates)} | from | to |", "| --- |" + " ---: |" * (len(rates) + 2)]
    for label, name in ROWS:
        if all(name in figures for figures in rates.values()):
            together = both(rates, name)
            cells = [shown(name, figures[name].value) for figures in rates.values()]
            cells += [shown(name, together.low), shown(name, together.high)]
            lines.append(f"| {label} | {' | '.join(cells)} |")
    return lines


def machines(rates: Rates, hours: float, prices: Sequence[float]) -> list[str]:
    """The table of engines: core-hours, machines or hours, and dollars, each from the least to the most."""
    lines = ["| engine | core-hours | machines | hours | $ |", "| --- | ---: | ---: | ---: | ---: |"]
    spent = both(rates, "core_hours")
    low, high = spent.low or spent.value, spent.high or spent.value
    for engine in ENGINES:
        least, most = low * engine.least, high * engine.most
        if engine.cores:
            count, took = "1", f"{least / engine.cores:,.0f} to {most / engine.cores:,.0f}"
        else:
            ends = (math.ceil(end / hours / engine.machine) for end in (least, most))
            count, took = " to ".join(f"{end:,} of {engine.machine} cores" for end in ends), f"{hours:g}"
        money = f"{least * min(prices):,.0f} to {most * max(prices):,.0f}"
        lines.append(f"| {engine.name} | {least:,.0f} to {most:,.0f} | {count} | {took} | {money} |")
    return lines


def plain(rates: Rates) -> dict[str, Any]:
    """Rates as JSON knows them."""
    return {way: {name: asdict(figure) for name, figure in figures.items()} for way, figures in rates.items()}


def from_plain(found: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Rates:
    """The inverse of `plain`."""
    return {way: {name: Figure(**figure) for name, figure in figures.items()} for way, figures in found.items()}


def main() -> None:
    """Measure, or read what was measured, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archives", nargs="+", help="archives that stand for the snapshot's")
    parser.add_argument("--recipe", default="kosmos1")
    parser.add_argument("--corpora", default="text", help="default: text, since the snapshot's archives hold no images")
    parser.add_argument("--sample", type=int, default=5, help="so many times 200 pages (default: %(default)s)")
    parser.add_argument("--rates", type=Path, help="what was measured and saved before, in place of --archives")
    parser.add_argument("--save", type=Path, help="where to keep what is measured")
    parser.add_argument("--hours", type=float, default=24.0, help="in which a cluster is to end (default: 24)")
    parser.add_argument(
        "--price", type=float, nargs="+", default=[0.04, 0.06], help="$ a core-hour (default: 0.04 0.06)"
    )
    args = parser.parse_args()
    if args.rates:
        rates = from_plain(json.loads(args.rates.read_text()))
    elif args.archives:
        recipe = load_recipe(read(args.recipe)[0], [f"corpora={json.dumps(args.corpora.split(','))}"])
        rates = measure(Request(tuple(args.archives), "snapshot", recipe), Snapshot(), args.sample)
    else:
        parser.error("give --archives to measure, or --rates that were measured")
    if args.save:
        args.save.write_text(json.dumps(plain(rates), indent=1))
    print("\n".join([*amounts(rates), "", *machines(rates, args.hours, args.price)]))


if __name__ == "__main__":
    main()
