"""A small finished run, made by the project's own writers: texts, pairs and documents in every format."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from pipeline import formats
from pipeline.card import card
from pipeline.formats.base import Format, Kind, Row
from pipeline.formats.parquet import PARQUET, ParquetFormat
from pipeline.formats.side_files import write_side_file
from pipeline.formats.webdataset import IMAGE_SUFFIX
from schemas.manifest import Account, Input, Manifest, ShardFile, to_json
from schemas.tables import DROPPED_TABLE, FAILED_TABLE
from tests.support.tables import KINDS

SMALL_GROUPS = ParquetFormat(group_bytes=4000)  # so that a shard has several row groups
TABLES = {table.name: Kind(table.name, table.row, table) for table in (DROPPED_TABLE, FAILED_TABLE)}
TEXTS, PAIRS, DOCUMENTS = 23, 31, 17
DIRECTIVES: tuple[list[str], ...] = ([], ["robots: noai"], ["robots: noai", "tdm-reservation: 1"])
FORMATS = ("jpeg", "png", "webp", "gif")


@cache
def picture(number: int, form: str) -> bytes:
    """A small image that differs from number to number."""
    out = io.BytesIO()
    colour = (number * 37 % 256, number * 91 % 256, 255 - number % 256)
    Image.new("RGB", (8 + number % 5, 6 + number % 7), colour).save(out, form)
    return out.getvalue()


def key(number: int) -> str:
    """An id in the order of its number."""
    return f"{number:032x}"


def text_row(number: int) -> dict[str, Any]:
    """One row of the text corpus."""
    return {
        "id": key(number),
        "url": f"https://example.org/{number}",
        "title": f"Page {number}",
        "author": "Ada Brindle" if number % 2 else "",
        "published": "",
        "site": "Coast Journal",
        "text": f"Page {number}.\n\n" + "Große Worte, 日本語. " * number,
        "lang": "de",
        "lang_score": 0.75,
        "date": "2024-05-01T00:00:00Z",
        "source": "a.warc.gz",
        "offset": number * 1000,
        "truncated": "length" if number == 5 else "",
        "directives": DIRECTIVES[number % 3],
        "license": "",
    }


def pair_row(number: int) -> dict[str, Any]:
    """One row of the pairs; formats take turns, and every other hash has its highest bit set."""
    form = FORMATS[number % len(FORMATS)]
    return {
        "id": key(number),
        "url": f"https://example.org/{number}.{form}",
        "ref_url": f"https://example.org/{number}.jpg",
        "found_by": "",
        "page_url": "https://example.org/",
        "caption": f"a picture of {number}",
        "caption_lang": "en",
        "caption_lang_score": 0.5,
        "caption_kind": "alt",
        "captions": [f"title: {number}"],
        "credit": "",
        "image": {"bytes": picture(number, form), "path": f"{key(number)}.{IMAGE_SUFFIX[form]}"},
        "width": 8 + number % 5,
        "height": 6 + number % 7,
        "original_width": 800,
        "original_height": 600,
        "original_format": "jpeg",
        "taken": "",
        "format": form,
        "sha256": f"{number:064x}",
        "phash": number if number % 2 else 2**64 - 1 - number,
        "source": "a.warc.gz",
        "offset": number * 1000,
        "lang": "en",
        "lang_score": None if number == 3 else 0.5,
        "directives": DIRECTIVES[number % 3],
    }


def document_row(number: int) -> dict[str, Any]:
    """One interleaved document of one to three images."""
    count = 1 + number % 3
    image = {"bytes": picture(number, "png"), "path": "x.png"}
    described = {"url": "https://example.org/x.png", "alt": "", "width": 8, "height": 6, "format": "png"}
    return {
        "id": key(number),
        "part": 1,
        "parts": 1,
        "url": f"https://example.org/{number}",
        "title": f"Page {number}",
        "author": "",
        "published": "2024-05-01",
        "site": "",
        "lang": "en",
        "lang_score": 0.5,
        "texts": ["first", None] * count,
        "images": [None, image] * count,
        "metadata": json.dumps([None, described] * count),
        "media": "[]",
        "general_metadata": json.dumps({"url": f"https://example.org/{number}"}),
        "date": "2024-05-01T00:00:00Z",
        "source": "a.warc.gz",
        "offset": number * 1000,
        "truncated": "",
        "directives": DIRECTIVES[number % 3],
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }


ROWS: Mapping[str, tuple[Callable[[int], dict[str, Any]], int]] = {
    "text": (text_row, TEXTS),
    "pairs": (pair_row, PAIRS),
    "interleaved": (document_row, DOCUMENTS),
}


def rows(corpus: str) -> list[dict[str, Any]]:
    """All rows of one corpus of the small run."""
    make, count = ROWS[corpus]
    return [make(number) for number in range(count)]


def write_shard(run: str, name: str, format_: Format, kind: Kind, items: Sequence[Row]) -> ShardFile:
    """One shard of these rows; Parquet in small row groups."""
    writer = SMALL_GROUPS if format_ is PARQUET else format_
    with writer.open(run, name, kind) as shard:
        shard.write(items)
    assert shard.file is not None
    return shard.file


def _left() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of the dropped and failed tables: two by a rule, one duplicate, one fault."""
    place = {"corpus": "text", "url": "https://example.org/", "source": "a.warc.gz"}
    by_rule = [place | {"id": key(n), "stage": "decide", "rule": "text_chars", "value": float(n)} for n in (101, 102)]
    twin = place | {"id": key(103), "stage": "decide", "rule": "exact", "of": key(1)}
    fault = place | {"id": "", "offset": -1, "stage": "extract", "fault": "bomb", "detail": "too large"}
    return [*by_rule, twin], [fault]


