"""Prism, Beam's small engine in Go: a second opinion on one machine."""

from pipeline.engines import worker
from pipeline.engines.settings import EngineSettings


def options(settings: EngineSettings, step: str) -> list[str]:
    """Beam's options for one step; Prism starts one worker, which is a process."""
    return ["--runner=PrismRunner", f"--job_name=triptych-{step}", *worker.environment(settings)]
