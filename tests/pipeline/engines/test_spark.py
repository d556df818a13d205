"""What Spark is told."""

import json
from dataclasses import replace

import pytest
from apache_beam.options.pipeline_options import JobServerOptions, PipelineOptions, PortableOptions

from pipeline.engines.options import beam_options
from pipeline.engines.settings import EngineSettings
from pipeline.engines.spark import parallelism, properties

SPARK = EngineSettings("spark", master="spark://h:7077", worker_env="/env")


def test_workers_run_in_the_environment_that_is_named() -> None:
    """And a lost one takes its executor along; libraries keep no thread and no memory that workers do not need."""
    options = PipelineOptions(beam_options(SPARK, "extract")).view_as(PortableOptions)
    config = json.loads(options.environment_config)
    assert (options.environment_type, config["command"]) == ("PROCESS", "/env/bin/triptych-worker")
    memory = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}
    assert config["env"] == {"TRIPTYCH_END_ENGINE": "1", "OPENBLAS_NUM_THREADS": "1", **memory}


def test_the_users_properties_win() -> None:
    """Java takes the last of two that are named alike."""
    asked = "--job_server_jvm_properties=-Dspark.executor.cores=2"
    settings = EngineSettings("spark", master="spark://h:7077", beam_options=(asked,))
    options = PipelineOptions(beam_options(settings, "extract")).view_as(JobServerOptions)
    cores = [each for each in options.job_server_jvm_properties if "spark.executor.cores" in each]
    assert cores == ["-Dspark.executor.cores=1", "-Dspark.executor.cores=2"]


@pytest.mark.parametrize(
    ("workers", "pieces", "partitions"),
    [(1, 1, 2), (1, 10, 16), (40, 1000, 500), (400, 1000, 1200), (1, 0, 16), (1, 10**6, 2000)],
)
def test_partitions_follow_the_work_and_the_workers(workers: int, pieces: int, partitions: int) -> None:
    """Few for a small input: each costs its round in every stage."""
    assert parallelism(EngineSettings("spark", workers, pieces=pieces)) == partitions


def test_the_number_of_workers_bounds_the_cores() -> None:
    """By default Spark takes all of the cluster's."""
    assert properties(EngineSettings("spark", 8))["spark.cores.max"] == "8"
    assert "spark.cores.max" not in properties(SPARK)


def test_what_workers_are_handed_lies_in_the_folder_that_hosts_share() -> None:
    """Nothing is said where nothing is handed out, and what the user names wins."""
    handing = replace(SPARK, output="/all/out", shared=True, packages=("/triptych.whl",))

    def folder(settings: EngineSettings) -> str | None:
        chosen = PipelineOptions(beam_options(settings, "extract")).view_as(JobServerOptions).artifacts_dir
        return chosen if chosen is None else str(chosen)

    assert folder(handing) == "/all/out/.work/artifacts"
    assert folder(replace(handing, packages=())) is None
    assert folder(replace(handing, shared=False)) is None
    assert folder(replace(handing, output="gs://b/out")) is None
    assert folder(replace(handing, beam_options=("--artifacts_dir=/mine",))) == "/mine"
