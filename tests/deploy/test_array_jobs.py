"""The files for array jobs: they are what their readers take, and the commands in them are ours.

Neither Slurm nor Kubernetes is needed: docs/decisions.md ("A real Slurm") says how they were tried, and what was seen.
"""

import argparse
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
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
    program(tmp_path / "triptych", "")
    given = {"SHARES": "7", "CORES": "8", "SBATCH_OPTIONS": "--partition=long --qos=low"}
    told = lines([str(SLURM), *RUN], tmp_path, **given)
    assert told == [
        "array 42 stages 7 shares",
        "job 42 decides and writes behind it; scancel 42 42 ends both",
    ]
    first, second, _ = (tmp_path / "asked").read_text().split("--\n")
    for part, asked in (("share", first.splitlines()), ("rest", second.splitlines())):
        assert {"--partition=long", "--qos=low", "--cpus-per-task=8", f"--export=ALL,TRIPTYCH_PART={part}"} <= set(
            asked
        )
        assert asked[asked.index(str(SLURM)) + 1 :] == RUN
    assert "--array=1-7" in first and "--dependency=afterany:42" in second
    assert "--output=triptych-%x-%A_%a.out" in first and "--output=triptych-%x-%j.out" in second


def test_a_task_that_goes_back_to_the_queue_keeps_what_it_has_told() -> None:
    """By itself Slurm begins its output anew, and some clusters give no task back."""
    directives = [line for line in SLURM.read_text().splitlines() if line.startswith("#SBATCH ")]
    assert directives == ["#SBATCH --requeue", "#SBATCH --open-mode=append"]


def test_nothing_is_submitted_where_the_program_is_missing(tmp_path: Path) -> None:
    """Each task would fail when its turn came, and the job behind them too."""
    program(tmp_path / "sbatch", f"touch {tmp_path}/asked; echo 42")
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "TRIPTYCH": "/no/triptych"}
    ran = subprocess.run([str(SLURM), *RUN], env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, "no program /no/triptych here" in ran.stderr) == (2, "", True)
    assert not (tmp_path / "asked").exists()


def test_an_array_whose_last_job_is_refused_is_told(tmp_path: Path) -> None:
    """Else nobody knows what to cancel."""
    program(tmp_path / "sbatch", f"mkdir {tmp_path}/once 2>/dev/null || exit 1; echo '42;cluster'")
    program(tmp_path / "triptych", "")
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run([str(SLURM), *RUN], env={"PATH": path}, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "array 42 stages 100 shares\n")


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


def test_pods_run_as_the_most_strict_clusters_ask() -> None:
    """As a user, on an image that cannot be written, with a folder for temporary files; one that is moved costs no try."""
    for job in yaml.safe_load(KUBERNETES.read_text())["items"]:
        pod = job["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        rights = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        assert container["securityContext"] == rights
        assert container["volumeMounts"] == [{"name": volume["name"], "mountPath": "/tmp"} for volume in pod["volumes"]]
        (rule,) = job["spec"]["podFailurePolicy"]["rules"]
        assert (rule["action"], rule["onPodConditions"][0]["type"]) == ("Ignore", "DisruptionTarget")
        assert pod["restartPolicy"] == "Never"  # what the rule and a limit for each index want


@pytest.mark.parametrize("end", ["SuccessCriteriaMet Complete", "FailureTarget Failed"])
def test_the_second_job_begins_however_the_first_ended(tmp_path: Path, end: str) -> None:
    """The lines at the top of the file, by a `kubectl` of our own: a share that failed for good is waited for no longer."""
    program(tmp_path / "sleep", f"touch {tmp_path}/waited")
    ended = f"[ -e {tmp_path}/waited ] && echo {end} || echo {end.split()[0]}"
    program(tmp_path / "kubectl", f'echo "$@" >> {tmp_path}/asked\n[ $1 != get ] || {{ {ended}; }}')
    told = [line.removeprefix("#").strip() for line in KUBERNETES.read_text().splitlines() if line.startswith("#     ")]
    lines(["timeout", "20", "bash", "-ec", "\n".join(told)], tmp_path)
    asked = (tmp_path / "asked").read_text().splitlines()
    assert [line.split()[0] for line in asked] == ["apply", "get", "get", "patch"]
    assert yaml.safe_load(asked[-1].partition(" -p ")[2]) == {"spec": {"suspend": False}}
