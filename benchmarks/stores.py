"""What a run asks of object stores, all in all, and that its bytes are those of a run on a disk: `python -m benchmarks.stores`.

    stores.py [--units N] [--large] [--json]

Inputs, staging and output lie in a bucket. Two runs, of N units and of three times N, tell what a unit costs: the difference of their
requests by that of their units. A unit is a copy of the bundled sample, 650 kB with redirects, damage and images; with `--large` it is 64
MiB of one archive, of which all but a copy of the sample is no page, so that staging remains small. The stores are
moto on loopback; its times say nothing of a cloud.
"""

import argparse
import json
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pipeline.plan
from pipeline import storage
from pipeline.plan import Request
from pipeline.run import run
from schemas.manifest import Manifest
from tests.support.archives import member, response
from tests.support.buckets import Asked, Buckets, emulator
from tests.support.runs import SAMPLE, recipe

FILLER = random.Random(1).randbytes(1 << 20)
MOST = 20  # requests a unit, wanted


@dataclass(frozen=True)
class Row:
    """What a unit costs in a store: requests by what they are for, and whether the bytes were those of the run on a disk."""

    store: str
    units: int
    requests: dict[str, float]
    whole_run: int
    equal: bool

    @property
    def a_unit(self) -> float:
        """Requests of one unit more."""
        return sum(self.requests.values())


def kind(asked: Asked) -> str:
    """What a request is for.

    >>> kind(Asked("GET", "/b/in/0.warc.gz")), kind(Asked("GET", "/b/out/staging/units/0000/0000000.unit"))
    ('read archives', 'read staging')
    """
    if "list-type" in asked.query:
        return "list"
    reads = asked.method in ("GET", "HEAD")
    if "/in/" in asked.path:
        return "read archives"
    if "/units/" in asked.path:
        return "read staging" if reads else "write staging"
    if "/staging/" in asked.path:
        return "read records" if reads else "write records"
    return "read shards" if reads else "write shards"


def archives(folder: Path, units: int, large: bool) -> list[Path]:
    """Archives of so many units."""
    folder.mkdir(parents=True)
    sample = SAMPLE.read_bytes()
    paths = [folder / f"{number}.warc.gz" for number in range(1 if large else units)]
    for path in paths:
        with path.open("wb") as file:
            for unit in range(units if large else 1):
                file.write(sample)
                while large and file.tell() < (unit + 1) * pipeline.plan.UNIT_BYTES - len(sample):
                    file.write(member(response("https://ex.com/x", FILLER, "application/octet-stream")))
    return paths


def manifest_of(files: Sequence[Path], root: str, settings: dict[str, str]) -> Manifest:
    """The manifest of a run with everything below `root`."""
    storage.configure(settings)
    for path in files:
        with storage.write_whole(f"{root}/in/{path.name}") as file, path.open("rb") as source:
            while piece := source.read(1 << 20):
                file.write(piece)
    return run(Request((f"{root}/in/*.warc.gz",), f"{root}/out", recipe("kosmos1"), storage=settings))


def measured(buckets: Buckets, scheme: str, folder: Path, units: int, large: bool) -> Row:
    """One store."""
    settings = buckets.s3() if scheme == "s3" else buckets.gs(folder)
    counts = []
    equal = True
    for size in (units, 3 * units):
        files = archives(folder / scheme / str(size) / "in", size, large)
        local = run(Request(tuple(map(str, files)), str(folder / scheme / str(size) / "out"), recipe("kosmos1")))
        root = f"{scheme}://{buckets.new()}"
        found = manifest_of(files, root, settings)
        uploads = {f"/{root.split('/')[2]}/in/{path.name}" for path in files}
        counts.append(Counter(kind(one) for one in buckets.asked if one.method == "GET" or one.path not in uploads))
        equal = equal and found == local
    names = sorted(counts[0].keys() | counts[1].keys())
    each = {name: (counts[1][name] - counts[0][name]) / (2 * units) for name in names}
    return Row(scheme, 3 * units, each, counts[1].total(), equal)


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    kinds = sorted({name for row in rows for name in row.requests})
    lines = [
        f"| store | {' | '.join(kinds)} | a unit | a run | units | equal to a disk |",
        "|---|" + "--:|" * (len(kinds) + 3) + "---|",
    ]
    for row in rows:
        cells = [f"{row.requests.get(name, 0):.1f}" for name in kinds]
        lines.append(
            f"| {row.store} | {' | '.join(cells)} | {row.a_unit:.1f} | {row.whole_run} | {row.units} | "
            f"{'yes' if row.equal else 'NO'} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Prints the table; the status is 1 where bytes differ or a unit costs MOST requests or more."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=4)
    parser.add_argument("--large", action="store_true", help="units of 64 MiB")
    parser.add_argument("--stores", default="s3,gs")
    parser.add_argument("--json", action="store_true", help="print rows as JSON")
    args = parser.parse_args()
    if not args.large:
        pipeline.plan.SMALL_BYTES = 1  # a unit an archive
    with emulator() as buckets, tempfile.TemporaryDirectory() as folder:
        rows = [measured(buckets, one, Path(folder), args.units, args.large) for one in args.stores.split(",")]
    print(json.dumps([asdict(row) for row in rows]) if args.json else table(rows))
    raise SystemExit(any(row.a_unit >= MOST or not row.equal for row in rows))


if __name__ == "__main__":
    main()
