"""What engines' messages mean."""

import pytest

from pipeline.engines.causes import meaning_of
from pipeline.engines.settings import EngineSettings

SPARK = EngineSettings("spark", worker_env="/nowhere")
FLINK = EngineSettings("flink")
LAST = (
    "org.apache.spark.SparkException: Job aborted due to stage failure: "
    "Task 1 in stage 2.0 failed 4 times, most recent failure: Lost task 1.3 in stage 2.0 (TID 9) (10.0.0.7 executor 3): "
)


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (
            "java.io.IOException: error=2, No such file or directory",
            "a host cannot start the worker /nowhere/bin/triptych-worker (No such file or directory): install triptych there",
        ),
        (
            "java.lang.IllegalStateException: Process died with exit code 1",
            "a worker ended before it began, with status 1",
        ),
        ("ModuleNotFoundError: No module named 'pipeline'", "the workers' environment has not what the command has"),
        (
            "ExecutorLostFailure (executor 3 exited caused by one of the running tasks) Reason: Command exited with code 137",
            "four executors that did the same piece of work were lost, the last was ended by SIGKILL",
        ),
        (
            "java.lang.OutOfMemoryError: Java heap space",
            "the memory of an executor was used up: give executors more by",
        ),
        ("StatusRuntimeException: CANCELLED: call already cancelled.", "a worker was lost"),
        ("java.io.IOException: No space left on device", "the disk of a host is full"),
        ("java.io.InvalidClassException: a; serialVersionUID = 1", "the cluster runs another version of Spark"),
    ],
)
def test_what_spark_says_is_put_in_words(said: str, cause: str) -> None:
    """What happened, and what to do."""
    assert meaning_of(SPARK, LAST + said).text.startswith(cause)


@pytest.mark.parametrize(
    ("said", "lost", "meaning"),
    [
        ("org.apache.flink...JobMasterException: TaskManager with id tm2 is no longer reachable.", True, "was lost"),
        ("org.apache.flink.runtime.rpc.exceptions.RecipientUnreachableException: Could not send message", True, "was lost"),
        ("java.lang.IllegalStateException: SDK harness disconnected", True, "was lost"),
        ("org.apache.flink.util.FlinkException: The TaskExecutor is shutting down; the TaskExecutor has been stopped", True, "was lost"),
        ("java.io.IOException: Insufficient number of network buffers: required 512, but only 6 available. The total number of "
         "network buffers is currently set to 2048 of 32768 bytes each.", False, "network memory"),
        ("NoResourceAvailableException: Could not acquire the minimum required resources.", False, "free slots"),
        ("org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (fd)", False, "started anew"),
        ('java.io.IOException: Cannot run program "/nowhere/bin/triptych-worker": error=2, No such file', False, "--worker-env"),
        ("java.lang.OutOfMemoryError: Java heap space", False, "process.size"),
        ("Error received from SDK harness: Traceback (most recent call last): KeyError: 'UNAVAILABLE'", False, "KeyError"),
        ("UNAVAILABLE: Traceback (most recent call last): ModuleNotFoundError: No module named 'pipeline'", False, "--worker-env"),
        ("java.io.IOException: No space left on device", False, "the disk of a host is full"),
    ],
)  # fmt: skip
def test_what_flink_says_is_put_in_words(said: str, lost: bool, meaning: str) -> None:
    """What a lost process says is told from what another try would not cure."""
    found = meaning_of(FLINK, said)
    assert found.lost is lost
    assert meaning in found.text


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("prism worker[job-001] didn't get control connection to localhost:1 after 1m0s", "its worker had not begun within"),
        ("SDK worker disconnected: worker[job-001], 3 active instructions, error: context canceled", "its worker was lost"),
    ],
)  # fmt: skip
def test_what_prism_says_is_put_in_words(said: str, cause: str) -> None:
    """Of its one worker."""
    assert meaning_of(EngineSettings("prism"), said).text.startswith(cause)


@pytest.mark.parametrize("runner", ["spark", "flink", "prism", "dataflow", "other"])
def test_what_is_not_known_is_given_as_it_came(runner: str) -> None:
    """On one line, and in short."""
    assert meaning_of(EngineSettings(runner), "a\n\tb " + "c" * 1000).text == "a b " + "c" * 596
