"""How near `plan --sample` comes to the run itself, and whether its intervals hold: `python -m benchmarks.sample_accuracy`.

    sample_accuracy.py --data shared/data --cache DIR [--sample 1 2] [--seeds 4] [--scan BYTES] [--sets archives sites ...]

The sets are made of archives at hand: all of them, five sites, pages of wcxb in many small and two large archives beside all of them, and
sites that were crawled twice. The run of each set and recipe is kept in the cache folder, which makes the first call slow.
`--scan` looks through no more than so many bytes, in ranges a sixteenth as large, as plans of more than a gigabyte are looked through.
"""

import argparse
import gzip
import shutil
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.extraction_gold import wcxb
from pipeline import sample, sample_scan
from pipeline.corpora import load_recipe
from pipeline.estimate import Figure
from pipeline.plan import Request, plan
from pipeline.run import run
from pipeline.sample_archives import record
from schemas.manifest import Manifest, from_json
from schemas.recipe import Recipe
from schemas.records import Capture

ROOT = Path(__file__).resolve().parents[1]
RECIPES = ("kosmos1", "raw")
NEAR = 0.25  # the aim: an estimate within a quarter
COUNTS = (("captures", "entered", "captures"), ("pages", "kept", "pages"), ("images", "kept", "images"))


def archives(data: Path, _: Path) -> list[str]:
    """Every archive at hand: a hundred small ones and a few of megabytes."""
    return [str(data / "archives")]


def sites(data: Path, _: Path) -> list[str]:
    """Five sites with their images."""
    return [str(data / "archives" / "sites")]


def mixed(data: Path, cache: Path) -> list[str]:
    """Pages of many hosts, in 200 archives of 3 and two of the rest, beside every archive at hand."""
    folder = cache / "mixed"
    if not folder.exists():
        pages = list(wcxb_captures(data, cache))
        small = [pages[at : at + 3] for at in range(0, 600, 3)]
        half = (len(pages) + 600) // 2
        write(folder.with_suffix(".part"), [*small, pages[600:half], pages[half:]])
        folder.with_suffix(".part").rename(folder)
    return [str(folder), str(data / "archives")]


def twice(data: Path, cache: Path) -> list[str]:
    """Sites and a crawl that were crawled twice: every page and image has an equal one in another archive."""
    folder = cache / "twice"
    if not folder.exists():
        for name in ("first", "second"):
            shutil.copytree(data / "archives" / "sites", folder / name / "sites")
            shutil.copytree(data / "archives" / "ipwb", folder / name / "ipwb")
            shutil.copytree(data / "archives" / "dolma-cc-samples" / "warc", folder / name / "cc")
    return [str(folder)]


SETS: dict[str, Callable[[Path, Path], list[str]]] = {each.__name__: each for each in (archives, sites, mixed, twice)}


def wcxb_captures(data: Path, cache: Path) -> Iterator[Capture]:
    """The pages of wcxb as captures."""
    cache.mkdir(parents=True, exist_ok=True)
    for gold in wcxb(data / "pages" / "wcxb", cache):
        body = gold.markup.encode()
        headers = (("Content-Type", "text/html; charset=utf-8"),)
        yield Capture(
            "response", gold.url, "2026-01-01T00:00:00Z", 0, 0, True, 200, "text/html", "utf-8", headers, body, ""
        )


def write(folder: Path, groups: Iterable[Sequence[Capture]]) -> None:
    """An archive a group."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, group in enumerate(groups):
        packed = b"".join(gzip.compress(record(capture), mtime=0) for capture in group)
        (folder / f"{number:04d}.warc.gz").write_bytes(packed)


def truth(manifest: Manifest) -> dict[str, float]:
    """What the run made, by the names of the estimate's amounts."""
    accounts = {(account.corpus, account.stage): account for account in manifest.accounts}
    stages = {"captures": "read", "pages": "extract", "images": "decode"}
    found = {name: float(getattr(accounts[corpus, stages[corpus]], number)) for corpus, number, name in COUNTS}
    for shard in manifest.shards:
        same = manifest.shards_of(shard.corpus, shard.format)
        found[f"{shard.corpus}/rows"] = float(sum(each.rows for each in same))
        found[f"{shard.corpus}/{shard.format}/bytes"] = float(sum(each.bytes for each in same))
    return found


