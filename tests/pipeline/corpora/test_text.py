"""The text corpus: its rules, its selection, its rows."""

from typing import Any

import numpy as np
import pytest

from pipeline.corpora import load_recipe
from pipeline.corpora.text import TABLE, TEXT
from pipeline.stage.media import Medium
from schemas.index import PAGE_MEASURES
from schemas.recipe import SIGNALS, Recipe
from schemas.records import Block, BlockKind
from schemas.tables import CLUSTERED, TASKS
from tests.support.index_rows import decide, judged, key, page, rows_of_unit, unit_index
from transforms.document import Document, pack_document, unpack_document


def recipe(text: str = "") -> Recipe:
    """A recipe of these lines, for texts alone."""
    return load_recipe('name = "x"\ncorpora = ["text"]\n' + text)


def reasons(pages: list[dict[str, Any]], text: str) -> list[str]:
    """By which rule each page left, "" where it stayed."""
    rules: list[str] = judged("text", recipe(text), rows_of_unit(pages)).verdicts.rule.tolist()
    return rules


def test_rules_are_asked_in_their_order() -> None:
    """No text first, then wishes, language and measures; the value is the one that was judged."""
    pages = [
        page(1, text_bytes=0, directives="robots: noai"),
        page(2, directives="robots: noai", lang="de"),
        page(3, lang="de", lang_score=0.5, gopher_words=1),
        page(4, gopher_words=3),
        page(5, gopher_words=4),
    ]
    text = 'opt_outs = ["noai"]\n[text]\nlanguages = ["en"]\n[text.rules]\ngopher_words = {floor = 4}'
    found = judged("text", recipe(text), rows_of_unit(pages)).verdicts
    assert found.rule.tolist() == ["no_text", "noai", "language", "gopher_words", ""]
    assert found.value[2:4].tolist() == [0.5, 3]


def test_wishes_about_images_do_not_bind_text() -> None:
    """`noimageai` is about pictures, and a wish that the recipe does not honour about nothing (law 10)."""
    pages = [page(1, directives="robots: noimageai"), page(2, directives="robots: noai")]
    unseen = page(3, signals=1 << SIGNALS.index("usage_train_ai"))  # what a row shows does not decide
    assert reasons([unseen], 'opt_outs = ["usage_train_ai"]') == ["usage_train_ai"]
    assert reasons(pages, 'opt_outs = ["noimageai"]') == ["", ""]


@pytest.mark.parametrize(("share", "clean", "rule"), [(1.0, True, "no_text"), (0.99, True, ""), (1.0, False, "")])
def test_a_page_of_which_cleaning_leaves_no_line_has_no_text(share: float, clean: bool, rule: str) -> None:
    """All lines dropped is a share of one exactly; without cleaning the lines stay."""
    pages = [page(1, c4_reference_dropped_lines=share)]
    assert reasons(pages, f"[text]\nclean_c4 = {str(clean).lower()}") == [rule]


def test_pages_are_equal_by_address_then_by_text(tmp_path: Any) -> None:
    """The newest capture keeps an address, the least id keeps a text; a page without text equals none."""
    pages = [
        page(1, url_key=key(9), date="2020"),
        page(2, url_key=key(9), date="2021", text_key=key(7)),
        page(3, text_key=key(7)),
        page(4, text_key=key(8), text_bytes=0),
        page(5, text_key=key(8), text_bytes=0),
    ]
    found = decide(tmp_path, recipe('[text]\nduplicates = ["url", "text"]'), [[unit_index(pages)]])
    two = key(2).hex()
    assert found.dropped("text") == {
        key(1).hex(): ("url", two),
        key(3).hex(): ("text", two),
        key(4).hex(): ("no_text", None),
        key(5).hex(): ("no_text", None),
    }


def test_a_selection_holds_a_row_but_for_its_text() -> None:
    """Every column of the table that staging has, the place of the document, and what its text weighs."""
    pages = [page(1), page(2, text_bytes=77, doc_offset=5, doc_length=6, gopher_words=9, truncated="length")]
    found = judged("text", recipe(), rows_of_unit(pages)).select(np.array([1]))
    told_later = {
        *(column.name for column in CLUSTERED),
        TASKS.name,
    }  # when duplicates are known, or where there are tasks
    missing = {*TABLE.schema().names, "doc_offset", "doc_length", "weight"} - {*found.column_names}
    assert missing == {"text", *told_later}
    (row,) = found.to_pylist()
    assert (row["id"], row["weight"], row["doc_offset"], row["doc_length"]) == (key(2).hex(), 77, 5, 6)
    assert (row["gopher_words"], row["truncated"], row["source"]) == (9, "length", "0.warc.gz")


