"""Lists of addresses to fetch: text, sitemaps, CSV, JSON lines and Parquet, as img2dataset reads and writes them. In: files. Out: rows, by
file and part.

A row may say what is expected: a digest (`sha256`, `md5`) or a size in bytes (`size`). What comes is compared with it. And it may hold the
caption of an image, which goes with what comes into the archive.
"""

import codecs
import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO, NamedTuple

import pyarrow.parquet as pq

from pipeline import storage
from pipeline.given_files import kind_of, opened, read_as_its_kind
from schemas.outcomes import UserError
from transforms.fetch.sitemap import SitemapError, listed
from transforms.html.urls import LONGEST, as_scalars

TEXTS = ("txt", "list", "urls")  # endings of files that hold an address a line
SITEMAPS = ("xml", "rss", "atom")
TABLES = {"csv": ",", "tsv": "\t"}
JSON_LINES = ("jsonl", "ndjson")  # endings of files with an object a line
KINDS = (*TEXTS, *SITEMAPS, *TABLES, *JSON_LINES, "parquet")
URL_COLUMNS = ("url", "URL", "image_url", "link", "uri")  # the first that is there counts
# The same of captions, as img2dataset's own tables, LAION, COYO and DataComp, and cc2dataset call them.
CAPTION_COLUMNS = ("caption", "TEXT", "text", "alt")
LONGEST_DIGEST = 64  # hex digits
LONGEST_CAPTION = 2000  # characters, where LAION's crawler cuts; more of a text is no caption
DIGEST_COLUMNS = ("sha256", "md5")
SIZE_COLUMN = "size"
_NO_UTF8 = re.compile("[\udc80-\udcff]")
_BATCH = 4096  # rows of a Parquet file at a time
_PIECE = 1 << 16  # bytes of a sitemap at a time


class Columns(NamedTuple):
    """The columns of tables that hold addresses and captions; "" is one of a known name, None of captions is none."""

    url: str = ""
    caption: str | None = ""


ANY = Columns()


class Row(NamedTuple):
    """One address of a list: which file, which row of it (from 0), the address as it stands there, what is expected, and its captions.

    `digest` is `sha256:HEX` or `md5:HEX`, "" where none is expected; `size` is -1 where none is. Where
    `copies` is more than 1 the row counts others of its address (`pipeline/fetch/copies.py`).
    """

    list: int
    row: int
    url: str
    digest: str = ""
    size: int = -1
    captions: tuple[str, ...] = ()
    copies: int = 1


def find_lists(given: Iterable[str]) -> dict[str, int]:
    """The files that paths and patterns stand for, with their sizes, sorted. Raises UserError that names a pattern without a match."""
    found: dict[str, int] = {}
    for pattern in given:
        if pattern.startswith(("http://", "https://")) and kind_of(pattern) not in KINDS:
            raise UserError(f"--urls {pattern} is an address: --urls takes files of addresses, so write it into one")
        matches = storage.find_files(pattern)
        if not matches:
            if storage.is_folder(pattern):
                inside = storage.join(pattern, "*.parquet")
                raise UserError(
                    f"--urls {pattern} is a folder: name the lists in it by a pattern in quotes, such as '{inside}'"
                )
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


def read_rows(path: str, number: int, part: int = 0, columns: Columns = ANY) -> Iterator[Row]:
    """The rows of a part of list `number`; blank lines and lines that begin with # are passed over in a text file.

    Raises UserError where the file cannot be read, or lacks a column that is asked for.
    """
    kind = kind_of(path)
    with read_as_its_kind(path), opened(path) as file:
        if kind == "parquet":
            yield from _parquet(path, number, part, columns, file)
        elif kind in TABLES:
            yield from _table(path, number, columns, file, TABLES[kind])
        elif kind in JSON_LINES:
            yield from _json_lines(path, number, columns, file)
        elif kind in SITEMAPS:
            yield from _sitemap(path, number, file)
        else:
            yield from _text(number, file)


def _sitemap(path: str, number: int, file: BinaryIO) -> Iterator[Row]:
    """What a sitemap or a feed lists; of an index of sitemaps these."""
    try:
        for place, one in enumerate(listed(iter(partial(file.read, _PIECE), b""))):
            yield Row(number, place, address_in(one.url))
    except SitemapError as error:
        raise UserError(f"{path} cannot be read as .{kind_of(path)}: {error}") from error


def _text(number: int, file: BinaryIO) -> Iterator[Row]:
    for place, line in enumerate(file):
        if place == 0 and line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise ValueError("it is UTF-16: save it as UTF-8")
        url = text_in(line.removeprefix(codecs.BOM_UTF8) if place == 0 else line).strip()
        if url and not url.startswith("#"):
            yield Row(number, place, address_in(url))


