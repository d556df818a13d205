"""Beam's job server, as a command starts it."""

import threading

import pytest

from pipeline.engines.beam_libraries import grpc
from pipeline.engines.job_server import Unheard, _start, unless_connection_lost
from schemas.outcomes import UserError


def test_a_lost_connection_is_told_by_the_run_and_by_no_thread(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python's own words for it would stand between ours."""
    monkeypatch.setattr(threading, "excepthook", unless_connection_lost)

    def end_with(error: Exception) -> None:
        raise error

    thread = threading.Thread(target=end_with, args=(grpc.RpcError(),))
    thread.start()
    thread.join()
    assert capsys.readouterr().err == ""


def test_another_error_of_a_thread_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """As Python shows it."""
    error = KeyError("x")
    unless_connection_lost(threading.ExceptHookArgs((KeyError, error, None, None)))
    assert "KeyError: 'x'" in capsys.readouterr().err


class Ending:
    """A job server that ends at once."""

    def subprocess_cmd_and_endpoint(self) -> tuple[list[str], str]:
        """Its command, which is given the key of a store, and its address."""
        return ["sh", "-c", "exit 3", "-Dspark.hadoop.fs.s3a.secret.key=hush", "--job-port=1"], "127.0.0.1:1"


def test_the_command_of_a_job_server_that_ends_tells_no_key() -> None:
    """All else of it is told."""
    with pytest.raises(UserError, match=r"ended with status 3: .* its command: sh -c exit 3 --job-port=1$"):
        _start(Ending(), 60.0, Unheard())
