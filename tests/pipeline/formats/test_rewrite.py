"""Finished shards written anew: nothing taken out gives the same bytes, and what is taken out is as if it had never been written."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import formats
from pipeline.formats.base import EDITED, GOES, STAYS, Format, Row
from tests.support import small_run
from tests.support.tables import KINDS

COLUMNS = ("id", "not_there")
CASES = [(format_, corpus) for format_ in formats.FORMATS for corpus in KINDS]


class Without:
    """A change by ids: these go, those get another language, and these go as they are edited."""

    columns: Sequence[str] = COLUMNS

    def __init__(self, gone: set[str], edited: set[str] = frozenset(), late: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        self.gone, self.edited, self.late = gone, edited, late

    def judge(self, values: Mapping[str, Sequence[Any]]) -> np.ndarray:
        """By id."""
        assert list(values) == ["id"]
        fates = [GOES if i in self.gone else EDITED if i in self.edited | self.late else STAYS for i in values["id"]]
        return np.array(fates)

    def edit(self, row: Row) -> Row | None:
        """Another language."""
        return None if row["id"] in self.late else {**row, "lang": "xx"}


@pytest.mark.parametrize(("format_", "corpus"), CASES, ids=lambda each: getattr(each, "name", each))
def test_a_shard_is_as_if_what_goes_had_never_been_written(tmp_path: Path, format_: Format, corpus: str) -> None:
    """Byte by byte: nothing gone, some gone, some edited, all gone."""
    items, kind, run = small_run.rows(corpus), KINDS[corpus], str(tmp_path)
    format_ = small_run.SMALL_GROUPS if format_.name == "parquet" else format_
    old = small_run.write_shard(run, "old", format_, kind, items)
    ids = [item["id"] for item in items]
    for gone, edited, late in (
        (set(), set(), set()),
        ({ids[0], ids[5]}, {ids[2], ids[9]}, {ids[4]}),
        (set(), set(), {ids[-1]}),
    ):
        left = [
            {**item, "lang": "xx"} if item["id"] in edited else item for item in items if item["id"] not in gone | late
        ]
        fresh = small_run.write_shard(run, "fresh", format_, kind, left)
        new = format_.rewrite(run, old, "new", Without(gone, edited, late))
        assert new is not None and (new.name, new.rows, new.parts) == ("old", len(left), fresh.parts)
        assert (tmp_path / "new").read_bytes() == (tmp_path / "fresh").read_bytes()
        assert (new.bytes, new.sha256) == (fresh.bytes, fresh.sha256)
    assert format_.rewrite(run, old, "none", Without(set(ids))) is None
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("format_", "corpus"), CASES, ids=lambda each: getattr(each, "name", each))
def test_a_look_reads_the_columns_that_are_there(tmp_path: Path, format_: Format, corpus: str) -> None:
    """In the order of the rows."""
    shard = small_run.write_shard(str(tmp_path), "old", format_, KINDS[corpus], small_run.rows(corpus))
    with (tmp_path / shard.name).open("rb") as file:
        pieces = list(format_.look(file, COLUMNS))
    assert [identity for piece in pieces for identity in piece.values["id"]] == [
        r["id"] for r in small_run.rows(corpus)
    ]
    assert all(list(piece.values) == ["id"] and piece.rows == len(piece.values["id"]) for piece in pieces)


def test_an_empty_shard_keeps_its_types(tmp_path: Path) -> None:
    """Parquet of which no row is left can stay as a typed file, so that readers find the corpus."""
    parquet = formats.by_name("parquet")
    old = small_run.write_shard(str(tmp_path), "old", parquet, KINDS["text"], small_run.rows("text"))
    ids = {row["id"] for row in small_run.rows("text")}
    new = parquet.rewrite(str(tmp_path), old, "new", Without(ids), empty_ok=True)
    assert new is not None and new.rows == 0
    with parquet.open(str(tmp_path), "fresh", KINDS["text"], empty_ok=True):
        pass
    assert (tmp_path / "new").read_bytes() == (tmp_path / "fresh").read_bytes()


def test_images_of_a_sample_are_numbered_anew(tmp_path: Path) -> None:
    """A document without its first image: its others keep their bytes and their order, and no name is left over."""
    tar = formats.by_name("webdataset")
    items = [row for row in small_run.rows("interleaved") if len(row["images"]) == 6][:2]
    old = small_run.write_shard(str(tmp_path), "old", tar, KINDS["interleaved"], items)

    class First(Without):
        def edit(self, row: Row) -> Row:
            return {**row, "texts": row["texts"][2:], "images": row["images"][2:]}

    new = tar.rewrite(str(tmp_path), old, "new", First(set(), {items[0]["id"]}))
    expected = [items[0] | {name: items[0][name][2:] for name in ("texts", "images")}, items[1]]
    fresh = small_run.write_shard(str(tmp_path), "fresh", tar, KINDS["interleaved"], expected)
    assert new is not None and new.sha256 == fresh.sha256
