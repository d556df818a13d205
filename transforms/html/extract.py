"""Markup -> `Page`: one parse, one walk, then a decision per block and per image. Pure; about 4 ms for a page of 300 kB.

A trained model gives each block its probability to be main content (`model`). Blocks are taken in order of probability as long as the
expected F1 of the taken ones rises. Images are decided by the text around them.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.records import BlockKind, Page
from transforms.html.alignment import aligned
from transforms.html.block_arrays import extreme
from transforms.html.boxes import drop_boxes, drop_next_articles, drop_notices, drop_stray_words
from transforms.html.containers import containers_of
from transforms.html.dates import day_beside
from transforms.html.features import Measured, measure
from transforms.html.headings import keep_summaries, settle_headings
from transforms.html.headline import find_headline, keep_headline
from transforms.html.image_elements import with_repeated
from transforms.html.kept_data import keep_data
from transforms.html.leaning import discounts, leans
from transforms.html.media import placed_media
from transforms.html.metadata import author_beside
from transforms.html.model import UNIT, Model, Scores, default_model, probability
from transforms.html.nodes import by_tag
from transforms.html.placement import Shown, assemble, shown_images
from transforms.html.run_texts import KINDS
from transforms.html.segment import Segments, segments_of
from transforms.html.walk import Walked, walk
from transforms.invisible import visible

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
_SPREAD = 1.5  # log odds; the best of 0, 0.5, 1, 1.5, 2 and 3 on the gold sets (docs/extraction.md)
# Nodes and weights of five-point quadrature with the standard normal density (Abramowitz and Stegun, table 25.10, rescaled).
_SHIFTS = np.array([[round(node * _SPREAD / UNIT)] for node in (-2.856970, -1.355626, 0.0, 1.355626, 2.856970)])
_WEIGHTS = (0.011257, 0.222076, 0.533333, 0.222076, 0.011257)
_MILLION = 1_000_000
_REPEATING = np.array([kind in (BlockKind.TABLE, BlockKind.CODE) for kind in KINDS])
_FURNITURE = by_tag(dict.fromkeys(("nav", "header", "footer", "aside", "form", "button"), 1), 0)
_BARE_LINKS = 0.02  # of a page's characters; 2 of 1,124 pages of wcxb are bare, and there all text scores .965 and .991
# Later exact repeats of so many words or more are copies for phones, tabs and print (docs/sources.md, "Main content"); but where so many
# kept blocks are code: what documentation says of one function it says of the next (of 170 repeats there .91 are in the gold texts).
_REPEAT_WORDS, _MUCH_CODE = 5, 3
_CODE = KINDS.index(BlockKind.CODE)


class Decision(NamedTuple):
    """Per block the probability to be main content and whether it is kept; and which block is the headline, -1 for none."""

    scores: Floats
    kept: Flags
    headline: int = -1


class Segmented(NamedTuple):
    """A page cut into runs of text and images, before any decision."""

    page: Walked
    segments: Segments
    shown: list[Shown]


def extract(text: str, url: str, engine: str = "triptych") -> Page:
    """The page that `text` is: all its blocks and images in document order, each with its decision.

    Raises RecordError where the markup is beyond the limits of `admit`, ValueError for an engine that is not in ENGINES.
    """
    return decided([walk(text, url)], engine)[0]


def segmented(pages: Sequence[Walked]) -> list[Segmented]:
    """Walked pages cut into runs of text; several at once are cheaper, with the same results."""
    return [
        Segmented(page, segments, shown_images(segments, page.pictures, page.base))
        for page, segments in zip(pages, segments_of([page.nodes for page in pages]), strict=True)
    ]


def decided(pages: Sequence[Walked], engine: str = "triptych") -> list[Page]:
    """Walked pages with a decision for each block and image; several at once are cheaper, with the same results.

    Raises ValueError for an engine that is not in ENGINES.
    """
    if engine not in ENGINES:
        raise ValueError(f"unknown extraction engine {engine!r}; known: {', '.join(ENGINES)}")
    parts = segmented(pages)
    return [with_decision(part, *decision) for part, decision in zip(parts, ENGINES[engine](parts), strict=True)]


def with_decision(part: Segmented, scores: Floats, kept: Flags, headline: int = -1) -> Page:
    """The page with the given decision for each run of text, from which those for its images follow."""
    page, about = part.page, part.page.about
    containers, around = containers_of(part.segments, page.told, kept)
    blocks, images = assemble(part.segments, scores, kept, around, part.shown)
    media, lost_media = placed_media(part.segments, kept, part.shown, page.media, page.lost_media)
    title, author, published = about.headline or about.title, about.author, about.published
    if headline >= 0:
        texts = part.segments.texts
        title, author = texts[headline], author or author_beside(texts, headline)
        published = published or day_beside(texts, headline)
    return Page(
        page.url,
        title,
        page.lang,
        page.directives,
        blocks,
        images,
        page.licences,
        containers,
        author,
        published,
        about.site,
        with_repeated(page.lost, len(page.pictures) - len(part.shown)),
        media,
        lost_media,
    )


def learned(pages: Sequence[Segmented]) -> list[Decision]:
    """Decide by the trained model that ships with the package."""
    return decide(pages, default_model())


def decide(pages: Sequence[Segmented], model: Model) -> list[Decision]:
    """For each page the probability of its runs of text to be main content, and whether they are kept."""
    with_text = [page for page in pages if page.segments.texts]
    decisions = iter(decide_together(with_text, model) if with_text else ())
    return [next(decisions) if page.segments.texts else Decision(np.zeros(0), np.zeros(0, np.bool_)) for page in pages]


def decide_together(pages: Sequence[Segmented], model: Model) -> Iterator[Decision]:
    """The decisions on pages that all have text."""
    for part, (chances, kept) in zip(pages, taken_alone(pages, model), strict=True):
        headline = settled(part, chances, kept)
        keep_headline(part.segments, kept, headline)
        yield Decision(chances, kept, headline)


def taken_alone(pages: Sequence[Segmented], model: Model) -> Iterator[tuple[Floats, Flags]]:
    """The probability of each run to be main content, and whether the model and its cut take it, of pages that all have text."""
    measured = measure([page.segments for page in pages], [part.page.looks for part in pages], model.lexicon)
    scores = model.log_odds(measured.matrix) - discounts([part.page.url for part in pages], measured)
    leaning = np.repeat(leans(model, measured), np.diff(measured.starts))
    chances, taken = probability(scores), best_expected(scores + leaning, measured)
    for part, links, (first, end) in zip(
        pages, measured.links.tolist(), pairwise(measured.starts.tolist()), strict=True
    ):
        if is_bare(part.segments, links):
            yield chances[first:end], np.ones(end - first, np.bool_)
        else:
            drop_repeats(part.segments, taken[first:end], measured.words[first:end])
            yield chances[first:end], taken[first:end]


def settled(part: Segmented, chances: Floats, kept: Flags) -> int:
    """Correct the decision on a page by what its headline tells, which is returned (-1: none)."""
    page, looks, about = part.segments, part.page.looks, part.page.about
    headline = find_headline(page, about, kept)
    said = "\n".join(looks.values)  # what is told by a class is looked for in all of them at once
    keep_data(page, looks, said, kept)
    drop_boxes(page, looks, said, kept, headline, part.page.url)
    drop_next_articles(page, looks, said, kept, headline, about)
    drop_notices(page, kept, headline)
    drop_stray_words(page, kept, headline)
    settle_headings(page, kept, chances, headline, teasers_of(part))
    keep_summaries(page, kept)
    return headline


def teasers_of(part: Segmented) -> set[int]:
    """For each picture of a page that is a link the number of runs before it."""
    places = part.segments.places
    return {places[picture.number].before for picture in part.page.pictures if picture.link is not None}


def is_bare(page: Segments, links: float) -> bool:
    """Whether a page is a bare document: hardly a link, and no element of a site's furniture.

    `links` is the share of its characters that stand in links. Books and plain papers are so; the model, which learned on pages of
    sites, has never seen a page without any furniture.
    """
    return links <= _BARE_LINKS and not _FURNITURE[page.tags].any()


def best_expected(scores: Scores, measured: Measured) -> Flags:
    """The blocks to take of each page, likeliest first, for the largest expected F1, by words, of what is taken.

    If blocks erred each for itself, that would be 2 E(right words) / (words taken + E(words of main content)). They do not: a page's
    blocks tend to be all likelier, or all less likely, than the model thinks. So the page's error is a normal variable of _SPREAD log
    odds, and the expectation is its mean over five values of that variable (Gauss-Hermite quadrature). Words are counted in halves and
    chances in millionths, so that sums are exact: a page's do not depend on the pages before it.
    """
    starts, page = measured.starts[:-1], np.repeat(np.arange(len(measured.starts) - 1), np.diff(measured.starts))
    order = np.lexsort((-scores, page))
    halves = (2 * measured.words[order]).astype(np.int64)
    chances = np.rint(probability(scores[order] + _SHIFTS) * _MILLION).astype(np.int64)
    expected = np.zeros(len(order))
    taken = sums_within(halves, starts, page) * _MILLION
    for weight, row in zip(_WEIGHTS, chances, strict=True):
        right = sums_within(row * halves, starts, page)
        expected += weight * (2 * right / (taken + right[measured.starts[1:] - 1][page]))
    best, _ = extreme(page, expected, np.maximum)
    kept = np.zeros(len(order), np.bool_)
    kept[order[np.arange(len(order)) <= best[page]]] = True
    return kept


def sums_within(values: Scores, starts: Scores, page: Scores) -> Scores:
    """Running sums of whole numbers, begun anew at each page."""
    sums = np.cumsum(values)
    return sums - (sums[starts] - values[starts])[page]


def drop_repeats(page: Segments, kept: Flags, words: Floats) -> None:
    """Take back every later exact repeat of a kept block, but for rows of tables and code, which repeat by nature, and on pages of code."""
    if np.count_nonzero(kept & (page.kinds == _CODE)) >= _MUCH_CODE:
        return
    seen: set[str] = set()
    for index in np.flatnonzero(kept & (words >= _REPEAT_WORDS) & ~_REPEATING[page.kinds]).tolist():
        text = page.texts[index]
        if text in seen:
            kept[index] = False
        seen.add(text)


def by_trafilatura(pages: Sequence[Segmented]) -> list[Decision]:
    """Decide by trafilatura: its lines are the kept blocks, images stand where our walk met them."""
    import trafilatura  # heavy, and only this engine's

    decisions: list[Decision] = []
    for page, segments, _ in pages:
        # Its `deduplicate` compares with pages seen before, so a page would depend on its predecessors.
        text = visible(trafilatura.extract(page.markup, url=page.url, deduplicate=False) or "")
        kept = aligned(segments, text)
        decisions.append(Decision(kept.astype(np.float64), kept, find_headline(segments, page.about, kept)))
    return decisions


ENGINES: dict[str, Callable[[Sequence[Segmented]], list[Decision]]] = {
    "triptych": learned,
    "trafilatura": by_trafilatura,
}
