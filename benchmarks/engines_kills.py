"""SIGKILL of each kind of process of a run on an engine, in the middle of each step: `python -m benchmarks.engines_kills`.

    engines_kills.py --input GLOB --work DIR --runner spark|flink|prism|array [--steps ...] [--roles ...] [--set KEY=VALUE] [-- OPTIONS]

The cluster is started here (`make engines` brings it); what comes before a step is done by the local engine. As soon as a worker of the
step works, a process is killed: that worker, its executor (Flink: task manager), the job server (Prism: Prism itself), or the driver
(`terminate` sends SIGTERM to it, which must end with status 143). `array` kills one of two shares of an array job. Where the step does not
go on by itself the same command is given again; the local engine does what comes behind the step. Told for each kill: what became of the
step, whether all files outside staging are those of a run that nobody disturbed, byte by byte, partial files, jobs of Flink that ran
beside each other, and processes left behind, with the seconds in which the last of them ended. Best with many small archives.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.processes import DRIVER, Process, below, processes
from pipeline.engines import flink_rest
from pipeline.engines.settings import STAGES
from schemas.outcomes import UserError
from tests.engines import bring
from tests.engines.up import CLUSTERS, brought_up
from tests.engines.whole_runs import digests

SHARE = "share"  # what an array job does of `extract`, with workers of the local engine
EXECUTOR, WORKER, SERVER, TERMINATE = "executor", "worker", "job server", "terminate"
ROLES = {
    "spark": (EXECUTOR, WORKER, SERVER, DRIVER, TERMINATE),
    "flink": (EXECUTOR, WORKER, SERVER, DRIVER, TERMINATE),
    "prism": (WORKER, SERVER, DRIVER, TERMINATE),
    "array": (WORKER, DRIVER, TERMINATE),
}
OURS = ("worker", "child", "job server", "beside")  # kinds of processes that must end with a run
MARK = "TRIPTYCH_KILLS"  # in the environment of all that this program starts: its own process id
LEFT_SECONDS = 75.0  # after the end of a run, in which its processes must have gone: idle workers wait for a minute
HANG_SECONDS = 900.0
LOOK_SECONDS = 0.1
# Of processor time, behind which a worker has imported what it needs and works; of `emit` it does so for less than a second.
BUSY_SECONDS = {"extract": 2.2, "decide": 1.7, "emit": 1.4, SHARE: 1.1}
CLI = (sys.executable, "-m", "jobs.cli", "run")


@dataclass(frozen=True, slots=True)
class Engine:
    """What a run is told of an engine that is up, its daemons, and the address of Flink's REST interface."""

    options: Sequence[str] = ()
    beam: Sequence[str] = ()
    daemons: Sequence[int] = ()
    url: str = ""


