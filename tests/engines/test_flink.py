"""Law 5 on a Flink session cluster of two TaskManagers, whose workers run the wheel that a run stages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import whole_runs
from tests.engines.flink_cluster import FlinkCluster, flink_cluster


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlinkCluster]:
    """The cluster, for all tests of this file."""
    home, job_server = whole_runs.engine("flink")
    with flink_cluster(home, job_server, tmp_path_factory.mktemp("flink")) as started:
        yield started


def test_flink_gives_the_bytes_of_a_local_run(
    cluster: FlinkCluster, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Near duplicates across units are among what is decided."""
    made = whole_runs.material(tmp_path_factory)
    whole_runs.run_whole(made, tmp_path / "out", [*cluster.options, *made.for_workers], cluster.beam_options)
    whole_runs.assert_same(tmp_path / "out", made.local)
