"""What an engine cannot do, said before anything is written."""

import os
import re
from collections.abc import Iterable
from zipfile import is_zipfile

from pipeline import storage
from pipeline.engines import dataflow, worker
from pipeline.engines.extras import need
from pipeline.engines.settings import DATAFLOW, FLINK, LOCAL, OTHER, PRISM, SPARK, EngineSettings
from pipeline.engines.words import value_of
from schemas.outcomes import UserError

# Where a cluster's address means this machine, its workers see our files.
_HERE = re.compile(r"local(\[.*\])?|\[(local|auto)\]|(\w+://)?(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?/?")

# The masters that Spark knows.
_SPARK = re.compile(r"local(-cluster)?(\[[^\]]+\])?|yarn|(spark|k8s|mesos)://[^/].*")

_PROJECT = re.compile(r"(?:[\w.-]+:)?[a-z][-a-z0-9]*[a-z0-9]")  # Google's rule; a domain may stand in front

# Which options an engine takes beside those that all take.
_TAKES = {
    LOCAL: set[str](),
    PRISM: set[str](),
    SPARK: {"master", "worker_env", "image", "packages", "shared"},
    FLINK: {"master", "worker_env", "image", "packages", "shared"},
    DATAFLOW: {"image", "packages", "project", "region", "temp"},
    OTHER: {"shared"},
}
_WORDS = {"worker_env": "--worker-env", "packages": "--package"}


def check(settings: EngineSettings, folders: Iterable[str]) -> None:
    """Raise UserError where the engine cannot run what it is asked, or not reach the `folders` that are read and written."""
    kind = settings.kind
    given = ("master", "worker_env", "image", "packages", "project", "region", "temp", "shared")
    for name in given:
        if getattr(settings, name) and name not in _TAKES[kind]:
            takers = " or ".join(
                f"--runner {each}" for each, taken in _TAKES.items() if name in taken and each != OTHER
            )
            raise UserError(
                f"{_WORDS.get(name, f'--{name}')} says nothing to --runner {kind}: leave it out, or name {takers}"
            )
    for package in settings.packages:
        _check_wheel(package)
    if kind in (SPARK, FLINK):
        _check_cluster(settings)
    if kind == DATAFLOW:
        _check_dataflow(settings)
    if kind == DATAFLOW or (kind in (SPARK, FLINK) and not settings.shared and not _HERE.fullmatch(settings.master)):
        _check_reach(settings, folders)
    if kind in (SPARK, FLINK) and not _HERE.fullmatch(settings.master):
        _check_handed(settings)


def _check_cluster(settings: EngineSettings) -> None:
    named = {SPARK: "--spark_master_url", FLINK: "--flink_master"}[settings.kind]
    example = {SPARK: "spark://HOST:7077", FLINK: "HOST:8081"}[settings.kind]
    if not settings.master and not any(word.startswith(named) for word in settings.beam_options):
        raise UserError(f"--runner {settings.kind} needs --master {example}")
    if settings.kind == SPARK and settings.master and not _SPARK.fullmatch(settings.master):
        raise UserError(f"--master {settings.master}: expected {example}, as the master's page names it")
    if settings.image and settings.worker_env:
        raise UserError("workers run in --image or in --worker-env: give one of them")
    program = worker.program(settings)
    if not settings.image and _HERE.fullmatch(settings.master) and not os.access(program, os.X_OK):
        raise UserError(
            f"{program} is missing: workers run in a Python environment with triptych, which --worker-env DIR names (docs/clusters.md)"
        )


def _check_dataflow(settings: EngineSettings) -> None:
    need("google.cloud.dataflow", "dataflow")
    temp = dataflow.temp(settings)
    given = {"project": dataflow.project(settings), "region": dataflow.region(settings), "temp": temp}
    missing = [f"--{name}" for name, value in given.items() if not value]
    if missing:
        raise UserError(f"--runner dataflow needs {', '.join(missing)}")
    if not _PROJECT.fullmatch(given["project"]):
        raise UserError(
            f"--project {given['project']}: expected the id of a project, such as my-project-123, not its name or number"
        )
    if not temp.startswith("gs://"):
        raise UserError(f"--temp {temp}: Dataflow wants a folder in gs://")
    if not dataflow.brings_code(settings):
        raise UserError(
            "--runner dataflow needs --image IMAGE, a container with triptych (deploy/dataflow/Dockerfile), or --package WHEEL: "
            "Google's own image has no triptych"
        )


def _check_wheel(path: str) -> None:
    """Raise UserError for what is no wheel: each worker would fail at it, long after."""
    if not os.path.isfile(path):
        raise UserError(f"--package {path}: no such file; it is a wheel on this machine")
    if not path.endswith(".whl") or not is_zipfile(path):
        raise UserError(f"--package {path} is no wheel: make one by pip wheel --no-deps DIR")


def _check_reach(settings: EngineSettings, folders: Iterable[str]) -> None:
    for folder in folders:
        if not storage.is_remote(folder):
            way = "" if settings.kind == DATAFLOW else "; say --shared where all hosts see it"
            raise UserError(
                f"{folder} is a local path, which the workers of --runner {settings.kind} do not see: use s3:// or gs://{way}"
            )


def _check_handed(settings: EngineSettings) -> None:
    """Raise UserError where workers of other hosts would not find what they are handed: each would end before it began."""
    named = any(value_of(settings.beam_options, name) for name in ("artifacts_dir", "job_endpoint"))
    if (option := worker.stages(settings)) and not worker.artifacts(settings) and not named:
        raise UserError(
            f"{option}: workers take what they are handed from a folder that all hosts see: name one by --artifacts_dir=DIR behind --, "
            "or install triptych on each host in the workers' environment (--worker-env)"
        )
