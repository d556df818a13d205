"""Whether what a cluster's job needs is here, asked before anything is written: Java, Beam's job server, and the cluster itself."""

import os
import re
import socket
import subprocess
from collections.abc import Mapping

from apache_beam.options.pipeline_options import JobServerOptions, PipelineOptions, PortableOptions, SparkRunnerOptions

from pipeline.engines import flink, job_server
from pipeline.engines.options import beam_options
from pipeline.engines.settings import FLINK, PRISM, SPARK, EngineSettings
from schemas.outcomes import UserError

LEAST_JAVA = 11
SECONDS = 10.0  # for a master to answer
YARN_PLACES = ("HADOOP_CONF_DIR", "YARN_CONF_DIR")  # those that spark-submit asks for
_MASTER = re.compile(r"(?:spark://)?([^:,/\[\]]+):(\d+)")


def check_ready(settings: EngineSettings) -> None:
    """Raise UserError where a job on the engine cannot begin. Brings the jar of the job server where it is not here yet."""
    if settings.kind == PRISM:
        job_server.bring_prism(PipelineOptions(beam_options(settings, "check")))
    if settings.kind not in (SPARK, FLINK):
        return
    if settings.kind == FLINK:  # which job server it is follows from the cluster
        settings = flink.known(settings)
    options = PipelineOptions(beam_options(settings, "check"))
    if not options.view_as(PortableOptions).job_endpoint:
        check_java(options.view_as(JobServerOptions).job_server_java_launcher)
        if settings.kind == SPARK:
            check_yarn(options.view_as(SparkRunnerOptions).spark_master_url, os.environ)
        job_server.bring_jar(settings.kind, options)
    if settings.kind == SPARK:
        check_master(options.view_as(SparkRunnerOptions).spark_master_url)


def check_yarn(url: str, environment: Mapping[str, str]) -> None:
    """Raise UserError where YARN is the master and nothing says where it is: a job would ask for it at 0.0.0.0, for ever.

    >>> check_yarn("yarn", {"HADOOP_CONF_DIR": "/etc/hadoop"})
    """
    if url == "yarn" and not any(environment.get(name) for name in YARN_PLACES):
        raise UserError(
            f"--master yarn: neither {' nor '.join(YARN_PLACES)} is set, by which Spark finds YARN: "
            "set one to the folder of yarn-site.xml"
        )


def check_java(launcher: str) -> None:
    """Raise UserError where Java is missing or too old."""
    todo = (
        f"the command starts Beam's job server with Java {LEAST_JAVA} or newer: install it, "
        "or name it by --job_server_java_launcher=PATH behind --"
    )
    try:
        said = subprocess.run(
            [launcher, "-version"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
    except OSError as error:
        raise UserError(f"{launcher} cannot be started ({error.strerror}); {todo}") from error
    version = java_version(said.stderr + said.stdout)
    if said.returncode or version < LEAST_JAVA:
        raise UserError(f"{launcher} is Java {version or 'of no version that it says'}; {todo}")


def java_version(said: str) -> int:
    """The number of the version in what `java -version` says, 0 where there is none.

    >>> java_version('openjdk version "17.0.15" 2025-04-15'), java_version('java version "1.8.0_292"')
    (17, 8)
    """
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else 0


def check_master(url: str) -> None:
    """Raise UserError where none of the masters that a URL names takes a connection; a master of another kind is not asked.

    >>> check_master("local[2]")
    """
    asked = _MASTER.findall(url) if url.startswith("spark://") else []
    why = ""
    for host, port in asked:
        try:
            socket.create_connection((host, int(port)), SECONDS).close()
        except OSError as error:
            why = error.strerror or str(error)
        else:
            return
    if asked:
        raise UserError(
            f"no Spark master answers at {url} ({why}): its page names its address, and a firewall may stand between (docs/clusters.md)"
        )
