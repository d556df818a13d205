"""Parquet shards: bounded groups, the same bytes for the same rows, readable by others, damage found by checksums."""

import contextlib
import gc
import io
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import storage
from pipeline.formats.base import Read
from pipeline.formats.parquet import (
    PARQUET,
    ParquetShard,
    check_columns,
    row_bytes,
    shard_name,
    type_text,
    writer_options,
)
from schemas.manifest import ShardFile
from schemas.tables import DROPPED, record_batch, record_batch_of_rows
from tests.support import small_run
from tests.support.tables import SCHEMAS, TABLES, TEXT, TEXT_TABLE

CORPORA = ("text", "pairs", "interleaved")


def batch_of(corpus: str) -> pa.RecordBatch:
    return record_batch_of_rows(SCHEMAS[corpus], small_run.rows(corpus))


def write(folder: Path, name: str, corpus: str, batches: list[pa.RecordBatch], group_bytes: int = 4000) -> ShardFile:
    with ParquetShard(str(folder), name, corpus, SCHEMAS[corpus], group_bytes) as shard:
        for batch in batches:
            shard.write_batch(batch)
    assert shard.file is not None
    return shard.file


@pytest.mark.parametrize("corpus", CORPORA)
def test_rows_come_back(corpus: str, tmp_path: Path) -> None:
    """What was written is read back equal, row by row, with the schema and its metadata."""
    file = write(tmp_path, "x.parquet", corpus, [batch_of(corpus)])
    table = pq.read_table(tmp_path / "x.parquet")
    assert table.to_pylist() == batch_of(corpus).to_pylist()
    assert table.schema.equals(SCHEMAS[corpus])
    assert table.schema.metadata == SCHEMAS[corpus].metadata
    data = (tmp_path / "x.parquet").read_bytes()
    digest = storage.digest(str(tmp_path / "x.parquet"))
    assert file == ShardFile("x.parquet", corpus, "parquet", table.num_rows, len(data), digest)


