"""`triptych run`: the main job, from archives to shards and manifest."""

import argparse
import json
import shlex
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jobs import funnel, parts_of_run, terminal
from jobs import request as asked
from jobs.watched import watched
from pipeline.engines.settings import STAGES
from schemas.outcomes import BudgetError, UserError

if TYPE_CHECKING:
    from pipeline.plan import Request


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    asked.arguments(parser)
    part = parser.add_argument_group("a part of it alone")
    part.add_argument(
        "--stage",
        choices=STAGES,
        metavar="STEP",
        help="extract (all that comes before deciding), decide or emit; what comes before it must be finished",
    )
    part.add_argument(
        "--units",
        metavar="K/N",
        help="share K of N of extract, beside other processes (array jobs); the same command without it ends the run",
    )
    asked.printing_arguments(parser).add_argument(
        "--allow-empty", action="store_true", help="end with status 0 even where no input could be read"
    )


def act(args: argparse.Namespace) -> int:
    """Run all of it, one step or one share of its units, then print what came of it."""
    if args.stage and args.units is not None:
        raise UserError(f"--units {args.units} stages a share and does nothing else: leave out --stage {args.stage}")
    # Also where a script gives it empty, so that no whole run begins in place of a share.
    if args.units is not None:
        return parts_of_run.share(asked.request(args), args.units, args.json, args.quiet)
    if args.stage in ("extract", "decide"):
        return parts_of_run.step(asked.request(args), args.stage, args.json, args.quiet)
    perform(asked.request(args), args.json, args.allow_empty, args.quiet, args.stage)
    return 0


def perform(
    request: "Request",
    as_json: bool = False,
    allow_empty: bool = False,
    quiet: bool = False,
    stage: str | None = None,
) -> None:
    """Run `request`, or its last step, with a progress line on stderr and print the funnel, or its numbers as JSON, on stdout.

    With `quiet` stderr hears of errors alone. Raises BudgetError where nothing could be read, unless `allow_empty`.
    """
    from pipeline import storage

    storage.configure(request.storage)
    was_there = storage.exists(request.run_folder.manifest)
    if stage:
        parts_of_run.run_step(request, stage, quiet)
    else:
        watched(request, quiet, _load)
    from pipeline.inspect import inspect

    facts = inspect(request.output)
    for line in [] if quiet else remarks(request.output, facts, was_there):
        terminal.say(f"{terminal.program()}: {line}")
    with suppress(BrokenPipeError):  # the run is done, whether or not anybody reads of it
        terminal.out(
            json.dumps(facts, indent=2) if as_json else "\n".join(funnel.lines(facts) + next_steps(request.output))
        )
    check_something_was_read(request.output, facts, allow_empty)


def _load() -> Callable[..., Any]:
    from pipeline.run import run

    return run


def remarks(output: str, facts: Mapping[str, Any], was_there: bool) -> list[str]:
    """Remarks after a run that ended well."""
    said = [f"{output} was finished before; nothing was done, this is what it holds"] if was_there else []
    return said


def check_something_was_read(output: str, facts: Mapping[str, Any], allow_empty: bool) -> None:
    """Raise BudgetError where no record could be read from any input: to a scheduler that is no success."""
    if not facts["inputs"]["captures"] and not allow_empty:
        raise BudgetError(
            f"no record was read from any input; {output}/failed says why (--allow-empty lets such a run end with status 0)"
        )


def next_steps(output: str) -> list[str]:
    """What to type after a run, and what it shows."""
    program, folder = terminal.program(), shlex.quote(output)
    return [
        "",
        f"{program} inspect {folder}   all rules, languages and measures",
        f"{program} verify {folder}    every shard against the manifest",
    ]