def ran(request: Request) -> Manifest:
    """The run itself, from the cache where it is there."""
    there = Path(request.output) / "manifest.json"
    return from_json(there.read_bytes()) if there.exists() else run(request)


def held(figure: Figure, true: float) -> bool:
    """Whether the interval holds the truth; a figure without one must be it."""
    if figure.low is None or figure.high is None:
        return abs(figure.value - true) <= 0.1 * true
    slack = 1e-9 * true
    return figure.low - slack <= true <= figure.high + slack


def main() -> None:
    """Print, for every set and recipe, the error of each amount and how often its interval held; then over all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="where made archives and true runs are kept")
    parser.add_argument("--sample", type=int, nargs="+", default=[1], help="the N of `plan --sample N`")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--scan", type=int, help="bytes looked through at most")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    args = parser.parse_args()
    if args.scan:
        sample_scan.SCAN_BYTES, sample_scan.RANGE_BYTES = args.scan, args.scan // 16
    intervals: dict[str, list[bool]] = defaultdict(list)
    errors: dict[str, list[float]] = defaultdict(list)
    for name in args.sets:
        inputs = tuple(SETS[name](args.data, args.cache))
        for recipe_name in RECIPES:
            text = (ROOT / "jobs" / "recipes" / f"{recipe_name}.toml").read_text()
            recipe = load_recipe(text, (), recipe_name)
            request = Request(inputs, str(args.cache / "truth" / name / recipe_name), recipe)
            true = truth(ran(request))
            for wanted in args.sample:
                compare(name, request, recipe, wanted, args.seeds, true, errors, intervals)
    print("\nover all            error: median, 90th percentile    within 25 %    interval held")
    for name, found in sorted(errors.items()):
        far = sorted(map(abs, found))
        print(
            f"{name:30} {statistics.median(far):6.1%} {far[int(0.9 * (len(far) - 1))]:6.1%} "
            f"{sum(each <= NEAR for each in far):4} of {len(far)} {sum(intervals[name]):6} of {len(intervals[name])}"
        )
    together = [each for found in intervals.values() for each in found]
    print(f"all intervals: {sum(together)} of {len(together)} held ({sum(together) / len(together):.1%})")


def compare(
    name: str,
    request: Request,
    recipe: Recipe,
    wanted: int,
    seeds: int,
    true: dict[str, float],
    errors: dict[str, list[float]],
    intervals: dict[str, list[bool]],
) -> None:
    """Estimate with several seeds, print what came of each amount, and add it to what is known of all."""
    began, outlooks = time.monotonic(), []
    planned = plan(request)
    for seed in range(seeds):
        asked = replace(request, recipe=replace(recipe, seed=seed))
        outlooks.append(sample.estimate(asked, planned, wanted, lambda progress: None))
    seconds = (time.monotonic() - began) / seeds
    first = outlooks[0]
    print(
        f"\n{name}, {recipe.name}, --sample {wanted}: {planned.bytes / 1e6:.0f} MB, {first.bytes / 1e6:.0f} MB looked through, "
        f"{first.pages} pages, {first.images} images, {seconds:.0f} s"
    )
    for amount, value in true.items():
        figures = [outlook.amounts[amount] for outlook in outlooks]
        off = [figure.value / value - 1 if value else float(figure.value > 0) for figure in figures]
        inside = [held(figure, value) for figure in figures]
        errors[amount] += off
        intervals[amount] += inside
        ends = ", ".join(f"{f.low or 0:,.0f}-{f.high or 0:,.0f}" for f in figures[:2])
        print(
            f"  {amount:30} {value:14,.0f}  off {' '.join(f'{each:+5.0%}' for each in off)}  held {sum(inside)}/{seeds}  ({ends})"
        )


if __name__ == "__main__":
    main()
