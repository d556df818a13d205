"""Where everything of a run lies: every path is made and taken apart here, and nowhere else.

    OUTPUT/  manifest.json run.json run.log recipe.toml README.md stats/ CORPUS/... dropped/ failed/
             forget/                  that something was taken down; while that is under way, what goes and each shard written anew
             staging/lease.json       which process is at work here; gone when it has ended
             staging/shares/          which shares are at work here, and their logs
             staging/decide/          what this recipe decided: batches, exchanges, shards, and the commit record of each step
    STAGING/ staging.json archives.jsonl units/0000/0000012.unit extract/ progress/
                                      what was measured; OUTPUT/staging unless the user says otherwise, and shared by recipes
             plan.json shares/        of units dealt out by `--units`: the archives, and what each share handed up
             fetched/                 a crawl: the images that runs over this staging had fetched
             fetched_units/           what was measured of it; its units stand in units/ behind those of the inputs
             wanted/                  of each recipe: the addresses that its rules want images from

A *commit record* is the file whose presence says that a piece of work is whole: a unit's staging file, which is written in one go,
`extract/done.json` and `decide/done.json` of those steps, `decide/shards/CORPUS-00012.json` of a shard, `manifest.json` of the run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from pipeline import storage
from schemas.manifest import MANIFEST_NAME

FOLDER_UNITS = 1000  # units in one folder: file systems list long folders slowly, and HDFS ends at a million names
UNIT_SUFFIX = ".unit"
STAGING = "staging/"  # of a run folder: what resuming and deciding anew use, and no part of the result
DROPPED, FAILED = "dropped", "failed"  # the two tables of what did not make it
PROFILE, DUPLICATES = "stats/profile.json", "stats/duplicates.json"
DONE = "done.json"  # the commit record of a step, in the folder of what it handed up
TASKS = "stats/tasks.json"  # what the corpora were kept clean of; there where a run was given tasks
INDEX = "index"  # what a run leaves for later ones to be decided against
INDEX_ABOUT = f"{INDEX}/about.json"
RECIPE, CARD = "recipe.toml", "README.md"
TAKE_DOWN = "forget/journal.json"
# What staging holds, files and folders.
STAGED = (
    "staging.json",
    "archives.jsonl",
    "plan.json",
    "units",
    "extract",
    "shares",
    "progress",
    "wanted",
    "fetched",
    "fetched_units",
)
LOCK_SUFFIX, LEASE_SUFFIX = ".lock", ".lease.json"  # of what says that a share is at work


@dataclass(frozen=True, slots=True)
class StagingFolder:
    """The paths of what was measured."""

    path: str

    def writes(self, path: str) -> bool:
        """Whether a file is one that lies here by a name of ours; a user may have others in the folder."""
        inside = storage.join(self.path, "")
        return path.startswith(inside) and path.removeprefix(inside).split("/")[0] in STAGED

    @property
    def identity(self) -> str:
        """Says of which inputs, by which settings and versions the measurements are."""
        return storage.join(self.path, "staging.json")

    @property
    def archives(self) -> str:
        """The work list of `extract`: one line an archive."""
        return storage.join(self.path, "archives.jsonl")

    @property
    def units(self) -> str:
        """The folder of the staging files."""
        return storage.join(self.path, "units")

    def unit(self, number: int) -> str:
        """The staging file of a unit, which is the unit's commit record too."""
        return storage.join(self.units, f"{number // FOLDER_UNITS:04d}", f"{number:07d}{UNIT_SUFFIX}")

    def staged(self) -> Iterator[int]:
        """The numbers of the units that are staged, by one listing."""
        for number, _ in self.staged_sizes():
            yield number

    def staged_sizes(self, among: range | None = None) -> Iterator[tuple[int, int]]:
        """Numbers and file sizes of the units that are staged; with `among` only the folders of those numbers are listed."""
        folders = [self.units]
        if among is not None:
            numbers = range(among.start // FOLDER_UNITS, -(-among.stop // FOLDER_UNITS))
            folders = [storage.join(self.units, f"{number:04d}") for number in numbers]
        for name, size in chain.from_iterable(map(storage.walk, folders)):
            stem = name.rpartition("/")[2].removesuffix(UNIT_SUFFIX)
            if name.endswith(UNIT_SUFFIX) and stem.isdecimal() and (among is None or int(stem) in among):
                yield int(stem), size

    @property
    def plan(self) -> str:
        """The archives with their sizes and ends, as the first of several shares found them, so that the others need not read them."""
        return storage.join(self.path, "plan.json")

    @property
    def shares(self) -> str:
        """The folder of what shares of the units handed up, a folder each, with its work list beside it."""
        return storage.join(self.path, "shares")

    def share(self, name: str) -> str:
        """The folder of what a share handed up."""
        return storage.join(self.shares, name)

    def share_progress(self, name: str) -> str:
        """The folder in which the workers of a share note how far they are."""
        return storage.join(self.progress, name)

    @property
    def extract(self) -> str:
        """The folder of what the step `extract` handed up."""
        return storage.join(self.path, "extract")

    @property
    def fetched(self) -> str:
        """The folder of the crawl that fetched images for runs over this staging; its units' numbers come behind those of the inputs."""
        return storage.join(self.path, "fetched")

    @property
    def fetched_units(self) -> str:
        """The folder of what was measured of that crawl."""
        return storage.join(self.path, "fetched_units")

    def fetched_work(self, rounds: int) -> str:
        """The work list of the units that so many rounds of that crawl fetched."""
        return storage.join(self.fetched_units, f"{rounds:04d}.jsonl")

    def fetched_extract(self, rounds: int) -> str:
        """The folder of what the step `extract` handed up about them."""
        return storage.join(self.fetched_units, f"{rounds:04d}")

    def wanted(self, digest: str) -> str:
        """The folder of the addresses that some recipe's rules want images from."""
        return storage.join(self.path, "wanted", digest[:16])

    @property
    def progress(self) -> str:
        """The folder in which local workers note how far they are and what they have ended."""
        return storage.join(self.path, "progress")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The paths of a run."""

    path: str

    def file(self, name: str) -> str:
        """A file by its name relative to the run folder, as the manifest has it."""
        return storage.join(self.path, name)

    @property
    def manifest(self) -> str:
        """The commit record of the run."""
        return self.file(MANIFEST_NAME)

    @property
    def identity(self) -> str:
        """Says to which run the folder belongs."""
        return self.file("run.json")

    @property
    def log(self) -> str:
        """What happened when, for people; no part of the result."""
        return self.file("run.log")

    @property
    def lease(self) -> str:
        """Says which process is at work in the folder; gone when it has ended."""
        return self.file("staging/lease.json")

    @property
    def shares(self) -> str:
        """The folder of what says which shares are at work."""
        return self.file("staging/shares")

    def share_lock(self, name: str) -> str:
        """Says which process stages a share, and is locked by it; empty where none does."""
        return storage.join(self.shares, f"{name}{LOCK_SUFFIX}")

    def share_lease(self, name: str) -> str:
        """In a bucket: says which process stages a share; gone when it has ended."""
        return storage.join(self.shares, f"{name}{LEASE_SUFFIX}")

    def share_log(self, name: str) -> str:
        """The log of a share."""
        return storage.join(self.shares, f"{name}.log")

    @property
    def rest(self) -> str:
        """The folder of what the units handed up that shares had left, with its work list beside it."""
        return self.file("staging/rest")

    @property
    def take_down(self) -> str:
        """Says that a take-down is under way, and by which lists; gone when it has ended."""
        return self.file(TAKE_DOWN)

    @property
    def taken_down(self) -> str:
        """Says that something was taken down here, so that no run makes it again."""
        return self.file("forget/taken_down")

    @property
    def take_down_keys(self) -> str:
        """The keys of all that it takes out."""
        return self.file("forget/keys")

    def take_down_record(self, number: int) -> str:
        """What came of the shard of this number in the manifest, written before the new shard takes its name."""
        return self.file(f"forget/{number:07d}.json")

    @property
    def own_staging(self) -> str:
        """Where measurements go unless the user says otherwise."""
        return self.file("staging")

    @property
    def decide(self) -> str:
        """The folder of what this recipe decided and handed up; here and not in staging, which recipes share."""
        return self.file("staging/decide")

    def task(self, digest: str) -> str:
        """The index of a task, copied so that every worker finds it, and finds the one that was asked for."""
        return self.file(f"staging/tasks/{digest}.task")

    @property
    def batches(self) -> str:
        """The work list of `decide`: one line a batch."""
        return storage.join(self.decide, "batches.jsonl")

    @property
    def judged_batches(self) -> str:
        """The folder of the judged batches."""
        return storage.join(self.decide, "batches")

    def judged(self, batch: int) -> str:
        """What the rules left of a batch, with its candidates for duplicates."""
        return storage.join(self.judged_batches, f"{batch:06d}.judged")

    @property
    def selections(self) -> str:
        """The folder of the selections."""
        return storage.join(self.decide, "selections")

    def selection(self, batch: int) -> str:
        """The kept rows of a batch, a section a unit and corpus."""
        return storage.join(self.selections, f"{batch:06d}.selection")

    @property
    def exchanges(self) -> str:
        """The folder of all exchanges."""
        return storage.join(self.decide, "exchange")

    @property
    def fetched(self) -> str:
        """Says which rounds of the crawl in staging this run looks at."""
        return storage.join(self.decide, "fetched.json")

    @property
    def forget_keys(self) -> str:
        """The keys of what this run was told to forget."""
        return storage.join(self.decide, "forget.keys")

    def exchange(self, step: str, number: int) -> str:
        """The rows that one batch or partition sends in one step, where the engine would hold them in memory."""
        return storage.join(self.exchanges, step, f"{number:06d}.rows")

    def index(self, batch: int) -> str:
        """What a later run needs of a batch."""
        return self.file(index_name(batch))

    @property
    def component_reports(self) -> str:
        """The folder of what is told of what hangs together by near duplicates."""
        return storage.join(self.decide, "components")

    def components(self, name: str) -> str:
        """What is told of what hangs together by near duplicates: how much, the largest, and what met without being alike."""
        return storage.join(self.component_reports, f"{name}.json")

    @property
    def tallies(self) -> str:
        """What near duplicates took of whom: the worst hosts and archives, the largest clusters."""
        return storage.join(self.decide, "tallies.json")

    @property
    def decided(self) -> str:
        """The folder of what the step `decide` handed up."""
        return storage.join(self.decide, "decided")

    @property
    def decided_record(self) -> str:
        """The commit record of the step `decide`."""
        return storage.join(self.decided, DONE)

    @property
    def profiles(self) -> str:
        """The merged profile of all batches."""
        return storage.join(self.decide, "profile.zst")

    def profile_part(self, number: int) -> str:
        """The merged profile of some batches."""
        return storage.join(self.exchanges, "profiles", f"{number:05d}.zst")

    @property
    def shards(self) -> str:
        """The work list of `emit`: one line a shard."""
        return storage.join(self.decide, "shards.jsonl")

    @property
    def shard_records(self) -> str:
        """The folder of the shards' commit records."""
        return storage.join(self.decide, "shards")

    def shard_record(self, corpus: str, number: int) -> str:
        """The commit record of a shard in all its formats."""
        return storage.join(self.shard_records, f"{corpus}-{number:05d}.json")

    @property
    def emit(self) -> str:
        """The folder of what the step `emit` handed up."""
        return storage.join(self.decide, "emit")


def index_name(batch: int) -> str:
    """The name of what a later run needs of a batch, relative to the run folder.

    >>> index_name(3)
    'index/00003.index'
    """
    return f"{INDEX}/{batch:05d}.index"


def table_shard(table: str, batch: int) -> str:
    """The name of a batch's file of `dropped` or `failed`, relative to the run folder.

    >>> table_shard("dropped", 3)
    'dropped/dropped-00003.parquet'
    """
    return f"{table}/{table}-{batch:05d}.parquet"
