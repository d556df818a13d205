"""`triptych run`: the main job, from archives to shards and manifest."""

import argparse
import gc
import json
import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from jobs import engine, engine_log, funnel, progress_line, terminal
from jobs import request as asked
from schemas.outcomes import BudgetError

if TYPE_CHECKING:
    from pipeline.plan import Request
    from pipeline.progress import Progress


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    asked.arguments(parser)
    parser.add_argument(
        "--allow-empty", action="store_true", help="end with status 0 even where no input could be read"
    )


def act(args: argparse.Namespace) -> int:
    """Run, then print what came of it."""
    perform(asked.request(args), as_json=args.json, allow_empty=args.allow_empty, quiet=args.quiet)
    return 0


def perform(request: "Request", as_json: bool = False, allow_empty: bool = False, quiet: bool = False) -> None:
    """Run `request` with a progress line on stderr and print the funnel, or its numbers as JSON, on stdout.

    With `quiet` stderr hears of errors alone. Raises BudgetError where nothing could be read, unless `allow_empty`.
    """
    from pipeline import storage

    local = request.engine.is_local
    storage.configure(request.storage)
    was_there = storage.exists(request.run_folder.manifest)
    with engine_log.kept_aside() if local else nullcontext():  # a cluster's messages say where to watch the job
        _run(request, local, quiet)
    from pipeline.inspect import inspect

    facts = inspect(request.output)
    for line in [] if quiet else remarks(request.output, facts, was_there):
        terminal.say(f"{terminal.program()}: {line}")
    with suppress(BrokenPipeError):  # the run is done, whether or not anybody reads of it
        terminal.out(
            json.dumps(facts, indent=2) if as_json else "\n".join(funnel.lines(facts) + next_steps(request.output))
        )
    check_something_was_read(request.output, facts, allow_empty)


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


def _run(request: "Request", local: bool, quiet: bool) -> None:
    with importing():
        if local:
            engine.check_known(request.engine.beam_options)
        from pipeline.run import run
    ticker = terminal.ticker(sys.stderr)

    def tell(progress: "Progress") -> None:
        if not quiet:
            (ticker.say if progress.note else ticker.show)(progress_line.line(progress))

    try:
        run(request, progress=tell)
    finally:
        ticker.close()


@contextmanager
def importing() -> Iterator[None]:
    """Import in the block without garbage collection, and exempt what was imported from later ones: modules stay alive anyway.

    Also without a thread per core for linear algebra, which is not used here: each thread would spin for a while.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def next_steps(output: str) -> list[str]:
    """What to type after a run, and what it shows."""
    program, folder = terminal.program(), shlex.quote(output)
    return [
        "",
        f"{program} inspect {folder}   all rules, languages and measures",
        f"{program} verify {folder}    every shard against the manifest",
    ]
