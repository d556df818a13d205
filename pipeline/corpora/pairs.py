"""The pairs corpus: one item a reference of a page to an image, the image with its caption."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.corpora.base import Corpus, Judgement, Payloads
from pipeline.corpora.captions import Captions, choose_captions, languages_of, with_wide_figures
from pipeline.corpora.pair_keys import PAIR_ROUNDS
from pipeline.corpora.published import drop_unpublishable, published, shown_facts, weights
from pipeline.corpora.tasks import NAMED, caption_hits, caption_items, drop_task_captions, drop_task_images
from pipeline.corpora.unit_rows import (
    FORGOTTEN,
    UnitRows,
    apply_opt_outs,
    drop_absent,
    reference_signals,
    strings,
    unasked,
)
from pipeline.corpora.wanted import address_columns, imageless, imageless_by_language, is_bounded
from pipeline.formats import fitting
from pipeline.formats.base import Row
from pipeline.formats.webdataset import IMAGE_SUFFIX, json_member
from schemas.index import VIA_REVISIT
from schemas.measures import (
    CAPTION_MEASURES,
    IMAGE_MEASURES,
    IMAGE_USE_MEASURES,
    LANGUAGE_MEASURES,
    URL_MEASURES,
)
from schemas.recipe import CAPTION_KINDS, ImagePart, Recipe, Rules, RulesByLanguage
from schemas.tables import (
    DIRECTIVES,
    ID,
    IMAGE,
    LABEL,
    LANG,
    LANG_SCORE,
    PAYLOAD,
    PLAIN,
    TASKS,
    Column,
    Table,
    lines,
    measured,
)
from transforms.consent.policies import FROM_FILES
from transforms.html.urls import canonical
from transforms.pair.choose import CHOICES, FIRST
from transforms.text.language import identifier
from transforms.text.measure import Identify
from transforms.verdicts import Verdicts, in_languages

# What rules bound.
MEASURES = (LANGUAGE_MEASURES, CAPTION_MEASURES, URL_MEASURES, IMAGE_MEASURES, IMAGE_USE_MEASURES)


def _formats() -> tuple[str, ...]:
    """The formats that can hold this corpus."""
    return fitting(PAIRS.kind)


@dataclass(frozen=True, slots=True)
class PairsPart:
    """The pairs corpus; `languages` and `by_language` go by the page's language, `caption_languages` by that of the caption itself.

    `captions` are the kinds of text that may caption an image. `choice` says which one does: `first` takes the first in their order that
    passes the rules on captions, `best` the one of those that says most, by its distinct words. What is known to say nothing of the image
    (`caption_junk`, `caption_title`, an alt text of more than two images of the page) comes behind what does. With `wide_figures` the
    ceiling of `image_aspect` is not for images with a caption of their own beside them: a wide figure is no banner. With `main_content`
    images outside of a page's main content are dropped. `duplicates` are compared in their order: equal bytes (`sha256`), equal perceptual
    hashes (`phash`), pictures that are alike (`near`, as `[near_images]` says), each also under equal captions alone (`sha256_caption` and
    so on).
    """

    captions: tuple[str, ...] = field(default=CAPTION_KINDS, metadata={"among": CAPTION_KINDS})
    choice: str = field(default=FIRST, metadata={"among": CHOICES})
    wide_figures: bool = False
    main_content: bool = False
    languages: tuple[str, ...] = field(default=(), metadata={"languages": True})
    caption_languages: tuple[str, ...] = field(default=(), metadata={"languages": True})
    image: ImagePart = field(default_factory=ImagePart)
    duplicates: tuple[str, ...] = field(default=(), metadata={"among": tuple(PAIR_ROUNDS)})
    formats: tuple[str, ...] = field(default=("parquet", "webdataset"), metadata={"among": _formats, "some": True})
    rules: Rules = field(default_factory=dict, metadata={"measures": MEASURES})
    by_language: RulesByLanguage = field(default_factory=dict, metadata={"measures": MEASURES})


TABLE = Table(
    "pairs",
    "One image and its caption.",
    measured(
        (
            ID,
            Column(
                "url", pa.string(), "address of the image: the one that it was captured under, or of a revisit its own"
            ),
            Column("ref_url", pa.string(), "address by which the page names it"),
            Column(
                "found_by",
                pa.string(),
                "how the one led to the other: address (the same but for its codes), scheme, www, question_mark, redirect, revisit",
                LABEL,
            ),
            Column(
                "page_url",
                pa.string(),
                "address of the page that shows it; empty where a list names the image and no page",
                LABEL,
            ),
            Column("caption", pa.string(), "caption of the image", PAYLOAD),
            Column(
                "caption_lang",
                pa.string(),
                "language of the caption by its own words, ISO 639; `und` where undetermined",
                LABEL,
            ),
            Column(
                "caption_lang_score",
                pa.float64(),
                "probability of that language, 0 to 1; of a few words it is often low",
                PLAIN,
                "undetermined",
            ),
            Column("caption_kind", pa.string(), "where the caption stood: " + ", ".join(CAPTION_KINDS), LABEL),
            Column(
                "captions",
                pa.list_(pa.string()),
                "the other texts that could caption the image, each behind its kind: `alt: A boat`",
                PAYLOAD,
            ),
            Column("credit", pa.string(), "who made the image, by the page's own words; empty where it says nothing"),
            Column(
                "image",
                IMAGE,
                "the image as stored: its bytes, as archived but for metadata or encoded anew (`pairs.image`), and a name with its suffix",
                PAYLOAD,
            ),
            Column("width", pa.int32(), "width of the stored image in pixels, as shown", LABEL),
            Column("height", pa.int32(), "height of the stored image in pixels, as shown", LABEL),
            Column("original_width", pa.int32(), "width of the archived image in pixels, as shown", LABEL),
            Column("original_height", pa.int32(), "height of the archived image in pixels, as shown", LABEL),
            Column(
                "format",
                pa.string(),
                "of the stored image: jpeg, png, webp or gif; avif, bmp, tiff or ico where the recipe asks for them",
                LABEL,
            ),
            Column("original_format", pa.string(), "of the archived image", LABEL),
            Column(
                "taken",
                pa.string(),
                "when the image was taken by its EXIF (DateTimeOriginal): YYYY-MM-DDThh:mm:ss by the camera's clock; empty where it does "
                "not say",
                LABEL,
            ),
            Column("sha256", pa.string(), "SHA-256 of the image's bytes as archived, 64 hex digits"),
            Column(
                "phash",
                pa.uint64(),
                "64-bit perceptual hash of the image as a white page shows it by imagehash.phash, most significant bit first",
            ),
            Column(
                "source",
                pa.string(),
                "archive file that holds the image; behind `fetched:` one that was fetched, in the folder `fetched` of staging",
                LABEL,
            ),
            Column("offset", pa.int64(), "byte offset of the image's record in that archive"),
            LANG,
            LANG_SCORE,
            TASKS,
            DIRECTIVES,
        ),
        CAPTION_MEASURES,
        IMAGE_MEASURES,
        IMAGE_USE_MEASURES,
        URL_MEASURES,
    ),
)
NAMES = TABLE.names


def judge(unit: UnitRows, recipe: Recipe) -> Judgement:
    """Apply the rules to the references of a unit."""
    part: PairsPart = recipe.parts["pairs"]
    refs = unit.refs
    captions = choose_captions(unit, part.captions, part.choice, part.rules, part.by_language)
    lang_score = unit.numbers["lang_score"][refs.page]
    languages = unit.languages[refs.page]
    numbers = {**captions.numbers, **refs.numbers}
    verdicts = Verdicts("pairs", len(refs.page))
    verdicts.begin("images")
    verdicts.drop(refs.forgotten, FORGOTTEN)
    refused, mine = without_images(unit, recipe) if unit.fetching else None, unasked(refs)
    drop_absent(verdicts, refs, None if refused is None else mine & ~refused.kept)
    verdicts.begin("rules")
    if refused is not None:
        verdicts.follow(refused, mine)
    drop_by_page(verdicts, unit, captions, recipe)
    identify = cache(identifier().identify)  # many references share a caption
    if part.caption_languages:
        drop_by_caption_language(verdicts, captions, identify, part.caption_languages)
    bounded = (
        with_wide_figures(refs, numbers, (part.rules, *part.by_language.values())) if part.wide_figures else numbers
    )
    verdicts.apply(part.rules, {"lang_score": lang_score, **bounded}, part.by_language, languages)
    drop_unpublishable(verdicts, refs.media, part.image, recipe)
    drop_task_images(verdicts, refs, unit, recipe)
    hits = caption_hits(unit, captions.text, verdicts.kept)
    drop_task_captions(verdicts, hits, unit, recipe)

    def select(rows: np.ndarray) -> pa.Table:
        table = selection(unit, captions, identify, recipe, rows)
        if not unit.tasks.asked:
            return table
        named = [[*caption_items(unit, hits, row), *filter(None, [unit.refs.task[row]])] for row in rows.tolist()]
        return table.append_column("tasks", pa.array(map(list, map(dict.fromkeys, named)), NAMED))

    sources, hosts = unit.sources[refs.page], unit.hosts[refs.page]
    return Judgement(
        unit, refs.ids, verdicts, refs.urls, sources, numbers, languages, hosts, select, texts=captions.text
    )


def drop_by_page(verdicts: Verdicts, unit: UnitRows, captions: Captions, recipe: Recipe) -> None:
    """Drop references for where they stand, for want of a caption, by opt-outs, and by the language of their page."""
    part: PairsPart = recipe.parts["pairs"]
    refs = unit.refs
    if part.main_content:
        outside = refs.table["texts_before"].to_numpy() < 0
        verdicts.drop(outside & ~unit.listed[refs.page], "main_content")
    verdicts.drop(np.asarray(captions.kind == "", dtype=bool), "no_caption")
    apply_opt_outs(verdicts, reference_signals(unit, refs), recipe.heeded, for_images=True)
    spoken = in_languages(unit.languages[refs.page], part.languages)
    verdicts.drop(~spoken, "language", unit.numbers["lang_score"][refs.page])


def drop_by_caption_language(
    verdicts: Verdicts, captions: Captions, identify: Identify, wanted: tuple[str, ...]
) -> None:
    """Drop references by the language of their caption."""
    own, score = languages_of(captions.text, identify)
    verdicts.drop(~in_languages(own, wanted), "caption_language", score)


def without_images(unit: UnitRows, recipe: Recipe) -> Verdicts:
    """What the rules say of the references that have no image, whatever it may be; it keeps those that some image could make pairs."""
    part: PairsPart = recipe.parts["pairs"]
    refs, verdicts = unit.refs, Verdicts("pairs", len(unit.refs.page))
    groups = (LANGUAGE_MEASURES, CAPTION_MEASURES, URL_MEASURES)
    rules, by_language = imageless(part.rules, *groups), imageless_by_language(part.by_language, *groups)
    captions = choose_captions(unit, part.captions, part.choice, rules, by_language, among=~refs.found)
    verdicts.begin("rules")
    verdicts.drop(refs.found | refs.forgotten, FORGOTTEN)
    drop_by_page(verdicts, unit, captions, recipe)
    # Where uses of captions are bounded another caption may be taken once pictures are known.
    if part.caption_languages and not is_bounded("caption_uses", part.rules, part.by_language):
        drop_by_caption_language(verdicts, captions, cache(identifier().identify), part.caption_languages)
    languages = unit.languages[refs.page]
    addresses = address_columns(refs, rules, by_language, languages)
    columns = {"lang_score": unit.numbers["lang_score"][refs.page], **captions.numbers, **addresses}
    verdicts.apply(rules, columns, by_language, languages)
    return verdicts


def wants(unit: UnitRows, recipe: Recipe) -> np.ndarray:
    """Mask of the references that some image could make pairs."""
    return without_images(unit, recipe).kept


def selection(unit: UnitRows, captions: Captions, identify: Identify, recipe: Recipe, rows: np.ndarray) -> pa.Table:
    """References, each with its caption and the place of its image."""
    refs, asked = unit.refs, recipe.parts["pairs"].image
    media = refs.media[rows]
    pages = unit.pages.take(pa.array(refs.page[rows]))
    numbers = {**captions.numbers, **refs.numbers}
    own, score = languages_of(captions.text[rows], identify)
    return pa.table(
        {
            "id": strings(refs.ids.text[rows]),
            "url": strings(refs.urls[rows]),
            "ref_url": strings(refs.urls[rows]),
            "found_by": strings(refs.steps[rows]),
            "page_url": strings(page_addresses(unit, rows)),
            "caption": strings(captions.text[rows]),
            "caption_lang": strings(own),
            "caption_lang_score": pa.array(score),
            "caption_kind": strings(captions.kind[rows]),
            "captions": pa.array(captions.others[rows].tolist(), pa.list_(pa.string())),
            "credit": strings(captions.credit[rows]),
            "lang": pages["lang"],
            "lang_score": pages["lang_score"],
            "directives": strings(map(joined, pages["directives"].to_pylist(), refs.policies[rows])),
            "offset": pa.array(media["offset"]),
            **shown_facts(media, asked, recipe),
            "weight": pa.array(weights(media, asked, recipe)),
            **{name: pa.array(values[rows], pa.float64(), from_pandas=True) for name, values in numbers.items()},
        }
    )


def page_addresses(unit: UnitRows, rows: np.ndarray) -> np.ndarray:
    """The addresses of the pages that show some references; "" of an image that a list names without a page."""
    pages = unit.refs.page[rows]
    found = unit.urls[pages]
    for place in np.flatnonzero(unit.listed[pages]):
        if canonical(found[place]) == unit.refs.urls[rows[place]]:
            found[place] = ""
    return np.asarray(found)


def joined(page: str, image: str) -> str:
    """What was said about a page and about its image, one directive a line."""
    return "\n".join(filter(None, (page, image)))


def archived_url(image: Mapping[str, Any], captured: str) -> str:
    """The address of an image whose bytes were captured under another one, perhaps: a revisit says that they stand under its own too."""
    return str(image["url"]) if image["via"] == VIA_REVISIT else captured


def image_cell(identity: str, format_: str, body: bytes) -> dict[str, Any]:
    """An image as the `datasets` library reads it; the path only tells the format."""
    return {"bytes": body, "path": f"{identity}.{IMAGE_SUFFIX[format_]}"}


def row(kept: Row, payloads: Payloads, recipe: Recipe) -> dict[str, Any]:
    """A row of the corpus from its selection."""
    medium = payloads.medium(kept)
    body = published(medium.body, kept, recipe.parts["pairs"].image)
    held = {name: kept[name] for name in NAMES if name in kept}
    return held | {
        "url": archived_url(kept, medium.url),
        "directives": with_medium(lines(kept["directives"]), lines(medium.directives)),
        "image": image_cell(kept["id"], kept["format"], body),
        "sha256": kept["sha256"].hex(),
        "source": payloads.source(kept),
    }


def with_medium(told: list[str], medium: list[str]) -> list[str]:
    """What was said about a page and its image, and what the image's record says; what files of a site said is not repeated."""
    return told + [line for line in medium if line not in told or not line.startswith(FROM_FILES)]


def members(shown: Mapping[str, Any]) -> dict[str, bytes]:
    """A row as the files of a WebDataset sample: image, caption and JSON."""
    return {
        IMAGE_SUFFIX[shown["format"]]: shown["image"]["bytes"],
        "json": json_member(shown, TABLE.schema(), without=("image",)),
        "txt": shown["caption"].encode(),
    }


PAIRS: Corpus = Corpus(
    "pairs",
    "images with a caption",
    PairsPart,
    TABLE,
    judge,
    PAIR_ROUNDS,
    row,
    members,
    stages=("images", "rules", "duplicates"),
    wants=wants,
)
