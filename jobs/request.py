"""The arguments that `run` and `plan` share, read into one `Request`."""

import argparse
from typing import TYPE_CHECKING

from jobs import engine, fetching, lists, recipe_files
from pipeline.credentials import without_logins
from pipeline.engines.settings import DATAFLOW
from schemas.outcomes import UserError
from schemas.recipe import RECORDED, Recipe, nearest

if TYPE_CHECKING:
    from pipeline.plan import Request

Taker = argparse._ActionsContainer  # what takes arguments: a parser, or a group of one


def arguments(parser: argparse.ArgumentParser, fetches: bool = True) -> None:
    """Declare the arguments of a run, those that everyone needs first; those that fetch stand in no help unless the verb `fetches`.

    `printing_arguments` come behind the verb's own.
    """
    parser.usage = "%(prog)s --input GLOB... --output DIR [options] [-- BEAM OPTIONS]"
    needed_arguments(parser)
    inputs_arguments(parser.add_argument_group("more inputs, and how to reach them"))
    contents_arguments(parser.add_argument_group("what is kept"))
    images = parser.add_argument_group("images, and how they are fetched")
    images_arguments(images)
    for action in [] if fetches else images._group_actions:
        action.help = argparse.SUPPRESS
    engine.arguments(parser)


def needed_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what nearly every command gives."""
    parser.add_argument(
        "--input",
        nargs="+",
        action="extend",
        default=[],
        metavar="GLOB",
        help="archives (WARC, ARC, WET or WACZ, compressed or not), shards of img2dataset, or folders of these",
    )
    parser.add_argument("--output", required=True, metavar="DIR", help="the run folder")
    parser.add_argument(
        "--recipe",
        default=recipe_files.DEFAULT,
        metavar="NAME or FILE",
        help="what is kept and how it is written (default: %(default)s; triptych recipes lists them)",
    )
    parser.add_argument("--corpora", metavar="LIST", help="some of its corpora, for example text,pairs (default: all)")
    engine.workers_argument(parser)


def inputs_arguments(group: Taker) -> None:
    """Declare what else is read, and how storage is reached."""
    group.add_argument(
        "--inputs-from",
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="lists of inputs, one a line, such as warc.paths.gz",
    )
    group.add_argument(
        "--archives",
        metavar="BASE",
        help="where the inputs of lists lie: a folder, s3://commoncrawl/ or https://data.commoncrawl.org/",
    )
    storage_argument(group)
    group.add_argument("--staging", metavar="DIR", help="where staging goes (default: in the run folder)")


def contents_arguments(group: Taker) -> None:
    """Declare what the corpora hold, beside the recipe."""
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="change a value of the recipe: text.rules.gopher_words.floor=20, "
        '\'text.languages=["en", "de"]\'; may be repeated',
    )
    group.add_argument(
        "--tasks",
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE.task",
        help="indexes of test sets (triptych index-task) to keep the corpora clean of, as the recipe's [tasks] says",
    )
    group.add_argument(
        "--against",
        nargs="+",
        default=[],
        metavar="RUN",
        help="finished runs: what is equal or alike to anything they hold leaves this run",
    )
    group.add_argument(
        "--forget",
        action="append",
        default=[],
        metavar="FILE",
        help="a list of ids, addresses and hosts that no corpus may hold (triptych forget); may be repeated",
    )


def images_arguments(group: Taker) -> None:
    """Declare where images come from."""
    group.add_argument(
        "--images",
        choices=("archive", "fetch", "both"),
        default="archive",
        metavar="FROM",
        help="archive: the inputs (default); fetch: the net; both: the net for those that the inputs lack. "
        "What rules refuse unseen is not fetched, and no address twice",
    )
    group.add_argument("--agent", metavar="AGENT", help=fetching.AGENT_HELP)
    fetching.arguments(group)


def printing_arguments(parser: argparse.ArgumentParser) -> Taker:
    """Declare what is printed, as the last group; the group, for what else a verb has to say there."""
    group = parser.add_argument_group("what is printed")
    group.add_argument("--json", action="store_true", help="the result as JSON")
    quiet_argument(group)
    return group


def quiet_argument(group: Taker) -> None:
    """Declare how little is said."""
    group.add_argument("--quiet", action="store_true", help="only the result, and errors")


def storage_argument(group: Taker) -> None:
    """Declare how to reach object stores."""
    group.add_argument(
        "--storage",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="how to reach s3:// and gs://, where the cloud's usual environment does not say it, "
        "for example s3.endpoint=URL; may be repeated",
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
    given, logins = without_logins(inputs(args), settings)
    settings |= logins
    storage.configure(settings)
    if settings_of_engine.kind == DATAFLOW:
        engine.check_known(args.beam_options)
    check(settings_of_engine, [*given, args.output, *([args.staging] if args.staging else []), *args.against])
    return Request(
        inputs=tuple(given),
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