def text_in(line: bytes) -> str:
    """A line as text; bytes that are no UTF-8 stand in it as browsers send them.

    >>> text_in("http://ex.com/é".encode()), text_in("http://ex.com/é".encode("latin-1"))
    ('http://ex.com/é', 'http://ex.com/%E9')
    """
    text = line.decode("utf-8", "surrogateescape")
    return text if text.isascii() else _NO_UTF8.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", text)


def _table(path: str, number: int, columns: Columns, file: BinaryIO, delimiter: str) -> Iterator[Row]:
    with io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
        rows = csv.DictReader(text, delimiter=delimiter)
        make = _maker(path, rows.fieldnames or (), columns)
        try:
            for place, row in enumerate(rows):
                yield make(number, place, row)
        except (csv.Error, UnicodeDecodeError) as error:
            raise ValueError(f"behind line {rows.line_num}: {error}") from error


def _json_lines(path: str, number: int, columns: Columns, file: BinaryIO) -> Iterator[Row]:
    for place, line in enumerate(file):
        if line.strip():
            try:
                row = json.loads(line)
            except RecursionError as error:
                raise ValueError(f"line {place + 1} is nested too deep") from error
            except ValueError as error:
                raise ValueError(f"line {place + 1}: {error}") from error
            if not isinstance(row, dict):
                raise ValueError(f"line {place + 1} is no object")
            yield _maker(path, row, columns)(number, place, row)


def _parquet(path: str, number: int, part: int, columns: Columns, file: BinaryIO) -> Iterator[Row]:
    with pq.ParquetFile(file) as table:
        there = table.schema_arrow.names
        make = _maker(path, there, columns)
        if not table.num_row_groups:
            return
        asked = (*_named(columns.url, URL_COLUMNS), *_named(columns.caption, CAPTION_COLUMNS))
        wanted = [name for name in dict.fromkeys((*asked, *DIGEST_COLUMNS, SIZE_COLUMN)) if name in there]
        place = sum(table.metadata.row_group(group).num_rows for group in range(part))
        for batch in table.iter_batches(_BATCH, row_groups=[part], columns=wanted):
            for row in batch.to_pylist():
                yield make(number, place, row)
                place += 1


def _named(asked: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    return () if asked is None else (asked,) if asked else known


def _maker(path: str, there: Iterable[str], columns: Columns) -> Callable[[int, int, Mapping[str, Any]], Row]:
    """What makes a row of a table's row. Raises UserError where the table lacks a column that it needs."""
    names = list(there)
    column = next((name for name in _named(columns.url, URL_COLUMNS) if name in names), None)
    if column is None:
        sought = f"no column {columns.url}" if columns.url else f"no column of addresses ({', '.join(URL_COLUMNS)})"
        raise UserError(f"{path} has {sought}; it has {', '.join(map(str, names)) or 'none'}: name one by --url-column")
    captions = next((name for name in _named(columns.caption, CAPTION_COLUMNS) if name in names), None)
    if columns.caption and captions is None:
        raise UserError(f"{path} has no column {columns.caption}; it has {', '.join(map(str, names))}")
    digests = [name for name in DIGEST_COLUMNS if name in names]

    def make(number: int, place: int, row: Mapping[str, Any]) -> Row:
        expected = next((f"{name}:{digest_in(row[name])}" for name in digests if row[name]), "")
        size: object = row.get(SIZE_COLUMN)
        said = caption_in(row.get(captions)) if captions else ()
        return Row(number, place, address_in(str(row[column] or "").strip()), expected, size_in(size), said)

    return make


def address_in(text: str) -> str:
    """An address as a list has it. One of megabytes is cut, and told from others by a digest at its end: it goes through a shuffle, only to
    be refused for its length.

    >>> address_in("http://ex.com/\\ud800"), len(address_in("http://ex.com/" + 10**6 * "a"))
    ('http://ex.com/\ufffd', 2147)
    """
    if len(text) > LONGEST:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        text = text[:LONGEST] + digest
    return as_scalars(text)


def digest_in(value: object) -> str:
    """A digest as a table holds it, in small letters; what is none has a bounded length and fits nothing."""
    return as_scalars(str(value)[: 2 * LONGEST_DIGEST]).lower()


def caption_in(value: object) -> tuple[str, ...]:
    """The caption that a table holds, as one line of bounded length; () where it holds none.

    >>> caption_in(" A boat\\nat sea "), caption_in(None), caption_in("  ")
    (('A boat at sea',), (), ())
    """
    text = (
        " ".join(as_scalars(value[: 2 * LONGEST_CAPTION]).split())[:LONGEST_CAPTION] if isinstance(value, str) else ""
    )
    return (text,) if text else ()


def size_in(value: object) -> int:
    """A size in bytes as a table holds it; -1 where it holds none, or a number that is no file's.

    >>> size_in("12"), size_in(12.0), size_in(None), size_in("large"), size_in(1e300)
    (12, 12, -1, -1, -1)
    """
    text: str = f"{value:.0f}" if isinstance(value, float) else str(value)
    return int(text) if text.isdecimal() and len(text) <= 15 else -1