def accounts() -> tuple[Account, ...]:
    """The accounts that the small run's tables bear out."""
    return (
        Account("text", "extract", TEXTS + 4, TEXTS + 3, {}, {"bomb": 1}, {}),
        Account("text", "decide", TEXTS + 3, TEXTS, {"text_chars": 2}, {}, {"exact": 1}),
        Account("pairs", "decide", PAIRS, PAIRS),
        Account("interleaved", "decide", DOCUMENTS, DOCUMENTS),
    )


def write_run(folder: Path) -> Manifest:
    """Write the small run into a folder: two shards per corpus and format, tables, cards, sizes, manifest."""
    run = str(folder)
    shards = []
    for corpus, (_, count) in ROWS.items():
        halves = (rows(corpus)[: count // 2], rows(corpus)[count // 2 :])
        for number, half in enumerate(halves):
            for format_ in formats.FORMATS:
                shards.append(write_shard(run, format_.shard_name(corpus, number, 2), format_, KINDS[corpus], half))
    for (table, kind), items in zip(TABLES.items(), _left(), strict=True):
        shards.append(write_shard(run, f"{table}/part-00000.parquet", PARQUET, kind, items))
    manifest = Manifest(
        "kosmos1",
        "0" * 64,
        {"pyarrow": "25.0.1"},
        (Input("a.warc.gz", 1000, {"response": 9}, 9, 7),),
        accounts(),
        tuple(shards),
        columns={name: kind.table.types() for name, kind in (*KINDS.items(), *TABLES.items())},
    )
    kinds = list(KINDS.values())
    sides = [write_side_file(run, "README.md", card(manifest, kinds).encode())]
    for kind in kinds:
        for format_ in formats.FORMATS:
            sides += format_.side_files(run, kind, manifest)
    return commit(folder, replace(manifest, side_files=tuple(sides)))


def commit(folder: Path, manifest: Manifest) -> Manifest:
    """Write a manifest into a run folder."""
    write_side_file(str(folder), "manifest.json", to_json(manifest))
    return manifest


def forge(folder: Path, manifest: Manifest, name: str, data: bytes) -> Manifest:
    """Put other bytes into a shard and let the manifest vouch for them, so that only their content can tell."""
    written = write_side_file(str(folder), name, data)
    shards = tuple(
        replace(shard, bytes=written.bytes, sha256=written.sha256) if shard.name == name else shard
        for shard in manifest.shards
    )
    return commit(folder, replace(manifest, shards=shards))
