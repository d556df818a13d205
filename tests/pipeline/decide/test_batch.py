"""Batches of units, and the index rows of a unit."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import storage
from pipeline.decide.batch import (
    BATCH_ROWS,
    PARTITION_ROWS,
    UnitIndex,
    batch_lines,
    batch_media,
    batch_rows,
    pack,
    partition_count,
    read_batch,
    read_lookup,
)
from pipeline.layout import StagingFolder
from pipeline.sections import DamagedFileError
from tests.support.index_rows import medium, page, ref, unit_index, write_unit


@given(st.lists(st.integers(0, 20)), st.integers(1, 30))
def test_pack_keeps_every_unit_once_and_in_order(rows: list[int], most: int) -> None:
    """Batches are runs of units; only a unit that is too large alone passes the bound."""
    batches = [range(*ends) for ends in pack(rows, most)]
    assert [unit for batch in batches for unit in batch] == list(range(len(rows)))
    assert all(batch and (sum(rows[unit] for unit in batch) <= most or len(batch) == 1) for batch in batches)


@given(st.lists(st.integers(0, 20), min_size=1), st.integers(1, 30))
def test_pack_makes_no_batch_that_the_next_unit_would_have_fitted_into(rows: list[int], most: int) -> None:
    """A batch ends only where the unit behind it would pass the bound."""
    ends = list(pack(rows, most))
    assert all(sum(rows[first : behind + 1]) > most for first, behind in ends[:-1])


@given(st.integers(1, 10**13))
def test_messages_grow_far_slower_than_rows(total: int) -> None:
    """Batches times partitions stays in the root of the rows a batch: no message is smaller than some hundred rows (law 9)."""
    rows, partitions = batch_rows(total), partition_count(total)
    batches = math.ceil(total / rows)
    assert batches * partitions <= 1 + total / 250 + batches + partitions
    assert batches <= 1 + math.sqrt(total) / 8 and partitions <= 1 + math.sqrt(total) / 36


@given(st.integers(1, 10**13))
def test_a_batch_and_a_partition_grow_as_the_root_of_the_rows(total: int) -> None:
    """What a worker holds of a crawl is far less than the crawl (law 9)."""
    assert batch_rows(total) <= max(BATCH_ROWS, 8.1 * math.sqrt(total))
    assert total / partition_count(total) <= max(PARTITION_ROWS, 36.1 * math.sqrt(total))


def test_the_work_list_names_every_unit_once() -> None:
    """Number, size and places of each unit come back as they were."""
    units = np.array([[n, 1000 + n, 10 + n, 20 + n, 30_000] for n in (0, 2, 3, 7)], np.int64)
    batches = [read_batch(line) for line in batch_lines(units)]
    assert [batch.number for batch in batches] == [0, 1, 2, 3]
    assert [(u.number, u.bytes, u.index_at, u.lookup_at) for batch in batches for u in batch.units] == [
        tuple(row[:4]) for row in units.tolist()
    ]
    assert list(batch_lines(units[:0])) == []


def test_a_unit_is_read_back_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All tables, the media, the keys and the spans, by one request; what a lookup join wants, by one smaller request."""
    staging = StagingFolder(str(tmp_path))
    made = unit_index([page(1), page(2)], [ref(0, 0, [5, 6]), ref(1, 0, 7)], [medium(5), medium(9, format="")], 3)
    unit, part = write_unit(staging, made), made.part
    asked: list[tuple[str, int, int]] = []
    read = storage.read_range

    def counted(path: str, offset: int, length: int) -> bytes:
        asked.append((path, offset, length))
        return read(path, offset, length)

    monkeypatch.setattr(storage, "read_range", counted)
    index = UnitIndex(staging, unit)
    (found,) = index.parts()
    assert (index.number, index.spans) == (found.number, found.spans) == (3, part.spans)
    for table in ("pages", "refs", "dropped", "failed"):
        assert getattr(found, table).equals(getattr(part, table))
    assert index.media.tobytes() == made.media.tobytes()
    assert list(index.media_urls()) == made.media_urls["url"].to_pylist()
    assert found.keys.tolist() == part.keys.tolist() == [(5, 5), (6, 6), (7, 7)]
    lookup = read_lookup(staging, unit)
    assert (lookup.media.tobytes(), lookup.keys.tolist()) == (made.media.tobytes(), part.keys.tolist())
    assert [length for _, _, length in asked] == [unit.bytes - unit.index_at, unit.bytes - unit.lookup_at]


def test_a_unit_that_changed_is_not_believed(tmp_path: Path) -> None:
    """Whichever byte of its index is another one, its reader names the file."""
    staging = StagingFolder(str(tmp_path))
    unit = write_unit(staging, unit_index([page(1)], [ref(0, 0, 5)], [medium(5)]))
    path = Path(staging.unit(0))
    whole = path.read_bytes()
    for place in range(unit.index_at, unit.bytes, 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        with pytest.raises(DamagedFileError, match=r"0000000\.unit is damaged"):
            list(UnitIndex(staging, unit).parts())


def test_media_of_a_batch_are_numbered_through() -> None:
    """Each unit counts its own from nothing; in a batch a row names one of them."""
    units = [unit_index([], [], [medium(n), medium(n + 1)], n).media for n in (1, 5)]
    together = batch_media(units)
    assert together["row"].tolist() == [0, 1, 2, 3]
    assert together["unit"].tolist() == [1, 1, 5, 5]
    assert len(batch_media([])) == 0
