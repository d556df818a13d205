"""What `triptych run` says beside its funnel, and what it refuses before it starts."""

import json
from pathlib import Path

import pytest

from jobs.cli import main
from jobs.run import check_something_was_read, remarks
from schemas.outcomes import BudgetError
from tests.support.runs import SAMPLE


def test_a_run_that_was_finished_and_one_that_read_nothing_say_so() -> None:
    """A reader of the funnel learns that it is an old one, or why it is empty."""
    assert remarks("out", {"inputs": {"captures": 5}}, was_there=False) == []
    assert "finished before" in remarks("out", {"inputs": {"captures": 5}}, was_there=True)[0]
    with pytest.raises(BudgetError, match="no record was read"):
        check_something_was_read("out", {"inputs": {"captures": 0}}, allow_empty=False)
    check_something_was_read("out", {"inputs": {"captures": 0}}, allow_empty=True)
    check_something_was_read("out", {"inputs": {"captures": 1}}, allow_empty=False)


def test_a_run_of_inputs_that_are_no_archives_is_no_success(tmp_path: Path) -> None:
    """It ends with status 3 and leaves a finished run whose failed rows say why; `--allow-empty` makes it a success."""
    (tmp_path / "mine.toml").write_text("name = 1")
    asked = ["run", "--input", str(tmp_path / "mine.toml"), "--output", str(tmp_path / "out")]
    assert main(asked) == 3
    assert (tmp_path / "out" / "manifest.json").exists()
    assert main([*asked, "--allow-empty"]) == 0


@pytest.mark.parametrize(("output", "said"), [("file", "is a file: give a folder"), ("file/below", "cannot be made")])
def test_an_output_that_cannot_be_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], output: str, said: str
) -> None:
    """It is wrong use (exit 2), said in one line, not a bug."""
    (tmp_path / "file").write_text("mine")
    assert main(["run", "--input", str(SAMPLE), "--output", str(tmp_path / output)]) == 2
    assert said in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "mine"


def test_quiet_says_nothing_but_the_result_and_errors(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A second call, whose remark would be that nothing was done, is as quiet; what is wrong is said."""
    asked = ["run", "--input", str(SAMPLE), "--output", str(tmp_path / "out"), "--corpora", "text"]
    for _ in range(2):
        assert main([*asked, "--quiet"]) == 0
        out, err = capfd.readouterr()
        assert "text rules" in out and err == ""
    assert main(asked) == 0
    assert "finished before" in capfd.readouterr().err
    assert main([*asked, "--quiet", "--recipe", "none"]) == 2
    assert "none" in capfd.readouterr().err


def test_a_run_keeps_a_log_that_is_no_part_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Units with what they took, faults by kind, steps, and how it ended; the same bytes come without it."""
    asked = ["run", "--input", str(SAMPLE), "--output", str(tmp_path / "out"), "--corpora", "text", "--workers", "2"]
    assert main(asked) == 0
    log = [json.loads(line) for line in (tmp_path / "out" / "run.log").read_text().splitlines()]
    steps = [(line["event"], line["step"]) for line in log if "step" in line]
    assert steps == [(event, step) for step in ("extract", "decide", "emit") for event in ("step_begun", "step_ended")]
    (unit,) = [line for line in log if line["event"] == "unit"]
    assert unit["captures"] == 112 and unit["failed"]["gzip_damage"] == 1 and unit["children_lost"] == 0
    assert unit["seconds"] > 0 and unit["rows"] > 0 and unit["peak_memory"] > 10**7
    assert (log[0]["event"], log[0]["workers"], log[-1]["event"], log[-1]["how"]) == (
        "run_begun",
        2,
        "run_ended",
        "done",
    )
    assert "run.log" not in (tmp_path / "out" / "manifest.json").read_text()
    assert main(["verify", str(tmp_path / "out")]) == 0
    (tmp_path / "out" / "run.log").unlink()
    assert main(["verify", str(tmp_path / "out")]) == 0


@pytest.mark.parametrize("verb", ["run", "plan"])
def test_what_lies_among_the_inputs_and_is_not_read_is_said(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line; what belongs beside archives is counted in the manifest alone."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.warc.gz").write_bytes(SAMPLE.read_bytes())
    for name in ("a.wat.gz", "b.wat.gz", "a.cdxj", "README"):
        (folder / name).write_bytes(b"x")
    assert main([verb, "--input", str(folder), "--output", str(tmp_path / "out"), "--json"]) == 0
    out, err = capsys.readouterr()
    assert [line for line in err.splitlines() if "not read" in line] == [
        "not read, since these are no archives that can be read: 2 of .wat.gz (a.wat.gz, b.wat.gz)"
    ]
    facts = json.loads(out)
    counted = facts["inputs"]["not_taken"] if verb == "run" else facts["not_taken"]
    assert [(each["kind"], each["files"]) for each in counted] == [(".wat.gz", 2), ("", 1), (".cdxj", 1)]
