"""Spark, by Beam's job server for it: what a cluster needs set (docs/clusters.md says why)."""

from pipeline.engines import java, worker
from pipeline.engines.lost_worker import END_ENGINE
from pipeline.engines.settings import EngineSettings

LEAST_PARALLELISM = 16  # where there is so much work: a cluster's cores are not known
MAX_PARALLELISM = 2000
# Beam's Java code looks into these packages, which Java 17 keeps closed; Beam itself opens the first four.
OPENED = ("sun.nio.ch", "java.nio", "java.util", "java.lang.invoke", "java.lang")


def options(settings: EngineSettings, step: str) -> list[str]:
    """Beam's options for one step.

    An executor has one core and one worker: so the work that a lost one takes along is small, and hosts of any size fill up. An executor
    whose worker is lost ends, for Beam would hand it one task after another and each would fail at once; Spark starts another.
    """
    opened = (f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED)
    driver = (f"-D{key}={value}" for key, value in properties(settings).items())
    return [
        "--runner=SparkRunner",
        f"--spark_master_url={settings.master}",
        f"--job_name=triptych-{step}",
        *worker.options(settings, {END_ENGINE: "1"}),
        "--sdk_worker_parallelism=1",
        # What two steps read is kept on disk where memory ends: else Spark computes it once more, side effects included.
        "--storage_level=MEMORY_AND_DISK",
        *java.job_server(*opened, *driver),
    ]


def properties(settings: EngineSettings) -> dict[str, str]:
    """Spark's own settings; they are properties of the job server, which is Spark's driver."""
    chosen = {
        "spark.default.parallelism": str(parallelism(settings)),
        "spark.executor.cores": "1",
        "spark.executor.extraJavaOptions": " ".join(java.FRUGAL),
        # All executors of the cluster register first: else the first stage goes to the one that was quickest.
        "spark.scheduler.minRegisteredResourcesRatio": "1.0",
        # The steps of a run share their executors. The name is Beam's.
        "beam.spark.test.reuseSparkContext": "true",
    }
    if settings.workers > 1:
        chosen["spark.cores.max"] = str(settings.workers)
    return chosen


def parallelism(settings: EngineSettings) -> int:
    """Partitions of a shuffle: three for each worker, one for each two units (128 MiB), but no more than two for each unit, within bounds.

    >>> [parallelism(EngineSettings(pieces=pieces)) for pieces in (1, 10, 100, 1_440_000)]
    [2, 16, 50, 2000]
    """
    wanted = max(3 * settings.workers, settings.pieces // 2, LEAST_PARALLELISM)
    return min(wanted, 2 * settings.pieces or wanted, MAX_PARALLELISM)
