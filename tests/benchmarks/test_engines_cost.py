"""What engines cost: archives for it, and how runs become figures."""

import json
import subprocess
import sys
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from benchmarks.engines_cost import Cost, by_step, parts, spark_shuffled, told
from benchmarks.processes import Meter, processes
from benchmarks.volume import Answer, answers, other, write

PAGE = Answer(
    "http://a.org/b",
    "text/html",
    b"<p>one two three four five six</p><script>if (a > 1 && this is code && b < 2)</script>",
)


def cost(seconds: float) -> Cost:
    """A run of a thousand pages."""
    return Cost(10.0, {"worker": seconds}, {"worker": 300_000_000}, 1000, {"decide": 90_000}, b"{}")


def test_another_round_is_another_page_of_the_same_words() -> None:
    """Code is left, the host is another, and a second call gives the same."""
    turned = other(PAGE, 1)
    assert turned == other(PAGE, 1) and turned.url == "http://r1.a.org/b"
    assert turned.body != PAGE.body and sorted(turned.body) == sorted(PAGE.body)
    assert turned.body.partition(b"<script>")[2] == PAGE.body.partition(b"<script>")[2]


def test_archives_hold_what_was_dealt_to_them(tmp_path: Path) -> None:
    """Each file is written as a WARC, the same bytes each time."""
    first, second = tmp_path / "a.warc.gz", tmp_path / "b.warc.gz"
    for file in (first, second):
        write(file, [PAGE, Answer("http://a.org/c.png", "image/png", b"picture")])
    assert next(answers([first])) == PAGE and first.read_bytes() == second.read_bytes()
    with first.open("rb") as stream:
        assert [record.rec_type for record in ArchiveIterator(stream)] == ["response", "response"]


def test_two_sizes_tell_the_fixed_part_from_what_grows() -> None:
    """An engine of 40 s and 1.2 times the local seconds."""
    local, engine = [cost(50), cost(400)], [cost(100), cost(520)]
    assert parts("spark", local, engine) == "spark: 40 s CPU and 1.20 times what the local one takes"
    assert "1.30 of local" in told("spark", 8, engine[1], local[1])
    assert "shuffle bytes a page: decide 90" in told("spark", 8, engine[1], local[1])


def test_what_is_shuffled_belongs_to_the_step_in_whose_time_it_was(tmp_path: Path) -> None:
    """The run's log says when steps began, Spark's events when tasks did."""
    log, events = tmp_path / "run.log", tmp_path / "events"
    lines = [("1970-01-01T00:00:10Z", "extract"), ("1970-01-01T00:00:20Z", "decide")]
    log.write_text("\n".join(json.dumps({"time": at, "event": "step_begun", "step": step}) for at, step in lines))
    events.mkdir()
    tasks = [
        {
            "Event": "SparkListenerTaskEnd",
            "Task Info": {"Launch Time": launched},
            "Task Metrics": {"Shuffle Write Metrics": {"Shuffle Bytes Written": size}},
        }
        for launched, size in ((11_000, 5), (21_000, 7), (22_000, 8))
    ]
    (events / "app").write_text("".join(json.dumps(task, separators=(",", ":")) + "\n" for task in tasks))
    assert by_step(log, spark_shuffled(events)) == {"extract": 5, "decide": 15}


def test_what_a_process_took_before_does_not_count() -> None:
    """A worker may live on from an earlier run, below a daemon."""
    busy = "import sys, time\nwhile time.process_time() < 0.5: pass\nprint(flush=True)\nsys.stdin.read()"
    started = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", started], stdin=pipe, stdout=pipe) as daemon:
        assert daemon.stdout
        daemon.stdout.readline()
        before = sum(facts.seconds for facts in processes().values() if facts.parent == daemon.pid)
        meter = Meter()
        with meter.of([daemon.pid]):
            pass
        daemon.kill()
    assert before >= 0.4 and len(meter.seconds) == 2 and sum(meter.seconds.values()) < before
