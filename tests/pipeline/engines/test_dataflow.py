"""What a Dataflow job is called and given, and what is refused before anything is written."""

from dataclasses import replace
from pathlib import Path

import pytest

from jobs.cli import main
from pipeline.engines import check, dataflow, extras
from pipeline.engines.settings import EngineSettings
from schemas.outcomes import UserError
from tests.support.runs import SAMPLE

GIVEN = EngineSettings("dataflow", project="my-proj", region="europe-west4", temp="gs://b/tmp", image="host/w:1")


def test_names_are_legal() -> None:
    """Of any folder: Google allows small letters, digits and hyphens, 63 of them in a label."""
    for output in ("gs://b/Käse_Kuchen.2026/", "gs://b/" + "x" * 300, "gs://b/---", "", "gs://bücher"):
        for step in ("extract-fetched", "emit"):
            name = dataflow.job_name(step, output)
            assert len(name) <= dataflow.LABEL
            assert name.strip("abcdefghijklmnopqrstuvwxyz0123456789-") == ""
            assert name[0].isalpha() and name[-1].isalnum()


def test_names_tell_runs_apart() -> None:
    """Folders of one name in two buckets have jobs of two names; a slash at the end makes no other folder."""
    names = {dataflow.job_name("emit", output) for output in ("gs://a/one", "gs://b/one", "gs://a/one/")}
    assert len(names) == 2


def test_machines_of_unknown_size_are_not_counted() -> None:
    """`--workers` counts processes, so the size of a machine must be known; without it that does not matter."""
    huge = replace(GIVEN, beam_options=("--machine_type=huge",))
    with pytest.raises(UserError, match=r"--max_num_workers=MACHINES"):
        dataflow.options(replace(huge, workers=4), "extract")
    assert not any("max_num_workers" in word for word in dataflow.options(huge, "extract"))


def test_light_steps_and_flexible_ones_have_no_hint() -> None:
    """FlexRS takes none (its documentation says so), and writing shards needs none."""
    flexible = replace(GIVEN, beam_options=("--flexrs_goal=COST_OPTIMIZED",))
    assert "--resource_hint=min_ram=20GB" in dataflow.options(GIVEN, "extract")
    for settings, step in ((GIVEN, "emit"), (flexible, "extract")):
        assert not any("resource_hint" in word for word in dataflow.options(settings, step))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"region": ""}, r"needs --region$"),
        ({"project": "", "temp": ""}, r"needs --project, --temp$"),
        ({"temp": "s3://b/tmp"}, r"^--temp s3://b/tmp: Dataflow wants a folder in gs://"),
        ({"image": ""}, r"needs --image IMAGE, .* or --package WHEEL"),
        ({"packages": ("no/such.whl",)}, r"^--package no/such.whl: no such file"),
        ({"project": "My Project"}, r"^--project My Project: expected the id of a project"),
        ({"master": "spark://x:1"}, r"^--master says nothing to --runner dataflow"),
    ],
)
def test_what_is_refused(changes: dict[str, object], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with what to do, and before anything is planned."""
    monkeypatch.setattr(check, "need", lambda module, extra: None)
    with pytest.raises(UserError, match=said):
        check.check(replace(GIVEN, **changes), ["gs://b/in", "gs://b/out"])


def test_beams_own_words_stand_for_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the launcher of a template gives them."""
    words = (
        "--project=my-proj",
        "--region=europe-west4",
        "--temp_location=gs://b/tmp",
        "--sdk_container_image=host/w:1",
    )
    monkeypatch.setattr(check, "need", lambda module, extra: None)
    check.check(EngineSettings("dataflow", beam_options=words), ["gs://b/out"])


def test_a_local_folder_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Machines of Google's see no files of this one."""
    monkeypatch.setattr(check, "need", lambda module, extra: None)
    with pytest.raises(UserError, match=r"^/data/out is a local path"):
        check.check(GIVEN, ["gs://b/in", "/data/out"])


def test_the_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is written."""
    monkeypatch.setattr(extras, "find_spec", lambda module: None)
    words = ["--runner", "dataflow", "--project", "p", "--region", "r", "--temp", "gs://b/t", "--image", "i"]
    assert main(["run", "--input", str(SAMPLE), "--output", str(tmp_path / "out"), *words]) == 2
    assert "-m pip install 'triptych[dataflow]'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
