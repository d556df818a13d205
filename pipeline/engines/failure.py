"""What a cluster's failure is called: by its own name, with where to look, and not as a bug of ours."""

import re
from contextlib import suppress
from dataclasses import dataclass
from subprocess import TimeoutExpired

from pipeline.engines import flink_failures, worker
from pipeline.engines.job_server import JobServer
from pipeline.engines.settings import DATAFLOW, FLINK, PRISM, SPARK, EngineSettings
from pipeline.engines.spark_log import executor_end
from pipeline.local_workers import how_it_ended
from schemas.outcomes import UserError

NAMES = {SPARK: "Spark", FLINK: "Flink", PRISM: "Prism", DATAFLOW: "Dataflow"}
MEMORY_OPTION = {SPARK: "give executors more by --job_server_jvm_properties=-Dspark.executor.memory=2g behind --"}

END_SECONDS = 5.0  # for a job server that was killed to have ended
_STATE = re.compile(r"^Pipeline \S+ failed in state \w+: ")


class EngineError(UserError):
    """A job that its engine could not run to its end: what it said, and where it says more."""


class LostError(EngineError):
    """A job that failed since a process of its cluster went away: another try may end well. `said` is that in short."""

    said = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """How an engine says that something happened, and what that means; the text may name the groups of the pattern, and settings."""

    pattern: re.Pattern[str]
    text: str


# The first that fits is told.
CAUSES = (
    Cause(
        re.compile(r"java\.io\.IOException:(?: Cannot run program [^\n]*?)? error=\d+, ([^\n]*)"),
        "a host cannot start the worker {program} ({0}): install triptych there, or name the environment that has it by --worker-env",
    ),
    Cause(
        re.compile(r"Process died with exit code (\d+)"),
        "a worker ended before it began, with status {0}: the logs of the executors say why",
    ),
    Cause(
        re.compile(r"ModuleNotFoundError: (No module named '[^']+')"),
        "the workers' environment has not what the command has ({0}): install triptych in it, or name another by --worker-env",
    ),
    Cause(
        re.compile(r"OutOfMemoryError|Command exited with code 52\b"),
        "the memory of an executor was used up: {memory}",
    ),
    Cause(
        re.compile(r"ExecutorLostFailure.*?Command exited with code (\d+)"),
        "four executors that did the same piece of work were lost, the last {ended}. Linux ends processes when a host's memory runs out: "
        "{memory}, or let fewer run on a host",
    ),
    Cause(
        re.compile(r"call already cancelled|SDK harness.*?disconnect|Channel closed|UNAVAILABLE: io exception"),
        "a worker was lost, and its work could not be done again. Linux ends processes when a host's memory runs out: "
        "let fewer run on a host",
    ),
    Cause(
        re.compile(r"didn't get control connection"),
        "its worker had not begun within a minute, as on a machine that is too busy",
    ),
    Cause(
        re.compile(r"No space left on device"),
        "the disk of a host is full: make room where the cluster keeps its scratch files",
    ),
    Cause(
        re.compile(
            r"InvalidClassException|NoClassDefFoundError|ClassNotFoundException: org\.apache\.(?:beam|spark|flink)"
        ),
        "the cluster runs another version of {name} than Beam's job server is made for (docs/clusters.md)",
    ),
)


def engine_error(
    settings: EngineSettings, step: str, error: BaseException, server: JobServer | None, page: str = ""
) -> EngineError:
    """The failure of a step's job in words: a line of what happened and what to do, and one of where to look, such as the job's `page`."""
    name = NAMES.get(settings.kind, "the engine")
    said = _STATE.sub("", " ".join(str(error).split()))[:600]
    of_flink = settings.kind == FLINK
    lost = of_flink and flink_failures.is_lost(said)
    in_words = flink_failures.in_words(said) if of_flink else cause_of(settings, str(error)) or said[:400]
    of_server = _of_server(settings, server, str(error))
    what = of_server or in_words
    where = [page] if page else []
    where += [server.heard.where] if server and server.heard.where else []
    where += [f"{name}'s page of {settings.master}"] if settings.master and not where else []
    where += [f"the log of the job server, {server.log}"] if server else []
    where += ["the logs of its workers"] if settings.kind in (SPARK, FLINK) else []
    looks = f"\n{name} says more: {', '.join(where)}" if where else ""
    told = (LostError if lost else EngineError)(
        f"{name} failed in the step {step}: {what}; the same command goes on from what is finished{looks}"
    )
    if isinstance(told, LostError):
        told.said = f"{name}, step {step}: {of_server}" if of_server else f"{name} lost a process in the step {step}"
    return told


def _of_server(settings: EngineSettings, server: JobServer | None, said: str) -> str:
    """What the job server's own log and end say, "" where it runs; `said` is what the engine does."""
    if server is None:
        return ""
    if server.heard.no_master:
        return f"no Spark master answers at {settings.master}: its page names its address (spark://HOST:7077)"
    if server.starved and server.heard.silent:
        return f"{server.heard.silent} did not answer for ten minutes"
    if server.starved:
        return "no executor came in ten minutes: does the cluster have a core and the memory of an executor free?"
    # A process that is killed closes its connections before it has ended.
    with suppress(TimeoutExpired):
        ended = server.process.wait(END_SECONDS if "UNAVAILABLE" in said else 0)
        return f"its job server on this machine {how_it_ended(ended)}"
    return ""


def cause_of(settings: EngineSettings, said: str) -> str:
    """What an engine's message means, "" where we do not know.

    >>> cause_of(EngineSettings("spark"), "java.lang.OutOfMemoryError: Java heap space").partition(":")[0]
    'the memory of an executor was used up'
    """
    for cause in CAUSES:
        if found := cause.pattern.search(said):
            facts = {
                "name": NAMES.get(settings.kind, "the engine"),
                "memory": MEMORY_OPTION.get(settings.kind, "give it more"),
                "program": worker.program(settings),
                "ended": executor_end(int(found[1])) if (found.lastindex and found[1].isdecimal()) else "",
            }
            return cause.text.format(*found.groups(), **facts)
    return ""
