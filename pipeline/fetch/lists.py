"""Lists of addresses to fetch: text, sitemaps, CSV and Parquet as img2dataset has them. In: files. Out: rows, by file and part.

A row may say what is expected: a digest (`sha256`, `md5`) or a size in bytes (`size`). What comes is compared with it.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO, NamedTuple

import pyarrow.parquet as pq

from pipeline import storage
from pipeline.given_files import kind_of, opened, read_as_its_kind
from schemas.outcomes import UserError
from transforms.fetch.sitemap import SitemapError, listed

TEXTS = ("txt", "list", "urls")  # endings of files that hold an address a line
SITEMAPS = ("xml", "rss", "atom")
TABLES = {"csv": ",", "tsv": "\t"}
KINDS = (*TEXTS, *SITEMAPS, *TABLES, "parquet")
URL_COLUMNS = ("url", "URL", "image_url", "link", "uri")  # the first that is there counts
DIGEST_COLUMNS = ("sha256", "md5")
SIZE_COLUMN = "size"
_BATCH = 4096  # rows of a Parquet file at a time
_PIECE = 1 << 16  # bytes of a sitemap at a time


class Row(NamedTuple):
    """One address of a list: which file, which row of it (from 0), the address as it stands there, and what is expected.

    `digest` is `sha256:HEX` or `md5:HEX`, "" where none is expected; `size` is -1 where none is.
    """

    list: int
    row: int
    url: str
    digest: str = ""
    size: int = -1


def find_lists(given: Iterable[str]) -> dict[str, int]:
    """The files that paths and patterns stand for, with their sizes, sorted. Raises UserError that names a pattern without a match."""
    found: dict[str, int] = {}
    for pattern in given:
        matches = storage.find_files(pattern)
        if not matches:
            raise UserError(f"--urls {pattern}: no such file; give a list of addresses, or a pattern in quotes")
        found |= {storage.absolute(path): size for path, size in matches.items()}
    for path in found:
        if kind_of(path) not in KINDS:
            known = ", ".join(f".{name}" for name in KINDS)
            raise UserError(f"--urls {path}: files of this kind are not read; known are {known}, also with .gz")
    return dict(sorted(found.items()))


def parts_of(path: str) -> int:
    """In how many parts a list is read: the row groups of a Parquet file; any other file is one. Raises UserError."""
    if kind_of(path) != "parquet":
        return 1
    with read_as_its_kind(path), opened(path) as file, pq.ParquetFile(file) as table:
        return max(1, int(table.num_row_groups))


def read_rows(path: str, number: int, part: int = 0, url_column: str = "") -> Iterator[Row]:
    """The rows of a part of list `number`; blank lines and lines that begin with # are passed over in a text file.

    Raises UserError where the file cannot be read, or has no column of addresses.
    """
    kind = kind_of(path)
    with read_as_its_kind(path), opened(path) as file:
        if kind == "parquet":
            yield from _parquet(path, number, part, url_column, file)
        elif kind in TABLES:
            yield from _table(path, number, url_column, file, TABLES[kind])
        elif kind in SITEMAPS:
            yield from _sitemap(path, number, file)
        else:
            yield from _text(number, file)


def _sitemap(path: str, number: int, file: BinaryIO) -> Iterator[Row]:
    """What a sitemap or a feed lists; of an index of sitemaps these."""
    try:
        for place, one in enumerate(listed(iter(partial(file.read, _PIECE), b""))):
            yield Row(number, place, one.url)
    except SitemapError as error:
        raise UserError(f"{path} cannot be read as .{kind_of(path)}: {error}") from error


def _text(number: int, file: BinaryIO) -> Iterator[Row]:
    for place, line in enumerate(file):
        url = line.decode("utf-8-sig" if place == 0 else "utf-8").strip()
        if url and not url.startswith("#"):
            yield Row(number, place, url)


def _table(path: str, number: int, url_column: str, file: BinaryIO, delimiter: str) -> Iterator[Row]:
    with io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
        rows = csv.DictReader(text, delimiter=delimiter)
        make = _maker(path, rows.fieldnames or (), url_column)
        for place, row in enumerate(rows):
            yield make(number, place, row)


def _parquet(path: str, number: int, part: int, url_column: str, file: BinaryIO) -> Iterator[Row]:
    with pq.ParquetFile(file) as table:
        make = _maker(path, table.schema_arrow.names, url_column)
        if not table.num_row_groups:
            return
        wanted = [
            name for name in (*_named(url_column), *DIGEST_COLUMNS, SIZE_COLUMN) if name in table.schema_arrow.names
        ]
        place = sum(table.metadata.row_group(group).num_rows for group in range(part))
        for batch in table.iter_batches(_BATCH, row_groups=[part], columns=wanted):
            for row in batch.to_pylist():
                yield make(number, place, row)
                place += 1


def _named(url_column: str) -> tuple[str, ...]:
    return (url_column,) if url_column else URL_COLUMNS


def _maker(path: str, columns: Iterable[str], url_column: str) -> Callable[[int, int, Mapping[str, Any]], Row]:
    """What makes a row of a table's row. Raises UserError where the table has no column of addresses."""
    there = list(columns)
    column = next((name for name in _named(url_column) if name in there), None)
    if column is None:
        sought = f"no column {url_column}" if url_column else f"no column of addresses ({', '.join(URL_COLUMNS)})"
        raise UserError(f"{path} has {sought}; it has {', '.join(map(str, there)) or 'none'}: name one by --url-column")
    digests = [name for name in DIGEST_COLUMNS if name in there]

    def make(number: int, place: int, row: Mapping[str, Any]) -> Row:
        expected = next((f"{name}:{str(row[name]).lower()}" for name in digests if row[name]), "")
        size: object = row.get(SIZE_COLUMN)
        return Row(number, place, str(row[column] or "").strip(), expected, size_in(size))

    return make


def size_in(value: object) -> int:
    """A size in bytes as a table holds it; -1 where it holds none.

    >>> size_in("12"), size_in(12.0), size_in(None), size_in("large")
    (12, 12, -1, -1)
    """
    text: str = f"{value:.0f}" if isinstance(value, float) else str(value)
    return int(text) if text.isdecimal() else -1