@contextmanager
def engine(name: str, folder: Path, beam: Sequence[str]) -> Iterator[Engine]:
    """The engine, while it is up, and what else Beam is told; logs go to the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if name in CLUSTERS:
        with brought_up(name, folder) as cluster:
            url = f"http://{cluster.master}" if name == "flink" else ""
            yield Engine(cluster.options, [*cluster.beam_options, *beam], cluster.services.pids, url)
    elif name == "prism":
        (home,) = bring.bring(name)
        yield Engine(["--runner", "prism"], [f"--prism_location={home / 'prism'}", *beam])
    else:
        yield Engine(["--workers", "2", "--units", "1/2"], beam)


@dataclass
class Beside:
    """Looks at a Flink cluster while a block runs: how many jobs have run at the same time, and what runs now."""

    url: str
    most: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def now(self) -> int:
        """Jobs that have not ended."""
        with suppress(UserError):
            return len(list(flink_rest.running(self.url))) if self.url else 0
        return 0

    def __enter__(self) -> "Beside":
        threading.Thread(target=self._look, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def _look(self) -> None:
        while self.url and not self._over.wait(0.5):
            self.most = max(self.most, self.now())


@dataclass(frozen=True, slots=True)
class Run:
    """A command whose messages go to a file, the step that it does, and the daemons of its engine."""

    command: Sequence[str]
    step: str
    said: Path
    daemons: Sequence[int]

    def start(self) -> "subprocess.Popen[bytes]":
        """Start it; what it says is added to the file."""
        with self.said.open("ab") as file:
            return subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=file)

    def workers(self, driver: int) -> dict[int, Process]:
        """The Python workers of the run, each with the processor time of the child that parses for it."""
        known = processes()
        found = [each for each in below([driver, *self.daemons], known) & known.keys() if known[each].kind == "worker"]
        spent = {each: sum(known[one].seconds for one in below([each], known) & known.keys()) for each in found}
        return {each: replace(known[each], seconds=spent[each]) for each in found}

    def victim(self, driver: int, role: str, worker: int, facts: Process) -> int:
        """The process of a kind: the worker, its executor, or one of this machine; 0 where there is none."""
        known = processes()
        servers = [each for each in below([driver], known) & known.keys() if known[each].kind == "job server"]
        return {WORKER: worker, EXECUTOR: facts.parent, SERVER: max(servers, default=0)}.get(role, driver)


def kill_in(run: Run, role: str) -> str:
    """Start the run and kill as soon as a worker of it works; what became of the run."""
    before = set(run.workers(0))
    process = run.start()
    victim = 0
    while process.poll() is None and not victim:
        time.sleep(LOOK_SECONDS)
        fresh = {each: facts for each, facts in run.workers(process.pid).items() if each not in before}
        busiest = max(fresh, key=lambda each: fresh[each].seconds, default=0)
        if busiest and fresh[busiest].seconds >= BUSY_SECONDS[run.step]:
            victim = run.victim(process.pid, role, busiest, fresh[busiest])
    if process.poll() is not None or not victim:
        return f"too late, as it ended with {process.wait()}"
    os.kill(victim, signal.SIGTERM if role == TERMINATE else signal.SIGKILL)
    killed = time.monotonic()
    with suppress(subprocess.TimeoutExpired):
        process.wait(HANG_SECONDS)
    if process.poll() is None:
        process.kill()
        return "hangs"
    ended = f"ended with {process.returncode}" if process.returncode else "went on"
    return f"{ended} ({time.monotonic() - killed:.0f} s)"


def left_behind() -> tuple[list[str], float]:
    """Processes of runs that do not end, by kind and id, and seconds until the last of the rest had."""
    begun = time.monotonic()
    while True:
        left = [f"{facts.kind} {each}" for each, facts in processes().items() if facts.kind in OURS and is_ours(each)]
        seconds = time.monotonic() - begun
        if not left or seconds > LEFT_SECONDS:
            return left, seconds
        time.sleep(0.5)


def is_ours(process: int) -> bool:
    """Whether a process came of this program: others may run the same programs beside it."""
    with suppress(OSError):
        return f"{MARK}={os.getpid()}".encode() in Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    return False


def prepared(base: Sequence[str], work: Path, step: str) -> Path:
    """The folder of a run in which all before the step is done, made by the local engine."""
    folder = work / f"before-{step}"
    if step != STAGES[0] and not folder.exists():
        earlier = STAGES[STAGES.index(step) - 1]
        before = prepared(base, work, earlier)
        if before.exists():
            shutil.copytree(before, folder)
        local([*base, "--output", str(folder), "--stage", earlier])
    return folder


def local(command: Sequence[str]) -> None:
    """Do it on the local engine."""
    subprocess.run([*command, "--quiet"], check=True, stdout=subprocess.DEVNULL)


def trial(args: argparse.Namespace, base: Sequence[str], up: Engine, step: str, role: str) -> list[str]:
    """One kill on an engine that is up; the lines that tell of it."""
    work: Path = args.work.resolve()
    output, said = work / f"run-{args.runner}", work / f"{args.runner}-{step}-{role.replace(' ', '-')}.txt"
    shutil.rmtree(output, ignore_errors=True)
    said.unlink(missing_ok=True)
    before = prepared(base, work, step)
    if before.exists():
        shutil.copytree(before, output)
    asked = [] if args.runner == "array" else ["--stage", step]
    command = [*base, "--output", str(output), *asked, *up.options, "--", *up.beam]
    with Beside(up.url) as beside:
        run = Run(command, SHARE if args.runner == "array" else step, said, up.daemons)
        told = kill_in(run, role)
        if not told.startswith(("went on", "too late")):
            told += f", {beside.now()} jobs run on" if up.url else ""
            told += f"; the same command ended with {run.start().wait()}"
    left, seconds = left_behind()
    if args.runner == "array":
        local([*base, "--output", str(output), "--workers", "2", "--units", "2/2"])
    local([*base, "--output", str(output)])
    same = digests(output) == digests(work / "local")
    partial = [str(path.relative_to(output)) for path in output.rglob("*.part")]
    facts = [f"same bytes: {same}", f"partial files: {', '.join(partial) or 'none'}"]
    facts += [f"jobs at once: {beside.most}"] if up.url else []
    facts += [f"left behind: {', '.join(left) or 'none'} ({seconds:.0f} s)"]
    lines = [line for line in said.read_text().splitlines() if not line.startswith(STAGES)]
    return [f"{args.runner}, {step}, {role}: {told}", "  " + "; ".join(facts), *(f"    {line}" for line in lines)]


def main() -> None:
    """Kill each role in each step, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--runner", choices=tuple(ROLES), default="spark")
    parser.add_argument("--steps", nargs="+", choices=STAGES, default=STAGES)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--roles", nargs="+", choices=ROLES["flink"])
    place = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    args, beam = parser.parse_args(sys.argv[1:place]), sys.argv[place + 1 :]
    os.environ[MARK] = str(os.getpid())
    work = args.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    base = [*CLI, "--input", args.input, *(word for setting in args.set for word in ("--set", setting))]
    if not (work / "local" / "manifest.json").exists():
        local([*base, "--output", str(work / "local")])
    steps = args.steps[:1] if args.runner == "array" else args.steps
    kills = [(step, role) for step in steps for role in args.roles or ROLES[args.runner]]
    # A task manager that was killed does not come again, so each such kill has a cluster of its own.
    alone = [[kill] for kill in kills if kill[1] == EXECUTOR]
    for group in filter(None, [[kill for kill in kills if kill[1] != EXECUTOR], *alone]):
        with engine(args.runner, work / f"cluster-{args.runner}", beam) as up:
            for step, role in group:
                print(*trial(args, base, up, step, role), sep="\n", flush=True)


if __name__ == "__main__":
    main()
