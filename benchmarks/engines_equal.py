"""Whether real engines come to the same bytes as this machine alone, over any archives: `python -m benchmarks.engines_equal`.

    engines_equal.py --archive FILE... --work DIR [--engine spark flink prism] [--fetch] [--recipe kosmos1] [--set KEY=VALUE]...

The archives go through whole runs: on the local engine, then on a Spark cluster of two workers, a Flink cluster of two TaskManagers and
Prism, each started here (`make engines` brings them; tests/engines says how they are set); clusters are given the wheel of the checkout. A
line tells of each run how many files outside staging are equal to the local run's, byte for byte, and whether the accounts are. With
`--fetch` the archives are written anew as pages and images, and each run fetches the images from a server on loopback. Where a fetched
image lies in its archive may differ, so rows that differ in anything else are counted beside files.
"""

import argparse
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from benchmarks.fetched_corpora import CORPORA, RECORD, Web, fetching, rows, served, split
from tests.engines import bring
from tests.engines.flink_cluster import flink_cluster
from tests.engines.spark_cluster import spark_cluster
from tests.engines.whole_runs import digests
from tests.support.runs import manifest_json
from tests.support.wheel import build_wheel

LOCAL = "local"


@contextmanager
def engine(name: str, folder: Path, wheel: Path) -> Iterator[tuple[list[str], list[str]]]:
    """What a run on an engine is told, and what is told to Beam, while the engine is up; its logs go to a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if name == "prism":
        (home,) = bring.bring(name)
        yield ["--runner", "prism"], [f"--prism_location={home / 'prism'}"]
    elif name in ("spark", "flink"):
        home, job_server = bring.bring(name)
        start = spark_cluster if name == "spark" else flink_cluster
        with start(home, job_server, folder) as cluster:
            yield [*cluster.options, "--package", str(wheel)], cluster.beam_options
    else:
        yield [], []


def run(inputs: Sequence[Path], output: Path, options: Sequence[str], beam_options: Sequence[str]) -> tuple[int, float]:
    """A run's exit status and seconds; what it says goes to a file beside its output."""
    shutil.rmtree(output, ignore_errors=True)
    words = ["run", "--input", *map(str, inputs), "--output", str(output), *options, "--", *beam_options]
    begun = time.monotonic()
    with output.with_suffix(".log").open("wb") as log:
        done = subprocess.run([sys.executable, "-m", "jobs.cli", *words], stdout=log, stderr=log)
    return done.returncode, time.monotonic() - begun


def compared(found: Path, expected: Path) -> tuple[bool, str]:
    """Whether a run came to what another one did, and how near it came."""
    mine, theirs = digests(found), digests(expected)
    same = sum(theirs.get(name) == digest for name, digest in mine.items())
    accounts = manifest_json(found)["accounts"] == manifest_json(expected)["accounts"]
    differ = {name: Counter(rows(found, name, RECORD)) - Counter(rows(expected, name, RECORD)) for name in CORPORA}
    told = ", ".join(f"{name} {sum(1 for _ in rows(found, name, RECORD))}" for name in CORPORA)
    return (
        accounts and not any(differ.values()),
        f"{same:>3} of {len(theirs)} files equal, accounts {'equal' if accounts else 'DIFFER'}, "
        f"{sum(map(Counter.total, differ.values()))} rows differ ({told})",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run all; 1 where one differs or does not end well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", nargs="+", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="a folder for archives, runs and logs")
    parser.add_argument("--engine", nargs="+", choices=list(bring.ENGINES), default=list(bring.ENGINES))
    parser.add_argument("--fetch", action="store_true", help="fetch images from a server on loopback")
    parser.add_argument("--recipe", default="kosmos1")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    args = parser.parse_args(argv)
    work = args.work.absolute()
    inputs = [path.absolute() for path in args.archive]
    asked = ["--recipe", args.recipe, *(word for setting in args.set for word in ("--set", setting))]
    web = Web({})
    if args.fetch:
        web.images = split(inputs, work / "in")
        inputs = [work / "in" / "pages.warc.gz"]
    kind = "fetched" if args.fetch else "archived"
    (work / kind).mkdir(parents=True, exist_ok=True)
    shutil.rmtree(work / "wheel", ignore_errors=True)
    wheel = build_wheel(work / "wheel")
    well = True
    with served(web) if args.fetch else nullcontext():
        more = fetching(web) if args.fetch else []
        for name in (LOCAL, *args.engine):
            output = work / kind / name
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            with engine(name, work / kind / f"{name}-logs", wheel) as (options, beam_options):
                status, seconds = run(inputs, output, [*asked, *more, *options], beam_options)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            same, told = (
                compared(output, work / kind / LOCAL) if status == 0 else (False, f"status {status}, see its log")
            )
            well &= same
            print(f"{kind} {name:<6} {seconds:7.1f} s {cpu:7.1f} CPU s  {told}", flush=True)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
