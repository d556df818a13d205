"""Law 7, of machines: one that refuses files, sizes or memory ends a run in one line with status 2, and the same command goes on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.manifest import Manifest
from tests.support.runs import SAMPLE, recipe, run_on, shard_digests
from tests.support.shared_data import ROOT


def triptych(folder: Path, *more: str, before: str = "", after: str = "") -> subprocess.CompletedProcess[str]:
    """A run over the sample into `folder`/out, in a shell that does something before and redirects after."""
    command = f"{sys.executable} -m jobs.cli run --input {SAMPLE} --output {folder}/out {' '.join(more)}"
    return subprocess.run(
        ["bash", "-c", f"{before}\n{command} {after}"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What the command said of its end."""
    return [line for line in done.stderr.splitlines() if line.startswith("triptych: ")]


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("ulimit -f 1", "run.json: file too large"),
        ("ulimit -f 100", "file too large"),
        ("ulimit -n 12", "open files (ulimit -n) is 12"),
        ("ulimit -v 600000", "the limit on address space (ulimit -v) is 614.4 MB"),
    ],
)
def test_a_limit_that_is_too_small_is_told_and_the_run_goes_on_without_it(
    limit: str, said: str, tmp_path: Path
) -> None:
    """One line that names what is too small; then the same command makes the run that was wanted."""
    done = triptych(tmp_path, before=limit)
    (line,) = lines(done)
    assert done.returncode == 2 and said in line
    assert triptych(tmp_path).returncode == 0


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """The run of a machine that refuses nothing."""
    return run_on([str(SAMPLE)], tmp_path_factory.mktemp("whole") / "out", recipe("kosmos1"))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_hard_limit_on_memory_is_lived_with(workers: int, whole: Manifest, tmp_path: Path) -> None:
    """1 GB of address space a process is enough, though a recipe lets a child have 2 GiB; the shards are the same."""
    done = triptych(tmp_path, f"--workers {workers}", before="ulimit -v 1000000")
    assert (done.returncode, lines(done)) == (0, [])
    again = run_on([str(SAMPLE)], tmp_path / "out", recipe("kosmos1"))
    assert shard_digests(again) == shard_digests(whole)


def test_a_run_needs_no_streams(tmp_path: Path) -> None:
    """With all three closed it does its work; where its result cannot be written it says so, and has done its work."""
    assert triptych(tmp_path, after="<&- >&- 2>&-").returncode == 0
    done = triptych(tmp_path, after="> /dev/full")
    assert done.returncode == 2 and "no space left on device" in lines(done)[-1]
    assert (tmp_path / "out" / "manifest.json").exists()
