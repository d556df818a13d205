"""A stand-in for the REST interface of a Flink cluster, on loopback."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

MB = 2**20


@dataclass
class FlinkRest:
    """What it tells: a version, (name, slots, MB of network memory) of each task manager, the cluster's settings, and jobs by id."""

    version: str = "1.20.1"
    managers: tuple[tuple[str, int, int], ...] = (("tm1", 2, 256), ("tm2", 2, 256))
    config: dict[str, str] = field(default_factory=dict)
    jobs: dict[str, tuple[str, str]] = field(default_factory=dict)  # id -> name, state
    url: str = ""

    def answer(self, path: str) -> Any:
        """What a GET brings."""
        if path == "/overview":
            return {"flink-version": self.version, "taskmanagers": len(self.managers)}
        if path == "/taskmanagers":
            told = [
                {"id": name, "slotsNumber": slots, "memoryConfiguration": {"networkMemory": network * MB}}
                for name, slots, network in self.managers
            ]
            return {"taskmanagers": told}
        if path == "/jobmanager/config":
            return [{"key": key, "value": value} for key, value in self.config.items()]
        if path == "/jobs/overview":
            return {"jobs": [{"jid": job, "name": name, "state": state} for job, (name, state) in self.jobs.items()]}
        return None

    def cancel(self, path: str) -> None:
        """What a PATCH does: the job ends at once."""
        job = path.split("/")[2].partition("?")[0]
        self.jobs[job] = (self.jobs[job][0], "CANCELED")


@contextmanager
def flink_rest(told: FlinkRest) -> Iterator[FlinkRest]:
    """Serve it; `told.url` is its address in the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(told.answer(self.path))

        def do_PATCH(self) -> None:
            told.cancel(self.path)
            self._reply({})

        def _reply(self, found: Any) -> None:
            body = json.dumps(found).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
