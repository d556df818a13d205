"""Rows gathered into compressed Arrow, and bytes whose place is not known yet."""

import gc
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import arrow_files
from pipeline.arrow_files import Rows, Spool
from pipeline.sections import table_of

SCHEMA = pa.schema([pa.field("a", pa.int32()), pa.field("b", pa.string())])


@pytest.mark.parametrize("count", [0, 1, 4, 9])
def test_rows_come_back_whatever_the_batches(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """None, less than a batch, a batch exactly and more than two are all kept, in order; few wait in memory."""
    monkeypatch.setattr(arrow_files, "BATCH_ROWS", 4)
    given = [{"a": n, "b": str(n)} for n in range(count)]
    with Rows(SCHEMA) as rows:
        for row in given:
            rows.append(row)
            assert len(rows._columns["a"]) < 4
        found = table_of(b"".join(rows.pieces()))
    assert (found.to_pylist(), found.schema, rows.count) == (given, SCHEMA, count)


def test_rows_may_come_by_column() -> None:
    """Many at once, none at all, and beside single ones."""
    with Rows(SCHEMA) as rows:
        rows.extend({"a": range(3), "b": ("x", "y", "z")})
        rows.extend({"a": [], "b": []})
        rows.append({"a": 9, "b": None})
        found = table_of(b"".join(rows.pieces()))
    assert found.to_pydict() == {"a": [0, 1, 2, 9], "b": ["x", "y", "z", None]}
    assert rows.count == 4


@pytest.mark.parametrize("row", [{"a": 1}, {"a": 1, "b": "", "c": 2}])
def test_a_missing_or_an_unknown_column_is_a_bug(row: dict[str, object]) -> None:
    """It is named, and no half row is kept."""
    with Rows(SCHEMA) as rows:
        with pytest.raises(KeyError, match=r"'b'|'c'"):
            rows.append(row)
        assert rows.count == 0 and table_of(b"".join(rows.pieces())).num_rows == 0


@given(st.lists(st.binary(max_size=30)), st.integers(1, 60))
def test_a_spool_gives_back_what_it_was_given(parts: list[bytes], memory: int) -> None:
    """By place in any order and between writes, and all of it in pieces, in memory or beyond it."""
    spool = Spool(memory)
    places: list[int] = []
    for part in parts:
        places.append(spool.write(part))
        assert spool.read(places[0], len(parts[0])) == parts[0]
    for at, part in reversed(list(zip(places, parts, strict=True))):
        assert spool.read(at, len(part)) == part
    assert b"".join(spool.pieces()) == b"".join(parts)
    spool.close()


@pytest.fixture
def collected() -> Iterator[None]:
    """Whatever a test leaves open is told of at its end."""
    yield
    gc.collect()


@pytest.mark.usefixtures("collected")
def test_an_error_leaves_no_file_open() -> None:
    """Rows that nobody reads are forgotten with their block."""
    with pytest.raises(ZeroDivisionError), Rows(SCHEMA) as rows:
        rows.append({"a": 1, "b": ""})
        raise ZeroDivisionError
