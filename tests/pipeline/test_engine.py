"""Options of the engine, and what comes back of a worker's error."""

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import StandardOptions

from pipeline import engine
from pipeline.clients import StorageError
from pipeline.engine import options, original
from pipeline.engines.failure import EngineError, LostError
from pipeline.engines.local import FN_API
from pipeline.engines.settings import EngineSettings
from schemas.outcomes import UserError, VerificationError

TRACE = 'Traceback (most recent call last):\n  File "x.py", line 1, in process\n'


def chosen(workers: int, *given: str) -> dict[str, object]:
    """The options that were decided."""
    return options(EngineSettings(workers=workers, beam_options=given), "extract").get_all_options(drop_default=True)


def test_the_local_engine_is_named() -> None:
    """Without a runner it is FnApiRunner by name, in process."""
    assert chosen(1) == {"runner": FN_API}


def test_workers_are_processes() -> None:
    """More than one worker means processes, never threads."""
    found = chosen(3)
    assert (found["direct_num_workers"], found["direct_running_mode"]) == (3, "multi_processing")


def test_a_named_runner_and_its_options_are_left_alone() -> None:
    """What stands after `--` reaches the runner as it was given."""
    given = options(EngineSettings(beam_options=("--runner=FlinkRunner", "--parallelism=7")), "extract")
    assert given.view_as(StandardOptions).runner == "FlinkRunner"
    assert "direct_num_workers" not in given.get_all_options(drop_default=True)


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


def test_a_job_that_lost_a_process_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """On engines that do not try by themselves: a few times, and told each time; other failures at once."""
    tried: list[str] = []

    def fail(transform: beam.PTransform, settings: EngineSettings, step: str) -> None:
        tried.append(step)
        raise failures.pop() if failures else LostError("Flink failed")

    monkeypatch.setattr(engine, "run_once", fail)
    monkeypatch.setattr(engine, "LOOKED_AFTER", {})
    heard: list[str] = []
    failures: list[EngineError] = []
    with pytest.raises(LostError):
        engine.run(beam.Create([1]), EngineSettings("flink"), "emit", heard.append)
    assert (len(tried), len(heard)) == (4, 3)
    failures, tried[:] = [EngineError("no memory")], []
    with pytest.raises(EngineError, match="no memory"):
        engine.run(beam.Create([1]), EngineSettings("flink"), "emit")
    assert len(tried) == 1
