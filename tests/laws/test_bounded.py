"""Law 9: memory does not grow with the corpus, nor with what one page or one group of duplicates holds."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from pipeline.decide.exchange import by_partition
from schemas.index import CANDIDATE
from tests.support.runs import ROOT, SAMPLE
from transforms.dedup.keep_first import first_per_key

GROWTH = 80  # MB from one copy to eight of an archive; 35 were measured, and holding the payloads of eight copies costs more than 200
PEAK = """
import resource, sys
from pathlib import Path
import pipeline.decide.batch, pipeline.plan
from tests.support.runs import recipe, run_on
pipeline.decide.batch.BATCH_ROWS = 200
pipeline.plan.SMALL_BYTES = 1
run_on(sys.argv[2:], Path(sys.argv[1]), recipe("raw"))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak(inputs: list[str], output: Path) -> int:
    """The most memory, in MB, that the process of a run in process held."""
    command = [sys.executable, "-c", PEAK, str(output), *inputs]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return int(found.stdout)


def test_memory_is_flat_from_one_to_eight_copies(tmp_path: Path) -> None:
    """Eight times the archive, batches of the same size: the process is no larger but for the engine's own book-keeping."""
    copies = []
    for number in range(8):
        copies.append(str(tmp_path / f"{number}.warc.gz"))
        Path(copies[-1]).write_bytes(SAMPLE.read_bytes())
    one, eight = peak(copies[:1], tmp_path / "one"), peak(copies, tmp_path / "eight")
    assert eight - one < GROWTH


def test_a_hot_key_is_cut_down_before_it_is_gathered() -> None:
    """Ten thousand equal items of a batch send one row, so a partition holds as many rows of a key as there are batches."""
    count = 10_000
    rows = np.zeros(count, CANDIDATE)
    rows["id_low"], rows["row"] = np.arange(count), np.arange(count)
    firsts = first_per_key(rows)
    assert not firsts.any()
    best = rows[np.unique(firsts)]
    assert len(best) == 1
    assert sum(len(part) for _, _, part in by_partition(np.concatenate([best] * 3), 7, "candidates")) == 3
