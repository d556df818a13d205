"""Long documents cut into several: which parts there are, what each is told to hold, and how they are counted."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.accounts import to_accounts
from pipeline.corpora import load_recipe
from pipeline.corpora.interleaved import INTERLEAVED, judge_images
from pipeline.corpora.parts import runs_of_text
from pipeline.stage.media import Medium
from schemas.recipe import Recipe
from schemas.records import Block, BlockKind, MediaKind, Recording, Source
from tests.support.index_rows import Decided, decide, judged, key, medium, page, ref, rows_of_unit, unit_index
from transforms.cut import outline
from transforms.document import Document, pack_document, unpack_document
from transforms.interleave import staying
from transforms.verdicts import hash_fraction

HEADING, PARAGRAPH = BlockKind.HEADING, BlockKind.PARAGRAPH


def text(words: int) -> Block:
    """A paragraph of so many words."""
    return Block(PARAGRAPH, "word " * words)


# A chapter of two pictures, one of none and one of three, and what stands in front of them.
BOOK = (
    text(10), Block(HEADING, "One", 1), 0, text(60), 1, text(20), Block(HEADING, "Two", 1), text(80), Block(HEADING, "Three", 1), 2,
    text(20), 3, text(20), 4, text(30),
)  # fmt: skip
OUTLINE = outline(BOOK)


def recipe(text: str = "") -> Recipe:
    """A recipe of these lines, for documents alone."""
    return load_recipe(f'name = "x"\ncorpora = ["interleaved"]\n[interleaved]\n{text}')


def book(number: int = 1, **changes: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The page of that document, and its references."""
    before = [1, 2, 3, 4, 5]
    row = page(number, outline=OUTLINE, texts=6, text_bytes=2430, **changes)
    return row, [ref(0, n, n, before=texts) for n, texts in enumerate(before)]


def unit(**changes: Any) -> Any:
    """A unit of that page and a page that is not cut."""
    row, refs = book(**changes)
    short = page(2, outline=[5, 0, 5], texts=2)
    return (
        [row, short],
        [*refs, ref(1, 0, 9)],
        [*(medium(n, size=100, height=200 if n < 3 else 250) for n in range(5)), medium(9)],
    )


def decided(folder: Path, text: str) -> Decided:
    """Both pages decided over."""
    return decide(folder, recipe(text), [[unit_index(*unit())]])


