"""Near duplicates at the size of millions of pages: what the steps from candidates to losers cost on the local engine.

    python -m benchmarks.decide_scale [--rows 1000000 5000000 20000000] [--workers 1] [--folder DIR]

Pages are made up (`near_rows`) and written as judged batches, as the step `decide` writes them before its rounds of duplicates. Then its
own transforms run, on Beam's local runner as `pipeline.engine` runs it: claims, buckets, edges, verification, components, the round in
which each page is compared with the one that stays, and who is lost by it. In: reading the judged batches, everything that batches and
partitions send each other, through files as in a run. Not in: judging, and the tables of what is kept and dropped (`benchmarks.run_speed`
has them), which cost the same without near duplicates. Pages are near duplicates by .7, a little below the least likeness to a cluster that
is drawn. There is no round of equal texts before, which would take the equal pages out.

Each size runs in a process of its own. Memory is the most that the largest process had resident. Needs 1 GB of disk for a million rows.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import apache_beam as beam
import numpy as np

from benchmarks import near_rows
from pipeline import engine, storage
from pipeline.corpora import load_recipe
from pipeline.decide.batch import batch_lines, partition_count, read_batch
from pipeline.decide.beam import Candidates, keep_first
from pipeline.decide.duplicates import standings, told_of
from pipeline.decide.job import DecideJob
from pipeline.decide.near_beam import NearPages
from pipeline.decide.nodes import pages_name
from pipeline.decide.steps import Group, OfJob, opened, own_line, told_together
from pipeline.engines.settings import EngineSettings
from pipeline.layout import RunFolder, StagingFolder
from pipeline.sections import SectionWriter, read_sealed, read_sections
from pipeline.work_list import ReadLines, write_lines
from transforms.dedup.signature import SETS

ROWS = 50_000  # of a unit
LOST = np.dtype([("label", "<u8"), ("lost", "?"), ("of", "<u8")])  # of each page


@dataclass
class Rounds(beam.PTransform):
    """Judged batches -> a file of who is lost a batch: what `Decide` does between judging and closing."""

    job: DecideJob

    def __post_init__(self) -> None:
        super().__init__("Rounds")

    def expand(self, begin: Any) -> Any:
        """The rounds, one after the other."""
        job = self.job
        told = [begin | "Batches" >> ReadLines(job.run.batches, job.storage) | "Lines" >> beam.Map(own_line)]
        for number in range(job.rounds):
            if job.begins_near(number):
                told.append(told_together(told, f"Living{number}") | f"Near{number}" >> NearPages(job, number))
            sent = told_together(told, f"Round{number}") | f"Candidates{number}" >> beam.ParDo(Candidates(job, number))
            told.append(
                sent
                | f"Keys{number}" >> beam.GroupByKey()
                | f"KeepFirst{number}" >> beam.ParDo(keep_first(job, number))
            )
        return told_together(told, "Last") | "Lost" >> beam.ParDo(WriteLost(job))


@dataclass
class WriteLost(OfJob):
    """Batch and all that it lost -> a file of LOST, a row a page."""

    def process(self, group: Group) -> Iterator[None]:
        """Nothing goes on from here."""
        batch, told = opened(group)
        judged = read_sections(self.job.run.judged(batch.number))
        known = told_of(self.job, batch.number, judged.about["pages"], told)
        (standing,) = standings(self.job, judged, known, self.job.rounds).values()
        found = np.zeros(judged.about["pages"], LOST)
        found["label"] = known.components[0][0]
        found["lost"] = standing.lost_in >= 0
        found["of"] = np.where(found["lost"], standing.losses["of_low"], 0)
        with storage.write_whole(lost_path(self.job.run, batch.number), durable=False) as file:
            file.write(found.tobytes())
        yield from ()


def lost_path(run: RunFolder, batch: int) -> str:
    """Where the rows of LOST of a batch lie."""
    return storage.join(run.path, "lost", f"{batch:06d}")


def job_of(folder: Path, rows: int, signature: str = "triptych") -> DecideJob:
    """The job of so many rows in a folder."""
    text = 'name = "scale"\ncorpora = ["text"]\n[text]\nduplicates = ["near"]\n[near_texts]\nsimilarity = 0.7\nsurvivor = "first"'
    recipe = load_recipe(text, [f"extract.signature={signature}"])
    return DecideJob(StagingFolder(str(folder)), RunFolder(str(folder)), recipe, partition_count(rows), 1, True, {})


def write_batches(job: DecideJob, cluster: np.ndarray, *, hot: bool = True) -> list[tuple[int, int]]:
    """Write the judged batches of rows of these clusters, and the work list of them; returns first and number of the rows of each."""
    begins = range(0, len(cluster), ROWS)
    units = np.array([(n, 0, 0, 0, min(ROWS, len(cluster) - begin)) for n, begin in enumerate(begins)], np.int64)
    write_lines(job.run.batches, batch_lines(units))
    found, begin = [], 0
    for line in Path(job.run.batches).read_text().splitlines():
        batch = read_batch(line)
        count = int(units[[unit.number for unit in batch.units], 4].sum())
        write_judged(job, batch.number, cluster[begin : begin + count], begin, hot=hot)
        found.append((begin, count))
        begin += count
    return found


def write_judged(job: DecideJob, batch: int, cluster: np.ndarray, first: int, *, hot: bool) -> None:
    """Write one judged batch: the sections that rounds of duplicates read, and what they ask of its footer."""
    rows = near_rows.made(cluster, first, SETS[job.recipe.extract.signature], hot=hot)
    count = len(cluster)
    candidates = np.zeros(count, job.round_dtypes()[0])
    candidates["corpus"] = next(job.code(corpus) for _, corpus, _ in job.asking(0))
    candidates["id_high"], candidates["id_low"] = near_rows.ids(first, count)
    candidates["ordinal"] = -1
    candidates["row"] = candidates["page"] = np.arange(count)
    candidates["shingles"] = 500
    candidates["signature"] = rows.places.astype(np.uint8).view(candidates.dtype["signature"]).reshape(-1)
    with storage.write_whole(job.run.judged(batch), durable=False) as file:
        writer = SectionWriter(file)
        writer.section("candidates/0", [candidates.tobytes()])
        writer.section("items/0", [np.arange(count, dtype=np.int32).tobytes()])
        writer.section("bands/0", [rows.bands.astype("<u8").tobytes()])
        writer.close({"counts": {"text": [count]}, "pages": count, "units": [batch]})


def measure(folder: Path, rows: int, workers: int) -> dict[str, Any]:
    """Run the rounds over judged batches that are written; what they cost."""
    job = job_of(folder, rows)
    begun = time.monotonic()
    engine.run(Rounds(job), EngineSettings(workers=workers), "decide")
    wall = time.monotonic() - begun
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "wall": wall,
        "cpu": sum(each.ru_utime + each.ru_stime for each in spent),
        "peak": max(own_peak(), spent[1].ru_maxrss * 1024 if workers > 1 else 0),
    }


def own_peak() -> int:
    """The most bytes that this process had resident (`ru_maxrss` also knows those of the process that it was started from)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def sent(run: RunFolder) -> dict[str, int]:
    """Bytes in the files of each step of an exchange."""
    found: dict[str, int] = {}
    for step in sorted(Path(run.exchanges).iterdir()):
        found[step.name] = sum(file.stat().st_size for file in step.iterdir())
    return found


