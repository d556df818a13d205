"""What corpora make of what they share with tasks: rules, the column `tasks`, and which blocks are to be cut out. Pure."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.corpora.unit_rows import References, UnitRows, list_lengths, objects
from schemas.index import KIND_COUNTS
from schemas.recipe import CUT, DROP, MARK, Recipe
from transforms.dedup.task_texts import MOST_NAMED, TaskHits
from transforms.verdicts import Verdicts

# Columns of a selection until its batch is closed: the blocks that are to be cut out, and of how many.
TASK_BLOCKS, TEXT_BLOCKS = "task_blocks", "text_blocks"
NAMED = pa.list_(pa.string())
BLOCKS = pa.list_(pa.int32())


def drop_task_texts(verdicts: Verdicts, unit: UnitRows, recipe: Recipe) -> None:
    """Drop the pages whose texts stand in a task: where the recipe cuts them, those of which no block would be left."""
    asked = recipe.tasks
    if not unit.tasks.asked or asked.texts == MARK:
        return
    grams = unit.pages["task_grams"].to_numpy()
    going = grams >= asked.least
    if asked.texts == CUT:
        going = going & (list_lengths(unit.pages["task_blocks"]) >= text_blocks(unit.pages))
    first = objects([next(iter(items), None) for items in unit.pages["task_items"].to_pylist()])
    verdicts.drop(going, "task_text", grams.astype(float), detail=first)


def drop_task_images(verdicts: Verdicts, refs: References, unit: UnitRows, recipe: Recipe) -> None:
    """Drop the references whose picture is one of a task's."""
    if unit.tasks.asked and recipe.tasks.images == DROP:
        verdicts.drop(np.asarray(refs.task != "", dtype=bool), "task_image", refs.task_bits, detail=refs.task)


def caption_hits(unit: UnitRows, captions: np.ndarray, among: np.ndarray) -> dict[int, TaskHits]:
    """What captions share with tasks, by their rows; those of `among` are looked at."""
    rows = np.flatnonzero(among) if unit.tasks.asked else np.empty(0, np.int64)
    hits = unit.tasks.of_texts(captions[rows].tolist()) if len(rows) else []
    return {row: found for row, found in zip(rows.tolist(), hits, strict=True) if found.grams}


def drop_task_captions(verdicts: Verdicts, hits: dict[int, TaskHits], unit: UnitRows, recipe: Recipe) -> None:
    """Drop the pairs whose caption stands in a task."""
    if recipe.tasks.texts == MARK:
        return
    going = np.zeros(verdicts.count, dtype=bool)
    value, first = np.full(verdicts.count, np.nan), np.full(verdicts.count, None, object)
    for row, found in hits.items():
        if found.grams >= recipe.tasks.least:
            going[row], value[row], first[row] = True, found.grams, unit.tasks.name(found.items[0])
    verdicts.drop(going, "task_caption", value, detail=first)


def caption_items(unit: UnitRows, hits: dict[int, TaskHits], row: int) -> list[str]:
    """The items that a caption stands in, by name."""
    return [unit.tasks.name(item) for item in hits[row].items[:MOST_NAMED]] if row in hits else []


def task_columns(unit: UnitRows, rows: np.ndarray, recipe: Recipe) -> dict[str, Any]:
    """What a selection says of what the texts of pages share with tasks, and the blocks that are to be cut out of them."""
    if not unit.tasks.asked:
        return {}
    pages = unit.pages.take(pa.array(rows))
    found: dict[str, Any] = {"tasks": pages["task_items"]}
    if recipe.tasks.texts == CUT:
        enough = (pages["task_grams"].to_numpy() >= recipe.tasks.least).tolist()
        blocks = pages["task_blocks"].to_pylist()
        cut = [each if some else [] for each, some in zip(blocks, enough, strict=True)]
        found |= {TASK_BLOCKS: pa.array(cut, BLOCKS), TEXT_BLOCKS: pa.array(text_blocks(pages), pa.int32())}
    return found


def with_images(columns: dict[str, Any], images: Sequence[Sequence[str]]) -> dict[str, Any]:
    """`task_columns` of documents that also have images, given the items of tasks that those of each are of, "" for none."""
    if "tasks" not in columns:
        return columns
    texts = columns["tasks"].to_pylist()
    named = [list(dict.fromkeys([*text, *filter(None, own)])) for text, own in zip(texts, images, strict=True)]
    return columns | {"tasks": pa.array(named, NAMED)}


def text_blocks(pages: pa.Table) -> np.ndarray:
    """How many blocks of text the main content of each page has."""
    return np.asarray(np.sum([pages[name].to_numpy() for name in KIND_COUNTS.values()], axis=0, dtype=np.int64))
