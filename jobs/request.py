"""The arguments that `run` and `plan` share, read into one `Request`."""

import argparse
from typing import TYPE_CHECKING

from jobs import engine, fetching, lists, recipe_files
from pipeline.engines.settings import DATAFLOW
from schemas.outcomes import UserError
from schemas.recipe import RECORDED, Recipe, nearest

if TYPE_CHECKING:
    from pipeline.plan import Request


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of a run."""
    parser.usage = "%(prog)s --input GLOB... --output DIR [options] [-- BEAM OPTIONS]"
    parser.add_argument(
        "--input",
        nargs="+",
        action="extend",
        default=[],
        metavar="GLOB",
        help="archives: WARC, ARC, WET or WACZ, compressed or not; shards of img2dataset; or folders of them",
    )
    parser.add_argument(
        "--inputs-from",
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="lists of inputs, one a line, perhaps in gzip, such as Common Crawl's warc.paths.gz",
    )
    parser.add_argument(
        "--archives",
        metavar="BASE",
        help="where the inputs that a list names lie: a folder, s3://commoncrawl/, https://data.commoncrawl.org/",
    )
    parser.add_argument("--output", required=True, metavar="DIR", help="the run folder")
    parser.add_argument(
        "--recipe", default=recipe_files.DEFAULT, metavar="NAME or FILE", help="a recipe (default: %(default)s)"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="change one value of the recipe, for example text.rules.gopher_words.floor=20 "
        'or \'text.formats=["parquet", "webdataset"]\'; may be repeated',
    )
    parser.add_argument(
        "--corpora", metavar="LIST", help="some of the corpora, for example text,pairs (default: the recipe's)"
    )
    parser.add_argument(
        "--tasks",
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE.task",
        help="indexes of test sets (triptych index-task) of which the corpora are kept clean, as the recipe's [tasks] says",
    )
    parser.add_argument("--staging", metavar="DIR", help="where staging goes (default: in the run folder)")
    parser.add_argument(
        "--against",
        nargs="+",
        default=[],
        metavar="RUN",
        help="finished runs: what they hold stays, and what is equal or alike to it leaves this run",
    )
    parser.add_argument(
        "--forget",
        action="append",
        default=[],
        metavar="FILE",
        help="a list of ids, addresses and hosts, one a line, that no corpus may hold (see triptych forget); may be repeated",
    )
    images_arguments(parser)
    engine.arguments(parser)
    storage_argument(parser)
    parser.add_argument("--json", action="store_true", help="the result as JSON")
    quiet_argument(parser)


def images_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where images come from."""
    parser.add_argument(
        "--images",
        choices=("archive", "fetch", "both"),
        default="archive",
        help="where images come from: the archives (default); the net, whatever they hold; or the net where they hold none. "
        "What rules refuse whatever its image is, is not fetched, and each address once for all runs over one staging",
    )
    parser.add_argument("--agent", metavar="AGENT", help=f"where images are fetched: {fetching.AGENT_HELP}")
    fetching.arguments(parser)


def quiet_argument(parser: argparse.ArgumentParser) -> None:
    """Declare how little is said."""
    parser.add_argument("--quiet", action="store_true", help="no progress and no remarks: only the result, and errors")


def storage_argument(parser: argparse.ArgumentParser) -> None:
    """Declare how to reach object stores."""
    parser.add_argument(
        "--storage",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="how to reach s3:// and gs:// where the cloud's usual environment does not say it, "
        "for example s3.endpoint=http://localhost:9000; may be repeated",
    )


def recipe(args: argparse.Namespace) -> Recipe:
    """The recipe that the arguments name, with `--set` and `--corpora` put in. Raises UserError."""
    from pipeline.corpora import load_recipe

    text, where = recipe_files.read(args.recipe)
    settings = list(args.settings)
    if args.corpora is not None:
        settings.append(f"corpora={corpora(args.corpora)}")
    return load_recipe(text, settings, where, recipe_files.base)


def corpora(listed: str) -> list[str]:
    """The corpora of a comma-separated list, in the order of `pipeline.corpora.CORPORA`. Raises UserError for one that is not there.

    >>> corpora("pairs,text")
    ['text', 'pairs']
    """
    from pipeline.corpora import names as known_corpora

    known = known_corpora()
    names = [name.strip() for name in listed.split(",")]
    for name in names:
        if name not in known:
            raise UserError(f"--corpora {listed}: no corpus {name!r}{nearest(name, known)}")
    return [name for name in known if name in names]


def request(args: argparse.Namespace) -> "Request":
    """The run that the arguments describe. Raises UserError."""
    settings_of_engine = engine.settings(args)
    if args.images != "archive" and args.agent is None:
        raise UserError(f"--images {args.images} fetches, and needs --agent: {fetching.AGENT_HELP}")
    if args.images == "archive" and args.agent is not None:
        raise UserError("--agent says who fetches images, and nothing is fetched: add --images both, or --images fetch")
    resolved, settings = recipe(args), storage_settings(args.storage)
    from pipeline import storage
    from pipeline.against import read_earlier
    from pipeline.engines.check import check
    from pipeline.plan import Request

    storage.configure(settings)
    given = inputs(args)
    if settings_of_engine.kind == DATAFLOW:
        engine.check_known(args.beam_options)
    check(settings_of_engine, [*given, args.output, *([args.staging] if args.staging else []), *args.against])
    return Request(
        inputs=given,
        output=args.output,
        recipe=resolved,
        engine=settings_of_engine,
        staging=args.staging,
        storage=settings,
        against=tuple(read_earlier(path, resolved) for path in args.against),
        forget=lists.read(("--forget", "any", path) for path in args.forget),
        tasks=tuple(args.tasks),
        images=args.images,
        fetching=None if args.images == "archive" else fetching.fetching(args, resolved.consent or RECORDED),
    )


def inputs(args: argparse.Namespace) -> tuple[str, ...]:
    """The inputs that the arguments name, those of lists too. Raises UserError."""
    from pipeline.input_lists import read_inputs

    if not args.input and not args.inputs_from:
        raise UserError("there is no input: give archives by --input, or lists of them by --inputs-from")
    if args.archives is not None and not args.inputs_from:
        raise UserError("--archives says where the inputs of a list lie: give the list by --inputs-from")
    return (*args.input, *(name for path in args.inputs_from for name in read_inputs(path, args.archives)))


def storage_settings(given: list[str]) -> dict[str, str]:
    """The settings of storage by key. Raises UserError where one has no value.

    >>> storage_settings(["s3.region=eu-west-1"])
    {'s3.region': 'eu-west-1'}
    """
    for setting in given:
        if "=" not in setting:
            raise UserError(f"--storage {setting}: expected KEY=VALUE, for example s3.region=eu-west-1")
    return dict(setting.split("=", 1) for setting in given)