def lost(run: RunFolder) -> np.ndarray:
    """The rows of LOST of all batches; a row that is alone is its own component."""
    files = sorted((Path(run.path) / "lost").iterdir())
    found = np.concatenate([np.fromfile(file, LOST) for file in files])
    found["label"] = components(found["label"], [file.stat().st_size // LOST.itemsize for file in files])
    return found


def components(labels: np.ndarray, counts: list[int]) -> np.ndarray:
    """The component of each row, as a row's number, from the labels that batches of so many rows were told: 0 for one that is alone."""
    begins = np.cumsum([0, *counts[:-1]])
    place = labels - np.uint64(1)
    place = begins[(place >> np.uint64(32)).astype(int) * (labels > 0)] + (place & np.uint64(0xFFFFFFFF)).astype(int)
    return np.where(labels > 0, place, np.arange(len(labels)))


def one_size(rows: int, workers: int, place: Path | None) -> float:
    """Make, run and compare one size, and print what it took; returns microseconds a row."""
    folder = Path(tempfile.mkdtemp(dir=place))
    try:
        begun = time.monotonic()
        cluster = near_rows.clusters(rows)
        job = job_of(folder, rows)
        write_batches(job, cluster)
        made = time.monotonic() - begun
        command = [sys.executable, "-m", "benchmarks.decide_scale", "--alone", str(folder)]
        asked = [*command, "--rows", str(rows), "--workers", str(workers)]
        took = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
        each = took["cpu"] / rows * 1e6
        batches = len(Path(job.run.batches).read_text().splitlines())
        print(f"{rows:,} rows in {batches} batches, {job.partitions} partitions (made in {made:.0f} s)")
        print(f"  {each:.1f} us of CPU a row, {took['wall'] / rows * 1e6:.1f} of wall ({took['wall']:.0f} s)")
        print(f"  {took['peak'] / 1e9:.2f} GB resident")
        report(job, cluster)
        return float(each)
    finally:
        shutil.rmtree(folder)


def report(job: DecideJob, cluster: np.ndarray) -> None:
    """Print what was sent, and the components against the truth."""
    rows = len(cluster)
    bytes_of = sent(job.run)
    print(f"  {bytes_of.get('claims0', 0) / rows:.0f} bytes of claims a row; bytes a row in files of each step:")
    print("   ", ", ".join(f"{step} {size / rows:.1f}" for step, size in bytes_of.items()))
    told = read_sealed(job.run.components(pages_name(0)))
    print(f"  {told['edges']:,} verified edges, {told['components']:,} components of two and more")
    for which, failed, members in told["hot"][:3]:
        print(f"    {failed:,} of {members:,} edges to {which} did not hold")
    found = lost(job.run)
    truth = near_rows.against(cluster, found["label"])
    print(f"  against the truth: {asdict(truth)}")
    gone = np.flatnonzero(found["lost"])
    strangers = int((cluster[gone] != cluster[found["of"][gone]]).sum())
    print(f"  {len(gone):,} rows lost, {strangers:,} of them to a row of another cluster", flush=True)


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", nargs="+", type=int, default=[10**6, 5 * 10**6, 20 * 10**6])
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where files go meanwhile (default: the system's folder for such)")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.alone:
        print(json.dumps(measure(args.alone, args.rows[0], args.workers)))
        return
    found = [one_size(rows, args.workers, args.folder) for rows in args.rows]
    print(f"last to first: {found[-1] / found[0]:.2f} times the time a row")


if __name__ == "__main__":
    main()
