"""What near duplicates add to a whole run: the recipe `kosmos1` beside the same without them, in turn.

    python -m benchmarks.near_cost --archive WARC... [--runs 3] [--workers 1]

Without: `extract.signature = ""`, no near images, and only the exact rounds of each corpus. Seconds are of CPU, user and system, of the
whole process tree, from the start of the interpreter to the last shard; the medians of the runs.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.run_speed import CORPORA, measured

WITHOUT = (
    'extract.signature=""',
    'near_images.set=""',
    'text.duplicates=["url","text"]',
    'interleaved.duplicates=["url","text"]',
    'pairs.duplicates=["sha256_caption","phash_caption"]',
)


def command(archives: Sequence[Path], output: Path, workers: int, settings: Sequence[str]) -> list[str]:
    """The command line of a run."""
    inputs = [str(archive.resolve()) for archive in archives]
    words = ["--input", *inputs, "--output", str(output), "--recipe", "kosmos1", "--corpora", CORPORA]
    asked = [word for setting in settings for word in ("--set", setting)]
    return [sys.executable, "-m", "jobs.cli", "run", *words, "--workers", str(workers), *asked, "--json"]


def one_run(archives: Sequence[Path], workers: int, settings: Sequence[str]) -> tuple[float, dict[str, int]]:
    """CPU seconds of a run, and the rows of each corpus."""
    with tempfile.TemporaryDirectory() as output:
        cpu, _, out = measured(command(archives, Path(output) / "run", workers, settings))
    corpora = json.loads(out)["corpora"]
    return cpu, {name: max((sums["rows"] for sums in formats.values()), default=0) for name, formats in corpora.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--archive", nargs="+", type=Path, required=True, help="what `pages_to_warc.py` wrote, or any WARCs"
    )
    parser.add_argument("--runs", type=int, default=3, help="runs of each, in turn (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    ways = {"without": WITHOUT, "with": ()}
    found: dict[str, list[tuple[float, dict[str, int]]]] = {name: [] for name in ways}
    for _ in range(args.runs):
        for name, settings in ways.items():
            found[name].append(one_run(args.archive, args.workers, settings))
    middle = {name: statistics.median(cpu for cpu, _ in runs) for name, runs in found.items()}
    for name, runs in found.items():
        seconds = ", ".join(f"{cpu:.1f}" for cpu, _ in runs)
        print(f"{name:8} {middle[name]:8.1f} s of CPU ({seconds}); rows {json.dumps(runs[0][1])}")
    print(f"near duplicates cost {middle['with'] / middle['without'] - 1:+.1%}")


if __name__ == "__main__":
    main()
