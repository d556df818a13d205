"""Processes of a cluster end with the tests, however these end."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engines.services import Services
from tests.support.shared_data import ROOT


def running(pid: int) -> bool:
    """Whether a process is there and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_service_ends_with_its_context(tmp_path: Path) -> None:
    """With all that it started."""
    with Services(tmp_path) as services:
        services.start("shell", ["sh", "-c", "sleep 600 & wait"])
        services.until(lambda: bool(services.started("shell", "sleep 600")))
        pids = [services.processes["shell"].pid, *services.started("shell", "sleep")]
    while any(map(running, pids)):
        time.sleep(0.05)


def test_a_service_ends_when_the_tests_are_killed(tmp_path: Path) -> None:
    """kill -9 of the process that started it leaves nothing behind."""
    code = (
        "import sys; from pathlib import Path; from tests.engines.services import Services\n"
        "services = Services(Path(sys.argv[1]))\n"
        "services.start('sleep', ['sleep', '600'])\n"
        "services.until(lambda: bool(services.started('sleep', 'sleep 600')))\n"
        "print(services.processes['sleep'].pid, flush=True)\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert running(pid)
        process.kill()
    while running(pid):
        time.sleep(0.05)


def test_a_service_that_ends_before_it_serves_says_why(tmp_path: Path) -> None:
    """With the end of its log."""
    with Services(tmp_path) as services, pytest.raises(ChildProcessError, match=r"(?s)broken ended with 3 .*no port"):
        services.start("broken", ["sh", "-c", "echo no port; exit 3"])
        services.until(lambda: False)
