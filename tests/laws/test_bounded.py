"""Law 9: memory does not grow with the corpus, nor with what one page or one group of duplicates holds."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa

from schemas.index import CLAIM
from tests.support.runs import ROOT, SAMPLE
from transforms.dedup.settle import cut, settle

GROWTH = 80  # MB from one copy to eight of an archive; 35 were measured, and holding the payloads of eight copies costs more than 200
PEAK = """
import resource, sys
from pathlib import Path
import pipeline.lot
from tests.support.runs import recipe, run_on
pipeline.lot.LOT_ROWS = 200
run_on(sys.argv[2:], Path(sys.argv[1]), recipe("raw"))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak(inputs: list[str], output: Path) -> int:
    """The most memory, in MB, that the process of a run in process held."""
    command = [sys.executable, "-c", PEAK, str(output), *inputs]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return int(found.stdout)


def test_memory_is_flat_from_one_to_eight_copies(tmp_path: Path) -> None:
    """Eight times the archive, lots of the same size: the process is no larger but for the engine's own book-keeping."""
    copies = []
    for number in range(8):
        copies.append(str(tmp_path / f"{number}.warc.gz"))
        Path(copies[-1]).write_bytes(SAMPLE.read_bytes())
    one, eight = peak(copies[:1], tmp_path / "one"), peak(copies, tmp_path / "eight")
    assert eight - one < GROWTH


def test_a_hot_key_is_cut_down_before_it_is_gathered() -> None:
    """Ten thousand equal items of a lot claim once, so a partition holds as many rows of a key as there are lots, whatever it keeps."""
    count = 10_000
    ids = [f"{number:032x}" for number in range(count)]
    table = pa.table(
        {
            "corpus": np.zeros(count, np.int8), "key": pa.array([bytes(16)] * count, pa.binary(16)),
            "rank": np.zeros(count, np.int64), "id": ids,
        }
    )  # fmt: skip
    best, keeper = cut(table)
    assert best["id"].to_pylist() == ids[:1]
    assert not keeper.any()
    lots = [best.append_column("lot", pa.array([number], pa.int32())).cast(CLAIM) for number in range(3)]
    assert len(settle(pa.concat_tables(lots))) == 2
