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
def parts() -> tuple[Path, ...]:
    """Spark's own jars, and Beam's job server."""
    return whole_runs.engine("spark")


@pytest.fixture(scope="module")
def cluster(parts: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkCluster]:
    """The cluster, for all tests of this file."""
    with spark_cluster(parts[0], tmp_path_factory.mktemp("spark")) as started:
        yield started


def beam_options(job_server: Path) -> list[str]:
    """What a user does not say, who has Beam's own job server in one jar."""
    classes = f"-Dspark.executor.extraClassPath={job_server}/jars/*"
    return [
        f"--spark_job_server_jar={job_server}/job-server.jar",
        f"--files_to_stage={job_server}/empty.jar",
        f"--job_server_jvm_properties={classes}",
    ]


def test_spark_gives_the_bytes_of_a_local_run(
    cluster: SparkCluster, parts: tuple[Path, ...], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Near duplicates across units are among what is decided."""
    made = whole_runs.material(tmp_path_factory)
    options = ["--runner", "spark", "--master", cluster.master, "--workers", "2", *made.for_workers]
    whole_runs.run_whole(made, tmp_path / "out", options, beam_options(parts[1]))
    whole_runs.assert_same(tmp_path / "out", made.local)


def test_an_executor_that_is_killed_changes_no_byte(
    cluster: SparkCluster, parts: tuple[Path, ...], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """kill -9 of one of the two as soon as a unit is staged: the run goes on by itself, and Spark says which it lost."""
    made = whole_runs.material(tmp_path_factory)
    output = tmp_path / "out"
    options = ["--runner", "spark", "--master", cluster.master, "--workers", "2", *made.for_workers]
    told = whole_runs.command(made, output, options, beam_options(parts[1]))
    with (tmp_path / "stderr").open("wb") as errors:
        run = subprocess.Popen(told, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
    try:
        while not list(output.glob("staging/units/*/*.unit")) and run.poll() is None:
            time.sleep(POLL)
        killed = cluster.executors()[0]
        os.kill(killed, signal.SIGKILL)
        assert run.wait() == 0, (tmp_path / "stderr").read_text()[-6000:]
    finally:
        run.kill()
        run.wait()
    assert any("exitStatus 137" in cluster.services.log(worker).read_text() for worker in WORKERS)
    whole_runs.assert_same(output, made.local)
