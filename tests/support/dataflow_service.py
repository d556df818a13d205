"""A stand-in for Dataflow's service on loopback: takes jobs over REST, and runs them, fails them, or says that they are done.

Beside it an emulator of Google's storage, where Beam puts the graph and its packages. The address must hold the word `localhost`: by
it Beam takes plain REST and leaves out its checks of project and region. Nothing here shows what the real service does with a job.
"""

import itertools
import json
import re
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

JOBS = re.compile(r"/v1b3/projects/([^/]+)/locations/([^/]+)/jobs(?:\?.*)?$")
JOB = re.compile(r"/v1b3/projects/[^/]+/locations/[^/]+/jobs/([^/?]+)(/messages|/metrics)?")
ENDED = ("JOB_STATE_DONE", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED")
BUCKET = "scratch"


@dataclass
class Service:
    """The running service: its address, that of its storage, its jobs in the order in which they came, and what it does with one."""

    address: str = ""
    storage: str = ""
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    work: Callable[["Service", dict[str, Any]], None] = lambda service, job: end(job)
    refusal: tuple[int, str] | None = None  # the status and the words with which a job is refused
    conflicts: bool = False  # whether a job whose name runs is refused with 409, or answered by the one that runs
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def options(self) -> tuple[str, ...]:
        """Beam's options by which this is Dataflow."""
        return (f"--dataflow_endpoint={self.address}", "--no_auth")

    def staged(self, path: str) -> bytes:
        """An object of the storage, by its path in gs://."""
        bucket, _, name = path.removeprefix("gs://").partition("/")
        quoted = urllib.parse.quote(name, safe="")
        with urllib.request.urlopen(f"{self.storage}/download/storage/v1/b/{bucket}/o/{quoted}?alt=media") as answer:
            data: bytes = answer.read()
        return data

    def graph(self, job: dict[str, Any]) -> bytes:
        """The graph of a job, as it was staged."""
        return self.staged(job["environment"]["sdkPipelineOptions"]["options"]["pipelineUrl"])

    def wait_for(self, job: str) -> None:
        """Until a job has ended."""
        while self.jobs[job]["currentState"] not in ENDED:
            time.sleep(0.02)

    def take(self, job: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Take a job: the status and the answer."""
        if self.refusal:
            status, words = self.refusal
            return status, {"error": {"code": status, "message": words, "status": "PERMISSION_DENIED"}}
        for other in self.jobs.values():
            if other["name"] == job["name"] and other["currentState"] not in ENDED:
                words = f"There is already an active job named {job['name']}."
                refused = {"error": {"code": 409, "message": words, "status": "ALREADY_EXISTS"}}
                return (409, refused) if self.conflicts else (200, plain(other))
        job.update(id=f"2026-11-27_00_00_00-{next(self._numbers)}", currentState="JOB_STATE_RUNNING", said=[])
        self.jobs[job["id"]] = job
        answer = plain(job)
        threading.Thread(target=self.work, args=(self, job), daemon=True).start()
        return 200, answer

    def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        """What a GET is answered."""
        if JOBS.match(path):
            active = re.search(r"filter=(3|ACTIVE)\b", path)
            jobs = [job for job in self.jobs.values() if not active or job["currentState"] not in ENDED]
            return 200, {"jobs": [plain(job) for job in jobs]}
        match = JOB.match(path)
        if match is None or match[1] not in self.jobs:
            return 404, {"error": {"code": 404, "message": path, "status": "NOT_FOUND"}}
        job = self.jobs[match[1]]
        if match[2] == "/messages":
            return 200, {"jobMessages": job["said"]}
        return 200, {"metrics": []} if match[2] else plain(job)


def plain(job: dict[str, Any]) -> dict[str, Any]:
    """A job as the service tells of it."""
    return {name: value for name, value in job.items() if name != "said"}


def end(job: dict[str, Any], state: str = "JOB_STATE_DONE", said: str = "") -> None:
    """End a job; `said` is its last word, an error."""
    if said:
        told = {"id": "1", "time": "2026-11-27T00:00:00Z", "messageText": said}
        job["said"].append(told | {"messageImportance": "JOB_MESSAGE_ERROR"})
    job["currentState"] = state


def run_here(service: Service, job: dict[str, Any]) -> None:
    """Run a job's graph by the local engine in this process, where nothing is left of Dataflow but the graph itself."""
    from apache_beam.options.pipeline_options import PipelineOptions
    from apache_beam.portability.api import beam_runner_api_pb2
    from apache_beam.runners.portability.fn_api_runner import FnApiRunner

    graph = beam_runner_api_pb2.Pipeline.FromString(service.graph(job))
    for environment in graph.components.environments.values():
        environment.urn, environment.payload = "beam:env:embedded_python:v1", b""
        del environment.dependencies[:]
    try:
        FnApiRunner().run_via_runner_api(graph, PipelineOptions([])).wait_until_finish()
    except Exception as error:  # noqa: BLE001 - told as Dataflow tells it
        end(job, "JOB_STATE_FAILED", f"Traceback (most recent call last):\n{error}")
    else:
        end(job)


class _Handler(BaseHTTPRequestHandler):
    service: Service

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        match = JOBS.match(self.path)
        job = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        job.update(projectId=match[1] if match else "", location=match[2] if match else "")
        self._answer(*self.service.take(job))

    def do_GET(self) -> None:
        self._answer(*self.service.answer(self.path))


@contextmanager
def dataflow(patch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The service and its storage while the block runs. Skips where the extra `dataflow` or the emulator is not installed."""
    instead = "not installed here; tests/engines/test_dataflow.py runs this test with it"
    emulator = pytest.importorskip("gcp_storage_emulator.server", reason=f"gcp-storage-emulator is {instead}")
    pytest.importorskip("google.cloud.dataflow", reason=f"triptych[dataflow] is {instead}")
    from apache_beam.internal.gcp import auth
    from apache_beam.runners.dataflow import dataflow_runner

    service = Service()
    handler = type("Handler", (_Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    storage = emulator.create_server("127.0.0.1", 0, in_memory=True, default_bucket=BUCKET)
    storage.start()
    service.address = f"http://localhost:{server.server_port}"
    service.storage = f"http://127.0.0.1:{storage._api._httpd.server_port}"
    patch.setenv("STORAGE_EMULATOR_HOST", service.storage)
    # The search for credentials takes half a minute where there are none.
    patch.setattr(auth._Credentials, "_credentials_init", True)
    patch.setattr(dataflow_runner, "time", _Quick())
    try:
        yield service
    finally:
        storage.stop()
        server.shutdown()
        server.server_close()


class _Quick:
    """The clock of Beam's polls, without their pauses of five seconds."""

    def __getattr__(self, name: str) -> Any:
        return (lambda seconds: time.sleep(0.02)) if name == "sleep" else getattr(time, name)
