"""SIGKILL of each kind of process of a run on a cluster, in the middle of each step: `python -m benchmarks.engines_kills`.

    engines_kills.py --input GLOB --work DIR --runner spark --master URL --cluster PID ... [--steps ...] [--roles ...] [-- BEAM OPTIONS]

The run's own log says in which step it is; as soon as one of the step's workers works, a process is killed: that worker, its executor
(or task manager), the job server, or the driver (`terminate` sends SIGTERM to it, which must end with status 143). Where the run does not
go on by itself the same command is given again. For each kill must hold: the manifest is that of the local engine, byte by byte; the run
says what happened; and ten seconds after the end of what was killed no process of it is left. Best with many small archives.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import DRIVER, Process, below, processes

STEPS = ("extract", "decide", "emit")
ROLES = ("executor", "worker", "job server", DRIVER, "terminate")
LEFT_SECONDS = 10.0  # after the end of a run, in which its processes must have gone
HANG_SECONDS = 900.0
LOOK_SECONDS = 0.1
PAUSE_SECONDS = 2.0  # before the kill, so that the worker works
BUSY_SECONDS = 1.6  # of processor time, behind which a worker has imported what it needs


@dataclass(frozen=True, slots=True)
class Run:
    """A command whose messages go to a file, with its output folder and the daemons of the cluster."""

    command: Sequence[str]
    output: Path
    said: Path
    cluster: Sequence[int]

    def start(self) -> "subprocess.Popen[bytes]":
        """Start it; what it says is added to the file."""
        with self.said.open("ab") as file:
            return subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=file)

    def step(self) -> str:
        """The step that the log names last."""
        with suppress(OSError, ValueError):
            lines = map(json.loads, (self.output / "run.log").read_text().splitlines())
            return [line["step"] for line in lines if line["event"] == "step_begun"][-1]
        return ""

    def workers(self, driver: int) -> dict[int, Process]:
        """The Python workers of the run."""
        known = processes()
        return {each: known[each] for each in below([driver, *self.cluster], known) if known[each].kind == "worker"}

    def victim(self, driver: int, role: str, worker: int, facts: Process) -> int:
        """The process of a kind: the worker, its executor, or one of this machine; 0 where there is none."""
        known = processes()
        servers = [each for each in below([driver], known) if known[each].kind == "job server"]
        return {"worker": worker, "executor": facts.parent, "job server": max(servers, default=0)}.get(role, driver)


def kill_in(run: Run, step: str, role: str) -> tuple[str, int]:
    """Start the run and kill in the step; what became of the run, and how many processes stayed behind."""
    process = run.start()
    before: set[int] = set()
    while run.step() != step and process.poll() is None:
        before = set(run.workers(process.pid))
        time.sleep(LOOK_SECONDS)
    victim = 0
    while process.poll() is None and not victim:
        time.sleep(LOOK_SECONDS)
        fresh = {each: facts for each, facts in run.workers(process.pid).items() if each not in before}
        busiest = max(fresh, key=lambda each: fresh[each].seconds, default=0)
        if busiest and fresh[busiest].seconds >= BUSY_SECONDS:
            time.sleep(PAUSE_SECONDS)
            victim = run.victim(process.pid, role, busiest, fresh[busiest])
    if process.poll() is not None or not victim:
        return "too late", 0
    os.kill(victim, signal.SIGTERM if role == "terminate" else signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(HANG_SECONDS)
    if process.poll() is None:
        process.kill()
        return "hangs", 0
    status = process.returncode
    time.sleep(LEFT_SECONDS)
    known = processes()
    ours = below(run.cluster, known) - set(run.cluster)
    left = sum(known[each].kind in ("worker", "child", "job server") for each in ours)
    left += sum(facts.parent == 1 and facts.kind in ("worker", "child") for facts in known.values())
    return ("went on" if status == 0 else f"ended with {status}"), left


def main() -> None:
    """Kill each role in each step, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--runner", choices=("spark", "flink"), default="spark")
    parser.add_argument("--master", required=True)
    parser.add_argument("--cluster", nargs="+", type=int, required=True, metavar="PID")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=STEPS)
    parser.add_argument("--roles", nargs="+", choices=ROLES, default=ROLES)
    place = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    args, beam = parser.parse_args(sys.argv[1:place]), sys.argv[place + 1 :]
    work = args.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    base = [sys.executable, "-m", "jobs.cli", "run", "--input", args.input, "--output"]
    local = work / "local"
    if not (local / "manifest.json").exists():
        subprocess.run([*base, str(local), "--quiet"], check=True, stdout=subprocess.DEVNULL)
    wanted = (local / "manifest.json").read_bytes()
    for step in args.steps:
        for role in args.roles:
            output, said = work / "other", work / f"{step}-{role.replace(' ', '-')}.txt"
            shutil.rmtree(output, ignore_errors=True)
            said.unlink(missing_ok=True)
            command = [*base, str(output), "--runner", args.runner, "--master", args.master, "--", *beam]
            run = Run(command, output, said, args.cluster)
            how, left = kill_in(run, step, role)
            again = run.start().wait() if how != "went on" and how != "too late" else 0
            same = (output / "manifest.json").exists() and (output / "manifest.json").read_bytes() == wanted
            told = [line for line in said.read_text().splitlines() if not line.startswith(STEPS)]
            ends = f", the same command ended with {again}" if how != "went on" else ""
            print(f"{step}, {role}: {how}{ends}; same bytes: {same}; left behind: {left}", flush=True)
            print("".join(f"    {line}\n" for line in told), end="", flush=True)


if __name__ == "__main__":
    main()
