"""What a recipe says about the rows of one lot, corpus by corpus. Pure: a lot and its inbox in, verdicts out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.lot import Inbox, Lot, Resolved, gather, hex_ids, number_columns, resolve
from schemas.index import CLAIM
from schemas.measures import CAPTION_MEASURES, IMAGE_MEASURES, TEXT_MEASURES, URL_MEASURES
from schemas.recipe import CORPORA, PairsPart, Recipe
from transforms.dedup.keys import key, member_ids
from transforms.dedup.settle import cut, key_halves, locate
from transforms.html.directives import binds_images, signals
from transforms.image.measures import measure_columns
from transforms.judge import Verdicts, share_of, speaks
from transforms.pair.caption import measure_caption
from transforms.text.address import measure_url

CAPTION_NAMES = tuple(m.name for m in CAPTION_MEASURES)
IMAGE_NAMES = tuple(m.name for m in IMAGE_MEASURES)
PAGE_NAMES = ("lang_score", *(m.name for m in (*TEXT_MEASURES, *URL_MEASURES)))
URL_NAMES = tuple(m.name for m in URL_MEASURES)


@dataclass(frozen=True, slots=True)
class Keys:
    """A key by which items can be equal: 16 bytes an item, a rank (the least keeps), and which items take part."""

    column: pa.ChunkedArray
    rank: np.ndarray
    claiming: np.ndarray


@dataclass(frozen=True, slots=True)
class Side:
    """One corpus over one lot: its items' ids, their verdicts, and the keys of its duplicates in the recipe's order."""

    corpus: str
    ids: np.ndarray
    verdicts: Verdicts
    duplicates: tuple[tuple[str, Callable[[], Keys]], ...]


@dataclass(frozen=True, slots=True)
class Images:
    """The image references of a lot beside what was answered about them, as columns of one row a reference."""

    ids: np.ndarray
    page: np.ndarray
    ordinal: np.ndarray
    resolved: Resolved
    answers: pa.Table
    urls: np.ndarray
    columns: Mapping[str, np.ndarray]  # IMAGE_MEASURES and URL_MEASURES; not a number where no image is at hand
    directives: np.ndarray


@dataclass(frozen=True, slots=True)
class Captions:
    """The caption that the recipe chooses for each reference: its kind ("" for none), its text, its measures."""

    kind: np.ndarray
    text: np.ndarray
    columns: Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Judged:
    """All verdicts of a lot. `sides` are the corpora asked for; `places` are the images inside interleaved documents."""

    lot: Lot
    numbers: Mapping[str, np.ndarray]  # what each page measured
    images: Images
    sides: dict[str, Side]
    captions: Captions | None
    places: Verdicts | None
    place_rows: np.ndarray
    document: Mapping[str, np.ndarray]


def judge(lot: Lot, recipe: Recipe, inbox: Inbox) -> Judged:
    """Apply every rule and every settled round of duplicates."""
    images = image_columns(lot, inbox)
    columns = number_columns(lot.pages, PAGE_NAMES)
    sides: dict[str, Side] = {}
    captions, places, rows, document = None, None, np.zeros(0, int), {}
    if "text" in recipe.corpora:
        sides["text"] = judge_text(lot, recipe, columns)
    if "pairs" in recipe.corpora:
        captions = choose_captions(lot, images, recipe.pairs)
        sides["pairs"] = judge_pairs(lot, recipe, images, captions, columns)
    if "interleaved" in recipe.corpora:
        places, rows = judge_places(lot, recipe, images)
        document = document_columns(lot, images, places, rows)
        sides["interleaved"] = judge_documents(lot, recipe, {**columns, **document})
    for side in sides.values():
        settle_duplicates(side, inbox)
    if "interleaved" in sides and inbox.rounds >= len(sides["interleaved"].duplicates):
        sample_documents(sides["interleaved"], recipe, document)
    return Judged(lot, columns, images, sides, captions, places, rows, document)


def image_columns(lot: Lot, inbox: Inbox) -> Images:
    """Join the references with the answers about their images."""
    resolved = resolve(lot.refs, inbox.answers)
    at_hand = np.flatnonzero(resolved.answer >= 0)
    rows = resolved.answer[at_hand]
    page = lot.refs["page"].to_numpy()
    ordinal = lot.refs["ordinal"].to_numpy()
    page_ids = pa.array(hex_ids(lot.pages["id"])[page], pa.string())
    ids = member_ids(page_ids, pa.array(ordinal)).to_numpy(zero_copy_only=False)
    urls = chosen_urls(lot.refs, resolved.choice)
    columns = {name: np.full(len(page), np.nan) for name in (*IMAGE_NAMES, *URL_NAMES)}
    for name, values in image_numbers(inbox.answers).items():
        columns[name][at_hand] = values[rows]
    for row in at_hand:
        for name, value in address_numbers(urls[row]).items():
            columns[name][row] = value
    directives = np.full(len(page), "", dtype=object)
    directives[at_hand] = gather(inbox.answers["directives"].to_pylist(), rows)
    return Images(ids, page, ordinal, resolved, inbox.answers, urls, columns, directives)


def chosen_urls(refs: pa.Table, choice: np.ndarray) -> np.ndarray:
    """The address that each reference was found under, its first one where it was not found."""
    lists = refs["urls"].combine_chunks()
    first = lists.offsets.to_numpy()[:-1] - (lists.offsets[0].as_py() if len(refs) else 0)
    found: np.ndarray = lists.flatten().take(pa.array(first + np.maximum(choice, 0))).to_numpy(zero_copy_only=False)
    return found


@lru_cache(maxsize=50_000)
def address_numbers(url: str) -> dict[str, float]:
    """URL_MEASURES of an image's address; pages of a site show the same images, so most calls are repeats."""
    return measure_url(url)


