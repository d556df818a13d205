"""What stands in tasks, over the step `decide`."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.corpora import load_recipe
from pipeline.tasks.task_file import Task, write_task
from schemas.manifest import Account
from schemas.recipe import Recipe
from schemas.records import Block, BlockKind
from schemas.tasks import StagedPieces
from tests.support.index_rows import Decided, decide, key, medium, page, ref, unit_index
from transforms.dedup.pieces import pieces_of
from transforms.dedup.task_pictures import HASHES
from transforms.dedup.task_texts import grams_of

CAPTION = "two boats lie on the river below the old stone bridge at noon on sunday"
FINE = bytes(range(32))


def asked(*settings: str) -> Recipe:
    """The recipe `raw` with these settings."""
    lines = "".join(f"{setting}\n" for setting in settings)
    return load_recipe(f'name = "tasks"\n{lines}')


def index(path: Path) -> tuple[str, ...]:
    """A task of a caption and a picture."""
    pictures = np.array([(0xFF, FINE, 1)], HASHES)
    write_task(str(path), Task("coco", grams_of([CAPTION], [0], 8), pictures, True, ["caption", "picture"], {}))
    return (str(path),)


def hit(number: int, grams: int = 1, blocks: tuple[int, ...] = (0,), **changes: Any) -> dict[str, Any]:
    """The row of a page that shares so many n-grams, in these of its two blocks."""
    own = {
        "task_grams": grams,
        "task_items": [f"coco/{number}", "coco/9"] if grams else [],
        "task_blocks": list(blocks),
    }
    return page(number, **own, text_bytes=100, heading_blocks=1, paragraph_blocks=1, **NO_OTHERS, **changes)


NO_OTHERS = dict.fromkeys((f"{kind}_blocks" for kind in ("list_item", "table", "code", "quote", "caption")), 0)


def decided(folder: Path, recipe: Recipe, *pages: dict[str, Any], pieces: Any = (), tasks: bool = True) -> Decided:
    """The step over pages that show a picture each: the first one that of the task, the second one that is like it, the third another."""
    hashes = (0xFF, FINE), (0xFF ^ 0b110, FINE[:-1] + b"\0"), (0xFFFF << 20, FINE)
    refs = [ref(row, 0, row, alt=f"picture {row} of them all") for row in range(len(pages))]
    media = [medium(row, phash=hashes[row][0], fine=np.void(hashes[row][1])) for row in range(len(pages))]
    unit = unit_index(pages, refs, media, pieces=pieces)
    return decide(folder / "run", recipe, [[unit]], tasks=index(folder / "coco.task") if tasks else ())


def test_pages_and_pictures_go_and_name_task_and_item(tmp_path: Path) -> None:
    """By rules of their own, with how many n-grams and in how many bits a picture differs."""
    found = decided(tmp_path, asked(), hit(1, 0, ()), hit(2, 5), hit(3, 0, ()))
    rows = [found.dropped_rows(corpus) for corpus in ("text", "interleaved", "interleaved_images", "pairs")]
    told = [[(row["rule"], row["value"], row["detail"], row["of"]) for row in some] for some in rows]
    assert told[0] == [("task_text", 5, "coco/2", None)]
    assert told[1] == [("no_images", 0, None, None), ("no_images", 0, None, None)]
    assert told[2] == told[3] == [("task_image", 0, "coco/picture", None), ("task_image", 5, "coco/picture", None)]
    assert [row["tasks"] for row in found.kept("text")] == [[], []]


def test_without_tasks_nothing_goes_and_nothing_is_said(tmp_path: Path) -> None:
    """Whatever staging holds of them."""
    found = decided(tmp_path, asked(), hit(1), hit(2), hit(3), tasks=False)
    assert [row["id"] for row in found.kept("text")] == [key(number).hex() for number in (1, 2, 3)]
    assert len(found.kept("pairs")) == 3 and all("tasks" not in row for row in found.kept("text"))


def test_marked_items_stay(tmp_path: Path) -> None:
    """With the names of what they share: of a text, then of its images."""
    found = decided(
        tmp_path, asked("[tasks]", 'texts = "mark"', 'images = "mark"'), hit(1), hit(2, 0, ()), hit(3, 0, ())
    )
    assert [row["tasks"] for row in found.kept("text")] == [["coco/1", "coco/9"], [], []]
    assert [row["tasks"] for row in found.kept("interleaved")] == [
        ["coco/1", "coco/9", "coco/picture"], ["coco/picture"], [],
    ]  # fmt: skip
    assert [row["tasks"] for row in found.kept("pairs")] == [["coco/picture"], ["coco/picture"], []]


@pytest.mark.parametrize("texts", ["drop", "cut"])
def test_fewer_ngrams_than_the_least_are_named_and_stay(texts: str, tmp_path: Path) -> None:
    """`least` is how many a page must share."""
    found = decided(tmp_path, asked("[tasks]", f'texts = "{texts}"', "least = 3"), hit(1, 2), hit(2, 3), hit(3, 4))
    named = {row["id"]: row["tasks"] for row in found.kept("text")}
    assert named[key(1).hex()] == ["coco/1", "coco/9"]
    assert len(named) == (1 if texts == "drop" else 3)
    edited = [bool(row.get("edits")) for row in found.kept("text")]
    assert edited == ([False] if texts == "drop" else [False, True, True])


def test_captions_go_by_their_own_words(tmp_path: Path) -> None:
    """Those that hold an n-gram of a task, not those that hold some of its words."""
    captions = [f"Photograph: {CAPTION.upper()}!", "two boats lie on the river below a bridge", CAPTION]
    refs = [ref(0, ordinal, 2, alt=text) for ordinal, text in enumerate(captions)]
    media = [medium(2, phash=0xFFFF << 20)]
    unit = unit_index([hit(1, 0, ())], refs, media)
    tasks = index(tmp_path / "coco.task")
    rows = decide(tmp_path / "a", asked(), [[unit]], tasks=tasks).dropped_rows("pairs")
    assert [(row["id"][-4:], row["rule"], row["value"], row["detail"]) for row in rows] == [
        ("0000", "task_caption", 8, "coco/caption"), ("0002", "task_caption", 8, "coco/caption"),
    ]  # fmt: skip
    marked = decide(tmp_path / "b", asked("[tasks]", 'texts = "mark"'), [[unit]], tasks=tasks).kept("pairs")
    assert [row["tasks"] for row in marked] == [["coco/caption"], [], ["coco/caption"]]
    few = decide(tmp_path / "c", asked("[tasks]", "least = 9"), [[unit]], tasks=tasks)
    assert len(few.kept("pairs")) == 3


def test_blocks_are_cut_and_accounted_for(tmp_path: Path) -> None:
    """The rest of the page stays; a page of nothing else goes."""
    found = decided(tmp_path, asked("[tasks]", 'texts = "cut"'), hit(1, 4, (1,)), hit(2, 4, (0, 1)), hit(3, 0, ()))
    kept = {row["id"]: row["edits"] for row in found.kept("text")}
    assert kept == {key(1).hex(): [{"block": 1, "line": -1}], key(3).hex(): []}
    assert all("task_blocks" not in row and "text_blocks" not in row for row in found.kept("text"))
    rows = found.dropped_rows("text_blocks")
    assert [(row["id"], row["stage"], row["rule"], row["value"], row["detail"]) for row in rows] == [
        (key(1).hex(), "tasks", "task_text", 1, "coco/1")
    ]
    assert [(row["rule"], row["detail"]) for row in found.dropped_rows("text")] == [("task_text", "coco/2")]
    (closed,) = found.closed
    accounts = [Account(**account) for account in closed.batch["accounts"]]
    assert Account("text_blocks", "tasks", 4, 3, {"task_text": 1}) in accounts


def test_repeats_do_not_count_what_was_cut(tmp_path: Path) -> None:
    """A piece is taken out once; a page of which repeats take all that was left goes by them."""
    said, other = "All of the pages say this line.", "Nobody but this page says that."
    blocks = [Block(BlockKind.HEADING, said), Block(BlockKind.PARAGRAPH, other)]
    pieces: StagedPieces = pieces_of(blocks, ())
    recipe = asked("[tasks]", 'texts = "cut"', "[text.repeats]", "most = 2", 'unit = "paragraph"')
    found = decided(tmp_path, recipe, hit(1, 4, (1,)), hit(2, 4, (0,)), hit(3, 0, ()), pieces=[pieces] * 3)
    # The heading stands on three pages and goes; so does the paragraph. Two of six were cut.
    (closed,) = found.closed
    accounts = {(account["corpus"], account["stage"]): Account(**account) for account in closed.batch["accounts"]}
    assert accounts["text_blocks", "tasks"] == Account("text_blocks", "tasks", 6, 4, {"task_text": 2})
    assert accounts["text_pieces", "repeats"] == Account("text_pieces", "repeats", 4, 0, {"repeated_paragraph": 4})
    assert {row["id"]: row["rule"] for row in found.dropped_rows("text")} == {
        key(number).hex(): "all_repeated" for number in (1, 2, 3)
    }
    rows = {row["id"]: row["value"] for row in found.dropped_rows("text_pieces")}
    assert rows == {key(1).hex(): 1, key(2).hex(): 1, key(3).hex(): 2}


def test_order_and_batches_change_nothing(tmp_path: Path) -> None:
    """A batch knows its media alone, and finds the same (law 5)."""
    pages = [hit(1, 4, (1,)), hit(2, 0, ()), hit(3, 0, ())]
    recipe = asked("[tasks]", 'texts = "cut"')
    media = [medium(row, phash=0xFF, fine=np.void(FINE)) for row in range(3)]
    units = [unit_index([one], [ref(0, 0, row, alt=CAPTION)], [media[row]], row) for row, one in enumerate(pages)]
    tasks = index(tmp_path / "coco.task")
    cuts = {"one": [units], "three": [[unit] for unit in units]}
    runs = [decide(tmp_path / name, recipe, batches, tasks=tasks) for name, batches in cuts.items()]
    assert runs[0].kept("text") == runs[1].kept("text") and len(runs[0].kept("text")) == 3
    assert [row["rule"] for row in runs[0].dropped_rows("pairs")] == ["task_image"] * 3
    assert sorted(map(str, runs[0].dropped_rows("pairs"))) == sorted(map(str, runs[1].dropped_rows("pairs")))


def test_repeats_are_looked_for_where_nothing_was_cut(tmp_path: Path) -> None:
    """A part of a unit in which no page has a hit once ended the run as a bug."""
    document = [
        Block(BlockKind.PARAGRAPH, "A notice of the whole site."),
        Block(BlockKind.PARAGRAPH, "A second notice."),
    ]
    pages = [hit(n, 0, (), c4_reference_sentences=9.0) for n in (1, 2)]
    recipe = asked("[tasks]", 'texts = "cut"', "[text.repeats]", "most = 1", 'keep = "first"')
    found = decided(tmp_path, recipe, *pages, pieces=[pieces_of(document, ())] * 2)
    (account,) = [a for closed in found.closed for a in closed.batch["accounts"] if a["corpus"] == "text_pieces"]
    assert account["entered"] == 2 and account["kept"] == 1
