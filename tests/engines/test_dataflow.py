"""Dataflow's stand-in, with Google's own libraries: the tests that submit to it skip where those are not installed, and run here."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.engines import google_packages, leash, whole_runs
from tests.support import dataflow_service
from tests.support.shared_data import ROOT

LOCKED = re.compile(r"^([\w.-]+)==", re.MULTILINE)


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """Variables by which Google's libraries are found; none of the tests around this one."""
    (packages,) = whole_runs.engine("dataflow")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    paths = [str(packages), *filter(None, [inherited.get("PYTHONPATH")])]
    return inherited | {"PYTHONPATH": os.pathsep.join(paths)}


def submitting() -> list[Path]:
    """The files of tests that submit to the stand-in."""
    imports = f"from {dataflow_service.__name__} import"
    return sorted(path for path in (ROOT / "tests").rglob("test_*.py") if imports in path.read_text())


def test_all_that_submits_to_dataflow_runs_and_is_right(environment: dict[str, str], tmp_path: Path) -> None:
    """Every test of those files passes, and none is skipped."""
    files, report = submitting(), tmp_path / "report.xml"
    assert {path.name for path in files} >= {"test_dataflow_job.py", "test_submit.py", "test_template.py"}
    leashed = [sys.executable, "-I", leash.__file__, str(os.getpid()), sys.executable]
    options = ["-q", f"--junitxml={report}", f"--basetemp={tmp_path / 'inner'}"]
    done = subprocess.run(
        [*leashed, "-m", "pytest", *options, *map(str, files)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    cases = list(ElementTree.parse(report).iter("testcase"))
    assert {case.attrib["classname"].rpartition(".")[2] for case in cases} == {path.stem for path in files}
    assert [case.attrib["name"] for case in cases if case.find("skipped") is not None] == []


def test_packages_fit_those_of_all_tests(environment: dict[str, str]) -> None:
    """Together they are whole, each in a version that the others allow."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"]
    done = subprocess.run(pip, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_package_is_locked_twice() -> None:
    """What all tests have, those that submit to Dataflow have in the same version."""
    mine, common = (
        set(LOCKED.findall(path.read_text())) for path in (google_packages.LOCK, ROOT / "requirements-dev.lock")
    )
    assert mine
    assert not mine & common
