"""The log of a run: lines that are appended, and how a run ended."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pipeline import storage
from pipeline.run_log import MOST_UNIT_LINES, RunLog, units_a_line
from tests.support.buckets import Buckets


@pytest.fixture(params=["local", "s3"])
def path(request: pytest.FixtureRequest, tmp_path: Path, buckets: Buckets) -> str:
    """Where the log of a run goes."""
    return f"{tmp_path if request.param == 'local' else buckets.set_up('s3', tmp_path)}/run.log"


def lines(path: str) -> list[dict[str, Any]]:
    """The lines of a log."""
    return [json.loads(line) for line in storage.read_bytes(path).splitlines()]


def test_a_run_tells_what_it_did_and_how_it_ended(path: str) -> None:
    """Each line says when, in UTC."""
    log = RunLog(path)
    with log.run(recipe="x"), log.step("extract", units=2) as told:
        log.line({"event": "unit"})
        told["rows"] = 7
    begun, step, unit, ended, end = lines(path)
    assert (begun["event"], begun["recipe"]) == ("run_begun", "x") and begun["pid"] and begun["host"]
    assert (step["event"], step["units"]) == ("step_begun", 2)
    assert unit == {"event": "unit"}
    assert (ended["event"], ended["step"], ended["rows"]) == ("step_ended", "extract", 7)
    assert (end["event"], end["how"]) == ("run_ended", "done")
    assert ended["peak_memory"] > 10**6 and end["seconds"] >= ended["seconds"] >= 0
    for line in (begun, step, ended, end):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])


def test_a_run_that_goes_on_appends(path: str) -> None:
    """Behind a line that a killed run did not end, too."""
    with pytest.raises(KeyboardInterrupt), RunLog(path).run():
        raise KeyboardInterrupt
    first = storage.read_bytes(path)
    with storage.write_whole(path) as file:
        file.write(first + b'{"torn')
    with pytest.raises(ZeroDivisionError), RunLog(path).run():
        raise ZeroDivisionError("what \x1b[31m and why")
    found = storage.read_bytes(path)
    assert found.startswith(first + b'{"torn\n') and b"\x1b" not in found
    events = [json.loads(line) for line in found.splitlines() if line != b'{"torn']
    assert [event["event"] for event in events] == ["run_begun", "run_ended"] * 2
    assert [event.get("error") for event in events] == [
        None,
        "KeyboardInterrupt",
        None,
        "ZeroDivisionError: what \x1b[31m and why",
    ]


def test_a_store_is_asked_at_the_ends_of_steps(buckets: Buckets, tmp_path: Path) -> None:
    """Not once a line."""
    path = f"{buckets.set_up('s3', tmp_path)}/run.log"
    buckets.methods()
    log = RunLog(path)
    with log.step("extract"):
        for _ in range(50):
            log.event("unit")
        assert buckets.methods() == ["GET"]
    assert buckets.methods() == ["PUT"]


def test_a_log_that_cannot_be_written_hides_no_error(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the run itself ended with matters more."""

    def refused(*_: object, **__: object) -> None:
        raise OSError("disk full")

    log = RunLog(path)
    with pytest.raises(ZeroDivisionError), log.run():
        monkeypatch.setattr(RunLog, "_add", refused)
        monkeypatch.setattr(storage, "write_whole", refused)
        raise ZeroDivisionError


def test_without_a_path_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a run that somebody calls by themselves keep no log."""
    monkeypatch.chdir(tmp_path)
    with RunLog().run(), RunLog().step("extract"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_log_has_a_bounded_number_of_lines() -> None:
    """However many units there are."""
    for units in (0, 1, MOST_UNIT_LINES, MOST_UNIT_LINES + 1, 10**6, 10**9):
        assert units / units_a_line(units) <= MOST_UNIT_LINES
