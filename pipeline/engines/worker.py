"""What every cluster is told of the workers: which environment they run in, and what they install first."""

import json
import os
from collections.abc import Mapping

from pipeline.engines import same_version
from pipeline.engines.settings import EngineSettings

PROGRAM = "triptych-worker"  # the console script of `pipeline.engines.boot`
# A worker waits so long for its next work: by default Beam starts Python anew between two stages. Each step has workers of its own, so
# those of the step before hold their memory no longer than this either.
CACHE_MILLISECONDS = 60_000
# What libraries in a worker are told. Arrow's own allocator keeps what each thread has freed, and Beam works in thread after thread: so
# a worker of `decide` grew with the archives; the C library's has an arena for each thread, unless it may have but one (docs/decisions.md,
# "What a worker keeps of freed memory").
VARIABLES = {"OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}


def options(settings: EngineSettings, variables: Mapping[str, str] | None = None) -> list[str]:
    """Beam's options: the workers' environment, with more `variables`, what they install, and that they are of our versions."""
    return [
        *environment(settings, variables or {}),
        f"--environment_cache_millis={CACHE_MILLISECONDS}",
        # Else Beam asks pip, at each step, for a list of what is installed here, for workers that print it.
        "--experiments=disable_logging_submission_environment",
        *same_version.options(),
        *staged(settings),
    ]


def program(settings: EngineSettings) -> str:
    """The path of the worker's program."""
    return os.path.join(settings.environment, "bin", PROGRAM)


def environment(settings: EngineSettings, variables: Mapping[str, str]) -> list[str]:
    """A container, or a Python environment that lies at the same path on every host."""
    if settings.image:
        return ["--environment_type=DOCKER", f"--environment_config={settings.image}"]
    config = {"command": program(settings), "env": {**VARIABLES, **variables}}
    return ["--environment_type=PROCESS", f"--environment_config={json.dumps(config)}"]


def staged(settings: EngineSettings) -> list[str]:
    """The wheels that workers install."""
    return [f"--extra_package={os.path.abspath(package)}" for package in settings.packages]
