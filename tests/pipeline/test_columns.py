"""Rows into Arrow files."""

from pathlib import Path

import pyarrow as pa
import pytest

from pipeline import columns
from pipeline.columns import read_table, write_rows, write_table

SCHEMA = pa.schema([pa.field("a", pa.int32()), pa.field("b", pa.string())])


@pytest.mark.parametrize("count", [0, 1, 4, 9])
def test_rows_come_back_whatever_the_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """None, less than a batch, a batch exactly and more than two are all kept, in order."""
    monkeypatch.setattr(columns, "BATCH_ROWS", 4)
    given = [{"a": n, "b": str(n)} for n in range(count)]
    with write_rows(str(tmp_path / "t.arrow"), SCHEMA) as rows:
        for row in given:
            rows.append(row)
        assert len(rows._columns["a"]) < 4
    found = read_table(str(tmp_path / "t.arrow"))
    assert (found.to_pylist(), found.schema, rows.count) == (given, SCHEMA, count)


@pytest.mark.parametrize("row", [{"a": 1}, {"a": 1, "b": "", "c": 2}])
def test_a_missing_or_an_unknown_column_is_a_bug(tmp_path: Path, row: dict[str, object]) -> None:
    """It is named, and no half file is left."""
    with pytest.raises(KeyError, match=r"'b'|'c'"), write_rows(str(tmp_path / "t.arrow"), SCHEMA) as rows:
        rows.append(row)
    assert list(tmp_path.iterdir()) == []


def test_a_table_survives_its_file(tmp_path: Path) -> None:
    """Chunked or empty, mapped from disk."""
    for name, table in (("one", pa.table({"a": [1, 2]})), ("none", SCHEMA.empty_table())):
        write_table(str(tmp_path / name), pa.concat_tables([table, table]))
        assert read_table(str(tmp_path / name)).equals(pa.concat_tables([table, table]))
