"""Law 5 over Beam's portable job service: the interface that Spark and Flink speak gives the same bytes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.runs import ROOT, recipe, run_on
from tests.support.sample_run import sample_inputs, sample_run


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def serving(module: str, *arguments: str, port: int) -> Iterator[None]:
    """A Beam service in a process group of its own, ended by its id."""
    command = [sys.executable, "-m", module, *arguments]
    # The pool starts its workers as `python`, so that must be the one with our packages.
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    service = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"PATH": path},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, service)
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(service.pid, signal.SIGKILL)  # a worker pool outlives SIGTERM (docs/sources.md, "Worker pools")
        service.wait()


def wait_for(port: int, service: "subprocess.Popen[bytes]") -> None:
    """Until a service listens on its port of loopback, however slow the machine."""
    while service.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise ChildProcessError(f"the service ended before it listened on port {port}")


def test_the_job_service_with_worker_processes(tmp_path: Path) -> None:
    """A job service and a pool of workers that our own program starts end with the manifest of a run in process."""
    inputs = sample_inputs()
    jobs, pool = free_port(), free_port()
    program = ("--container_executable", str(Path(sys.executable).with_name("triptych-worker")))
    with (
        serving("apache_beam.runners.portability.local_job_service_main", "--port", str(jobs), port=jobs),
        serving("apache_beam.runners.worker.worker_pool_main", "--service_port", str(pool), *program, port=pool),
    ):
        options = ("--runner=PortableRunner", f"--job_endpoint=localhost:{jobs}", "--environment_type=EXTERNAL")
        found = run_on(inputs, tmp_path / "out", recipe("kosmos1"), *options, f"--environment_config=localhost:{pool}")
    assert found == sample_run()[1]
