"""What a cluster's failure is called."""

import subprocess
from pathlib import Path

from pipeline.engine import known
from pipeline.engines.failure import EngineError, LostError
from pipeline.engines.job_server import JobServer
from pipeline.engines.settings import EngineSettings
from pipeline.engines.spark_log import SparkLog

SPARK = EngineSettings("spark", master="spark://host:7077", worker_env="/nowhere")
ABORTED = "Pipeline p failed in state FAILED: org.apache.spark.SparkException: Job aborted due to stage failure: "


def server(folder: Path, command: str) -> JobServer:
    """A job server with a log."""
    (folder / "log").write_text("INFO\n")
    log = SparkLog(where="application app-1 at http://h:4040")
    return JobServer("", subprocess.Popen(["sh", "-c", command], stdin=subprocess.PIPE), str(folder / "log"), log)


def test_an_error_says_where_to_look(tmp_path: Path) -> None:
    """The second line; what is not known is given as it came."""
    one = server(tmp_path, "read line")
    error = known(RuntimeError("something\n new"), SPARK, "extract", one)
    one.process.communicate()
    assert isinstance(error, EngineError)
    assert str(error).splitlines() == [
        "Spark failed in the step extract: something new; the same command goes on from what is finished",
        f"Spark says more: application app-1 at http://h:4040, the log of the job server, {tmp_path}/log, the logs of its workers",
    ]


def test_a_job_server_that_was_killed_is_named(tmp_path: Path) -> None:
    """Whatever Beam makes of a connection that is gone."""
    one = server(tmp_path, "kill -9 $$")
    one.process.communicate()
    error = known(RuntimeError("UNAVAILABLE"), SPARK, "decide", one)
    assert "its job server on this machine was ended by SIGKILL" in str(error)


def test_a_job_server_that_is_ending_is_named(tmp_path: Path) -> None:
    """Its connections are gone some time before it is."""
    one = server(tmp_path, "sleep 0.3; kill -9 $$")
    error = known(RuntimeError("UNAVAILABLE: Socket closed"), SPARK, "decide", one)
    one.process.communicate()
    assert "its job server on this machine was ended by SIGKILL" in str(error)


def test_prism_that_was_killed_is_called_by_its_name(tmp_path: Path) -> None:
    """It is job server and engine in one process."""
    one = server(tmp_path, "kill -9 $$")
    one.process.communicate()
    error = known(RuntimeError("UNAVAILABLE: Socket closed"), EngineSettings("prism"), "decide", one)
    assert str(error).startswith("Prism failed in the step decide: it was ended by SIGKILL;")


def test_another_try_says_that_the_job_server_was_lost(tmp_path: Path) -> None:
    """And not that the cluster lost something."""
    one = server(tmp_path, "kill -9 $$")
    one.process.communicate()
    error = known(RuntimeError("UNAVAILABLE: Socket closed"), EngineSettings("flink", master="h:1"), "decide", one)
    assert isinstance(error, LostError)
    assert error.said == "Flink, step decide: its job server on this machine was ended by SIGKILL"


def test_a_master_that_was_not_found_is_named(tmp_path: Path) -> None:
    """Whatever became of Spark's context for want of it."""
    one = server(tmp_path, "true")
    one.process.communicate()
    one.heard.hear(
        "ERROR StandaloneSchedulerBackend: Application has been killed. Reason: All masters are unresponsive! Giving up."
    )
    error = known(RuntimeError("Cannot call methods on a stopped SparkContext."), SPARK, "extract", one)
    assert "no Spark master answers at spark://host:7077" in str(error)


def test_who_kept_silent_is_named(tmp_path: Path) -> None:
    """Where a job was given up since nobody took it; who answered and has no room is asked for room."""
    one = server(tmp_path, "true")
    one.process.communicate()
    one.starved = True
    error = RuntimeError("UNAVAILABLE: Socket closed")
    assert "does the cluster have a core" in str(known(error, SPARK, "extract", one))
    one.heard.hear(
        "INFO Client: Retrying connect to server: rm/10.0.0.7:8032. Already tried 3 time(s); retry policy is x"
    )
    assert "rm/10.0.0.7:8032 did not answer for ten minutes" in str(known(error, SPARK, "extract", one))


def test_a_bug_in_a_worker_stays_a_bug(tmp_path: Path) -> None:
    """With its traceback."""
    said = RuntimeError(
        f"{ABORTED}Traceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'x' [while running 'Stage']"
    )
    assert known(said, SPARK, "extract", None) is said
    assert known(RuntimeError("lost"), EngineSettings(), "extract", None).args == ("lost",)


def test_a_job_that_a_person_cancelled_has_lost_nothing() -> None:
    """How Beam begins its messages is no word of the engine's."""
    error = known(RuntimeError("Pipeline p failed in state CANCELLED: over"), EngineSettings("flink"), "emit", None)
    assert type(error) is EngineError
    assert "in the step emit: over; the same command" in str(error)
