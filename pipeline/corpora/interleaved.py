"""The interleaved corpus: one item a page, its text with its images in their places (the OBELICS shape)."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from pipeline.corpora.base import Corpus, Inner, Judgement
from pipeline.corpora.document_images import DOCUMENT_ROUNDS, FIRST, KEEP, first_places
from pipeline.corpora.interleaved_rows import members, row, selection
from pipeline.corpora.interleaved_table import TABLE
from pipeline.corpora.parts import Cuts, cuts, part_rows
from pipeline.corpora.published import drop_unpublishable
from pipeline.corpora.tasks import drop_task_images, drop_task_texts
from pipeline.corpora.unit_rows import (
    FORGOTTEN,
    NO_PAGE,
    References,
    UnitRows,
    apply_opt_outs,
    drop_absent,
    page_signals,
    reference_signals,
    running_count,
    unasked,
)
from pipeline.corpora.wanted import address_columns, imageless, spread
from pipeline.decide.pictures import sha_halves
from pipeline.formats import fitting
from schemas.measures import (
    ALT_MEASURES,
    DOCUMENT_MEASURES,
    IMAGE_MEASURES,
    IMAGE_USE_MEASURES,
    LANGUAGE_MEASURES,
    NOTICE_MEASURES,
    PEER_MEASURES,
    TEXT_MEASURES,
    URL_MEASURES,
)
from schemas.recipe import SHARE, ImagePart, Recipe, RepeatsPart, Rules, RulesByLanguage
from transforms.html.render import FORMS, MARKDOWN
from transforms.pair.junk import is_icon
from transforms.text.error_page import is_error_page
from transforms.verdicts import Verdicts, hash_fraction, in_languages

MEASURES = (
    DOCUMENT_MEASURES,
    NOTICE_MEASURES,
    LANGUAGE_MEASURES,
    TEXT_MEASURES,
    PEER_MEASURES,
    URL_MEASURES,
)  # what rules bound
DROP, CUT = "drop", "cut"  # what becomes of images beyond `max_images`
IMAGE_RULES = (IMAGE_MEASURES, IMAGE_USE_MEASURES, ALT_MEASURES, URL_MEASURES)  # and those on images


def _formats() -> tuple[str, ...]:
    """The formats that can hold this corpus."""
    return fitting(INTERLEAVED.kind)


@dataclass(frozen=True, slots=True)
class InterleavedPart:
    """The interleaved corpus.

    `max_words` cuts a long document at its headings and images into documents of at most so many words each (0: no cut); a part without
    an image is none. `max_images` is the most that a document may have (0: no bound): where `at_max_images` is "drop" it keeps the first
    so many, where it is "cut" another document begins. The page is judged as a whole, but for the rules on `interleaved_images` and
    `interleaved_texts`, which each part must pass. `one_image_share` keeps that share of the documents with exactly one image, chosen by
    a seeded hash of the id. `sentences_before` and `sentences_after` cut the text before the first
    image to its last so many sentences and the text after the last image to its first so many (0: no cut).
    Of a picture that a page shows several times, all stay where `same_images` is "keep", where it is "first" the first alone.
    `duplicates` are those of `text`, and documents with the same set of images (`images`), or whose images are all in documents before them
    (`images_seen`). `image_rules` are for the images inside documents. `form` and `by_language` are those of `text`.
    """

    form: str = field(default=MARKDOWN, metadata={"among": FORMS})
    languages: tuple[str, ...] = field(default=(), metadata={"languages": True})
    image: ImagePart = field(default_factory=ImagePart)
    max_words: int = field(default=0, metadata={"least": 0})
    max_images: int = field(default=0, metadata={"least": 0})
    at_max_images: str = field(default=DROP, metadata={"among": (DROP, CUT)})
    same_images: str = field(default=KEEP, metadata={"among": (KEEP, FIRST)})
    one_image_share: float = field(default=1.0, metadata=SHARE)
    sentences_before: int = field(default=0, metadata={"least": 0})
    sentences_after: int = field(default=0, metadata={"least": 0})
    duplicates: tuple[str, ...] = field(default=(), metadata={"among": tuple(DOCUMENT_ROUNDS)})
    repeats: RepeatsPart = field(default_factory=RepeatsPart)
    formats: tuple[str, ...] = field(default=("parquet", "webdataset"), metadata={"among": _formats, "some": True})
    rules: Rules = field(default_factory=dict, metadata={"measures": MEASURES})
    by_language: RulesByLanguage = field(default_factory=dict, metadata={"measures": MEASURES})
    image_rules: Rules = field(default_factory=dict, metadata={"measures": IMAGE_RULES})


def judge(unit: UnitRows, recipe: Recipe) -> Judgement:
    """Apply the rules to the images inside documents, then to the pages; a page without an image is no interleaved document."""
    part: InterleavedPart = recipe.parts["interleaved"]
    inside, images, found = judge_images(unit, recipe)
    document = document_numbers(unit, inside, images) | {"error_page": error_pages(unit)}
    numbers = {**unit.numbers, **document}
    whole = np.array([row not in found.parts for row in range(len(unit.pages))], dtype=bool)
    verdicts = Verdicts("interleaved", len(unit.pages))
    verdicts.begin("rules")
    verdicts.drop(unit.forgotten, FORGOTTEN)
    verdicts.drop(unit.listed, NO_PAGE)
    if unit.fetching:  # of a page that rules refuse without images none were asked for, and that is why it leaves
        lacking = document["interleaved_images"] == 0
        verdicts.follow(pages_without_images(unit, recipe), lacking)
    verdicts.drop(document["interleaved_images"] == 0, "no_images", document["interleaved_images"])
    apply_opt_outs(verdicts, page_signals(unit.pages), recipe.heeded, for_images=False)
    verdicts.drop(~in_languages(unit.languages, part.languages), "language", numbers["lang_score"])
    rules, by_language = rules_on_parts(part)
    verdicts.apply(rules, numbers, by_language, unit.languages, among=whole)
    rules, by_language = rules_on_pages(part)
    verdicts.apply(rules, numbers, by_language, unit.languages)
    drop_task_texts(verdicts, unit, recipe)

    def select(rows: np.ndarray) -> pa.Table:
        kept = np.flatnonzero(images.kept)
        return selection(unit, inside.take(kept), found, found.place[kept], document, recipe, rows)

    digests = sha_halves(inside.media)
    inner = Inner(inside.ids, images, inside.urls, unit.sources[inside.page], inside.page, inside.pictures, digests)
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


def pages_without_images(unit: UnitRows, recipe: Recipe) -> Verdicts:
    """What the rules say of pages, whatever their images are."""
    part: InterleavedPart = recipe.parts["interleaved"]
    verdicts = Verdicts("interleaved", len(unit.pages))
    verdicts.begin("rules")
    verdicts.drop(unit.forgotten, FORGOTTEN)
    verdicts.drop(unit.listed, NO_PAGE)
    apply_opt_outs(verdicts, page_signals(unit.pages), recipe.heeded, for_images=False)
    verdicts.drop(~in_languages(unit.languages, part.languages), "language", unit.numbers["lang_score"])
    rules, by_language = rules_on_pages(part)
    verdicts.apply(rules, {**unit.numbers, "error_page": error_pages(unit)}, by_language, unit.languages)
    drop_task_texts(verdicts, unit, recipe)
    return verdicts


def without_images(unit: UnitRows, inside: References, recipe: Recipe) -> Verdicts:
    """What the rules say of images inside documents, whatever they are: those of a page that is refused leave by its rule."""
    part: InterleavedPart = recipe.parts["interleaved"]
    pages, verdicts = pages_without_images(unit, recipe), Verdicts("interleaved_images", len(inside.page))
    verdicts.begin("images")
    verdicts.drop(inside.forgotten, FORGOTTEN)
    verdicts.follow(of_pages(pages, inside.page), np.ones(len(inside.page), dtype=bool))
    apply_opt_outs(verdicts, reference_signals(unit, inside), recipe.heeded, for_images=True)
    rules = imageless(part.image_rules, ALT_MEASURES, URL_MEASURES)
    addresses = address_columns(inside, rules, {}, unit.languages)
    verdicts.apply(rules, {**addresses, "alt_icon": alt_icons(inside)})
    return verdicts


def of_pages(pages: Verdicts, page: np.ndarray) -> Verdicts:
    """The verdicts about the page of each image."""
    found = Verdicts("interleaved_images", len(page))
    found.rule, found.value, found.detail = pages.rule[page], pages.value[page], pages.detail[page]
    return found


def wants(unit: UnitRows, recipe: Recipe) -> np.ndarray:
    """Mask of the references whose images could stay in a document."""
    rows = np.flatnonzero(unit.refs.table["texts_before"].to_numpy() >= 0)
    inside = unit.refs.take(rows)
    return np.asarray(spread(without_images(unit, inside, recipe), rows, len(unit.refs.page)) & ~unit.refs.found)


_ON_PARTS = frozenset(measure.name for measure in DOCUMENT_MEASURES)


def rules_on_parts(part: InterleavedPart) -> tuple[Rules, RulesByLanguage]:
    """The rules on what each part of a document has of its own."""
    return only(part, lambda name: name in _ON_PARTS)


def rules_on_pages(part: InterleavedPart) -> tuple[Rules, RulesByLanguage]:
    """The rules on the page as a whole."""
    return only(part, lambda name: name not in _ON_PARTS)


def only(part: InterleavedPart, wanted: Callable[[str], bool]) -> tuple[Rules, RulesByLanguage]:
    """Some of the rules on documents, and of those by language."""

    def some(rules: Rules) -> Rules:
        return {name: bounds for name, bounds in rules.items() if wanted(name)}

    return some(part.rules), {language: some(own) for language, own in part.by_language.items()}


def error_pages(unit: UnitRows) -> np.ndarray:
    """The measure `error_page` of each page."""
    titles, words = unit.pages["title"].to_pylist(), unit.numbers["gopher_words"].tolist()
    return np.array([is_error_page(*page) for page in zip(titles, words, strict=True)], dtype=float)


def alt_icons(images: References) -> np.ndarray:
    """The measure `alt_icon` of each image."""
    alts = images.table["alt"].to_pylist()
    known = {alt: is_icon(alt) for alt in set(alts)}
    return np.array([known[alt] for alt in alts], dtype=float)


def judge_images(unit: UnitRows, recipe: Recipe) -> tuple[References, Verdicts, Cuts]:
    """The references that stand in main content, which of their images stay in their document, and where that is cut."""
    part: InterleavedPart = recipe.parts["interleaved"]
    inside = unit.refs.take(np.flatnonzero(unit.refs.table["texts_before"].to_numpy() >= 0))
    verdicts = Verdicts("interleaved_images", len(inside.page))
    verdicts.begin("images")
    verdicts.drop(inside.forgotten, FORGOTTEN)
    refused, mine = without_images(unit, inside, recipe) if unit.fetching else None, unasked(inside)
    drop_absent(verdicts, inside, None if refused is None else mine & ~refused.kept)
    if refused is not None:
        verdicts.follow(refused, mine)
    apply_opt_outs(verdicts, reference_signals(unit, inside), recipe.heeded, for_images=True)
    verdicts.apply(part.image_rules, {**inside.numbers, "alt_icon": alt_icons(inside)})
    drop_unpublishable(verdicts, inside.media, part.image, recipe)
    drop_task_images(verdicts, inside, unit, recipe)
    if part.same_images == FIRST:
        first = first_places(inside.page, inside.pictures, verdicts.kept)
        verdicts.drop(first != np.arange(len(first)), "image_repeated", of=inside.ids.text[first])
    dropping = part.at_max_images == DROP
    found = cuts(unit, inside, verdicts.kept, part.max_words, 0 if dropping else part.max_images)
    if part.max_images and dropping:
        place = running_count(found.groups(inside.page), verdicts.kept)
        verdicts.drop(place > part.max_images, "max_images", place.astype(float))
    return inside, verdicts, found


def document_numbers(unit: UnitRows, inside: References, images: Verdicts) -> dict[str, np.ndarray]:
    """DOCUMENT_MEASURES of each page: its images that stay, the runs of text that they leave, the side of the largest."""
    pages = len(unit.pages)
    page = inside.page[images.kept]
    before = inside.table["texts_before"].to_numpy()[images.kept]
    count = np.bincount(page, minlength=pages).astype(float)
    opens = np.diff(page, prepend=-1) != 0
    previous = np.where(opens, 0, np.concatenate([[0], before[:-1]]) if len(before) else before)
    texts = np.bincount(page, weights=(before > previous), minlength=pages)
    last = np.zeros(pages, dtype=np.int64)
    np.maximum.at(last, page, before)
    largest = np.zeros(pages)
    np.fmax.at(largest, page, inside.numbers["image_min_side"][images.kept])
    texts = texts + (unit.pages["texts"].to_numpy() > last)
    return {"interleaved_images": count, "interleaved_texts": texts, "interleaved_largest": largest}


def parts(kept: pa.Table, recipe: Recipe) -> pa.Table:
    """The documents that stay as their parts."""
    return part_rows(kept) if is_cutting(recipe.parts["interleaved"]) else kept


def is_cutting(part: InterleavedPart) -> bool:
    """Whether the recipe cuts documents."""
    return part.max_words > 0 or (part.max_images > 0 and part.at_max_images == CUT)


def judge_parts(kept: pa.Table, recipe: Recipe, verdicts: Verdicts) -> None:
    """Drop the parts that are no documents; then keep the recipe's share of the documents with exactly one image. It comes after
    duplicates, so that no keeper is lost to chance."""
    part: InterleavedPart = recipe.parts["interleaved"]
    if is_cutting(part):
        numbers = {name: np.asarray(kept[name].to_numpy(), dtype=float) for name in sorted(_ON_PARTS)}
        verdicts.begin("parts")
        verdicts.drop(numbers["interleaved_images"] == 0, "no_images", numbers["interleaved_images"])
        rules, by_language = rules_on_parts(part)
        verdicts.apply(rules, numbers, by_language, np.asarray(kept["lang"].to_pylist(), dtype=object))
    sample(kept, part.one_image_share, recipe.seed, verdicts)


def sample(kept: pa.Table, share: float, seed: int, verdicts: Verdicts) -> None:
    """Keep a share of the documents with exactly one image."""
    verdicts.begin("sample")
    if share < 1:
        alone = kept["interleaved_images"].to_numpy() == 1
        ids = kept["id"].to_pylist()
        drawn = np.array([hash_fraction(i, seed) if a else 0.0 for i, a in zip(ids, alone, strict=True)])
        verdicts.drop(alone & (drawn >= share), "one_image_share", drawn)


INTERLEAVED: Corpus = Corpus(
    "interleaved",
    "pages as sequences of texts and images",
    InterleavedPart,
    TABLE,
    judge,
    DOCUMENT_ROUNDS,
    row,
    members,
    parts=parts,
    after_duplicates=judge_parts,
    stages=("rules", "duplicates", "parts", "sample"),
    wants=wants,
)
