"""Ends the executor of a worker that was killed.

Beam keeps the worker of an executor as long as the job lasts, so after its death each task that the executor takes fails at once, and four
of one kind end the job. An executor that ends is what Spark can mend: it starts another, which starts a worker.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

END_ENGINE = "TRIPTYCH_END_ENGINE"  # set by engines that start an executor anew

# Runs beside the worker, in ten megabytes: waits until the worker is gone; where it said nothing before, it was killed.
_BESIDE = """
import os, signal, sys, time
engine, started = int(sys.argv[1]), sys.argv[2]

def start(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[19]
    except OSError:
        return ""

if not sys.stdin.buffer.read(1):
    time.sleep(1)
    if start(engine) == started:
        print("triptych-worker: the worker was lost: its executor ends, so that another takes its place", file=sys.stderr, flush=True)
        os.kill(engine, signal.SIGTERM)
"""


def start_time(process: int) -> str:
    """When a process started, as Linux counts; a process id may be given away again, the pair is unique."""
    with open(f"/proc/{process}/stat") as file:
        return file.read().rpartition(")")[2].split()[19]


@contextmanager
def told(engine: int) -> Iterator[None]:
    """In the block, let the process `engine` end where this one is killed; a worker that ends by itself or is told to end is not lost."""
    if not os.environ.get(END_ENGINE) or not os.path.exists(f"/proc/{engine}/stat"):
        yield
        return
    # Closed to children: the end of the pipe must be this process's alone.
    read, write = os.pipe()
    os.set_blocking(write, False)
    command = [sys.executable, "-S", "-E", "-c", _BESIDE, str(engine), start_time(engine)]
    subprocess.Popen(command, stdin=read, start_new_session=True)
    os.close(read)
    # Written by the signal itself, however long Python takes to hear of it: what sends SIGTERM may soon send SIGKILL.
    signal.set_wakeup_fd(write)
    signal.signal(signal.SIGTERM, _end)
    yield
    os.write(write, b".")


def _end(number: int, frame: FrameType | None) -> None:
    os._exit(128 + number)
