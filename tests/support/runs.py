"""Runs of the main job for tests: over the bundled sample, in a folder of their own."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import pipeline.decide.batch
import pipeline.plan
from pipeline import engine
from pipeline import run as running
from pipeline.corpora import load_recipe
from pipeline.engines.settings import EngineSettings
from pipeline.plan import Request
from pipeline.run import run
from schemas.manifest import Manifest
from schemas.recipe import Recipe
from tests.support.shared_data import ROOT

SAMPLE = ROOT / "jobs" / "sample" / "sample.warc.gz"


def recipe(name: str, *settings: str) -> Recipe:
    """A shipped recipe, changed by settings."""
    return load_recipe((ROOT / "jobs" / "recipes" / f"{name}.toml").read_text(), settings, name)


def cut_small(patch: pytest.MonkeyPatch, unit_bytes: int, partition_rows: int) -> None:
    """Cut the work of runs: a unit an archive at most and of so many bytes, a batch a unit, partitions of so many rows.

    In this process alone: worker processes cut work lists by the sizes of the code, so such a run has one worker.
    """
    patch.setattr(pipeline.plan, "UNIT_BYTES", unit_bytes)
    patch.setattr(pipeline.plan, "SMALL_BYTES", 1)
    sizes = {"BATCH_ROWS": 1, "BATCH_ROOTS": 0, "PARTITION_ROWS": partition_rows, "PARTITION_ROOTS": 0}
    for name, value in sizes.items():
        patch.setattr(pipeline.decide.batch, name, value)


def two_archives(folder: Path) -> list[str]:
    """The sample under two names, so that every item of it has an equal one in another archive."""
    for name in ("one", "two"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE, folder / name / "sample.warc.gz")
    return [str(folder / name / "sample.warc.gz") for name in ("one", "two")]


def run_on(inputs: Sequence[str], output: Path, with_recipe: Recipe, *options: str, workers: int = 1) -> Manifest:
    """One whole run."""
    settings = EngineSettings(workers=workers, beam_options=options)
    return run(Request(tuple(inputs), str(output), with_recipe, settings))


class Stopped(Exception):
    """The run was stopped by its test."""


def run_until(step: str, inputs: Sequence[str], output: Path, with_recipe: Recipe) -> None:
    """A run that ends once a step is committed, before what follows it."""
    following = {"extract": "decide", "decide": "emit", "emit": "finish"}[step]

    def stop(*_: object) -> None:
        raise Stopped

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Stopped):
        patch.setattr(running, following, stop)
        run_on(inputs, output, with_recipe)


def names_run(patch: pytest.MonkeyPatch) -> list[str]:
    """The transforms that the engine runs from now on, by name."""
    names: list[str] = []
    original = engine.run

    def watched(transform: Any, *more: Any) -> None:
        names.append(type(transform).__name__)
        original(transform, *more)

    patch.setattr(engine, "run", watched)
    return names


def shard_digests(manifest: Manifest, *corpora: str) -> dict[str, str]:
    """SHA-256 by name of every shard, or of those of some corpora."""
    return {s.name: s.sha256 for s in manifest.shards if not corpora or s.corpus in corpora}


def rows(output: Path, corpus: str) -> list[dict[str, Any]]:
    """All rows of a corpus, or of `dropped` and `failed`."""
    import pyarrow.parquet as pq

    folder = output / corpus / "data" if (output / corpus / "data").exists() else output / corpus
    return [row for path in sorted(folder.glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


def outcome_counts(manifest: Manifest, corpus: str) -> tuple[int, int, int]:
    """Dropped, failed and duplicate items of a corpus, by its accounts."""
    mine = [account for account in manifest.accounts if account.corpus == corpus]
    outcomes = ("dropped", "failed", "duplicates")
    return tuple(sum(sum(getattr(a, outcome).values()) for a in mine) for outcome in outcomes)  # type: ignore[return-value]


def manifest_json(output: Path) -> dict[str, Any]:
    """The manifest as a reader in another language sees it."""
    found: dict[str, Any] = json.loads((output / "manifest.json").read_text())
    return found