def image_numbers(answers: pa.Table) -> dict[str, np.ndarray]:
    """IMAGE_MEASURES of answered images, from their facts."""
    width, height, size, spread = number_columns(answers, ("width", "height", "size", "spread")).values()
    # An image that could not be decoded has sides of 0; no reference is resolved to it.
    return measure_columns(np.maximum(width, 1), np.maximum(height, 1), size, spread)


def heed_signals(verdicts: Verdicts, directives: pa.ChunkedArray, honoured: tuple[str, ...], for_images: bool) -> None:
    """Drop the items whose page or image was opted out by a signal that the recipe honours (law 10)."""
    told = directives.combine_chunks().dictionary_encode()
    said = [signals(tuple(text.split("\n"))) for text in told.dictionary.to_pylist()]
    for signal in honoured:
        if for_images or not binds_images(signal):
            heard = np.array([signal in each for each in said], dtype=bool)
            verdicts.drop(heard[told.indices.to_numpy()], signal)


def judge_text(lot: Lot, recipe: Recipe, columns: Mapping[str, np.ndarray]) -> Side:
    """The text corpus: one item a page."""
    words = lot.pages["text_bytes"].to_numpy() > 0
    if recipe.text.clean_c4:
        words &= columns["c4_reference_dropped_lines"] < 1
    verdicts = Verdicts("text", len(lot.pages))
    verdicts.begin("rules")
    verdicts.drop(~words, "no_text")
    heed_signals(verdicts, lot.pages["directives"], recipe.opt_outs, for_images=False)
    verdicts.drop(~speaks(lot.pages["lang"].to_pylist(), recipe.text.languages), "language", columns["lang_score"])
    verdicts.apply(recipe.text.rules, columns)
    keys = page_keys(lot)
    return Side("text", hex_ids(lot.pages["id"]), verdicts, tuple((n, keys[n]) for n in recipe.text.duplicates))


def page_keys(lot: Lot) -> dict[str, Callable[[], Keys]]:
    """The keys by which pages can be equal: the newest capture of an address keeps it, the least id keeps a text."""
    return {
        "url": lambda: Keys(lot.pages["url_key"], newest_first(lot.pages["date"].to_pylist()), everything(lot.pages)),
        "text": lambda: Keys(
            lot.pages["text_key"], np.zeros(len(lot.pages), np.int64), lot.pages["text_bytes"].to_numpy() > 0
        ),
    }


def everything(table: pa.Table) -> np.ndarray:
    """A mask of all rows."""
    return np.ones(len(table), dtype=bool)


def newest_first(dates: list[str]) -> np.ndarray:
    """Ranks that put the newest ISO 8601 date first and a missing one last.

    >>> newest_first(["2008-04-30T20:48:25Z", ""]).tolist()
    [-20080430204825, 0]
    """
    digits = ("".join(filter(str.isascii, filter(str.isdigit, date)))[:14] for date in dates)
    return np.array([-int(d.ljust(14, "0")) if d else 0 for d in digits], dtype=np.int64)


def choose_captions(lot: Lot, images: Images, part: PairsPart) -> Captions:
    """The first caption of the recipe's kinds that has text, measured; only where an image is at hand, since no other row needs it."""
    count = len(images.page)
    kind, text = np.full(count, "", dtype=object), np.full(count, "", dtype=object)
    columns = {name: np.full(count, np.nan) for name in CAPTION_NAMES}
    at_hand = images.resolved.answer >= 0
    # A filter leaves chunks as they are; `take` would lay all captions of a lot end to end, which may be more than Arrow's 2 GiB.
    candidates = lot.refs.select(part.captions).filter(pa.array(at_hand)).to_pylist()
    for row, texts in zip(np.flatnonzero(at_hand), candidates, strict=True):
        chosen = next((name for name in part.captions if texts[name]), None)
        if chosen:
            kind[row], text[row] = chosen, texts[chosen]
            for name, value in measure_caption(texts[chosen]).items():
                columns[name][row] = value
    return Captions(kind, text, columns)


