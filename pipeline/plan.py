"""What a run will read: inputs found, named and cut into units of work. Nothing here runs a job.

A unit is the members of some archives that begin in ranges of their bytes. Units depend on the files alone, never on workers, so the
same inputs give the same units, ids and shards anywhere (law 5).
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline import storage
from pipeline.engines.settings import EngineSettings
from pipeline.inputs import ARCHIVE_ENDINGS, Found, find_inputs, not_taken, said, source_of
from pipeline.layout import RunFolder, StagingFolder
from pipeline.named_archives import Archive, archive_path, below, common_root, name_archives
from pipeline.wacz import Part
from schemas.manifest import NotTaken
from schemas.outcomes import UserError
from schemas.recipe import Recipe, digest
from transforms.forget.lists import TakeDown

if TYPE_CHECKING:
    from pipeline.fetch.how import Fetching

ARCHIVE, FETCH, BOTH = IMAGES = ("archive", "fetch", "both")  # where the images of references come from
UNIT_BYTES = 64 * 2**20  # some minutes of work: what is lost when a worker dies, and what a worker is handed at a time
# Archives up to here share a unit of as many bytes, so that a thousand small files are a few units.
SMALL_BYTES = 8 * 2**20
SHARED = 1000  # archives that share a unit at most
# Begins the sources of archives that were fetched, so that they are told from those that were given.
FETCHED_SOURCE = "fetched:"
CUTTABLE_ENDINGS = (".gz", *ARCHIVE_ENDINGS)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier run: the digest of its manifest, and the files of its index."""

    manifest: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for. `staging` is where measurements lie or will lie; None is `output`/staging.

    Local paths are made absolute, since workers may stand in another folder. `storage` are the settings of `storage.configure`,
    `against` are earlier runs, `forget` is what no corpus may hold, `tasks` are the indexes of what they are kept clean of. `images` says
    where the images of references come from, a word of IMAGES; where they are fetched `fetching` says how.
    """

    inputs: tuple[str, ...]
    output: str
    recipe: Recipe
    engine: EngineSettings = field(default_factory=EngineSettings)
    staging: str | None = None
    storage: Mapping[str, str] = field(default_factory=dict)
    against: tuple[Earlier, ...] = ()
    forget: TakeDown = field(default_factory=TakeDown)
    tasks: tuple[str, ...] = ()
    images: str = ARCHIVE
    fetching: "Fetching | None" = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "output", storage.absolute(self.output))
        object.__setattr__(self, "tasks", tuple(map(storage.absolute, self.tasks)))
        if self.staging is not None:
            object.__setattr__(self, "staging", storage.absolute(self.staging))

    @property
    def run_folder(self) -> RunFolder:
        """The paths of the run."""
        return RunFolder(self.output)

    @property
    def staging_folder(self) -> StagingFolder:
        """The paths of what is measured."""
        return StagingFolder(self.staging or self.run_folder.own_staging)


@dataclass(frozen=True, slots=True)
class Span:
    """The members of an archive that begin at bytes `start` to `end` (exclusive).

    An archive inside a WACZ is the `length` bytes from byte `at` on of the file `within`; its own bytes are counted from there. An archive
    that was `fetched` for a run lies in the crawl beside its staging, and not below the root of the inputs.
    """

    name: str
    start: int
    end: int
    size: int = -1  # of the file when it was planned; -1 where unknown
    within: str = ""
    at: int = 0
    length: int = -1
    fetched: bool = False

    @property
    def file(self) -> str:
        """The name of the file that holds the archive: its own, or that of the WACZ."""
        return self.within or self.name

    @property
    def part(self) -> Part:
        """Where the archive lies in that file."""
        return Part(self.name if self.within else "", self.at, self.length)

    @property
    def archive_size(self) -> int:
        """The bytes of the archive."""
        return self.length if self.within else self.size

    @property
    def source(self) -> str:
        """The name under which the archive stands in the corpora."""
        return (FETCHED_SOURCE if self.fetched else "") + source_of(self.name)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of work. `number` counts units in the order of sources; those that were fetched come behind."""

    number: int
    spans: tuple[Span, ...]

    @property
    def fetched(self) -> bool:
        """Whether it is of what was fetched for a run."""
        return self.spans[0].fetched

    @property
    def bytes(self) -> int:
        """Bytes of archive."""
        return sum(span.end - span.start for span in self.spans)


