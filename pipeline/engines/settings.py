"""Where the pipelines of a command run, as the user said it. Imports no Beam, so that help stays quick."""

import sys
from dataclasses import dataclass, replace
from hashlib import blake2b

from pipeline.engines.words import value_of

LOCAL, SPARK, FLINK, PRISM, DATAFLOW = RUNNERS = ("local", "spark", "flink", "prism", "dataflow")

EXTRACT, DECIDE, EMIT = STAGES = ("extract", "decide", "emit")  # the steps of a run, each a job of its own

# Beam's names of runners, in any case and with or without `Runner`, by our word for them.
_WORDS = {"fnapi": LOCAL, SPARK: SPARK, FLINK: FLINK, PRISM: PRISM, DATAFLOW: DATAFLOW}
OTHER = "other"  # a runner that only Beam's own options name, such as PortableRunner: nothing is set for it


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What the user says of the engine; the rest is set by us, and Beam's own options win over both.

    `master` is the address of a cluster. Workers run in the Python environment `worker_env`, a folder at the same path on every host
    (default: that of this command), or in the container `image`; `packages` are wheels that they install first. `project`, `region` and
    `temp` (a folder in gs://) are Dataflow's. `shared` says that local paths mean the same files on every host. `pieces` is how many
    units of work there are, 0 where nobody knows yet. `output` is what the command writes, by which its jobs are told from those of
    others. `detached` are the steps of which a job is handed over and not waited for: `pipeline.engine.run` then raises `Submitted`;
    of none, as a rule. `slots` (that a job uses) and `flink_version` are what a Flink cluster says of itself; 0 and "" before it was asked.
    """

    runner: str = LOCAL
    workers: int = 1
    master: str = ""
    worker_env: str = ""
    image: str = ""
    packages: tuple[str, ...] = ()
    project: str = ""
    region: str = ""
    temp: str = ""
    shared: bool = False
    beam_options: tuple[str, ...] = ()
    pieces: int = 0
    output: str = ""
    detached: tuple[str, ...] = ()
    slots: int = 0
    flink_version: str = ""

    @property
    def kind(self) -> str:
        """The engine, a word of RUNNERS or OTHER: what Beam's own options name, else `runner`.

        >>> EngineSettings(beam_options=("--runner=FlinkRunner",)).kind
        'flink'
        """
        named = value_of(self.beam_options, "runner")
        return _WORDS.get(named.rsplit(".", 1)[-1].lower().removesuffix("runner"), OTHER) if named else self.runner

    @property
    def is_local(self) -> bool:
        """Whether the run stays in this process and its workers."""
        return self.kind == LOCAL

    @property
    def mark(self) -> str:
        """By what the jobs of one output are told from those of others; "" where nothing is written."""
        return blake2b(self.output.encode(), digest_size=4).hexdigest() if self.output else ""

    @property
    def holds_groups(self) -> bool:
        """Whether the engine holds what it groups in memory; others have disks for it."""
        return self.kind in (LOCAL, PRISM)

    @property
    def environment(self) -> str:
        """The Python environment of workers that run in no container."""
        return self.worker_env or sys.prefix

    def with_pieces(self, pieces: int) -> "EngineSettings":
        """The same for so many units of work."""
        return replace(self, pieces=pieces)
