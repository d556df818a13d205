"""A Flink session cluster on this machine: a JobManager and two TaskManagers of one slot."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.engines.java import FRUGAL
from tests.engines.services import HOST, Services, answer, free_port

MANAGERS = ("taskmanager1", "taskmanager2")
# Without Flink's scripts nothing computes these: every key of memory has to be set.
MEMORY = {
    "task.heap": "512m",
    "task.off-heap": "0m",
    "framework.heap": "128m",
    "framework.off-heap": "128m",
    "managed": "128m",
    "jvm-metaspace": "256m",
}
NETWORK, OVERHEAD = "160m", "192m"
# Buffers of 32 kB for each exchange that sorts. All of `decide` is deployed at once, and with Flink's own 512 it would want 320 MB.
SORT_BUFFERS = 64
EXPORTS = (
    "java.base/sun.net.util",
    "java.rmi/sun.rmi.registry",
    "java.security.jgss/sun.security.krb5",
)
OPENS = (
    "java.base/java.lang",
    "java.base/java.lang.reflect",
    "java.base/java.net",
    "java.base/java.io",
    "java.base/java.nio",
    "java.base/java.text",
    "java.base/java.time",
    "java.base/java.util",
    "java.base/java.util.concurrent",
    "java.base/java.util.concurrent.atomic",
    "java.base/java.util.concurrent.locks",
    "java.base/sun.nio.ch",
)
_ENTRY = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"


@dataclass(frozen=True)
class FlinkCluster:
    """A cluster that runs: its address for drivers, its processes, and Beam's job server for it."""

    master: str
    services: Services
    job_server: Path

    @property
    def options(self) -> list[str]:
        """What a user says of it."""
        return ["--runner", "flink", "--master", self.master, "--workers", str(len(MANAGERS))]

    @property
    def beam_options(self) -> list[str]:
        """What a user need not say, who has Beam's job server in one jar."""
        return [
            f"--flink_job_server_jar={self.job_server}/job-server.jar",
            f"--files_to_stage={self.job_server}/empty.jar",
            "--flink_version=1.20",  # names a jar that is not asked for; Beam in Python no longer knows the cluster's
        ]


def configuration(port: int, page: int) -> dict[str, object]:
    """Flink's configuration of the cluster; `port` is for its own processes, `page` for drivers and people."""
    memory = {f"taskmanager.memory.{part}.size": size for part, size in MEMORY.items()}
    for end in ("min", "max"):
        memory |= {f"taskmanager.memory.network.{end}": NETWORK, f"taskmanager.memory.jvm-overhead.{end}": OVERHEAD}
    return {
        "jobmanager.rpc.address": HOST,
        "jobmanager.rpc.port": port,
        "jobmanager.bind-host": HOST,
        "rest.address": HOST,
        "rest.bind-address": HOST,
        "rest.port": page,
        "parallelism.default": len(MANAGERS),
        "taskmanager.host": HOST,
        "taskmanager.bind-host": HOST,
        "taskmanager.numberOfTaskSlots": 1,
        "taskmanager.cpu.cores": 1.0,
        "taskmanager.network.sort-shuffle.min-buffers": SORT_BUFFERS,
        # Beam's classes stand on the class path of the cluster; a second time, from a job's jars, they are others.
        "classloader.resolve-order": "parent-first",
        **memory,
    }


@contextmanager
def flink_cluster(home: Path, job_server: Path, folder: Path) -> Iterator[FlinkCluster]:
    """The cluster made of the jars of `home` and Beam's classes for workers, while its TaskManagers are there; logs go to `folder`."""
    port, page = free_port(), free_port()
    settings = folder / "conf"
    settings.mkdir()
    lines = (f"{key}: {json.dumps(value)}\n" for key, value in configuration(port, page).items())
    (settings / "config.yaml").write_text("".join(lines))
    opens = [f"--add-exports={name}=ALL-UNNAMED" for name in EXPORTS] + [
        f"--add-opens={name}=ALL-UNNAMED" for name in OPENS
    ]
    java = ["java", *FRUGAL, *opens, "-cp", f"{home}/lib/*:{job_server}/workers/*"]
    configured = ["--configDir", str(settings)]
    with Services(folder) as services:
        services.start("jobmanager", [*java, "-Xmx448m", _ENTRY, *configured])
        for name in MANAGERS:
            scratch = folder / name
            scratch.mkdir()
            own = ["-D", f"taskmanager.resource-id={name}", "-D", f"io.tmp.dirs={scratch}"]
            command = [*java, "-Xmx640m", "-XX:MaxDirectMemorySize=400m", _MANAGER, *configured, *own]
            services.start(name, command, {"TRIPTYCH_WORKER_DIR": str(folder / "staged")})
        services.until(lambda: (answer(page, "/overview") or {}).get("taskmanagers") == len(MANAGERS))
        yield FlinkCluster(f"{HOST}:{page}", services, job_server)
