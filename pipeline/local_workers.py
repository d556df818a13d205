"""The worker processes of the local engine, watched: none is lost in silence, and none outlives the driver.

Beam starts a worker behind a shell and waits for it in a thread whose errors nobody hears, so a worker that is killed leaves the run
waiting for ever (docs/sources.md, "Beam engines"). Here a worker has no shell before it, dies with the driver, and its end is told.
"""

import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from apache_beam.portability.api import beam_fn_api_pb2_grpc, endpoints_pb2
from apache_beam.runners.portability import local_job_service
from apache_beam.runners.portability.fn_api_runner import worker_handlers
from apache_beam.utils import thread_pool_executor

from pipeline.engines.beam_libraries import grpc, json_format, text_format
from pipeline.engines.worker import VARIABLES

# Asks Linux to send SIGKILL when the driver ends, however it ends; then becomes the worker. A driver that is gone already is noticed too.
_BOUND = (
    "import ctypes, os, sys\n"
    "ctypes.CDLL(None).prctl(1, 9) if sys.platform == 'linux' else None\n"
    "os.getppid() == int(sys.argv[1]) or os._exit(1)\n"
    "os.execvp(sys.argv[2], sys.argv[2:])\n"
)


# Beam gives these to all its servers but to that of logs, which therefore cuts a worker off that has said nothing in a hundred seconds; the
# worker then waits minutes at its end for a log that nobody takes.
_PATIENT = (("grpc.http2.max_ping_strikes", 0), ("grpc.http2.max_pings_without_data", 0))


# Said of a worker of the local engine that was lost.
_WHY = "(Linux ends processes when memory runs out; --workers sets how many there are)"


def bound(command: list[str]) -> list[str]:
    """A command whose process ends when this one ends, however it ends."""
    return [sys.executable, "-c", _BOUND, str(os.getpid()), *command]


class Workers:
    """The worker processes of one run."""

    def __init__(self) -> None:
        self.lost = ""  # what became of the first that ended before it was told to, and why that may be
        self._ended = threading.Event()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._on_loss: Callable[[], None] = lambda: None

    def watch(self, on_loss: Callable[[], None]) -> None:
        """Call `on_loss` when a worker is lost."""
        self._on_loss = on_loss

    def start(self, command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
        """Start a worker that dies with this process. Its end is told by us alone."""
        threading.excepthook = unless_connection_lost
        process = subprocess.Popen(bound(command), env=environment)
        self._processes.append(process)
        return process

    def ended(self, process: "subprocess.Popen[bytes]") -> None:
        """A worker ended; unless the run is over, it is lost."""
        if process.returncode and not self._ended.is_set() and not self.lost:
            self.lost = f"{how_it_ended(process.returncode)} {_WHY}"
            self._on_loss()

    def lose(self, how: str) -> None:
        """A worker that another process started is lost: `how` it ended, in words, and why that may be."""
        if not self._ended.is_set() and not self.lost:
            self.lost = how
            self._on_loss()

    @property
    def over(self) -> bool:
        """Whether the run is."""
        return self._ended.is_set()

    def failed(self, error: Exception) -> None:
        """A worker could not be started: the machine has no files, processes or memory for it."""
        if not self._ended.is_set() and not self.lost:
            self.lost = f"could not be started: {error} {_WHY}"
            self._on_loss()

    def end(self) -> None:
        """End all workers that are left."""
        self._ended.set()
        for process in self._processes:
            if process.poll() is None:
                process.kill()


def unless_connection_lost(raised: threading.ExceptHookArgs) -> None:
    """Say what ended a thread, but for a connection that is lost: Beam's threads end so where a worker or the job server does."""
    if not isinstance(raised.exc_value, grpc.RpcError):
        threading.__excepthook__(raised)


def how_it_ended(code: int) -> str:
    """How a process ended, in words.

    >>> how_it_ended(-9), how_it_ended(134), how_it_ended(1)
    ('was ended by SIGKILL', 'was ended by SIGABRT', 'ended with status 1')
    """
    number = -code if code < 0 else code - 128
    known = {each.value: each.name for each in signal.Signals}
    return f"was ended by {known[number]}" if number in known else f"ended with status {code}"


class _Worker(local_job_service.SubprocessSdkWorker):
    """Beam's worker process, started by and told to `workers`."""

    workers: Workers

    def run(self) -> None:
        """Start the process and wait for its end. The thread that this runs in is Beam's, and nobody hears what it raises."""
        try:
            self._run()
        except (OSError, RuntimeError) as error:
            self.workers.failed(error)

    def _run(self) -> None:
        logs, port = logging_server()
        options = json_format.MessageToJson(self._provision_info.provision_info.pipeline_options)
        environment = {
            **VARIABLES,
            **os.environ,
            "CONTROL_API_SERVICE_DESCRIPTOR": _descriptor(self._control_address),
            "LOGGING_API_SERVICE_DESCRIPTOR": _descriptor(f"localhost:{port}"),
            "PIPELINE_OPTIONS": options,
            "WORKER_ID": self._worker_id or "",
        }
        with worker_handlers.SUBPROCESS_LOCK:
            process = self.workers.start(shlex.split(self._worker_command_line), environment)
        process.wait()
        self.workers.ended(process)
        logs.stop(0)


def logging_server() -> tuple[Any, int]:
    """A server for the logs of a worker, and its port."""
    server = grpc.server(thread_pool_executor.shared_unbounded_instance(), options=_PATIENT)
    port = server.add_insecure_port("[::]:0")
    server.start()
    servicer = local_job_service.BeamFnLoggingServicer()
    beam_fn_api_pb2_grpc.add_BeamFnLoggingServicer_to_server(servicer, server)
    return server, port


def _descriptor(address: str) -> str:
    return str(text_format.MessageToString(endpoints_pb2.ApiServiceDescriptor(url=address)))


def install(workers: Workers) -> None:
    """Let the local engine start its workers here."""
    watched = type("WatchedWorker", (_Worker,), {"workers": workers})
    setattr(local_job_service, "SubprocessSdkWorker", watched)  # noqa: B010 - to a type checker a class is no variable
