"""Beam's job server, as a command starts it."""

import signal
import subprocess
from pathlib import Path

import pytest

from pipeline.engines.job_server import JobServer, Unheard, _start, forget_folder, forget_handed, own_folder
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


class Lasting:
    """A job server that answers nobody, and has a folder of what it hands to workers as Beam's has: None where no option names one."""

    def __init__(self, folder: str | None) -> None:
        self._artifacts_dir = folder


def stopped(server: Lasting, log: Path) -> int:
    """How the process of a job server that was started for a folder ended, once it was stopped."""
    log.touch()
    process = subprocess.Popen(["sleep", "60"])
    JobServer("localhost:1", process, str(log), Unheard(), artifacts=own_folder(server)).stop()
    return process.returncode


@pytest.mark.parametrize("beside", [False, True])
def test_what_was_handed_to_workers_goes_with_the_job_server(tmp_path: Path, beside: bool) -> None:
    """It lies in what the command writes, and is no part of the result; what a crawl has beside it stays."""
    artifacts = tmp_path / "out" / ARTIFACTS
    (artifacts / "of a job").mkdir(parents=True)
    (artifacts / "of a job" / "triptych.whl").write_bytes(b"x")
    if beside:
        (artifacts.parent / "lock").touch()
    assert stopped(Lasting(str(artifacts)), tmp_path / "log") == -signal.SIGTERM
    assert list((tmp_path / "out").rglob("*")) == ([artifacts.parent, artifacts.parent / "lock"] if beside else [])


def test_a_job_server_leaves_no_folder_among_temporary_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beam would make one and leave it; one that the user named is the user's."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    own, users = Lasting(None), Lasting(str(tmp_path / "all"))
    assert own_folder(own) == own._artifacts_dir and own_folder(users) == ""
    (tmp_path / "all").mkdir()
    stopped(Lasting(None), tmp_path / "log")
    forget_folder(str(own._artifacts_dir))
    stopped(users, tmp_path / "log")
    assert [path.name for path in tmp_path.iterdir()] == ["all"]


def test_what_a_killed_command_handed_out_goes_with_the_next_that_holds_the_folder(tmp_path: Path) -> None:
    """Also where that one needs no job server; the output stays, whatever its name."""
    output = tmp_path / "artifacts"
    (output / ARTIFACTS / "of a job").mkdir(parents=True)
    forget_handed(str(output))
    forget_handed(str(output))
    assert [*tmp_path.rglob("*")] == [output]
