"""A fourth corpus, as somebody who takes the house over would add it: the tables of pages, made of the blocks that staging keeps."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.corpora.base import Corpus, Judgement, Payloads
from pipeline.corpora.pages import PAGE_ROUNDS
from pipeline.corpora.unit_rows import UnitRows, apply_opt_outs, page_columns, page_signals
from pipeline.formats import fitting
from pipeline.formats.base import Row
from schemas.index import KIND_COUNTS
from schemas.measures import LANGUAGE_MEASURES, Measure
from schemas.recipe import Recipe, Rules
from schemas.records import Block, BlockKind
from schemas.tables import ID, LANG, OFFSET, PAYLOAD, SOURCE, URL, Column, Table, measured
from transforms.verdicts import Verdicts

TABLE_MEASURES = (Measure("table_rows", "rows of all tables in main content", "ours"),)


@dataclass(frozen=True, slots=True)
class TablesPart:
    """The corpus of tables."""

    duplicates: tuple[str, ...] = field(default=(), metadata={"among": tuple(PAGE_ROUNDS)})
    formats: tuple[str, ...] = field(
        default=("parquet",), metadata={"among": lambda: fitting(TABLES.kind), "some": True}
    )
    rules: Rules = field(default_factory=dict, metadata={"measures": (TABLE_MEASURES, LANGUAGE_MEASURES)})


TABLE = Table(
    "tables",
    "The tables of one page.",
    measured(
        (
            ID,
            URL,
            Column("tables", pa.list_(pa.string()), "each table, a row a line, cells parted by bars", PAYLOAD),
            LANG,
            SOURCE,
            OFFSET,
        ),
        TABLE_MEASURES,
    ),
)


def judge(unit: UnitRows, recipe: Recipe) -> Judgement:
    """Apply the rules to the pages of a unit; a page without a table is no item of this corpus that stays."""
    rows_of_tables = np.asarray(unit.pages[KIND_COUNTS[BlockKind.TABLE]].to_numpy(), dtype=float)
    numbers = {"table_rows": rows_of_tables}
    verdicts = Verdicts("tables", len(unit.pages))
    verdicts.begin("rules")
    verdicts.drop(rows_of_tables == 0, "no_tables")
    apply_opt_outs(verdicts, page_signals(unit.pages), recipe.heeded, for_images=False)
    verdicts.apply(recipe.parts["tables"].rules, {**unit.numbers, **numbers})

    def select(rows: np.ndarray) -> pa.Table:
        columns = page_columns(unit, rows, TABLE.schema().names)
        return pa.table({**columns, "table_rows": rows_of_tables[rows], "weight": columns["text_bytes"]})

    return Judgement(unit, unit.ids, verdicts, unit.urls, unit.sources, numbers, unit.languages, unit.hosts, select)


def row(kept: Row, payloads: Payloads, recipe: Recipe) -> dict[str, Any]:
    """A row of the corpus from its selection and the staged document: nothing is parsed again."""
    items = payloads.document(kept).items
    runs = groupby(items, lambda item: isinstance(item, Block) and item.kind is BlockKind.TABLE)
    tables = ["\n".join(block.text for block in blocks) for is_table, blocks in runs if is_table]
    return {name: kept[name] for name in TABLE.schema().names if name in kept} | {"tables": tables}


TABLES = Corpus("tables", "tables of pages", TablesPart, TABLE, judge, PAGE_ROUNDS, row)