@pytest.mark.parametrize("corpus", CORPORA)
def test_the_bytes_do_not_depend_on_batches(corpus: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same rows give the same bytes twice, and however they are cut into batches."""
    folder, whole = tmp_path_factory.mktemp(corpus), batch_of(corpus)
    first = write(folder, "x.parquet", corpus, [whole])

    @settings(max_examples=25, deadline=None)
    @given(st.sets(st.integers(0, len(whole))))
    def equal(cuts: set[int]) -> None:
        ends = [0, *sorted(cuts), len(whole)]
        pieces = [whole.slice(start, stop - start) for start, stop in pairwise(ends)]
        assert write(folder, "x.parquet", corpus, pieces) == first

    equal()


def test_pages_do_not_depend_on_batches(tmp_path: Path) -> None:
    """A row group of many pages has them in the same places, whether it came as one batch or as many."""
    rows = [small_run.text_row(1) | {"text": f"{number} " * (number % 900)} for number in range(4000)]
    whole = record_batch_of_rows(TEXT, rows)
    first = write(tmp_path, "x.parquet", "text", [whole], group_bytes=64 << 20)
    group = pq.read_metadata(tmp_path / "x.parquet").row_group(0)
    text = next(c for c in map(group.column, range(group.num_columns)) if c.path_in_schema == "text")
    assert group.num_rows == len(rows) and text.total_uncompressed_size > 4 << 20  # pages are of 1 MiB
    pieces = [whole.slice(start, 7) for start in range(0, len(rows), 7)]
    assert write(tmp_path, "x.parquet", "text", pieces, group_bytes=64 << 20) == first


def test_rows_are_as_good_as_a_batch(tmp_path: Path) -> None:
    """Rows by name give the bytes that a record batch gives, however many come at a time; no rows change nothing."""
    rows = small_run.rows("text")
    with ParquetShard(str(tmp_path), "x.parquet", "text", TEXT, 4000) as shard:
        for some in ([], rows[:7], rows[7:]):
            shard.write(some)
    assert shard.file == write(tmp_path, "x.parquet", "text", [batch_of("text")])


def test_a_table_is_as_good_as_a_batch(tmp_path: Path) -> None:
    """Arrow tables are cast to the table's schema and written in their order; without a row nothing is."""
    rows = small_run.rows("text")
    plain = [pa.Table.from_pylist(some, TEXT.remove_metadata()) for some in (rows[:5], rows[5:])]
    with ParquetShard(str(tmp_path), "x.parquet", "text", TEXT) as shard:
        for table in plain:
            shard.write_table(table)
    assert shard.file is not None and shard.file.rows == len(rows)
    assert pq.read_table(tmp_path / "x.parquet").to_pylist() == batch_of("text").to_pylist()
    with ParquetShard(str(tmp_path), "y.parquet", "text", TEXT) as shard:
        shard.write_table(TEXT.empty_table())
    assert shard.file is None
    assert not (tmp_path / "y.parquet").exists()


def groups(folder: Path, batches: list[list[int]], bound: int) -> list[int]:
    """Rows of each row group of a shard whose rows take so many bytes each, given in batches."""
    schema = pa.schema([pa.field("text", pa.string())])
    with ParquetShard(str(folder), "x.parquet", "any", schema, bound) as shard:
        for sizes in batches:
            texts = pa.array(["x" * (size - 4) for size in sizes], pa.string())
            shard.write_batch(pa.RecordBatch.from_arrays([texts], schema=schema))
    meta = pq.read_metadata(folder / "x.parquet")
    return [meta.row_group(number).num_rows for number in range(meta.num_row_groups)]


@pytest.mark.parametrize(
    ("sizes", "lengths"),
    [
        ([100, 100, 50], [2, 1]),  # two rows fill the group to the byte
        ([100, 101, 50], [1, 2]),  # one byte too many
        ([200, 200, 200], [1, 1, 1]),
        ([150, 50, 150, 50, 1 + 4], [2, 2, 1]),
        ([50, 151, 49, 1 + 4], [1, 2, 1]),
        ([300, 10, 190, 10], [1, 2, 1]),  # a row above the bound stands alone, the next group begins anew
        ([10, 300, 10], [1, 1, 1]),
    ],
)
def test_a_group_is_filled_to_the_byte(sizes: list[int], lengths: list[int], tmp_path: Path) -> None:
    """A row that just fits is in the group and one that is a byte too long is not, in one batch or row by row."""
    assert groups(tmp_path, [sizes], 200) == lengths
    assert groups(tmp_path, [[size] for size in sizes], 200) == lengths
    assert groups(tmp_path, [sizes[:1], sizes[1:]], 200) == lengths


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=40), st.integers(100, 5000))
@settings(max_examples=30, deadline=None)
def test_row_groups_are_bounded(sizes: list[int], bound: int) -> None:
    """No row group passes its bound unless a single row does, and none ends where the next would have fitted."""
    costs = [size + 4 for size in sizes]
    with tempfile.TemporaryDirectory() as folder:
        lengths = groups(Path(folder), [costs], bound)
    assert sum(lengths) == len(sizes)
    start = 0
    for length in lengths:
        group, after = costs[start : start + length], costs[start + length : start + length + 1]
        assert sum(group) <= bound or length == 1
        assert not after or sum(group) + after[0] > bound
        start += length


def test_memory_does_not_grow_with_the_shard(tmp_path: Path) -> None:
    """However many rows a shard takes, what Arrow holds between two calls stays below two row groups."""
    row, bound, most = small_run.text_row(1) | {"text": "x" * 1000}, 100_000, 0
    start = pa.total_allocated_bytes()
    with ParquetShard(str(tmp_path), "x.parquet", "text", TEXT, bound) as shard:
        for _ in range(100):
            shard.write_batch(record_batch_of_rows(TEXT, [row] * 20))
            most = max(most, pa.total_allocated_bytes() - start)
    assert shard.file is not None and shard.file.rows == 2000
    assert most < 2 * bound


@pytest.mark.parametrize("corpus", CORPORA)
def test_the_size_of_a_row_is_its_own(corpus: str) -> None:
    """A row's size does not change with the rows around it, and grows with its payload."""
    whole = batch_of(corpus)
    for column in whole.columns:
        alone = [int(row_bytes(column.slice(place, 1))[0]) for place in range(len(column))]
        assert row_bytes(column).tolist() == alone
        assert row_bytes(column.slice(3)).tolist() == alone[3:]
    payload = {"text": "text", "pairs": "image", "interleaved": "images"}[corpus]
    for value, size in zip(whole[payload].to_pylist(), row_bytes(whole[payload]).tolist(), strict=True):
        parts = {"text": [], "pairs": [value], "interleaved": value}[corpus]
        assert size >= sum(len(image["bytes"]) for image in parts if image)


