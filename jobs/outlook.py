"""The estimate of `triptych plan --sample`: what a run, or one over a crawl that the inputs are a sample of, makes, takes and asks for."""

import argparse
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from jobs import terminal
from jobs.terminal import count, duration, number, size, table, wrapped
from jobs.watched import telling
from pipeline.engines.settings import STAGES

if TYPE_CHECKING:
    from pipeline.estimate import Figure
    from pipeline.outlook import Outlook
    from pipeline.plan import Plan, Request

LEFT_OUT = (
    "duplicates that a sample cannot show: where few were seen in it, many may stand in the whole, which the lower ends allow for",
    "lines and paragraphs that repeat over a site, of which a sample shows fewer",
    "other machines: the times are this machine's with one worker, shared out as if each worker had a core",
    "the time and price of network, storage and data transfer, and what an engine itself takes (docs/scale.md)",
)
NEAR = ("rows", "bytes", "worker_bytes")  # of what near duplicates exchange and hold
ITEMS = {"pages": "pages", "pictures": "images"}  # the figures of a sample by which they go
FETCHED = "images that would be fetched: the estimate is of what the archives hold"
PARTLY = "what lies between the ranges that were looked through: an image far from its page is found there, or its page has none"
LARGER = "archives that differ from the inputs more than these differ among themselves"


def sampled(request: "Request", found: "Plan", args: argparse.Namespace) -> dict[str, Any]:
    """Run the sample, and what it says as a JSON value."""
    outlook = run_sample(request, found, args.sample, args.archives_in_all, args.quiet)
    return expected(outlook, found, request, args.price_per_core_hour, args.hours)


def run_sample(request: "Request", found: "Plan", wanted: int, archives: int | None, quiet: bool) -> "Outlook":
    """Run the sample, saying on stderr, unless `quiet`, how large it is and how far."""
    from pipeline.sample import DRAWN, estimate
    from pipeline.sample_scan import SCAN_BYTES

    if not quiet:
        terminal.say(
            f"looking through {size(min(found.bytes, SCAN_BYTES))} of {size(found.bytes)}, then running up to "
            f"{number(wanted * DRAWN)} pages and as many images, with one worker, in a temporary folder"
        )
    with telling(quiet) as tell:
        return estimate(request, found, wanted, tell, archives)


def expected(
    outlook: "Outlook", found: "Plan", request: "Request", core_hour: float | None, hours: float | None
) -> dict[str, Any]:
    """The estimate as a JSON value: each figure with its value and the ends of its interval, null where it has none."""
    from pipeline.estimate import LEVEL

    figures = figures_of(outlook, request)
    if hours is not None:
        figures["cores"] = figures["core_hours"].through(lambda spent: float(math.ceil(spent / hours)))
    if core_hour is not None:
        figures["cost"] = figures["core_hours"].times(core_hour)
    has_interval = all(figure.low is not None for figure in figures.values())
    return {
        "pages": outlook.seen.pages,
        "images": outlook.seen.images,
        "bytes": outlook.seen.bytes,
        "of_bytes": outlook.size.bytes,
        "of_archives": outlook.size.archives,
        "complete": outlook.seen.complete,
        "level": LEVEL if has_interval else None,
        "workers": request.engine.workers,
        "hours": hours,
        "price_per_core_hour": core_hour,
        "figures": {name: asdict(figure) for name, figure in figures.items()},
        "left_out": [
            *LEFT_OUT,
            *([PARTLY] if outlook.seen.bytes < outlook.size.bytes else []),
            *([LARGER] if outlook.size.archives > len(found.archives) else []),
            *([] if request.images == "archive" else [FETCHED]),
        ],
    }


def figures_of(outlook: "Outlook", request: "Request") -> dict[str, "Figure"]:
    """All figures by their names."""
    from pipeline.estimate import added
    from pipeline.near_cost import near_cost

    amounts, near = outlook.amounts, near_cost(request.recipe)
    written = [figure for name, figure in amounts.items() if name.endswith("/bytes")]
    inner = ("wall/", "staging/", "grouped/")
    return {
        **{name: figure for name, figure in amounts.items() if not name.startswith(inner)},
        **{f"{corpus}/shards": figure for corpus, figure in outlook.shards.items()},
        "staging/bytes": added([amounts["staging/units"], amounts["staging/decide"]]),
        "written/bytes": added(written),
        **{f"near/{of}/{what}": amounts[ITEMS[of]].times(near[of][what]) for of in near for what in NEAR},
        **outlook.asked,
        **{f"core_hours/{step}": amounts[f"cpu/{step}"].times(1 / 3600) for step in STAGES},
        "core_hours": amounts["cpu"].times(1 / 3600),
        "wall": outlook.wall,
    }


