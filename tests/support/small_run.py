"""A small finished run, made by the project's own writers: texts, pairs and documents on both carriers."""

import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from pipeline import storage
from pipeline.card import card, tar_card
from pipeline.sinks import parquet, webdataset
from schemas.arrow import SCHEMAS, record_batch_of_rows
from schemas.manifest import Account, Input, Manifest, ShardFile, SideFile, to_json

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
        "text": f"Page {number}.\n\n" + "Große Worte, 日本語. " * number,
        "lang": "de",
        "lang_score": 0.75,
        "date": "2024-05-01T00:00:00Z",
        "source": "a.warc.gz",
        "offset": number * 1000,
        "truncated": "length" if number == 5 else "",
        "directives": DIRECTIVES[number % 3],
    }


def pair_row(number: int) -> dict[str, Any]:
    """One row of the pairs; formats take turns, and every other hash has its highest bit set."""
    form = FORMATS[number % len(FORMATS)]
    return {
        "id": key(number),
        "url": f"https://example.org/{number}.{form}",
        "page_url": "https://example.org/",
        "caption": f"a picture of {number}",
        "caption_kind": "alt",
        "image": {"bytes": picture(number, form), "path": f"{key(number)}.{webdataset.IMAGE_SUFFIX[form]}"},
        "width": 8 + number % 5,
        "height": 6 + number % 7,
        "original_width": 800,
        "original_height": 600,
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
        "url": f"https://example.org/{number}",
        "lang": "en",
        "lang_score": 0.5,
        "texts": ["first", None] * count,
        "images": [None, image] * count,
        "metadata": json.dumps([None, described] * count),
        "general_metadata": json.dumps({"url": f"https://example.org/{number}"}),
        "date": "2024-05-01T00:00:00Z",
        "source": "a.warc.gz",
        "offset": number * 1000,
        "truncated": "",
        "directives": DIRECTIVES[number % 3],
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


def write_parquet(
    run: str, name: str, table: str, items: Sequence[Mapping[str, Any]], group_bytes: int = 4000
) -> ShardFile:
    """One Parquet shard of these rows, in small row groups."""
    with parquet.ParquetShard(run, name, table, SCHEMAS[table], group_bytes) as shard:
        shard.write_rows(record_batch_of_rows(SCHEMAS[table], items))
    assert shard.file is not None
    return shard.file


def write_tar(run: str, name: str, corpus: str, items: Iterable[Mapping[str, Any]]) -> ShardFile:
    """One tar shard of these rows."""
    with webdataset.TarShard(run, name, corpus) as shard:
        for item in items:
            (shard.write_pair if corpus == "pairs" else shard.write_interleaved)(item)
    assert shard.file is not None
    return shard.file


def write_file(run: str, name: str, data: bytes) -> SideFile:
    """One side file."""
    with storage.write_whole(storage.join(run, name)) as file:
        file.write(data)
    return SideFile(name, file.tell(), file.sha256())


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
    """Writes the small run into a folder: two shards per corpus and carrier, tables, cards, sizes, manifest."""
    run = str(folder)
    shards = []
    for corpus, (_, count) in ROWS.items():
        halves = (rows(corpus)[: count // 2], rows(corpus)[count // 2 :])
        for number, half in enumerate(halves):
            shards.append(write_parquet(run, parquet.shard_name(corpus, number, 2), corpus, half))
            if corpus != "text":
                shards.append(write_tar(run, webdataset.shard_name(corpus, number), corpus, half))
    for table, items in zip(("dropped", "failed"), _left(), strict=True):
        shards.append(write_parquet(run, f"{table}/part-00000.parquet", table, items))
    manifest = Manifest(
        "kosmos1",
        "0" * 64,
        {"pyarrow": "25.0.1"},
        (Input("a.warc.gz", 1000, {"response": 9}, 9, 7),),
        accounts(),
        tuple(shards),
    )
    sizes = tuple(webdataset.write_sizes(run, corpus, shards) for corpus in ("pairs", "interleaved"))
    cards = {"README.md": card(manifest)} | {
        f"{corpus}/wds/README.md": tar_card(manifest, corpus) for corpus in ("pairs", "interleaved")
    }
    sides = tuple(write_file(run, name, page.encode()) for name, page in cards.items())
    return commit(folder, replace(manifest, side_files=sizes + sides))


def commit(folder: Path, manifest: Manifest) -> Manifest:
    """Writes a manifest into a run folder."""
    write_file(str(folder), "manifest.json", to_json(manifest))
    return manifest


def forge(folder: Path, manifest: Manifest, name: str, data: bytes) -> Manifest:
    """Puts other bytes into a shard and lets the manifest vouch for them, so that only their content can tell."""
    written = write_file(str(folder), name, data)
    shards = tuple(
        replace(shard, bytes=written.bytes, sha256=written.sha256) if shard.name == name else shard
        for shard in manifest.shards
    )
    return commit(folder, replace(manifest, shards=shards))
