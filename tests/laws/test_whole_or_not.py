"""Law 6: a run that was killed goes on from what is finished and ends with the same bytes."""

import errno
import fcntl
import json
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
from pipeline.alone import alone_in, using_staging
from pipeline.decide import exchange
from pipeline.inspect import inspect
from pipeline.plan import Request
from pipeline.verify import verify
from schemas.outcomes import UserError
from tests.support.runs import ROOT, SAMPLE, recipe, run_on, two_archives
from tests.support.sample_run import copy_stopped, sample_inputs, sample_run


def command(inputs: list[str], output: Path) -> list[str]:
    """The run as a user types it."""
    return [sys.executable, "-m", "jobs.cli", "run", "--output", str(output), "--input", *inputs]


def appears(pattern: str, run: "subprocess.Popen[bytes]") -> bool:
    """Wait until a file that matches is there, however slow the machine; False when the run ended without."""
    while not (found := storage.find_files(pattern)) and run.poll() is None:
        time.sleep(0.05)
    return bool(found)


MOMENTS = (
    "staging/units/0000/0000000.unit",
    "staging/extract/done.json",
    "staging/decide/decided/done.json",
    "text/data/*",
)


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_and_run_again(tmp_path: Path, moment: str) -> None:
    """kill -9 of the whole process group after a unit, a step or a shard; then the same command ends as an undisturbed run."""
    inputs, (_, whole) = sample_inputs(), sample_run()
    run = subprocess.Popen(
        command(inputs, tmp_path / "out"), cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL
    )
    try:
        assert appears(str(tmp_path / "out" / moment), run)
    finally:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    staged = {p: p.stat().st_mtime_ns for p in (tmp_path / "out" / "staging" / "units").rglob("*.unit")}
    assert run_on(inputs, tmp_path / "out", recipe("kosmos1")) == whole
    assert all(path.stat().st_mtime_ns == before for path, before in staged.items()), "a finished unit was read again"
    log = [json.loads(line) for line in (tmp_path / "out" / "run.log").read_text().splitlines()]
    assert [line["event"] for line in log if line["event"].startswith("run_")] == [
        "run_begun",
        "run_begun",
        "run_ended",
    ]
    assert verify(str(tmp_path / "out")) == []


@pytest.mark.parametrize(
    ("step", "lost", "cut"),
    [
        ("decide", "staging/units/0000/0000000.unit", False),
        ("decide", "staging/extract/part-00000.json", True),
        ("decide", "staging/decide/decided/done.json", True),
        ("decide", "staging/decide/selections/000000.selection", False),
        ("decide", "staging/decide/profile.zst", False),
        ("decide", "staging/decide/profile.zst", True),
        ("decide", "dropped/dropped-00000.parquet", False),
        ("emit", "pairs/wds/train-000000.tar", True),
    ],
)
def test_what_was_lost_between_two_halves_of_a_run_is_made_again(
    tmp_path: Path, step: str, lost: str, cut: bool
) -> None:
    """Cut or gone: a bug was reported, or the run ended well with an empty profile or without the shard."""
    folder, whole = sample_run()
    copy_stopped(step, tmp_path / "out")
    path = tmp_path / "out" / lost
    size = path.stat().st_size
    if cut:
        os.truncate(path, size // 2)
    else:
        path.unlink()
    assert run_on(sample_inputs(), tmp_path / "out", recipe("kosmos1")) == whole
    profiles = [(run / "stats" / "profile.json").read_bytes() for run in (folder, tmp_path / "out")]
    assert profiles[0] == profiles[1]
    assert verify(str(tmp_path / "out")) == []


def test_rows_between_batches_that_change_on_disk_are_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One flipped bit in what partitions were sent made another corpus, without a word."""
    inputs, (_, whole) = sample_inputs(), sample_run()
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
    log = [json.loads(line) for line in (tmp_path / "out" / "run.log").read_text().splitlines()]
    assert [line["text"] for line in log if line["event"] == "warning"] == told
    assert verify(str(tmp_path / "out")) == []


LEFT = (
    "staging/units/0000/.0000000.unit.1.part",
    "staging/units/0000/.0000000.unit.2.part",
    "text/data/.x.3.part",
    "staging/decide/.y.4.part",
)


def left_behind(output: Path) -> list[str]:
    """Lay half-written files into a run folder, one of them old."""
    for name in LEFT:
        storage.make_folder(str((output / name).parent))
        (output / name).write_bytes(b"half")
    os.utime(output / LEFT[1], (1, 1))
    (output / "staging" / "staging.json").write_text("{}")
    (output / "run.json").write_text("{}")
    return list(LEFT)


def still_there(output: Path) -> list[str]:
    """Which of them lie there yet."""
    return [name for name in LEFT if (output / name).exists()]


def test_what_killed_workers_left_is_taken_away_by_the_next_run(tmp_path: Path) -> None:
    """Also what is young: nobody else uses the staging. It stayed for an hour, and after the last run for ever."""
    left_behind(tmp_path / "out")
    with alone_in(Request((), str(tmp_path / "out"), recipe("raw")), lambda note: None) as hold:
        hold.forget_partial()
    assert still_there(tmp_path / "out") == []


def test_what_another_run_writes_to_shared_staging_is_left_alone(tmp_path: Path) -> None:
    """A run that ended took it away, and the other one ended with a bug. What is old, or lies elsewhere, was left by a killed worker."""
    left_behind(tmp_path / "out")
    mine = Request((), str(tmp_path / "out"), recipe("raw"))
    other = Request((), str(tmp_path / "other"), recipe("raw"), staging=str(tmp_path / "out" / "staging"))
    with using_staging(other), alone_in(mine, lambda note: None) as hold:
        hold.forget_partial()
    assert still_there(tmp_path / "out") == [LEFT[0], LEFT[3]]


def test_staging_that_lies_elsewhere_is_cleared_too(tmp_path: Path) -> None:
    """It was never looked at. What lies in a staging folder of our own run folder that is another's counts as shared."""
    left_behind(tmp_path / "out")
    left_behind(tmp_path / "first")
    asked = Request((), str(tmp_path / "out"), recipe("raw"), staging=str(tmp_path / "first" / "staging"))
    with alone_in(asked, lambda note: None) as hold:
        hold.forget_partial()
    assert still_there(tmp_path / "first") == [LEFT[2]]
    assert still_there(tmp_path / "out") == [LEFT[0], LEFT[3]]


def test_without_locks_the_young_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that knows no locks holds nothing and tells nothing."""

    def unknown(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    left_behind(tmp_path / "out")
    monkeypatch.setattr(fcntl, "flock", unknown)
    with alone_in(Request((), str(tmp_path / "out"), recipe("raw")), lambda note: None) as hold:
        hold.forget_partial()
    assert still_there(tmp_path / "out") == [LEFT[0], LEFT[3]]


def test_two_runs_do_not_write_to_one_folder_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is told by whom; before, whichever came later found its files taken away and ended with a bug."""
    asked = Request((str(SAMPLE),), str(tmp_path / "out"), recipe("raw", 'corpora=["text"]'))

    def second(*_: object) -> None:
        with pytest.raises(UserError, match=rf"is being written by another run \(process {os.getpid()} on "):
            running.run(asked)
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(running, "steps", second)
        with pytest.raises(ZeroDivisionError):
            running.run(asked)
    assert running.run(asked).rows("text", "parquet") > 0
    assert not (tmp_path / "out" / "staging" / "lease.json").exists()


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
