"""`triptych run`: the main job, from archives to shards and manifest."""

import argparse
import gc
import json
import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from jobs import engine, engine_log, funnel, terminal
from jobs import request as asked

if TYPE_CHECKING:
    from pipeline.plan import Request

arguments = asked.arguments


def act(args: argparse.Namespace) -> int:
    """Run, then print the results."""
    perform(asked.request(args), as_json=args.json)
    return 0


def perform(request: "Request", as_json: bool = False) -> None:
    """Run `request` with a progress line on stderr and print the funnel, or its numbers as JSON, on stdout."""
    from pipeline import storage
    from schemas.manifest import MANIFEST_NAME

    local = engine.is_local(request.beam_options)
    was_there = storage.exists(storage.join(request.output, MANIFEST_NAME))
    with engine_log.kept_aside() if local else nullcontext():  # a cluster's messages say where to watch the job
        _run(request, local)
    from pipeline.inspect import inspect

    facts = inspect(request.output)
    for line in remarks(request.output, facts, was_there):
        print(f"{terminal.program()}: {line}", file=sys.stderr)
    print(json.dumps(facts, indent=2) if as_json else "\n".join(funnel.lines(facts) + next_steps(request.output)))


def remarks(output: str, facts: Mapping[str, Any], was_there: bool) -> list[str]:
    """Remarks after a run that ended well."""
    said = [f"{output} was finished before; nothing was done, this is what it holds"] if was_there else []
    if not facts["inputs"]["captures"]:
        said.append(f"no record was read from any input; {output}/failed says why")
    return said


def _run(request: "Request", local: bool) -> None:
    with importing():
        if local:
            engine.check_known(request.beam_options)
        from pipeline.run import run
    ticker = terminal.ticker(sys.stderr)
    try:
        run(request, progress=lambda progress: ticker.show(str(progress)))
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
