"""Hosts that are name spaces of this machine."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.hosts import hosts

ADDRESSES = {"one": "10.213.9.11", "two": "10.213.9.12"}
ABOUT = "import os, socket; print(os.getpid(), socket.gethostname(), sorted(os.listdir('/tmp')), os.listdir({!r}))"


def can_make_hosts() -> bool:
    """Whether this process may make name spaces; in most containers it may not."""
    tools = all(map(shutil.which, ("ip", "unshare", "nsenter")))
    apart = ["unshare", "--net", "--mount", "--pid", "--fork", "ip", "link", "add", "switch", "type", "bridge"]
    return tools and os.geteuid() == 0 and not subprocess.run(apart, capture_output=True).returncode


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder outside of /tmp, of which each host has another."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.mark.skipif(
    not can_make_hosts(), reason="it takes root, iproute2 and util-linux, and a system that lets make name spaces"
)
def test_hosts_are_apart_and_end_whole(outside: Path) -> None:
    """Process ids, names and /tmp are their own, what is hidden is empty, and of a lost host nothing runs on."""
    logs, hidden = outside / "logs", outside / "hidden"
    for folder in (logs, hidden):
        folder.mkdir()
    (hidden / "file").touch()
    with hosts(ADDRESSES, {"two": [hidden]}, logs) as made:
        for name in ADDRESSES:
            code = f"open('/tmp/of-{name}', 'w'); {ABOUT.format(str(hidden))}"
            assert made[name].start("about", [sys.executable, "-I", "-c", code]).wait() == 0
        one, two = ((logs / f"{name}.about.log").read_text().split(maxsplit=1) for name in ADDRESSES)
        assert (one[1], two[1]) == ("one ['of-one'] ['file']\n", "two ['of-two'] []\n")
        assert max(int(one[0]), int(two[0])) < 100
        serve = ["-I", "-m", "http.server", "--bind", ADDRESSES["two"], "--directory", "/tmp", "8000"]
        served = made["two"].start("serve", [sys.executable, *serve])
        made["one"].until_served(f"http://{ADDRESSES['two']}:8000/", "of-two")
        made.lose("two")
        assert served.returncode == -signal.SIGKILL
        made.boot("two")
        assert made["two"].start("about", [sys.executable, "-I", "-c", code]).wait() == 0
    assert made["two"].holder.poll() is not None