def test_codecs_and_dictionaries() -> None:
    """Image bytes have neither codec nor dictionary nor statistics; text is packed by zstd; labels have dictionaries."""
    for corpus, payload in (("pairs", "image.bytes"), ("interleaved", "images.list.element.bytes")):
        options = writer_options(SCHEMAS[corpus])
        assert options["compression"][payload] == "NONE"
        assert payload not in options["use_dictionary"] + options["write_statistics"]
        assert {codec for path, codec in options["compression"].items() if path != payload} == {"ZSTD"}
        assert "lang" in options["use_dictionary"]


def test_the_file_says_so(tmp_path: Path) -> None:
    """The written file has those codecs, a page index, and statistics where they serve."""
    write(tmp_path, "x.parquet", "pairs", [batch_of("pairs")])
    group = pq.read_metadata(tmp_path / "x.parquet").row_group(0)
    columns = {group.column(n).path_in_schema: group.column(n) for n in range(group.num_columns)}
    assert columns["image.bytes"].compression == "UNCOMPRESSED"
    assert not columns["image.bytes"].has_dictionary_page
    assert columns["caption"].compression == "ZSTD"
    assert columns["lang"].has_dictionary_page
    assert columns["id"].statistics.min == small_run.key(0)
    assert not columns["image.bytes"].is_stats_set
    assert all(
        column.has_offset_index and column.has_column_index == column.is_stats_set for column in columns.values()
    )


def test_no_empty_shard(tmp_path: Path) -> None:
    """A shard without rows leaves no file and says so."""
    with ParquetShard(str(tmp_path), "x.parquet", "text", TEXT) as shard:
        shard.write_batch(batch_of("text").slice(0, 0))
    assert shard.file is None
    assert list(tmp_path.iterdir()) == []


def test_an_empty_shard_is_written_where_it_may_be(tmp_path: Path) -> None:
    """An empty shard has the schema, no row group and no row; two are equal."""
    files = []
    for name in ("x.parquet", "y.parquet"):
        with PARQUET.open(str(tmp_path), name, small_run.KINDS["pairs"], empty_ok=True) as shard:
            shard.write([])
        files.append(shard.file)
    assert files[0] is not None and files[1] is not None
    assert (files[0].rows, files[0].sha256) == (0, files[1].sha256)
    assert files[0].bytes == (tmp_path / "x.parquet").stat().st_size
    assert pq.read_metadata(tmp_path / "x.parquet").num_row_groups == 0
    found = pq.read_table(tmp_path / "x.parquet").schema
    assert found.equals(SCHEMAS["pairs"]) and found.metadata == SCHEMAS["pairs"].metadata


def test_a_shard_that_may_be_empty_and_is_not_has_the_same_bytes(tmp_path: Path) -> None:
    """Leave to be empty changes nothing about a shard with rows."""
    files = []
    for empty_ok in (False, True):
        with PARQUET.open(str(tmp_path), "x.parquet", small_run.KINDS["text"], empty_ok) as shard:
            shard.write(small_run.rows("text"))
        files.append(shard.file)
    assert files[0] == files[1] is not None


def test_an_error_leaves_no_empty_shard(tmp_path: Path) -> None:
    """A shard that may be empty is not written where its rows could not be made."""
    with pytest.raises(KeyError), PARQUET.open(str(tmp_path), "x.parquet", small_run.KINDS["text"], True):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def read(path: Path, columns: dict[str, str], wanted: tuple[str, ...] = ("id",)) -> list[Read]:
    with path.open("rb") as file:
        return list(PARQUET.read(file, ShardFile("x.parquet", "text", "parquet", 0, 0, ""), columns, wanted))


def test_wanted_columns_are_read(tmp_path: Path) -> None:
    """Reading gives all rows in pieces, with the columns that were asked for and no other."""
    rows = [small_run.text_row(number) for number in range(1000)]
    write(tmp_path, "x.parquet", "text", [record_batch_of_rows(TEXT, rows)], group_bytes=1 << 20)
    pieces = read(tmp_path / "x.parquet", TEXT_TABLE.types(), ("id", "lang"))
    assert len(pieces) > 2 and sum(piece.rows for piece in pieces) == 1000
    assert [identity for piece in pieces for identity in piece.values["id"]] == [row["id"] for row in rows]
    assert {name for piece in pieces for name in piece.values} == {"id", "lang"}


@pytest.mark.parametrize("corpus", SCHEMAS)
def test_types_read_as_they_are_stated(corpus: str, tmp_path: Path) -> None:
    """Every table's columns, read from a shard, have the types that the manifest states for them."""
    (table,) = (table for table in TABLES if table.name == corpus)
    with ParquetShard(str(tmp_path), "x.parquet", corpus, table.schema(), empty_ok=True):
        pass
    found = pq.read_schema(tmp_path / "x.parquet")
    assert {field.name: type_text(field.type) for field in found} == table.types()
    check_columns(found, table.types(), ())