@dataclass(frozen=True, slots=True)
class Work:
    """A line of the work list: one large span that is cut into units, or spans that share a unit; and the number of the first unit."""

    first: int
    spans: tuple[Span, ...]

    @property
    def count(self) -> int:
        """How many units."""
        span = self.spans[0]
        size = span.end - span.start
        whole = len(self.spans) > 1 or span.fetched
        return 1 if whole or not cuttable(span.name, size) else -(-size // UNIT_BYTES)

    @property
    def bytes(self) -> int:
        """Bytes of archive."""
        return sum(span.end - span.start for span in self.spans)

    def units(self) -> Iterator[Unit]:
        """The units."""
        if self.count == 1:
            yield Unit(self.first, self.spans)
            return
        span = self.spans[0]
        for number in range(self.count):
            start = span.start + number * UNIT_BYTES
            end = min(start + UNIT_BYTES, span.end)
            yield Unit(self.first + number, (replace(span, start=start, end=end),))


@dataclass(frozen=True, slots=True)
class Plan:
    """What `run` would do, as a value that can be printed. `root` is the folder that holds all inputs."""

    root: str
    archives: tuple[Archive, ...]
    work: tuple[Work, ...]
    inputs_digest: str
    not_taken: tuple[NotTaken, ...] = ()  # what lay among the inputs and is none
    unfinished: tuple[str, ...] = ()  # folders among the inputs that hold a crawl which has not ended

    @property
    def bytes(self) -> int:
        """Size of all inputs."""
        return sum(archive.size for archive in self.archives)

    @property
    def unit_count(self) -> int:
        """How many units there are."""
        return self.work[-1].first + self.work[-1].count if self.work else 0

    def units(self) -> Iterator[Unit]:
        """The units in their order; made as they are asked for, since a crawl has a million."""
        for work in self.work:
            yield from work.units()


def plan(request: Request) -> Plan:
    """Find the inputs and cut them into units. Raises UserError where a pattern matches nothing that can be read."""
    found = found_for(request)
    return plan_of(found, *name_archives(found.files))


def found_for(request: Request) -> Found:
    """The inputs of a run. What it writes itself, in a folder among them, is none: it would be other inputs from one moment to the next."""
    output = storage.join(request.output, "")
    return find_inputs(request.inputs).but(lambda path: path.startswith(output) or request.staging_folder.writes(path))


def plan_of(found: Found, root: str, archives: Sequence[Archive], packed: Mapping[str, str]) -> Plan:
    """The plan over inputs that were found and named by `name_archives`. Raises UserError where none can be read."""
    if not archives:
        raise UserError(f"no archive can be read: {said(not_taken(packed), everything=True)}")
    top = common_root([*found.files, *found.left])
    left = {below(top, path): kind for path, kind in found.left.items()} | {
        below(top, archive_path(root, name)): kind for name, kind in packed.items()
    }
    known = [[archive.source, archive.size, archive.edges] for archive in archives]
    return Plan(
        root, tuple(archives), tuple(cut(archives)), digest(known), not_taken(left), unfinished_crawls(found.left)
    )


def unfinished_crawls(names: Collection[str]) -> tuple[str, ...]:
    """Folders that hold a crawl which has not ended, by what lies beside the archives.

    >>> unfinished_crawls({"/a/crawl.json", "/b/crawl.json", "/b/account.json"})
    ('/a',)
    """
    folders = (name.rpartition("/")[0] for name in names if name.endswith("/crawl.json"))
    return tuple(sorted(folder for folder in folders if f"{folder}/account.json" not in names))


def span_path(root: str, staging: StagingFolder, span: Span) -> str:
    """Where the archive of a span lies."""
    return storage.join(staging.fetched, span.file) if span.fetched else archive_path(root, span.file)


def cuttable(name: str, size: int) -> bool:
    """Whether an archive is cut into units, by its name and size.

    One that turns out to be a single gzip member or zstd frame belongs to its first unit; the others are then empty.
    """
    return name.lower().endswith(CUTTABLE_ENDINGS) and size > UNIT_BYTES


def cut(archives: Iterable[Archive]) -> Iterator[Work]:
    """The work list: units of about UNIT_BYTES of one archive, or of small archives that follow each other."""
    first = 0
    for together in share(archives):
        work = Work(first, tuple(map(whole_span, together)))
        yield work
        first += work.count


def whole_span(archive: Archive) -> Span:
    """All members of an archive."""
    span = Span(archive.name, 0, archive.size, archive.file_size)
    return replace(span, within=archive.within, at=archive.at, length=archive.size) if archive.within else span


def share(archives: Iterable[Archive]) -> Iterator[list[Archive]]:
    """Archives one by one, small neighbours together."""
    waiting: list[Archive] = []
    size = 0
    for archive in archives:
        if waiting and (size + archive.size > SMALL_BYTES or len(waiting) >= SHARED):
            yield waiting
            waiting, size = [], 0
        waiting.append(archive)
        size += archive.size
    if waiting:
        yield waiting


def work_line(work: Work) -> str:
    """A line of the work list; archives whose names are no UTF-8 survive it."""
    return json.dumps(asdict(work))


def read_work(line: str) -> Work:
    """The work of a line by `work_line`."""
    found = json.loads(line)
    return Work(found["first"], tuple(Span(**span) for span in found["spans"]))
