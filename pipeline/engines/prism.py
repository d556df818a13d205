"""Prism, Beam's small engine in Go: a second opinion on one machine."""

import json
import os
import threading
import time
from collections.abc import Iterable, Iterator
from typing import TextIO

from pipeline.engines import worker
from pipeline.engines.settings import EngineSettings
from pipeline.local_workers import Workers

LOOK_SECONDS = 1.0
LOST = (
    "process failed to start",
    "process failed while running",
)  # what Prism writes when its worker ends, and waits on
# What it writes when a job has come to its end, good or bad.
ENDED = ('"msg":"pipeline done!"', '"msg":"job failed"')


def options(settings: EngineSettings, step: str) -> list[str]:
    """Beam's options for one step; Prism starts one worker, which is a process."""
    return ["--runner=PrismRunner", f"--job_name=triptych-{step}", *worker.environment(settings, {})]


def watch(log: str, workers: Workers) -> None:
    """Read on in Prism's log, in a thread, until the run is over or its worker is lost: Prism would wait for it for ever."""
    threading.Thread(target=_watch, args=(log, os.path.getsize(log), workers), name="prism", daemon=True).start()


def _watch(log: str, at: int, workers: Workers) -> None:
    with open(log, errors="replace") as file:
        file.seek(at)
        if how := loss(_lines(file, workers)):
            workers.lose(f"of Prism {how} (Linux ends processes when memory runs out; {log} holds what was said)")


def _lines(file: TextIO, workers: Workers) -> Iterator[str]:
    while not workers.over:
        yield from file
        time.sleep(LOOK_SECONDS)


def loss(lines: Iterable[str]) -> str:
    """How the worker of a job was lost, by what Prism writes while the job runs; "" where it was not.

    At the end of each job Prism kills the worker itself, writes that as if it were lost, and only then tells us that the job has ended.

    >>> loss(['{"msg":"pipeline done!"}', '{"msg":"process failed while running","error":"signal: killed"}'])
    ''
    """
    for line in lines:
        if any(each in line for each in ENDED):
            break
        if how := lost(line):
            return how
    return ""


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
