"""What engines say when a job fails, and what that means: what happened, and what to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.engines import worker
from pipeline.engines.settings import DATAFLOW, FLINK, OTHER, PRISM, SPARK, EngineSettings
from pipeline.engines.spark_log import executor_end

NAMES = {SPARK: "Spark", FLINK: "Flink", PRISM: "Prism", DATAFLOW: "Dataflow"}
MEMORY_OPTION = {SPARK: "give executors more by --job_server_jvm_properties=-Dspark.executor.memory=2g behind --"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an engine's message means. `lost` says that a process of the cluster went away, so that another try may end well."""

    text: str
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """What a message means in which the pattern is found. The text may name its groups, what was `said`, and facts of the settings.

    What our code raised in a worker is no process that was `lost`, whatever words it has.
    """

    pattern: re.Pattern[str]
    text: str
    lost: bool = False


_NO_MODULE = Cause(
    re.compile(r"ModuleNotFoundError: (No module named '[^']+')"),
    "the workers' environment has not what the command has ({0}): install triptych in it, or name another by --worker-env",
)
_NO_WORKER = Cause(
    re.compile(r"didn't get control connection"),
    "its worker had not begun within a minute, as on a machine that is too busy",
)
_FULL_DISK = Cause(
    re.compile(r"No space left on device"),
    "the disk of a host is full: make room where the cluster keeps its scratch files",
)
_OTHER_VERSION = Cause(
    re.compile(r"InvalidClassException|NoClassDefFoundError|ClassNotFoundException: org\.apache\.(?:beam|spark|flink)"),
    "the cluster runs another version of {name} than Beam's job server is made for (docs/clusters.md)",
)
_SPARK = (
    Cause(
        re.compile(r"java\.io\.IOException:(?: Cannot run program [^\n]*?)? error=\d+, ([^\n]*)"),
        "a host cannot start the worker {program} ({0}): install triptych there, or name the environment that has it by --worker-env",
    ),
    Cause(
        re.compile(r"Process died with exit code (\d+)"),
        "a worker ended before it began, with status {0}: the logs of the executors say why",
    ),
    _NO_MODULE,
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
    _FULL_DISK,
    _OTHER_VERSION,
)
_FLINK = (
    Cause(
        re.compile(r"Insufficient number of network buffers.*?currently set to \d+ of \d+", re.DOTALL),
        "a task manager has too little network memory: raise its taskmanager.memory.network.min (docs/clusters.md, Flink) ({said})",
    ),
    Cause(
        re.compile(r"Could not acquire the minimum required resources|NoResourceAvailable"),
        "the cluster has no free slots: wait for its other jobs, start task managers, or lower --workers ({said})",
    ),
    Cause(
        re.compile(r"Cannot run program"),
        "the workers' program is not on every host: install triptych there at the same path, or name it by --worker-env ({said})",
    ),
    Cause(
        re.compile(r"FlinkJobNotFoundException"),
        "the JobManager was started anew and knows nothing of the job",
    ),
    Cause(
        re.compile(r"OutOfMemoryError: \w"),
        "a task manager ran out of memory: raise its taskmanager.memory.process.size ({said})",
    ),
    Cause(
        re.compile(
            r"heartbeat of TaskManager|TaskManager .{0,200}(no longer reachable|has failed|was closed|shut ?down)|remote task manager"
            r"|RemoteTransportException|TaskExecutor.{0,80}(has been|shutdown)|releasing all its allocated resources"
            r"|call already cancelled|multiplexer hanging up|UNAVAILABLE|CANCELLED|SDK harness (disconnected|exited)"
            r"|Process died with exit code|exited with code|PartitionNotFound|PartitionConnection|Connection reset"
            r"|RecipientUnreachable|AskTimeout",
            re.IGNORECASE | re.DOTALL,
        ),
        "a process of the cluster was lost ({said})",
        lost=True,
    ),
    _NO_MODULE,
    _FULL_DISK,
    _OTHER_VERSION,
)
# By engine; the first that is found counts.
CAUSES: Mapping[str, tuple[Cause, ...]] = {
    SPARK: _SPARK,
    FLINK: _FLINK,
    PRISM: (
        _NO_MODULE,
        Cause(
            re.compile(r"SDK worker disconnected"),
            "its worker was lost, as where Linux ends a process because memory runs out",
        ),
        _NO_WORKER,
        _FULL_DISK,
    ),
    DATAFLOW: (_NO_MODULE, _FULL_DISK),
    OTHER: (*_SPARK, _NO_WORKER),  # a job server that the user brought: of Spark, as a rule
}


def meaning_of(settings: EngineSettings, text: str) -> Meaning:
    """What an engine's message means; the message itself, in short, where we do not know.

    >>> meaning_of(EngineSettings("flink"), "java.lang.OutOfMemoryError: Metaspace").text
    'a task manager ran out of memory: raise its taskmanager.memory.process.size (java.lang.OutOfMemoryError: Metaspace)'
    """
    said = " ".join(text.split())[:600]
    raised = "Traceback (most recent call last)" in text
    for cause in CAUSES[settings.kind]:
        found = cause.pattern.search(text)
        if found and not (cause.lost and raised):
            return Meaning(cause.text.format(*found.groups(), said=said, **_facts(settings, found)), cause.lost)
    return Meaning(said)


def _facts(settings: EngineSettings, found: re.Match[str]) -> dict[str, str]:
    """What a cause's text may name of the settings, and how a process ended whose status was found."""
    status = (found[1] or "") if found.re.groups else ""
    return {
        "name": NAMES.get(settings.kind, "the engine"),
        "memory": MEMORY_OPTION.get(settings.kind, "give it more"),
        "program": worker.program(settings),
        "ended": executor_end(int(status)) if status.isdecimal() else "",
    }
