"""Beam's job server for Spark or Flink, a Java process, or Prism, which is one itself: a command starts it once, for all its steps.

Beam starts one for each step, from the main thread alone, and repeats its command line at each start and end. Here it dies with the
command, however that ends, and what it says goes to a file.
"""

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions
from apache_beam.runners.portability.flink_runner import FlinkJarJobServer, FlinkRunner
from apache_beam.runners.portability.prism_runner import PrismJobServer
from apache_beam.runners.portability.spark_runner import SparkJarJobServer

from pipeline import local_workers
from pipeline.engines.beam_libraries import grpc
from pipeline.engines.settings import FLINK, PRISM, SPARK
from schemas.outcomes import UserError

JARS = "--spark_job_server_jar=FILE or --flink_job_server_jar=FILE"
LOOK_SECONDS = 0.2  # between two looks whether it has started


@dataclass
class JobServer:
    """A job server that runs: its address, its process, and the file that it writes to."""

    endpoint: str
    process: "subprocess.Popen[bytes]"
    log: str


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
        _STARTED[known] = started = _start(server, options.view_as(PortableOptions).job_server_timeout)
    return started


def _of_spark(options: PipelineOptions) -> Any:
    return SparkJarJobServer(options)


def _of_flink(options: PipelineOptions) -> Any:
    server = FlinkJarJobServer(options)
    server._master_url = FlinkRunner.add_http_scheme(server._master_url)
    return server


_SERVERS = {SPARK: _of_spark, FLINK: _of_flink, PRISM: PrismJobServer}


def _start(server: Any, patience: float) -> JobServer:
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
            return JobServer(endpoint, process, log)
    finally:
        channel.close()
    ended = process.poll()
    process.kill()
    how = f"ended with status {ended}" if ended is not None else f"did not answer in {patience:.0f} s"
    raise UserError(f"the job server {how}: {log} holds what it said; its command: {' '.join(words)[:500]}")


def command_of(server: Any) -> tuple[list[Any], str]:
    """How a job server is started, and its address. Raises UserError where its jar cannot be had."""
    try:
        return server.subprocess_cmd_and_endpoint()
    except (OSError, RuntimeError, ValueError) as error:
        what, way = (
            ("Prism", "--prism_location=FILE") if isinstance(server, PrismJobServer) else ("Beam's job server", JARS)
        )
        raise UserError(
            f"{what} cannot be had: {error}; download it where there is a network, and name it by {way} behind --"
        ) from error


def stop_all() -> None:
    """End all that were started."""
    for server in _STARTED.values():
        if server.process.poll() is None:
            server.process.terminate()
    _STARTED.clear()
