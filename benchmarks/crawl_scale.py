"""The driver at the size of a crawl: what it asks of storage, how long it takes and what it holds, with workers that are made up.

    python -m benchmarks.crawl_scale [--units 90000 1440000] [--latency 0.03]

Storage is this machine's disk behind a wait for each request (a listing takes one for 1,000 names, a write one for 8 MiB). In place of an
engine stands a function that writes what workers hand up: 256 part files a step. All else is the driver's own code: plan, work lists,
resuming, one look at the progress, batches, groups, manifest. Each size runs in a process of its own, so that its peak memory can be told.
"""

import argparse
import json
import multiprocessing
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline import emit, engine, groups, run, storage
from pipeline.corpora import load_recipe
from pipeline.decide.beam import Decide
from pipeline.decide.profile_items import pack_profile
from pipeline.emit import Emit
from pipeline.layout import RunFolder, StagingFolder
from pipeline.memory import peak_memory
from pipeline.plan import UNIT_BYTES, Request, plan
from pipeline.progress import Notes, UnitLook, Watch
from pipeline.run_folder import claim_folder, identify
from pipeline.sections import checksum, sealed, table_bytes
from pipeline.stage.beam import Extract, merge_records
from pipeline.stage.unit_record import UnitRecord
from pipeline.work_list import part_path
from schemas.manifest import Account
from transforms.stats.profile import Profile

UNITS_OF_AN_ARCHIVE = 16  # 1 GB
LISTED, WRITTEN = 1000, 8 * 2**20  # names a listing gives, and bytes an upload takes, a request
ROWS = 9_000  # index rows of a unit: 3e9 pages and 1e10 references in 1.44 million units
BATCH = 100  # units, as batches of that size hold them
INPUTS = "s3://crawl/in/"


