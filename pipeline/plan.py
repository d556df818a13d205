"""What a run will read: inputs found, named and cut into units of work. Nothing here runs a job.

A unit is the members of some archives that begin in ranges of their bytes. Units depend on the files alone, never on workers, so the
same inputs give the same units, ids and shards anywhere (law 5).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING

from pipeline import storage
from pipeline.engines.settings import EngineSettings
from pipeline.image_sets import table_of
from pipeline.inputs import ARCHIVE_ENDINGS, EMPTY_WACZ, PACKED_IN_WACZ, Found, find_inputs, not_taken, said, source_of
from pipeline.layout import RunFolder, StagingFolder
from pipeline.wacz import Part, parts_of
from schemas.manifest import NotTaken
from schemas.outcomes import UserError
from schemas.recipe import Recipe, digest
from transforms.forget.lists import TakeDown
from transforms.warc.read import NOWHERE

if TYPE_CHECKING:
    from pipeline.fetch.how import Fetching

ARCHIVE, FETCH, BOTH = IMAGES = ("archive", "fetch", "both")  # where the images of references come from
UNIT_BYTES = 64 * 2**20  # some minutes of work: what is lost when a worker dies, and what a worker is handed at a time
# Archives up to here share a unit of as many bytes, so that a thousand small files are a few units.
SMALL_BYTES = 8 * 2**20
SHARED = 1000  # archives that share a unit at most
EDGE_BYTES = 64 * 2**10  # of each end of a file: enough to tell a changed archive from the one that was measured
TOGETHER_BYTES = (
    384 * 2**10
)  # up to here both ends of a remote file come by one request: what lies between costs less than a second one
READERS = 64  # archives whose ends are read at a time: remote storage takes 30 ms to answer, and a crawl has 90,000
FETCHED_SOURCE = (
    "fetched:"  # begins the sources of archives that were fetched, so that they are told from those that were given
)
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
class Archive:
    """One archive: its name below the root of the inputs, its size in bytes, and what its ends hash to.

    An archive inside a WACZ is a range of that file: `within` names the file, of `whole` bytes, and the archive begins at byte `at`.
    """

    name: str
    size: int
    edges: str
    within: str = ""
    at: int = 0
    whole: int = -1

    @property
    def file(self) -> str:
        """The name of the file that holds it: its own, or that of the WACZ."""
        return self.within or self.name

    @property
    def file_size(self) -> int:
        """The bytes of that file."""
        return self.whole if self.within else self.size

    @property
    def source(self) -> str:
        """The name under which it stands in the corpora."""
        return source_of(self.name)


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


def name_archives(inputs: Mapping[str, int]) -> tuple[str, tuple[Archive, ...], dict[str, str]]:
    """The deepest folder that holds all paths, and the archives named by their paths below it, in the order of their sources.

    So a source does not depend on where the inputs lie or in which order they were given, and no two share a name. An archive inside a
    WACZ is named as if the WACZ were a folder. Behind them, by name and kind, what lies in a WACZ and cannot be read there.
    """
    root = common_root(list(inputs))
    archives: list[Archive] = []
    packed: dict[str, str] = {}
    with ThreadPoolExecutor(READERS) as pool:
        for each, unread in pool.map(partial(_archives_of, root), inputs, inputs.values()):
            archives += each
            packed |= unread
    twice = [source for source, count in Counter(archive.source for archive in archives).items() if count > 1]
    if twice:
        raise UserError(f"{twice[0]}: a file beside a WACZ and an archive in it have the same name: rename one of them")
    return root, tuple(sorted(archives, key=lambda archive: archive.source)), packed


def _archives_of(root: str, path: str, size: int) -> tuple[list[Archive], dict[str, str]]:
    """The archives in a file, and what in it cannot be read, by name and kind."""
    name = below(root, path)
    parts, packed = parts_of(path, size)
    unread = {f"{name}/{entry}": PACKED_IN_WACZ for entry in packed} if parts or packed else {name: EMPTY_WACZ}
    return [_archive(name, path, size, part) for part in parts], unread


def _archive(name: str, path: str, size: int, part: Part) -> Archive:
    if not part.name:
        return Archive(name, size, file_edges(path, size))
    return Archive(f"{name}/{part.name}", part.size, edges(path, part.at, part.size), name, part.at, size)


def is_unchanged(root: str, archive: Archive) -> bool:
    """Whether an archive is what was planned: there, of the same size, and with the same ends."""
    path = archive_path(root, archive.file)
    try:
        found = edges(path, archive.at, archive.size) if archive.within else file_edges(path)
        return (storage.size(path), found) == (archive.file_size, archive.edges)
    except FileNotFoundError:
        return False


def common_root(paths: Sequence[str]) -> str:
    """The deepest folder, or bucket and prefix, that holds all the paths; "" where they share no scheme.

    >>> common_root(["s3://crawl/in/a.gz", "s3://crawl/in/b/c.gz"]), common_root(["/data/a.gz"]), common_root(["s3://a/x", "gs://a/x"])
    ('s3://crawl/in', '/data', '')
    """
    schemes = {path.split("://")[0] if storage.is_remote(path) else "" for path in paths}
    if len(schemes) > 1:
        return ""
    scheme = f"{schemes.pop()}://" if storage.is_remote(paths[0]) else ""
    folders = [path.removeprefix(scheme).split("/")[:-1] for path in paths]
    shared = [parts[0] for parts in takewhile(lambda parts: len(set(parts)) == 1, zip(*folders, strict=False))]
    return (scheme + "/".join(shared)) or "/"


def below(root: str, path: str) -> str:
    """The name of a path below the root of the inputs.

    >>> below("s3://crawl/in", "s3://crawl/in/a.gz"), below("", "s3://crawl/a.gz")
    ('a.gz', 's3://crawl/a.gz')
    """
    return path[len(root) :].lstrip("/") if root else path


def archive_path(root: str, name: str) -> str:
    """Where the archive of a name lies: the inverse of `below`, also of a root that lies elsewhere by now."""
    return f"{root.rstrip('/')}/{name}" if root and not root.endswith("://") else root + name


def span_path(root: str, staging: StagingFolder, span: Span) -> str:
    """Where the archive of a span lies."""
    return storage.join(staging.fetched, span.file) if span.fetched else archive_path(root, span.file)


def edges(path: str, at: int = 0, size: int | None = None) -> str:
    """SHA-256 (hex) of both ends of a file, or of `size` bytes of it: enough to tell a changed archive from the one that was measured."""
    most = EDGE_BYTES if size is None else min(EDGE_BYTES, size)
    if size is not None and size <= TOGETHER_BYTES and storage.is_remote(path):
        both = storage.read_range(path, at, size)
        return hashlib.sha256(both[:most] + b"\0" + both[len(both) - most :]).hexdigest()
    head = storage.read_range(path, at, most)
    tail = storage.read_range(path, -EDGE_BYTES if size is None else at + size - most, most)
    return hashlib.sha256(head + b"\0" + tail).hexdigest()


def file_edges(path: str, size: int | None = None) -> str:
    """`edges` of an input, of a size that may be known, and of the table that is read with it."""
    table = table_of(path)
    if not table or not storage.exists(table):
        return edges(path, 0, size)
    return hashlib.sha256(f"{edges(path)}\0{edges(table)}".encode()).hexdigest()


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


def correct(work: Work, starts: Mapping[int, int]) -> Iterator[Work]:
    """A line of the work list with units that begin elsewhere than their ranges do, by number; those units get lines of their own.

    A range begins where the first record seems to begin. Where an archive holds another one, whose records lie bare in a record of the
    outer one, that may be the inner's: then the unit begins where its neighbour ended, and is empty if that lies behind its range.
    """
    numbers = range(work.first, work.first + work.count)
    if not any(number in starts for number in numbers):
        yield work
        return
    for unit in work.units():
        (span,) = unit.spans
        yield Work(unit.number, (replace(span, start=min(starts.get(unit.number, span.start), span.end)),))


def false_starts(works: Iterable[Work], began: Mapping[int, int], ended: Mapping[int, int]) -> dict[int, int]:
    """Where the units should begin that did not begin where the one before them in the same archive ended, by number.

    A unit behind whose range the one before ended holds no record that begins there: a record may be longer than a unit.
    """
    wrong: dict[int, int] = {}
    for work in works:
        at = ended[work.first]
        for number in range(1, work.count):
            unit = work.first + number
            holds = at < min((number + 1) * UNIT_BYTES, work.spans[0].end)
            if began[unit] != (at if holds else NOWHERE):
                wrong[unit] = at
            if holds and ended[unit] == NOWHERE:
                break  # it missed the record in its range, and so cannot say where the next one begins
            at = ended[unit] if holds else at
    return wrong


def work_line(work: Work) -> str:
    """A line of the work list; archives whose names are no UTF-8 survive it."""
    return json.dumps(asdict(work))


def read_work(line: str) -> Work:
    """The work of a line by `work_line`."""
    found = json.loads(line)
    return Work(found["first"], tuple(Span(**span) for span in found["spans"]))
