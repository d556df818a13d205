"""What an engine costs over the local one: processor time and memory by kind of process, and shuffle bytes of each step.

    engines_cost.py --input FILE ... --work DIR [--engine spark flink] [--sizes 1 8]

The first 1 and then the first 8 of the inputs, by default, go through a whole run on the local engine and on clusters that are started here
(`make engines` brings them; tests/engines says how they are set), each with two workers. The runs of one size go at the same time, since a
busy machine makes all processor time dearer: only so do their quotients hold.
Two sizes tell the fixed part from what grows: the fixed part is what is left of the cluster's time at a size of nothing. Let inputs be of
about one size, and not copies of each other, as `benchmarks/volume.py` makes them. Shuffle bytes come from Spark's event log, which this
program switches on, and from Flink's REST interface.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.processes import Meter
from tests.engines import leash
from tests.engines.services import answer
from tests.engines.up import Cluster, brought_up

LOCAL, SPARK, FLINK = "local", "spark", "flink"
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Engine:
    """What a run on an engine is told, the daemons that work for it, and a function that finds what was shuffled, and when (s)."""

    options: Sequence[str]
    daemons: Sequence[int]
    shuffled: Callable[[], Iterator[tuple[float, int]]]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took: wall and processor seconds, the latter by kind, the largest process of each kind (bytes), its pages, the bytes
    that each step shuffled, and its manifest."""

    wall: float
    seconds: Mapping[str, float]
    peak: Mapping[str, int]
    pages: int
    shuffled: Mapping[str, int]
    manifest: bytes

    @property
    def total(self) -> float:
        """All processor seconds."""
        return sum(self.seconds.values())


def measure(engine: Engine, inputs: Sequence[Path], output: Path) -> Cost:
    """Run on an engine, with the output in a new folder and what is said beside it."""
    shutil.rmtree(output, ignore_errors=True)
    words = ["run", "--quiet", "--input", *map(str, inputs), "--output", str(output), *engine.options]
    meter, begun, started = Meter(), time.monotonic(), time.time()
    with output.with_suffix(".log").open("wb") as log:
        # The run ends with this program, also where that is killed.
        bound = [sys.executable, leash.__file__, str(os.getpid()), sys.executable, "-m", "jobs.cli", *words]
        process = subprocess.Popen(bound, stdout=log, stderr=log)
        with meter.of([process.pid, *engine.daemons]):
            status = process.wait()
            wall = time.monotonic() - begun
            time.sleep(2)  # executors end behind the run
    if status:
        sys.exit(f"status {status}: see {log.name}")
    manifest = (output / "manifest.json").read_bytes()
    accounts = {each["corpus"]: each for each in json.loads(manifest)["accounts"]}
    sizes = by_step(output / "run.log", ((at, size) for at, size in engine.shuffled() if at >= started))
    return Cost(wall, meter.by_kind(), dict(meter.peak), accounts["pages"]["entered"], sizes, manifest)


def by_step(log: Path, sizes: Iterator[tuple[float, int]]) -> dict[str, int]:
    """Sums of bytes by the step of a run's log in whose time they were written."""
    begun = [
        (datetime.fromisoformat(line["time"]).timestamp(), line["step"])
        for line in map(json.loads, log.read_text().splitlines())
        if line["event"] == "step_begun"
    ]
    found: Counter[str] = Counter()
    for at, size in sizes:
        found[[step for start, step in begun if start <= at][-1]] += size
    return dict(found)


def spark_shuffled(events: Path) -> Iterator[tuple[float, int]]:
    """When a task of Spark's began, and what it wrote into a shuffle."""
    for file in events.iterdir():
        with file.open() as lines:
            for line in lines:
                if '"SparkListenerTaskEnd"' in line:
                    event = json.loads(line)
                    metrics = event.get("Task Metrics") or {}
                    size = metrics.get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
                    yield event["Task Info"]["Launch Time"] / 1000, size


