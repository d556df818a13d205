"""`triptych inspect`: what a run kept, what it dropped, and why."""

import argparse
import json

from jobs import funnel


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument("run", metavar="DIR", help="the run directory")
    parser.add_argument("--json", action="store_true", help="the numbers as JSON")


def act(args: argparse.Namespace) -> int:
    """Print the numbers of a finished run."""
    from pipeline.inspect import inspect

    facts = inspect(args.run)
    print(json.dumps(facts, indent=2) if args.json else "\n".join(funnel.lines(facts, every=True)))
    return 0
