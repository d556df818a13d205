"""The bundled archive through the whole run, as a user starts it."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from jobs import cli
from jobs.cli import main
from jobs.demo import SAMPLE
from tests.support.shared_data import ROOT

OUTCOMES = ("kept", "dropped", "failed", "duplicates")


@pytest.fixture(scope="module")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished demo."""
    folder = tmp_path_factory.mktemp("demo") / "run"
    assert main(["demo", "--output", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def facts(demo_run: Path) -> dict[str, Any]:
    """What `inspect --json` says of the demo."""
    command = [sys.executable, "-m", "jobs.cli", "inspect", str(demo_run), "--json"]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)


def test_every_outcome_is_met(facts: dict[str, Any]) -> None:
    """The sample meets each outcome: pages and images fail, and each corpus keeps, drops and has duplicates."""
    used: dict[str, set[str]] = {}
    for account in facts["accounts"]:
        used.setdefault(account["corpus"], set()).update(outcome for outcome in OUTCOMES if account[outcome])
    assert used["captures"] == {"kept", "dropped", "failed"}
    assert used["pages"] == used["images"] == {"kept", "failed"}
    for corpus in ("text", "pairs", "interleaved"):
        assert used[corpus] == {"kept", "dropped", "duplicates"}


def test_each_planted_fault_and_rule_is_met(facts: dict[str, Any]) -> None:
    """What the sample plants is what leaves: damage, a bomb, a crowded tag, wishes, copies, flat and small pictures."""
    reasons = {
        (account["corpus"], outcome): set(named)
        for account in facts["accounts"]
        for outcome, named in account["reasons"].items()
        if named
    }
    assert reasons["captures", "failed"] == {"gzip_damage"}
    assert reasons["pages", "failed"] == {"hostile_markup"}
    assert reasons["images", "failed"] == {"bomb", "undecodable_image", "unsupported_type"}
    assert {"noai", "language", "gopher_words"} <= reasons["text", "dropped"]
    assert reasons["text", "duplicates"] == reasons["interleaved", "duplicates"] == {"url", "text"}
    assert reasons["pairs", "duplicates"] == {"sha256_caption", "phash_caption"}
    assert {"no_caption", "image_min_side", "image_spread", "caption_special_tags", "noimageai"} <= (
        reasons["pairs", "dropped"]
    )
    assert {"max_images", "image_min_side", "image_spread", "noimageai"} <= reasons["interleaved_images", "dropped"]


def test_corpora_are_written_in_both_formats(facts: dict[str, Any]) -> None:
    """Text lies in Parquet; pairs and documents lie in Parquet and tar, with equal counts."""
    rows = {(corpus, name): sums["rows"] for corpus, made in facts["corpora"].items() for name, sums in made.items()}
    assert rows["text", "parquet"] >= 24
    for corpus in ("pairs", "interleaved"):
        assert rows[corpus, "parquet"] == rows[corpus, "webdataset"] > 10


def test_demo_again_is_the_same_run(demo_run: Path, facts: dict[str, Any], capfd: pytest.CaptureFixture[str]) -> None:
    """A second demo into the same folder finds the run finished and shows it, with what to do next."""
    assert main(["demo", "--output", str(demo_run)]) == 0
    out, err = capfd.readouterr()
    assert out.splitlines()[0] == str(demo_run) and "finished before" in err
    assert any(line.split()[1:3] == ["verify", str(demo_run)] for line in out.splitlines())


def test_run_verifies(demo_run: Path) -> None:
    """`verify` finds nothing wrong with a run as it was written."""
    assert main(["verify", str(demo_run)]) == 0


def test_folder_of_another_recipe_is_refused(demo_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another recipe over the same inputs needs another folder; the error says so and names the staging to reuse."""
    line = ["run", "--input", str(SAMPLE), "--output", str(demo_run), "--recipe", "raw"]
    assert main(line) == cli.USAGE
    err = capsys.readouterr().err
    assert "another recipe: give another --output" in err and "--staging" in err


def test_failures_beyond_the_budget_end_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where more fails than the recipe allows, the run ends with 3 and says which account and which limit."""
    line = ["run", "--input", str(SAMPLE), "--output", str(tmp_path / "run")]
    assert main([*line, "--set", "limits.budget_from=1", "--set", "limits.failed_share=0.0"]) == cli.BUDGET
    err = capsys.readouterr().err
    assert "limits.failed_share" in err and not (tmp_path / "run" / "manifest.json").exists()


def test_interrupt_ends_with_130_and_the_same_command_goes_on(tmp_path: Path) -> None:
    """Ctrl-C while it runs says how to go on, and leaves a folder that the same command finishes."""
    output = tmp_path / "run"
    command = [sys.executable, "-m", "jobs.cli", "demo", "--output", str(output)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (output / "staging" / "archives.jsonl").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (cli.INTERRUPTED, "")
    assert err.splitlines()[-1] == "triptych: interrupted; the same command goes on from what is finished"
    assert not (output / "manifest.json").exists()
    done = subprocess.run(command, cwd=ROOT, capture_output=True)
    assert done.returncode == 0 and (output / "manifest.json").exists()
