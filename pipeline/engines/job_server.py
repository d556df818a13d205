"""Beam's job server for Spark or Flink, a Java process, or Prism, which is one itself: a command starts it once, for all its steps.

Beam starts one for each step, from the main thread alone, and repeats its command line at each start and end. Here it dies with the
command, however that ends, and what it says goes to a file, of which people hear what concerns them.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions
from apache_beam.runners.portability.flink_runner import FlinkJarJobServer, FlinkRunner
from apache_beam.runners.portability.prism_runner import PrismJobServer
from apache_beam.runners.portability.spark_runner import SparkJarJobServer

from pipeline import local_workers
from pipeline.credentials import holds_secret
from pipeline.engines.beam_libraries import grpc
from pipeline.engines.settings import FLINK, PRISM, SPARK
from pipeline.engines.spark_log import SparkLog
from pipeline.engines.worker import ARTIFACTS
from schemas.outcomes import UserError

JARS = "--spark_job_server_jar=FILE or --flink_job_server_jar=FILE"
LOOK_SECONDS = 0.2  # between two looks whether it has started
READ_SECONDS = 1.0  # between two looks into its log
STARVED_SECONDS = 600.0  # without a single executor, after which a job is given up
STOP_SECONDS = 10.0  # for a job server to end its application

Note = Callable[[str], None]


class Unheard:
    """The log of an engine of which nothing is told."""

    where = ""
    no_master = False
    waiting = False
    silent = ""

    def hear(self, line: str) -> str:
        """Nothing."""
        return ""


@dataclass
class JobServer:
    """A job server that runs: its address, its process, the file that it writes to, and who reads that."""

    endpoint: str
    process: "subprocess.Popen[bytes]"
    log: str
    heard: SparkLog | Unheard
    starved: bool = False  # given up, since no executor came
    failed: bool = False  # a job failed, so its log is kept
    artifacts: str = ""  # our folder of what it hands to workers
    _read: int = field(default=0, init=False)

    def tell(self, note: Note) -> None:
        """Read on in the log, and tell what concerns people."""
        with open(self.log, "rb") as file:
            file.seek(self._read)
            whole = file.read().rpartition(b"\n")[0]
        self._read += len(whole) + bool(whole)
        for line in whole.decode(errors="replace").splitlines():
            if said := self.heard.hear(line):
                note(said)

    @contextmanager
    def followed(self, note: Note) -> Iterator[None]:
        """In the block, tell `note` what happens; end the job server where no executor comes."""
        over = threading.Event()

        def follow() -> None:
            since = time.monotonic()
            while not over.wait(READ_SECONDS):
                self.tell(note)
                since = since if self.heard.waiting else time.monotonic()
                if time.monotonic() - since > STARVED_SECONDS:
                    self.starved = True
                    self.process.terminate()

        thread = threading.Thread(target=follow, name="job server", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            self.tell(note)

    def stop(self) -> None:
        """End it and its application; its log goes where nothing failed, and what was handed to workers."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        self.process.kill()
        if not self.failed:
            os.unlink(self.log)
        forget_folder(self.artifacts)


_STARTED: dict[tuple[str, ...], JobServer] = {}


def for_options(kind: str, options: PipelineOptions) -> JobServer | None:
    """The job server of `kind` for these options, started where there is none yet; None for an engine that needs none of ours.

    Raises UserError where it does not start.
    """
    if kind not in _SERVERS or options.view_as(PortableOptions).job_endpoint:
        return None
    server: Any = _SERVERS[kind](options)
    known = (kind, *(str(getattr(server, name, "")) for name in ("_master_url", "_jar", "_jvm_properties", "_path")))
    started = _STARTED.get(known)
    if started is None or started.process.poll() is not None:
        if not _STARTED:
            atexit.register(stop_all)
            threading.excepthook = local_workers.unless_connection_lost
        heard = SparkLog() if kind == SPARK else Unheard()
        _STARTED[known] = started = _start(server, options.view_as(PortableOptions).job_server_timeout, heard)
    return started


