"""What an engine costs over the local one: processor time and memory by kind of process, and shuffle bytes of each step.

    engines_cost.py --input FILE ... --work DIR --runner spark --master URL --cluster PID ... [--copies 1 8] [--again] [-- BEAM OPTIONS]

The input is copied under other names, 1 and 8 times by default, and each set is run on the local engine and on the other one; `--cluster`
are the process ids of the cluster's daemons on this machine, whose processes count. Two sizes tell the fixed part from what grows: the
fixed part is what is left of the cluster's time at a size of nothing. Shuffle bytes come from Spark's event log, which this program
switches on; Flink's are not counted.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.processes import Meter

STEPS = ("extract", "decide", "emit")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took: wall and processor seconds, the latter by kind, the largest process of each kind (bytes), and its pages."""

    wall: float
    seconds: dict[str, float]
    peak: dict[str, int]
    pages: int
    shuffled: dict[str, int]

    @property
    def total(self) -> float:
        """All processor seconds."""
        return sum(self.seconds.values())


def copies(files: Sequence[Path], times: int, folder: Path) -> Path:
    """The files, so many times, under other names."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number in range(times):
        for file in files:
            shutil.copy(file, folder / f"{number:03}-{file.name}")
    return folder


def measure(command: Sequence[str], output: Path, cluster: Sequence[int], events: Path) -> Cost:
    """Run a command with its output in a new folder."""
    shutil.rmtree(output, ignore_errors=True)
    shutil.rmtree(events, ignore_errors=True)
    events.mkdir(parents=True)
    meter, begun = Meter(), time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    with meter.of([process.pid, *cluster]):
        status = process.wait()
        wall = time.monotonic() - begun
        time.sleep(2)  # executors end behind the run
    if status:
        sys.exit(f"status {status}: {' '.join(command)}")
    accounts = {each["corpus"]: each for each in json.loads((output / "manifest.json").read_text())["accounts"]}
    pages = sum(each["entered"] for each in accounts.values() if each["corpus"] == "pages")
    return Cost(wall, meter.by_kind(), dict(meter.peak), pages, shuffled(output / "run.log", events))


def shuffled(log: Path, events: Path) -> dict[str, int]:
    """Bytes that Spark wrote into shuffles in each step, by the times of the run's log."""
    begun = [
        (datetime.fromisoformat(line["time"]).timestamp(), line["step"])
        for line in map(json.loads, log.read_text().splitlines())
        if line["event"] == "step_begun"
    ]
    found: Counter[str] = Counter()
    for at, size in written(events):
        found[[step for start, step in begun if start <= at][-1]] += size
    return dict(found)


def written(events: Path) -> Iterator[tuple[float, int]]:
    """When a task began, and what it wrote into a shuffle."""
    for file in events.iterdir():
        with file.open() as lines:
            for line in lines:
                if '"SparkListenerTaskEnd"' in line:
                    event = json.loads(line)
                    metrics = event.get("Task Metrics") or {}
                    size = metrics.get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
                    yield event["Task Info"]["Launch Time"] / 1000, size


def main() -> None:
    """Run all, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", nargs="+", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--runner", choices=("spark", "flink"), default="spark")
    parser.add_argument("--master", required=True)
    parser.add_argument("--cluster", nargs="+", type=int, required=True, metavar="PID")
    parser.add_argument("--copies", nargs="+", type=int, default=[1, 8])
    own, _, beam = _split(sys.argv[1:])
    args = parser.parse_args(own)
    work = args.work.resolve()
    events = work / "events"
    if args.runner == "spark":
        settings = ("eventLog.enabled=true", "eventLog.compress=false", f"eventLog.dir={events.as_uri()}")
        beam += [f"--job_server_jvm_properties=-Dspark.{each}" for each in settings]
    found = []
    for times in args.copies:
        folder = copies(args.input, times, work / "in")
        run = [sys.executable, "-m", "jobs.cli", "run", "--quiet", "--input", f"{folder}/*", "--output"]
        local = measure([*run, str(work / "local")], work / "local", [], events)
        engine = ["--runner", args.runner, "--master", args.master, "--", *beam]
        other = measure([*run, str(work / "other"), *engine], work / "other", args.cluster, events)
        same = all(
            (work / each / "manifest.json").read_bytes() == (work / "local" / "manifest.json").read_bytes()
            for each in ("other",)
        )
        found.append((times, local, other))
        print(told(times, local, other), f"manifests equal: {same}", sep="\n", flush=True)
    if len(found) > 1:
        print(parts(found[0], found[-1]))


def _split(argv: list[str]) -> tuple[list[str], str, list[str]]:
    place = argv.index("--") if "--" in argv else len(argv)
    return argv[:place], "--", argv[place + 1 :]


def told(times: int, local: Cost, other: Cost) -> str:
    """One size as text."""
    kinds = ", ".join(f"{kind} {seconds:.0f}" for kind, seconds in sorted(other.seconds.items()) if seconds >= 0.5)
    peaks = ", ".join(f"{kind} {size / 1e6:.0f}" for kind, size in sorted(other.peak.items()))
    lines = [
        f"{times} copies, {local.pages} pages: local {local.total:.0f} s CPU, {local.wall:.0f} s; "
        f"engine {other.total:.0f} s CPU ({kinds}), {other.wall:.0f} s; ratio {other.total / local.total:.2f}",
        f"  largest process, MB: {peaks}; local: "
        + ", ".join(f"{kind} {size / 1e6:.0f}" for kind, size in sorted(local.peak.items())),
    ]
    if other.shuffled:
        a_page = ", ".join(f"{step} {size / max(1, other.pages):.0f}" for step, size in other.shuffled.items())
        lines.append(f"  shuffle bytes a page: {a_page}")
    return "\n".join(lines)


def parts(small: tuple[int, Cost, Cost], large: tuple[int, Cost, Cost]) -> str:
    """The fixed part and what grows, by a line through two sizes, both as functions of the local engine's processor time."""
    grows = (large[2].total - small[2].total) / (large[1].total - small[1].total)
    return f"the engine takes {small[2].total - grows * small[1].total:.0f} s CPU and {grows:.2f} times what the local one takes"


if __name__ == "__main__":
    main()
