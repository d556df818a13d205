"""Beam's job server, as a command starts it."""

import signal
import subprocess
from pathlib import Path

import pytest

from pipeline.engines.job_server import JobServer, Unheard, _start
from pipeline.engines.worker import ARTIFACTS
from schemas.outcomes import UserError


class Ending:
    """A job server that ends at once."""

    def subprocess_cmd_and_endpoint(self) -> tuple[list[str], str]:
        """Its command, which is given the key of a store, and its address."""
        return ["sh", "-c", "exit 3", "-Dspark.hadoop.fs.s3a.secret.key=hush", "--job-port=1"], "127.0.0.1:1"


def test_the_command_of_a_job_server_that_ends_tells_no_key() -> None:
    """All else of it is told."""
    with pytest.raises(UserError, match=r"ended with status 3: .* its command: sh -c exit 3 --job-port=1$"):
        _start(Ending(), 60.0, Unheard())


@pytest.mark.parametrize("beside", [False, True])
def test_what_was_handed_to_workers_goes_with_the_job_server(tmp_path: Path, beside: bool) -> None:
    """It lies in what the command writes, and is no part of the result; what a crawl has beside it stays."""
    log, artifacts = tmp_path / "log", tmp_path / "out" / ARTIFACTS
    (artifacts / "of a job").mkdir(parents=True)
    (artifacts / "of a job" / "triptych.whl").write_bytes(b"x")
    if beside:
        (artifacts.parent / "lock").touch()
    log.touch()
    process = subprocess.Popen(["sleep", "60"])
    JobServer("localhost:1", process, str(log), Unheard(), artifacts=str(artifacts)).stop()
    assert process.returncode == -signal.SIGTERM
    assert list((tmp_path / "out").rglob("*")) == ([artifacts.parent, artifacts.parent / "lock"] if beside else [])
