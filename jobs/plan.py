"""`triptych plan`: prints what `run` would do; with `--sample`, also an estimate of its output and cost."""

import argparse
import json
import math
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from jobs import engine, engine_log, terminal
from jobs import request as asked
from jobs.outlook import estimate_lines, sampled
from jobs.terminal import count, number, size, wrapped
from schemas.outcomes import UserError
from schemas.recipe import KEEP_FIRST, SIGNALS
from schemas.recipe_toml import dump

if TYPE_CHECKING:
    from pipeline.plan import Plan, Request

SHOWN = 20  # archives named one by one
NO_SAMPLE = "(what would be kept, its size and the time: --sample 1 estimates it)"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    group = parser.add_argument_group("an estimate of what is kept, its size and the time")
    group.add_argument(
        "--sample",
        type=engine.positive,
        metavar="N",
        help="look through the inputs, run N times 200 of their pages and images in a temporary folder, and estimate",
    )
    group.add_argument(
        "--archives-in-all",
        type=engine.positive,
        metavar="N",
        help="of a run over N archives, of which the inputs are a sample",
    )
    group.add_argument("--hours", type=hours, metavar="H", help="how many cores end the run in so many hours")
    group.add_argument("--price-per-core-hour", type=price, metavar="X", help="what a core-hour costs, in any currency")
    asked.arguments(parser)
    asked.printing_arguments(parser)


def price(text: str) -> float:
    """A number of at least 0, or an error that says so."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number of at least 0, got {text!r}")
    return value


def hours(text: str) -> float:
    """A number above 0, or an error that says so."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {text!r}")
    return value


def act(args: argparse.Namespace) -> int:
    """Print the plan."""
    if args.sample is None:
        check_alone(args)
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
            facts["sample"] = sampled(request, found, args)
    shown = [*lines(facts), *recipe_lines(facts, whole=not sys.stdout.isatty())]
    terminal.out(json.dumps(facts, indent=2) if args.json else "\n".join(shown))
    return 0


def check_alone(args: argparse.Namespace) -> None:
    """Raise UserError where an option is given that says nothing without `--sample`."""
    for option, why in (
        ("price_per_core_hour", "there are no core-hours to price"),
        ("hours", "there are no core-hours to share out"),
        ("archives_in_all", "there is nothing to scale"),
    ):
        if getattr(args, option) is not None:
            raise UserError(f"--{option.replace('_', '-')} needs --sample N: without a sample {why}")


def planned(request: "Request", found: "Plan") -> dict[str, Any]:
    """What the run would read, by which steps and recipe, and where it would write, as a JSON value."""
    from pipeline.corpora import look_at_images
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
        "shown_images": look_at_images(recipe),
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


def lines(facts: dict[str, Any]) -> list[str]:
    """The plan for a terminal: the folder, what would be read and what is expected of it, then the steps; the recipe comes last."""
    archives = count(len(facts["archives"]), "archive")
    named = [f"  {archive['source']}  {size(archive['bytes'])}" for archive in facts["archives"][:SHOWN]]
    rest = [f"  and {number(len(facts['archives']) - SHOWN)} more"] if len(facts["archives"]) > SHOWN else []
    corpora = [f"  {corpus}: {' and '.join(formats)}" for corpus, formats in facts["corpora"].items()]
    return [
        *folder_lines(facts),
        "corpora, and how they are written:",
        *corpora,
        f"read {archives}, {size(facts['bytes'])}, in {count(facts['units'], 'unit')} of work:",
        *named,
        *rest,
        *(["", *estimate_lines(facts), ""] if "sample" in facts else [NO_SAMPLE]),
        *opt_out_lines(facts),
        *task_lines(facts),
        *other_lines(facts),
        *step_lines(facts),
    ]


def recipe_lines(facts: dict[str, Any], whole: bool) -> list[str]:
    """Which recipe it is, and all its values, which are many: on a screen they would push all else out."""
    recipe = facts["recipe"]
    said, digest = f"by recipe {recipe['name']}", f"  digest {recipe['digest']}"
    if not whole:
        return [f"{said} (for all its values end the command with | less):", digest]
    return [f"{said}:", digest, "", recipe["toml"].rstrip()]


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
    if not heeded:
        return [
            "opt-outs: the recipe heeds none; all are stored",
            '  consent = "strict" drops what is kept from training, opt_outs = ["noai", …] what it names',
        ]
    rest = ["stored and not heeded:", *wrapped(", ".join(stored))] if stored else []
    return ["opt-outs that drop an item:", *wrapped(", ".join(heeded)), *rest]


def step_lines(facts: dict[str, Any]) -> list[str]:
    """The three steps and what each of them shuffles."""
    keys = facts["duplicates"]
    rounds = max((len(each) for each in keys.values()), default=0)
    there = f" ({number(facts['staged'])} of {count(facts['units'], 'unit')} done)" if facts["staged"] else ""
    fetching = fetch_lines(facts)
    decided = [f"             {corpus} by {', then '.join(each)}" for corpus, each in keys.items() if each]
    for corpus, said in facts["repeats"].items():
        decided += wrapped(f"then, of {corpus}, {said}", 11, 13)
    return [
        f"in {'four' if fetching else 'three'} steps:",
        f"  extract  pages and images, each read once, into {facts['staging']}{there};",
        "           shuffles names of units",
        *fetching,
        f"  decide   {'images of references, then ' if facts['shown_images'] else ''}{count(rounds, 'round')} of duplicates;",
        "           shuffles keys, hashes and ids",
        *decided,
        *near_lines(facts["near"]),
        "  emit     the shards, reading each payload once more;",
        "           shuffles names of shards",
    ]


def fetch_lines(facts: dict[str, Any]) -> list[str]:
    """What would be fetched, where images are."""
    images = facts["images"]
    if images["from"] == "archive":
        return []
    which = "all images" if images["from"] == "fetch" else "images that no archive holds"
    known = images["addresses"]
    many = "how many is known once extract has ended" if known is None else f"{number(known)} addresses at most"
    return [
        f"  fetch    {which} but for what rules refuse unseen, into {facts['staging']}/fetched",
        f"           ({many}); shuffles addresses",
    ]


def near_lines(near: dict[str, Any]) -> list[str]:
    """What near duplicates exchange, and what the worker that holds most of it holds."""
    found = []
    if "pages" in near:
        pages = near["pages"]
        found += [
            f"near duplicates of pages ({', '.join(pages['corpora'])}):",
            f"a page sends up to {pages['rows']} rows, {size(pages['bytes'])}; "
            f"one worker holds up to {size(pages['worker_bytes'])} a page",
        ]
    if "pictures" in near:
        pictures = near["pictures"]
        found += [
            f"near duplicates of pictures: {size(pictures['bytes'])} a picture, read by {pictures['tasks']} tasks,",
            f"side by side or in turn; each holds up to {size(pictures['worker_bytes'])} a picture",
        ]
    return [f"           {line}" for line in found]


def folder_lines(facts: dict[str, Any]) -> list[str]:
    """Where the run would write, and what it would do with what is there."""
    output, state = facts["output"], facts["state"]
    if state == "refused":
        return [f"refuse to write to {output}:", *wrapped(facts["reason"])]
    said = {
        "new": f"write to {output}, a new run",
        "unfinished": f"go on with the unfinished run in {output}",
        "finished": f"find this very run finished in {output} and do nothing",
    }
    return [said[state]]
