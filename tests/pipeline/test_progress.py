"""How far a run is."""

import json
import threading
import time
from pathlib import Path

import pytest

from pipeline import progress
from pipeline.layout import StagingFolder
from pipeline.named_archives import Archive
from pipeline.plan import Plan, Span, Work
from pipeline.progress import Notes, Progress, Reporter, UnitLook, Watch, look_at_files, look_at_shards, notes_in
from pipeline.run_log import RunLog


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


def planned(*sizes: int) -> Plan:
    """A plan of a unit an archive."""
    archives = tuple(Archive(f"{number}.warc", size, "") for number, size in enumerate(sizes))
    work = tuple(Work(number, (Span(each.name, 0, each.size),)) for number, each in enumerate(archives))
    return Plan("/in", archives, work, "")


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def look(staging: StagingFolder, *sizes: int) -> UnitLook:
    """What looks at units of these sizes."""
    return UnitLook(staging, planned(*sizes), Notes(staging.progress))


def test_units_are_counted_by_their_files_and_workers_add_what_is_under_way(staging: StagingFolder) -> None:
    """A worker's note holds what it has ended and what it is at; it writes once a second, by the clock that it is given."""
    clock, looking = Clock(), look(staging, 100, 300)
    reporter = Reporter(staging.progress, clock)
    tick = reporter.begin(0)
    clock.now = 1.0
    tick(7, 5)
    assert looking() == Progress("extract", 0, 2, "units", 5, 7, 400)
    clock.now = 1.5
    tick(100, 9)
    assert looking().captures == 5  # half a second later nothing is written
    reporter.end(100, 3, {}, 0)
    stage(staging, 0)
    tick = reporter.begin(1)
    clock.now = 2.5
    tick(30, 2)
    assert looking() == Progress("extract", 1, 2, "units", 11, 130, 400)


def test_what_an_earlier_run_staged_is_done(staging: StagingFolder) -> None:
    """It said 0 % of the bytes of a run that had half of them; units that are none of this run's count for nothing, at every look."""
    stage(staging, 1, 2, 99)
    looking = look(staging, 100, 300, 200)
    assert looking() == Progress("extract", 2, 3, "units", 0, 500, 600)
    clock = Clock()
    tick = Reporter(staging.progress, clock).begin(0)
    clock.now = 1.0
    tick(40, 6)
    assert looking() == Progress("extract", 2, 3, "units", 6, 540, 600)


def test_without_notes_units_count_the_same(staging: StagingFolder) -> None:
    """On a cluster nobody says how far a unit is."""
    stage(staging, 1)
    looking = look(staging, 100, 300)
    looking.notes = Notes("")
    assert looking() == Progress("extract", 1, 2, "units", 0, 200, 400)


def test_a_note_that_is_half_written_is_passed_over(staging: StagingFolder, tmp_path: Path) -> None:
    """The driver looks while workers write; the notes of an earlier run are taken away."""
    notes = Notes(staging.progress)
    (tmp_path / "progress").mkdir()
    (tmp_path / "progress" / "17").write_text("[7, ")
    assert notes.so_far() == (0, 0)
    (tmp_path / "progress" / "17").write_text("[7, 3]")
    assert notes.so_far() == (7, 3)
    notes.forget()
    assert notes.so_far() == (0, 0)