def judge_pairs(lot: Lot, recipe: Recipe, images: Images, captions: Captions, pages: Mapping[str, np.ndarray]) -> Side:
    """The pairs corpus: one item an image reference."""
    verdicts = Verdicts("pairs", len(images.page))
    verdicts.begin("images")
    drop_absent(verdicts, images, everything(lot.refs))
    verdicts.begin("rules")
    if recipe.pairs.main_content:
        verdicts.drop(lot.refs["texts_before"].to_numpy() < 0, "main_content")
    verdicts.drop(np.asarray(captions.kind == "", dtype=bool), "no_caption")
    heed_image_signals(verdicts, lot, images, recipe.opt_outs)
    languages = gather(lot.pages["lang"].to_pylist(), images.page).tolist()
    lang_score = pages["lang_score"][images.page]
    verdicts.drop(~speaks(languages, recipe.pairs.languages), "language", lang_score)
    verdicts.apply(recipe.pairs.rules, {"lang_score": lang_score, **captions.columns, **images.columns})
    keys = image_keys(images)
    return Side("pairs", images.ids, verdicts, tuple((n, keys[n]) for n in recipe.pairs.duplicates))


def drop_absent(verdicts: Verdicts, images: Images, rows: np.ndarray) -> None:
    """References whose bytes are in no archive of the run, and those whose bytes are no picture."""
    verdicts.drop(images.resolved.undecodable[rows], "image_undecodable")
    verdicts.drop((images.resolved.answer < 0)[rows], "image_not_archived")


def heed_image_signals(verdicts: Verdicts, lot: Lot, images: Images, honoured: tuple[str, ...]) -> None:
    """What the page and what the image's own response said about images."""
    pages = lot.pages["directives"].take(pa.array(images.page))
    both = pc.binary_join_element_wise(pages, pa.array(images.directives, pa.string()), "\n")
    heed_signals(verdicts, both, honoured, for_images=True)


def image_keys(images: Images) -> dict[str, Callable[[], Keys]]:
    """The keys by which pairs can be equal: the image's bytes, and its perceptual hash unless it is flat.

    Flat pictures share degenerate hashes (all zeros, or the top bit alone: reference/rules.md §4.5), so they take no part.
    """
    rank = np.zeros(len(images.page), np.int64)
    rows = images.resolved.answer
    places = pa.array(
        rows % (len(images.answers) + 1)
    )  # -1 (no image at hand) takes what stands behind the last answer

    def column(values: list[bytes]) -> pa.ChunkedArray:
        return pa.chunked_array([pa.array([*values, bytes(16)], pa.binary(16))]).take(places)

    def by_bytes() -> Keys:
        return Keys(column([key(digest) for digest in images.answers["sha256"].to_pylist()]), rank, rows >= 0)

    def by_picture() -> Keys:
        hashes = images.answers["phash"].to_pylist()
        telling = np.array([*(each.bit_count() > 1 for each in hashes), False], dtype=bool)
        spread = np.nan_to_num(images.columns["image_spread"])
        return Keys(column([each.to_bytes(16) for each in hashes]), rank, telling[rows] & (spread > 0))

    return {"sha256": by_bytes, "phash": by_picture}


def judge_places(lot: Lot, recipe: Recipe, images: Images) -> tuple[Verdicts, np.ndarray]:
    """The images that stand in main content: which of them stay in their document. Rows index the references."""
    part = recipe.interleaved
    rows = np.flatnonzero(lot.refs["texts_before"].to_numpy() >= 0)
    inside = Images(
        images.ids[rows],
        images.page[rows],
        images.ordinal[rows],
        Resolved(*(getattr(images.resolved, n)[rows] for n in ("answer", "choice", "undecodable"))),
        images.answers,
        images.urls[rows],
        {n: v[rows] for n, v in images.columns.items()},
        images.directives[rows],
    )
    verdicts = Verdicts("interleaved_images", len(rows))
    verdicts.begin("images")
    drop_absent(verdicts, inside, np.ones(len(rows), dtype=bool))
    heed_image_signals(verdicts, lot, inside, recipe.opt_outs)
    verdicts.apply(part.image_rules, inside.columns)
    if part.max_images:
        place = running_count(inside.page, verdicts.kept)
        verdicts.drop(place > part.max_images, "max_images", place.astype(float))
    return verdicts, rows


