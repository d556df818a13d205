"""What comes back of a worker's error."""

import pytest

from pipeline.clients import NO_CREDENTIALS, StorageError
from pipeline.engines.raised import is_bug, original, told_elsewhere
from schemas.outcomes import UserError, VerificationError

TRACE = 'Traceback (most recent call last):\n  File "x.py", line 1, in process\n'


@pytest.mark.parametrize(
    "error",
    [
        VerificationError("a: changed [while running 'Emit/Write']"),
        RuntimeError(f"{TRACE}schemas.outcomes.VerificationError: a: changed [while running 'Emit/Write']\n\n"),
    ],
)
def test_a_failed_check_comes_back_as_itself(error: Exception) -> None:
    """In process and from a worker process, without Beam's words around it, so that the command ends with 4."""
    found = original(error)
    assert isinstance(found, VerificationError)
    assert str(found) == "a: changed"


@pytest.mark.parametrize(
    "error",
    [
        StorageError("s3://b/x: it is busy [while running 'Extract/Stage']"),
        RuntimeError(f"{TRACE}pipeline.clients.StorageError: s3://b/x: it is busy [while running 'Extract/Stage']\n\n"),
    ],
)
def test_a_store_that_fails_is_no_bug(error: Exception) -> None:
    """In process and from a worker process it is told as what a user has to see to, without Beam's words around it."""
    found = original(error)
    assert isinstance(found, UserError)
    assert str(found) == "s3://b/x: it is busy"


@pytest.mark.parametrize("before", ["", f"{TRACE}RuntimeError: "])
def test_a_full_disk_comes_back_as_itself(before: str) -> None:
    """The machine's number survives, so that the command can say that it is no bug."""
    said = f"{before}OSError: [Errno 28] No space left on device: '/x' [while running 'Stage/Extract']\n"
    found = original(RuntimeError(said))
    assert isinstance(found, OSError)
    assert (found.errno, found.strerror, found.filename) == (28, "No space left on device", "/x")


@pytest.mark.parametrize(
    "kind", ["MemoryError", "pyarrow.lib.ArrowMemoryError: malloc of size 5 failed", "MemoryError: x"]
)
def test_a_lack_of_memory_comes_back_as_itself(kind: str) -> None:
    """Also one that a library names in its own way."""
    assert isinstance(original(RuntimeError(f"{TRACE}{kind} [while running 'Stage/Extract']\n")), MemoryError)


@pytest.mark.parametrize("said", ["KeyError: 'x' [while running 'Write']", "the pipeline failed", ""])
def test_a_bug_stays_what_it_is(said: str) -> None:
    """Whatever else comes from a worker is raised unchanged (law 8)."""
    error = RuntimeError(said)
    assert original(error) is error


def handed_on(last: str) -> RuntimeError:
    """An error as Beam's job server for Spark tells it: the traceback twice, Beam's frames between, and perhaps Java's behind."""
    frames = '  File "/w/fail.py", line 10, in process\n    if x: act()\n          ~~^^\n'
    compiled = '  File "apache_beam/runners/common.py", line 687, in invoke_process\n'
    first = f"Traceback (most recent call last):\n{compiled}{frames}{last}\n"
    text = f"{first}\nDuring handling of the above exception, another exception occurred:\n\n{first[:-1]} [while running 'T/Act']\n"
    return RuntimeError(
        f"Pipeline j failed in state FAILED: java.lang.RuntimeException: Error received from SDK harness: {text}"
    )


@pytest.mark.parametrize("behind", ["", "\n\tat org.apache.beam.Harness.await(Harness.java:1)\n"])
def test_what_a_job_server_hands_on_is_taken_apart(behind: str) -> None:
    """Messages of several lines too, and where Java says how it passed them on."""
    said = f"{handed_on('schemas.outcomes.VerificationError: 1 is not 2' + chr(10) + 'and more')}{behind}"
    found = original(RuntimeError(said))
    assert isinstance(found, VerificationError)
    assert str(found) == "1 is not 2\nand more"


def test_what_a_worker_refuses_to_do_comes_back_as_itself() -> None:
    """Without a step: the worker was of another version and began none."""
    said = 'Traceback (most recent call last):\n  File "a.py", line 1, in b\n    raise it\nschemas.outcomes.UserError: another version\n'
    found = original(RuntimeError(said))
    assert isinstance(found, UserError)
    assert str(found) == "another version"


def test_a_bug_is_told_from_the_cluster() -> None:
    """Our code's errors have Python's traceback; a cluster's have none, or say that a connection or a package is missing."""
    assert is_bug(str(handed_on("KeyError: 'no such key'")))
    assert not is_bug("Job aborted due to stage failure: Lost task 1.3 (executor 0): CANCELLED: call already cancelled")
    assert not is_bug(str(handed_on("ModuleNotFoundError: No module named 'pipeline'")))


def test_a_worker_without_credentials_says_whose_are_missing() -> None:
    """Variables of the command do not reach it, so what the store says to set would be set in vain; other errors stay as they are."""
    error = original(StorageError(f"s3://b/x: {NO_CREDENTIALS}; set A [while running 'Extract/Stage']"))
    assert "do not reach: give its host a role or a profile" in str(told_elsewhere(error))
    busy = UserError("s3://b/x: it is busy")
    assert told_elsewhere(busy) is busy
