"""Selections and shards."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline import storage
from pipeline.emit import batches, entries_of, places, read_selection, shard_files, whole_files
from pipeline.groups import Selected, ShardLine
from pipeline.layout import RunFolder
from pipeline.payloads import Place
from pipeline.sections import DamagedFileError, SectionWriter, checksum, sealed, table_bytes
from schemas.manifest import ShardFile


def selection(run: RunFolder, batch: int, units: dict[int, list[str]]) -> list[Selected]:
    """The selections of some units in the file of a batch."""
    found = []
    with storage.write_whole(run.selection(batch)) as file:
        writer = SectionWriter(file)
        for unit, ids in units.items():
            table = pa.table({"id": pa.array(ids, pa.string()), "weight": pa.array([1] * len(ids), pa.int64())})
            data = table_bytes(table)
            found.append(Selected(unit, batch, *writer.section(f"text/{unit}", [data]), checksum(data)))
        writer.close({})
    return found


def ids(run: RunFolder, units: list[Selected], low: int = 0, high: int = 2**32) -> list[tuple[int, str]]:
    """(home, id) of each row that a shard of these units reads."""
    table = read_selection(run, ShardLine("text", 0, 1, low, high, tuple(units)))
    return sorted(zip(table["home"].to_pylist(), table["id"].to_pylist(), strict=True))


def test_a_shard_reads_the_selections_of_its_units_alone(tmp_path: Path) -> None:
    """Units of several batches, in any order; those of other groups are not read, be they as many as they may."""
    run = RunFolder(str(tmp_path))
    first = selection(run, 0, {0: ["0" * 32], 1: ["1" * 32], 2: ["2" * 32]})
    second = selection(run, 1, {3: ["3" * 32]})
    assert ids(run, [second[0], first[1]]) == [(1, "1" * 32), (3, "3" * 32)]


def test_a_unit_that_is_cut_gives_each_shard_its_range_of_ids(tmp_path: Path) -> None:
    """Every row is in one of the ranges, the first and the last possible id too."""
    run = RunFolder(str(tmp_path))
    units = selection(run, 0, {0: ["00000000" + "0" * 24, "7fffffff" + "f" * 24, "80000000" + "0" * 24, "f" * 32]})
    low, high = ids(run, units, 0, 2**31), ids(run, units, 2**31, 2**32)
    assert [len(low), len(high)] == [2, 2] and sorted(low + high) == ids(run, units)


def test_a_changed_selection_is_named(tmp_path: Path) -> None:
    """Whichever byte of it is another one, no row is believed: the batch is decided again (it once ended the run as a bug)."""
    run = RunFolder(str(tmp_path))
    units = selection(run, 4, {0: ["0" * 32], 1: ["1" * 32]})
    path = Path(run.selection(4))
    whole = path.read_bytes()
    for place in range(units[1].at, units[1].at + units[1].length):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert ids(run, units[:1]) == [(0, "0" * 32)]
        with pytest.raises(DamagedFileError, match="the selection of unit 1 has changed") as raised:
            ids(run, units)
        assert raised.value.path == str(path)


def test_places_of_all_payloads_are_known_before_any_is_read() -> None:
    """Documents by the row's own unit, media by theirs, images inside documents too."""
    image = {"unit": 7, "span": 2, "place": 0, "at": 90, "length": 9}
    row = {"home": 3, "doc_offset": 10, "doc_length": 5, "images": [image, {**image, "place": 1, "at": 4}]}
    found = list(places(pa.Table.from_pylist([row])))
    assert found == [Place(3, -1, 10, 5), Place(7, 2, 90, 9), Place(7, -1, 4, 9)]
    pair = {"home": 3, **image}
    assert list(places(pa.Table.from_pylist([pair]))) == [Place(7, 2, 90, 9)]


def test_rows_are_handed_over_by_their_bytes() -> None:
    """A batch ends with the row that fills it, and the last one may be small."""
    rows = [({"n": n}, 3 * 2**20) for n in range(7)]
    assert [[row["n"] for row in batch] for batch in batches(rows)] == [[0, 1, 2], [3, 4, 5], [6]]


def test_a_record_counts_only_with_the_bytes_that_it_names(tmp_path: Path) -> None:
    """A missing, torn or outdated record, or a shard that was changed or lost, means that the shard is written again."""
    run, record = RunFolder(str(tmp_path)), str(tmp_path / "record.json")
    with storage.write_whole(run.file("text/x.parquet")) as file:
        file.write(b"rows")
    shard = ShardFile("text/x.parquet", "text", "parquet", 1, 4, file.sha256(), ("a",))
    assert whole_files(run, record) is None
    whole = sealed(entries_of([shard]))
    Path(record).write_bytes(whole)
    assert whole_files(run, record) == [shard] == shard_files(json.loads(json.dumps(entries_of([shard]))))
    for torn in (whole[:40], whole.replace(b'"rows": 1', b'"rows": 2'), b"[{}]", b'[{"name": 1}]', b""):
        assert torn != whole
        Path(record).write_bytes(torn)
        assert whole_files(run, record) is None
    Path(record).write_bytes(whole)
    Path(run.file("text/x.parquet")).write_bytes(b"rowz")
    assert whole_files(run, record) is None
