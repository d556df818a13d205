"""The bundled archive through the whole run, as a user starts it."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.sample import shows, site
from jobs import cli
from jobs.cli import main
from jobs.demo import SAMPLE
from tests.support.runs import rows
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


README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```\n\n```\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize(("code", "printed"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_readme_prints_what_it_says(
    code: str, printed: str, demo_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its examples as typed, with the demo's folder where it is here."""
    exec(code.replace("demo-run", str(demo_run)), {})
    assert capsys.readouterr().out == printed


def test_the_readme_shows_the_funnel_of_the_demo(demo_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The lines that it shows are the first of those that are printed."""
    assert main(["inspect", str(demo_run)]) == 0
    shown = re.findall(r"```\n( +in  kept .*?)\n\.\.\.\n```", README, re.DOTALL)
    assert len(shown) == 1 and shown[0] in capsys.readouterr().out


@pytest.fixture(scope="module")
def pairs(demo_run: Path) -> list[dict[str, Any]]:
    """The pairs of the demo."""
    return rows(demo_run, "pairs")


def test_each_picture_has_its_own_caption(pairs: list[dict[str, Any]]) -> None:
    """Every picture of an article is kept once with the words that the article gives it, or with them as a copy."""
    found = {(row["url"], row["caption"]) for row in pairs}
    written = {part for article in site.articles() for part in article.parts if isinstance(part, tuple)}
    moved = {"loaf": f"{shows.COPIES}/loaf-copy.webp", "mill": f"{shows.COPIES}/mill-large.jpg"}
    assert len(written) >= 33
    assert {(moved.get(name, site.image_url(name)), caption) for name, caption in written} <= found


def test_the_full_picture_is_taken(pairs: list[dict[str, Any]]) -> None:
    """The gallery gives its pictures at their largest: what waits for a script, of a srcset, behind a thumbnail's link."""
    full = {"beam": "beam.jpg", "lightship": "lightship-480.webp", "buoy": "buoy-large.jpg", "pier": "pier-full.jpg"}
    found = {row["url"]: (row["caption"], row["width"]) for row in pairs if row["url"].startswith(shows.LIGHTS)}
    assert found == {f"{shows.LIGHTS}/{name}": (shows.LIGHT_CAPTIONS[key], 480) for key, name in full.items()}


def test_pictures_that_moved_are_found(pairs: list[dict[str, Any]]) -> None:
    """Behind a redirect, under http and another way of coding, and as a revisit of an earlier capture."""
    found = {row["caption"]: row["found_by"] for row in pairs if row["url"].startswith(shows.MOVED)}
    steps = {"bridge": "redirect", "windmill": "scheme", "barge": "revisit"}
    assert found == {shows.MOVED_CAPTIONS[name]: step for name, step in steps.items()}


def test_engravings_have_the_captions_below(pairs: list[dict[str, Any]]) -> None:
    """Where the alt text says "see caption", the caption is taken."""
    found = {row["url"]: row["caption"] for row in pairs if row["url"].startswith(shows.BOOK)}
    assert found == {f"{shows.BOOK}/images/{name}.jpg": caption for name, caption in shows.ENGRAVINGS.items()}


def test_of_copies_the_largest_is_left(pairs: list[dict[str, Any]]) -> None:
    """Of copies under one caption one pair is left, of other sizes the largest; a cut picture is another one."""
    found = [row for row in pairs if row["url"].startswith(shows.COPIES)]
    names = {row["url"].rpartition("/")[2] for row in found}
    assert names == {"harbour-copy.jpg", "loaf-copy.webp", "mill-large.jpg", "hives-cut.jpg"}
    for caption in {row["caption"] for row in found}:
        others = [row for row in pairs if row["caption"] == caption]
        assert len(others) == 1 + (caption == "Painted hives between the chimneys of the town hall")


def test_logo_is_in_no_corpus(demo_run: Path, pairs: list[dict[str, Any]]) -> None:
    """The logo of every page is captured, and neither a pair nor in a document."""
    assert site.LOGO not in {row["url"] for row in pairs}
    assert not any("logo" in row["metadata"] for row in rows(demo_run, "interleaved"))
    dropped = {row["corpus"] for row in rows(demo_run, "dropped") if row["url"] == site.LOGO}
    assert dropped == {"pairs", "interleaved_images"}


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
