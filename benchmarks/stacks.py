"""Whose code a sampled call stack belongs to: ours by room, the engine's, the import of modules, or nobody's."""

import re
from collections import Counter
from collections.abc import Sequence

ROOMS = ("jobs", "pipeline", "transforms", "schemas")
ENGINE = ("/apache_beam/", "/grpc/")
BEAM, IMPORTS, OTHER, WAITS = "Beam and gRPC", "imports", "elsewhere", "waiting"
# Where a thread only waits. A sampler takes some of them for busy, the more of them the more threads and load there are.
WAITING = re.compile(
    r"(/threading\.py:|/selectors\.py:|/multiprocessing/connection\.py:|_try_wait \(|/grpc/_server\.py:"
    r"|channel_spin \(|_poll_connectivity \()"
)


def shares(folded: str, root: str) -> Counter[str]:
    """Samples by owner, out of folded stacks (`frame;frame;frame count` a line, the outermost first) with full file names."""
    counts: Counter[str] = Counter()
    for line in folded.splitlines():
        stack, _, count = line.rpartition(" ")
        counts[owner(stack.split(";"), root)] += int(count)
    return counts


def owner(stack: Sequence[str], root: str) -> str:
    """The owner of one stack: what our functions call is ours, also where they call the engine; the rest of the engine is Beam.

    The frames that lead into the engine (the command line, the making of the graph) do not make a stack ours.

    >>> beam = "process (/env/apache_beam/runners/worker.py:7)"
    >>> owner(["run (/p/pipeline/run.py:1)", beam], "/p"), owner([beam, "parse (/p/transforms/html/extract.py:9)"], "/p")
    ('Beam and gRPC', 'transforms/html')
    """
    if WAITING.search(stack[-1]):
        return WAITS
    if any("<frozen importlib" in frame for frame in stack):
        return IMPORTS
    engine = next((place for place, frame in enumerate(stack) if any(name in frame for name in ENGINE)), None)
    ours = [room for frame in stack[engine or 0 :] if (room := room_of(frame, root))]
    if ours:
        return ours[-1]
    return OTHER if engine is None else BEAM


def room_of(frame: str, root: str) -> str:
    """The room of ours that a frame lies in, two steps deep (`transforms/html`, `jobs/run.py`); "" for any other.

    >>> room_of("act (/p/jobs/run.py:3)", "/p"), room_of("parse (/env/lxml/html.py:3)", "/p")
    ('jobs/run.py', '')
    """
    _, found, place = frame.partition(f"({root}/")
    steps = place.partition(":")[0].split("/")[:2]
    return "/".join(steps) if found and steps[0] in ROOMS else ""
