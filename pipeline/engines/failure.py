"""What a cluster's failure is called: by its own name, with where to look, and not as a bug of ours."""

import re

from pipeline.engines import flink_failures
from pipeline.engines.settings import DATAFLOW, FLINK, PRISM, SPARK, EngineSettings
from schemas.outcomes import UserError

NAMES = {SPARK: "Spark", FLINK: "Flink", PRISM: "Prism", DATAFLOW: "Dataflow"}

_STATE = re.compile(r"^Pipeline \S+ failed in state \w+: ")


class EngineError(UserError):
    """A job that its engine could not run to its end: what it said, and where it says more."""


class LostError(EngineError):
    """A job that failed since a process of its cluster went away: another try may end well. `said` is that in short."""

    said = ""


def engine_error(settings: EngineSettings, step: str, error: BaseException, log: str) -> EngineError:
    """The failure of a step's job in words."""
    said = _STATE.sub("", " ".join(str(error).split()))[:600]
    lost = settings.kind == FLINK and flink_failures.is_lost(said)
    if settings.kind == FLINK:
        said = flink_failures.in_words(said)
    name = NAMES.get(settings.kind, "the engine")
    where = [f"{name}'s page of {settings.master}"] if settings.master else []
    where += [log] if log else []
    look = f"look at {' and '.join(where)}; " if where else ""
    told = (LostError if lost else EngineError)(
        f"{name} failed in the step {step}: {said}; {look}the same command goes on from what is finished"
    )
    if isinstance(told, LostError):
        told.said = f"{name} lost a process in the step {step}"
    return told
