"""Law 5: the same inputs and recipe give the same bytes, whoever does the work and in whatever order."""

from pathlib import Path

import pytest

import pipeline.lot
import pipeline.plan
import pipeline.run
from schemas.manifest import Manifest
from tests.support.runs import recipe, run_on, shard_digests, two_archives

CORPORA = ("text", "pairs", "interleaved")


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two archives with equal items."""
    return two_archives(tmp_path_factory.mktemp("in"))


@pytest.fixture(scope="module")
def plain(archives: list[str], tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """The run that the others are held to: one worker, in process."""
    manifest = run_on(archives, tmp_path_factory.mktemp("plain") / "out", recipe("kosmos1"))
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
    archives: list[str], plain: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Units of 50 kB, a lot for each and many partitions give the corpora's bytes; only the tables of what left are cut otherwise."""
    monkeypatch.setattr(pipeline.plan, "UNIT_BYTES", 50_000)
    monkeypatch.setattr(pipeline.lot, "LOT_ROWS", 1)
    monkeypatch.setattr(pipeline.run, "PARTITION_ROWS", 40)
    cut = run_on(archives, tmp_path / "out", recipe("kosmos1"))
    assert shard_digests(cut, *CORPORA) == shard_digests(plain, *CORPORA)
    assert cut.accounts == plain.accounts
    assert len([shard for shard in cut.shards if shard.corpus == "dropped"]) > 2
