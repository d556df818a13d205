"""`triptych inspect`: what a run kept, what it dropped, and why."""

import argparse
import json

from jobs import funnel, request, terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument("run", metavar="DIR", help="the run folder")
    parser.add_argument("--json", action="store_true", help="the numbers as JSON")
    request.storage_argument(parser)


def act(args: argparse.Namespace) -> int:
    """Print the numbers of a finished run."""
    from pipeline import storage
    from pipeline.inspect import inspect

    storage.configure(request.storage_settings(args.storage))
    facts = inspect(args.run)
    terminal.out(json.dumps(facts, indent=2) if args.json else "\n".join(funnel.lines(facts, every=True)))
    return 0
