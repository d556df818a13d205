"""A Flink cluster, asked by its REST interface: what it has, what it carries at once, and its jobs."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from schemas.outcomes import UserError

ANSWER_SECONDS = 10  # for the cluster to answer
SEGMENT = 32 * 2**10  # bytes of a buffer, unless the cluster says otherwise
OUTPUT_BUFFERS = 512  # that Flink wants for an output which it writes to disk, unless the cluster says otherwise
# Outputs that tasks in one slot write at once: no task of ours has more than three, and another may be ready beside it.
OUTPUTS = 4
ENDED = frozenset({"FINISHED", "FAILED", "CANCELED"})


@dataclass(frozen=True, slots=True)
class TaskManager:
    """A task manager: its name, slots, and bytes of network memory."""

    name: str
    slots: int
    network: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """What a cluster said: Flink's version, its task managers, and the bytes of network memory that an output needs."""

    version: str
    managers: tuple[TaskManager, ...]
    output_bytes: int = OUTPUT_BUFFERS * SEGMENT

    @property
    def slots(self) -> int:
        """Slots of all task managers."""
        return sum(manager.slots for manager in self.managers)

    @property
    def slot_bytes(self) -> int:
        """Network memory that the tasks of a slot may need."""
        return OUTPUTS * self.output_bytes

    @property
    def parallelism(self) -> int:
        """Tasks of a kind that run at once: a slot each, but no more than the network memory of any task manager carries.

        Flink may place all of them on one that has the slots for it.

        >>> Cluster("1.20.1", (TaskManager("a", 8, 128 * 2**20), TaskManager("b", 8, 128 * 2**20))).parallelism
        2
        """
        poor = [m.network // self.slot_bytes for m in self.managers if m.network < m.slots * self.slot_bytes]
        return min([self.slots, *poor])


def url_of(master: str) -> str:
    """The address of a cluster's REST interface; "" where Beam is to start a cluster by itself.

    >>> url_of("host:8081"), url_of("https://host/"), url_of("[auto]")
    ('http://host:8081', 'https://host', '')
    """
    master = master.strip().rstrip("/")
    return "" if not master or master.startswith("[") else master if "://" in master else f"http://{master}"


def ask(url: str) -> Cluster:
    """What the cluster at an address is. Raises UserError where it does not answer, or has nobody to work."""
    overview = get(url, "/overview")
    version = str(overview.get("flink-version", ""))
    if not version:
        raise UserError(
            f"--master {url} answers, but not as Flink's REST interface does: name the JobManager, HOST:8081"
        )
    managers = tuple(manager_of(each) for each in get(url, "/taskmanagers")["taskmanagers"])
    if not any(manager.slots for manager in managers):
        raise UserError(
            f"the Flink cluster at {url} has no task managers: start some (bin/taskmanager.sh start), then again"
        )
    config = {each["key"]: each["value"] for each in get(url, "/jobmanager/config")}
    buffers = int(config.get("taskmanager.network.sort-shuffle.min-buffers", OUTPUT_BUFFERS))
    return Cluster(version, managers, buffers * bytes_of(config.get("taskmanager.memory.segment-size", "32kb")))


def manager_of(told: dict[str, Any]) -> TaskManager:
    """A task manager of what the cluster tells of it; memory is unbounded where it tells nothing."""
    memory = told.get("memoryConfiguration", {}).get("networkMemory")
    return TaskManager(str(told["id"]), int(told["slotsNumber"]), 2**62 if memory is None else int(memory))


def bytes_of(size: str) -> int:
    """Bytes of a size as Flink's configuration writes it.

    >>> bytes_of("32kb"), bytes_of("64 mb"), bytes_of("1024")
    (32768, 67108864, 1024)
    """
    text = size.strip().lower()
    number = text.rstrip("bytesikmg ")
    unit = text[len(number) :].strip()[:1]
    return int(number) * {"k": 2**10, "m": 2**20, "g": 2**30}.get(unit, 1)


def running(url: str) -> Iterator[tuple[str, str]]:
    """Id and name of the jobs that have not ended."""
    for job in get(url, "/jobs/overview")["jobs"]:
        if job["state"] not in ENDED:
            yield str(job["jid"]), str(job["name"])


def cancel(url: str, is_ours: Callable[[str], bool], patience: float) -> list[str]:
    """Cancel the jobs with names that are ours, and wait up to `patience` seconds until they have ended; their ids."""
    found = [job for job, name in running(url) if is_ours(name)]
    for job in found:
        get(url, f"/jobs/{job}?mode=cancel", "PATCH")
    end = time.monotonic() + patience
    while found and time.monotonic() < end and {job for job, _ in running(url)} & set(found):
        time.sleep(0.5)
    return found


def get(url: str, path: str, method: str = "GET") -> Any:
    """What the cluster answers. Raises UserError where it does not. It is asked directly, as Beam's job server does, without a proxy."""
    try:
        with build_opener(ProxyHandler({})).open(Request(url + path, method=method), timeout=ANSWER_SECONDS) as answer:
            return json.loads(answer.read() or b"{}")
    except HTTPError as error:
        raise UserError(f"the Flink cluster at {url} refuses {path}: {error}") from error
    except (URLError, OSError, ValueError) as error:
        said = getattr(error, "reason", error)
        raise UserError(
            f"no Flink cluster answers at {url}: {said}; --master names its JobManager's REST port, HOST:8081"
        ) from error
