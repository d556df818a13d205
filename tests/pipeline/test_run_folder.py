"""Whose a folder is, and what is said where it is another's."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import run_folder, storage
from pipeline.corpora import load_recipe
from pipeline.plan import Plan, Request
from pipeline.run_folder import Identity, check_folder, claim_folder, identify, other_measures, versions
from schemas import index
from schemas.outcomes import UserError
from schemas.recipe import Recipe

OURS = Identity("inputs", "recipe", "measuring", "schema", {"words": 1, "extraction": 3}, "", "libraries")


def request(folder: Path, staging: str | None = None) -> Request:
    """A request for a run in `folder`/out."""
    return Request((), str(folder / "out"), Recipe("x"), staging=staging)


def test_a_new_folder_is_claimed_and_claimed_again(tmp_path: Path) -> None:
    """Nothing is finished yet, and the same run may come back."""
    assert claim_folder(request(tmp_path), OURS) is None
    assert claim_folder(request(tmp_path), OURS) is None
    marker = json.loads((tmp_path / "out" / "run.json").read_text())
    assert marker == asdict(OURS)
    staged = json.loads((tmp_path / "out" / "staging" / "staging.json").read_text())
    beside = ("recipe", "against", "forget", "tasks", "images")
    assert staged == {name: value for name, value in marker.items() if name not in beside}


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"inputs": "others"}, "over other inputs"),
        ({"recipe": "other"}, "with another recipe"),
        ({"libraries": "newer"}, "by other versions of triptych's libraries"),
        ({"schema": "older"}, "by a release with other columns of staging"),
        ({"measures": {"words": 1}}, "by a release without extraction"),
        ({"measures": {"words": 1, "extraction": 3, "dots": 1}}, "by a release with dots"),
        ({"measures": {"words": 2, "extraction": 3}}, "by a release with another words"),
        ({"measuring": "other"}, "with another recipe"),
        ({"forget": "f" * 64}, "with other lists to --forget"),
        ({"images": "both as ex-bot"}, "that takes images otherwise"),
        ({"forget": "f" * 64, "recipe": "other"}, "with another recipe"),
        ({"inputs": "others", "recipe": "other", "libraries": "newer"}, "over other inputs"),
    ],
)
def test_the_folder_of_another_run_is_refused(tmp_path: Path, other: dict[str, Any], said: str) -> None:
    """The error says what differs and what to do."""
    claim_folder(request(tmp_path), replace(OURS, **other))
    with pytest.raises(UserError, match=rf"out belongs to a run {said}.*give another --output"):
        claim_folder(request(tmp_path), OURS)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"inputs": "others"}, "holds measurements of other inputs"),
        ({"measuring": "other"}, r"holds measurements by another \[extract\] part of the recipe"),
        ({"libraries": "newer"}, "was measured with other versions of triptych's libraries"),
        ({"schema": "older"}, "was measured by a release with other columns of staging: .*cannot be decided over"),
        (
            {"measures": {"extraction": 3}},
            "was measured by a release without words: .*so that the pages are measured again",
        ),
        ({"measures": {"extraction": 2, "words": 1}}, "was measured by a release with another extraction"),
        (
            {"libraries": "newer", "measures": {"extraction": 2}},
            "was measured by a release without words and a release with another",
        ),
    ],
)
def test_measurements_of_something_else_are_refused(tmp_path: Path, other: dict[str, Any], said: str) -> None:
    """Staging that another run measured otherwise cannot be decided over, and the new folder is not claimed."""
    staging = str(tmp_path / "staging")
    claim_folder(request(tmp_path / "a", staging), replace(OURS, **other))
    with pytest.raises(UserError, match=rf"staging {said}") as refused:
        claim_folder(request(tmp_path / "b", staging), OURS)
    assert "--staging" in str(refused.value)
    assert not (tmp_path / "b").exists()


def test_an_old_marker_without_measures_is_refused_in_words(tmp_path: Path) -> None:
    """Staging of a release that named no measures has none of them; its marker is no reason to fail as a bug."""
    (tmp_path / "staging").mkdir()
    old = {name: value for name, value in asdict(OURS).items() if name in ("inputs", "measuring", "libraries")}
    (tmp_path / "staging" / "staging.json").write_text(json.dumps(old | {"staging_version": 4}))
    with pytest.raises(UserError, match="without extraction, words"):
        claim_folder(request(tmp_path, str(tmp_path / "staging")), OURS)


@pytest.mark.parametrize(("text", "said"), [("{", ", which says"), ("[1]", " is no marker"), ("", ", which says")])
def test_a_marker_that_is_none_is_named(tmp_path: Path, text: str, said: str) -> None:
    """A half-written or foreign run.json says which file to take away."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "run.json").write_text(text)
    with pytest.raises(UserError, match=rf"run\.json{said}.*give another folder"):
        claim_folder(request(tmp_path), OURS)


