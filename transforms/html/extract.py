"""Markup to a `Page`: one parse, one walk, then a decision per block and per image. Pure; about 4 ms for a page of 300 kB.

Which blocks are main content is learned (`model`), how many of them is not: the blocks are taken in order of their probability as long
as the expected F1 of what is taken rises. Images have a decision of their own, by the text around them.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import turbohtml
from turbohtml import Document

from schemas.records import Block, BlockKind, ImageRef, Page
from transforms.html.alignment import aligned
from transforms.html.directives import page_directives
from transforms.html.features import measure
from transforms.html.guard import admit
from transforms.html.model import UNIT, Model, Scores, default_model, probability
from transforms.html.placement import assemble
from transforms.html.segment import Segments, collapse, segment
from transforms.html.urls import base_address

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
_SPREAD = 1.5  # log odds; the best of 0, 0.5, 1, 1.5, 2 and 3 on the gold sets (docs/extraction.md)
# Nodes and weights of five-point quadrature with the standard normal density (Abramowitz and Stegun, table 25.10, rescaled).
_SHIFTS = np.array([[round(node * _SPREAD / UNIT)] for node in (-2.856970, -1.355626, 0.0, 1.355626, 2.856970)])
_QUADRATURE = np.array([[0.011257], [0.222076], [0.533333], [0.222076], [0.011257]])
_REPEATING = frozenset((BlockKind.TABLE, BlockKind.CODE))
_FURNITURE = frozenset(("nav", "header", "footer", "aside", "form", "button"))
_BARE_LINKS = 0.02  # of a page's characters; 2 of 1,124 pages of wcxb are bare, and there all text scores .965 and .991
_REPEAT_WORDS = 5  # reference/extraction.md: later exact repeats from 5 words on are copies for phones, tabs, print


def extract(text: str, url: str, engine: str = "triptych") -> Page:
    """The page that `text` is: all its blocks and images in document order, each with its decision.

    Raises RecordError where the markup is beyond the limits of `admit`, ValueError for an engine that is not in ENGINES.
    """
    if engine not in ENGINES:
        raise ValueError(f"unknown extraction engine {engine!r}; known: {', '.join(ENGINES)}")
    text = admit(text)
    tree = turbohtml.parse(text, allow_declarative_shadow_roots=False)
    page = segment(tree)
    blocks, images = ENGINES[engine](text, url, page, base_address(tree, url))
    root = tree.find("html")
    return Page(
        url,
        title_of(tree),
        ((root.attr("lang") if root is not None else None) or "").strip().lower(),
        page_directives(tree),
        blocks,
        images,
    )


def title_of(tree: Document) -> str:
    """The page's title on one line, "" where it has none."""
    title = tree.find("title")
    return collapse(title.text) if title is not None else ""


def learned(text: str, url: str, page: Segments, base: str) -> tuple[tuple[Block, ...], tuple[ImageRef, ...]]:
    """Decide by the trained model."""
    scores, kept = decide(page, default_model())
    return assemble(page, scores, kept, base)


def decide(page: Segments, model: Model) -> tuple[Floats, Flags]:
    """The probability of each run of text to be main content, and whether it is kept."""
    if not page.runs:
        return np.zeros(0), np.zeros(0, np.bool_)
    matrix, words = measure(page, model.lexicon)
    scores = model.log_odds(matrix)
    if is_bare(page):
        return probability(scores), np.ones(len(scores), np.bool_)
    kept = best_expected(scores, words)
    drop_repeats(page, kept, words)
    return probability(scores), kept


def is_bare(page: Segments) -> bool:
    """Whether a page is a document and nothing else: hardly a link, and no element that holds a site's furniture.

    Books and plain papers are so; the model, which learned on pages of sites, has never seen a page without any furniture.
    """
    linked, chars = sum(run.linked for run in page.runs), sum(len(run.text) for run in page.runs)
    return linked <= _BARE_LINKS * chars and _FURNITURE.isdisjoint(page.tags)


def best_expected(scores: Scores, words: Floats) -> Flags:
    """The blocks to take, likeliest first, for the largest expected F1, by words, of what is taken.

    If blocks erred each for itself, that would be 2 E(right words) / (words taken + E(words of main content)). They do not: a page's
    blocks tend to be all likelier, or all less likely, than the model thinks. So the page's error is a normal variable of _SPREAD log
    odds, and the expectation is its mean over five values of that variable (Gauss-Hermite quadrature).
    """
    order = np.argsort(-scores, kind="stable")
    words = words[order]
    right = np.cumsum(probability(scores[order] + _SHIFTS) * words, axis=1)
    expected = (_QUADRATURE * (2 * right / (np.cumsum(words) + right[:, -1:]))).sum(axis=0)
    kept = np.zeros(len(scores), np.bool_)
    kept[order[: int(np.argmax(expected)) + 1]] = True
    return kept


def drop_repeats(page: Segments, kept: Flags, words: Floats) -> None:
    """Take back every later exact repeat of a kept block, but for rows of tables and code, which repeat by nature."""
    seen: set[str] = set()
    for index in np.flatnonzero(kept & (words >= _REPEAT_WORDS)).tolist():
        text, kind = page.runs[index][:2]
        if kind in _REPEATING:
            continue
        if text in seen:
            kept[index] = False
        seen.add(text)


def by_trafilatura(text: str, url: str, page: Segments, base: str) -> tuple[tuple[Block, ...], tuple[ImageRef, ...]]:
    """Decide by trafilatura: its lines are the kept blocks, images stand where our walk met them."""
    import trafilatura  # heavy, and only this engine's

    # Its `deduplicate` compares with pages seen before, so a page would depend on its predecessors.
    kept = aligned(page, trafilatura.extract(text, url=url, deduplicate=False) or "")
    return assemble(page, kept.astype(np.float64), kept, base)


Engine = Callable[[str, str, Segments, str], tuple[tuple[Block, ...], tuple[ImageRef, ...]]]
ENGINES: dict[str, Engine] = {"triptych": learned, "trafilatura": by_trafilatura}
