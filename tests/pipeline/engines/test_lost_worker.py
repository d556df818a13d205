"""A worker that is killed takes its executor along, and no other does."""

import os
import subprocess
import sys

import pytest

from pipeline.engines.lost_worker import END_ENGINE

WORKER = """
import os, sys
from pipeline.engines.lost_worker import told
with told(os.getppid()):
    print("ready", flush=True)
    sys.stdin.readline()
"""
# Stands for an executor: starts a worker, lets it end in one way, and waits to be told to end. Gives its standard error away.
ENGINE = f"""
import os, subprocess, sys
worker = subprocess.Popen([sys.executable, "-c", {WORKER!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
worker.stdout.readline()
os.close(2)
if sys.argv[1] == "end":
    worker.communicate(b"\\n")
else:
    getattr(worker, sys.argv[1])()
    worker.wait()
sys.stdin.readline()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="an executor is found by Linux's /proc")
@pytest.mark.parametrize(("way", "status"), [("kill", -15), ("terminate", 0), ("end", 0)])
def test_only_a_worker_that_was_killed_ends_its_engine(way: str, status: int) -> None:
    """By SIGTERM, once it is certain that the engine does not end by itself."""
    engine = subprocess.Popen(
        [sys.executable, "-c", ENGINE, way],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, END_ENGINE: "1"},
    )
    assert engine.stderr
    said = engine.stderr.read()  # until the process beside the worker has gone
    engine.communicate()
    assert engine.returncode == status
    assert (b"the worker was lost" in said) == (way == "kill")
