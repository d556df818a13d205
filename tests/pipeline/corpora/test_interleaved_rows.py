"""Documents as they are written: selections and rows."""

import json
from typing import Any

import numpy as np
import pytest

from pipeline.corpora import load_recipe
from pipeline.corpora.interleaved_rows import row as row_of
from pipeline.corpora.interleaved_table import TABLE
from pipeline.stage.media import Medium
from schemas.index import IMAGE_FACTS
from schemas.recipe import Recipe
from schemas.records import Block, BlockKind
from schemas.tables import CLUSTERED, TASKS
from tests.support.index_rows import address, judged, medium, page, ref, rows_of_unit
from transforms.document import Document, pack_document, unpack_document


def recipe(text: str = "") -> Recipe:
    """A recipe of these lines, for documents alone."""
    return load_recipe('name = "x"\ncorpora = ["interleaved"]\n' + text)


def test_a_selection_holds_the_images_that_stay_and_weighs_them() -> None:
    """In the order of the document, each with its own alt and place; a document weighs its text, its pictures and what is said of them."""
    refs = [
        ref(0, 0, 1, before=0, alt="one", title="not this"), ref(0, 1, 2, alt="gone"), ref(1, 0, 3, alt="another's"),
        ref(1, 1, 1, alt="", title="no alt"),
    ]  # fmt: skip
    media = [medium(1, size=1000, at=11), medium(3, size=30, at=33)]
    unit = rows_of_unit([page(1, text_bytes=7), page(2, text_bytes=8, title="T")], refs, media)
    rows = judged("interleaved", recipe(), unit).select(np.array([0, 1])).to_pylist()
    said = [len(address(1) + "one"), len(address(3) + "another's" + address(1))]
    assert [row["weight"] for row in rows] == [7 + 1000 + said[0], 8 + 30 + 1000 + said[1]]
    assert [[(i["ordinal"], i["url"], i["alt"], i["at"]) for i in row["images"]] for row in rows] == [
        [(0, address(1), "one", 11)],
        [(0, address(3), "another's", 33), (1, address(1), "", 11)],
    ]
    assert (rows[1]["title"], rows[1]["interleaved_images"], rows[0]["interleaved_texts"]) == ("T", 2, 1)
    (alone,) = judged("interleaved", recipe(), unit).select(np.array([1])).to_pylist()
    assert alone == rows[1]


IMAGE = {
    "ordinal": 0, "url": "http://ex.org/ä.png", "alt": "Höhe", "width": 3, "height": 2, "format": "avif", "size": 9,
    "sha256": bytes(31) + b"\x0f", "phash": 2**63 + 1, "unit": 7, "span": 0, "place": 0, "at": 5, "length": 4, "via": 0,
    "image_documents": 7, "image_hosts": None,
    "original_width": 3, "original_height": 2, "original_format": "gif", "orientation": 1, "taken": "", "weight": 9,
}  # fmt: skip


class Payloads:
    """Payloads that hold one document and its picture."""

    def document(self, row: Any) -> Document:
        """Whatever the row."""
        items = (
            Block(BlockKind.HEADING, "A", 1),
            0,
            Block(BlockKind.PARAGRAPH, "B."),
            1,
            Block(BlockKind.QUOTE, "C."),
        )
        return unpack_document(pack_document("Höhen", items))

    def medium(self, place: Any) -> Medium:
        """The bytes tell the place."""
        return Medium("x: y", f"at {place['at']}".encode(), f"http://ex.org/{place['at']}.png")

    def source(self, place: Any) -> str:
        """A document's source is in its row."""
        raise NotImplementedError


def selected(**changes: Any) -> dict[str, Any]:
    """A selected document with one image."""
    unit = rows_of_unit([page(1, directives="robots: noindex")], [ref(0, 0, 1)], [medium(1)])
    (row,) = judged("interleaved", recipe(), unit).select(np.array([0])).to_pylist()
    return row | {"images": [IMAGE]} | changes


def test_texts_and_images_stand_in_their_places() -> None:
    """An image that left leaves its texts joined; exactly one side is set in each place."""
    row = row_of(selected(), Payloads(), recipe())
    assert row["texts"] == ["# A", None, "B.\n\nC."]
    assert [image and image["bytes"] for image in row["images"]] == [None, b"at 5", None]
    assert set(TABLE.schema().names) - set(row) == {*(column.name for column in CLUSTERED), TASKS.name}
    cut = row_of(selected(), Payloads(), recipe("[interleaved]\nsentences_after = 1"))
    assert cut["texts"] == ["# A", None, "B."]
    plain = row_of(selected(), Payloads(), recipe('[interleaved]\nform = "plain"'))
    assert plain["texts"] == ["A", None, "B.\n\nC."]


def test_what_an_edit_leaves_out_is_in_no_part() -> None:
    """Edits name places of the whole document, which is cut by the same places; a text of which nothing stays is none."""
    edits = [{"block": 0, "line": -1}, {"block": 4, "line": 0}]
    assert row_of(selected(edits=edits), Payloads(), recipe())["texts"] == [None, "B."]
    part = row_of(selected(edits=edits, begin=2, end=5), Payloads(), recipe())
    assert part["texts"] == ["B."]


def test_metadata_is_aligned_with_its_places_and_exact() -> None:
    """A text has null; hashes are hex text, since JSON readers round 64-bit numbers; places in archives are not told."""
    row = row_of(selected(), Payloads(), recipe())
    before, found, behind = json.loads(row["metadata"])
    assert (before, behind) == (None, None)
    assert (found["phash"], found["sha256"]) == ("8000000000000001", "0" * 63 + "f")
    assert (found["url"], found["alt"], found["width"], found["height"]) == ("http://ex.org/5.png", "Höhe", 3, 2)
    assert (found["image_documents"], found["image_hosts"]) == (7, None)
    assert not {"at", "unit", "span", "place", "ordinal", "via", "body"} & found.keys()
    assert "Höhe" in row["metadata"]
    assert json.loads(row["general_metadata"]) == {"title": "Höhen", "url": "http://ex.org/1"}


@pytest.mark.parametrize("name", ["width", "height", "size", "phash"])
def test_facts_in_a_selection_are_those_of_the_index(name: str) -> None:
    """Each under its own name."""
    value = {"width": 7, "height": 9, "size": 11, "phash": 13}[name]
    unit = rows_of_unit([page(1)], [ref(0, 0, 1)], [medium(1, **{name: value})])
    (row,) = judged("interleaved", recipe(), unit).select(np.array([0])).to_pylist()
    assert row["images"][0][name] == value and name in IMAGE_FACTS
