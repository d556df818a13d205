"""How far a run is."""

import threading
import time
from pathlib import Path

import pytest

from pipeline import progress
from pipeline.layout import StagingFolder
from pipeline.progress import Progress, Reporter, forget_notes, look_at_files, look_at_units, watching


@pytest.fixture
def staging(tmp_path: Path) -> StagingFolder:
    """An empty staging folder."""
    return StagingFolder(str(tmp_path))


def stage(staging: StagingFolder, *numbers: int) -> None:
    """Let some units be staged."""
    for number in numbers:
        path = Path(staging.unit(number))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_units_are_counted_by_their_files_and_workers_add_what_is_under_way(staging: StagingFolder) -> None:
    """A worker's note holds what it has ended and what it is at; it writes once a second, by the clock that it is given."""
    clock = iter([1.0, 1.5, 2.5]).__next__
    reporter = Reporter(staging, clock)
    tick = reporter.begin(0)
    tick(7, 5)
    assert look_at_units(staging, 2, 400) == Progress("extract", 0, 2, "units", 5, 7, 400)
    tick(100, 9)
    assert look_at_units(staging, 2, 400).captures == 5  # half a second later nothing is written
    reporter.end()
    stage(staging, 0)
    reporter.begin(1)(30, 2)
    assert look_at_units(staging, 2, 400) == Progress("extract", 1, 2, "units", 11, 130, 400)


def test_a_note_that_is_half_written_is_passed_over(staging: StagingFolder, tmp_path: Path) -> None:
    """The driver looks while workers write; the notes of an earlier run are taken away."""
    (tmp_path / "progress").mkdir()
    (tmp_path / "progress" / "17").write_text("[7, ")
    assert look_at_units(staging, 1, 9).captures == 0
    (tmp_path / "progress" / "17").write_text("[7, 3]")
    assert look_at_units(staging, 1, 9).captures == 3
    forget_notes(staging)
    assert look_at_units(staging, 1, 9).captures == 0


def test_remote_staging_is_not_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A remote engine has pages of its own; no folder named after the bucket appears here."""
    monkeypatch.chdir(tmp_path)
    Reporter(StagingFolder("gs://bucket/staging"), lambda: 9.0).begin(0)(1, 1)
    assert list(tmp_path.iterdir()) == []


def test_files_of_a_step_are_counted(tmp_path: Path) -> None:
    """A step that leaves a file for each piece of work is as far as its folder."""
    (tmp_path / "a").touch()
    assert str(look_at_files("emit", str(tmp_path), 4, "shards")) == "emit: 1 of 4 shards"


def test_watching_ends_with_its_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """It tells while the block runs and never after."""
    monkeypatch.setattr(progress, "POLL_SECONDS", 0.01)
    told: list[Progress] = []
    with watching(lambda: Progress("emit", 0, 1, "shards"), told.append, remote=False):
        time.sleep(0.2)
    count = len(told)
    assert count > 0
    time.sleep(0.1)
    assert len(told) == count


def test_a_slow_look_delays_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listing of a crawl takes a minute; the step that it looks at does not wait for it, and what it finds then is not told."""
    monkeypatch.setattr(progress, "POLL_SECONDS", 0.01)
    begun, go_on = threading.Event(), threading.Event()
    told: list[Progress] = []

    def look() -> Progress:
        begun.set()
        go_on.wait(60)
        return Progress("emit", 0, 1, "shards")

    with watching(look, told.append, remote=False):
        assert begun.wait(60)
    go_on.set()
    time.sleep(0.1)
    assert told == []


def test_a_note_is_told_in_place_of_numbers() -> None:
    """What must be said is said as it is."""
    assert str(Progress("again", 0, 0, "", note="x is made again")) == "x is made again"
