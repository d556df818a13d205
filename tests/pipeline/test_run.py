"""The main job's own decisions: whose a folder is, what is too much, what does not add up."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import run as running
from pipeline.plan import EDGE_BYTES, Request
from pipeline.run import (
    Identity,
    add_up,
    add_weights,
    check_accounts,
    check_budget,
    check_folder,
    check_rows,
    claim_folder,
    run,
)
from schemas.index import STAGING_VERSION
from schemas.manifest import Account, Manifest, ShardFile
from schemas.outcomes import BudgetError, UserError, VerificationError
from schemas.recipe import Recipe
from tests.support.runs import SAMPLE, recipe, run_on

OURS = Identity("inputs", "recipe", "measuring", STAGING_VERSION, "libraries")


def request(folder: Path, staging: str | None = None) -> Request:
    """A request for a run in `folder`/out."""
    return Request((), str(folder / "out"), Recipe("x"), staging=staging)


def test_a_new_folder_is_claimed_and_claimed_again(tmp_path: Path) -> None:
    """Nothing is finished yet, and the same run may come back."""
    assert claim_folder(request(tmp_path), OURS) is None
    assert claim_folder(request(tmp_path), OURS) is None
    assert json.loads((tmp_path / "out" / "run.json").read_text())["inputs"] == "inputs"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"inputs": "others"}, "other inputs"),
        ({"recipe": "other"}, "another recipe"),
        ({"staging_version": 0}, "other versions"),
        ({"libraries": "newer"}, "other versions"),
    ],
)
def test_the_folder_of_another_run_is_refused(tmp_path: Path, other: dict[str, str], said: str) -> None:
    """The error says what differs and what to do."""
    claim_folder(request(tmp_path), replace(OURS, **other))  # type: ignore[arg-type]
    with pytest.raises(UserError, match=rf"{said}.*give another --output"):
        claim_folder(request(tmp_path), OURS)


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    """And what is in it stays as it was."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty and no run"):
        claim_folder(request(tmp_path), OURS)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    "other", [{"inputs": "others"}, {"measuring": "other"}, {"staging_version": 0}, {"libraries": "newer"}]
)
def test_measurements_of_something_else_are_refused(tmp_path: Path, other: dict[str, str]) -> None:
    """Staging that another run measured otherwise cannot be decided over, and the new folder is not claimed."""
    staging = str(tmp_path / "staging")
    claim_folder(request(tmp_path / "a", staging), replace(OURS, **other))  # type: ignore[arg-type]
    with pytest.raises(UserError, match="give another --staging"):
        claim_folder(request(tmp_path / "b", staging), OURS)
    assert not (tmp_path / "b").exists()


def test_asking_whose_a_folder_is_writes_nothing(tmp_path: Path) -> None:
    """A new folder and its staging would get their two markers, and neither is made."""
    asked = request(tmp_path)
    assert set(check_folder(asked, OURS)) == {f"{asked.output}/run.json", f"{asked.output}/staging/staging.json"}
    assert list(tmp_path.iterdir()) == []


def test_measurements_by_another_recipe_are_taken(tmp_path: Path) -> None:
    """Thresholds leave them valid (law 4)."""
    staging = str(tmp_path / "staging")
    claim_folder(request(tmp_path / "a", staging), OURS)
    assert claim_folder(request(tmp_path / "b", staging), replace(OURS, recipe="other")) is None


