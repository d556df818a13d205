"""The files for array jobs: they are what their readers take, and the commands in them are ours."""

import argparse
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import yaml

from jobs.cli import parsers
from pipeline.shares import Share, read_share
from tests.support.shared_data import ROOT

SLURM, KUBERNETES = ROOT / "deploy" / "slurm" / "array.sh", ROOT / "deploy" / "kubernetes" / "array.yaml"
RUN = ["--input", "/data/my crawl/*.warc.gz", "--output", "/data/corpus"]


def program(path: Path, body: str) -> None:
    """A program of a few lines."""
    path.write_text(f"#!/bin/bash\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def lines(command: list[str], folder: Path, **environment: str) -> list[str]:
    """What a command prints with the programs of a folder before all others."""
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(command, env={"PATH": path, **environment}, capture_output=True, text=True, check=True)
    return ran.stdout.splitlines()


def parsed(words: list[str]) -> argparse.Namespace:
    """The words of a command of ours, as it takes them."""
    return parsers()[0].parse_args(words)


def test_the_script_for_slurm_submits_shares_and_a_job_behind_them(tmp_path: Path) -> None:
    """By a `sbatch` that writes down what it was given; names with spaces stay whole."""
    program(tmp_path / "sbatch", f'printf "%s\\n" "$@" -- >> {tmp_path}/asked\necho 42\n')
    given = {"SHARES": "7", "CORES": "8", "SBATCH_OPTIONS": "--partition=long --qos=low"}
    told = lines([str(SLURM), *RUN], tmp_path, **given)
    assert told == ["array 42 stages 7 shares; job 42 decides and writes behind it"]
    first, second, _ = (tmp_path / "asked").read_text().split("--\n")
    for part, asked in (("share", first.splitlines()), ("rest", second.splitlines())):
        assert {"--partition=long", "--qos=low", "--cpus-per-task=8", f"--export=ALL,TRIPTYCH_PART={part}"} <= set(
            asked
        )
        assert asked[asked.index(str(SLURM)) + 1 :] == RUN
    assert "--array=1-7" in first and "--dependency=afterany:42" in second


def test_the_jobs_of_slurm_are_commands_of_ours(tmp_path: Path) -> None:
    """A share by the number of its task, and the run behind them without."""
    program(tmp_path / "triptych", 'printf "%s\\n" "$@"')
    given = {"SHARES": "7", "CORES": "8"}
    share = parsed(lines([str(SLURM), *RUN], tmp_path, TRIPTYCH_PART="share", SLURM_ARRAY_TASK_ID="7", **given))
    rest = parsed(lines([str(SLURM), *RUN], tmp_path, TRIPTYCH_PART="rest", **given))
    assert (read_share(share.units), share.workers, share.input) == (Share(7, 7), 8, [RUN[1]])
    assert (rest.units, rest.stage, rest.workers, rest.output) == (None, None, 8, RUN[3])


def test_the_script_for_slurm_says_how_it_is_used(tmp_path: Path) -> None:
    """It parses, and without options it submits nothing."""
    subprocess.run(["bash", "-n", str(SLURM)], check=True)
    ran = subprocess.run([str(SLURM)], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, "usage: SHARES=N" in ran.stderr) == (2, "", True)


def containers() -> list[dict[str, Any]]:
    """The containers of the two jobs."""
    (shares, rest) = yaml.safe_load(KUBERNETES.read_text())["items"]
    assert (shares["spec"]["completionMode"], rest["spec"]["suspend"]) == ("Indexed", True)
    found = [job["spec"]["template"]["spec"]["containers"][0] for job in (shares, rest)]
    assert [{"name": "SHARES", "value": str(shares["spec"]["completions"])}] == found[0]["env"]
    return found


def test_the_jobs_of_kubernetes_are_commands_of_ours(tmp_path: Path) -> None:
    """Run by their own shell: indexes from 0 become shares from 1 to all, and the job behind them has the same arguments."""
    program(tmp_path / "triptych", 'printf "%s\\n" "$@"')
    share, rest = containers()
    count = share["env"][0]["value"]
    found = []
    for index in (0, int(count) - 1):
        told = lines(share["command"] + share["args"], tmp_path, SHARES=count, JOB_COMPLETION_INDEX=str(index))
        found.append(parsed(told))
    assert [read_share(args.units) for args in found] == [Share(int(count), 1), Share(int(count), int(count))]
    behind = parsed([*rest["command"][1:], *rest["args"]])
    assert vars(behind) | {"units": None} == vars(found[0]) | {"units": None}
    assert (rest["image"], rest["resources"]) == (share["image"], share["resources"])
    assert "$(" not in " ".join(share["command"])
