"""Law 5: the same inputs and recipe give the same bytes, whoever does the work and in whatever order."""

from pathlib import Path

import pytest

import pipeline.decide.exchange
import pipeline.plan
from schemas.manifest import Manifest
from tests.support.runs import cut_small, recipe, rows, run_on, shard_digests
from tests.support.sample_run import sample_inputs, sample_run

CORPORA = ("text", "pairs", "interleaved")


@pytest.fixture
def archives() -> list[str]:
    """Two archives with equal items."""
    return sample_inputs()


@pytest.fixture
def plain_folder() -> Path:
    """Where `plain` lies."""
    return sample_run()[0]


@pytest.fixture
def plain() -> Manifest:
    """The run that the others are held to: one worker, in process."""
    _, manifest = sample_run()
    assert all(manifest.rows(corpus, "parquet") for corpus in CORPORA)
    return manifest


def test_again_and_with_the_inputs_in_another_order(archives: list[str], plain: Manifest, tmp_path: Path) -> None:
    """A second run over the same inputs, named in reverse, has an equal manifest."""
    assert run_on(archives[::-1], tmp_path / "out", recipe("kosmos1")) == plain


def test_two_worker_processes(archives: list[str], plain: Manifest, tmp_path: Path) -> None:
    """Worker processes do not show in a single byte."""
    assert run_on(archives, tmp_path / "out", recipe("kosmos1"), workers=2) == plain


def test_bundles_replayed(archives: list[str], plain: Manifest, tmp_path: Path) -> None:
    """An engine that runs every bundle again leaves the same files."""
    options = ("--runner=FnApiRunner", "--direct_runner_bundle_repeat=2")
    assert run_on(archives, tmp_path / "out", recipe("kosmos1"), *options) == plain


def test_however_the_work_is_cut(
    archives: list[str], plain: Manifest, plain_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Units of 50 kB, a batch for each and many partitions give the corpora's bytes; the tables of what left are cut otherwise, but
    hold the same rows, keepers with them."""
    cut_small(monkeypatch, 50_000, 40)
    monkeypatch.setattr(pipeline.decide.exchange, "INLINE", 0)  # every exchange goes through files
    cut = run_on(archives, tmp_path / "out", recipe("kosmos1"))
    assert shard_digests(cut, *CORPORA) == shard_digests(plain, *CORPORA)
    assert cut.accounts == plain.accounts
    assert len([shard for shard in cut.shards if shard.corpus == "dropped"]) > 2
    gone = [sorted(map(str, rows(folder, "dropped"))) for folder in (plain_folder, tmp_path / "out")]
    assert gone[0] == gone[1]


def test_shards_mixed_by_a_seed(archives: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups that a seeded hash draws hold the same rows as neighbours do, are the same each time, and follow the seed."""
    monkeypatch.setattr(pipeline.plan, "UNIT_BYTES", 40_000)
    monkeypatch.setattr(pipeline.plan, "SMALL_BYTES", 1)
    small = ("shards.rows=6", "shards.mix=true")
    mixed = run_on(archives, tmp_path / "mixed", recipe("raw", *small))
    assert len(mixed.shards_of("text", "parquet")) > 2
    assert run_on(archives[::-1], tmp_path / "again", recipe("raw", *small)) == mixed
    other = run_on(archives, tmp_path / "other", recipe("raw", *small, "seed=5"))
    assert shard_digests(other, "text") != shard_digests(mixed, "text")
    ids = [[row["id"] for row in rows(tmp_path / name, "text")] for name in ("mixed", "other")]
    assert sorted(ids[0]) == sorted(ids[1])
