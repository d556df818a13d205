"""What a cluster's job needs, asked before anything is written."""

import socket
from pathlib import Path

import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.engines import job_server
from pipeline.engines.ready import check_java, check_master, check_ready
from pipeline.engines.settings import EngineSettings
from schemas.outcomes import UserError


def java(folder: Path, said: str) -> str:
    """A program that says its version as Java does."""
    program = folder / "java"
    program.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    program.chmod(0o755)
    return str(program)


def test_java_that_is_missing_or_old_is_named(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(UserError, match=r"cannot be started .No such file or directory.*Java 11 or newer"):
        check_java(str(tmp_path / "nowhere"))
    with pytest.raises(UserError, match="is Java 8; the command starts"):
        check_java(java(tmp_path, 'openjdk version "1.8.0_292"'))
    check_java(java(tmp_path, 'openjdk version "11.0.2" 2019-01-15'))


def test_a_master_that_does_not_answer_is_named() -> None:
    """One of several that answers is enough."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        here, nobody = server.getsockname()[1], closed.getsockname()[1]
        check_master(f"spark://127.0.0.1:{nobody},127.0.0.1:{here}")
        with pytest.raises(
            UserError, match=rf"no Spark master answers at spark://127.0.0.1:{nobody} .Connection refused"
        ):
            check_master(f"spark://127.0.0.1:{nobody}")


def test_the_jar_must_be_there(tmp_path: Path) -> None:
    """Where it is a file of this machine."""
    options = PipelineOptions([f"--spark_job_server_jar={tmp_path}/none.jar"])
    with pytest.raises(UserError, match=r"none\.jar: no such file; it is to be the jar of Beam's job server"):
        job_server.bring_jar("spark", options)
    (tmp_path / "none.jar").touch()
    job_server.bring_jar("spark", options)


def test_yarn_is_found_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing says where it is, that is said before anything is written, as spark-submit does; it asked 0.0.0.0 for minutes."""
    for name in ("HADOOP_CONF_DIR", "YARN_CONF_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "some.jar").touch()
    launcher = java(tmp_path, 'openjdk version "17.0.2"')
    here = (f"--spark_job_server_jar={tmp_path}/some.jar", f"--job_server_java_launcher={launcher}")
    with pytest.raises(UserError, match=r"neither HADOOP_CONF_DIR nor YARN_CONF_DIR is set.*yarn-site\.xml"):
        check_ready(EngineSettings("spark", master="yarn", beam_options=here))
    check_ready(EngineSettings("spark", master="yarn", beam_options=("--job_endpoint=127.0.0.1:1",)))
    monkeypatch.setenv("YARN_CONF_DIR", str(tmp_path))
    check_ready(EngineSettings("spark", master="yarn", beam_options=here))


def test_where_a_jar_is_not_had_from_is_named_whole(tmp_path: Path) -> None:
    """An address was cut in its middle."""
    url = f"file://{tmp_path}/{'deep/' * 80}job-server.jar"
    with pytest.raises(UserError) as told:
        job_server.bring_jar("spark", PipelineOptions([f"--spark_job_server_jar={url}"]))
    assert "job-server.jar" in str(told.value).replace("--spark_job_server_jar", "")


def test_the_local_engine_needs_nothing() -> None:
    """No Java is started for it."""
    check_ready(EngineSettings(beam_options=("--job_server_java_launcher=/nowhere",)))
