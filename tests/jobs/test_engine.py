"""Beam options: engines that lose records are refused, whatever way they are spelt."""

import pytest

from jobs import engine
from schemas.outcomes import UserError


@pytest.mark.parametrize(
    "options",
    [
        ["--runner=DirectRunner"],
        ["--runner", "direct"],
        ["--runner=apache_beam.runners.direct.direct_runner.DirectRunner"],
        ["--runner=SwitchingDirectRunner"],
        ["--runner=DaskRunner"],
        ["--runner", "dask"],
        ["--runner=FnApiRunner", "--runner=DaskRunner"],
        ["--direct_running_mode=multi_threading"],
        ["--direct_num_workers", "2", "--direct_running_mode", "multi_threading"],
        ["--experiments=data_buffer_time_limit_ms=100"],
        ["--experiments", "beam_fn_api,data_buffer_time_limit_ms=100"],
    ],
)
def test_what_loses_records_is_refused(options: list[str]) -> None:
    """An engine or a mode that was measured to lose records cannot be named, and the error says why."""
    with pytest.raises(UserError, match=r"loses|switch"):
        engine.check(options)


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--runner=FnApiRunner"],
        ["--runner=fnapi"],
        ["--runner=SparkRunner", "--spark_master_url=spark://host:7077"],
        ["--runner", "FlinkRunner"],
        ["--runner=DataflowRunner", "--project=p", "--experiments=use_runner_v2"],
        ["--direct_running_mode=multi_processing", "--direct_num_workers=4"],
        ["--runner=mine.runners.MyRunner"],
    ],
)
def test_other_options_pass(options: list[str]) -> None:
    """Every other engine, and the local one by its name, is let through."""
    engine.check(options)


def test_misspelt_runner_names_the_nearest() -> None:
    """A runner that Beam does not know is refused with the nearest name."""
    with pytest.raises(UserError, match=r"^--runner=SparkRuner: no such runner; did you mean SparkRunner\?$"):
        engine.check(["--runner=SparkRuner"])


def test_option_that_beam_would_discard() -> None:
    """An option that Beam would drop with a log line is an error that names the nearest; known ones pass."""
    engine.check_known(["--direct_num_workers=2", "--no_save_main_session", "--temp_location", "/x"])
    with pytest.raises(UserError, match=r"did you mean direct_num_workers\?"):
        engine.check_known(["--direct_num_worker=2"])
