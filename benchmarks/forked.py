"""The `triptych` command in a child of a process that has imported everything: a process of its own, without its start.

A child has its own memory, streams and end: a crash, a signal or a hang in it is told as of any process, and leaves the parent as it was.
"""

import multiprocessing
import os
import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

USED = ("jobs.cli", "pipeline.inspect", "pipeline.run", "pipeline.verify")


class Ended(NamedTuple):
    """How a command ended: its status (-9 where SIGKILL ended it, None where it did not end in time), and what it wrote to stderr."""

    status: int | None
    said: str


def import_all() -> None:
    """Import what `run` and `verify` use, once. Raises RuntimeError where that started a thread: a child would be without it."""
    from jobs.watched import importing

    with importing():
        for name in USED:
            import_module(name)
    if threading.active_count() > 1:
        raise RuntimeError(f"importing started threads, so no child is forked: {threading.enumerate()}")


def call(arguments: Sequence[str], log: Path, seconds: float) -> Ended:
    """Give the command `triptych ARGUMENTS` in a child; its stderr goes through the file `log`. A child that takes longer is killed."""
    child = multiprocessing.get_context("fork").Process(target=_act, args=(list(arguments), log))
    child.start()
    child.join(seconds)
    status = child.exitcode
    if status is None:
        child.kill()
        child.join()
    child.close()
    return Ended(status, log.read_text(errors="replace"))


def _act(arguments: list[str], log: Path) -> None:
    from jobs.cli import main

    out, err = os.open(os.devnull, os.O_WRONLY), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.argv = ["triptych", *arguments]
    sys.exit(main(arguments))
