"""Several hosts on this machine, which are name spaces of Linux: each with an address, a host name, process ids and a /tmp of its own.

They see each other through a switch that nothing else of the machine is on. It takes root, `ip` (iproute2), `unshare` and `nsenter`
(util-linux). All of it ends with the process that made it, however that ends: name spaces and addresses live as long as their processes.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.processes import processes
from tests.engines import leash

SERVED_SECONDS = 120.0
# No mount of a host reaches another; its /tmp is its own, and what it may not see is empty; names are known as by DNS.
SET_UP = """
set -e
read go
mount --make-rprivate /
mount -t proc proc /proc
mount --bind {names} /etc/hosts
for hidden in {hidden}; do mount -t tmpfs tmpfs $hidden; done
mount --bind {tmp} /tmp
hostname {name}
ip link set lo up
ip addr add {address}/24 dev eth0
ip link set eth0 up
echo up
exec sleep infinity
"""
SWITCH = "ip link add switch type bridge && ip link set switch up && echo up && exec sleep infinity"


def bound(command: Sequence[str]) -> list[str]:
    """A command that ends with this process."""
    return [sys.executable, "-I", leash.__file__, str(os.getpid()), *command]


def holder(apart: Sequence[str], script: str, log: Path) -> "subprocess.Popen[bytes]":
    """A process in name spaces of its own, which runs a script and holds them."""
    with log.open("ab") as errors:
        command = bound(["unshare", *apart, "sh", "-c", script])
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)


def until_up(process: "subprocess.Popen[bytes]", what: str) -> None:
    """Let a holder go on, and wait until it says that all is set up. Raises ChildProcessError."""
    assert process.stdin and process.stdout
    process.stdin.write(b"go\n")
    process.stdin.close()
    with process.stdout as said:
        came_up = said.readline() == b"up\n"
    if not came_up:
        raise ChildProcessError(f"{what} did not come up: it takes root, iproute2 and util-linux")


@dataclass
class Host:
    """A host: the process that holds it, its own first process, by whose end all others of it end, and its address."""

    holder: "subprocess.Popen[bytes]"
    first: int
    address: str
    log: Path
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self, what: str, command: Sequence[str], **variables: str) -> "subprocess.Popen[bytes]":
        """Start a process on the host; what it says goes to a file. A checkout on PYTHONPATH is none on a host."""
        own = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | variables
        enter = ["nsenter", "-t", str(self.first), "--net", "--mount", "--uts", "--ipc", "--pid", "--wdns=/tmp"]
        with self.log.with_suffix(f".{what}.log").open("ab") as log:
            whole = bound([*enter, *command])
            process = subprocess.Popen(whole, env=own, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def until_served(self, url: str, ready: str) -> None:
        """Wait until a page, asked for from this host, has a text in it. Raises TimeoutError."""
        ask = f"import urllib.request as r; print(r.urlopen({url!r}, timeout=5).read().decode())"
        command = ["nsenter", "-t", str(self.first), "--net", sys.executable, "-I", "-c", ask]
        end = time.monotonic() + SERVED_SECONDS
        while ready not in subprocess.run(command, capture_output=True, text=True).stdout.replace(" ", ""):
            if time.monotonic() > end:
                raise TimeoutError(f"{url} does not say {ready}")
            time.sleep(0.5)

    def has(self, kind: str) -> bool:
        """Whether a process of this kind (see `benchmarks.processes`) runs on the host."""
        mine = os.readlink(f"/proc/{self.first}/ns/pid")
        for pid in (pid for pid, process in processes().items() if process.kind == kind):
            with suppress(OSError):  # it has just ended
                if os.readlink(f"/proc/{pid}/ns/pid") == mine:
                    return True
        return False

    def end(self) -> None:
        """Kill all processes of the host at once: the system does so where the first one is killed."""
        with suppress(ProcessLookupError):
            os.kill(self.first, signal.SIGKILL)
        for process in (self.holder, *self.processes):
            process.wait()


@dataclass
class Hosts:
    """Hosts by name, with the address of each, what each may not see, where they write, and what they are on."""

    addresses: Mapping[str, str]
    hidden: Mapping[str, Sequence[Path]]
    logs: Path
    switch: int
    up: dict[str, Host] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Host:
        return self.up[name]

    def boot(self, name: str) -> Host:
        """Start a host: its first process, and its network card."""
        tmp = self.logs / f"tmp-{name}"
        tmp.mkdir(exist_ok=True)
        address, hidden = self.addresses[name], " ".join(map(str, self.hidden.get(name, ())))
        script = SET_UP.format(name=name, address=address, names=self.logs / "hosts", tmp=tmp, hidden=hidden)
        apart = ["--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child"]
        process = holder(apart, script, self.logs / f"{name}.log")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not (first := children.read_text().split()):
            time.sleep(0.02)
        self.plug("add", self.port(name), "type", "veth", "peer", "name", "eth0", "netns", first[0])
        self.plug("set", self.port(name), "master", "switch", "up")
        until_up(process, name)
        self.up[name] = Host(process, int(first[0]), address, self.logs / name)
        return self.up[name]

    def lose(self, name: str) -> None:
        """Pull a host's plug and kill it: nobody hears of it, not even that its connections end."""
        self.plug("delete", self.port(name))
        self.up[name].end()

    def port(self, name: str) -> str:
        """Where a host is plugged in."""
        return f"port{list(self.addresses).index(name)}"

    def plug(self, *words: str) -> None:
        """Change what is plugged into the switch."""
        subprocess.run(["nsenter", "-t", str(self.switch), "--net", "ip", "link", *words], check=True)


@contextmanager
def hosts(addresses: Mapping[str, str], hidden: Mapping[str, Sequence[Path]], logs: Path) -> Iterator[Hosts]:
    """Hosts of these names and addresses, until the block ends; from each of them its `hidden` folders are."""
    names = [f"{address} {name}\n" for name, address in addresses.items()]
    (logs / "hosts").write_text("".join(["127.0.0.1 localhost\n", *names]))
    with ExitStack() as ends:
        process = holder(["--net"], SWITCH, logs / "switch.log")
        ends.callback(process.wait)
        ends.callback(process.kill)
        until_up(process, "the switch")
        made = Hosts(addresses, hidden, logs, process.pid)
        ends.callback(lambda: [host.end() for host in made.up.values()])
        for name in addresses:
            made.boot(name)
        yield made
