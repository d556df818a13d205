"""The archives of a run as it knows them: by name below the folder that holds all inputs, by size, and by what their ends hash to."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

from pipeline import storage
from pipeline.image_sets import table_of
from pipeline.inputs import EMPTY_WACZ, PACKED_IN_WACZ, source_of
from pipeline.wacz import Part, parts_of
from schemas.outcomes import UserError

EDGE_BYTES = 64 * 2**10  # of each end of a file: enough to tell a changed archive from the one that was measured
# Up to here both ends of a remote file come by one request: what lies between costs less than a second one.
TOGETHER_BYTES = 384 * 2**10
READERS = 64  # archives whose ends are read at a time: remote storage takes 30 ms to answer, and a crawl has 90,000


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


def is_unchanged(root: str, archive: Archive) -> bool:
    """Whether an archive is what was planned: there, of the same size, and with the same ends."""
    path = archive_path(root, archive.file)
    try:
        found = edges(path, archive.at, archive.size) if archive.within else file_edges(path)
        return (storage.size(path), found) == (archive.file_size, archive.edges)
    except FileNotFoundError:
        return False


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