def running_count(groups: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """For each row how many rows of its group, up to and with it, are in the mask. Groups are runs of equal numbers.

    >>> running_count(np.array([0, 0, 1]), np.array([True, True, True])).tolist()
    [1, 2, 1]
    """
    total = np.cumsum(mask)
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    before = np.repeat(total[starts] - mask[starts], np.diff(starts, append=len(groups)))
    return np.asarray(total - before)


def document_columns(lot: Lot, images: Images, places: Verdicts, rows: np.ndarray) -> dict[str, np.ndarray]:
    """DOCUMENT_MEASURES of each page: its images that stay, and the runs of text that they leave."""
    kept = rows[places.kept]
    page = images.page[kept]
    before = lot.refs["texts_before"].to_numpy()[kept]
    count = np.bincount(page, minlength=len(lot.pages)).astype(float)
    texts = lot.pages["texts"].to_numpy()
    opens = np.diff(page, prepend=-1) != 0
    previous = np.where(opens, 0, np.concatenate([[0], before[:-1]]) if len(before) else before)
    runs = np.bincount(page, weights=(before > previous), minlength=len(lot.pages))
    last = np.zeros(len(lot.pages), dtype=np.int64)
    np.maximum.at(last, page, before)
    return {"interleaved_images": count, "interleaved_texts": runs + (texts > last)}


def judge_documents(lot: Lot, recipe: Recipe, columns: Mapping[str, np.ndarray]) -> Side:
    """The interleaved corpus: one item a page; a page without an image is no interleaved document."""
    part = recipe.interleaved
    verdicts = Verdicts("interleaved", len(lot.pages))
    verdicts.begin("rules")
    verdicts.drop(columns["interleaved_images"] == 0, "no_images", columns["interleaved_images"])
    heed_signals(verdicts, lot.pages["directives"], recipe.opt_outs, for_images=False)
    verdicts.drop(~speaks(lot.pages["lang"].to_pylist(), part.languages), "language", columns["lang_score"])
    verdicts.apply(part.rules, columns)
    keys = page_keys(lot)
    return Side("interleaved", hex_ids(lot.pages["id"]), verdicts, tuple((n, keys[n]) for n in part.duplicates))


def sample_documents(side: Side, recipe: Recipe, document: Mapping[str, np.ndarray]) -> None:
    """Keep the recipe's share of the documents with exactly one image, after duplicates, so that no keeper is lost to chance."""
    share = recipe.interleaved.one_image_share
    side.verdicts.begin("sample")
    if share < 1:
        alone = document["interleaved_images"] == 1
        drawn = np.array([share_of(i, recipe.seed) if a else 0.0 for i, a in zip(side.ids, alone, strict=True)])
        side.verdicts.drop(alone & (drawn >= share), "one_image_share", drawn)


def claimant(corpus: str) -> int:
    """The number under which a corpus claims keys; images are no corpus of the recipe, so they come after them."""
    return (*CORPORA, "images").index(corpus)


def claims(side: Side, round_: int, lot: int) -> pa.Table:
    """What the items that are still in claim in a round: one row a key."""
    if round_ >= len(side.duplicates):
        return CLAIM.empty_table()
    table, _ = _claiming(side, side.duplicates[round_][1]())
    best, _ = cut(table)
    return best.append_column("lot", pa.array(np.full(len(best), lot, np.int32))).cast(CLAIM)


def _claiming(side: Side, keys: Keys) -> tuple[pa.Table, np.ndarray]:
    rows = np.flatnonzero(side.verdicts.kept & keys.claiming)
    table = pa.table(
        {
            "corpus": pa.array(np.full(len(rows), claimant(side.corpus), np.int8)),
            "key": keys.column.take(pa.array(rows)),
            "rank": pa.array(keys.rank[rows], pa.int64()),
            "id": pa.array(side.ids[rows].tolist(), pa.string()),
        }
    )
    return table, rows


def settle_duplicates(side: Side, inbox: Inbox) -> None:
    """Drop the items that another one stands for, in every round that is settled."""
    mine = claimant(side.corpus)
    for round_ in range(min(inbox.rounds, len(side.duplicates))):
        name, make = side.duplicates[round_]
        if round_ == 0:
            side.verdicts.begin("duplicates")
        table, rows = _claiming(side, make())
        if not len(rows):
            continue
        best, keeper = cut(table)
        losses = inbox.losses[round_]
        losses = losses.filter(pa.array(losses["corpus"].to_numpy() == mine))
        lost = locate(key_halves(best["key"]), key_halves(losses["key"]))
        best_ids = np.array(best["id"].to_pylist(), dtype=object)
        of = np.where(lost >= 0, gather(losses["of"].to_pylist(), np.maximum(lost, 0)), best_ids)
        mask, keepers = np.zeros(len(side.ids), dtype=bool), np.full(len(side.ids), None, dtype=object)
        mask[rows] = of[keeper] != side.ids[rows]
        keepers[rows] = of[keeper]
        side.verdicts.drop(mask, name, of=keepers)
