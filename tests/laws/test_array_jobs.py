"""Laws 5 and 6 without an engine: shares of the units, staged by processes beside each other, end as one run does."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from pipeline.layout import RunFolder, StagingFolder
from pipeline.verify import verify
from schemas.manifest import from_json
from tests.support.runs import ROOT, SAMPLE

# Archives are units of their own, however small; what workers do hangs on that nowhere.
PROGRAM = "import sys, pipeline.plan as plan; plan.SMALL_BYTES = 1; from jobs.cli import main; sys.exit(main())"


def started(inputs: Path, output: Path, *more: str) -> "subprocess.Popen[str]":
    """The command as a user types it, in a process group of its own."""
    words = ["run", "--input", str(inputs), "--output", str(output), "--corpora", "text,pairs", "--workers", "2", *more]
    command = [sys.executable, "-c", PROGRAM, *words]
    return subprocess.Popen(
        command, cwd=ROOT, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(process: "subprocess.Popen[str]") -> str:
    """What it printed, once it has ended well."""
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out


def killed(process: "subprocess.Popen[str]", once: Path) -> None:
    """kill -9 of the process group once a file is there, however slow the machine."""
    while not once.exists() and process.poll() is None:
        time.sleep(0.02)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_array_jobs_end_as_one_run_does(tmp_path: Path) -> None:
    """Two shares at once, a third that is killed and given again, a run behind them that is refused, killed, and given again."""
    inputs, output = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    for name in ("one", "two", "three"):
        shutil.copy(SAMPLE, inputs / f"{name}.warc.gz")
    ended(started(inputs, tmp_path / "whole"))
    run, staging = RunFolder(str(output)), StagingFolder(str(output / "staging"))
    third = started(inputs, output, "--units", "3/3")
    while not Path(f"{staging.share('0003-of-0003')}.jsonl").exists():
        time.sleep(0.02)
    early = started(inputs, output)
    refused = early.communicate()[1]
    assert early.returncode == 2 and "shares are at work: 3/3 (process" in refused
    killed(third, Path(f"{staging.share('0003-of-0003')}.jsonl"))
    beside = [started(inputs, output, "--units", f"{number}/3") for number in (1, 2, 3)]
    for number, process in enumerate(beside, 1):
        assert f"share {number}/3 (1 of 3 units" in ended(process)
    killed(started(inputs, output), Path(run.decided_record))
    ended(started(inputs, output))
    manifests = [from_json((folder / "manifest.json").read_bytes()) for folder in (tmp_path / "whole", output)]
    assert manifests[0] == manifests[1]
    assert verify(str(output)) == []
