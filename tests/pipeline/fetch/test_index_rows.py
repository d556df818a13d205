"""Indexes of archives: which files they are, and which of their rows are wanted."""

import gzip
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.fetch.index_rows import Selected, find_indexes, marked, read_index, read_selected, write_selected
from pipeline.sections import DamagedFileError
from schemas.outcomes import UserError
from tests.support.index_tables import capture, captures, table_of
from tests.support.indexed import lines_of, write_parquet
from transforms.fetch.selection import Selection

ALL = Selection(status=(), subset=())


def test_parquet_and_lines_are_one(tmp_path: Path) -> None:
    """The same captures give the same rows, whichever kind of index names them, packed or not."""
    rows = captures(200)
    (tmp_path / "a.cdxj").write_bytes(lines_of(rows))
    (tmp_path / "cdx-00000.gz").write_bytes(gzip.compress(lines_of(rows[:50])) + gzip.compress(lines_of(rows[50:])))
    table = write_parquet(tmp_path / "a.parquet", rows)
    found = [
        list(read_index(path, 3, Selection()))
        for path in (table, *(str(tmp_path / name) for name in ("a.cdxj", "cdx-00000.gz")))
    ]
    assert found[0] == found[1] == found[2]
    assert [row.id for row in found[0]] == [f"3-{place}" for place in range(len(found[0]))]
    assert 50 < len(found[0]) < 100


def test_lines_that_name_nothing(tmp_path: Path) -> None:
    """Blank lines and those of the file itself are passed over; what cannot be read, or names no place, is a row without one."""
    good = lines_of([capture("http://ex.com/", "a.warc.gz", 5, 9)])
    places: list[dict[str, str]] = [
        {"offset": "-1"},
        {"length": ""},
        {"filename": "../a"},
        {"filename": "/etc/passwd"},
        {"filename": "s3://b/a"},
    ]
    bad = b"".join(
        lines_of([capture("http://ex.com/", "a.warc.gz", 5, 9)], lambda told, place=place: told | place)
        for place in places
    )  # type: ignore[misc]
    path = tmp_path / "a.cdxj"
    path.write_bytes(b"!meta {}\n\n" + good + b"com,ex)/ 2024 {half\nno object\n" + bad)
    found = list(read_index(str(path), 0, ALL))
    assert [row.length for row in found] == [9] + [-1] * 7
    assert found[1].url == "com,ex)/ 2024 {half"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.cdx", b" CDX N b a m s k r M S V g\n", "those of CDX"),
        ("cdx-00001.gz", b"no gzip", "cannot be read as an index"),
        ("b.parquet", b"no parquet", "cannot be read as an index"),
        ("c.parquet", None, "no column warc_filename"),
    ],
)
def test_files_that_are_none(tmp_path: Path, name: str, data: bytes | None, said: str) -> None:
    """What cannot be read is named, with what is wrong."""
    if data is None:
        out = io.BytesIO()
        pq.write_table(pa.table({"url": ["http://a/"]}), out)
        data = out.getvalue()
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError, match=name) as error:
        list(read_index(str(tmp_path / name), 0, ALL))
    assert said in str(error.value)
    with pytest.raises(UserError, match="no such file"):
        list(read_index(str(tmp_path / "z.cdxj"), 0, ALL))


def test_which_files(tmp_path: Path) -> None:
    """Patterns, folders, lists of paths and addresses give files; partitions of other subsets are left out."""
    for subset in ("warc", "robotstxt"):
        write_parquet(tmp_path / f"crawl=A/subset={subset}/part-0.parquet", [])
    (tmp_path / "crawl=A" / "notes.txt").touch()
    (tmp_path / "cdx-00000.gz").write_bytes(b"")
    (tmp_path / "all.paths.gz").write_bytes(gzip.compress(b"crawl=A/subset=warc/part-0.parquet\n\n"))
    one = str(tmp_path / "crawl=A/subset=warc/part-0.parquet")
    for given in (str(tmp_path / "**/*.parquet"), str(tmp_path / "crawl=A"), str(tmp_path / "all.paths.gz")):
        assert list(find_indexes([given], str(tmp_path), Selection())) == [one]
    assert len(find_indexes([str(tmp_path / "crawl=A")], "", ALL)) == 2
    web = "https://ex.com/cc-index/cdx-00000.gz"
    assert find_indexes([web, str(tmp_path / "cdx-*.gz")], "", ALL) == {str(tmp_path / "cdx-00000.gz"): 0, web: -1}
    for given, said in (
        (str(tmp_path / "*.cdxj"), "no such index"),
        (str(tmp_path / "crawl=A/notes.txt"), "indexes are .parquet"),
    ):
        with pytest.raises(UserError, match=said):
            find_indexes([given], "", ALL)
    with pytest.raises(UserError, match="none of the files holds the subset crawldiagnostics"):
        find_indexes([one], "", Selection(subset=("crawldiagnostics",)))


def test_a_file_of_ours(tmp_path: Path) -> None:
    """Rows come back as they were, in the order of their places, with duplicates told; a changed file is noticed."""
    rows = [
        Selected("1-10", "u", "b", 0, 5, "D"),
        Selected("1-9", "u", "b", 0, 5, "D"),
        Selected("0-0", "v", "a", 7, 5, ""),
        Selected("0-1", "w", "", -1, -1, ""),
    ]
    made = marked(rows)
    assert [(row.id, row.of) for row in made] == [("0-1", ""), ("0-0", ""), ("1-9", ""), ("1-10", "1-9")]
    path = str(tmp_path / "rows.arrow")
    write_selected(path, made)
    assert list(read_selected(path)) == made
    Path(path).write_bytes(b"changed")
    with pytest.raises(DamagedFileError):
        list(read_selected(path))


def test_an_index_is_not_read_whole(tmp_path: Path) -> None:
    """Of a Parquet file of 30 row groups a selection by host reads one: 8 % of the bytes."""
    rows = [
        capture(f"https://www.h{number:05d}.com/", "a.warc.gz", number, 1, digest=f"{number:032d}")
        for number in range(30_000)
    ]
    path = tmp_path / "a.parquet"
    pq.write_table(table_of(rows), path, row_group_size=1000)
    read = 0

    class Counted(io.FileIO):
        """Counts what is read."""

        def readinto(self, buffer) -> int:
            nonlocal read
            got = super().readinto(buffer) or 0
            read += got
            return got

    found = list(
        read_index(str(path), 0, Selection(host=("www.h00500.com",)), lambda path: io.BufferedReader(Counted(path), 1))
    )
    assert [row.offset for row in found] == [500]
    assert read < 0.2 * path.stat().st_size


def test_lines_that_no_file_of_ours_can_hold(tmp_path: Path) -> None:
    """A line nested without end names nothing; lone surrogates become U+FFFD."""
    lines = (
        b'a 2026 {"url": ' + 10**5 * b"[",
        rb'a 2026 {"url": "http://a/\ud800", "filename": "\ud800", "digest": "\ud800", "status": "200"}',
    )
    (tmp_path / "a.cdxj").write_bytes(b"\n".join(lines))
    deep, odd = read_index(str(tmp_path / "a.cdxj"), 0, ALL)
    assert deep.length == odd.length == -1
    assert (odd.url, odd.archive, odd.digest) == ("http://a/\ufffd", "\ufffd", "\ufffd")
    write_selected(str(tmp_path / "rows.arrow"), [deep, odd])
