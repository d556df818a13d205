"""Tests of finished runs as a library opens them."""

from pathlib import Path

import pytest

import triptych
from pipeline import storage
from tests.support.buckets import emulator
from tests.support.small_run import accounts, rows, write_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small finished run."""
    path = tmp_path_factory.mktemp("run")
    write_run(path)
    return path


def test_a_run_says_what_it_holds(folder: Path) -> None:
    """Manifest, accounts and tables, without a look at any shard."""
    run = triptych.open_run(str(folder))
    assert run.manifest.recipe == "kosmos1"
    assert run.accounts == accounts()
    assert set(run.tables) == {"text", "pairs", "interleaved", "dropped", "failed"}


@pytest.mark.parametrize("corpus", ["text", "pairs", "interleaved"])
def test_rows_are_those_of_all_shards_in_order(folder: Path, corpus: str) -> None:
    """Every row of every shard, images as bytes; with columns only these."""
    run, wanted = triptych.open_run(str(folder)), rows(corpus)
    found = list(run.rows(corpus))
    assert [{name: row[name] for name in wanted[0]} for row in found] == wanted
    assert list(run.rows(corpus, ["id"])) == [{"id": row["id"]} for row in wanted]


def test_a_dataset_has_the_same_rows(folder: Path) -> None:
    """Rows of all shards, by pyarrow's own reader."""
    run = triptych.open_run(str(folder))
    assert run.dataset("pairs").to_table(columns=["id", "caption"]).to_pylist() == list(
        run.rows("pairs", ["id", "caption"])
    )
    assert {row["rule"] for row in run.rows("dropped")} == {"text_chars", "exact"}


def test_wrong_names_are_said_at_once(folder: Path, tmp_path: Path) -> None:
    """A table, a column or a folder that is not there, before any row is asked for."""
    run = triptych.open_run(str(folder))
    with pytest.raises(triptych.UserError, match="no 'pair'; did you mean pairs"):
        run.rows("pair")
    with pytest.raises(triptych.UserError, match="no 'texts'; did you mean text"):
        run.dataset("texts")
    with pytest.raises(triptych.UserError, match="text has no column 'txt'; did you mean text"):
        run.rows("text", ["id", "txt"])
    with pytest.raises(triptych.UserError, match="no finished run is here"):
        triptych.open_run(str(tmp_path))


def test_a_corpus_without_parquet_is_said(folder: Path) -> None:
    """Rows are read from Parquet; a corpus that was written as WebDataset alone says so."""
    run = triptych.open_run(str(folder))
    tars = tuple(shard for shard in run.manifest.shards if shard.format == "webdataset")
    alone = triptych.Run(run.folder, triptych.Manifest("own", "0" * 64, shards=tars))
    with pytest.raises(triptych.UserError, match="'pairs' was not written as Parquet"):
        alone.rows("pairs")


def test_damaged_and_missing_shards_are_said(tmp_path: Path) -> None:
    """A flipped bit is told by the page's checksum, a shard that is gone by its name."""
    run = triptych.open_run(str(write_run(tmp_path) and tmp_path))
    first, _ = run.manifest.shards_of("text", "parquet")
    path = tmp_path / first.name
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    with pytest.raises(
        triptych.VerificationError, match=r"00000-of-00002.parquet cannot be read .*checksum.* triptych verify"
    ):
        list(run.rows("text"))
    path.unlink()
    with pytest.raises(triptych.VerificationError, match=r"00000-of-00002.parquet cannot be read .*No such file"):
        list(run.rows("text"))


def test_a_run_in_a_bucket_has_rows_and_no_dataset(folder: Path) -> None:
    """Rows come from buckets by the settings that are given; a dataset is made of local files, and says what reads others."""
    with emulator() as buckets:
        root = f"s3://{buckets.new()}/run"
        try:
            storage.configure(buckets.s3())
            for name in storage.files_below(str(folder)):
                with storage.write_whole(f"{root}/{name}") as file:
                    file.write((folder / name).read_bytes())
            storage.configure({})
            run = triptych.open_run(root, buckets.s3())
            assert list(run.rows("pairs")) == list(triptych.open_run(str(folder)).rows("pairs"))
            with pytest.raises(triptych.UserError, match=r"local files; rows\(\) reads from buckets too"):
                run.dataset("text")
        finally:
            storage.configure({})
