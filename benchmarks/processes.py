"""The processes of a run on an engine, by kind: their processor time and memory, read from /proc."""

import os
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

TICKS, PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
LOOK_SECONDS = 0.5

# A kind of process, and what its command line holds; the first that fits.
KINDS = {
    "executor": ("CoarseGrainedExecutorBackend", "TaskManagerRunner"),
    "daemon": ("org.apache.spark.deploy", "StandaloneSessionClusterEntrypoint"),
    "job server": ("--job-port", "--job_port"),
    "child": ("isolate_child",),
    "worker": ("triptych-worker", "import serve", "sdk_worker_main"),
    "beside": ("-S -E -c",),
}
DRIVER = "driver"


@dataclass(frozen=True, slots=True)
class Process:
    """One look at a process: its parent, processor time so far (s), resident memory (bytes), and its kind."""

    parent: int
    seconds: float
    memory: int
    kind: str


def kind_of(command: str) -> str:
    """The kind of a process by its command line.

    >>> kind_of("/usr/bin/java -cp x org.apache.spark.executor.CoarseGrainedExecutorBackend"), kind_of("triptych run")
    ('executor', 'driver')
    """
    return next((kind for kind, words in KINDS.items() if any(word in command for word in words)), DRIVER)


def processes() -> dict[int, Process]:
    """All of this machine."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            fields = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()
            command = Path("/proc", name, "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if fields[0] != "Z":
                seconds = (int(fields[11]) + int(fields[12])) / TICKS
                found[int(name)] = Process(int(fields[1]), seconds, int(fields[21]) * PAGE, kind_of(command))
    return found


def below(roots: Iterable[int], known: Mapping[int, Process]) -> set[int]:
    """The processes of `roots` and all that they started."""
    found = list(roots)
    for each in found:
        found += [process for process, facts in known.items() if facts.parent == each]
    return set(found)


@dataclass
class Meter:
    """Adds up what the processes below some take while a block runs; a process counts as the kind that it was last seen as."""

    seconds: dict[int, float] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    peak: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @contextmanager
    def of(self, roots: Iterable[int]) -> Iterator[None]:
        """Measure in the block; what a process had taken before it does not count."""
        roots, over = list(roots), threading.Event()
        before = {process: facts.seconds for process, facts in processes().items()}
        ours = set(roots)

        def look() -> None:
            known = processes()
            ours.update(below(ours & known.keys(), known))
            for process in ours & known.keys():
                facts = known[process]
                self.seconds[process] = facts.seconds - before.get(process, 0.0)
                self.kinds[process] = facts.kind
                self.peak[facts.kind] = max(self.peak[facts.kind], facts.memory)

        def watch() -> None:
            while not over.wait(LOOK_SECONDS):
                look()

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            look()

    def by_kind(self) -> dict[str, float]:
        """Processor seconds of each kind."""
        found: dict[str, float] = defaultdict(float)
        for process, seconds in self.seconds.items():
            found[self.kinds[process]] += seconds
        return dict(found)
