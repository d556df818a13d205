"""`triptych plan`: prints what `run` would do; with `--sample`, also an estimate of its output and cost."""

import argparse
import json
import math
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from jobs import engine, engine_log, progress_line, terminal
from jobs import request as asked
from jobs.terminal import count, duration, number, size, table
from schemas.outcomes import UserError
from schemas.recipe import KEEP_FIRST, SIGNALS
from schemas.recipe_toml import dump

if TYPE_CHECKING:
    from pipeline.estimate import Figure
    from pipeline.plan import Plan, Request
    from pipeline.sample import Outlook

SHOWN = 20  # archives named one by one
LEFT_OUT = (
    "duplicates that a sample cannot show: where few were seen in it, many may stand in the whole, which the lower ends allow for",
    "lines and paragraphs that repeat over a site, of which a sample shows fewer",
    "other machines: the times are this machine's with one worker, shared out as if each worker had a core",
    "network, storage and data transfer",
)
NEAR = ("rows", "bytes", "worker_bytes")  # of what near duplicates exchange and hold
ITEMS = {"pages": "pages", "pictures": "images"}  # the figures of a sample by which they go
FETCHED = "images that would be fetched: the estimate is of what the archives hold"
PARTLY = "what lies between the ranges that were looked through: an image far from its page is found there, or its page has none"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    asked.arguments(parser)
    parser.add_argument(
        "--sample",
        type=engine.positive,
        metavar="N",
        help="look through the inputs, run N times 200 of their pages and images in a temporary folder, and estimate output and cost",
    )
    parser.add_argument(
        "--price-per-core-hour", type=price, metavar="X", help="with --sample: what a core-hour costs, in any currency"
    )


