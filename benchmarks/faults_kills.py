"""Kills at random times of every process of a run, resumed where it ended: `python -m benchmarks.faults_kills`.

    faults_kills.py --input GLOB --work DIR [--triptych COMMAND] [--each 25] [--seed 0] [--stop 15] [--roles ...] [--signals ...]

A run with two workers is started through a shell, as schedulers do. At a random time one of its processes is sent a signal: the driver, a
worker, the shell around them, or a child that parses; the time counts from when the run first has one, and is as long at most as a run
that nobody disturbs has one. SIGSTOP is followed by SIGCONT after `--stop` seconds. Then the same command is given again, and the next
kill begins anew. For each kill must hold: the run goes on, or ends within ten seconds of it; five seconds after its end no process of it
is left; and the manifest is that of a run that nobody disturbed, byte by byte.
"""

import argparse
import os
import random
import shlex
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults_flips import add_common_arguments, manifest_digest

ROLES = ("driver", "worker", "shell", "child")
SIGNALS = ("KILL", "TERM", "INT", "STOP")
END_SECONDS = 10.0  # in which a run that does not go on must have ended
LEFT_SECONDS = 5.0  # after its end, in which all of its processes must have gone
HANG_SECONDS = 300.0  # after which a run that neither goes on nor ends is ended by us
LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Kill:
    """What came of one kill: whether the run was finished all the same, seconds to its end, processes left, and the manifest."""

    role: str
    signal: str
    went_on: bool
    seconds: float
    status: int
    left: int
    same: bool

    @property
    def fault(self) -> str:
        """What does not hold; "" where all does."""
        late = not self.went_on and self.seconds > END_SECONDS
        found = [
            ("hangs" if self.seconds >= HANG_SECONDS else f"ended after {self.seconds:.0f} s") if late else "",
            f"{self.left} processes left" if self.left else "",
            "" if self.same else "another manifest",
            "a bug" if self.status == 1 else "",
        ]
        return ", ".join(each for each in found if each)