def flink_shuffled(port: int) -> Iterator[tuple[float, int]]:
    """When a job of Flink's began, and what its tasks wrote for others."""
    for job in answer(port, "/jobs/overview")["jobs"]:
        for vertex in answer(port, f"/jobs/{job['jid']}")["vertices"]:
            yield job["start-time"] / 1000, vertex["metrics"]["write-bytes"]


def spark(cluster: Cluster, events: Path) -> Engine:
    """A cluster of Spark's with an event log; how many partitions there are is left to triptych."""
    events.mkdir()
    settings = ("eventLog.enabled=true", "eventLog.compress=false", f"eventLog.dir={events.as_uri()}")
    logged = [f"--job_server_jvm_properties=-Dspark.{each}" for each in settings]
    beam = [each for each in cluster.beam_options if "spark.default.parallelism" not in each]
    return Engine([*cluster.options, "--", *beam, *logged], cluster.services.pids, lambda: spark_shuffled(events))


def flink(cluster: Cluster) -> Engine:
    """A cluster of Flink's."""
    port = int(cluster.master.rpartition(":")[2])
    return Engine([*cluster.options, "--", *cluster.beam_options], cluster.services.pids, lambda: flink_shuffled(port))


def main() -> None:
    """Run all, and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", nargs="+", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--engine", nargs="+", choices=(SPARK, FLINK), default=[SPARK, FLINK])
    parser.add_argument("--sizes", nargs="+", type=int, default=[1, 8])
    args = parser.parse_args()
    work = args.work.resolve()
    work.mkdir(parents=True)
    engines = {LOCAL: Engine(["--workers", str(WORKERS)], [], lambda: iter(()))}
    found: dict[str, list[Cost]] = {}
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        for name in args.engine:
            (work / name).mkdir()
            cluster = stack.enter_context(brought_up(name, work / name))
            engines[name] = spark(cluster, work / "events") if name == SPARK else flink(cluster)
        for size in args.sizes:
            runs = {
                name: pool.submit(measure, engine, args.input[:size], work / f"{name}-{size}")
                for name, engine in engines.items()
            }
            costs = {name: run.result() for name, run in runs.items()}
            for name, cost in costs.items():
                found.setdefault(name, []).append(cost)
                print(told(name, size, cost, costs[LOCAL]), flush=True)
    if len(args.sizes) > 1:
        for name in args.engine:
            print(parts(name, found[LOCAL], found[name]))


def told(name: str, size: int, cost: Cost, local: Cost) -> str:
    """One run as text."""
    kinds = ", ".join(f"{kind} {seconds:.0f}" for kind, seconds in sorted(cost.seconds.items()) if seconds >= 0.5)
    peaks = ", ".join(f"{kind} {peak / 1e6:.0f}" for kind, peak in sorted(cost.peak.items()))
    same = "equal" if cost.manifest == local.manifest else "NOT EQUAL"
    lines = [
        f"{name}, {size} archives, {cost.pages} pages, manifest {same}: {cost.total:.0f} s CPU ({kinds}), "
        f"{cost.total / local.total:.2f} of local; {cost.wall:.0f} s",
        f"  largest process, MB: {peaks}",
    ]
    if cost.shuffled:
        a_page = ", ".join(f"{step} {written / max(1, cost.pages):.0f}" for step, written in cost.shuffled.items())
        lines.append(f"  shuffle bytes a page: {a_page}")
    return "\n".join(lines)


def parts(name: str, local: Sequence[Cost], other: Sequence[Cost]) -> str:
    """The fixed part and what grows, by a line through two sizes, both as functions of the local engine's processor time."""
    grows = (other[-1].total - other[0].total) / (local[-1].total - local[0].total)
    return f"{name}: {other[0].total - grows * local[0].total:.0f} s CPU and {grows:.2f} times what the local one takes"


if __name__ == "__main__":
    main()
