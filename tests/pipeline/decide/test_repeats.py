"""Lines and paragraphs that stand again and again, from index rows to edits."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.corpora import load_recipe
from pipeline.corpora.text import text_of
from pipeline.decide import repeats
from schemas.manifest import Account
from schemas.recipe import Recipe
from schemas.records import Block, BlockKind
from tests.support.index_rows import Decided, MadeUnit, decide, key, medium, page, ref, unit_index
from tests.support.runs import recipe as shipped
from transforms.dedup.pieces import pieces_of
from transforms.document import Document
from transforms.edits import Edit
from transforms.text.c4 import measure_c4

NOTICE, CREDIT = "All rights reserved by us.", "Written by the whole team of the town."
# The pages of the reference's own test of its line rule, and which of them it keeps with which text: tensorflow/datasets, c4_utils_test.py.
C4_PAGES = [
    "This is a duplicated line.\nThis is a unique line.\nThis one comes first and so it stays.\n"
    "This one is duplicate within the page so the others are removed.\nHere is a sentence between the duplicates.\n"
    "This one is duplicate within the page so the others are removed.\n"
    "this One is Duplicate WITHIN the page so the others are removed. ",
    "This is 2nd unique line.\nThis one comes second so it is removed even though the capitalizaiton is different.\n"
    "this is a Duplicated line. ",
    "This is a 3rd unique line.\nThis is a duplicated line.\nThis one comes third and so it is removed. But the page stays "
    "because there are still 3 sentences remaining.",
    "This is a 4th unique line.\nThis is a duplicated line.\nThis one comes third and so it is removed, and the page is too "
    "since there aren't enough sentences left.",
]  # fmt: skip
C4_KEPT = {
    0: "This is a duplicated line.\nThis is a unique line.\nThis one comes first and so it stays.\n"
    "This one is duplicate within the page so the others are removed.\nHere is a sentence between the duplicates.",
    2: "This is a 3rd unique line.\nThis one comes third and so it is removed. But the page stays because there are still 3 "
    "sentences remaining.",
}  # fmt: skip


def recipe(repeats: str, more: str = "", corpus: str = "text") -> Recipe:
    """A recipe of one corpus."""
    return load_recipe(f'name = "x"\ncorpora = ["{corpus}"]\n{more}\n[{corpus}.repeats]\n{repeats}')


def document(*texts: str) -> Document:
    """A document of paragraphs."""
    return Document("", tuple(Block(BlockKind.PARAGRAPH, text) for text in texts))


def unit(documents: dict[int, Document], number: int = 0, **changes: Any) -> MadeUnit:
    """A unit of pages of these texts, by their numbers."""
    pages = []
    for n, each in documents.items():
        text = "\n".join(item.text for item in each.items if isinstance(item, Block))
        pages.append(page(n, **(measure_c4(text.splitlines()) | changes)))
    return unit_index(pages, number=number, pieces=[pieces_of(each.items, ()) for each in documents.values()])


def edits(found: Decided, corpus: str = "text") -> dict[int, list[tuple[int, int]]]:
    """The edits of each selected page, by its number."""
    return {int(r["id"][:16], 16): [(e["block"], e["line"]) for e in r["edits"]] for r in found.kept(corpus)}


def accounts(found: Decided, corpus: str) -> list[Account]:
    """The accounts of a corpus, of all batches."""
    return [Account(**a) for closed in found.closed for a in closed.batch["accounts"] if a["corpus"] == corpus]


@pytest.mark.parametrize("cut", [[[0], [1], [2], [3]], [[0, 1, 2, 3]], [[0, 1], [2, 3]]])
@pytest.mark.parametrize("lines_apart", [True, False])
def test_the_reference_s_own_pages_lose_the_same_lines(tmp_path: Path, cut: list[list[int]], lines_apart: bool) -> None:
    """As the shipped recipe asks, whether a page's lines are one block or many, and however the work is cut: two pages stay."""
    made = [document(*text.split("\n")) if lines_apart else document(text) for text in C4_PAGES]
    units = [unit({n: each}, n) for n, each in enumerate(made)]
    asked = shipped("c4")
    found = decide(tmp_path, asked, [[units[n] for n in batch] for batch in cut], len(cut), len(cut) > 1)
    left = edits(found)
    texts = {n: text_of(made[n], asked.parts["text"], [Edit(*edit) for edit in left[n]]) for n in left}
    assert {n: text.replace("\n\n", "\n") for n, text in texts.items()} == C4_KEPT
    assert found.dropped("text") == {key(n).hex(): ("c4_reference_sentences", None) for n in (1, 3)}
    assert {(row["rule"], row["value"]) for row in found.dropped_rows("text") if row["stage"] == "repeats"} == {
        ("c4_reference_sentences", 2)
    }


def test_a_paragraph_of_three_pages_of_a_site_goes_from_all_and_one_of_two_stays(tmp_path: Path) -> None:
    """OBELICS' rule: no copy stays of more than two; `www.` makes no other site, another host does."""
    documents = {n: document(f"Page {n} has its own text here.", NOTICE, CREDIT) for n in range(3)}
    documents[2] = document("Page 2 has its own text here.", NOTICE.upper())
    elsewhere = {9: document("Page 9 has its own text here.", NOTICE)}
    units = [unit(documents), unit(elsewhere, 1, url="http://other.org/")]
    pages = units[0].part.pages.to_pylist()
    pages[1]["url"] = "http://www.ex.org/1"
    units[0] = unit_index(pages, number=0, pieces=units[0].pieces)
    found = decide(tmp_path, recipe("most = 2"), [[each] for each in units])
    assert edits(found) == {0: [(1, -1)], 1: [(1, -1)], 2: [(1, -1)], 9: []}
    run_wide = decide(tmp_path / "run", recipe('most = 3\nscope = "run"'), [[each] for each in units])
    assert edits(run_wide) == {0: [(1, -1)], 1: [(1, -1)], 2: [(1, -1)], 9: [(1, -1)]}