def parents() -> dict[int, int]:
    """Every process of this machine, and its parent."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError):
                state, parent = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()[:2]
                if state != "Z":
                    found[int(name)] = int(parent)
    return found


def below(root: int) -> list[int]:
    """The processes that a process started, and those that these did."""
    known, found = parents(), [root]
    for each in found:
        found += [process for process, parent in known.items() if parent == each]
    return found[1:]


def command_of(process: int) -> str:
    """The command line of a process; "" where it is gone."""
    with suppress(OSError):
        return Path("/proc", str(process), "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def roles(shell: int) -> dict[str, list[int]]:
    """The processes of a run by what they are; the first below the shell is the driver."""
    found: dict[str, list[int]] = {role: [] for role in ROLES}
    found["shell"] = [shell]
    for process in below(shell):
        line = command_of(process)
        role = "child" if "isolate_child" in line else "worker" if "sdk_worker" in line else "driver"
        if role != "driver" or not found["driver"]:
            found[role].append(process)
    return found


def started(command: str, log: Path) -> subprocess.Popen[bytes]:
    """The run, below a shell that waits for it, in a session of its own."""
    with log.open("wb") as err:
        return subprocess.Popen(
            ["/bin/sh", "-c", f"{command}; exit $?"],
            stdout=subprocess.DEVNULL,
            stderr=err,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


def wait_for(true: Callable[[], bool], seconds: float) -> float:
    """Seconds until something is true, `seconds` at most."""
    begin = time.monotonic()
    while not true() and time.monotonic() - begin < seconds:
        time.sleep(LOOK_SECONDS)
    return min(time.monotonic() - begin, seconds)


def same_process(process: int, line: str) -> bool:
    """Whether a process is still there, and is the one that had this command line."""
    return process in parents() and command_of(process) == line


def kill_once(
    command: str, output: Path, role: str, name: str, after: float, draw: random.Random, stop: float
) -> Kill | None:
    """Start the run, send a process of it a signal `after` seconds after there is one, and see; None where there is none then."""
    log = output.with_suffix(".err")
    run = started(command, log)
    wait_for(lambda: run.poll() is not None or bool(roles(run.pid)[role]), HANG_SECONDS)
    wait_for(lambda: run.poll() is not None, after)
    there = roles(run.pid)
    targets, driver = there[role], next(iter(there["driver"]), run.pid)
    if run.poll() is not None or not targets:
        run.wait()
        return None
    ours = {process: command_of(process) for process in [run.pid, *below(run.pid)]}
    target = draw.choice(targets)
    with suppress(ProcessLookupError):
        os.kill(target, signal.Signals[f"SIG{name}"])
    if name == "STOP":
        time.sleep(stop)
        with suppress(ProcessLookupError):
            os.kill(target, signal.SIGCONT)

    def ended() -> bool:
        # A run whose shell has gone goes on without it.
        return run.poll() is not None and not (driver in ours and same_process(driver, ours[driver]))

    # Where it goes on it takes its time; a run that is to end has ten seconds.
    seconds = wait_for(ended, HANG_SECONDS)
    whole = (output / "manifest.json").exists()
    lines = ours.items()
    wait_for(lambda: not any(same_process(process, line) for process, line in lines), LEFT_SECONDS)
    left = [process for process, line in lines if same_process(process, line)]
    for process in left:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    status = run.wait()
    return Kill(role, name, whole, seconds, status, len(left), same=True)


def finish(command: str, output: Path) -> tuple[int, str]:
    """Give the command until the run is finished: its last status, and the digest of its manifest."""
    status = started(command, output.with_suffix(".again.err")).wait()
    return status, manifest_digest(output)


def lifetimes(command: str, output: Path) -> dict[str, float]:
    """For how many seconds an undisturbed run has processes of each role."""
    run, begin = started(command, output.with_suffix(".err")), time.monotonic()
    times: dict[str, tuple[float, float]] = {}
    while run.poll() is None:
        now = time.monotonic() - begin
        for role, processes in roles(run.pid).items():
            if processes:
                times[role] = times.get(role, (now, now))[0], now
        time.sleep(LOOK_SECONDS)
    return {role: last - first for role, (first, last) in times.items()}


def kills(args: argparse.Namespace) -> Iterator[Kill]:
    """All kills, each over a run that begins anew."""
    args.work.mkdir(parents=True, exist_ok=True)
    reference, output = args.work / "reference", args.work / "killed"
    command = f"{args.triptych} run --input {shlex.quote(args.input)} --workers 2 --output "
    shutil.rmtree(reference, ignore_errors=True)
    times = lifetimes(command + shlex.quote(str(reference)), reference)
    status, true = finish(command + shlex.quote(str(reference)), reference)
    if status or not true:
        raise SystemExit(f"the run that is to be disturbed ends with {status}: see {reference}.again.err")
    print("undisturbed: " + ", ".join(f"{role} {seconds:.1f} s" for role, seconds in times.items()), flush=True)
    draw = random.Random(args.seed)
    for role in args.roles:
        for name in args.signals:
            done = tries = 0
            while done < args.each and tries < 10 * args.each:
                tries += 1
                shutil.rmtree(output, ignore_errors=True)
                line = command + shlex.quote(str(output))
                kill = kill_once(line, output, role, name, draw.uniform(0, times[role]), draw, args.stop)
                if kill is None:
                    continue
                done += 1
                status, digest = finish(line, output)
                kill = Kill(
                    role, name, kill.went_on, kill.seconds, kill.status, kill.left, status == 0 and digest == true
                )
                came = kill.fault or ("went on" if kill.went_on else f"ended after {kill.seconds:.1f} s")
                print(f"  {role} {name} {done}: {came} (status {kill.status})", flush=True)
                yield kill


def table(found: list[Kill]) -> str:
    """A row for each role and signal: how many kills, how many went on, the slowest end, and what did not hold."""
    rows = [
        f"{'process':8} {'signal':7} {'kills':>5} {'went on':>8} {'slowest end':>12} {'left':>5} {'statuses':20} faults"
    ]
    for role, name in dict.fromkeys((kill.role, kill.signal) for kill in found):
        mine = [kill for kill in found if (kill.role, kill.signal) == (role, name)]
        slowest = max((kill.seconds for kill in mine if not kill.went_on), default=0.0)
        statuses = " ".join(
            f"{status}:{count}" for status, count in sorted(Counter(kill.status for kill in mine).items())
        )
        faults = "; ".join(f"{fault}: {count}" for fault, count in Counter(k.fault for k in mine if k.fault).items())
        rows.append(
            f"{role:8} {name:7} {len(mine):5} {sum(kill.went_on for kill in mine):8} {slowest:10.1f} s "
            f"{sum(kill.left for kill in mine):5} {statuses:20} {faults or '-'}"
        )
    return "\n".join(rows)


def main() -> None:
    """Print the table; ends with status 1 where something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", required=True, help="archives of a run of ten seconds or more")
    parser.add_argument("--each", type=int, default=25, help="kills of each process by each signal")
    add_common_arguments(parser)
    parser.add_argument("--stop", type=float, default=15.0, help="seconds of a SIGSTOP")
    parser.add_argument("--roles", nargs="+", choices=ROLES, default=ROLES)
    parser.add_argument("--signals", nargs="+", choices=SIGNALS, default=SIGNALS)
    found = list(kills(parser.parse_args()))
    print(table(found))
    raise SystemExit(any(kill.fault for kill in found))


if __name__ == "__main__":
    main()
