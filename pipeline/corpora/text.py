"""The text corpus: one item a page, its main text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.corpora.base import Corpus, Judgement, Payloads
from pipeline.corpora.pages import PAGE_ROUNDS, edits_of
from pipeline.corpora.tasks import drop_task_texts, task_columns
from pipeline.corpora.unit_rows import FORGOTTEN, NO_PAGE, UnitRows, apply_opt_outs, page_columns, page_signals
from pipeline.corpora.wanted import no_references
from pipeline.formats import fitting
from pipeline.formats.base import Row
from pipeline.formats.webdataset import json_member
from schemas.measures import LANGUAGE_MEASURES, PEER_MEASURES, TEXT_MEASURES, URL_MEASURES
from schemas.recipe import Recipe, RepeatsPart, Rules, RulesByLanguage
from schemas.records import Block, BlockKind
from schemas.tables import (
    ABOUT,
    CAPTURED,
    CLUSTERED,
    ID,
    LANG,
    LANG_SCORE,
    PAYLOAD,
    TASKS,
    URL,
    Column,
    Table,
    lines,
    measured,
)
from transforms.document import Document
from transforms.edits import Edit, edited
from transforms.html.render import FORMS, MARKDOWN, PLAIN, join_text, plain, written
from transforms.text.c4 import clean
from transforms.verdicts import Verdicts, in_languages

MEASURES = (LANGUAGE_MEASURES, TEXT_MEASURES, PEER_MEASURES, URL_MEASURES)  # what rules bound


def _formats() -> tuple[str, ...]:
    """The formats that can hold this corpus."""
    return fitting(TEXT.kind)


@dataclass(frozen=True, slots=True)
class TextPart:
    """The text corpus. `languages` empty means any; `clean_c4` writes the text without the lines that C4 drops.

    `form` is how the text is written: "markdown" with what the page marks as headings, lists, quotes, tables and code, "plain" without a
    mark. Rules measure the plain text, and texts are equal whose plain texts are. `by_language` has rules that take the place of those of
    the same names for texts in a language. `duplicates` are compared in their order: equal addresses (`url`), equal texts (`text`), texts
    that are alike (`near`, as `[near_texts]` says). `formats` are those in which shards are written.
    """

    form: str = field(default=MARKDOWN, metadata={"among": FORMS})
    languages: tuple[str, ...] = field(default=(), metadata={"languages": True})
    clean_c4: bool = False
    duplicates: tuple[str, ...] = field(default=(), metadata={"among": tuple(PAGE_ROUNDS)})
    repeats: RepeatsPart = field(default_factory=RepeatsPart)
    formats: tuple[str, ...] = field(default=("parquet",), metadata={"among": _formats, "some": True})
    rules: Rules = field(default_factory=dict, metadata={"measures": MEASURES})
    by_language: RulesByLanguage = field(default_factory=dict, metadata={"measures": MEASURES})


TABLE = Table(
    "text",
    "One page's main text.",
    measured(
        (
            ID,
            URL,
            Column(
                "text",
                pa.string(),
                "main text of the page, as Markdown or plain as the recipe's `text.form` says",
                PAYLOAD,
            ),
            *ABOUT,
            LANG,
            LANG_SCORE,
            *CLUSTERED,
            TASKS,
            *CAPTURED,
        ),
        TEXT_MEASURES,
        PEER_MEASURES,
        URL_MEASURES,
    ),
)
NAMES = TABLE.names


def judge(unit: UnitRows, recipe: Recipe) -> Judgement:
    """Apply the rules to the pages of a unit."""
    verdicts = rule_verdicts(
        recipe,
        unit.pages["text_bytes"].to_numpy() > 0,
        page_signals(unit.pages),
        unit.languages,
        unit.numbers,
        unit.forgotten,
        unit.listed,
    )
    drop_task_texts(verdicts, unit, recipe)

    def select(rows: np.ndarray) -> pa.Table:
        columns = page_columns(unit, rows, NAMES) | task_columns(unit, rows, recipe)
        return pa.table({**columns, "weight": columns["text_bytes"]})

    return Judgement(
        unit, unit.ids, verdicts, unit.urls, unit.sources, unit.numbers, unit.languages, unit.hosts, select
    )


def rule_verdicts(
    recipe: Recipe,
    has_text: np.ndarray,
    signals: np.ndarray,
    languages: np.ndarray,
    numbers: Mapping[str, np.ndarray],
    forgotten: np.ndarray | None = None,
    listed: np.ndarray | None = None,
) -> Verdicts:
    """What the recipe's rules say of texts: whether each has any, the signals that bind it, its language and its measures by name.

    `forgotten` are those that leave before any rule is asked, `listed` are no pages.
    """
    part: TextPart = recipe.parts["text"]
    words = has_text
    if part.clean_c4:
        words = words & (numbers["c4_reference_dropped_lines"] < 1)
    verdicts = Verdicts("text", len(words))
    verdicts.begin("rules")
    if forgotten is not None:
        verdicts.drop(forgotten, FORGOTTEN)
    if listed is not None:
        verdicts.drop(listed, NO_PAGE)
    verdicts.drop(~words, "no_text")
    apply_opt_outs(verdicts, signals, recipe.heeded, for_images=False)
    verdicts.drop(~in_languages(languages, part.languages), "language", numbers["lang_score"])
    verdicts.apply(part.rules, numbers, part.by_language, languages)
    return verdicts


def row(kept: Row, payloads: Payloads, recipe: Recipe) -> dict[str, Any]:
    """A row of the corpus from its selection."""
    held = {name: kept[name] for name in NAMES if name in kept}
    return held | {
        "directives": lines(kept["directives"]),
        "text": text_of(payloads.document(kept), recipe.parts["text"], edits_of(kept)),
    }


def text_of(document: Document, part: TextPart, edits: Iterable[Edit] = ()) -> str:
    """The text of a document as the recipe asks for it, without what the edits leave out."""
    blocks = [item for item in edited(document.items, edits) if isinstance(item, Block)]
    if part.clean_c4 and part.form == PLAIN:
        return clean(plain(blocks))
    if part.clean_c4:
        blocks = list(filter(None, map(cleaned, blocks)))
    return join_text(written(blocks, document.containers, part.form))


def cleaned(block: Block) -> Block | None:
    """A block as C4's line rules leave it, which look at its text without our marks; a row stays whole or goes."""
    text = clean(plain([block]))
    if block.kind is BlockKind.TABLE or not text:
        return block if text else None
    return block._replace(text=text)


def members(shown: Mapping[str, Any]) -> dict[str, bytes]:
    """A row as the files of a WebDataset sample."""
    return {"json": json_member(shown, TABLE.schema(), without=("text",)), "txt": shown["text"].encode()}


TEXT: Corpus = Corpus(
    "text",
    "main text of pages",
    TextPart,
    TABLE,
    judge,
    PAGE_ROUNDS,
    row,
    members,
    apart=("text",),
    wants=no_references,
)
