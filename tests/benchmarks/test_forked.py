"""Tests of commands that are given in forked children."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os, signal, sys, time
from pathlib import Path

import jobs.cli
from benchmarks import forked

log = Path(sys.argv[1])
own = jobs.cli.main
forked.import_all()
print(forked.call(["rum"], log, 60))
jobs.cli.main = lambda arguments: os.kill(os.getpid(), signal.SIGSEGV)
print(forked.call([], log, 60))
jobs.cli.main = lambda arguments: time.sleep(3600)
print(forked.call([], log, 0.1))
jobs.cli.main = lambda arguments: print("before", file=sys.stderr) or 1 / 0
print(forked.call([], log, 60).said.splitlines()[0])
jobs.cli.main = own
print(forked.call(["recipes"], log, 60))
"""


def test_a_child_ends_as_a_process_would(tmp_path: Path) -> None:
    """A wrong command, a crash, a hang, an error that nobody catches and a command that is done, one after the other."""
    # A process of its own, since a fork is only sound where no other test has left threads.
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "log")], capture_output=True, text=True, timeout=300
    )
    assert done.stdout.splitlines() == [
        """Ended(status=2, said="triptych: no command 'rum'; did you mean run? (triptych --help says what each does)\\n")""",
        "Ended(status=-11, said='')",
        "Ended(status=None, said='')",
        "before",
        "Ended(status=0, said='')",
    ], done.stderr
