"""What people hear of the log of Spark's driver."""

import subprocess
import time
from pathlib import Path

import pytest

from pipeline.engines import job_server
from pipeline.engines.job_server import JobServer
from pipeline.engines.spark_log import SparkLog

BEGIN = """\
26/11/27 22:03:04 INFO Utils: Successfully started service 'SparkUI' on port 4040.
26/11/27 22:03:08 INFO StandaloneSchedulerBackend: Connected to Spark cluster with app ID app-20261127220308-0000
26/11/27 22:03:08 INFO NettyBlockTransferService: Server created on 192.0.2.2:45451
26/11/27 22:03:32 WARN TaskSchedulerImpl: Initial job has not accepted any resources; check your cluster UI to ensure that workers are
26/11/27 22:03:47 WARN TaskSchedulerImpl: Initial job has not accepted any resources; check your cluster UI to ensure that workers are
26/11/27 22:03:48 INFO StandaloneSchedulerBackend$StandaloneDriverEndpoint: Registered executor NettyRpcEndpointRef(x) (h:1) with ID 1,  R
"""
LOST = "26/11/27 22:15:39 ERROR TaskSchedulerImpl: Lost executor 1 on 127.0.0.1: {}"


def heard(lines: str) -> list[str]:
    """What is told of these lines."""
    log = SparkLog()
    return [said for line in lines.splitlines() if (said := log.hear(line))]


def test_where_to_watch_is_told_once_and_waiting_once() -> None:
    """However often Spark says that it waits."""
    assert heard(BEGIN) == [
        "Spark: application app-20261127220308-0000 at http://192.0.2.2:4040",
        "Spark: waiting for executors: no host of the cluster has had a core and the memory free for one yet",
    ]


def test_an_executor_that_was_lost_is_told_with_the_reason() -> None:
    """As a signal, as memory, or in Spark's own words."""
    reasons = (
        "Command exited with code 137",
        "Command exited with code 52",
        "Command exited with code 143",
        "worker lost",
    )
    assert [said.partition("(")[2].partition(")")[0] for said in heard("\n".join(map(LOST.format, reasons)))] == [
        "it was ended by SIGKILL",
        "it used up its memory",
        "it was ended by SIGTERM, as it is where its worker was killed",
        "worker lost",
    ]


def test_waiting_ends_with_the_first_executor() -> None:
    """Only a run without any is given up."""
    log = SparkLog()
    lines = BEGIN.splitlines()
    for line in lines[:-1]:
        log.hear(line)
    assert log.waiting
    log.hear(lines[-1])
    assert not log.waiting


def test_a_run_whose_executors_are_all_lost_waits() -> None:
    """A master that was started anew knows nothing of the application, and sends it none; while one is left it is no waiting."""
    log = SparkLog()
    for line in [*BEGIN.splitlines(), BEGIN.splitlines()[-1].replace("ID 1", "ID 2")]:
        log.hear(line)
    assert log.hear(LOST.format("worker lost")).endswith("; another takes its work") and not log.waiting
    lost = LOST.format("worker lost").replace("executor 1", "executor 2")
    assert log.hear(lost).endswith("; none is left, and another is waited for") and log.waiting


def test_a_run_that_waits_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is how long it waits, and not how long it ran before: an executor that comes back within that time is in time."""
    monkeypatch.setattr(job_server, "READ_SECONDS", 0.01)
    monkeypatch.setattr(job_server, "STARVED_SECONDS", 0.5)
    log = tmp_path / "log"
    log.write_text(BEGIN)
    server = JobServer("", subprocess.Popen(["sleep", "60"]), str(log), SparkLog())
    with server.followed(lambda said: None):
        time.sleep(1.0)
        assert not server.starved
        log.write_text(BEGIN + LOST.format("worker lost") + "\n")
        time.sleep(0.2)
        assert not server.starved
        server.process.wait(30.0)
    assert server.starved


def test_a_log_is_read_on_where_reading_ended(tmp_path: Path) -> None:
    """Half a line waits for its end."""
    path = tmp_path / "log"
    path.write_text(BEGIN[:100])
    process = subprocess.Popen(["true"])
    process.wait()
    server, told = JobServer("", process, str(path), SparkLog()), list[str]()
    server.tell(told.append)
    path.write_text(BEGIN)
    server.tell(told.append)
    server.tell(told.append)
    assert told == heard(BEGIN)


def test_who_does_not_answer_is_told_once() -> None:
    """`--master yarn` where there is no YARN waited without a word. A moment's silence, or one amid the work, is none."""
    asked = (
        "26/11/28 01:43:56 INFO Client: Retrying connect to server: 0.0.0.0/0.0.0.0:8032. Already tried {} time(s); "
        "retry policy is RetryUpToMaximumCountWithFixedSleep(maxRetries=10, sleepTime=1000 MILLISECONDS)"
    )
    log = SparkLog()
    told = [log.hear(asked.format(times % 10)) for times in range(20)]
    assert [place for place, said in enumerate(told) if said] == [3]
    assert "waiting for 0.0.0.0/0.0.0.0:8032, which does not answer" in told[3] and log.waiting
    log.hear(BEGIN.splitlines()[-1])
    assert (log.waiting, log.silent, log.hear(asked.format(5))) == (False, "", "")
