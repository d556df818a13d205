"""A whole run on an engine, as a user types it, beside the same run on this machine."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engines import bring, cache
from tests.engines.archives import archives
from tests.engines.cluster_env import make_environment
from tests.engines.tools import LackError
from tests.support.runs import manifest_json, recipe, run_on
from tests.support.shared_data import ROOT
from tests.support.wheel import build_wheel

REQUIRED = "TRIPTYCH_REQUIRE_ENGINES"
UNITS = 6


@dataclass(frozen=True)
class Material:
    """What all runs share: the archives, what a run on this machine makes of them, and what a cluster has of the project."""

    folder: Path

    @property
    def inputs(self) -> Path:
        """The folder of the archives, each of them a unit of work."""
        return self.folder / "in"

    @property
    def local(self) -> Path:
        """The run on this machine."""
        return self.folder / "local"

    @property
    def wheel(self) -> Path:
        """The project's wheel."""
        (path,) = (self.folder / "wheel").glob("*.whl")
        return path

    @property
    def environment(self) -> Path:
        """The workers' environment."""
        return self.folder / "environment"

    @property
    def for_workers(self) -> list[str]:
        """What a user says of the workers."""
        return ["--worker-env", str(self.environment), "--package", str(self.wheel)]

    def make(self) -> None:
        """Make all of it."""
        archives(self.inputs, UNITS)
        run_on([str(self.inputs)], self.local, recipe("kosmos1"))
        (self.folder / "wheel").mkdir()
        make_environment(self.environment, build_wheel(self.folder / "wheel"))


def material(temporary: pytest.TempPathFactory) -> Material:
    """The material of this session of tests, made by the first process that asks for it."""
    base = temporary.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made = Material(shared / "engines")
    with cache.locked(shared / "engines.lock"):
        done = made.folder / "done"
        if not done.exists():
            made.make()
            done.touch()
    return made


def engine(name: str) -> tuple[Path, ...]:
    """The folders of an engine's parts. Where they are not there the test is skipped, or brings them or fails if engines are required."""
    required = os.environ.get(REQUIRED) == "1"
    if not required and not bring.is_there(name):
        pytest.skip(f"{name} is not in {cache.folder()}: `make engines` brings it ({REQUIRED}=1 makes this a failure)")
    try:
        return bring.bring(name)
    except LackError as error:
        pytest.fail(f"{name} cannot be had: {error}")


def command(made: Material, output: Path, options: Sequence[str], beam_options: Sequence[str]) -> list[str]:
    """The run as a user types it."""
    run = [sys.executable, "-m", "jobs.cli", "run", "--input", str(made.inputs), "--output", str(output)]
    return [*run, *options, "--", *beam_options]


def run_whole(made: Material, output: Path, options: Sequence[str], beam_options: Sequence[str]) -> None:
    """Run to the end, which must be a good one."""
    told = command(made, output, options, beam_options)
    done = subprocess.run(told, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-6000:]


def assert_same(found: Path, expected: Path) -> None:
    """Every file outside staging has the same bytes, but for the log, which tells times; and the accounts are the same."""
    assert manifest_json(found)["accounts"] == manifest_json(expected)["accounts"]
    assert digests(found) == digests(expected)


def digests(run: Path) -> dict[str, str]:
    """SHA-256 by name of all files of a run that may not differ."""
    names = (path.relative_to(run) for path in run.rglob("*") if path.is_file())
    return {
        str(name): hashlib.sha256((run / name).read_bytes()).hexdigest()
        for name in names
        if name.parts[0] not in ("staging", "run.log")
    }
