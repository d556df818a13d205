"""Verdicts of a lot -> keep lists, dropped rows and how large each corpus is. Pure.

A keep list holds everything of a shard's row but the payload, and where the payload lies; it is sorted by id, so a shard is a slice
of every lot's list and nothing of it is shuffled (law 2).
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.judge import CAPTION_NAMES, IMAGE_NAMES, PAGE_NAMES, URL_NAMES, Judged
from pipeline.lot import gather, hex_ids
from schemas.arrow import DROPPED
from transforms.judge import Verdicts

BUCKET_DIGITS = 3  # shards are cut at the first hex digits of ids: 4,096 places

PLACE = [
    pa.field("unit", pa.int32()),
    pa.field("place", pa.int8()),
    pa.field("at", pa.int64()),
    pa.field("length", pa.int64()),
]
FACT_NAMES = ("format", "width", "height", "size", "sha256", "phash")
KEPT_IMAGE = pa.struct(
    [
        pa.field("ordinal", pa.int32()), pa.field("url", pa.string()), pa.field("alt", pa.string()),
        pa.field("format", pa.string()), pa.field("width", pa.int32()), pa.field("height", pa.int32()),
        pa.field("size", pa.int64()), pa.field("sha256", pa.binary(32)), pa.field("phash", pa.uint64()), *PLACE,
    ]
)  # fmt: skip


def keep_lists(judged: Judged) -> dict[str, pa.Table]:
    """For each corpus of the recipe its keep list; `weight` is the row's payload in bytes."""
    makers = {"text": keep_text, "pairs": keep_pairs, "interleaved": keep_interleaved}
    return {corpus: makers[corpus](judged).sort_by("id") for corpus in judged.sides}


def keep_text(judged: Judged) -> pa.Table:
    """Kept pages of the text corpus."""
    rows = np.flatnonzero(judged.sides["text"].verdicts.kept)
    columns = page_columns(judged, rows)
    return pa.table({**columns, "weight": columns["text_bytes"]})


def page_columns(judged: Judged, rows: np.ndarray) -> dict[str, Any]:
    """What every page row carries, and where its document lies."""
    pages = judged.lot.pages.take(pa.array(rows))
    names = ("url", "date", "offset", "title", "truncated", "directives", "lang", "unit", "doc_offset", "doc_length")
    return {
        "id": pa.array(hex_ids(pages["id"]).tolist(), pa.string()),
        **{name: pages[name] for name in (*names, "text_bytes", *PAGE_NAMES)},
        "source": pa.array(judged.lot.sources(pages["unit"]), pa.string()),
    }


def keep_pairs(judged: Judged) -> pa.Table:
    """Kept pairs, each with its caption and the place of its image."""
    assert judged.captions is not None
    rows = np.flatnonzero(judged.sides["pairs"].verdicts.kept)
    images, pages = judged.images, judged.lot.pages.take(pa.array(judged.images.page[rows]))
    answers = images.answers.take(pa.array(images.resolved.answer[rows]))
    numbers = {name: judged.captions.columns[name] for name in CAPTION_NAMES}
    numbers |= {name: images.columns[name] for name in (*IMAGE_NAMES, *URL_NAMES)}
    return pa.table(
        {
            "id": strings(images.ids[rows]),
            "url": strings(images.urls[rows]),
            "page_url": pages["url"],
            "caption": strings(judged.captions.text[rows]),
            "caption_kind": strings(judged.captions.kind[rows]),
            "lang": pages["lang"],
            "lang_score": pages["lang_score"],
            "directives": strings(said(pages, images.directives[rows])),
            **{name: answers[name] for name in (*FACT_NAMES, "offset", "unit", "place", "at", "length")},
            "weight": answers["size"],
            **{name: pa.array(values[rows], pa.float64()) for name, values in numbers.items()},
        }
    )


def said(pages: pa.Table, images: np.ndarray) -> list[str]:
    """What page and image said about their use, one directive a line."""
    return ["\n".join(filter(None, pair)) for pair in zip(pages["directives"].to_pylist(), images, strict=True)]


def strings(values: Any) -> pa.Array:
    """An Arrow column of strings from any sequence of them."""
    return pa.array(list(values), pa.string())