def test_nothing_vanishes(tmp_path: Path) -> None:
    """Each page that was edited has a row that says how many pieces left; the account adds up, and a page of nothing else leaves."""
    documents = {n: document(f"Page {n} has its own text here.", NOTICE, "Home", CREDIT, NOTICE) for n in range(3)}
    documents[3] = document(NOTICE, CREDIT)
    found = decide(tmp_path, recipe("most = 2"), [[unit(documents)]])
    rows = found.dropped_rows("text_pieces")
    assert {(r["id"], r["stage"], r["rule"], r["value"], r["url"], r["source"]) for r in rows} == {
        (key(n).hex(), "repeats", "repeated_paragraph", 2 if n == 3 else 3, f"http://ex.org/{n}", "0.warc.gz")
        for n in range(4)
    }
    assert accounts(found, "text_pieces") == [Account("text_pieces", "repeats", 14, 3, {"repeated_paragraph": 11})]
    assert found.dropped_rows("text")[0]["value"] == 2
    assert found.dropped("text") == {key(3).hex(): ("all_repeated", None)}
    assert accounts(found, "text")[-1] == Account("text", "repeats", 4, 3, {"all_repeated": 1})


def test_a_short_line_that_stays_keeps_its_page(tmp_path: Path) -> None:
    """What is never looked at is text as well."""
    documents = {n: document(NOTICE, "Home") for n in range(3)}
    assert edits(decide(tmp_path, recipe("most = 2"), [[unit(documents)]])) == {n: [(0, -1)] for n in range(3)}


def test_pieces_shorter_than_the_recipe_asks_stay(tmp_path: Path) -> None:
    """By their folded characters."""
    documents = {n: document(NOTICE, f"Page {n} has its own text here.") for n in range(3)}
    for least, gone in ((len(NOTICE), [(0, -1)]), (len(NOTICE) + 1, [])):
        found = decide(tmp_path / str(least), recipe(f"most = 2\ncharacters = {least}"), [[unit(documents)]])
        assert edits(found)[0] == gone


def test_captures_of_one_page_are_one_copy(tmp_path: Path) -> None:
    """Three captures of an address do not make its text repeat; three copies on one page do."""
    captures = unit(
        {n: document(NOTICE, f"Some text that all captures {n} share.") for n in range(3)}, url="http://ex.org/"
    )
    assert edits(decide(tmp_path / "captures", recipe("most = 2"), [[captures]])) == {n: [] for n in range(3)}
    thrice = unit({0: document(NOTICE, NOTICE, NOTICE, CREDIT)})
    found = decide(tmp_path / "thrice", recipe("most = 2"), [[thrice]])
    assert edits(found) == {0: [(0, -1), (1, -1), (2, -1)]}


def test_pages_that_left_have_no_copies(tmp_path: Path) -> None:
    """A page that a rule or a duplicate took does not keep the one copy from a page that stays."""
    documents = {n: document(NOTICE, f"Page {n} has its own text here.") for n in range(3)}
    first, second, third = (unit({n: documents[n]}, n) for n in range(3))
    pages = first.part.pages.to_pylist()
    pages[0]["lang"] = "de"
    first = unit_index(pages, number=0, pieces=first.pieces)
    pages = second.part.pages.to_pylist()
    pages[0]["url_key"] = key(2)
    second = unit_index(pages, number=1, pieces=second.pieces)
    asked = recipe('most = 1\nkeep = "first"', '[text]\nlanguages = ["en"]\nduplicates = ["url"]')
    assert edits(decide(tmp_path, asked, [[first], [second], [third]])) == {1: []}


def test_documents_lose_paragraphs_and_keep_images(tmp_path: Path) -> None:
    """The interleaved corpus has edits and accounts of its own."""
    documents = {n: document(f"Page {n} has its own text here.", NOTICE) for n in range(3)}
    made = unit(documents)
    pages = made.part.pages.to_pylist()
    made = unit_index(pages, [ref(n, 0, n) for n in range(3)], [medium(n) for n in range(3)], pieces=made.pieces)
    found = decide(tmp_path, recipe("most = 2", corpus="interleaved"), [[made]])
    assert edits(found, "interleaved") == {n: [(1, -1)] for n in range(3)}
    (account,) = accounts(found, "interleaved_pieces")
    assert (account.entered, account.kept) == (6, 3)


def test_a_batch_that_sends_its_copies_in_several_times_is_told_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it holds at once is bounded; each time is a step of its own."""
    units = [unit({n: document(NOTICE, CREDIT, f"Page {n} has its own text here.")}, n) for n in range(4)]
    asked = recipe('most = 2\nkeep = "first"')
    whole = decide(tmp_path / "whole", asked, [units])
    monkeypatch.setattr(repeats, "AT_ONCE", 1)
    again = decide(tmp_path / "again", asked, [units])
    assert edits(again) == edits(whole) == {0: [], 1: [], 2: [(0, -1), (1, -1)], 3: [(0, -1), (1, -1)]}


def test_a_recipe_that_counts_no_repeats_has_no_edits(tmp_path: Path) -> None:
    """Its selections and accounts are as they were."""
    found = decide(
        tmp_path, load_recipe('name = "x"\ncorpora = ["text"]'), [[unit({0: document(NOTICE, NOTICE, NOTICE)})]]
    )
    assert "edits" not in found.kept("text")[0] and accounts(found, "text_pieces") == []
