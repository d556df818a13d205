"""What every cluster is told of the workers: which environment they run in, and what they install first."""

import json
import os
from collections.abc import Mapping

from pipeline.engines import same_version
from pipeline.engines.settings import EngineSettings
from pipeline.engines.words import pairs

PROGRAM = "triptych-worker"  # the console script of `pipeline.engines.boot`
# A worker waits so long for its next work: by default Beam starts Python anew between two stages. Each step has workers of its own, so
# those of the step before hold their memory no longer than this either.
CACHE_MILLISECONDS = 60_000
# What libraries in a worker are told. Arrow's own allocator keeps what each thread has freed, and Beam works in thread after thread: so
# a worker of `decide` grew with the archives; the C library's has an arena for each thread, unless it may have but one (docs/decisions.md,
# "What a worker keeps of freed memory").
VARIABLES = {"OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}

# In what the command writes, where hosts share it.
ARTIFACTS = ".work/artifacts"
# What else, behind --, Beam hands to workers as files.
_STAGING = {"extra_package", "extra_packages", "files_to_stage", "requirements_file", "setup_file", "save_main_session"}


def options(settings: EngineSettings, variables: Mapping[str, str] | None = None) -> list[str]:
    """Beam's options: the workers' environment, with more `variables`, what they install, and that they are of our versions."""
    return [
        *environment(settings, variables or {}),
        f"--environment_cache_millis={CACHE_MILLISECONDS}",
        # Else Beam asks pip, at each step, for a list of what is installed here, for workers that print it.
        "--experiments=disable_logging_submission_environment",
        *same_version.options(),
        *staged(settings),
        *artifacts(settings),
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


def artifacts(settings: EngineSettings) -> list[str]:
    """Where the job server puts what workers are handed, for them to read it there: by default in its own /tmp, which no other host has."""
    if not (settings.shared and settings.output and stages(settings)) or "://" in settings.output:
        return []
    return [f"--artifacts_dir={os.path.join(settings.output, ARTIFACTS)}"]


def stages(settings: EngineSettings) -> str:
    """The option by which workers are handed files, the first of them; "" where they are handed none."""
    words = (name for name, _ in pairs(settings.beam_options) if name in _STAGING)
    return "--package" if settings.packages else f"--{name}" if (name := next(words, "")) else ""
