"""What is written of a document that stays: its selection, the row that is made of it, and the files of its sample."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.corpora.base import Payloads
from pipeline.corpora.interleaved_table import KEPT_IMAGE, NAMES, TABLE
from pipeline.corpora.media import media_cell, media_within
from pipeline.corpora.pages import edits_of
from pipeline.corpora.pairs import archived_url, image_cell
from pipeline.corpora.parts import PART, WHOLE_END, Cuts, image_weight, page_of
from pipeline.corpora.published import published, shown_facts, weights
from pipeline.corpora.tasks import task_columns, with_images
from pipeline.corpora.unit_rows import USE_NUMBERS, References, UnitRows, page_columns
from pipeline.formats.base import Row
from pipeline.formats.webdataset import json_member
from schemas.recipe import ImagePart, Recipe
from schemas.tables import interlace_fault, lines
from transforms.edits import edited
from transforms.html.render import marked
from transforms.interleave import staying, trim, with_marks


def selection(
    unit: UnitRows,
    images: References,
    found: Cuts,
    place: np.ndarray,
    document: Mapping[str, np.ndarray],
    recipe: Recipe,
    rows: np.ndarray,
) -> pa.Table:
    """Pages, each with the images that stay, in order, and the parts that they are cut into; `place` is the item of each image."""
    inside: dict[int, list[dict[str, Any]]] = {int(row): [] for row in rows}
    tasks: dict[int, list[str]] = {int(row): [] for row in rows}
    kept = zip(images.page.tolist(), place.tolist(), kept_images(images, recipe), images.task, strict=True)
    for page, item, image, task in kept:
        if page in inside:
            inside[page].append({"item": item, **image})
            tasks[page].append(task)
    whole = {"part": 1, "parts": 1, "begin": 0, "end": WHOLE_END}
    columns = page_columns(unit, rows, NAMES)
    weight = columns["text_bytes"].to_numpy() + [sum(map(image_weight, inside[int(row)])) for row in rows]
    return pa.table(
        {
            **columns,
            **with_images(task_columns(unit, rows, recipe), list(tasks.values())),
            **{name: pa.array(values[rows], pa.float64()) for name, values in document.items()},
            **{name: pa.array([value] * len(rows), pa.int32()) for name, value in whole.items()},
            "cuts": pa.array([found.of(int(row)) for row in rows], pa.list_(PART)),
            "images": pa.array([inside[int(row)] for row in rows], pa.list_(KEPT_IMAGE)),
            "weight": pa.array(weight, pa.int64()),
        }
    )


def kept_images(images: References, recipe: Recipe) -> list[dict[str, Any]]:
    """What a selection says of each image, by the names of KEPT_IMAGE."""
    asked = recipe.parts["interleaved"].image
    weight = pa.array(weights(images.media, asked, recipe))
    facts = pa.table({**shown_facts(images.media, asked, recipe), "weight": weight}).to_pylist()
    alts = images.table["alt"].to_pylist()
    ordinals = images.ids.ordinal.tolist()
    uses = pa.table(
        {name: pa.array(images.numbers[name], pa.int64(), from_pandas=True) for name in USE_NUMBERS}
    ).to_pylist()
    return [
        {"ordinal": ordinal, "url": url, "alt": alt, **fact, **used}
        for ordinal, url, alt, fact, used in zip(ordinals, images.urls, alts, facts, uses, strict=True)
    ]


def row(kept: Row, payloads: Payloads, recipe: Recipe) -> dict[str, Any]:
    """A row of the corpus from its selection: texts and images in their places."""
    part = recipe.parts["interleaved"]
    document = payloads.document(kept)
    images = {image["ordinal"]: image for image in kept["images"]}
    begin, end = kept["begin"], kept["end"]
    media = media_within(document, begin, end)
    whole_items = edited(document.items, edits_of(kept))
    items = with_marks(whole_items[begin:end], [each.place for each in media])
    whole, spots = marked(staying(items, images), document.containers, part.form)
    places = trim(whole, part.sentences_before, part.sentences_after)
    shown = [None if isinstance(place, str) else opened(images[place], payloads, part.image) for place in places]
    held = {name: kept[name] for name in NAMES if name in kept}
    return held | {
        "directives": lines(kept["directives"]),
        "texts": [place if isinstance(place, str) else None for place in places],
        "images": [image and document_image(page_of(kept["id"]), image) for image in shown],
        "metadata": json.dumps(
            [image and image_metadata(page_of(kept["id"]), image) for image in shown], ensure_ascii=False
        ),
        "media": media_cell(media, spots, whole, places),
        "general_metadata": json.dumps({"title": document.title, "url": kept["url"]}, ensure_ascii=False),
    }


def opened(image: Mapping[str, Any], payloads: Payloads, asked: ImagePart) -> dict[str, Any]:
    """An image of a selection with its bytes, under the address that they were captured under."""
    medium = payloads.medium(image)
    return {**image, "body": published(medium.body, image, asked), "url": archived_url(image, medium.url)}


def document_image(identity: str, image: Mapping[str, Any]) -> dict[str, Any]:
    """An image of a document."""
    return image_cell(image_id(identity, image), image["format"], image["body"])


def image_id(identity: str, image: Mapping[str, Any]) -> str:
    """The id of an image of a page, which is that of its pair."""
    return f"{identity}-{image['ordinal']:04d}"


def image_metadata(identity: str, image: Mapping[str, Any]) -> dict[str, Any]:
    """What a document of a page says about one of its images; hashes as hex text, since JSON readers round 64-bit numbers."""
    names = (
        "url",
        "alt",
        "width",
        "height",
        "format",
        "original_width",
        "original_height",
        "original_format",
        "size",
        "taken",
        *USE_NUMBERS,
    )
    return {name: image[name] for name in names} | {
        "id": image_id(identity, image),
        "sha256": image["sha256"].hex(),
        "phash": f"{image['phash']:016x}",
    }


def members(shown: Mapping[str, Any]) -> dict[str, bytes]:
    """A row as the files of a WebDataset sample: JSON and images, numbered in order; an image's suffix is that of its `path`.

    Raises ValueError where texts and images do not interlace.
    """
    if fault := interlace_fault(shown["texts"], shown["images"]):
        raise ValueError(f"{shown['id']}: {fault}")
    names: list[str | None] = []
    files: dict[str, bytes] = {}
    for image in shown["images"]:
        names.append(f"{len(files):02d}.{image['path'].rpartition('.')[2]}" if image else None)
        if image:
            files[str(names[-1])] = image["bytes"]
    told = {"texts": list(shown["texts"]), "images": names}
    return files | {"json": json_member(shown, TABLE.schema(), without=("texts", "images"), beside=told)}
