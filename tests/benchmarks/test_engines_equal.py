"""What the comparisons of engines call equal."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import engines_crawl
from benchmarks.engines_equal import between, compared

ROW = {"id": "0-0", "outcome": "kept", "date": "2026-01-01T00:00:00Z", "consent": [{"line": "a", "date": "2026-01-01"}]}


def run_of(folder: Path, texts: list[str]) -> Path:
    """A run folder with a corpus of texts, and nothing that was dropped."""
    (folder / "text" / "data").mkdir(parents=True)
    pq.write_table(pa.table({"text": texts}), folder / "text" / "data" / "train-0.parquet")
    (folder / "manifest.json").write_text(json.dumps({"accounts": []}))
    return folder


def crawl_of(folder: Path, row: dict[str, object]) -> Path:
    """A crawl of one address."""
    (folder / "rows" / "0000").mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist([row]), folder / "rows" / "0000" / "000000-0000.parquet")
    (folder / "account.json").write_text("{}")
    return folder


def test_rows_of_either_count() -> None:
    """A row that is lacking is as much a difference as one too many."""
    assert (between(["a", "b"], ["a"]), between(["a"], ["a", "a"]), between(["a"], ["a"])) == (1, 1, 0)


def test_a_file_that_one_lacks_is_named(tmp_path: Path) -> None:
    """The same rows in other files are not equal, unless images were fetched."""
    one, other = run_of(tmp_path / "one", ["a"]), run_of(tmp_path / "other", ["a"])
    assert compared(one, other, fetched=False)[0]
    (one / "stray").touch()
    assert not compared(one, other, fetched=False)[0] and compared(one, other, fetched=True)[0]
    assert "differs: stray" in compared(one, other, fetched=False)[1]


def test_rows_that_are_lacking_differ(tmp_path: Path) -> None:
    """However the images came."""
    one, other = run_of(tmp_path / "one", ["a"]), run_of(tmp_path / "other", ["a", "b"])
    assert not compared(one, other, fetched=True)[0]
    assert "1 rows differ" in compared(one, other, fetched=True)[1]


def test_clocks_of_a_crawl_may_differ(tmp_path: Path) -> None:
    """Also in what was said about use; nothing else may."""
    later = {**ROW, "date": "2026-01-02T00:00:00Z", "consent": [{"line": "a", "date": "2026-01-02"}]}
    one, other = crawl_of(tmp_path / "one", ROW), crawl_of(tmp_path / "other", later)
    same, told = engines_crawl.compared(one, other)
    assert same and "columns that differ: date 1;" in told
    failed = crawl_of(tmp_path / "failed", {**ROW, "outcome": "failed"})
    assert not engines_crawl.compared(failed, other)[0]
