"""Beam's job server, as a command starts it."""

import threading

import pytest

from pipeline.engines.beam_libraries import grpc
from pipeline.engines.job_server import unless_connection_lost


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
