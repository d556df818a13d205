"""What every cluster is told of the workers: which environment they run in, and what they install first."""

import json
import os

from pipeline.engines.settings import EngineSettings

PROGRAM = "triptych-worker"  # the console script of `pipeline.engines.boot`
CACHE_MILLISECONDS = (
    600_000  # a worker waits so long for its next work; by default Beam starts Python anew between two stages
)


def options(settings: EngineSettings) -> list[str]:
    """Beam's options: the workers' environment, and what they install."""
    return [*environment(settings), f"--environment_cache_millis={CACHE_MILLISECONDS}", *staged(settings)]


def environment(settings: EngineSettings) -> list[str]:
    """A container, or a Python environment that lies at the same path on every host."""
    if settings.image:
        return ["--environment_type=DOCKER", f"--environment_config={settings.image}"]
    programs = os.path.join(settings.environment, "bin")
    config = {"command": os.path.join(programs, PROGRAM), "env": {"OPENBLAS_NUM_THREADS": "1"}}
    return ["--environment_type=PROCESS", f"--environment_config={json.dumps(config)}"]


def staged(settings: EngineSettings) -> list[str]:
    """The wheels that workers install."""
    return [f"--extra_package={os.path.abspath(package)}" for package in settings.packages]
