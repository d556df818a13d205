"""What is set for Flink."""

from dataclasses import replace

import pytest
from apache_beam.options.pipeline_options import JobServerOptions, PipelineOptions

from pipeline.engines.flink import job_name, known, options
from pipeline.engines.flink_jobs import looked_after
from pipeline.engines.options import beam_options
from pipeline.engines.ready import check_ready
from pipeline.engines.settings import EngineSettings
from schemas.outcomes import UserError
from tests.support.flink_rest import FlinkRest, flink_rest


def test_one_word_and_an_address_are_enough() -> None:
    """The cluster says the rest: its version, and how many tasks run at once."""
    with flink_rest(FlinkRest()) as told:
        found = options(known(EngineSettings("flink", master=told.url)), "emit")
    assert {"--flink_version=1.20", "--parallelism=4", "--execution_mode_for_batch=BATCH_FORCED"} <= set(found)
    assert f"--flink_master={told.url}" in found


@pytest.mark.parametrize(("workers", "slots"), [(1, 4), (3, 3), (9, 4)])
def test_workers_lower_the_slots(workers: int, slots: int) -> None:
    """Where nobody says how many, all are used; more than there are cannot be."""
    with flink_rest(FlinkRest()) as told:
        assert known(EngineSettings("flink", workers, told.url)).slots == slots


def test_the_job_server_is_a_small_java() -> None:
    """It compiles little and has a bound of memory, which the user's own words of Java move."""
    asked = "--job_server_jvm_properties=-Xmx2g"
    settings = EngineSettings("flink", master="[local]", beam_options=(asked,))
    java = PipelineOptions(beam_options(settings, "extract")).view_as(JobServerOptions).job_server_jvm_properties
    assert java == ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx1g", "-Xmx2g"]


def test_too_little_network_memory_is_said_before_the_job() -> None:
    """With the setting that cures it."""
    small = FlinkRest(managers=(("tm1", 4, 32),))
    with flink_rest(small) as told, pytest.raises(UserError, match=r"tm1 has 32 MB .* needs 64: .*network\.min: 256mb"):
        check_ready(EngineSettings("flink", master=told.url, shared=True))


def test_a_version_without_a_job_server() -> None:
    """Named with those that there are; where the user brings a job server or names a version, that counts."""
    with flink_rest(FlinkRest("1.17.2")) as told:
        with pytest.raises(UserError, match=r"runs Flink 1\.17\.2, .* some for 1\.19, "):
            known(EngineSettings("flink", master=told.url))
        for given in ("--flink_version=1.20", "--flink_job_server_jar=x.jar"):
            assert not known(EngineSettings("flink", master=told.url, beam_options=(given,))).flink_version


def test_a_job_left_behind_is_cancelled_and_our_own_where_it_ends_early() -> None:
    """Jobs of the same run that a killed command left; those of others stay."""
    settings = EngineSettings("flink", output="/out")
    left, other = job_name(settings, "extract"), job_name(replace(settings, output="/other"), "extract")
    with flink_rest(FlinkRest(jobs={"a": (left, "RUNNING"), "b": (other, "RUNNING")})) as told:
        heard: list[str] = []
        settings = EngineSettings("flink", master=told.url, output=settings.output)
        with pytest.raises(RuntimeError), looked_after(settings, "emit", heard.append):
            assert told.jobs["a"] == (left, "CANCELED")
            told.jobs["c"] = (job_name(settings, "emit"), "RUNNING")
            raise RuntimeError
        assert {job: state for job, (_, state) in told.jobs.items()} == {
            "a": "CANCELED",
            "b": "RUNNING",
            "c": "CANCELED",
        }
        assert heard == ["Flink still ran a job of an earlier command of this run: cancelled"]
