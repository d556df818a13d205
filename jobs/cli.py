"""The `triptych` command: reads argv, calls one verb, and turns every ending into an exit status.

    0    done
    1    a bug; its traceback is in the log file that is named
    2    usage or recipe
    3    more items failed than the recipe allows, or its guard stopped the run
    4    verification failed
    130  interrupted; the same command goes on where it stopped
    143  terminated; likewise

Nothing heavy is imported here: Beam, pyarrow and numpy come in inside the verbs that need them, so `--help` is quick.
"""

import argparse
import os
import shutil
import sys
import tempfile
import textwrap
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from jobs import (
    clusters,
    crawl,
    demo,
    extract,
    forget,
    index_task,
    inspect,
    plan,
    recipe_files,
    run,
    submit,
    terminal,
    verify,
)
from jobs.endings import TERMINATED, Terminated, leave_at_once, open_streams, terminable
from jobs.machine import check_files, live_within_limit, refusal
from pipeline.credentials import has_login, without_logins
from schemas.outcomes import BudgetError, GuardError, UserError, VerificationError
from schemas.recipe import nearest

BUG, USAGE, BUDGET, VERIFICATION, INTERRUPTED = 1, 2, 3, 4, 130
WORKING = (
    "run",
    "submit",
    "demo",
    "crawl",
    "forget",
)  # verbs that do more than print: they are not done when their reader has gone
HEAVY = ("run", "submit", "demo", "crawl", "plan")  # verbs that load the engine
NO_LOGIN = ("demo", "recipes")  # verbs that read no address
GOES_ON = "the same command goes on from what is finished"

EPILOG = """\
exit status:
  0    done
  1    a bug (the log is named)
  2    usage or recipe
  3    more failures than the recipe allows, or its guard stopped the run;
       a crawl that failed as a whole
  4    verification failed
  130  interrupted, 143 terminated: the same command goes on where it stopped

first steps:
  triptych demo
  triptych run --input 'crawl/*.warc.gz' --output corpus"""


