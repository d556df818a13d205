"""Beam options: engines that lose records are refused, whatever way they are spelt."""

import argparse
import os

import pytest

from jobs import engine
from jobs.cli import main
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


def test_an_environment_of_workers_is_named_from_the_root_on() -> None:
    """Workers stand in other folders than the command; none named stays none."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", default="out")
    engine.workers_argument(parser)
    engine.arguments(parser)
    words = [["--worker-env", ".venv"], []]
    given = [engine.settings(argparse.Namespace(**vars(parser.parse_args(each)), beam_options=[])) for each in words]
    assert [each.worker_env for each in given] == [os.path.abspath(".venv"), ""]


def test_workers_elsewhere_take_no_open_files_here(capsys: pytest.CaptureFixture[str]) -> None:
    """A thousand workers of a cluster are no reason to raise this machine's limit."""
    assert main(["run", "--input", "a.warc.gz", "--output", "out", "--runner", "spark", "--workers", str(10**9)]) == 2
    assert "needs --master" in capsys.readouterr().err