def test_other_columns_are_refused() -> None:
    """Columns that are missing, too many, twice or of another type are named; what is unknown is not compared."""
    schema = pa.schema([("id", pa.string()), ("n", pa.int64())])
    check_columns(schema, {"n": "int64", "id": "string"}, ("id",))
    check_columns(schema, {}, ("id",))
    for columns, words in (
        ({"id": "string"}, ": n"),
        ({"id": "string", "n": "int32"}, ": n"),
        ({"x": "y"}, ": id, n, x"),
    ):
        with pytest.raises(ValueError, match=f"those that the run wrote{words}"):
            check_columns(schema, columns, ())
    with pytest.raises(ValueError, match="twice"):
        check_columns(pa.schema([*schema, ("n", pa.int64())]), {"n": "int64", "id": "string"}, ())
    with pytest.raises(ValueError, match="no column of"):
        check_columns(schema, {}, ("id", "of"))


@pytest.mark.parametrize("group_bytes", [1000, 1 << 20])
def test_an_error_leaves_nothing(tmp_path: Path, group_bytes: int) -> None:
    """An error before or after the first row group leaves no file and no entry."""
    shard = ParquetShard(str(tmp_path), "x.parquet", "text", TEXT, group_bytes)
    with pytest.raises(KeyError), shard:
        shard.write_batch(batch_of("text"))
        raise KeyError
    assert (shard.file, list(tmp_path.iterdir())) == (None, [])


def test_a_broken_writer_is_quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer of a shard that failed does not try to write its footer when it is collected."""
    heard: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", heard.append)
    shard = ParquetShard(str(tmp_path), "x.parquet", "text", TEXT, 1000)
    with contextlib.suppress(KeyError), shard:
        shard.write_batch(batch_of("text"))
        raise KeyError
    del shard
    gc.collect()
    assert heard == []


def test_rows_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    """Rows of another table, and a null where none may be, are errors; no file stays."""
    null = pa.RecordBatch.from_pydict({name: [None] for name in DROPPED.names}, schema=DROPPED)
    for wrong, message in ((batch_of("text"), "another schema"), (null, "null")):
        shard = ParquetShard(str(tmp_path), "x.parquet", "dropped", DROPPED)
        with pytest.raises((ValueError, pa.ArrowInvalid), match=message), shard:
            shard.write_batch(wrong)
        assert list(tmp_path.iterdir()) == []
    assert record_batch(DROPPED, {name: ["x"] for name in ("corpus", "id", "url", "source", "stage", "rule")}).num_rows


def read_verified(data: bytes) -> pa.Table:
    return pq.ParquetFile(io.BytesIO(data), page_checksum_verification=True).read()


def test_flipped_pages_are_refused(tmp_path: Path) -> None:
    """A bit flipped anywhere in the data of a page is refused by a reader that asks for checksums."""
    write(tmp_path, "x.parquet", "text", [batch_of("text")], group_bytes=1 << 20)
    data = (tmp_path / "x.parquet").read_bytes()
    assert read_verified(data).num_rows == small_run.TEXTS
    group = pq.read_metadata(tmp_path / "x.parquet").row_group(0)
    column = next(c for c in map(group.column, range(group.num_columns)) if c.path_in_schema == "text")
    end = column.data_page_offset + column.total_compressed_size
    for place in range(end - 200, end, 7):
        with pytest.raises(OSError, match="CRC"):
            read_verified(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])


def test_duckdb_counts_and_reaches_into_structs(tmp_path: Path) -> None:
    """DuckDB reads the shards by their glob: counts, sizes and hashes above 2^63 are right."""
    duckdb = pytest.importorskip("duckdb")
    half = batch_of("pairs")
    for number in range(2):
        write(tmp_path, shard_name("pairs", number, 2), "pairs", [half.slice(number * 16, 16)])
    query = "select count(*), sum(octet_length(image.bytes)), max(phash), count(lang_score) from read_parquet(?)"
    found: Any = duckdb.connect().execute(query, [f"{tmp_path}/pairs/data/train-*.parquet"]).fetchone()
    rows = small_run.rows("pairs")
    total = sum(len(row["image"]["bytes"]) for row in rows)
    assert found == (len(rows), total, 2**64 - 1, len(rows) - 1)
