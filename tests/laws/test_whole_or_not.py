"""Law 6: a run that was killed goes on from what is finished and ends with the same bytes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import run as running
from pipeline import storage
from pipeline.decide import exchange
from pipeline.inspect import inspect
from pipeline.layout import RunFolder
from pipeline.plan import Request
from pipeline.verify import verify
from schemas.outcomes import UserError
from tests.support.runs import ROOT, SAMPLE, recipe, run_on, two_archives


def command(inputs: list[str], output: Path) -> list[str]:
    """The run as a user types it."""
    return [sys.executable, "-m", "jobs.cli", "run", "--output", str(output), "--input", *inputs]


def appears(pattern: str) -> bool:
    """Wait until a file that matches is there; False when none came in time."""
    for _ in range(600):
        if storage.find_files(pattern):
            return True
        time.sleep(0.05)
    return False


MOMENTS = (
    "staging/units/0000/0000000.unit",
    "staging/extract/done.json",
    "staging/decide/decided/done.json",
    "text/data/*",
)


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_and_run_again(tmp_path: Path, moment: str) -> None:
    """kill -9 of the whole process group after a unit, a step or a shard; then the same command ends as an undisturbed run."""
    inputs = two_archives(tmp_path / "in")
    whole = run_on(inputs, tmp_path / "whole", recipe("kosmos1"))
    run = subprocess.Popen(
        command(inputs, tmp_path / "out"), cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL
    )
    try:
        assert appears(str(tmp_path / "out" / moment))
    finally:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    staged = {p: p.stat().st_mtime_ns for p in (tmp_path / "out" / "staging" / "units").rglob("*.unit")}
    assert run_on(inputs, tmp_path / "out", recipe("kosmos1")) == whole
    assert all(path.stat().st_mtime_ns == before for path, before in staged.items()), "a finished unit was read again"
    assert verify(str(tmp_path / "out")) == []


STEPS = {"decided": "check_accounts", "emitted": "check_rows"}  # what is called once a step is committed


@pytest.mark.parametrize(
    ("step", "lost", "cut"),
    [
        ("decided", "staging/units/0000/0000000.unit", False),
        ("decided", "staging/extract/part-00000.json", True),
        ("decided", "staging/decide/decided/done.json", True),
        ("decided", "staging/decide/selections/000000.selection", False),
        ("decided", "staging/decide/profile.zst", False),
        ("decided", "staging/decide/profile.zst", True),
        ("decided", "dropped/dropped-00000.parquet", False),
        ("emitted", "pairs/wds/train-000000.tar", True),
    ],
)
def test_what_was_lost_between_two_halves_of_a_run_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, lost: str, cut: bool
) -> None:
    """Cut or gone: a bug was reported, or the run ended well with an empty profile or without the shard."""
    inputs = two_archives(tmp_path / "in")
    whole = run_on(inputs, tmp_path / "whole", recipe("kosmos1"))
    with monkeypatch.context() as patch:
        patch.setattr(running, STEPS[step], None)
        with pytest.raises(TypeError):
            run_on(inputs, tmp_path / "out", recipe("kosmos1"))
    path = tmp_path / "out" / lost
    size = path.stat().st_size
    if cut:
        os.truncate(path, size // 2)
    else:
        path.unlink()
    assert run_on(inputs, tmp_path / "out", recipe("kosmos1")) == whole
    assert (tmp_path / "out" / "stats" / "profile.json").read_bytes() == (
        tmp_path / "whole" / "stats" / "profile.json"
    ).read_bytes()
    assert verify(str(tmp_path / "out")) == []


def test_rows_between_batches_that_change_on_disk_are_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One flipped bit in what partitions were sent made another corpus, without a word."""
    inputs = two_archives(tmp_path / "in")
    whole = run_on(inputs, tmp_path / "whole", recipe("kosmos1"))
    monkeypatch.setattr(exchange, "INLINE", 0)
    told: list[str] = []
    send = exchange.Outbox.send

    def harmed(outbox: exchange.Outbox, parcels: Any) -> Iterator[Any]:
        yield from list(send(outbox, parcels))
        if outbox.step == "candidates0" and not told:
            path = Path(outbox.run.exchange(outbox.step, outbox.number))
            data = path.read_bytes()
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    monkeypatch.setattr(exchange.Outbox, "send", harmed)
    asked = Request(tuple(inputs), str(tmp_path / "out"), recipe("kosmos1"))
    assert running.run(asked, lambda progress: told.append(progress.note) if progress.note else None) == whole
    assert "candidates0/000000.rows is damaged" in told[0]


def test_what_another_run_writes_to_shared_staging_is_left_alone(tmp_path: Path) -> None:
    """A run that ended took it away, and the other one ended with a bug. What is old, or lies elsewhere, was left by a killed worker."""
    parts = {
        "staging/units/0000/.0000000.unit.1.part": True,
        "staging/units/0000/.0000000.unit.2.part": False,
        "text/data/.x.3.part": False,
    }
    for name in parts:
        storage.make_folder(str((tmp_path / "out" / name).parent))
        (tmp_path / "out" / name).write_bytes(b"half")
    os.utime(tmp_path / "out" / "staging/units/0000/.0000000.unit.2.part", (1, 1))
    running.forget_partial(RunFolder(str(tmp_path / "out")))
    assert {name: (tmp_path / "out" / name).exists() for name in parts} == parts


def test_two_runs_do_not_write_to_one_folder_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is told so; before, whichever came later found its files taken away and ended with a bug."""
    asked = Request((str(SAMPLE),), str(tmp_path / "out"), recipe("raw", 'corpora=["text"]'))

    def second(*_: object) -> None:
        with pytest.raises(UserError, match="is being written by another run"):
            running.run(asked)
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(running, "steps", second)
        with pytest.raises(ZeroDivisionError):
            running.run(asked)
    assert running.run(asked).rows("text", "parquet") > 0


def test_a_manifest_that_was_cut_counts_for_nothing(tmp_path: Path) -> None:
    """The run goes on from its finished steps and writes it again; it was reported as a bug."""
    whole = run_on([str(SAMPLE)], tmp_path / "out", recipe("raw", 'corpora=["text"]'))
    os.truncate(tmp_path / "out" / "manifest.json", 500)
    assert run_on([str(SAMPLE)], tmp_path / "out", recipe("raw", 'corpora=["text"]')) == whole


def test_a_profile_that_is_gone_is_no_bug(tmp_path: Path) -> None:
    """`inspect` and the end of `run` name it."""
    run_on([str(SAMPLE)], tmp_path / "out", recipe("raw", 'corpora=["text"]'))
    (tmp_path / "out" / "stats" / "profile.json").unlink()
    with pytest.raises(UserError, match=r"profile\.json is missing or was changed"):
        inspect(str(tmp_path / "out"))


def test_staging_that_does_not_say_what_it_measured_is_refused(tmp_path: Path) -> None:
    """Without its marker the measurements of any inputs were decided over."""
    first = recipe("raw", 'corpora=["text"]')
    run_on([str(SAMPLE)], tmp_path / "out", first)
    (tmp_path / "out" / "staging" / "staging.json").unlink()
    other = two_archives(tmp_path / "in")
    with pytest.raises(UserError, match=r"staging\.json is missing"):
        running.run(Request(tuple(other), str(tmp_path / "new"), first, staging=str(tmp_path / "out" / "staging")))
    assert not (tmp_path / "new").exists()