@dataclass(frozen=True, slots=True)
class Verb:
    """One command: its name, what it does in a line, the arguments it takes, and its act, which gives the status."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    act: Callable[[argparse.Namespace], int]


VERBS = (
    Verb("demo", "run the bundled archive: no network, a few seconds", demo.arguments, demo.act),
    Verb("run", "turn web archives into corpora; goes on with an unfinished run", run.arguments, run.act),
    Verb("submit", "hand the next step of a run to a cluster, and return", submit.arguments, submit.act),
    Verb("crawl", "fetch addresses into web archives; goes on with an unfinished crawl", crawl.arguments, crawl.act),
    Verb("plan", "say what run would do, or estimate its size and time", plan.arguments, plan.act),
    Verb("extract", "show the main content of one page, and why", extract.arguments, extract.act),
    Verb("inspect", "show what a run kept, dropped and why", inspect.arguments, inspect.act),
    Verb("clusters", "show what was taken for what among duplicates", clusters.arguments, clusters.act),
    Verb("verify", "check every shard of a run against its manifest", verify.arguments, verify.act),
    Verb(
        "index-task",
        "index a test set, for run --tasks to keep out of the corpora",
        index_task.arguments,
        index_task.act,
    ),
    Verb("forget", "take pages, images or whole hosts out of a finished run", forget.arguments, forget.act),
    Verb("recipes", "list the recipes, or print one", recipe_files.arguments, recipe_files.act),
)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help in lines that are easily read, whatever the terminal's width: an argument of several words as `FILE...`."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=min(100, shutil.get_terminal_size().columns) - 2)

    def add_argument(self, action: argparse.Action) -> None:
        """Count the room that an action takes; argparse makes room as if commands were indented once."""
        self._indent()
        super().add_argument(action)
        self._dedent()

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """Fill paragraphs of prose, and leave those with indented lines, which are lists, as they are."""
        paragraphs = (
            paragraph if "\n " in f"\n{paragraph}" else textwrap.fill(paragraph, width, break_on_hyphens=False)
            for paragraph in text.strip().split("\n\n")
        )
        return super()._fill_text("\n\n".join(paragraphs), width, indent)

    def _format_args(self, action: argparse.Action, default_metavar: str) -> str:
        said = super()._format_args(action, default_metavar)
        return f"{said.partition(' [')[0]}..." if action.nargs == argparse.ONE_OR_MORE else said


class Parser(argparse.ArgumentParser):
    """An argument parser whose mistakes are UserErrors, and which takes no abbreviated options."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=_Formatter, **settings)

    def error(self, message: str) -> NoReturn:
        """Raise instead of exit, so that there is one place that ends the process."""
        raise UserError(f"{message}; see {self.prog} --help")


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"triptych {version('triptych')}")
        parser.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` (default: the process's own) names; the exit status."""
    open_streams()
    with terminable():
        status = _status(list(sys.argv[1:] if argv is None else argv))
    leave_at_once(status)
    return status


def _status(argv: list[str]) -> int:
    try:
        return _dispatch(argv)
    except UserError as error:
        return _end(USAGE, error)
    except (BudgetError, GuardError) as error:
        return _end(BUDGET, error)
    except VerificationError as error:
        return _end(VERIFICATION, error)
    except Terminated as signal:
        return _end(TERMINATED, _with_notes(f"terminated; {GOES_ON}", signal))
    except KeyboardInterrupt as signal:
        return _end(INTERRUPTED, _with_notes(f"interrupted; {GOES_ON}", signal))
    except BrokenPipeError as error:
        if argv[0] in WORKING:
            return _end(USAGE, f"{error}: what it was writing to has gone; {GOES_ON}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0  # `triptych inspect OUT | head`: the reader has seen enough
    except Exception as error:  # noqa: BLE001 - the one place where a bug becomes an exit status; its traceback is kept
        refused = refusal(error)
        if refused and argv[0] in WORKING:
            refused += f"; {GOES_ON}"
        return _end(USAGE, refused) if refused else _bug(error)


def _dispatch(argv: list[str]) -> int:
    own, beam_options = split(argv)
    own, logins = without_logins(own)
    parser, verbs = parsers()
    if not own:
        parser.print_help()
        return 0
    _refuse_unknown(own, verbs)
    try:
        args = parser.parse_args(own)
    except SystemExit as end:  # --help and --version
        return int(end.code or 0)
    if beam_options and args.verb not in ("run", "submit", "crawl", "plan"):
        raise UserError(f"triptych {args.verb} takes no Beam options: leave out -- and what follows")
    args.beam_options, args.own_words = tuple(beam_options), own
    if logins and args.verb in NO_LOGIN:
        raise UserError(f"triptych {args.verb} takes no login in an address")
    if logins:
        args.storage = [*args.storage, *map("=".join, logins.items())]
        if has_login(args.storage, getattr(args, "master", "")):
            raise UserError("--master takes no login: a cluster is asked without one")
    if args.verb in HEAVY:
        check_files(getattr(args, "workers", 1) if getattr(args, "runner", "local") == "local" else 1)
        live_within_limit()
    status: int = args.act(args)
    sys.stdout.flush()  # what cannot be written is to be said here, and not behind the last line of ours
    return status


def split(argv: list[str]) -> tuple[list[str], list[str]]:
    """Our own arguments, and the Beam options that stand after the first `--`.

    >>> split(["run", "--workers", "2", "--", "--runner=SparkRunner"])
    (['run', '--workers', '2'], ['--runner=SparkRunner'])
    """
    if "--" not in argv:
        return argv, []
    place = argv.index("--")
    return argv[:place], argv[place + 1 :]


def parsers() -> tuple[Parser, dict[str, argparse.ArgumentParser]]:
    """The whole parser, and the parser of each verb by its name."""
    parser = Parser(
        prog="triptych",
        description="Turns web archives into text, image-caption and interleaved corpora.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    subparsers = parser.add_subparsers(dest="verb", metavar="COMMAND", title="commands", parser_class=Parser)
    verbs: dict[str, argparse.ArgumentParser] = {}
    for verb in VERBS:
        verbs[verb.name] = subparsers.add_parser(
            verb.name, help=verb.help, description=verb.help[0].upper() + verb.help[1:] + "."
        )
        verb.arguments(verbs[verb.name])
        verbs[verb.name].set_defaults(act=verb.act)
    return parser, verbs


def _refuse_unknown(own: list[str], verbs: dict[str, argparse.ArgumentParser]) -> None:
    """Name the nearest command or option before argparse complains of what is missing instead."""
    if own[0].startswith("-"):
        return
    if own[0] not in verbs:
        raise UserError(f"no command {own[0]!r}{nearest(own[0], verbs)} (triptych --help says what each does)")
    verb = verbs[own[0]]
    options = [option for action in verb._actions for option in action.option_strings if option.startswith("--")]
    for word in own[1:]:
        option = word.partition("=")[0]
        if option.startswith("--") and option not in options:
            raise UserError(
                f"{verb.prog}: no option {option}{nearest(option, options)} (Beam's options stand after --)"
            )


def _end(status: int, message: object) -> int:
    for line in str(message).splitlines():
        terminal.say(f"triptych: {line}")
    return status


def _with_notes(message: str, signal: BaseException) -> str:
    """A message, and what an engine says of a job that runs on."""
    return "\n".join([message, *getattr(signal, "__notes__", [])])


def _bug(error: BaseException) -> int:
    """Keep the traceback in a file and name it; the terminal gets one line."""
    handle, path = tempfile.mkstemp(prefix="triptych-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as log:
        log.writelines(traceback.format_exception(error))
    summary = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return _end(BUG, f"a bug: {summary}; please report it with the log {path}")


if __name__ == "__main__":
    sys.exit(main())
