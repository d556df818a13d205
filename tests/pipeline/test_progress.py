"""How far a run is."""

import time
from pathlib import Path

import pytest

from pipeline import progress
from pipeline.plan import Unit
from pipeline.progress import Progress, look, report, watching

UNITS = [Unit(0, "a", "a", 0, 100), Unit(1, "b", "b", 0, 300)]


def test_what_workers_left_is_summed_up(tmp_path: Path) -> None:
    """A finished unit counts whole, one under way as far as it says, one not begun not at all."""
    report(str(tmp_path), "000000", 7, 5)
    assert look(str(tmp_path), UNITS) == Progress("extract", 0, 2, "units", 5, 7, 400)
    (tmp_path / "units").mkdir()
    (tmp_path / "units" / "000000.summary.json").touch()
    report(str(tmp_path), "000001", 30, 2)
    assert look(str(tmp_path), UNITS) == Progress("extract", 1, 2, "units", 7, 130, 400)


def test_a_report_that_is_half_written_is_passed_over(tmp_path: Path) -> None:
    """The driver looks while workers write."""
    report(str(tmp_path), "000000", 7, 5)
    (tmp_path / "progress" / "000000").write_text("[7, ")
    assert look(str(tmp_path), UNITS).captures == 0


def test_remote_staging_is_not_told() -> None:
    """No file is made for it here."""
    report("gs://bucket/staging", "000000", 1, 1)


def test_watching_ends_with_its_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """It tells while the block runs and never after."""
    monkeypatch.setattr(progress, "POLL_SECONDS", 0.01)
    told: list[Progress] = []
    with watching(lambda: Progress("emit", 0, 1, "shards"), told.append):
        time.sleep(0.1)
    count = len(told)
    assert count > 0
    time.sleep(0.05)
    assert len(told) == count
