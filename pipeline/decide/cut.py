"""Blocks of texts that stand in a task, cut out of the items that stay: edits of their selection, an account, and a row an item. Pure."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.corpora.base import Corpus
from pipeline.corpora.tasks import TASK_BLOCKS, TEXT_BLOCKS
from pipeline.decide.judge import ITEM_SOURCE
from schemas.manifest import Account
from schemas.tables import DROPPED, blocks_account
from transforms.edits import WHOLE

STAGE, RULE = "tasks", "task_text"
EDITS_COLUMN = "edits"
EDITS = pa.list_(pa.struct([("block", pa.int32()), ("line", pa.int32())]))  # the fields of `transforms.edits.Edit`


@dataclass(frozen=True, slots=True)
class Cut:
    """Items with their edits as a column, the account of their blocks, and the rows of `dropped`: one an item, with how many left."""

    items: pa.Table
    account: Account
    gone: pa.Table


def cut_blocks(corpus: Corpus, items: pa.Table) -> Cut | None:
    """Cut out of items what their selection says; None where the recipe cuts nothing."""
    if TASK_BLOCKS not in items.column_names:
        return None
    blocks = items[TASK_BLOCKS].to_pylist()
    counts = np.array([len(each) for each in blocks], np.int64)
    entered, gone = int(items[TEXT_BLOCKS].to_numpy().sum()), int(counts.sum())
    edits = [[{"block": block, "line": WHOLE} for block in each] for each in blocks]
    left = items.drop_columns([TASK_BLOCKS, TEXT_BLOCKS]).append_column(EDITS_COLUMN, pa.array(edits, EDITS))
    account = Account(blocks_account(corpus.name), STAGE, entered, entered - gone, {RULE: gone} if gone else {})
    return Cut(left, account, _rows(corpus, items, counts))


def _rows(corpus: Corpus, items: pa.Table, counts: np.ndarray) -> pa.Table:
    edited = np.flatnonzero(counts)
    some = items.take(pa.array(edited))
    columns = {name: pa.nulls(len(some), DROPPED.field(name).type) for name in DROPPED.names}
    same = {"corpus": blocks_account(corpus.name), "stage": STAGE, "rule": RULE}
    columns |= {name: pa.array([value] * len(some), pa.string()) for name, value in same.items()}
    columns |= {"id": some["id"], "url": some["url"], "source": some[ITEM_SOURCE]}
    columns["value"] = pa.array(counts[edited].astype(float))
    columns["detail"] = pa.array([named[0] for named in some["tasks"].to_pylist()], pa.string())
    return pa.table(columns, schema=DROPPED)
