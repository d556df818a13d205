"""A Spark standalone cluster on this machine: a master and two workers of one core."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.engines.services import HOST, Services, answer, free_port

WORKERS = ("worker1", "worker2")
MEMORY = "2g"  # of a worker, for its executors
# Java 17 opens these to nobody; Spark's own scripts name the same.
OPENS = (
    "java.base/java.lang",
    "java.base/java.lang.invoke",
    "java.base/java.lang.reflect",
    "java.base/java.io",
    "java.base/java.net",
    "java.base/java.nio",
    "java.base/java.util",
    "java.base/java.util.concurrent",
    "java.base/java.util.concurrent.atomic",
    "java.base/sun.nio.ch",
    "java.base/sun.nio.cs",
    "java.base/sun.security.action",
    "java.base/sun.util.calendar",
    "java.security.jgss/sun.security.krb5",
)


@dataclass(frozen=True)
class SparkCluster:
    """A cluster that runs: its address for drivers, its processes, and Beam's job server for it."""

    master: str
    services: Services
    job_server: Path

    @property
    def options(self) -> list[str]:
        """What a user says of it."""
        return ["--runner", "spark", "--master", self.master, "--workers", str(len(WORKERS))]

    @property
    def beam_options(self) -> list[str]:
        """What a user need not say, who has Beam's job server in one jar."""
        return [
            f"--spark_job_server_jar={self.job_server}/job-server.jar",
            f"--files_to_stage={self.job_server}/empty.jar",
            *(f"--job_server_jvm_properties=-D{name}={value}" for name, value in self._properties.items()),
        ]

    @property
    def _properties(self) -> dict[str, str]:
        """The driver's: a machine's own name may not be one that it finds itself by."""
        here = {"spark.driver.host": HOST, "spark.driver.bindAddress": HOST}
        # Of so little data a partition more costs more than it spreads.
        few = {"spark.default.parallelism": str(2 * len(WORKERS))}
        return here | few | {"spark.executor.extraClassPath": f"{self.job_server}/jars/*"}

    def executors(self) -> list[int]:
        """The ids of the processes that run tasks now, of all jobs."""
        found = (self.services.started(worker, "CoarseGrainedExecutorBackend") for worker in WORKERS)
        return sorted(pid for of_worker in found for pid in of_worker)


@contextmanager
def spark_cluster(home: Path, job_server: Path, folder: Path) -> Iterator[SparkCluster]:
    """The cluster made of the jars of `home`, while its workers are alive; logs go to `folder`."""
    port, page = free_port(), free_port()
    master = f"spark://{HOST}:{port}"
    environment = {"SPARK_HOME": str(home), "SPARK_SCALA_VERSION": "2.12", "SPARK_LOCAL_IP": HOST}
    environment["TRIPTYCH_WORKER_DIR"] = str(folder / "staged")
    java = ["java", "-Xmx256m", *(f"--add-opens={name}=ALL-UNNAMED" for name in OPENS), "-cp", f"{home}/jars/*"]
    here = ["--host", HOST]
    with Services(folder) as services:
        deploy = "org.apache.spark.deploy"
        pages = ["--port", str(port), "--webui-port", str(page)]
        services.start("master", [*java, f"{deploy}.master.Master", *here, *pages], environment)
        services.until(lambda: answer(page, "/json/") is not None)
        for name in WORKERS:
            size = ["--cores", "1", "--memory", MEMORY, "--webui-port", "0", "--work-dir", str(folder / name)]
            services.start(name, [*java, f"{deploy}.worker.Worker", *here, *size, master], environment)
        services.until(lambda: (answer(page, "/json/") or {}).get("aliveworkers") == len(WORKERS))
        yield SparkCluster(master, services, job_server)
