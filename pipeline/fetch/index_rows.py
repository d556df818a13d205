"""Indexes of archives -> the records in them that are wanted. In: Parquet (Common Crawl's columnar index) or CDXJ. Out: rows, by file.

A row that names no place of a record is a row too: its unit says so (law 3). What is selected lies in files of our own from then on, so an
index is read once.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.dataset as ds

from pipeline import storage
from pipeline.clients import is_web
from pipeline.given_files import kind_of, opened, read_as_its_kind
from pipeline.sections import damaged
from schemas.outcomes import UserError
from transforms.fetch.selection import Selection
from transforms.html.urls import as_scalars

PATHS, PARQUET, CDXJ = "paths", "parquet", "cdxj"
_CDX = re.compile(r"(?:.*\.cdxj?|cdx-\d+)(?:\.gz)?")  # names of files of CDXJ lines, Common Crawl's among them
_COLUMNS = ("url", "warc_filename", "warc_record_offset", "warc_record_length", "content_digest")
_NEEDED = _COLUMNS[:-1]
_BATCH = 1 << 14
MOST_LINE = 1 << 20  # characters of a line of CDXJ
Opener = Callable[[str], BinaryIO]


class Selected(NamedTuple):
    """A record that is wanted: which index file and which of those rows of it that are wanted, the address that it is of, and its place.

    `length` is -1 where the index names no place. `of` is the id of the row that stands for it, where two name one place.
    """

    id: str
    url: str
    archive: str
    offset: int
    length: int
    digest: str
    of: str = ""

    @property
    def key(self) -> str:
        """What is read together: an archive, 2 GiB of it at most; rows without a place are each by themselves."""
        return f"{self.archive}\0{self.offset >> 31}" if self.length >= 0 else self.id


SCHEMA = pa.schema(
    [(name, pa.int64() if kind is int else pa.string()) for name, kind in Selected.__annotations__.items()]
)


def index_kind(path: str) -> str:
    """What an index file is, by its name; "" where that says nothing.

    >>> [index_kind(f"/x/{name}") for name in ("a.parquet", "cdx-00012.gz", "b.cdxj", "cc-index-table.paths.gz", "c.txt")]
    ['parquet', 'cdxj', 'cdxj', 'paths', '']
    """
    kind = kind_of(path)
    if kind in (PATHS, PARQUET):
        return kind
    return CDXJ if _CDX.fullmatch(path.rpartition("/")[2].lower()) else ""


def find_indexes(given: Iterable[str], archives: str, selection: Selection) -> dict[str, int]:
    """The files that paths, patterns, folders and lists of paths stand for, with their sizes (-1 on the web), sorted.

    A list of paths, as Common Crawl publishes it, names files below `archives`. Files of other parts of a crawl than the selection's are
    left out. Raises UserError that names what is not there, or cannot be read.
    """
    found: dict[str, int] = {}
    for pattern in given:
        found |= _found(pattern, archives)
    for path in found:
        if not index_kind(path):
            raise UserError(
                f"--index {path}: indexes are .parquet, .cdxj or cdx-NNNNN, also .gz, and lists of them (.paths, .paths.gz)"
            )
    found = {path: size for path, size in sorted(found.items()) if selection.in_file(path)}
    if not found:
        raise UserError(f"--index: none of the files holds the subset {', '.join(selection.subset)}")
    return found


def _found(pattern: str, archives: str) -> dict[str, int]:
    if index_kind(pattern) == PATHS and not is_web(pattern):
        names = list(read_names(pattern))
        return {path: size for name in names for path, size in _found(storage.join(archives, name), archives).items()}
    if is_web(pattern):
        return {pattern: -1}
    if storage.is_folder(pattern):
        inside = {storage.join(pattern, name): size for name, size in storage.walk(pattern)}
        matches = {path: size for path, size in inside.items() if index_kind(path) in (PARQUET, CDXJ)}
    else:
        matches = storage.find_files(pattern)
    if not matches:
        raise UserError(f"--index {pattern}: no such index; give files, folders, or a pattern in quotes")
    return {storage.absolute(path): size for path, size in matches.items()}


def read_names(path: str) -> Iterator[str]:
    """The lines of a file of names; blank ones are passed over. Raises UserError."""
    with read_as_its_kind(path), opened(path) as file:
        for line in file:
            if name := line.decode("utf-8-sig").strip():
                yield name


def read_index(
    path: str, number: int, selection: Selection, open_: Opener = storage.open_for_reading
) -> Iterator[Selected]:
    """The rows of index `number` that are wanted. Raises UserError where the file cannot be read, or lacks a column."""
    read = _parquet if index_kind(path) == PARQUET else _lines
    try:
        with open_(path) as file:
            for place, told in enumerate(read(path, selection, file)):
                yield _row(f"{number}-{place}", told)
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file") from error
    except (ValueError, EOFError, gzip.BadGzipFile) as error:
        raise UserError(f"{path} cannot be read as an index of archives: {error}") from error


def _parquet(path: str, selection: Selection, file: BinaryIO) -> Iterator[Mapping[str, Any]]:
    """Rows, of which Arrow reads no row group that by its least and greatest values cannot hold what is wanted."""
    fragment = ds.ParquetFileFormat().make_fragment(file)
    names = fragment.physical_schema.names
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise UserError(f"{path} has no column {missing[0]}; it has {', '.join(names)}")
    try:
        wanted = selection.expression(names)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    columns = [name for name in _COLUMNS if name in names]
    for batch in fragment.to_batches(columns=columns, filter=wanted, batch_size=_BATCH, use_threads=False):
        for row in batch.to_pylist():
            yield {
                "url": row["url"],
                "filename": row["warc_filename"],
                "offset": row["warc_record_offset"],
                "length": row["warc_record_length"],
                "digest": row.get("content_digest"),
            }


def _lines(path: str, selection: Selection, file: BinaryIO) -> Iterator[Mapping[str, Any]]:
    """What lines tell that are wanted, or that cannot be read. Raises ValueError where the file has lines of another kind."""
    packed = path.lower().endswith(".gz")
    with gzip.open(file) if packed else nullcontext(file) as lines:
        while line := lines.readline(MOST_LINE):
            if line.startswith(b" CDX"):
                raise ValueError("its lines are those of CDX, where those of CDXJ are read")
            if not line.strip() or line.startswith(b"!"):  # what some tools say of the file itself
                continue
            told = _told(line)
            if told is None:
                yield {"url": line[:500].decode("utf-8", "replace").strip()}
            elif selection.takes(told):
                yield told


def _told(line: bytes) -> Mapping[str, Any] | None:
    """The object of a line; None where it has none that can be read."""
    begin = line.find(b"{")
    try:
        found = json.loads(line[begin:]) if begin >= 0 else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _row(identity: str, told: Mapping[str, Any]) -> Selected:
    offset, length = number_in(told.get("offset")), number_in(told.get("length"))
    name = str(told.get("filename") or "")
    if min(offset, length) < 0 or not is_below(name):
        offset = length = -1
    url, digest = (as_scalars(str(told.get(field) or "")) for field in ("url", "digest"))
    return Selected(identity, url, as_scalars(name), offset, length, digest)


def is_below(name: str) -> bool:
    """Whether the name of an archive stays below the base that it is looked for at.

    >>> is_below("crawl-data/a.warc.gz"), is_below("../a.warc.gz"), is_below("/etc/passwd"), is_below("http://ex.com/a"), is_below("")
    (True, False, False, False, False)
    """
    parts = name.split("/")
    return ":" not in parts[0] and not {"", ".", ".."}.intersection(parts) and name.isprintable() and "\\" not in name


def number_in(value: object) -> int:
    """A place or a length as indexes write it, -1 where it is none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else -1