@dataclass
class Slow:
    """Storage whose every request takes a while; counts them. Inputs and staged units are made up, the rest lies on the disk."""

    units: int
    latency: float
    requests: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, requests: int = 1) -> None:
        """So many requests, one after the other."""
        with self.lock:
            self.requests += requests
        time.sleep(self.latency * requests)

    def walk(self, folder: str) -> Iterator[tuple[str, int]]:
        """A listing."""
        if not folder.endswith("/units"):
            self.wait()
            yield from _walk(folder)
            return
        for number in range(self.units):
            if number % LISTED == 0:
                self.wait()
            yield f"{number // 1000:04d}/{number:07d}.unit", 1

    def find_files(self, glob: str) -> dict[str, int]:
        """The inputs."""
        archives = self.units // UNITS_OF_AN_ARCHIVE
        self.wait(-(-archives // LISTED))
        return {f"{INPUTS}{number:05d}.warc.gz": UNITS_OF_AN_ARCHIVE * UNIT_BYTES for number in range(archives)}

    def read_range(self, path: str, offset: int, length: int) -> bytes:
        """An end of an input, or a file of the run."""
        self.wait()
        return path.encode() * 10 if path.startswith(INPUTS) else _read_range(path, offset, length)

    def read_bytes(self, path: str) -> bytes:
        """A file of the run."""
        self.wait()
        return _read_bytes(path)

    def exists(self, path: str) -> bool:
        """Whether a file of the run is there."""
        self.wait()
        return _exists(path)

    @contextmanager
    def write_whole(self, path: str, durable: bool = True) -> Iterator[storage.HashingWriter]:
        """A file of the run."""
        with _write_whole(path, durable) as file:
            yield file
        self.wait(1 + file.tell() // WRITTEN)


_walk, _exists, _write_whole = storage.walk, storage.exists, storage.write_whole
_read_bytes, _read_range = storage.read_bytes, storage.read_range


def write_parts(folder: str, parts: int, merged: Callable[[int], Any]) -> None:
    """What workers hand up: these files are written by many of them at once, so they cost the driver no time."""
    for part in range(parts):
        path = Path(part_path(folder, part))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sealed(merged(part)))


def unit_record(number: int) -> UnitRecord:
    """What a unit hands up."""
    account = asdict(Account("captures", "read", 3000, 2100, {"media_type": 900}))
    source = f"{number // UNITS_OF_AN_ARCHIVE:05d}.warc.gz"
    held = {"source": source, "records": {"response": 3000, "request": 3000}, "captures": 3000, "skipped": 0}
    return UnitRecord(number, 9_000_000, 8_000_000, 8_500_000, ROWS, *borders(number), [account], [held])


def borders(number: int) -> tuple[int, int]:
    """Where a unit's first member and the next unit's begin."""
    begin = number % UNITS_OF_AN_ARCHIVE * UNIT_BYTES
    return begin, begin + UNIT_BYTES


def workers(units: int) -> Callable[[Any, Any, str], None]:
    """The engine's place: writes the part files of whatever step it is given."""

    def work(step: Any, _settings: Any, _name: str) -> None:
        if isinstance(step, Extract):
            records = step.job
            write_parts(
                records.staging.extract,
                records.parts,
                lambda part: merge_records([asdict(unit_record(n)) for n in range(part, units, records.parts)]),
            )
        elif isinstance(step, Decide):
            write_parts(step.job.run.decided, step.job.parts, lambda part: decided(part, units, step.job.parts))
            Path(step.job.run.profiles).write_bytes(pack_profile(Profile.empty()))
        elif isinstance(step, Emit):
            lines = Path(step.job.run.shards).read_text().splitlines()
            write_parts(step.job.run.emit, step.job.parts, lambda part: shards(lines[part :: step.job.parts]))

    return work


def in_child(work: Callable[..., None]) -> Callable[..., None]:
    """The same in a process of its own, whose time and memory are not the driver's."""

    def run(*args: Any) -> None:
        child = multiprocessing.get_context("fork").Process(target=work, args=args)
        child.start()
        child.join()
        if child.exitcode:
            raise RuntimeError(f"the workers ended with {child.exitcode}")

    return run


def decided(part: int, units: int, parts: int) -> dict[str, Any]:
    """What batches hand up of some units: 700 texts and documents and 300 pairs of each."""
    draw = random.Random(part)
    sizes = {"text": (700, 4_000_000), "pairs": (300, 60_000_000), "interleaved": (350, 70_000_000)}
    rows = [
        [n, n // BATCH, {c: [k, w + draw.randrange(1000), n * 100, 900, n] for c, (k, w) in sizes.items()}]
        for n in range(part, units, parts)
    ]
    accounts = [
        asdict(Account(corpus, "rules", kept * len(rows), kept * len(rows))) for corpus, (kept, _) in sizes.items()
    ]
    index = [[f"index/{batch:05d}.index", 10**7, "0" * 64] for batch in range(part, -(-units // BATCH), parts)]
    return {"selected": rows, "accounts": accounts, "shards": [], "found": {"address": len(rows)}, "index": index}


def shards(lines: list[str]) -> list[dict[str, Any]]:
    """What writers of shards hand up: a file a shard; its rows are those of its units."""
    kept = {"text": 700, "pairs": 300, "interleaved": 350}
    found = []
    for line in lines:
        corpus, number, count, low, high, units = json.loads(line)
        rows = round(kept[corpus] * len(units) * (high - low) / 2**32)
        name = f"{corpus}/data/train-{number:05d}-of-{count:05d}.parquet"
        entry = {"name": name, "corpus": corpus, "format": "parquet", "rows": rows, "bytes": 1, "sha256": "0" * 64}
        found.append({**entry, "parts": []})
    return found


@dataclass(frozen=True)
class Took:
    """What a step of the driver took: requests, seconds of wall and CPU, and the most memory that the process has held by its end."""

    step: str
    requests: int
    wall: float
    cpu: float
    peak: int


def measure(units: int, latency: float) -> list[Took]:
    """What each step of the driver takes; wall seconds have in them what it takes to make up what workers hand up."""
    slow = Slow(units, latency)
    for name in ("walk", "find_files", "read_range", "read_bytes", "exists", "write_whole"):
        setattr(storage, name, getattr(slow, name))
    engine.run = in_child(workers(units))
    found: list[Took] = []

    @contextmanager
    def step(name: str) -> Iterator[None]:
        before, begun, used = slow.requests, time.monotonic(), time.process_time()
        yield
        spent = (time.monotonic() - begun, time.process_time() - used)
        found.append(Took(name, slow.requests - before, *spent, peak_memory()))

    text = 'name = "crawl"\n[text]\nduplicates = ["url", "text"]\n[pairs]\nformats = ["parquet"]\n[interleaved]\nformats = ["parquet"]'
    with tempfile.TemporaryDirectory() as folder:
        request = Request((f"{INPUTS}*",), f"{folder}/run", load_recipe(text), staging=f"{folder}/staging")
        with step("plan: list the inputs, read both ends of each"):
            planned = plan(request)
        with step("claim the folder"):
            claim_folder(request, identify(request, planned))
        with step("extract: work list, and what workers handed up"):
            extracted = run.extract(request, planned, Watch())
        with step("one look at the progress (by a listing)"):
            UnitLook(StagingFolder(f"{folder}/staging"), planned, Notes(""))()
        with step("decide: batches, and what workers handed up"):
            decisions = run.decide(request, extracted, Watch())
        with step("emit: groups of units, and what workers handed up"):
            files = run.emit(request, planned, decisions, Watch())
        with step("resume a run whose steps are all done"):
            run.extract(request, planned, Watch())
            run.decide(request, extracted, Watch())
        with step("manifest"):
            finish(request, planned, extracted, decisions, files)
        assert RunFolder(f"{folder}/run").manifest
    return found


def one_shard(batches: int) -> tuple[float, float]:
    """CPU seconds and peak MB of one shard of 1,000 rows among so many batches: its selection is read and sorted."""
    with tempfile.TemporaryDirectory() as folder:
        run_folder = RunFolder(folder)
        rows = pa.table({"id": [f"{n * 7919 % 1000:032x}" for n in range(1000)], "weight": [1000] * 1000})
        data = table_bytes(rows)
        with storage.write_whole(run_folder.selection(0)) as file:
            file.write(data)
        kept = np.zeros(batches, groups.KEPT)
        kept["unit"] = kept["batch"] = np.arange(batches)
        kept["rows"], kept["weight"], kept["length"], kept["checksum"] = 1000, 10**6, len(data), checksum(data)
        line = groups.cut_shards("text", kept, 1000, 10**9)[0]
        begun = time.process_time()
        assert len(emit.read_selection(run_folder, groups.read_shard(line)).sort_by("id")) == 1000
        return time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def finish(request: Request, planned: Any, extracted: Any, decisions: Any, files: Any) -> None:
    """The manifest and what stands beside it."""
    inputs = tuple(run.inputs_of(planned, extracted, None))
    accounts = tuple([*extracted.accounts, *decisions.accounts])
    manifest = run.Manifest("crawl", "0", {}, inputs, accounts, tuple(files))
    run.finish(request, manifest, {}, decisions.index)


def one_size(units: int, latency: float) -> None:
    """Measure one size and print it."""
    found = measure(units, latency)
    sums = (sum(t.requests for t in found), sum(t.wall for t in found), sum(t.cpu for t in found), found[-1].peak)
    for took in (*found, Took("all of it", *sums)):
        times = f"{took.wall:8.1f} s, {took.cpu:7.1f} s of CPU"
        print(f"  {took.step:52} {took.requests:>9,} requests {times}, peak {took.peak / 1e6:6,.0f} MB", flush=True)


def main() -> None:
    """Measure each size in a process of its own, and one shard among few and many batches."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", nargs="+", type=int, default=[90_000, 1_440_000])
    parser.add_argument("--latency", type=float, default=0.03, help="seconds a request (default: %(default)s)")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    for batches in () if args.alone else (100, 10_000):
        seconds, peak = one_shard(batches)
        print(f"one shard among {batches:,} batches: {seconds * 1000:.1f} ms of CPU, peak {peak:,.0f} MB", flush=True)
    for units in args.units:
        if args.alone:
            one_size(units, args.latency)
            continue
        print(f"{units:,} units", flush=True)
        command = [sys.executable, "-m", "benchmarks.crawl_scale", "--alone", "--units", str(units)]
        subprocess.run([*command, "--latency", str(args.latency)], check=True)


if __name__ == "__main__":
    main()
