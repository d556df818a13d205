"""Verdicts to keep lists and dropped rows."""

import json
import math

import numpy as np
import pyarrow as pa

from pipeline.keep import image_metadata, metadata_text, rows_of, said, weights
from schemas.arrow import DROPPED
from transforms.judge import Verdicts

IMAGE = {
    "url": "http://ex.org/ä.png", "alt": "Höhe", "width": 3, "height": 2, "format": "png", "size": 9,
    "sha256": bytes(31) + b"\x0f", "phash": 2**63 + 1, "unit": 7, "at": 5,
}  # fmt: skip


def test_every_item_that_left_has_its_row() -> None:
    """Stage, rule, value and keeper as they were judged; a value that was no number is null."""
    verdicts = Verdicts("text", 4)
    verdicts.begin("rules")
    verdicts.drop(np.array([True, False, False, False]), "words", np.array([3.0, 0, 0, 0]))
    verdicts.drop(np.array([False, True, False, False]), "no_text")
    verdicts.begin("duplicates")
    verdicts.drop(np.array([False, False, True, False]), "url", of=np.array([None, None, "d", None], dtype=object))
    ids = np.array(["a", "b", "c", "d"], dtype=object)
    table = rows_of(verdicts, ids, ["ua", "ub", "uc", "ud"], ["s"] * 4)
    assert table.schema == DROPPED
    found = [(r["id"], r["url"], r["stage"], r["rule"], r["value"], r["of"]) for r in table.to_pylist()]
    assert found == [
        ("a", "ua", "rules", "words", 3.0, None),
        ("b", "ub", "rules", "no_text", None, None),
        ("c", "uc", "duplicates", "url", None, "d"),
    ]


def test_weights_are_gathered_by_the_first_digits() -> None:
    """Shards are cut between these buckets."""
    table = pa.table({"id": ["abc1", "abc2", "fff0"], "weight": [10, 5, math.floor(2.0)]})
    assert weights(table) == {"abc": (2, 15), "fff": (1, 2)}


def test_what_page_and_image_said_stands_together() -> None:
    """Each where it said something, the page first."""
    pages = pa.table({"directives": ["a", "", "", "a\nb"]})
    assert said(pages, np.array(["x", "x", "", ""], dtype=object)) == ["a\nx", "x", "", "a\nb"]


def test_metadata_is_aligned_with_its_places_and_exact() -> None:
    """A text has null; hashes are hex text, since JSON readers round 64-bit numbers; places in archives are not told."""
    nothing, found = json.loads(metadata_text([None, IMAGE]))
    assert nothing is None
    assert found == image_metadata(IMAGE)
    assert (found["phash"], found["sha256"]) == ("8000000000000001", "0" * 63 + "f")
    assert "at" not in found and "ä.png" in metadata_text([IMAGE])