def _of_flink(options: PipelineOptions) -> Any:
    server = FlinkJarJobServer(options)
    server._master_url = FlinkRunner.add_http_scheme(server._master_url)
    return server


_SERVERS = {SPARK: SparkJarJobServer, FLINK: _of_flink, PRISM: PrismJobServer}


def _start(server: Any, patience: float, heard: SparkLog | Unheard) -> JobServer:
    artifacts = own_folder(server)
    command, endpoint = command_of(server)
    words = [str(word) for word in command]
    handle, log = tempfile.mkstemp(prefix="triptych-job-server-", suffix=".log")
    with os.fdopen(handle, "wb") as file:
        bound = local_workers.bound(words)
        process = subprocess.Popen(bound, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)
    channel = grpc.insecure_channel(endpoint)
    ready = grpc.channel_ready_future(channel)
    end = time.monotonic() + patience
    try:
        while time.monotonic() < end and process.poll() is None:
            try:
                ready.result(timeout=LOOK_SECONDS)
            except grpc.FutureTimeoutError:
                continue
            return JobServer(endpoint, process, log, heard, artifacts=artifacts)
    finally:
        channel.close()
    ended = process.poll()
    process.kill()
    forget_folder(artifacts)
    how = f"ended with status {ended}" if ended is not None else f"did not answer in {patience:.0f} s"
    shown = " ".join(word for word in words if not holds_secret(word))
    raise UserError(f"the job server {how}: {log} holds what it said; its command: {shown[:500]}")


def own_folder(server: Any) -> str:
    """The folder in which a job server keeps what it hands to workers, which goes with it; "" where the user named it, or it has none.

    Beam's own in the temporary folder would stay.
    """
    named = getattr(server, "_artifacts_dir", "")
    if named is None:
        server._artifacts_dir = tempfile.mkdtemp(prefix="triptych-artifacts-")
    elif not named.endswith(ARTIFACTS):
        return ""
    return str(server._artifacts_dir)


def forget_folder(folder: str) -> None:
    """Take away what `own_folder` made; of one in an output what it lay in too, where nothing else is there, such as what a crawl has."""
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    if folder.endswith(ARTIFACTS):
        with suppress(OSError):
            os.rmdir(os.path.dirname(folder))


def forget_handed(output: str) -> None:
    """Take away what job servers of commands that were killed have left of what they handed to workers."""
    if "://" not in output:
        forget_folder(os.path.join(os.path.abspath(output), ARTIFACTS))


def command_of(server: Any) -> tuple[list[Any], str]:
    """How a job server is started, and its address. Raises UserError where its jar cannot be had."""
    with _wanted(isinstance(server, PrismJobServer)):
        command: tuple[list[Any], str] = server.subprocess_cmd_and_endpoint()
        return command


def bring_jar(kind: str, options: PipelineOptions) -> None:
    """Download the jar where it is not here yet. Raises UserError where it cannot be had."""
    server: Any = _SERVERS[kind](options)
    named = str(server._jar or "")
    if named and "://" not in named and not os.path.isfile(named):
        raise UserError(f"{named}: no such file; it is to be the jar of Beam's job server")
    with _wanted():
        server.local_jar(server.path_to_jar(), server._jar_cache_dir)


def bring_prism(options: PipelineOptions) -> None:
    """Download Prism where it is not here yet. Raises UserError where it cannot be had."""
    with _wanted(prism=True):
        PrismJobServer(options)._get_executable_path()


@contextmanager
def _wanted(prism: bool = False) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        what, way = ("Prism", "--prism_location=FILE") if prism else ("Beam's job server", JARS)
        raise UserError(
            f"{what} cannot be had: {' '.join(str(error).split())}; download it where there is a network, "
            f"and name it by {way} behind --"
        ) from error


def stop_all() -> None:
    """End all that were started."""
    for server in _STARTED.values():
        server.stop()
    _STARTED.clear()
