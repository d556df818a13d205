"""The interleaved corpus: one item a page, its text with its images in their places (the OBELICS shape)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.corpora.base import Corpus, Inner, Judgement, Payloads
from pipeline.corpora.pages import PAGE_ROUNDS
from pipeline.corpora.pairs import archived_url, image_cell
from pipeline.corpora.published import SHOWN_FACTS, drop_unpublishable, published, shown_facts, weights
from pipeline.corpora.unit_rows import (
    PLACE,
    References,
    UnitRows,
    apply_opt_outs,
    drop_absent,
    page_columns,
    page_signals,
    reference_signals,
    running_count,
)
from pipeline.formats import fitting
from pipeline.formats.base import Row
from pipeline.formats.webdataset import json_member
from schemas.measures import (
    DOCUMENT_MEASURES,
    IMAGE_MEASURES,
    LANGUAGE_MEASURES,
    PEER_MEASURES,
    TEXT_MEASURES,
    URL_MEASURES,
)
from schemas.recipe import SHARE, ImagePart, Recipe, Rules, RulesByLanguage
from schemas.tables import (
    ABOUT,
    DATE,
    DIRECTIVES,
    ID,
    IMAGE,
    LANG,
    LANG_SCORE,
    LICENSE,
    OFFSET,
    PAYLOAD,
    SOURCE,
    TRUNCATED,
    URL,
    Column,
    Table,
    interlace_fault,
    lines,
    measured,
)
from transforms.html.render import FORMS, MARKDOWN, written
from transforms.interleave import staying, trim
from transforms.verdicts import Verdicts, hash_fraction, in_languages

MEASURES = (DOCUMENT_MEASURES, LANGUAGE_MEASURES, TEXT_MEASURES, PEER_MEASURES, URL_MEASURES)  # what rules bound


def _formats() -> tuple[str, ...]:
    """The formats that can hold this corpus."""
    return fitting(INTERLEAVED.kind)


@dataclass(frozen=True, slots=True)
class InterleavedPart:
    """The interleaved corpus.

    `max_images` keeps the first so many images of a document (0: all). `one_image_share` keeps that share of the documents with
    exactly one image, chosen by a seeded hash of the id. `sentences_before` and `sentences_after` cut the text before the first
    image to its last so many sentences and the text after the last image to its first so many (0: no cut).
    `form` and `by_language` are those of `text`.
    """

    form: str = field(default=MARKDOWN, metadata={"among": FORMS})
    languages: tuple[str, ...] = field(default=(), metadata={"languages": True})
    image: ImagePart = field(default_factory=ImagePart)
    max_images: int = field(default=0, metadata={"least": 0})
    one_image_share: float = field(default=1.0, metadata=SHARE)
    sentences_before: int = field(default=0, metadata={"least": 0})
    sentences_after: int = field(default=0, metadata={"least": 0})
    duplicates: tuple[str, ...] = field(default=(), metadata={"among": tuple(PAGE_ROUNDS)})
    formats: tuple[str, ...] = field(default=("parquet", "webdataset"), metadata={"among": _formats, "some": True})
    rules: Rules = field(default_factory=dict, metadata={"measures": MEASURES})
    by_language: RulesByLanguage = field(default_factory=dict, metadata={"measures": MEASURES})
    image_rules: Rules = field(default_factory=dict, metadata={"measures": (IMAGE_MEASURES, URL_MEASURES)})


TABLE = Table(
    "interleaved",
    "One page as a sequence of texts and images in their places (the OBELICS shape).",
    measured(
        (
            ID,
            URL,
            *ABOUT,
            LANG,
            LANG_SCORE,
            Column(
                "texts",
                pa.list_(pa.string()),
                "text at each place of the sequence, as Markdown or plain (`interleaved.form`), null where an image stands",
                PAYLOAD,
            ),
            Column("images", pa.list_(IMAGE), "image at each place of the sequence, null where a text stands", PAYLOAD),
            Column(
                "metadata",
                pa.string(),
                "JSON list aligned with `images`: null, or url, alt, width, height and format of what is stored, original_width, "
                "original_height, original_format, size in bytes, taken and sha256 (hex) of what was archived, phash (hex)",
                PAYLOAD,
            ),
            Column("general_metadata", pa.string(), "JSON object about the page as a whole", PAYLOAD),
            DATE,
            SOURCE,
            OFFSET,
            TRUNCATED,
            DIRECTIVES,
            LICENSE,
        ),
        TEXT_MEASURES,
        PEER_MEASURES,
        DOCUMENT_MEASURES,
        URL_MEASURES,
    ),
)
NAMES = TABLE.names
KEPT_IMAGE = pa.struct(
    [
        pa.field("ordinal", pa.int32()),
        pa.field("url", pa.string()),
        pa.field("alt", pa.string()),
        *SHOWN_FACTS,
        *PLACE,
        pa.field("weight", pa.int64()),
    ]
)


def judge(unit: UnitRows, recipe: Recipe) -> Judgement:
    """Apply the rules to the images inside documents, then to the pages; a page without an image is no interleaved document."""
    part: InterleavedPart = recipe.parts["interleaved"]
    inside, images = judge_images(unit, recipe)
    document = document_numbers(unit, inside, images)
    numbers = {**unit.numbers, **document}
    verdicts = Verdicts("interleaved", len(unit.pages))
    verdicts.begin("rules")
    verdicts.drop(document["interleaved_images"] == 0, "no_images", document["interleaved_images"])
    apply_opt_outs(verdicts, page_signals(unit.pages), recipe.opt_outs, for_images=False)
    verdicts.drop(~in_languages(unit.languages, part.languages), "language", numbers["lang_score"])
    verdicts.apply(part.rules, numbers, part.by_language, unit.languages)

    def select(rows: np.ndarray) -> pa.Table:
        return selection(unit, inside.take(np.flatnonzero(images.kept)), document, recipe, rows)

    inner = Inner(inside.ids, images, inside.urls, unit.sources[inside.page])
    return Judgement(
        unit,
        unit.ids,
        verdicts,
        unit.urls,
        unit.sources,
        numbers,
        unit.languages,
        unit.hosts,
        select,
        inner=(inner,),
    )


def judge_images(unit: UnitRows, recipe: Recipe) -> tuple[References, Verdicts]:
    """The references that stand in main content, and which of their images stay in their document."""
    part: InterleavedPart = recipe.parts["interleaved"]
    inside = unit.refs.take(np.flatnonzero(unit.refs.table["texts_before"].to_numpy() >= 0))
    verdicts = Verdicts("interleaved_images", len(inside.page))
    verdicts.begin("images")
    drop_absent(verdicts, inside)
    apply_opt_outs(verdicts, reference_signals(unit, inside), recipe.opt_outs, for_images=True)
    verdicts.apply(part.image_rules, inside.numbers)
    drop_unpublishable(verdicts, inside.media, part.image, recipe)
    if part.max_images:
        place = running_count(inside.page, verdicts.kept)
        verdicts.drop(place > part.max_images, "max_images", place.astype(float))
    return inside, verdicts


def document_numbers(unit: UnitRows, inside: References, images: Verdicts) -> dict[str, np.ndarray]:
    """DOCUMENT_MEASURES of each page: its images that stay, and the runs of text that they leave."""
    pages = len(unit.pages)
    page = inside.page[images.kept]
    before = inside.table["texts_before"].to_numpy()[images.kept]
    count = np.bincount(page, minlength=pages).astype(float)
    opens = np.diff(page, prepend=-1) != 0
    previous = np.where(opens, 0, np.concatenate([[0], before[:-1]]) if len(before) else before)
    texts = np.bincount(page, weights=(before > previous), minlength=pages)
    last = np.zeros(pages, dtype=np.int64)
    np.maximum.at(last, page, before)
    return {"interleaved_images": count, "interleaved_texts": texts + (unit.pages["texts"].to_numpy() > last)}


def selection(
    unit: UnitRows, images: References, document: Mapping[str, np.ndarray], recipe: Recipe, rows: np.ndarray
) -> pa.Table:
    """Pages, each with the images that stay, in order."""
    inside: dict[int, list[dict[str, Any]]] = {int(row): [] for row in rows}
    for page, image in zip(images.page.tolist(), kept_images(images, recipe), strict=True):
        if page in inside:
            inside[page].append(image)
    columns = page_columns(unit, rows, NAMES)
    weight = columns["text_bytes"].to_numpy() + [sum(map(image_weight, inside[int(row)])) for row in rows]
    return pa.table(
        {
            **columns,
            **{name: pa.array(values[rows], pa.float64()) for name, values in document.items()},
            "images": pa.array([inside[int(row)] for row in rows], pa.list_(KEPT_IMAGE)),
            "weight": pa.array(weight, pa.int64()),
        }
    )


def image_weight(image: Mapping[str, Any]) -> int:
    """What an image takes in its document's row: its bytes, and what `metadata` says of it."""
    return int(image["weight"]) + len(image["url"]) + len(image["alt"])


