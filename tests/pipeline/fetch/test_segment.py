"""A segment is whole or not there, and its rows commit it."""

import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from warcio.archiveiterator import ArchiveIterator

from pipeline.fetch.addresses import Address
from pipeline.fetch.evidence import Asked, records_of
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.rows import Row, body_of, failed, kept
from pipeline.fetch.segment import Segments, committed_rows
from schemas.fetches import FETCHES_TABLE
from schemas.records import Capture
from tests.support.small_net import AGENT, Page, hop, redirect
from transforms.warc.read import read_at, read_captures


def added(segments: Segments, number: int, body: bytes = b"<p>a page") -> Row:
    """Add a page behind a redirect; its row."""
    address = Address(f"0-{number}", f"http://ex.com/{number}", "ex.com", "", -1, "")
    hops = (hop(address.url, redirect("/at")), hop(f"http://ex.com/at{number}", Page(body)))
    row = kept(address, 1, hops, body_of(address, hops[-1]))
    segments.add(records_of(Asked(0, 1, address.url, "allowed"), hops), row)
    return row


def test_rows_lead_to_records(tmp_path: Path) -> None:
    """A row's place is that of its last response; the index names every response; the requested address stands in the metadata."""
    folder = CrawlFolder(str(tmp_path))
    with Segments(folder, 0, AGENT) as segments:
        added(segments, 1)
        added(segments, 2, b"<p>other")
    table = pq.read_table(folder.rows(0, 0))
    assert table.schema.equals(FETCHES_TABLE.schema())
    first, second = table.to_pylist()
    with open(folder.file(second["archive"]), "rb") as file:
        item = read_at(file, second["offset"], second["length"])
    assert isinstance(item, Capture) and (item.body, item.url) == (b"<p>other", "http://ex.com/at2")
    assert (first["redirects"], first["final_url"], first["seconds"]) == (1, "http://ex.com/at1", 0.5)
    index = Path(folder.index(0, 0)).read_text().splitlines()
    told = [json.loads(line.split(" ", 2)[2]) for line in index]
    assert index == sorted(index) and len(index) == 4
    places = {(int(one["offset"]), int(one["length"])) for one in told}
    data = Path(folder.file(first["archive"])).read_bytes()
    captures = [one for one in read_captures(io.BytesIO(data)) if isinstance(one, Capture)]
    assert places == {(one.offset, one.length) for one in captures}
    notes = [one.content_stream().read() for one in ArchiveIterator(io.BytesIO(data)) if one.rec_type == "metadata"]
    assert notes[0].decode().splitlines() == [
        "requested: http://ex.com/1",
        "via: http://ex.com/1",
        "robots: allowed",
        "fetchTimeMs: 500",
    ]


def test_it_closes_by_size_and_by_time(tmp_path: Path) -> None:
    """A segment that is large or old enough is committed; what is open is not."""
    folder, now = CrawlFolder(str(tmp_path)), [0.0]
    segments = Segments(folder, 3, AGENT, lambda: now[0], most_bytes=3000)
    while not Path(folder.rows(3, 0)).exists():
        added(segments, 1, b"<p>" + bytes(1000))
    added(segments, 2)
    segments.tick()
    assert not Path(folder.rows(3, 1)).exists()
    now[0] = 60.0
    segments.tick()
    assert [row["id"] for row in committed_rows(folder, 3, ["id"])][-1] == "0-2"


def test_what_is_not_committed_is_not_there(tmp_path: Path) -> None:
    """An error leaves no half file, and an archive without rows, as a kill between both leaves it, is taken away."""
    folder = CrawlFolder(str(tmp_path))
    with pytest.raises(KeyboardInterrupt), Segments(folder, 0, AGENT) as segments:
        added(segments, 1)
        raise KeyboardInterrupt
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    with Segments(folder, 0, AGENT) as segments:
        added(segments, 1)
    (tmp_path / folder.archive(0, 1)).write_bytes(b"left")
    again = Segments(folder, 0, AGENT)
    assert [row["id"] for row in again.committed()] == ["0-1"]
    assert not (tmp_path / folder.archive(0, 1)).exists()
    added(again, 2)
    again.close()
    assert [row["id"] for row in committed_rows(folder, 0, ["id"])] == ["0-1", "0-2"]


def test_rows_without_records_make_no_archive(tmp_path: Path) -> None:
    """A segment in which all failed has rows alone."""
    folder = CrawlFolder(str(tmp_path))
    with Segments(folder, 0, AGENT) as segments:
        segments.add((), failed(Address("0-1", "http://x/", "x", "", -1, ""), 1, (), "timeout", "30 s"))
    (row,) = pq.read_table(folder.rows(0, 0)).to_pylist()
    assert (row["reason"], row["transient"], row["archive"], row["status"]) == ("timeout", True, None, None)
    assert not (tmp_path / "archive").exists()
