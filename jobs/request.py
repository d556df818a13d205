"""The arguments that `run` and `plan` share, read into one `Request`."""

import argparse
from typing import TYPE_CHECKING

from jobs import engine, recipe_files
from schemas.outcomes import UserError
from schemas.recipe import CORPORA, Recipe, load, nearest

if TYPE_CHECKING:
    from pipeline.plan import Request


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of a run."""
    parser.usage = "%(prog)s --input GLOB... --output DIR [options] [-- BEAM OPTIONS]"
    parser.add_argument(
        "--input",
        required=True,
        nargs="+",
        action="extend",
        metavar="GLOB",
        help="archives: WARC, ARC or WET, compressed or not",
    )
    parser.add_argument("--output", required=True, metavar="DIR", help="the run directory")
    parser.add_argument(
        "--recipe", default=recipe_files.DEFAULT, metavar="NAME or FILE", help="a recipe (default: %(default)s)"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="change one value of the recipe, for example text.rules.gopher_words.floor=20; may be repeated",
    )
    parser.add_argument("--corpora", metavar="LIST", help=f"some of {','.join(CORPORA)} (default: the recipe's)")
    parser.add_argument(
        "--workers", type=positive, default=1, metavar="N", help="worker processes (default: %(default)s)"
    )
    parser.add_argument("--staging", metavar="DIR", help="where staging goes (default: in the run directory)")
    parser.add_argument("--json", action="store_true", help="the result as JSON")


def positive(text: str) -> int:
    """A whole number of at least 1, or an error that says so."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return int(text)


def recipe(args: argparse.Namespace) -> Recipe:
    """The recipe that the arguments name, with `--set` and `--corpora` put in. Raises UserError."""
    text, where = recipe_files.read(args.recipe)
    settings = list(args.settings)
    if args.corpora is not None:
        settings.append(f"corpora={corpora(args.corpora)}")
    return load(text, settings, where)


def corpora(listed: str) -> list[str]:
    """The corpora of a comma-separated list, in the order of `CORPORA`. Raises UserError for one that is not there.

    >>> corpora("pairs,text")
    ['text', 'pairs']
    """
    names = [name.strip() for name in listed.split(",")]
    for name in names:
        if name not in CORPORA:
            raise UserError(f"--corpora {listed}: no corpus {name!r}{nearest(name, CORPORA)}")
    return [name for name in CORPORA if name in names]


def request(args: argparse.Namespace) -> "Request":
    """The run that the arguments describe. Raises UserError."""
    engine.check(args.beam_options, args.workers)
    resolved = recipe(args)
    from pipeline.plan import Request

    return Request(
        inputs=tuple(args.input),
        output=args.output,
        recipe=resolved,
        workers=args.workers,
        staging=args.staging,
        beam_options=args.beam_options,
    )
