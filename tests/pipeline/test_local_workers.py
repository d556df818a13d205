"""Worker processes of the local engine."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pytest
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc

from pipeline import engine
from pipeline.engines.settings import EngineSettings
from pipeline.local_workers import Workers, grpc, logging_server, unless_connection_lost

# As Beam's workers have it, but that they ask two hundred times as often whether the server is there.
OFTEN = [
    ("grpc.keepalive_time_ms", 100),
    ("grpc.keepalive_timeout_ms", 300_000),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.keepalive_permit_without_calls", True),
]


def test_who_says_nothing_is_not_cut_off() -> None:
    """gRPC's own answer to a client that pings and says nothing is to hang up, here behind four seconds."""
    server, port = logging_server()
    enough, ended = threading.Event(), threading.Event()

    def silence() -> Iterator[Any]:
        enough.wait()
        yield beam_fn_api_pb2.LogEntry.List()

    with grpc.insecure_channel(f"localhost:{port}", options=OFTEN) as channel:
        stub = beam_fn_api_pb2_grpc.BeamFnLoggingStub(channel)
        call = stub.Logging(silence(), metadata=(("worker_id", "1"),))
        call.add_callback(ended.set)
        assert not ended.wait(6.0), call.details()
        enough.set()
    server.stop(0)


@pytest.mark.parametrize("asked", ["", "mimalloc"])
def test_arrow_gives_back_what_a_worker_frees(asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own, by the C library's allocator, of one arena; whoever sets another has that one."""
    for name in ("ARROW_DEFAULT_MEMORY_POOL", "MALLOC_ARENA_MAX"):
        monkeypatch.delenv(name, raising=False)
    if asked:
        monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", asked)

    def tell(path: str) -> None:
        told = (os.getpid(), pa.default_memory_pool().backend_name, os.environ["MALLOC_ARENA_MAX"])
        Path(path).write_text(" ".join(map(str, told)))

    class Told(beam.PTransform[Any, Any]):
        def expand(self, begin: Any) -> Any:
            return begin | beam.Create([str(tmp_path / "told")]) | beam.Map(tell)

    engine.run(Told(), EngineSettings(workers=2), "extract")
    process, name, arenas = (tmp_path / "told").read_text().split()
    assert process != str(os.getpid())
    assert (name, arenas) == (asked or "system", "1")


def test_a_lost_connection_is_told_by_the_run_and_by_no_thread(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python's own words for it would stand between ours."""
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
    Workers().start(["true"], {}).wait()

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