@pytest.mark.parametrize("name", ["run.json", "staging/staging.json", "recipe.toml", "README.md", "manifest.json"])
def test_a_folder_in_the_place_of_a_file_is_named(name: str, tmp_path: Path) -> None:
    """Before the run, not at its end."""
    claim_folder(request(tmp_path), OURS)
    path = tmp_path / "out" / name
    path.unlink(missing_ok=True)
    path.mkdir()
    with pytest.raises(UserError, match=rf"{name} (cannot be read|is a folder)"):
        check_folder(request(tmp_path), OURS)


@pytest.mark.parametrize("text", ["", '{"inputs": "in', "[" * 100_000, '{"measures": 5}', "\ufffd"])
def test_a_marker_that_was_cut_is_named(text: str, tmp_path: Path) -> None:
    """Empty, half written, or nested so deeply that no reader follows."""
    claim_folder(request(tmp_path), OURS)
    (tmp_path / "out" / "run.json").write_text(text)
    with pytest.raises(UserError, match=r"run\.json"):
        check_folder(request(tmp_path), OURS)


def test_a_manifest_that_nothing_can_read_counts_for_nothing(tmp_path: Path) -> None:
    """It is written again."""
    claim_folder(request(tmp_path), OURS)
    for text in ("", "{", "[" * 100_000):
        (tmp_path / "out" / "manifest.json").write_text(text)
        assert claim_folder(request(tmp_path), OURS) is None


def test_many_names_are_cut() -> None:
    """A line that names five of a hundred new measures is enough."""
    ours = asdict(replace(OURS, measures={f"m{n:03d}": 1 for n in range(100)}))
    assert other_measures({"measures": {}}, ours) == "a release without m000, m001, m002, m003, m004"
    assert other_measures(ours, ours) == ""


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    """And what is in it stays as it was."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty and no run"):
        claim_folder(request(tmp_path), OURS)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    """Whoever made it beforehand."""
    (tmp_path / "out").mkdir()
    assert claim_folder(request(tmp_path), OURS) is None


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


def identity(*settings: str) -> Identity:
    """What a recipe's run over some inputs belongs to."""
    recipe = load_recipe('name = "x"', settings)
    return identify(Request((), "out", recipe), Plan("/", (), (), "inputs"))


def test_an_identity_follows_what_it_is_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """A threshold changes the recipe alone, the engine how is measured, a release its measures and columns, a library its own part."""
    plain = identity()
    assert plain == identity() and plain.inputs == "inputs"
    changed = identity("text.rules.gopher_words.floor=9")
    assert changed == replace(plain, recipe=changed.recipe) != plain
    other = identity("extract.engine=trafilatura")
    assert other.measuring != plain.measuring and other.measures == plain.measures
    monkeypatch.setattr(index, "EXTRACTION_VERSION", 99)
    assert identity().measures == {**plain.measures, "extraction": 99}
    monkeypatch.setattr(run_folder, "versions", lambda: {**versions(), "pyarrow": "0"})
    assert identity().libraries != plain.libraries


def test_what_was_taken_down_is_not_made_again(tmp_path: Path) -> None:
    """A run that finds no manifest would write its shards again, with what was taken out of them."""
    asked = request(tmp_path)
    claim_folder(asked, OURS)
    with storage.write_whole(asked.run_folder.taken_down) as file:
        file.write(b"")
    with pytest.raises(UserError, match=r"something was taken down.*with --forget and the same lists"):
        claim_folder(asked, OURS)
    with storage.write_whole(asked.run_folder.manifest) as file:
        file.write(b"cut")
    with pytest.raises(UserError, match="something was taken down"):
        claim_folder(asked, OURS)
