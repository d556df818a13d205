"""Starts the processes of a cluster, waits until they serve, and ends them."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engines import leash

HOST = "127.0.0.1"
POLL = 0.1  # seconds between two looks at what is not there yet


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def answer(port: int, path: str) -> Any:
    """The JSON that a service on this machine has at a path; None where it does not answer with any yet."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


@dataclass
class Services:
    """Processes by name, each the first of a session of its own, whose standard output and errors go to files in a folder.

    They end with this process. Leaving the context ends them and all that they started.
    """

    folder: Path
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def pids(self) -> list[int]:
        """Their process ids."""
        return [process.pid for process in self.processes.values()]

    def __enter__(self) -> "Services":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start a process that is known by this name. A checkout that is on PYTHONPATH is none on a host of a cluster."""
        own = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        bound = [sys.executable, "-I", leash.__file__, str(os.getpid()), *command]
        with self.log(name).open("wb") as out:
            self.processes[name] = subprocess.Popen(
                bound,
                cwd=self.folder,
                env={**own, **(environment or {})},
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def log(self, name: str) -> Path:
        """Where a process writes."""
        return self.folder / f"{name}.log"

    def until(self, ready: Callable[[], bool]) -> None:
        """Wait until all is ready, however slow the machine. Raises ChildProcessError where a process ends before."""
        while not ready():
            for name, process in self.processes.items():
                if process.poll() is not None:
                    said = self.log(name).read_text(errors="replace")[-2000:]
                    raise ChildProcessError(f"{name} ended with {process.returncode} before it served:\n{said}")
            time.sleep(POLL)

    def started(self, name: str, word: str) -> list[int]:
        """The ids of the processes that the process `name` started, of which the command line holds a word."""
        return [pid for pid in _session(self.processes[name].pid) if word in _command_line(pid)]


def _session(leader: int) -> Iterator[int]:
    """The ids of all processes of a session."""
    for entry in Path("/proc").iterdir():
        with suppress(ValueError, OSError):  # no process, or one that has just ended
            if os.getsid(int(entry.name)) == leader:
                yield int(entry.name)


def _command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
