"""Law 4: another threshold decides over what was measured; no archive is read again but for the images that are written."""

import shutil
from dataclasses import replace
from pathlib import Path

from pipeline.plan import Request
from pipeline.run import run
from pipeline.verify import verify
from tests.support.runs import recipe, rows, run_on, shard_digests
from tests.support.sample_run import sample_inputs, sample_run


def test_another_recipe_over_the_same_staging(tmp_path: Path) -> None:
    """It ends as a run of its own would, and not one file of the measurements is written anew."""
    inputs = sample_inputs()
    first = run_on(inputs, tmp_path / "first", recipe("raw"))
    staged = sorted((tmp_path / "first" / "staging" / "units").rglob("*.unit"))
    assert staged
    before = [(path.name, path.stat().st_mtime_ns) for path in staged]
    request = Request(
        tuple(inputs), str(tmp_path / "second"), recipe("kosmos1"), staging=str(tmp_path / "first/staging")
    )
    second = run(request)
    assert [(path.name, path.stat().st_mtime_ns) for path in staged] == before
    assert second == sample_run()[1]
    assert len(rows(tmp_path / "second", "text")) < len(rows(tmp_path / "first", "text"))
    assert verify(str(tmp_path / "second")) == []
    assert shard_digests(first) != shard_digests(second)


def test_the_same_recipe_over_the_same_staging_for_another_folder(tmp_path: Path) -> None:
    """A second folder gets every file of its own, the rows of what left too (they were once left out)."""
    shutil.copytree(sample_run()[0], tmp_path / "first")
    again = Request(
        tuple(sample_inputs()), str(tmp_path / "second"), recipe("kosmos1"), staging=str(tmp_path / "first/staging")
    )
    manifest = run(again)
    shutil.rmtree(tmp_path / "first" / "dropped")
    assert verify(str(tmp_path / "second")) == []
    assert replace(manifest, inputs=()) == replace(run(again), inputs=())