def kept_images(images: References, recipe: Recipe) -> list[dict[str, Any]]:
    """What a selection says of each image, by the names of KEPT_IMAGE."""
    asked = recipe.parts["interleaved"].image
    weight = pa.array(weights(images.media, asked, recipe))
    facts = pa.table({**shown_facts(images.media, asked, recipe), "weight": weight}).to_pylist()
    alts = images.table["alt"].to_pylist()
    ordinals = images.ids.ordinal.tolist()
    return [
        {"ordinal": ordinal, "url": url, "alt": alt, **fact}
        for ordinal, url, alt, fact in zip(ordinals, images.urls, alts, facts, strict=True)
    ]


def sample(kept: pa.Table, recipe: Recipe, verdicts: Verdicts) -> None:
    """Keep the recipe's share of the documents with exactly one image, after duplicates, so that no keeper is lost to chance."""
    share = recipe.parts["interleaved"].one_image_share
    verdicts.begin("sample")
    if share < 1:
        alone = kept["interleaved_images"].to_numpy() == 1
        ids = kept["id"].to_pylist()
        drawn = np.array([hash_fraction(i, recipe.seed) if a else 0.0 for i, a in zip(ids, alone, strict=True)])
        verdicts.drop(alone & (drawn >= share), "one_image_share", drawn)