def estimate_lines(facts: dict[str, Any]) -> list[str]:
    """The estimate as a table, and what it leaves out."""
    sample = facts["sample"]
    seen = f"by {count(sample['pages'], 'page')} and {count(sample['images'], 'image')}"
    seen += ", which is all there is" if sample["complete"] else ""
    certain = f"with {sample['level'] * 100:.0f} % intervals" if sample["level"] else "without intervals, for so few"
    head = ("", "estimate", "from", "to") if sample["level"] else ("", "estimate")
    shown, detail = ([shown_row(sample, *row) for row in rows] for rows in (rows_shown(facts), rows_in_detail(facts)))
    told = table([head, *shown, ("",) * len(head), *detail])
    return [
        f"expect, {certain}, {seen}",
        f"({size(sample['bytes'])} of {size(sample['of_bytes'])} looked through):",
        *(f"  {line}".rstrip() for line in told),
        "not in it:",
        *(line for left_out in sample["left_out"] for line in wrapped(left_out, further=4)),
    ]


def shown_row(sample: dict[str, Any], label: str, name: str, shown: Any) -> tuple[str, ...]:
    """A row of the table: a figure, and the ends of its interval where it has one."""
    ends = ("value", "low", "high") if sample["level"] else ("value",)
    return (label, *(shown(sample["figures"][name][end]) for end in ends))


def rows_shown(facts: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """The rows of the table: label, name of the figure, and how it is printed. They say what is made, and how long it takes."""
    sample = facts["sample"]
    rows: list[tuple[str, str, Any]] = [(name, name, whole) for name in ("captures", "pages", "images")]
    rows += [(f"{corpus} rows", f"{corpus}/rows", whole) for corpus in (*facts["corpora"], "dropped", "failed")]
    rows += [("all files", "written/bytes", size), ("staging", "staging/bytes", size)]
    rows.append((f"wall time, {count(sample['workers'], 'worker')}", "wall", duration))
    rows.append(("core-hours", "core_hours", terminal.decimal))
    if "cores" in sample["figures"]:
        rows.append((f"cores for {sample['hours']:g} h", "cores", whole))
    if "cost" in sample["figures"]:
        rows.append((f"cost, {sample['price_per_core_hour']:g} a core-hour", "cost", terminal.decimal))
    return rows


def rows_in_detail(facts: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """The rows that say what a corpus consists of, and what each step takes."""
    rows: list[tuple[str, str, Any]] = []
    for corpus, formats in facts["corpora"].items():
        rows.append((f"{corpus} shards", f"{corpus}/shards", whole))
        rows += [(f"{corpus} {format_}", f"{corpus}/{format_}/bytes", size) for format_ in formats]
    rows += [(f"CPU time, {step}", f"cpu/{step}", cpu_time) for step in STAGES]
    rows += [("memory of a worker", "memory/worker", size), ("memory of the driver", "memory/driver", size)]
    rows += [(f"memory that joins near {of}", f"near/{of}/worker_bytes", size) for of in facts["near"]]
    rows += [(name, name, whole) for name in ("units", "batches", "partitions")]
    rows += [(f"shuffled on a cluster, {step}", f"shuffle/{step}", size) for step in STAGES]
    rows += [(f"requests to a store, {step}", f"requests/{step}", whole) for step in ("driver", *STAGES)]
    return rows


def whole(value: float) -> str:
    """A count.

    >>> whole(1234.6)
    '1,235'
    """
    return number(round(value))


def cpu_time(seconds: float) -> str:
    """CPU seconds in the unit a reader expects, hours at most.

    >>> cpu_time(95), cpu_time(7_200_000)
    ('1.6 min', '2,000 h')
    """
    spent = seconds / 3600
    return duration(seconds) if spent < 72 else f"{spent:,.0f} h"