def shown(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Ids behind those of their pages, parts, items and images of selected rows."""
    return [
        (r["id"][32:], r["part"], r["parts"], r["begin"], r["end"], [i["ordinal"] for i in r["images"]]) for r in rows
    ]


def test_a_long_document_becomes_several(tmp_path: Path) -> None:
    """Each with an id, its place in the page, its images and its share of the text; the part without an image is told apart."""
    found = decided(tmp_path, "max_words = 100")
    rows = found.kept("interleaved")
    whole = rows.pop()
    assert (whole["id"], whole["part"], whole["parts"]) == (key(2).hex(), 1, 1)
    assert shown(rows) == [("-p0001", 1, 3, 0, 6, [0, 1]), ("-p0003", 3, 3, 8, 15, [2, 3, 4])]
    assert [(r["interleaved_images"], r["interleaved_texts"], r["interleaved_largest"]) for r in rows] == [
        (2, 3, 200), (3, 4, 250)
    ]  # fmt: skip
    assert sum(r["text_bytes"] for r in rows) == 2430 * (91 + 71) // 243
    assert all(r["weight"] > r["text_bytes"] + 100 * len(r["images"]) for r in rows)
    assert found.dropped("interleaved") == {f"{key(1).hex()}-p0002": ("no_images", None)}


def test_one_page_in_and_several_documents_out_are_counted(tmp_path: Path) -> None:
    """In and added are kept and dropped; each stage takes in what the one before it kept (law 3)."""
    found = decided(tmp_path, 'max_words = 100\nduplicates = ["url"]')
    accounts = to_accounts(a for a in found.closed[0].batch["accounts"] if a["corpus"] == "interleaved")
    assert [(a.stage, a.entered, a.added, a.kept, dict(a.dropped)) for a in accounts] == [
        ("rules", 2, 0, 2, {}), ("duplicates", 2, 0, 2, {}), ("parts", 2, 2, 3, {"no_images": 1}), ("sample", 3, 0, 3, {}),
    ]  # fmt: skip
    assert all(account.holds() for account in accounts)
    assert accounts[2].equation() == "2 + 2 added = 3 kept + 1 dropped + 0 failed + 0 duplicate"


@pytest.mark.parametrize(
    ("text", "rules", "parts"),
    [
        ("max_images = 2", ["", "", *["max_images"] * 3], [[0, 1]]),
        ('max_images = 2\nat_max_images = "cut"', [""] * 5, [[0, 1], [2, 3], [4]]),
        ("max_images = 2\nmax_words = 100", ["", "", "", "", "max_images"], [[0, 1], [2, 3]]),
        ('max_images = 2\nat_max_images = "cut"\nmax_words = 100', [""] * 5, [[0, 1], [2, 3], [4]]),
        ("max_words = 1000", [""] * 5, [[0, 1, 2, 3, 4]]),
    ],
)
def test_what_becomes_of_images_beyond_the_most(
    tmp_path: Path, text: str, rules: list[str], parts: list[list[int]]
) -> None:
    """They are dropped from their document, or the next one begins with them; each part has its own most."""
    pages, refs, media = unit()
    _, verdicts, _ = judge_images(rows_of_unit(pages[:1], refs[:5], media), recipe(text))
    assert verdicts.rule.tolist() == rules
    rows = decided(tmp_path, text).kept("interleaved")
    assert [[image["ordinal"] for image in row["images"]] for row in rows[:-1]] == parts


def test_rules_on_images_and_texts_are_for_each_part(tmp_path: Path) -> None:
    """A page that is cut is not dropped for all of its images; pages that are not cut are judged before duplicates."""
    found = decided(
        tmp_path,
        "max_words = 100\n[interleaved.rules]\ninterleaved_images = {floor = 2, ceiling = 2}\ngopher_words = {floor = 1}",
    )
    assert shown(found.kept("interleaved")) == [("-p0001", 1, 3, 0, 6, [0, 1])]
    rows = {row["id"][32:]: (row["stage"], row["rule"], row["value"]) for row in found.dropped_rows("interleaved")}
    assert rows == {
        "-p0002": ("parts", "no_images", 0), "-p0003": ("parts", "interleaved_images", 3), "": ("rules", "interleaved_images", 1)
    }  # fmt: skip
    uncut = decided(tmp_path / "uncut", "[interleaved.rules]\ninterleaved_images = {ceiling = 2}").dropped_rows(
        "interleaved"
    )
    assert [(row["stage"], row["rule"], row["value"]) for row in uncut] == [("rules", "interleaved_images", 5)]


def test_a_part_of_one_image_is_drawn_by_its_own_id(tmp_path: Path) -> None:
    """Each part is a document."""
    text = 'max_images = 2\nat_max_images = "cut"\none_image_share = 0.5'
    drawn = hash_fraction(f"{key(1).hex()}-p0003", 0) >= 0.5
    assert (f"{key(1).hex()}-p0003" in decided(tmp_path, text).dropped("interleaved")) == drawn


def test_a_unit_without_images_is_not_cut() -> None:
    """Nor one of no page at all."""
    for pages, refs in (([], []), ([page(1)], []), ([page(1)], [ref(0, 0, 1, before=-1)])):
        found = judged("interleaved", recipe("max_words = 100"), rows_of_unit(pages, refs, [medium(1)]))
        assert found.verdicts.rule.tolist() == ["no_images"] * len(pages)


def test_images_that_left_neither_cut_nor_count() -> None:
    """The second document begins with the third picture that stays, and a text around one that left is one text."""
    pages, refs, media = unit()
    small = [media[0], medium(1, width=9), *media[2:]]
    asked = recipe('max_images = 2\nat_max_images = "cut"\n[interleaved.image_rules]\nimage_min_side = {floor = 10}')
    found = judged("interleaved", asked, rows_of_unit(pages, refs, small)).select(np.array([0])).to_pylist()
    assert [(part["begin"], part["end"], part["texts"]) for part in found[0]["cuts"]] == [(0, 11, 3), (11, 15, 2)]


@pytest.mark.parametrize("images", [[], [2], [2, 4, 9, 11, 13]])
def test_runs_of_text_are_those_that_are_written(images: list[int]) -> None:
    """Of any part of the book."""
    for begin in range(len(BOOK)):
        for end in range(begin + 1, len(BOOK) + 1):
            kept = {item for place, item in enumerate(BOOK) if place in images and isinstance(item, int)}
            items = staying(BOOK[begin:end], kept)
            runs = sum(
                isinstance(one, Block) and not (at and isinstance(items[at - 1], Block)) for at, one in enumerate(items)
            )
            assert runs_of_text(OUTLINE[begin:end], images, begin) == runs


class Payloads:
    """Payloads that hold the book and its pictures."""

    def document(self, row: Any) -> Document:
        """Whatever the row."""
        return unpack_document(pack_document("A book", BOOK))

    def medium(self, place: Any) -> Medium:
        """The bytes tell the picture."""
        return Medium("", str(place["ordinal"]).encode(), place["url"])

    def source(self, place: Any) -> str:
        """A document's source is in its row."""
        raise NotImplementedError


def test_parts_together_are_the_document(tmp_path: Path) -> None:
    """Every text and picture once and in order; a picture is named as in the page's own document and its pair."""
    rows = decided(tmp_path, 'form = "plain"\nmax_images = 2\nat_max_images = "cut"').kept("interleaved")[:-1]
    as_archived = recipe('form = "plain"\nimage = {strip_metadata = false}')
    parts = [INTERLEAVED.row(row, Payloads(), as_archived) for row in rows]
    texts = [text for part in parts for text in part["texts"] if text]
    assert "\n\n".join(texts) == "\n\n".join(item.text for item in BOOK if isinstance(item, Block))
    pictures = [image for part in parts for image in part["images"] if image]
    assert [(image["bytes"], image["path"]) for image in pictures] == [
        (str(n).encode(), f"{key(1).hex()}-{n:04d}.png") for n in range(5)
    ]
    assert [(part["id"], part["part"], part["parts"]) for part in parts] == [
        (f"{key(1).hex()}-p000{n}", n, 3) for n in (1, 2, 3)
    ]


MEDIA = tuple(
    Recording(MediaKind.AUDIO, (Source(f"http://x.example/{at}.mp3", ""),), place=at) for at in (0, 4, 7, 8, 9, 11, 15)
)


def test_each_part_has_the_media_that_stand_in_it(tmp_path: Path) -> None:
    """Once and in order, whatever the form; what stands behind all is the last part's, and what stands inside a text says where."""

    class WithMedia(Payloads):
        def document(self, row: Any) -> Document:
            return unpack_document(pack_document("A book", BOOK, (), MEDIA))

    rows = decided(tmp_path, 'max_images = 2\nat_max_images = "cut"').kept("interleaved")[:-1]
    for form in ("plain", "markdown"):
        as_archived = recipe(f'form = "{form}"\nimage = {{strip_metadata = false}}')
        found = []
        for row in rows:
            made = INTERLEAVED.row(row, WithMedia(), as_archived)
            texts = [*made["texts"], None]
            for each in json.loads(made["media"]):
                said = (texts[each["place"]] or "")[: each["character"]]
                found.append((made["part"], each["sources"][0]["url"][16:], each["place"], said.count("word")))
        expected = [
            (1, "/0.mp3", 0, 0),
            (1, "/4.mp3", 3, 0),
            (1, "/7.mp3", 4, 20),
            (2, "/8.mp3", 0, 0),
            (2, "/9.mp3", 1, 0),
        ]
        assert found == [*expected, (2, "/11.mp3", 3, 0), (3, "/15.mp3", 2, 0)]
