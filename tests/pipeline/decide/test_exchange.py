"""Rows on their way between batches and partitions."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.decide.exchange import INLINE, Outbox, by_partition, rows_of, unique_keys
from pipeline.layout import RunFolder
from pipeline.sections import DamagedFileError
from schemas.index import PROBE

KEYS = st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1)), max_size=30)


def probes(keys: list[tuple[int, int]]) -> np.ndarray:
    """Rows of these keys."""
    return np.array(keys, PROBE)


@given(KEYS, st.integers(1, 5))
def test_rows_that_are_dealt_out_arrive_once_and_equal_keys_together(keys: list[tuple[int, int]], parts: int) -> None:
    """Nothing is lost on the way, a key has one partition, and rows of a partition keep their order."""
    dealt = [
        (part, [tuple(row) for row in rows.tolist()]) for part, _, rows in by_partition(probes(keys), parts, "any")
    ]
    assert sorted(key for _, rows in dealt for key in rows) == sorted(keys)
    assert len({part for part, _ in dealt}) == len(dealt)
    homes = {(key, part) for part, rows in dealt for key in rows}
    assert len(homes) == len(set(keys))
    assert all(0 <= part < parts and rows == [key for key in keys if key in set(rows)] for part, rows in dealt)


@pytest.mark.parametrize("count", [1, 4, 5000])
@pytest.mark.parametrize("through_files", [False, True])
def test_inline_and_through_files_the_same_rows_arrive(tmp_path: Path, count: int, through_files: bool) -> None:
    """Few rows travel as they are, many lie in one file where the engine would hold them; receivers cannot tell."""
    parcels = [(receiver, "any", probes([(receiver, n) for n in range(count)])) for receiver in (4, 0, 9)]
    outbox = Outbox(RunFolder(str(tmp_path)), "step", 7, through_files)
    sent = list(outbox.send([*parcels, (5, "none", probes([]))]))
    found = [(receiver, kind, sender, rows_of((kind, sender, held), PROBE)) for receiver, (kind, sender, held) in sent]
    assert [(receiver, kind, sender) for receiver, kind, sender, _ in found] == [(r, "any", 7) for r in (4, 0, 9)]
    assert all(rows.tolist() == given.tolist() for (*_, rows), (_, _, given) in zip(found, parcels, strict=True))
    written = [name for _, _, names in os.walk(tmp_path) for name in names]
    filed = through_files and 3 * count * PROBE.itemsize > INLINE
    assert written == (["000007.rows"] if filed else [])
    assert all(isinstance(held, tuple) is filed for _, (_, _, held) in sent)


def test_whoever_sends_again_writes_the_same_file(tmp_path: Path) -> None:
    """An engine may run a bundle twice; the first's places still hold."""
    outbox = Outbox(RunFolder(str(tmp_path)), "step", 0, True)
    rows = probes([(n, n) for n in range(9000)])
    first, second = (list(outbox.send([(1, "any", rows), (2, "any", rows[:5])])) for _ in range(2))
    assert first == second
    assert rows_of(first[1][1], PROBE).tolist() == rows[:5].tolist()


@pytest.mark.parametrize("harm", ["a bit", "an end", "all of it"])
def test_rows_that_changed_on_disk_are_noticed(tmp_path: Path, harm: str) -> None:
    """The error names the file, so that the run takes it away and makes it again. A flipped bit was believed, a cut file was a bug."""
    ((_, message), _) = Outbox(RunFolder(str(tmp_path)), "step", 0, True).send(
        [(receiver, "any", probes([(n, n) for n in range(9000)])) for receiver in (1, 2)]
    )
    (path,) = tmp_path.rglob("*.rows")
    whole = path.read_bytes()
    if harm == "all of it":
        path.unlink()
    else:
        path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:] if harm == "a bit" else whole[:90])
    with pytest.raises(DamagedFileError) as raised:
        rows_of(message, PROBE)
    assert raised.value.path == str(path)


@given(KEYS)
def test_keys_are_asked_for_once(keys: list[tuple[int, int]]) -> None:
    """However many references name an address."""
    asked = [tuple(row) for row in unique_keys(probes(keys + keys[:3])).tolist()]
    assert asked == sorted(set(keys))