class Documents:
    """Payloads that hold one document."""

    def __init__(self, *items: Block | int) -> None:
        self.items = items

    def document(self, row: Any) -> Document:
        """Whatever the row."""
        return unpack_document(pack_document("Title", self.items))

    def medium(self, place: Any) -> Medium:
        """A text has none."""
        raise NotImplementedError

    def source(self, place: Any) -> str:
        """A text has none."""
        raise NotImplementedError


def test_a_row_is_the_text_of_its_document() -> None:
    """Blocks in order without pictures; lines that C4 drops are left out where the recipe cleans."""
    selected = judged("text", recipe(), rows_of_unit([page(1, directives="robots: noai\nx: y")])).select(np.array([0]))
    blocks = Block(BlockKind.HEADING, "Hills", 2), 0, Block(BlockKind.PARAGRAPH, "It was a very quiet hill there.")
    (kept,) = selected.to_pylist()
    row = TEXT.row(kept, Documents(*blocks), recipe())
    assert row["text"] == "## Hills\n\nIt was a very quiet hill there."
    assert row["directives"] == ["robots: noai", "x: y"]
    assert set(TABLE.schema().names) - set(row) == {*(column.name for column in CLUSTERED), TASKS.name}
    assert {m.name for m in PAGE_MEASURES} <= set(row)
    clean = TEXT.row(kept, Documents(*blocks), recipe("[text]\nclean_c4 = true"))
    assert clean["text"] == "It was a very quiet hill there."
    plain = TEXT.row(kept, Documents(*blocks), recipe('[text]\nform = "plain"'))
    assert plain["text"] == "Hills\n\nIt was a very quiet hill there."


def test_a_row_leaves_out_what_its_edits_name() -> None:
    """Blocks and lines of them; cleaning looks at what is left."""
    selected = judged("text", recipe(), rows_of_unit([page(1)])).select(np.array([0]))
    kept = selected.to_pylist()[0] | {"edits": [{"block": 0, "line": -1}, {"block": 2, "line": 1}]}
    text = "It was a very quiet hill there.\nAll rights are reserved by us.\nMenu"
    blocks = Block(BlockKind.HEADING, "Hills", 2), 0, Block(BlockKind.PARAGRAPH, text)
    assert TEXT.row(kept, Documents(*blocks), recipe())["text"] == "It was a very quiet hill there.\nMenu"
    clean = TEXT.row(kept, Documents(*blocks), recipe("[text]\nclean_c4 = true"))
    assert clean["text"] == "It was a very quiet hill there."


def text_of(part: str, *blocks: Block) -> str:
    """The text of a document with these settings."""
    (kept,) = judged("text", recipe(), rows_of_unit([page(1)])).select(np.array([0])).to_pylist()
    text: str = TEXT.row(kept, Documents(*blocks), recipe(f"[text]\n{part}"))["text"]
    return text


def test_cleaning_looks_at_the_text_without_marks() -> None:
    """The same lines stay in either form: a bar is no end of a line and a number no word; a row stays whole or goes."""
    row = "In 1901 | the harbour had four gates.[3]"
    blocks = [
        Block(BlockKind.LIST_ITEM, "Four words are few.", 1),
        Block(BlockKind.LIST_ITEM, "But these are five words.[1]", 1),
        Block(BlockKind.TABLE, row),
        Block(BlockKind.TABLE, "Gate | open"),
        Block(BlockKind.PARAGRAPH, "A first line of a poem.\nnot finished\nA second line of a poem."),
    ]
    cleaned = "A first line of a poem.\nA second line of a poem."
    plain = text_of('clean_c4 = true\nform = "plain"', *blocks)
    assert plain == f"But these are five words.\nIn 1901 the harbour had four gates.\n{cleaned}"
    table = f"| {row} |\n| --- | --- |"
    assert text_of("clean_c4 = true", *blocks) == f"- But these are five words.\n\n{table}\n\n{cleaned}"
