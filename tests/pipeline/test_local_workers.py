"""Workers that say nothing for long are not cut off from the server of their logs."""

import threading
from collections.abc import Iterator
from typing import Any

from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc

from pipeline.local_workers import grpc, logging_server

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
