"""How a process is ended from outside: signals become exceptions, and an engine that was left running does not hold the process."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

TERMINATED = 128 + signal.SIGTERM


class Terminated(KeyboardInterrupt):
    """SIGTERM came: what Kubernetes, Slurm, systemd and `docker stop` send."""


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


@contextmanager
def terminable() -> Iterator[None]:
    """In the block SIGTERM raises `Terminated`, as SIGINT raises KeyboardInterrupt."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread may say what a signal does
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def open_streams() -> None:
    """Let stdin, stdout and stderr be open: a daemon may start us without (`2>&-`), and then files would take their numbers."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, mode, closefd=False))


def leave_at_once(status: int) -> None:
    """End this process with `status`, if an engine still runs in it: its threads would be waited for, some for ever."""
    engine = sys.modules.get("pipeline.engine")
    if engine is not None and engine.Engine.abandoned:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:
                stream.flush()
        os._exit(status)
