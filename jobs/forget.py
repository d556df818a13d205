"""`triptych forget`: take-down on a finished run."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from jobs import lists, request, terminal
from jobs.terminal import count, number, table
from schemas.outcomes import UserError

if TYPE_CHECKING:
    from pipeline.forget.take_down import Outcome

KINDS = ("ids", "urls", "hosts")
EPILOG = """\
A list has one entry a line; blank lines and lines that begin with # are passed
over. Several kinds may be given together.

  --ids    ids as the column `id` has them. A page's id takes its text, its
           document (all parts of it) and its pairs. The id of a pair takes that
           pair, and the same image out of the document of its page
  --urls   addresses of pages and images, equal but for their fragment and for
           codes such as %7E for ~
  --hosts  hosts with all their subdomains

Rows leave every corpus in every format, and the tables dropped and failed; a
document that the recipe would not have kept without its image goes by rules.
Only shards that hold something of it are written anew; the manifest keeps a
receipt. A take-down that was interrupted is finished by the same command.
Staging is not touched: delete it, or give the lists to triptych run --forget
when deciding anew over it."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.usage = "%(prog)s (--ids FILE | --urls FILE | --hosts FILE) [options] DIR"
    parser.epilog = EPILOG
    parser.add_argument("run", metavar="DIR", help="the run folder")
    for kind in KINDS:
        parser.add_argument(f"--{kind}", metavar="FILE", help=f"a list of {kind}, one a line")
    parser.add_argument("--json", action="store_true", help="the result as JSON")
    request.storage_argument(parser)
    request.quiet_argument(parser)


def act(args: argparse.Namespace) -> int:
    """Take down, then print what that came to."""
    files = [(f"--{kind}", kind, path) for kind in KINDS if (path := getattr(args, kind)) is not None]
    if not files:
        raise UserError(f"say what is to be forgotten: {', '.join(f'--{kind} FILE' for kind in KINDS)}")
    from pipeline import storage

    storage.configure(request.storage_settings(args.storage))
    asked = lists.read(files)
    from pipeline.forget.take_down import forget

    ticker = terminal.ticker(sys.stderr)
    try:
        outcome = forget(args.run, asked, lambda text: None if args.quiet else ticker.show(text))
    finally:
        ticker.close()
    facts = facts_of(args.run, outcome)
    terminal.out(json.dumps(facts, indent=2) if args.json else "\n".join(lines(facts)))
    if facts["rows"] and not args.quiet and (kept := staging_of(args.run)):
        terminal.say(
            f"{terminal.program()}: {kept} still holds what was taken down: delete it, or give run --forget the same lists when "
            "deciding anew over it"
        )
    return 0


def facts_of(run: str, outcome: "Outcome") -> dict[str, Any]:
    """What a take-down came to, as a JSON value."""
    receipt = outcome.receipt
    return {
        "run": run,
        "lists": list(receipt.lists),
        "entries": dict(receipt.entries),
        "matched": {kind: outcome.matched.get(kind, 0) for kind in receipt.entries},
        "rows": {name: dict(counts) for name, counts in receipt.rows.items()},
        "shards": {"touched": list(outcome.touched), "of": outcome.shards},
    }


def lines(facts: dict[str, Any]) -> list[str]:
    """The same for a terminal; `by rules` went documents that the recipe would not have kept without an image that was taken."""
    entries = [
        f"{number(facts['matched'][kind])} of {count(n, kind.removesuffix('s'))}"
        for kind, n in facts["entries"].items()
    ]
    head = f"{facts['run']}: found {', '.join(entries)}"
    if not facts["rows"]:
        return [head, "no row was taken out by this command, and no shard changed"]
    rows: list[tuple[str, ...]] = [("rows taken out", *(f"by {kind}" for kind in KINDS), "by rules")]
    for name, counts in facts["rows"].items():
        ruled = sum(counts.values()) - sum(counts.get(kind, 0) for kind in KINDS)
        rows.append((name, *(number(counts.get(kind, 0)) for kind in KINDS), number(ruled)))
    touched = len(facts["shards"]["touched"])
    return [head, "", *table(rows), "", f"{number(touched)} of {count(facts['shards']['of'], 'shard')} changed"]


def staging_of(run: str) -> str:
    """The folder of measurements inside a run folder; "" where nothing is in it."""
    from pipeline import storage
    from pipeline.layout import RunFolder

    folder = RunFolder(storage.absolute(run)).own_staging
    return folder if next(storage.walk(folder), None) else ""
