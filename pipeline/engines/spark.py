"""Spark, by Beam's job server for it: what a cluster needs set (docs/clusters.md says why)."""

from pipeline.engines import worker
from pipeline.engines.settings import EngineSettings

DRIVER_MEMORY = "1g"
MIN_PARALLELISM = 16
MAX_PARALLELISM = 2000
# Beam's Java code looks into these packages, which Java 17 keeps closed; Beam itself opens the first four.
OPENED = ("sun.nio.ch", "java.nio", "java.util", "java.lang.invoke", "java.lang")


def options(settings: EngineSettings, step: str) -> list[str]:
    """Beam's options for one step.

    An executor has one core and one worker: so the work that a lost one takes along is small, and hosts of any size fill up.
    """
    jvm = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
    jvm += [f"-Xmx{DRIVER_MEMORY}", *(f"-D{key}={value}" for key, value in properties(settings).items())]
    return [
        "--runner=SparkRunner",
        f"--spark_master_url={settings.master}",
        f"--job_name=triptych-{step}",
        *worker.options(settings),
        "--sdk_worker_parallelism=1",
        # What two steps read is kept on disk where memory ends: else Spark computes it once more, side effects included.
        "--storage_level=MEMORY_AND_DISK",
        *(f"--job_server_jvm_properties={each}" for each in jvm),
    ]


def properties(settings: EngineSettings) -> dict[str, str]:
    """Spark's own settings; they are properties of the job server, which is Spark's driver."""
    chosen = {
        "spark.default.parallelism": str(parallelism(settings)),
        "spark.executor.cores": "1",
        # All executors of the cluster register first: else the first stage goes to the one that was quickest.
        "spark.scheduler.minRegisteredResourcesRatio": "1.0",
        # The steps of a run share their executors. The name is Beam's.
        "beam.spark.test.reuseSparkContext": "true",
    }
    if settings.workers > 1:
        chosen["spark.cores.max"] = str(settings.workers)
    return chosen


def parallelism(settings: EngineSettings) -> int:
    """Partitions of a shuffle: three for each worker, one for each two units (128 MiB), within bounds."""
    return min(max(3 * settings.workers, settings.pieces // 2, MIN_PARALLELISM), MAX_PARALLELISM)
