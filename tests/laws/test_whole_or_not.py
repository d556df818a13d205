"""Law 6: a run that was killed goes on from what is finished and ends with the same bytes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import storage
from pipeline.verify import verify
from tests.support.runs import ROOT, recipe, run_on, two_archives


def command(inputs: list[str], output: Path) -> list[str]:
    """The run as a user types it."""
    return [sys.executable, "-m", "jobs.cli", "run", "--output", str(output), "--input", *inputs]


def appears(pattern: str) -> bool:
    """Wait until a file that matches is there; False when none came in time."""
    for _ in range(600):
        if storage.list_files(pattern):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("moment", ["staging/units/000000.summary.json", "staging/decide/ledger-*", "text/data/*"])
def test_killed_and_run_again(tmp_path: Path, moment: str) -> None:
    """kill -9 of the whole process group after a unit, a decision or a shard; then the same command ends as an undisturbed run."""
    inputs = two_archives(tmp_path / "in")
    whole = run_on(inputs, tmp_path / "whole", recipe("kosmos1"))
    run = subprocess.Popen(
        command(inputs, tmp_path / "out"), cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL
    )
    try:
        assert appears(str(tmp_path / "out" / moment))
    finally:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    staged = {p: p.stat().st_mtime_ns for p in (tmp_path / "out" / "staging" / "units").glob("*.summary.json")}
    assert run_on(inputs, tmp_path / "out", recipe("kosmos1")) == whole
    assert all(path.stat().st_mtime_ns == before for path, before in staged.items()), "a finished unit was read again"
    assert verify(str(tmp_path / "out")) == []
