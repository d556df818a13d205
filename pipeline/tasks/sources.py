"""Files of test sets -> items with texts and pictures. Reads lines of text, JSON as COCO, VQA and Karpathy's splits have it, tables, tar
files as WebDataset writes them, and images; folders of images."""

import csv
import io
import json
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from pipeline import storage
from pipeline.given_files import kind_of, opened, read_as_its_kind
from schemas.outcomes import UserError

IMAGE_ENDINGS = ("jpg", "jpeg", "jfif", "png", "webp", "gif", "avif", "bmp", "tif", "tiff", "ico")
TEXT_COLUMNS = ("caption", "captions", "sentence", "sentences", "raw", "question", "query", "text", "texts")
IMAGE_COLUMNS = ("image", "images", "img", *IMAGE_ENDINGS)
ID_COLUMNS = ("id", "question_id", "sentid", "imgid", "image_id", "cocoid", "__key__", "file_name", "filename")
LONGEST_ID = 100  # characters
_ROWS = 256  # of a Parquet file at a time: each may hold a picture
_BYTES = "bytes"


class Item(NamedTuple):
    """One item of a test set: its id, its texts, and the files of its pictures."""

    id: str
    texts: tuple[str, ...]
    images: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of rows hold texts, pictures and ids, those by which such columns are mostly called where none is named; and which rows
    are taken: those whose columns have these values. `a.b` is the field `b` of what stands in `a`."""

    texts: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    id: str = ""
    where: tuple[tuple[str, str], ...] = ()


def read_items(paths: Iterable[str], columns: Columns, skipped: Callable[[str], None]) -> Iterator[Item]:
    """The items of files and folders, in the order given, of a folder its images by name; `skipped` hears of its other files.

    Raises UserError where a file cannot be read, or is of a kind that is not.
    """
    for path in paths:
        if not storage.is_folder(path):
            yield from _of_file(path, columns)
            continue
        for name in storage.files_below(path):
            if kind_of(name) in IMAGE_ENDINGS:
                yield Item(_short(name), (), (storage.read_bytes(storage.join(path, name)),))
            else:
                skipped(storage.join(path, name))


def _of_file(path: str, columns: Columns) -> Iterator[Item]:
    ending = kind_of(path)
    if ending in IMAGE_ENDINGS:
        yield Item(_short(PurePosixPath(path).name), (), (_whole(path),))
        return
    if ending not in _READERS:
        known = ", ".join(f".{name}" for name in _READERS)
        raise UserError(f"{path}: files of this kind are not read; known are {known}, images, and folders of images")
    with read_as_its_kind(path):
        yield from _READERS[ending](path, columns)


def _whole(path: str) -> bytes:
    try:
        return storage.read_bytes(path)
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file") from error


def _lines(path: str, columns: Columns) -> Iterator[Item]:
    """A file of text: a line an item."""
    with opened(path) as file:
        for number, line in enumerate(file, 1):
            if text := line.decode("utf-8-sig").strip():
                yield Item(f"{_stem(path)}:{number}", (text,))


def _json_lines(path: str, columns: Columns) -> Iterator[Item]:
    with opened(path) as file:
        yield from _of_rows(path, (json.loads(line) for line in file if line.strip()), columns)


def _json(path: str, columns: Columns) -> Iterator[Item]:
    """A list of objects, or an object of such lists, of which those with texts count."""
    with opened(path) as file:
        tree = json.load(file)
    if not isinstance(tree, (list, dict)):
        raise UserError(f"{path}: expected a list of objects, or an object of such lists")
    lists = [tree] if isinstance(tree, list) else [each for each in tree.values() if _are_rows(each)]
    telling = [rows for rows in lists if any(_values(rows[0], name) for name in columns.texts or TEXT_COLUMNS if rows)]
    if not telling and lists:
        telling = lists[:1]  # whose columns the message names
    for rows in telling:
        yield from _of_rows(path, rows, columns)


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _table(path: str, columns: Columns) -> Iterator[Item]:
    with opened(path) as file:
        text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        yield from _of_rows(path, csv.DictReader(text, delimiter="\t" if kind_of(path) == "tsv" else ","), columns)


def _parquet(path: str, columns: Columns) -> Iterator[Item]:
    with opened(path) as file, pq.ParquetFile(file) as table:
        batches = table.iter_batches(batch_size=_ROWS)
        yield from _of_rows(path, (row for batch in batches for row in batch.to_pylist()), columns)


def _tar(path: str, columns: Columns) -> Iterator[Item]:
    """A WebDataset: the members of one key are an item; of JSON its fields."""
    with opened(path) as file, tarfile.open(fileobj=file, mode="r|") as tar:
        members = ((member.name, tar.extractfile(member)) for member in tar if member.isfile())
        for key, same in groupby(members, key=lambda member: _key(member[0])):
            row: dict[str, Any] = {"__key__": key}
            for name, member in same:
                ending, data = kind_of(name), member.read() if member else b""
                if ending == "json":
                    row |= json.loads(data)
                else:
                    row[{"txt": "text"}.get(ending, ending)] = data if ending in IMAGE_ENDINGS else data.decode()
            yield from _of_rows(path, [row], columns)


def _key(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return "/".join(filter(None, (folder, file.partition(".")[0])))


def _of_rows(path: str, rows: Iterable[Mapping[str, Any]], columns: Columns) -> Iterator[Item]:
    """Rows as items. Raises UserError where the first one has none of the columns."""
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise UserError(f"{path}: row {number} is no object but {json.dumps(row)[:60]}")
        texts = [each for name in columns.texts or TEXT_COLUMNS for each in _values(row, name) if isinstance(each, str)]
        images = [each for name in columns.images or IMAGE_COLUMNS for each in _pictures(row, name)]
        if number == 1:
            _check_columns(path, row, columns)
        if all(wanted in map(str, _values(row, name)) for name, wanted in columns.where):
            named = [each for name in ([columns.id] if columns.id else ID_COLUMNS) for each in _values(row, name)]
            yield Item(_short(str(named[0]) if named else f"{_stem(path)}:{number}"), tuple(texts), tuple(images))


def _check_columns(path: str, row: Mapping[str, Any], columns: Columns) -> None:
    """Raise UserError where a first row has not what was asked for, or nothing to index."""
    there = ", ".join(map(str, row)) or "none"
    for name in (*columns.texts, *columns.images, *filter(None, [columns.id]), *(name for name, _ in columns.where)):
        if name.partition(".")[0] not in row:
            raise UserError(f"{path}: its first row has no column {name}; it has {there}")
    if not columns.texts and not columns.images and not {*TEXT_COLUMNS, *IMAGE_COLUMNS} & row.keys():
        raise UserError(
            f"{path}: none of its columns is known for texts or pictures; name one by --text-column or --image-column. It has {there}"
        )


def _values(row: Any, name: str) -> list[Any]:
    """What stands in a column: texts and numbers, those of lists one by one; of objects in it those of TEXT_COLUMNS, or the named field."""
    first, _, rest = name.partition(".")
    return list(_flat(row.get(first) if isinstance(row, Mapping) else None, rest))


def _flat(value: Any, rest: str) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for name in [rest] if rest else TEXT_COLUMNS:
            yield from _values(value, name)
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        for each in value:
            yield from _flat(each, rest)
    elif value is not None and not rest and not isinstance(value, bytes):
        yield value


def _pictures(row: Mapping[str, Any], name: str) -> Iterator[bytes]:
    """The bytes of pictures in a column: as they are, or as the `datasets` library writes them."""
    value = row.get(name)
    for each in value if isinstance(value, list) else [value]:
        data = each.get(_BYTES) if isinstance(each, Mapping) else each
        if isinstance(data, bytes) and data:
            yield data


def _stem(path: str) -> str:
    return PurePosixPath(path).name.partition(".")[0]


def _short(text: str) -> str:
    return " ".join(text.encode("utf-8", "replace").decode().split())[:LONGEST_ID]


_READERS: Mapping[str, Callable[[str, Columns], Iterator[Item]]] = {
    "txt": _lines,
    "jsonl": _json_lines,
    "json": _json,
    "csv": _table,
    "tsv": _table,
    "parquet": _parquet,
    "tar": _tar,
}
