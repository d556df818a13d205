"""Prism, Beam's small engine in Go: a second opinion on one machine."""

import json
import os
import threading
import time

from pipeline.engines import worker
from pipeline.engines.settings import EngineSettings
from pipeline.local_workers import Workers

LOOK_SECONDS = 1.0
LOST = (
    "process failed to start",
    "process failed while running",
)  # what Prism writes when its worker ends, and waits on


def options(settings: EngineSettings, step: str) -> list[str]:
    """Beam's options for one step; Prism starts one worker, which is a process."""
    return ["--runner=PrismRunner", f"--job_name=triptych-{step}", *worker.environment(settings, {})]


def watch(log: str, workers: Workers) -> None:
    """Read on in Prism's log, in a thread, until the run is over or its worker is lost: Prism would wait for it for ever."""
    threading.Thread(target=_watch, args=(log, os.path.getsize(log), workers), name="prism", daemon=True).start()


def _watch(log: str, at: int, workers: Workers) -> None:
    with open(log, errors="replace") as file:
        file.seek(at)
        while not workers.over:
            for line in file:
                if how := lost(line):
                    workers.lose(
                        f"of Prism {how} (Linux ends processes when memory runs out; {log} holds what was said)"
                    )
            time.sleep(LOOK_SECONDS)


def lost(line: str) -> str:
    """How a worker ended, where a line of Prism's log says that one did; else "".

    >>> lost('{"level":"ERROR","msg":"process failed while running","error":"signal: killed"}')
    'ended with "signal: killed"'
    """
    if not any(each in line for each in LOST):
        return ""
    try:
        return f'ended with "{json.loads(line).get("error", "an error")}"'
    except ValueError:  # the line is not all there yet, but what it says is
        return "ended early"
