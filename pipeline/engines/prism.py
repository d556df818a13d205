"""Prism, Beam's small engine in Go: a second opinion on one machine."""

from pipeline.engines.settings import EngineSettings


def options(settings: EngineSettings, step: str) -> list[str]:
    """Beam's options for one step; workers are threads of this process."""
    return ["--runner=PrismRunner", f"--job_name=triptych-{step}", "--environment_type=LOOPBACK"]
