"""Whether real engines come to the same bytes as this machine alone, over any archives: `python -m benchmarks.engines_equal`.

    engines_equal.py --archive FILE... --work DIR [--engine spark flink prism array] [--fetch] [--recipe kosmos1] [--set KEY=VALUE]...

The archives go through whole runs: on the local engine, then on a Spark cluster of two workers, a Flink cluster of two TaskManagers and
Prism, each started here (`make engines` brings them; tests/engines says how they are set); clusters are given the wheel of the checkout.
Last comes an array job: three shares at once, and the command behind them. A line tells of each run how many files outside staging are
equal to the local run's, byte for byte, whether the accounts are, and how many rows only one of the two has. With `--fetch` the archives
are written anew as pages and images, and each run fetches the images from a server on loopback. Where a fetched image lies in its archive
may differ, so what must be equal then is each row but for that.
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

import pyarrow.parquet as pq

from benchmarks.fetched_corpora import CORPORA, RECORD, Web, fetching, rows, served, split
from tests.engines import bring
from tests.engines.up import CLUSTERS, brought_up
from tests.engines.whole_runs import digests
from tests.support.runs import manifest_json
from tests.support.wheel import build_wheel

LOCAL = "local"
ENGINES = ("spark", "flink", "prism")  # Dataflow is submitted to in tests, and runs nothing here
ARRAY = "array"
SHARES = 3
TABLES = ("dropped", "failed")
OF_RECORD = (*RECORD, "id", "of")  # an image that was not kept goes by where its record lies


@contextmanager
def engine(name: str, folder: Path, wheel: Path) -> Iterator[tuple[list[str], list[str]]]:
    """What a run on an engine is told, and what is told to Beam, while the engine is up; its logs go to a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if name == "prism":
        (home,) = bring.bring(name)
        yield ["--runner", "prism"], [f"--prism_location={home / 'prism'}"]
    elif name in CLUSTERS:
        with brought_up(name, folder) as cluster:
            yield [*cluster.options, "--package", str(wheel)], cluster.beam_options
    else:
        yield [], []


def run(verb: str, words: Sequence[str], output: Path, shares: int = 0) -> tuple[int, float]:
    """Exit status and seconds of a run or a crawl, or of shares at once and the command behind them; what is said goes to files."""
    shutil.rmtree(output, ignore_errors=True)
    begun = time.monotonic()
    parts = [
        started(verb, ["--units", f"{share}/{shares}", *words], output, f"{share}") for share in range(1, shares + 1)
    ]
    status = max((part.wait() for part in parts), key=abs, default=0)
    return status or started(verb, words, output).wait(), time.monotonic() - begun


def started(verb: str, words: Sequence[str], output: Path, part: str = "") -> "subprocess.Popen[bytes]":
    """A run or a crawl that has begun."""
    with output.with_suffix(f".{part}.log" if part else ".log").open("wb") as log:
        command = [sys.executable, "-m", "jobs.cli", verb, "--output", str(output), *words]
        return subprocess.Popen(command, stdout=log, stderr=log)


def compared(found: Path, expected: Path, fetched: bool) -> tuple[bool, str]:
    """Whether a run came to what another one did, and how near it came."""
    mine, theirs = digests(found), digests(expected)
    differ = sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
    accounts = manifest_json(found)["accounts"] == manifest_json(expected)["accounts"]
    rows_differ = sum(between(*(rows(run, name, RECORD) for run in (found, expected))) for name in CORPORA)
    left = sum(between(*(left_out(run, name) for run in (found, expected))) for name in TABLES)
    told = ", ".join(f"{name} {len(rows(found, name, RECORD))}" for name in CORPORA)
    return (
        accounts and not rows_differ and not left and (fetched or not differ),
        f"{len(theirs) - len(differ):>3} of {len(theirs)} files equal, accounts {'equal' if accounts else 'DIFFER'}, "
        f"{rows_differ} rows differ ({told}), {left} of what was dropped or failed"
        + "".join(f"\n    differs: {name}" for name in differ),
    )


def between(mine: Sequence[str], theirs: Sequence[str]) -> int:
    """How many rows only one of two has."""
    return (Counter(mine) - Counter(theirs)).total() + (Counter(theirs) - Counter(mine)).total()


def left_out(run: Path, table: str) -> list[str]:
    """What a run dropped, or what failed, but for names of records of images."""
    files = sorted((run / table).glob("*.parquet"))
    found = (row for path in files for row in pq.read_table(path).to_pylist())
    return [repr({name: value for name, value in row.items() if name not in OF_RECORD}) for row in found]


def main(argv: Sequence[str] | None = None) -> int:
    """Run all; 1 where one differs or does not end well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", nargs="+", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="a folder for archives, runs and logs")
    parser.add_argument("--engine", nargs="+", choices=[*ENGINES, ARRAY], default=[*ENGINES, ARRAY])
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
                words = ["--input", *map(str, inputs), *asked, *more, *options, "--", *beam_options]
                status, seconds = run("run", words, output, SHARES if name == ARRAY else 0)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            same, told = (
                compared(output, work / kind / LOCAL, args.fetch)
                if status == 0
                else (False, f"status {status}, see its log")
            )
            well &= same
            print(f"{kind} {name:<6} {seconds:7.1f} s {cpu:7.1f} CPU s  {told}", flush=True)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
