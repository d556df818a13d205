"""`triptych submit`: hands the job of the next step over to a cluster and returns; or prints the whole command of each step."""

import argparse
import json
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from jobs import engine, engine_log, terminal
from jobs import request as asked
from jobs.watched import importing, watched
from pipeline.credentials import SETTING, holds_secret, is_secret
from pipeline.engines.settings import DATAFLOW, FLINK, LOCAL, PRISM, SPARK, STAGES
from pipeline.engines.words import value_of
from schemas.outcomes import UserError

if TYPE_CHECKING:
    from pipeline.engines.job import Submitted
    from pipeline.engines.settings import EngineSettings
    from pipeline.plan import Request
    from pipeline.progress import Tell

_DIES = "this command: the job would end with it. Use triptych run, and --stage where it may go away between steps"
_OUTLIVES = "or name a job server that outlives it: -- --job_endpoint=HOST:PORT"
WHY_NOT = {
    LOCAL: f"the local engine lives in {_DIES}",
    PRISM: f"Prism lives in {_DIES}",
    SPARK: f"Beam's job server, which is Spark's driver, lives in {_DIES}; {_OUTLIVES}",
    FLINK: f"Beam's job server, which serves the workers' files, lives in {_DIES}; {_OUTLIVES}",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes. What fetches is refused, for a reason, and stands in no help."""
    asked.arguments(parser, fetches=False)
    group = parser.add_argument_group("what is submitted")
    group.add_argument(
        "--stage",
        choices=STAGES,
        metavar="STEP",
        help="only the job of this step: extract, decide or emit (default: of the next one)",
    )
    group.add_argument(
        "--print-only",
        action="store_true",
        help="only print the command of the step, or of each, with all options of Beam's",
    )
    asked.printing_arguments(parser)


def act(args: argparse.Namespace) -> int:
    """Submit the next step, or print."""
    settings = engine.settings(args)
    if args.images != "archive":
        raise UserError(f"--images {args.images} takes turns of jobs and of what this command does: use triptych run")
    if not args.print_only and (why := refusal(settings)):
        raise UserError(f"submit cannot leave a job to --runner {settings.kind}: {why}")
    request = asked.request(args)
    if args.print_only:
        return _print(args, request)
    job = submit(request, (args.stage,) if args.stage else STAGES, args.quiet)
    facts = {"finished": job is None, "step": job and job.step, "job": job and job.job, "page": job and job.page}
    terminal.out(json.dumps(facts, indent=2) if args.json else "\n".join(lines(request.output, job)))
    return 0


def refusal(settings: "EngineSettings") -> str:
    """Why no job can be left to an engine; "" where it can."""
    if settings.kind == DATAFLOW or (
        settings.kind not in (LOCAL, PRISM) and value_of(settings.beam_options, "job_endpoint")
    ):
        return ""
    return WHY_NOT.get(settings.kind, "it needs a job server that outlives this command: -- --job_endpoint=HOST:PORT")


def submit(request: "Request", stages: tuple[str, ...], quiet: bool) -> "Submitted | None":
    """Do what can be done here, and hand over the first job that is left; None where none is left: all is finished.

    Raises UserError where that job is not of one of the stages.
    """
    return watched(replace(request, engine=replace(request.engine, detached=stages)), quiet, _load)


def _load() -> "Callable[..., Submitted | None]":
    from pipeline.engines.job import Submitted
    from pipeline.run import run

    def hand_over(request: "Request", progress: "Tell") -> "Submitted | None":
        try:
            run(request, progress=progress)
        except Submitted as job:
            return job
        return None

    return hand_over


def lines(output: str, job: "Submitted | None") -> list[str]:
    """What was handed over, and what to do next."""
    if job is None:
        return [f"{output} is finished: no job was needed"]
    name = f"job {job.job}" if job.job else "a job, which its launcher begins,"
    found = "runs already" if job.found else "was accepted"
    where = [f"watch it at {job.page}"] if job.page else []
    after = (
        "the same command hands over what comes next" if job.step != STAGES[-1] else "the same command, or run, ends it"
    )
    return [f"{job.step}: {name} {found}", *where, f"when it has ended, {after}"]


def _print(args: argparse.Namespace, request: "Request") -> int:
    with engine_log.kept_aside(), importing():
        from pipeline import storage
        from pipeline.engines import flink
        from pipeline.plan import plan

        storage.configure(request.storage)
        settings = request.engine.with_pieces(plan(request).unit_count)
        if settings.kind == FLINK:
            try:
                settings = flink.known(settings)
            except UserError as error:
                terminal.say(
                    f"{terminal.program()}: {error}; left out: --parallelism and --flink_version, for which a run asks it"
                )
        verb = "run" if refusal(settings) else "submit"
        said = [command(verb, args.own_words, settings, stage) for stage in ([args.stage] if args.stage else STAGES)]
    logins = {f"the login of {key.removeprefix(SETTING)}" for key in request.storage if key.startswith(SETTING)}
    for left_out in sorted({*hidden(args.own_words), *hidden_options(settings.beam_options), *logins}):
        terminal.say(f"{terminal.program()}: left out, to be given where the command runs: {left_out}")
    terminal.out("\n".join(said))
    return 0


def command(verb: str, words: Sequence[str], settings: "EngineSettings", stage: str) -> str:
    """The whole command of one step, as a line for a shell: the user's own words without secrets, and all of Beam's options."""
    from pipeline.engines.options import beam_options

    own = list(shown(words[1:]))
    options = [
        word
        for option, values in _by_option(beam_options(settings, stage))
        if not _is_hidden_option(option, values)
        for word in (option, *values)
    ]
    return shlex.join([terminal.program(), verb, *own, "--stage", stage, "--", *options])


def shown(words: Sequence[str]) -> Iterator[str]:
    """The words of a command but for those of this verb, and for secrets.

    >>> list(shown(["--output", "x", "--stage", "emit", "--print-only", "--storage", "s3.secret_access_key=1"]))
    ['--output', 'x']
    """
    for word, value in _by_option(words):
        if word == "--print-only" or word.partition("=")[0] == "--stage" or _is_hidden(word, value):
            continue
        yield word
        yield from value


def hidden(words: Sequence[str]) -> Iterator[str]:
    """What `shown` leaves out as secret, without its values."""
    for word, value in _by_option(words):
        if _is_hidden(word, value):
            yield "--storage " + (value[0] if value else word.partition("=")[2]).partition("=")[0]


def hidden_options(options: Sequence[str]) -> list[str]:
    """The options of Beam's that are secret, or hold something that is, without their values.

    >>> hidden_options(["--a_token", "1", "--b=2", "--job_server_jvm_properties=-Dspark.hadoop.fs.s3a.secret.key=3"])
    ['--a_token', '--job_server_jvm_properties']
    """
    return [word.partition("=")[0] for word, values in _by_option(options) if _is_hidden_option(word, values)]


def _is_hidden_option(word: str, values: Sequence[str]) -> bool:
    name, _, inside = word.partition("=")
    return is_secret(name) or any(map(holds_secret, (inside, *values)))


def _is_hidden(word: str, value: Sequence[str]) -> bool:
    option, _, inside = word.partition("=")
    setting = inside or (value[0] if value else "")
    return option == "--storage" and (is_secret(setting.partition("=")[0]) or holds_secret(setting))


def _by_option(words: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Each option with the words that stand behind it."""
    places = [place for place, word in enumerate(words) if word.startswith("--")]
    for place, following in pairwise([*places, len(words)]):
        yield words[place], list(words[place + 1 : following])
