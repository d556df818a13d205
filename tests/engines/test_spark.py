"""Law 5 and 6 on a Spark cluster of two workers, which run the wheel that a run stages."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import whole_runs
from tests.engines.services import POLL
from tests.engines.spark_cluster import WORKERS, SparkCluster, spark_cluster
from tests.support.shared_data import ROOT


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkCluster]:
    """The cluster, for all tests of this file."""
    home, job_server = whole_runs.engine("spark")
    with spark_cluster(home, job_server, tmp_path_factory.mktemp("spark")) as started:
        yield started


def test_spark_gives_the_bytes_of_a_local_run(
    cluster: SparkCluster, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Near duplicates across units are among what is decided."""
    made = whole_runs.material(tmp_path_factory)
    whole_runs.run_whole(made, tmp_path / "out", [*cluster.options, *made.for_workers], cluster.beam_options)
    whole_runs.assert_same(tmp_path / "out", made.local)


def test_an_executor_that_is_killed_changes_no_byte(
    cluster: SparkCluster, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """kill -9 of one of the two as soon as a unit is staged: the run goes on by itself, and Spark says that it lost one."""
    made = whole_runs.material(tmp_path_factory)
    output = tmp_path / "out"
    told = whole_runs.command(made, output, [*cluster.options, *made.for_workers], cluster.beam_options)
    with (tmp_path / "stderr").open("wb") as errors:
        run = subprocess.Popen(told, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
    try:
        while not list(output.glob("staging/units/*/*.unit")) and run.poll() is None:
            time.sleep(POLL)
        os.kill(cluster.executors()[0], signal.SIGKILL)
        assert run.wait() == 0, (tmp_path / "stderr").read_text()[-6000:]
    finally:
        run.kill()
        run.wait()
    assert any("exitStatus 137" in cluster.services.log(worker).read_text() for worker in WORKERS)
    whole_runs.assert_same(output, made.local)
