"""What a run will read: inputs found, named and cut into units of work. Nothing here runs a job.

A unit is the members of one archive that begin in a range of its bytes. Units depend on the files alone, never on workers, so the
same inputs give the same units, ids and shards anywhere (law 5).
"""

import glob
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from pipeline import storage
from schemas.outcomes import UserError
from schemas.recipe import Recipe, digest

UNIT_BYTES = 64 * 2**20  # some minutes of work: what is lost when a worker dies, and what a worker is handed at a time
EDGE_BYTES = 64 * 2**10  # of each end of a file: enough to tell a changed archive from the one that was measured
ARCHIVE_ENDINGS = tuple(kind + packed for kind in (".warc", ".arc", ".wet") for packed in ("", ".gz", ".zst"))


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for. `staging` is where measurements lie or will lie; None is `output`/staging."""

    inputs: tuple[str, ...]
    output: str
    recipe: Recipe
    workers: int = 1
    staging: str | None = None
    beam_options: tuple[str, ...] = ()

    @property
    def staging_folder(self) -> str:
        """Where units are staged."""
        return self.staging or storage.join(self.output, "staging")


@dataclass(frozen=True, slots=True)
class Archive:
    """One input file: where it lies, the name under which it stands in the corpora, its size in bytes, and what its ends hash to."""

    path: str
    source: str
    size: int
    edges: str


@dataclass(frozen=True, slots=True)
class Unit:
    """The members of one archive that begin at bytes `start` to `end` (exclusive). `number` counts units in the order of sources."""

    number: int
    path: str
    source: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """The stem of the unit's files in staging."""
        return f"{self.number:06d}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What `run` would do, as a value that can be printed."""

    archives: tuple[Archive, ...]
    units: tuple[Unit, ...]
    inputs_digest: str

    @property
    def bytes(self) -> int:
        """Size of all inputs."""
        return sum(archive.size for archive in self.archives)


def plan(request: Request) -> Plan:
    """Find the inputs and cut them into units. Raises UserError where a pattern matches nothing."""
    archives = name_sources(find_inputs(request.inputs))
    units = tuple(cut_units(archives))
    known = [[archive.source, archive.size, archive.edges] for archive in archives]
    return Plan(archives, units, digest(known))


def find_inputs(patterns: Sequence[str]) -> list[str]:
    """The files that the patterns match, each once, sorted; a folder stands for the archives in it.

    Raises UserError that names a pattern without a match.
    """
    found: set[str] = set()
    for pattern in patterns:
        paths = _matches(pattern)
        if not paths:
            raise UserError(
                f"no input matches {pattern!r}: give a web archive, a folder of them, or a pattern in quotes"
            )
        found.update(paths)
    return sorted(found)


def _matches(pattern: str) -> list[str]:
    if storage.is_remote(pattern):
        return _remote_matches(pattern)
    if os.path.isdir(pattern):
        inside = storage.list_files(storage.join(glob.escape(pattern), "**"))
        return [os.path.abspath(path) for path in inside if path.lower().endswith(ARCHIVE_ENDINGS)]
    if os.path.isfile(pattern):  # its name may hold what means something in a pattern: a[1].warc.gz
        return [os.path.abspath(pattern)]
    return [os.path.abspath(path) for path in storage.list_files(pattern)]


def _remote_matches(pattern: str) -> list[str]:
    try:
        return storage.list_files(pattern)
    except (ValueError, OSError) as error:  # what Beam raises where a scheme has no reader, or the reader no access
        raise UserError(
            f"{pattern!r} cannot be listed: gs://, s3:// and hdfs:// need apache-beam's extra gcp, aws or hadoop and access; "
            f"other schemes are not read ({error})"
        ) from error


def name_sources(paths: Sequence[str]) -> tuple[Archive, ...]:
    """Archives named by their path below the deepest folder that holds them all, in the order of those names.

    So a source does not depend on where the inputs lie or in which order they were given, and no two share a name.
    """
    common = os.path.commonpath([os.path.dirname(path) for path in paths]) if _one_root(paths) else ""
    sources = [path[len(common) :].lstrip("/") if common else path for path in paths]
    archives = [Archive(path, _printable(source), *_measure(path)) for path, source in zip(paths, sources, strict=True)]
    return tuple(sorted(archives, key=lambda archive: archive.source))


def _printable(name: str) -> str:
    r"""A file's name as a column can hold it: bytes that are no UTF-8 are written as `\xff`."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _one_root(paths: Sequence[str]) -> bool:
    """Whether the paths share a scheme (or all have none), so that a common folder can be cut off."""
    return len({path.split("://")[0] if storage.is_remote(path) else "" for path in paths}) == 1


def _measure(path: str) -> tuple[int, str]:
    size = storage.size(path)
    with storage.open_for_reading(path) as file:
        head = file.read(EDGE_BYTES)
        file.seek(max(0, size - EDGE_BYTES))
        tail = file.read(EDGE_BYTES)
    return size, hashlib.sha256(head + b"\0" + tail).hexdigest()


def cut_units(archives: Iterable[Archive]) -> Iterator[Unit]:
    """Units of about UNIT_BYTES: only files of gzip members are cut, since only those can be entered at a member's magic bytes."""
    number = 0
    for archive in archives:
        cuttable = archive.path.lower().endswith(".gz") and archive.size > UNIT_BYTES
        step = UNIT_BYTES if cuttable else max(archive.size, 1)
        for start in range(0, max(archive.size, 1), step):
            yield Unit(number, archive.path, archive.source, start, min(start + step, archive.size))
            number += 1


def write_units(units: Iterable[Unit], path: str) -> None:
    """Write units as JSON lines: workers read their work from a file, so the job graph does not grow with the inputs (law 9)."""
    with storage.write_whole(path) as file:
        for unit in units:
            file.write(json.dumps(asdict(unit)).encode() + b"\n")


def read_units(path: str) -> Iterator[Unit]:
    """The units of a list written by `write_units`."""
    for line in storage.read_bytes(path).splitlines():
        yield Unit(**json.loads(line))


def unit_file(folder: str, name: str, kind: str) -> str:
    """The path of a unit's file: `summary.json`, `docs`, `images`, or an index table."""
    return storage.join(folder, "units", f"{name}.{kind}")
