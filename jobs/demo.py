"""`triptych demo`: the bundled archive through the whole run, without a network."""

import argparse
from pathlib import Path

from jobs import recipe_files, request, run

SAMPLE = Path(__file__).parent / "sample" / "sample.warc.gz"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument("--output", default="demo-run", metavar="DIR", help="the run folder (default: %(default)s)")
    request.quiet_argument(parser)


def act(args: argparse.Namespace) -> int:
    """Run the sample with the default recipe and print where to look."""
    from pipeline.corpora import load_recipe
    from pipeline.plan import Request

    text, where = recipe_files.read(recipe_files.DEFAULT)
    asked = Request(inputs=(str(SAMPLE),), output=args.output, recipe=load_recipe(text, where=where))
    run.perform(asked, quiet=args.quiet)
    return 0
