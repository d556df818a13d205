"""Where a command runs."""

import pytest

from pipeline.engines.settings import RUNNERS, EngineSettings


@pytest.mark.parametrize(
    ("options", "local"),
    [
        ([], True),
        (["--runner=FnApiRunner"], True),
        (["--runner", "apache_beam.runners.portability.fn_api_runner.FnApiRunner"], True),
        (["--runner=fnapirunner", "--direct_num_workers=4"], True),
        (["--runner=FlinkRunner"], False),
        (["--runner", "DataflowRunner"], False),
        (["--runner=FnApiRunner", "--runner=SparkRunner"], False),
        (["--runner=PortableRunner"], False),
    ],
)
def test_a_run_is_local_unless_another_engine_is_named(options: list[str], local: bool) -> None:
    """By its short or its full name, as one word or two; the local engine holds exchanges in memory, so they go through files."""
    assert EngineSettings(beam_options=tuple(options)).is_local is local


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("SparkRunner", "spark"),
        ("flink", "flink"),
        ("apache_beam.runners.dataflow.dataflow_runner.DataflowRunner", "dataflow"),
        ("PrismRunner", "prism"),
        ("PortableRunner", "other"),
        ("FnApiRunner", "local"),
    ],
)
def test_the_runner_of_beams_options_wins(named: str, kind: str) -> None:
    """Ours is set for that engine; for one that we know nothing of, nothing is."""
    assert EngineSettings("flink", beam_options=(f"--runner={named}",)).kind == kind


def test_what_an_engine_groups() -> None:
    """Engines that hold it in memory are told; the others have disks."""
    found = {runner for runner in RUNNERS if EngineSettings(runner).holds_groups}
    assert found == {"local", "prism"}


def test_a_run_marks_its_jobs() -> None:
    """The same folder always by the same mark, another one by another."""
    one, again, other = (EngineSettings("flink", output=folder).mark for folder in ("/a", "/a", "/b"))
    assert one == again != other
