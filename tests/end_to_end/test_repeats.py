"""Lines and paragraphs that repeat over a site, from archives to shards."""

from pathlib import Path
from typing import Any

import pytest

import pipeline.decide.exchange
from pipeline.decide import repeats
from pipeline.verify import verify
from schemas.manifest import Account, Manifest
from schemas.recipe import Recipe
from tests.support.archives import response
from tests.support.runs import cut_small, recipe, rows, run_on, shard_digests
from tests.support.web import SITE, archive, by_corpus, page, passage, picture, shown

NOTICE, CREDIT = "This notice stands below every page of the site, whatever it is about.", passage(99, 30)
NUMBERS = range(5)
CORPORA = ("text", "interleaved")


def story(number: int) -> bytes:
    """A page with a text of its own, a picture, and what the site says on all or on two of its pages."""
    said = [CREDIT] if number < 2 else []
    image = f'<img src="{number}.png" alt="the picture of page {number}">'
    return page(passage(number), image, passage(10 + number), *said, NOTICE)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two archives with pages of a site: the first page is in both."""
    folder = tmp_path_factory.mktemp("web")
    pages = [response(f"{SITE}{number}", story(number)) for number in NUMBERS]
    pictures = [shown(f"{number}.png", picture(number)) for number in NUMBERS]
    return [
        archive(folder / "a.warc.gz", [*pages[:3], *pictures]),
        archive(folder / "b.warc.gz", [*pages[3:], pages[0]]),
    ]


def asked() -> Recipe:
    """Texts lose all copies of a paragraph, documents all lines but the first."""
    once = ("interleaved.repeats.most=1", 'interleaved.repeats.keep="first"', 'interleaved.repeats.unit="line"')
    return recipe("raw", "text.repeats.most=2", 'text.duplicates=["url"]', *once)


@pytest.fixture(scope="module")
def run(archives: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """The run that the tests look at."""
    folder = tmp_path_factory.mktemp("run") / "out"
    return folder, run_on(archives, folder, asked())


def texts_of(row: dict[str, Any]) -> str:
    """All texts of a document."""
    return "\n".join(filter(None, row["texts"]))


def test_what_stands_on_too_many_pages_is_in_no_text(run: tuple[Path, Manifest]) -> None:
    """And nothing else is missing: what two pages say stays on both."""
    found = {int(row["url"].removeprefix(SITE)): row["text"] for row in rows(run[0], "text")}
    assert sorted(found) == list(NUMBERS)
    for number, text in found.items():
        assert passage(number) in text and passage(10 + number) in text and NOTICE not in text
        assert (CREDIT in text) == (number < 2)


def test_the_first_copy_of_a_line_stays_in_its_document(run: tuple[Path, Manifest]) -> None:
    """Whichever captures a page has: those of one page keep it together. Pictures stay."""
    found = rows(run[0], "interleaved")
    assert sorted(row["url"] for row in found if NOTICE in texts_of(row)) == [f"{SITE}0"] * 2
    assert sorted(row["url"] for row in found if CREDIT in texts_of(row)) == [f"{SITE}0"] * 2
    assert all(len([image for image in row["images"] if image]) == 1 for row in found)


def test_the_accounts_say_where_the_pieces_went(run: tuple[Path, Manifest]) -> None:
    """Each edited page has one row, and all of them add up; verify agrees."""
    folder, manifest = run
    pieces = {account.corpus: account for account in manifest.accounts if account.corpus.endswith("_pieces")}
    assert pieces["text_pieces"] == Account("text_pieces", "repeats", 17, 12, {"repeated_paragraph": 5})
    assert pieces["interleaved_pieces"].dropped == {"repeated_line": 5}
    gone = by_corpus(rows(folder, "dropped"), "text_pieces")
    assert [(row["stage"], row["rule"], row["value"], row["of"]) for row in gone] == [
        ("repeats", "repeated_paragraph", 1, None)
    ] * 5
    assert verify(str(folder)) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_however_the_work_is_cut(
    archives: list[str], run: tuple[Path, Manifest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    """Small units, a batch for each, exchanges through files, copies sent one frame at a time: the same bytes (law 5)."""
    if workers == 1:
        cut_small(monkeypatch, 2_000, 5)
        monkeypatch.setattr(pipeline.decide.exchange, "INLINE", 0)
        monkeypatch.setattr(repeats, "AT_ONCE", 1)
    again = run_on(archives[::-1], tmp_path / "out", asked(), workers=workers)
    assert shard_digests(again, *CORPORA) == shard_digests(run[1], *CORPORA)
    assert again.accounts == run[1].accounts
