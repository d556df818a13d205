"""Starts a cluster on this machine and says how a run goes there, until Ctrl-C: `python -m tests.engines.up spark|flink`."""

import shlex
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from tests.engines import bring, tools
from tests.engines.flink_cluster import FlinkCluster, flink_cluster
from tests.engines.spark_cluster import SparkCluster, spark_cluster

Cluster = SparkCluster | FlinkCluster
CLUSTERS: dict[str, Callable[[Path, Path, Path], AbstractContextManager[Cluster]]] = {
    "spark": spark_cluster,
    "flink": flink_cluster,
}


def brought_up(name: str, folder: Path) -> AbstractContextManager[Cluster]:
    """A cluster of that name, brought here where it is not yet; logs go to the folder. Raises LackError where it cannot be had."""
    home, job_server = bring.bring(name)
    return CLUSTERS[name](home, job_server, folder)


def main(names: list[str]) -> int:
    """Keep one cluster up."""
    if len(names) != 1 or names[0] not in CLUSTERS:
        sys.stderr.write(f"up: name one of {', '.join(CLUSTERS)}\n")
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with (
            tempfile.TemporaryDirectory(prefix=f"triptych-{names[0]}-") as folder,
            brought_up(names[0], Path(folder)) as cluster,
        ):
            words = ["triptych", "run", "--input", "...", "--output", "...", *cluster.options]
            line = shlex.join([*words, "--", *cluster.beam_options])
            sys.stdout.write(f"{names[0]} is up until Ctrl-C; its logs are in {folder}; a run goes there by\n{line}\n")
            sys.stdout.flush()
            signal.pause()
    except tools.LackError as error:
        sys.stderr.write(f"up: {names[0]} cannot be had: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