def test_a_finished_run_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same command again gives its manifest, starts no engine and writes no file."""
    manifest = run_on([str(SAMPLE)], tmp_path / "out", recipe("raw", 'corpora=["text"]'))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    monkeypatch.setattr(running.engine, "run", None)
    assert run_on([str(SAMPLE)], tmp_path / "out", recipe("raw", 'corpora=["text"]')) == manifest
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before


def test_a_bug_ends_the_run_and_leaves_no_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that is no RecordError is not turned into a row of any table (law 8)."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug in a rule")

    monkeypatch.setattr("pipeline.decide.judge", broken)
    with pytest.raises((RuntimeError, ZeroDivisionError), match="a bug in a rule"):
        run(Request((str(SAMPLE),), str(tmp_path / "out"), recipe("raw")))
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert not list((tmp_path / "out").glob("text/data/*"))


def budget(failed: int, share: float, entered: int = 100) -> None:
    """Checks an account of so many failures."""
    part = replace(Recipe("x").limits, failed_share=share, budget_from=100)
    account = Account("pages", "extract", entered, entered - failed, {}, {"timeout": failed})
    check_budget([account], replace(Recipe("x"), limits=part))


def test_a_budget_is_met_and_passed() -> None:
    """The share itself is allowed, one more is not, and few items say nothing."""
    budget(50, 0.5)
    budget(99, 0.5, entered=99)
    with pytest.raises(BudgetError, match=r"51 of 100 pages failed \(timeout 51\).*0\.5.*--staging"):
        budget(51, 0.5)


def test_a_run_over_budget_goes_on_as_the_error_says(tmp_path: Path) -> None:
    """Another --output with the failed run's --staging: it once said only to raise the limit, which the folder then refused."""
    settings = ("limits.budget_from=1", 'corpora=["text"]')
    with pytest.raises(BudgetError):
        run_on([str(SAMPLE)], tmp_path / "out", recipe("raw", "limits.failed_share=0", *settings))
    again = Request(
        (str(SAMPLE),), str(tmp_path / "again"), recipe("raw", *settings), staging=str(tmp_path / "out" / "staging")
    )
    assert run(again).rows("text", "parquet") > 0


def test_records_that_vanished_end_the_run() -> None:
    """An account that does not add up is named (law 3)."""
    check_accounts([Account("text", "rules", 3, 1, {"a": 1}, {}, {"b": 1})])
    with pytest.raises(VerificationError, match="text, rules: 3 ≠ 1 kept"):
        check_accounts([Account("text", "rules", 3, 1, {"a": 1})])


@pytest.mark.parametrize(("rows", "carrier"), [(2, "parquet"), (4, "parquet"), (0, "")])
def test_rows_that_were_kept_and_not_written_end_the_run(rows: int, carrier: str) -> None:
    """Each carrier of a corpus holds what its last account kept."""
    shards = (ShardFile("a", "text", carrier, rows, 1, ""),) if carrier else ()
    with pytest.raises(VerificationError, match=f"text: 3 items were kept, {rows} rows"):
        check_rows(Manifest("x", "", shards=shards), [Account("text", "rules", 3, 3)])


def test_accounts_of_many_lots_are_added_up() -> None:
    """One for each corpus and stage, in the order in which they first came; doors too."""
    one, other = Account("text", "rules", 3, 1, {"a": 2}), Account("text", "rules", 4, 1, {"b": 1}, {}, {"url": 2})
    last = Account("pairs", "rules", 1, 1)
    found = add_up([one, last, other])
    assert found == [Account("text", "rules", 7, 2, {"a": 2, "b": 1}, {}, {"url": 2}), last]
    assert found[0].holds()


def test_weights_of_many_lots_are_added_up() -> None:
    """Rows and bytes by bucket."""
    assert add_weights([{"0a1": (1, 10)}, {"0a1": (2, 5), "fff": (1, 1)}]) == {"0a1": (3, 15), "fff": (1, 1)}


def test_deciding_anew_reads_no_page_of_the_archives(tmp_path: Path) -> None:
    """With all but the archive's ends overwritten another recipe gives the texts that it gives over the whole archive (law 4)."""
    archive = tmp_path / "a.warc.gz"
    archive.write_bytes(SAMPLE.read_bytes())
    settings = ('corpora=["text"]', "text.rules.gopher_words.floor=60")
    alone = run_on([str(archive)], tmp_path / "alone", recipe("raw", *settings))
    run_on([str(archive)], tmp_path / "first", recipe("raw"))
    whole = archive.read_bytes()
    archive.write_bytes(whole[:EDGE_BYTES] + bytes(len(whole) - 2 * EDGE_BYTES) + whole[-EDGE_BYTES:])
    staging = str(tmp_path / "first" / "staging")
    again = run(Request((str(archive),), str(tmp_path / "again"), recipe("raw", *settings), staging=staging))
    assert again.shards_of("text", "parquet") == alone.shards_of("text", "parquet") != ()
    with pytest.raises(VerificationError, match="has changed since it was measured"):
        run(Request((str(archive),), str(tmp_path / "images"), recipe("kosmos1"), staging=staging))
