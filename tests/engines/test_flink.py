"""Law 5 on a Flink session cluster of two TaskManagers, whose workers run the wheel that a run stages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import whole_runs
from tests.engines.flink_cluster import FlinkCluster, flink_cluster


@pytest.fixture(scope="module")
def parts() -> tuple[Path, ...]:
    """Flink's own jars, and Beam's job server."""
    return whole_runs.engine("flink")


@pytest.fixture(scope="module")
def cluster(parts: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlinkCluster]:
    """The cluster, for all tests of this file."""
    home, job_server = parts
    with flink_cluster(home, job_server, tmp_path_factory.mktemp("flink")) as started:
        yield started


def test_flink_gives_the_bytes_of_a_local_run(
    cluster: FlinkCluster, parts: tuple[Path, ...], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Near duplicates across units are among what is decided."""
    made = whole_runs.material(tmp_path_factory)
    job_server = parts[1]
    # The version names a shaded jar that is not asked for; Beam no longer knows the cluster's.
    beam = [f"--flink_job_server_jar={job_server}/job-server.jar", f"--files_to_stage={job_server}/empty.jar"]
    options = ["--runner", "flink", "--master", cluster.master, "--workers", "2", *made.for_workers]
    whole_runs.run_whole(made, tmp_path / "out", options, [*beam, "--flink_version=1.20"])
    whole_runs.assert_same(tmp_path / "out", made.local)
