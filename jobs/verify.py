"""`triptych verify`: every shard of a run against its manifest."""

import argparse
import json
import os

from jobs import request, terminal
from jobs.terminal import count
from schemas.outcomes import UserError, VerificationError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument("run", metavar="DIR", help="the run folder")
    parser.add_argument("--json", action="store_true", help="the problems as JSON")
    request.storage_argument(parser)


def act(args: argparse.Namespace) -> int:
    """Print what is wrong, one line each, and raise VerificationError where anything is."""
    from pipeline import storage
    from pipeline.verify import verify

    storage.configure(request.storage_settings(args.storage))
    if not storage.is_remote(args.run) and not os.path.isdir(args.run):
        raise UserError(f"{args.run}: no such folder")
    problems = verify(args.run)
    if args.json:
        terminal.out(json.dumps([{"file": problem.file, "what": problem.what} for problem in problems], indent=2))
    else:
        terminal.out("\n".join(map(str, problems)) or f"{args.run}: every shard is as the manifest says")
    if problems:
        raise VerificationError(f"{args.run}: {count(len(problems), 'problem')}; this is not a whole run")
    return 0