def keep_interleaved(judged: Judged) -> pa.Table:
    """Kept documents, each with its images in order."""
    assert judged.places is not None
    rows = np.flatnonzero(judged.sides["interleaved"].verdicts.kept)
    kept = judged.place_rows[judged.places.kept]
    inside: dict[int, list[dict[str, Any]]] = {int(row): [] for row in rows}
    for image in kept_images(judged, kept[np.isin(judged.images.page[kept], rows)]):
        inside[image.pop("page")].append(image)
    columns = page_columns(judged, rows)
    weight = columns["text_bytes"].to_numpy() + [sum(i["size"] for i in inside[int(row)]) for row in rows]
    document = {name: pa.array(values[rows], pa.float64()) for name, values in judged.document.items()}
    images = pa.array([inside[int(row)] for row in rows], pa.list_(KEPT_IMAGE))
    return pa.table({**columns, **document, "images": images, "weight": pa.array(weight, pa.int64())})


def kept_images(judged: Judged, rows: np.ndarray) -> list[dict[str, Any]]:
    """The images at these references, with the page that each belongs to."""
    images = judged.images
    answers = images.answers.take(pa.array(images.resolved.answer[rows]))
    alts = judged.lot.refs["alt"].take(pa.array(rows)).to_pylist()
    table = answers.select([*FACT_NAMES, "unit", "place", "at", "length"]).to_pylist()
    return [
        {
            "page": int(images.page[row]),
            "ordinal": int(images.ordinal[row]),
            "url": images.urls[row],
            "alt": alt,
            **facts,
        }
        for row, alt, facts in zip(rows, alts, table, strict=True)
    ]


def weights(table: pa.Table) -> dict[str, tuple[int, int]]:
    """Rows and bytes of a keep list by the first digits of the ids: what shards are cut by."""
    found: dict[str, tuple[int, int]] = {}
    for identity, weight in zip(table["id"].to_pylist(), table["weight"].to_pylist(), strict=True):
        rows, size = found.get(identity[:BUCKET_DIGITS], (0, 0))
        found[identity[:BUCKET_DIGITS]] = (rows + 1, size + weight)
    return found


def dropped_rows(judged: Judged, images: Verdicts, image_ids: np.ndarray) -> pa.Table:
    """A row for every item that a rule or a duplicate's keeper put out, all corpora together, sorted."""
    lot = judged.lot
    page_urls, page_sources = lot.pages["url"].to_pylist(), lot.sources(lot.pages["unit"])
    tables = [lot.dropped]
    for corpus in ("text", "interleaved"):
        if corpus in judged.sides:
            side = judged.sides[corpus]
            tables.append(rows_of(side.verdicts, side.ids, page_urls, page_sources))
    reference_sources = gather(page_sources, judged.images.page)
    if "pairs" in judged.sides:
        side = judged.sides["pairs"]
        tables.append(rows_of(side.verdicts, side.ids, judged.images.urls, reference_sources))
    if judged.places is not None:
        rows = judged.place_rows
        tables.append(
            rows_of(judged.places, judged.images.ids[rows], judged.images.urls[rows], reference_sources[rows])
        )
    urls, sources = lot.images["url"].to_pylist(), lot.sources(lot.images["unit"])
    decoded = np.flatnonzero([bool(kind) for kind in lot.images["format"].to_pylist()])
    tables.append(rows_of(images, image_ids, gather(urls, decoded), gather(sources, decoded)))
    return pa.concat_tables(tables).sort_by([("corpus", "ascending"), ("id", "ascending")])


def rows_of(verdicts: Verdicts, ids: np.ndarray, urls: Any, sources: Any) -> pa.Table:
    """The rows of `dropped` of one corpus."""
    out = np.flatnonzero(~verdicts.kept)
    columns: Mapping[str, Any] = {
        "corpus": [verdicts.corpus] * len(out),
        "id": ids[out],
        "url": np.array(urls, dtype=object)[out],
        "source": np.array(sources, dtype=object)[out],
        "stage": verdicts.stage[out],
        "rule": verdicts.rule[out],
        "value": pa.array(verdicts.value[out], from_pandas=True),  # what is no number becomes null
        "of": verdicts.of[out],
    }
    return pa.table(columns, schema=DROPPED)


def image_metadata(image: Mapping[str, Any]) -> dict[str, Any]:
    """What an interleaved document says about one of its images; hashes as hex text, since JSON readers round 64-bit numbers."""
    names = ("url", "alt", "width", "height", "format", "size")
    return {name: image[name] for name in names} | {
        "sha256": image["sha256"].hex(),
        "phash": f"{image['phash']:016x}",
    }


def metadata_text(images: list[Mapping[str, Any] | None]) -> str:
    """The `metadata` column: a JSON list aligned with the document's places."""
    return json.dumps([image and image_metadata(image) for image in images], ensure_ascii=False)
