"""From the keys of bands to components, beside datatrove's stages 2 and 3 over the same signatures: `python -m benchmarks.near_peer`.

    near_peer.py [--rows 1000000] [--hot] [--runs 1] [--peer-env DIR] [--folder DIR]

Rows are made up (`near_rows`) with 14 bands of 8 places, datatrove's, and written for both: as its stage 1 writes them, and as judged
batches; and for us once more with the 18 bands of 6 places of our own default. Each runs in a process of its own, from the start of the
interpreter to the last file, in turn, its engine included: ours on Beam's local runner, with the comparison of signatures, which the peer
does not do and which takes away pairs just below the bound; the peer's with one worker. With `--hot` a tenth of the rows share a band with
strangers, which the peer takes for one cluster. Seconds are of CPU, user and system, of the whole process tree.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import apache_beam as beam
import numpy as np

from benchmarks import near_rows
from benchmarks.decide_scale import components, job_of, write_batches
from benchmarks.run_speed import PEERS, ROOT, measured, peer_python
from pipeline import engine, storage
from pipeline.decide.job import DecideJob
from pipeline.decide.near import told_labels
from pipeline.decide.near_beam import NearPages
from pipeline.decide.nodes import pages_name
from pipeline.decide.steps import Group, OfJob, opened, own_line, told_together
from pipeline.engines.settings import EngineSettings
from pipeline.sections import read_sections
from pipeline.work_list import ReadLines
from schemas.recipe import ExtractPart
from transforms.dedup.signature import SETS, SignatureSet

PEER = "datatrove"  # the tool, and the set of its bands
Batches = Sequence[tuple[int, int]]  # first and number of the rows of each batch


@dataclass
class ComponentsOfPages(beam.PTransform):
    """Judged batches -> a file of the labels of its pages for each."""

    job: DecideJob

    def __post_init__(self) -> None:
        super().__init__("ComponentsOfPages")

    def expand(self, begin: Any) -> Any:
        """Near duplicates and nothing else."""
        lines = begin | "Batches" >> ReadLines(self.job.run.batches, self.job.storage) | "Lines" >> beam.Map(own_line)
        told = told_together([lines], "Living") | NearPages(self.job, 0)
        return told_together([lines, told], "Last") | "Labels" >> beam.ParDo(WriteLabels(self.job))


@dataclass
class WriteLabels(OfJob):
    """Batch and its labels -> a file of them."""

    def process(self, group: Group) -> Iterator[None]:
        """Nothing goes on from here."""
        batch, told = opened(group)
        pages = read_sections(self.job.run.judged(batch.number)).about["pages"]
        labels, _ = told_labels(told, pages_name(0), pages)
        with storage.write_whole(labels_path(self.job, batch.number), durable=False) as file:
            file.write(labels.tobytes())
        yield from ()


def labels_path(job: DecideJob, batch: int) -> str:
    """Where the labels of a batch lie."""
    return storage.join(job.run.path, "labels", f"{batch:06d}")


def write_signatures(folder: Path, cluster: np.ndarray, batches: Batches, *, hot: bool) -> None:
    """The rows as datatrove's stage 1 writes them: a file a bucket and batch, of 8 places and the number of the document, sorted."""
    chosen: SignatureSet = SETS[PEER]
    for number, (begin, count) in enumerate(batches):
        places = near_rows.made(cluster[begin : begin + count], begin, chosen, hot=hot).places
        for band in range(chosen.bands):
            file = folder / f"bucket_{band:03d}" / f"{number:05d}.minhash.sig"
            file.parent.mkdir(parents=True, exist_ok=True)
            mine = places[:, band * chosen.rows : (band + 1) * chosen.rows]
            rows = np.empty(count, [("places", "<u8", chosen.rows), ("document", "<u4")])
            rows["places"], rows["document"] = mine, np.arange(count)
            rows[np.lexsort([*mine.T[::-1]])].tofile(file)


def our_components(job: DecideJob, batches: Batches) -> np.ndarray:
    """The component of each row by us."""
    labels = [np.fromfile(labels_path(job, number), "<u8") for number in range(len(batches))]
    return components(np.concatenate(labels), [count for _, count in batches])


def their_components(folder: Path, rows: int, batches: Batches) -> np.ndarray:
    """The component of each row by datatrove: its clusters, and for what is in none a number of its own."""
    found = np.arange(rows) + rows
    for number, (begin, _) in enumerate(batches):
        file = folder / "clusters" / f"{number:06d}.clusters"
        if file.exists():
            told = np.fromfile(file, "<u4").reshape(-1, 2)
            found[begin + told[:, 0]] = told[:, 1]
    return found


def compare(folder: Path, rows: int, runs: int, python: Path, *, hot: bool) -> None:
    """Write the rows for both, run both, and print what each took and found."""
    cluster = near_rows.clusters(rows)
    ours = {f"ours, {name} bands": job_of(folder / name, rows, name) for name in (PEER, ExtractPart().signature)}
    for job in ours.values():
        batches = write_batches(job, cluster, hot=hot)
    write_signatures(folder / "signatures", cluster, batches, hot=hot)
    took: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for run in range(runs):
        for name, job in ours.items():
            shutil.rmtree(job.run.exchanges, ignore_errors=True)
            asked = ["--rows", str(rows), "--signature", job.recipe.extract.signature, "--alone", job.run.path]
            took[name].append(measured([sys.executable, "-m", "benchmarks.near_peer", *asked])[:2])
        output = folder / f"theirs{run}"
        asked = ["--signatures", str(folder / "signatures"), "--output", str(output)]
        took[PEER].append(measured([str(python), str(PEERS / "datatrove_clusters.py"), *asked])[:2])
    found = {name: our_components(job, batches) for name, job in ours.items()}
    found[PEER] = their_components(output, rows, batches)
    theirs = float(np.median(took[PEER], axis=0)[0])
    for name, component in found.items():
        cpu, wall = np.median(took[name], axis=0)
        times = f"{cpu:7.1f} s of CPU ({cpu / rows * 1e6:.1f} us a row), {wall:.1f} s of wall, {theirs / cpu:.1f} times as fast"
        print(f"{name:22} {times}")
        print(f"{'':22} {json.dumps(asdict(near_rows.against(cluster, component)))}", flush=True)


def main() -> None:
    """Compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10**6)
    parser.add_argument("--hot", action="store_true", help="a tenth of the rows share a band with strangers")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--peer-env", type=Path, default=ROOT / ".env-datatrove", help="the peer's environment")
    parser.add_argument("--folder", type=Path, help="where files go meanwhile (default: the system's folder for such)")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--signature", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.alone:
        engine.run(ComponentsOfPages(job_of(args.alone, args.rows, args.signature)), EngineSettings(), "decide")
        return
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        compare(Path(folder), args.rows, args.runs, peer_python(args.peer_env), hot=args.hot)


if __name__ == "__main__":
    main()