def marked(rows: Iterable[Selected]) -> list[Selected]:
    """Rows in the order in which they are read: by archive and offset; where two name one place, the first stands for the others.

    >>> [row.of for row in marked([Selected("0-3", "u", "a", 5, 9, ""), Selected("0-1", "u", "a", 5, 9, "")])]
    ['', '0-1']
    """
    found: list[Selected] = []
    for row in sorted(rows, key=lambda row: (row.archive, row.offset, order_of(row.id))):
        first = found[-1] if found else None
        same = (
            first
            and row.length >= 0
            and (first.archive, first.offset, first.length) == (row.archive, row.offset, row.length)
        )
        found.append(row._replace(of=(first.of or first.id) if first and same else ""))
    return found


def order_of(identity: str) -> tuple[int, int]:
    """An id as a place: the number of the index, and that of the row."""
    index, _, row = identity.partition("-")
    return int(index), int(row)


def write_selected(path: str, rows: Iterable[Selected]) -> None:
    """Write rows to a file of ours, batch by batch."""
    with storage.write_whole(path, durable=False) as file, pa.ipc.new_file(file, SCHEMA) as writer:
        batch: list[Selected] = []
        for row in rows:
            batch.append(row)
            if len(batch) >= _BATCH:
                writer.write_batch(_batch(batch))
                batch.clear()
        if batch:
            writer.write_batch(_batch(batch))


def _batch(rows: list[Selected]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True))
    return pa.record_batch(
        [pa.array(column, one.type) for column, one in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )


def read_selected(path: str) -> Iterator[Selected]:
    """The rows of a file of ours, batch by batch. Raises DamagedFileError where the file is not as it was written."""
    try:
        with storage.open_for_reading(path) as file, pa.ipc.open_file(file) as reader:
            for number in range(reader.num_record_batches):
                batch = reader.get_batch(number)
                for row in zip(*(batch.column(name).to_pylist() for name in SCHEMA.names), strict=True):
                    yield Selected(*row)
    except (FileNotFoundError, pa.ArrowInvalid) as error:
        raise damaged(path, str(error)) from error
