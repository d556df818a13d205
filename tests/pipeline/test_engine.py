"""Options of the engine."""

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import StandardOptions

from pipeline import engine
from pipeline.engine import options
from pipeline.engines.failure import EngineError, LostError
from pipeline.engines.local import FN_API
from pipeline.engines.settings import EngineSettings


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


def test_a_job_that_lost_a_process_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """On engines that do not try by themselves: a few times, and told each time; other failures at once."""
    tried: list[str] = []

    def fail(transform: beam.PTransform, settings: EngineSettings, step: str, note: engine.Note) -> None:
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