def row(kept: Row, payloads: Payloads, recipe: Recipe) -> dict[str, Any]:
    """A row of the corpus from its selection: texts and images in their places."""
    part: InterleavedPart = recipe.parts["interleaved"]
    document = payloads.document(kept)
    images = {image["ordinal"]: image for image in kept["images"]}
    parts = written(staying(document.items, images), document.containers, part.form)
    places = trim(parts, part.sentences_before, part.sentences_after)
    shown = [None if isinstance(place, str) else opened(images[place], payloads, part.image) for place in places]
    held = {name: kept[name] for name in NAMES if name in kept}
    return held | {
        "directives": lines(kept["directives"]),
        "texts": [place if isinstance(place, str) else None for place in places],
        "images": [image and document_image(kept["id"], image) for image in shown],
        "metadata": json.dumps([image and image_metadata(image) for image in shown], ensure_ascii=False),
        "general_metadata": json.dumps({"title": document.title, "url": kept["url"]}, ensure_ascii=False),
    }


def opened(image: Mapping[str, Any], payloads: Payloads, asked: ImagePart) -> dict[str, Any]:
    """An image of a selection with its bytes, under the address that they were captured under."""
    medium = payloads.medium(image)
    return {**image, "body": published(medium.body, image, asked), "url": archived_url(image, medium.url)}


def document_image(identity: str, image: Mapping[str, Any]) -> dict[str, Any]:
    """An image of a document."""
    return image_cell(f"{identity}-{image['ordinal']:04d}", image["format"], image["body"])


def image_metadata(image: Mapping[str, Any]) -> dict[str, Any]:
    """What a document says about one of its images; hashes as hex text, since JSON readers round 64-bit numbers."""
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
    )
    return {name: image[name] for name in names} | {
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


INTERLEAVED: Corpus = Corpus(
    "interleaved",
    "pages as sequences of texts and images",
    InterleavedPart,
    TABLE,
    judge,
    PAGE_ROUNDS,
    row,
    members,
    after_duplicates=sample,
)
