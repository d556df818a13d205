"""What a cluster's failure is called: by its own name, with where to look, and not as a bug of ours."""

import re
from contextlib import suppress
from subprocess import TimeoutExpired

from pipeline.engines.causes import NAMES, meaning_of
from pipeline.engines.job_server import JobServer
from pipeline.engines.settings import FLINK, PRISM, SPARK, EngineSettings
from pipeline.local_workers import how_it_ended
from schemas.outcomes import UserError

END_SECONDS = 5.0  # for a job server that was killed to have ended
_STATE = re.compile(r"^Pipeline \S+ failed in state \w+: ")


class EngineError(UserError):
    """A job that its engine could not run to its end: what it said, and where it says more."""


class LostError(EngineError):
    """A job that failed since a process of its cluster went away: another try may end well. `said` is that in short."""

    said = ""


def engine_error(
    settings: EngineSettings, step: str, error: BaseException, server: JobServer | None, page: str = ""
) -> EngineError:
    """The failure of a step's job in words: a line of what happened and what to do, and one of where to look, such as the job's `page`."""
    name = NAMES.get(settings.kind, "the engine")
    meaning = meaning_of(settings, _STATE.sub("", str(error)))
    of_server = _of_server(settings, server, str(error))
    what = of_server or meaning.text
    told = (LostError if meaning.lost else EngineError)(
        f"{name} failed in the step {step}: {what}; the same command goes on from what is finished{_where_more(settings, server, page)}"
    )
    if isinstance(told, LostError):
        told.said = f"{name}, step {step}: {of_server}" if of_server else f"{name} lost a process in the step {step}"
    return told


def _where_more(settings: EngineSettings, server: JobServer | None, page: str) -> str:
    """The line that says where the engine says more, "" where there is no such place."""
    name = NAMES.get(settings.kind, "the engine")
    where = [page] if page else []
    where += [server.heard.where] if server and server.heard.where else []
    where += [f"{name}'s page of {settings.master}"] if settings.master and not where else []
    where += [f"the log of the job server, {server.log}"] if server else []
    where += ["the logs of its workers"] if settings.kind in (SPARK, FLINK) else []
    return f"\n{name} says more: {', '.join(where)}" if where else ""


def _of_server(settings: EngineSettings, server: JobServer | None, said: str) -> str:
    """What the job server's own log and end say, "" where it runs; `said` is what the engine does."""
    if server is None:
        return ""
    if server.heard.no_master:
        return f"no Spark master answers at {settings.master}: its page names its address (spark://HOST:7077)"
    if server.starved and server.heard.silent:
        return f"{server.heard.silent} did not answer for ten minutes"
    if server.starved:
        return (
            "there was no executor for ten minutes: does the cluster have a core and the memory of an executor free? "
            "A master that was started anew knows nothing of applications from before"
        )
    # A process that is killed closes its connections before it has ended.
    with suppress(TimeoutExpired):
        ended = server.process.wait(END_SECONDS if "UNAVAILABLE" in said else 0)
        who = "it" if settings.kind == PRISM else "its job server on this machine"
        return f"{who} {how_it_ended(ended)}"
    return ""