def price(text: str) -> float:
    """A number of at least 0, or an error that says so."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number of at least 0, got {text!r}")
    return value


def act(args: argparse.Namespace) -> int:
    """Print the plan."""
    if args.price_per_core_hour is not None and args.sample is None:
        raise UserError("--price-per-core-hour needs --sample N: without a sample there are no core-hours to price")
    request = asked.request(args)
    with engine_log.kept_aside():
        from pipeline import storage
        from pipeline.inputs import said
        from pipeline.plan import plan

        storage.configure(request.storage)
        found = plan(request)
        facts = planned(request, found)
        if unread := said(found.not_taken):
            terminal.say(unread)
        if args.sample:
            outlook = sampled(request, found, args.sample, args.quiet)
            facts["sample"] = expected(outlook, found, request, args.price_per_core_hour)
    terminal.out(json.dumps(facts, indent=2) if args.json else "\n".join(lines(facts)))
    return 0


def planned(request: "Request", found: "Plan") -> dict[str, Any]:
    """What the run would read, by which steps and recipe, and where it would write, as a JSON value."""
    from pipeline.guard import expectations
    from pipeline.near_cost import near_cost

    recipe, there = request.recipe, folder_state(request, found)
    return {
        "output": request.output,
        **there,
        "archives": [{"source": archive.source, "bytes": archive.size} for archive in found.archives],
        "bytes": found.bytes,
        "not_taken": [asdict(each) for each in found.not_taken],
        "units": found.unit_count,
        "workers": request.engine.workers,
        "staging": request.staging_folder.path,
        "staged": staged(request, found) if there["state"] != "refused" else 0,
        "corpora": {corpus: list(recipe.parts[corpus].formats) for corpus in recipe.corpora},
        "opt_outs": {
            "heeded": list(recipe.heeded),
            "stored_alone": [signal for signal in SIGNALS if signal not in recipe.heeded],
        },
        "images": images(request, there["state"]),
        "tasks": tasks(request),
        "against": [earlier.manifest for earlier in request.against],
        "forget": dict(request.forget.entries),
        "guard": list(expectations(recipe)),
        "duplicates": {corpus: list(recipe.parts[corpus].duplicates) for corpus in recipe.corpora},
        "repeats": {corpus: said for corpus in recipe.corpora if (said := repeats_said(recipe.parts[corpus]))},
        "near": near_cost(recipe),
        "recipe": {"name": recipe.name, "digest": recipe.digest(), "toml": dump(recipe)},
    }


def images(request: "Request", state: str) -> dict[str, Any]:
    """Where images come from, and how many addresses would be asked for at most: None where that is not known yet."""
    from pipeline.fetched_images import wanted_count
    from pipeline.plan import ARCHIVE

    known = request.images != ARCHIVE and state != "refused"
    return {"from": request.images, "addresses": wanted_count(request) if known else None}


def tasks(request: "Request") -> list[dict[str, Any]]:
    """The tasks that the run would keep out of the corpora. Raises UserError where an index cannot be used."""
    from pipeline.tasks.task_file import read_abouts, summary

    return [summary(about) for about in read_abouts(request.tasks).values()]


def repeats_said(part: Any) -> str:
    """In words what becomes of lines or paragraphs of a corpus that stand again and again; "" where nobody counts them."""
    asked = getattr(part, "repeats", None)
    if not asked or not asked.most:
        return ""
    stays = "the first stay" if asked.keep == KEEP_FIRST else "none stays"
    return f"{asked.unit}s that stand more than {count(asked.most, 'time')} in a {asked.scope}, of which {stays}"


def folder_state(request: "Request", found: "Plan") -> dict[str, Any]:
    """Whether the run would begin, go on, find itself finished or refuse the folders; and why it would refuse."""
    from pipeline import storage
    from pipeline.run_folder import check_folder, identify

    try:
        markers = check_folder(request, identify(request, found))
    except UserError as error:
        return {"state": "refused", "reason": str(error)}
    if storage.exists(request.run_folder.manifest):
        return {"state": "finished"}
    return {"state": "unfinished" if storage.exists(next(iter(markers))) else "new"}


def staged(request: "Request", found: "Plan") -> int:
    """How many units lie in staging already."""
    return sum(number < found.unit_count for number in request.staging_folder.staged())


def sampled(request: "Request", found: "Plan", wanted: int, quiet: bool = False) -> "Outlook":
    """Run the sample, saying on stderr, unless `quiet`, how large it is and how far."""
    from pipeline.sample import DRAWN, estimate
    from pipeline.sample_scan import SCAN_BYTES

    if quiet:
        return estimate(request, found, wanted, lambda progress: None)
    print(
        f"looking through {size(min(found.bytes, SCAN_BYTES))} of {size(found.bytes)}, then running up to {number(wanted * DRAWN)} pages "
        "and as many images, with one worker, in a temporary folder",
        file=sys.stderr,
        flush=True,
    )
    ticker = terminal.ticker(sys.stderr)
    try:
        return estimate(request, found, wanted, lambda progress: ticker.show(progress_line.line(progress)))
    finally:
        ticker.close()


def expected(outlook: "Outlook", found: "Plan", request: "Request", core_hour: float | None) -> dict[str, Any]:
    """The estimate as a JSON value: each figure with its value and the ends of its interval, null where it has none."""
    from dataclasses import asdict

    from pipeline.estimate import LEVEL, added
    from pipeline.near_cost import near_cost

    amounts = outlook.amounts
    core_hours = amounts["cpu"].times(1 / 3600)
    near = near_cost(request.recipe)
    figures: dict[str, Figure] = {
        **{name: figure for name, figure in amounts.items() if not name.startswith(("wall/", "staging/"))},
        **{f"{corpus}/shards": figure for corpus, figure in outlook.shards.items()},
        "staging/bytes": added([amounts["staging/units"], amounts["staging/decide"]]),
        **{f"near/{of}/{what}": amounts[ITEMS[of]].times(near[of][what]) for of in near for what in NEAR},
        "core_hours": core_hours,
        "wall": outlook.wall,
    }
    if core_hour is not None:
        figures["cost"] = core_hours.times(core_hour)
    has_interval = all(figure.low is not None for figure in figures.values())
    return {
        "pages": outlook.pages,
        "images": outlook.images,
        "bytes": outlook.bytes,
        "complete": outlook.complete,
        "level": LEVEL if has_interval else None,
        "workers": request.engine.workers,
        "price_per_core_hour": core_hour,
        "figures": {name: asdict(figure) for name, figure in figures.items()},
        "left_out": [
            *LEFT_OUT,
            *([PARTLY] if outlook.bytes < found.bytes else []),
            *([] if request.images == "archive" else [FETCHED]),
        ],
    }


def lines(facts: dict[str, Any]) -> list[str]:
    """The plan for a terminal: inputs, steps, folders and corpora, the resolved recipe, and the estimate where there is one."""
    archives = count(len(facts["archives"]), "archive")
    named = [f"  {archive['source']}  {size(archive['bytes'])}" for archive in facts["archives"][:SHOWN]]
    rest = [f"  and {number(len(facts['archives']) - SHOWN)} more"] if len(facts["archives"]) > SHOWN else []
    corpora = [f"  {corpus}: {' and '.join(formats)}" for corpus, formats in facts["corpora"].items()]
    return [
        f"read {archives}, {size(facts['bytes'])}, in {count(facts['units'], 'unit')} of work:",
        *named,
        *rest,
        *step_lines(facts),
        folder_line(facts),
        *corpora,
        *opt_out_lines(facts),
        *task_lines(facts),
        *other_lines(facts),
        f"by recipe {facts['recipe']['name']}, digest {facts['recipe']['digest']}:",
        "",
        facts["recipe"]["toml"].rstrip(),
        *(["", *estimate_lines(facts)] if "sample" in facts else []),
    ]


def task_lines(facts: dict[str, Any]) -> list[str]:
    """Which tasks are kept out, where there are any."""
    told = [f"{task['name']} ({count(task['counts']['items'], 'item')})" for task in facts["tasks"]]
    return [f"test sets looked for: {', '.join(told)}"] if told else []


def other_lines(facts: dict[str, Any]) -> list[str]:
    """What else than the recipe decides what stays, where there is such; and what would stop the run."""
    found = []
    if facts["against"]:
        found.append(f"decided against {count(len(facts['against']), 'earlier run')}, whose items stay")
    if facts["forget"]:
        listed = ", ".join(count(entries, kind.removesuffix("s")) for kind, entries in facts["forget"].items())
        found.append(f"forgotten before any rule: {listed}")
    if facts["guard"]:
        found += ["the guard stops the run before a shard is written where", *(f"  {line}" for line in facts["guard"])]
    return found


def opt_out_lines(facts: dict[str, Any]) -> list[str]:
    """Which opt-outs the recipe heeds; what it does not name is stored and drops nothing, which nobody should find out afterwards."""
    heeded, stored = facts["opt_outs"]["heeded"], facts["opt_outs"]["stored_alone"]
    rest = f"; stored and not heeded: {', '.join(stored)}" if stored else ""
    if heeded:
        return [f"opt-outs that drop an item: {', '.join(heeded)}{rest}"]
    how = 'consent = "strict" drops what is kept from training, opt_outs = ["noai", …] what it names'
    return [f"opt-outs: the recipe heeds none ({how}); all are stored"]


def step_lines(facts: dict[str, Any]) -> list[str]:
    """The three steps and what each of them shuffles."""
    keys = facts["duplicates"]
    rounds = max((len(each) for each in keys.values()), default=0)
    by = "; ".join(f"{corpus} by {', then '.join(each)}" for corpus, each in keys.items() if each) or "none asked for"
    counted = "".join(f", then {said} ({corpus})" for corpus, said in facts["repeats"].items())
    there = f" ({number(facts['staged'])} of {count(facts['units'], 'unit')} done)" if facts["staged"] else ""
    fetching = fetch_lines(facts)
    return [
        f"in {'four' if fetching else 'three'} steps:",
        f"  extract  pages and images, each read once, into {facts['staging']}{there}; shuffles names of units",
        *fetching,
        f"  decide   images of references, then {count(rounds, 'round')} of duplicates ({by}){counted}; shuffles keys, hashes and ids",
        *near_lines(facts["near"]),
        "  emit     the shards, reading each payload once more; shuffles names of shards",
    ]


def fetch_lines(facts: dict[str, Any]) -> list[str]:
    """What would be fetched, where images are."""
    images = facts["images"]
    if images["from"] == "archive":
        return []
    which = "all images" if images["from"] == "fetch" else "images that no archive holds"
    known = images["addresses"]
    many = "how many is known once extract has ended" if known is None else f"{number(known)} addresses at most"
    where = f"{facts['staging']}/fetched"
    return [f"  fetch    {which} but for what rules refuse unseen, into {where} ({many}); shuffles addresses"]


def near_lines(near: dict[str, Any]) -> list[str]:
    """What near duplicates exchange, and what the worker that holds most of it holds."""
    found = []
    if "pages" in near:
        pages = near["pages"]
        found.append(
            f"near duplicates of pages ({', '.join(pages['corpora'])}): a page sends up to {pages['rows']} rows, "
            f"{size(pages['bytes'])}; one worker holds up to {size(pages['worker_bytes'])} a page"
        )
    if "pictures" in near:
        pictures = near["pictures"]
        found.append(
            f"near duplicates of pictures: {size(pictures['bytes'])} a picture, which {pictures['tasks']} tasks read, one after the other "
            f"or side by side; each holds up to {size(pictures['worker_bytes'])} a picture"
        )
    return [f"           {line}" for line in found]


def folder_line(facts: dict[str, Any]) -> str:
    """Where the run would write, and what it would do with what is there."""
    said = {
        "new": "write to {output}:",
        "unfinished": "go on with the unfinished run in {output}:",
        "finished": "find this very run finished in {output} and do nothing:",
        "refused": "refuse to write to {output} ({reason}):",
    }
    return said[facts["state"]].format(**facts)


def estimate_lines(facts: dict[str, Any]) -> list[str]:
    """The estimate as a table, and what it leaves out."""
    sample, figures = facts["sample"], facts["sample"]["figures"]
    head = f"expect, by {count(sample['pages'], 'page')} and {count(sample['images'], 'image')} "
    head += f"({size(sample['bytes'])} of {size(facts['bytes'])} looked through)"
    head += ", which is all there is" if sample["complete"] else ""
    head += f", with {sample['level'] * 100:.0f} % intervals:" if sample["level"] else "; so few give no interval:"
    rows = [("", "estimate", "from", "to") if sample["level"] else ("", "estimate")]
    for label, name, shown in rows_shown(facts):
        ends = ("value", "low", "high") if sample["level"] else ("value",)
        rows.append((label, *(shown(figures[name][end]) for end in ends)))
    return [head, *(f"  {line}" for line in table(rows)), "not in it:", *(f"  {line}" for line in sample["left_out"])]


def rows_shown(facts: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """The rows of the table: label, name of the figure, and how it is printed."""
    sample = facts["sample"]

    def whole(value: float) -> str:
        return number(round(value))

    rows: list[tuple[str, str, Any]] = [
        ("captures", "captures", whole),
        ("pages", "pages", whole),
        ("images", "images", whole),
    ]
    for corpus, formats in facts["corpora"].items():
        rows += [(f"{corpus} rows", f"{corpus}/rows", whole), (f"{corpus} shards", f"{corpus}/shards", whole)]
        rows += [(f"{corpus} {format_}", f"{corpus}/{format_}/bytes", size) for format_ in formats]
    rows += [(f"{corpus} rows", f"{corpus}/rows", whole) for corpus in ("dropped", "failed")]
    rows += [("staging", "staging/bytes", size)]
    for of in facts["near"]:
        rows += [(f"near {of}, rows sent", f"near/{of}/rows", whole), (f"near {of}, sent", f"near/{of}/bytes", size)]
        rows += [(f"near {of}, in one worker", f"near/{of}/worker_bytes", size)]
    rows += [(f"CPU time, {step}", f"cpu/{step}", duration) for step in ("extract", "decide", "emit")]
    rows += [("core-hours", "core_hours", terminal.decimal)]
    rows += [(f"wall time, {count(sample['workers'], 'worker')}", "wall", duration)]
    if "cost" in sample["figures"]:
        rows.append((f"cost, {sample['price_per_core_hour']:g} a core-hour", "cost", terminal.decimal))
    return rows