def test_two_hosts_have_workers_of_one_process_id(staging: StagingFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Containers count from 1, and may have their host's name: on a shared file system one wrote over the other's note."""
    for host, born in (("one", "7"), ("two", "7"), ("two", "8")):
        monkeypatch.setattr("socket.gethostname", lambda host=host: host)
        monkeypatch.setattr(progress, "birth", lambda pid, born=born: born)
        reporter = Reporter(staging.progress, lambda: 9.0)
        reporter.begin(0)(10, 3)
        reporter.end(10, 1, {}, 0)
    notes = Notes(staging.progress)
    assert notes.so_far() == (30, 9)
    assert len(list(notes.ended())) == 3 == len(list(Path(staging.progress).glob("*.ended")))


def test_a_worker_that_begins_anew_goes_on_counting(staging: StagingFolder) -> None:
    """On Spark each task has a reporter of its own: of a run that was done 2 % were told. The next run counts from nothing."""
    notes = Notes(staging.progress)
    for _ in range(2):
        reporter = Reporter(staging.progress, Clock())
        reporter.begin(0)(10, 1)
        reporter.end(100, 3, {}, 0)
        reporter.close()
    assert notes.so_far() == (200, 2)
    notes.forget()
    assert Reporter(staging.progress, Clock()).begin(0) and notes.so_far() == (0, 0)


def test_what_workers_end_is_read_once(staging: StagingFolder) -> None:
    """A line a unit, with what it took; one that is half written waits for the next look."""
    clock = Clock()
    reporter, notes = Reporter(staging.progress, clock), Notes(staging.progress)
    for number in (3, 8):
        begun = clock.now
        tick = reporter.begin(number)
        clock.now = begun + 2.5
        tick(50, 4)
        reporter.end(60, 7, {"timeout": 1}, 2)
    first, second = notes.ended()
    assert first.pop("time") <= second.pop("time")
    assert first.pop("peak_memory") > 10**6 and second.pop("peak_memory") > 10**6
    facts = {"event": "unit", "units": 1, "seconds": 2.5, "bytes": 60, "captures": 4, "rows": 7}
    assert first == {**facts, "unit": 3, "failed": {"timeout": 1}, "children_lost": 2}
    assert second == {**first, "unit": 8}
    (path,) = Path(staging.progress).glob("*.ended")
    with path.open("a") as file:
        file.write('{"unit": 9')
        file.flush()
        assert list(notes.ended()) == []
        file.write("}\n")
    assert list(notes.ended()) == [{"unit": 9}]
    assert list(notes.ended()) == []


def test_a_line_may_tell_of_several_units(staging: StagingFolder) -> None:
    """So that the log of a crawl stays small; what is left over is noted when the worker ends."""
    reporter, notes = Reporter(staging.progress, Clock(), together=2), Notes(staging.progress)
    for number in range(5):
        reporter.begin(number)
        reporter.end(10, 1, {"timeout": number}, 0)
    found = list(notes.ended())
    reporter.close()
    reporter.close()
    found += notes.ended()
    assert [(line["units"], line["unit"], line["bytes"], line["failed"]["timeout"]) for line in found] == [
        (2, 1, 20, 1),
        (2, 3, 20, 5),
        (1, 4, 10, 4),
    ]


def test_where_workers_keep_notes(staging: StagingFolder) -> None:
    """In local staging; in a folder of this machine where they run on it; else nowhere: a remote engine has pages of its own."""
    remote = StagingFolder("gs://bucket/staging")
    with notes_in(staging, False) as notes:
        assert notes.folder == staging.progress
    with notes_in(remote, True) as notes:
        Reporter(notes.folder, lambda: 9.0).begin(0)(1, 1)
        assert notes.so_far() == (1, 1)
    assert not Path(notes.folder).exists() and notes.so_far() == (0, 0)
    with notes_in(remote, False) as notes:
        assert notes.folder == ""


def test_without_a_folder_nothing_is_noted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No folder named after a bucket appears here."""
    monkeypatch.chdir(tmp_path)
    reporter = Reporter("", lambda: 9.0)
    reporter.begin(0)(1, 1)
    reporter.end(1, 1, {}, 0)
    assert list(tmp_path.iterdir()) == [] and list(Notes("").ended()) == []


def test_files_of_a_step_are_counted(tmp_path: Path) -> None:
    """A step that leaves a file for each piece of work is as far as its folder."""
    (tmp_path / "a").touch()
    assert look_at_files("decide", str(tmp_path), 4, "batches") == Progress("decide", 1, 4, "batches")


def test_what_a_lost_worker_was_writing_is_no_file_of_a_step(tmp_path: Path) -> None:
    """Else the batch that another has done counts twice."""
    (tmp_path / "000000.selection").touch()
    (tmp_path / f".000000.selection.{'0' * 16}.part").touch()
    assert look_at_files("decide", str(tmp_path), 1, "batches") == Progress("decide", 1, 1, "batches")


def test_shards_weigh_what_their_corpus_does(tmp_path: Path) -> None:
    """Four shards of text are less than one of pairs; what is being written, or of no corpus, is none."""
    for name in ("text-00000.json", "text-00003.json", "pairs-00000.json", ".text-00001.json.0.part", "x"):
        (tmp_path / name).touch()
    found = look_at_shards(str(tmp_path), {"text": (4, 100), "pairs": (2, 900), "interleaved": (1, 0)})
    assert found == Progress("emit", 3, 7, "shards", 0, 50 + 450, 1000)


def test_watching_ends_with_its_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """It tells while the block runs and never after."""
    monkeypatch.setattr(progress, "POLL_SECONDS", 0.01)
    told: list[Progress] = []
    heard = threading.Event()

    def tell(found: Progress) -> None:
        told.append(found)
        heard.set()

    with Watch(tell).working(lambda: Progress("emit", 0, 1, "shards"), remote=False):
        assert heard.wait(60)
    count = len(told)
    time.sleep(0.1)
    assert len(told) <= count + 1  # one that was being told when the block ended


def test_rate_and_time_left_are_told_once_they_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the bytes of the step at hand."""
    monkeypatch.setattr(progress, "POLL_SECONDS", 0.001)
    clock = Clock()
    told: list[Progress] = []
    enough = threading.Event()

    def looking() -> Progress:
        clock.now += 6
        return Progress("extract", 0, 1, "units", 0, min(3000, round(clock.now * 10)), 3000)

    def tell(found: Progress) -> None:
        told.append(found)
        if len(told) == 6:
            enough.set()

    with Watch(tell, clock=clock).working(looking, remote=False):
        assert enough.wait(60)
    assert [(found.rate, found.left) for found in told[:3]] == [(None, None), (None, None), (10, None)]
    assert told[5].rate == 10 and told[5].left == (3000 - 360) / 10


def test_a_slow_look_delays_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listing of a crawl takes a minute; the step that it looks at does not wait for it, and what it finds then is not told."""
    monkeypatch.setattr(progress, "POLL_SECONDS", 0.01)
    begun, go_on = threading.Event(), threading.Event()
    told: list[Progress] = []

    def look() -> Progress:
        begun.set()
        go_on.wait(60)
        return Progress("emit", 0, 1, "shards")

    with Watch(told.append).working(look, remote=False):
        assert begun.wait(60)
    go_on.set()
    time.sleep(0.1)
    assert told == []


def test_what_workers_end_and_what_is_noted_is_logged(staging: StagingFolder, tmp_path: Path) -> None:
    """Also what ended after the last look."""
    log = tmp_path / "run.log"
    told: list[Progress] = []
    watch = Watch(told.append, RunLog(str(log)))
    with watch.working(lambda: Progress("extract", 0, 1, "units"), False, Notes(staging.progress)):
        reporter = Reporter(staging.progress, Clock())
        reporter.begin(0)
        reporter.end(1, 1, {}, 0)
    watch.note("x is damaged; it is made again")
    assert [found.note for found in told] == ["x is damaged; it is made again"]
    unit, warning = map(json.loads, log.read_text().splitlines())
    assert (unit["event"], unit["unit"]) == ("unit", 0)
    assert (warning["event"], warning["text"]) == ("warning", "x is damaged; it is made again")
