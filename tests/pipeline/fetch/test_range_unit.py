"""A unit of records that an index names: what lies where, what is no record that is meant, and what a restart does."""

import gzip
import io
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipeline.fetch.exchange import Settings
from pipeline.fetch.index_rows import Selected, marked, write_selected
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.range_unit import Copying, failed_before, fetch_units
from pipeline.fetch.ranges import Got, StoredRanges, Wanted, WebRanges
from pipeline.fetch.segment import committed_rows
from schemas.fetches import FETCHES_TABLE
from schemas.outcomes import VerificationError
from tests.support.archives import record, response
from tests.support.indexed import sha1_digits
from tests.support.range_server import Clocked, RangeServer
from transforms.fetch.faults import FetchFault
from transforms.fetch.spans import spans
from transforms.fetch.turns import RANGES

AGENT = "ex-bot/1.0 (+https://ex.com/bot)"
PAGES = {f"http://ex.com/{number}": f"<p>page {number}".encode() for number in range(6)}


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    """A folder with an archive of six pages, and one of odd things."""
    folder = tmp_path / "archives"
    folder.mkdir()
    (folder / "a.warc.gz").write_bytes(b"".join(members().values()))
    (folder / "odd.warc.gz").write_bytes(b"".join(odd()))
    return folder


def members() -> dict[str, bytes]:
    """The members of the pages."""
    return {url: gzip.compress(response(url, body, "text/html"), mtime=0) for url, body in PAGES.items()}


def odd() -> list[bytes]:
    """Members that are no whole record of a page, and one whose body does not decode."""
    broken = response("http://ex.com/b", b"\x1f\x8bno gzip\0\xff", "text/html", headers=[("Content-Encoding", "gzip")])
    return [
        gzip.compress(one, mtime=0)
        for one in (broken, record("request", "http://ex.com/r", b"GET"), b"nothing of the kind")
    ]


def selected() -> list[Selected]:
    """The rows of an index of the pages, as it should be."""
    rows, offset = [], 0
    for place, (url, data) in enumerate(members().items()):
        rows.append(Selected(f"0-{place}", url, "a.warc.gz", offset, len(data), sha1_digits(PAGES[url])))
        offset += len(data)
    return rows


def fetched(
    folder: CrawlFolder, archives: Path, rows: list[Selected], ranges: Any = None
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The account of a unit of these rows, and the rows that came of them."""
    write_selected(folder.round(1).addresses(0), marked(rows))
    how = Copying(str(archives), AGENT, "records of a test")
    account = fetch_units(folder, 1, [0], how, ranges or StoredRanges())[0]
    return account, {row["id"]: row for row in committed_rows(folder, 0, FETCHES_TABLE.names)}


@pytest.fixture
def folder(tmp_path: Path) -> CrawlFolder:
    """The folder of a selection."""
    return CrawlFolder(str(tmp_path / "out"))


def test_records_are_copied_as_they_were(folder: CrawlFolder, archives: Path) -> None:
    """Each record is in the segment byte for byte, behind the file's own; its row and line say where, and other readers read it."""
    wanted = [selected()[place] for place in (4, 1, 2)]
    account, rows = fetched(folder, archives, wanted)
    assert account["account"]["kept"] == account["account"]["entered"] == 3
    data = Path(folder.file(folder.archive(0, 0))).read_bytes()
    for one in wanted:
        row = rows[one.id]
        assert data[row["offset"] : row["offset"] + row["length"]] == members()[one.url]
        assert (row["taken_from"], row["taken_offset"], row["bytes"]) == ("a.warc.gz", one.offset, len(PAGES[one.url]))
        assert (row["status"], row["final_url"], row["date"]) == (200, one.url, "2024-05-18T01:58:10Z")
    kinds = [(found.rec_type, found.rec_headers["WARC-Target-URI"]) for found in ArchiveIterator(io.BytesIO(data))]
    assert kinds == [("warcinfo", None)] + [("response", f"http://ex.com/{number}") for number in (1, 2, 4)]
    assert len(Path(folder.index(0, 0)).read_text().splitlines()) == 3


def wrong(**changes: Any) -> Selected:
    """The row of a page with something wrong about it."""
    return selected()[2]._replace(**changes)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (wrong(offset=-1, length=-1), FetchFault.BAD_INDEX),
        (wrong(archive="b.warc.gz"), FetchFault.ARCHIVE_ABSENT),
        (wrong(offset=10_000_000), FetchFault.NOT_PARTIAL),
        (wrong(length=10_000), FetchFault.NOT_PARTIAL),
        (wrong(offset=selected()[2].offset + 1), FetchFault.NO_MEMBER),
        (wrong(length=selected()[2].length - 1), FetchFault.NO_MEMBER),
        (wrong(length=selected()[2].length + 5), FetchFault.NO_MEMBER),
        (wrong(url="http://ex.com/other"), FetchFault.WRONG_RECORD),
        (wrong(digest="A" * 32), FetchFault.CONTENT_CHANGED),
        (wrong(length=100 << 20), FetchFault.OVERSIZE),
        (Selected("0-2", "http://ex.com/r", "odd.warc.gz", len(odd()[0]), len(odd()[1]), ""), FetchFault.NO_MEMBER),
        (
            Selected("0-2", "http://ex.com/r", "odd.warc.gz", len(odd()[0] + odd()[1]), len(odd()[2]), ""),
            FetchFault.NO_MEMBER,
        ),
    ],
)
def test_what_is_not_meant(folder: CrawlFolder, archives: Path, row: Selected, fault: FetchFault) -> None:
    """A row that does not lead to its record fails by a closed class, alone: its neighbours are kept."""
    account, rows = fetched(folder, archives, [selected()[1], row, selected()[3]])
    assert rows["0-2"]["outcome"] == "failed" and rows["0-2"]["reason"] == fault
    assert rows["0-2"]["detail"] and not rows["0-2"]["transient"]
    assert account["account"]["kept"] == 2 and account["account"]["failed"] == {fault: 1}


def test_two_rows_of_one_record(folder: CrawlFolder, archives: Path) -> None:
    """The second row of a place is a duplicate of the first; a body that does not decode is a record all the same."""
    again = selected()[0]._replace(id="1-0")
    broken = Selected("1-1", "http://ex.com/b", "odd.warc.gz", 0, len(odd()[0]), "")
    account, rows = fetched(folder, archives, [again, selected()[0], broken])
    assert (rows["1-0"]["outcome"], rows["1-0"]["reason"], rows["1-0"]["of"]) == ("duplicate", "record", "0-0")
    assert rows["1-1"]["outcome"] == "kept" and rows["1-1"]["media_type"] == "text/html"
    assert account["account"]["duplicates"] == {"record": 1} and account["account"]["kept"] == 2


class Stopping:
    """Ranges that end with an error behind some."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.asked: list[Wanted] = []

    def run(self, wanted: Iterator[Wanted | None], tell: Any, idle: Any) -> None:
        """As `Ranges.run` says."""

        def some() -> Iterator[Wanted | None]:
            for one in wanted:
                if one is not None:
                    self.asked.append(one)
                if len(self.asked) > self.after:
                    raise VerificationError("stopped by the test")
                yield one

        StoredRanges().run(some(), tell)


def test_what_is_committed_is_not_asked_for_again(
    folder: CrawlFolder, archives: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart goes on behind the segments that are whole, and the account is that of all."""
    monkeypatch.setattr("pipeline.fetch.range_unit.spans", partial(spans, gap=0, most=1))
    monkeypatch.setattr("pipeline.fetch.segment.MOST_SECONDS", 0.0)
    stopping = Stopping(3)
    with pytest.raises(VerificationError):
        fetched(folder, archives, selected(), stopping)
    before = [row["id"] for row in committed_rows(folder, 0, ("id",))]
    assert 0 < len(before) < 6
    again = Stopping(100)
    account, rows = fetched(folder, archives, selected(), again)
    assert len(again.asked) == 6 - len(before) and len(rows) == 6
    assert account["account"]["kept"] == 6
    assert Counter(row["id"] for row in committed_rows(folder, 0, ("id",))).most_common(1)[0][1] == 1


def test_what_is_fetched_again(folder: CrawlFolder, archives: Path) -> None:
    """Of a unit those rows are for another attempt that failed in a transient way, as the index has them."""

    class Refusing:
        """Refuses all but the first range."""

        def run(self, wanted: Iterator[Wanted | None], tell: Any, idle: Any) -> None:
            """As `Ranges.run` says."""
            for number, one in enumerate(one for one in wanted if one):
                if number:
                    tell(Got(one, b"", FetchFault.HTTP_403, "refused"))
                else:
                    StoredRanges().run(iter([one]), tell)

    rows = [selected()[0], selected()[1], Selected("0-9", "http://ex.com/b", "odd.warc.gz", 0, 5, "")]
    account, _ = fetched(folder, archives, rows, Refusing())
    assert account["transient"] == 1
    assert list(failed_before(folder, 1, 0)) == [rows[2]] and list(failed_before(folder, 1, 7)) == []


def test_a_segment_is_closed_while_a_server_is_waited_for(folder: CrawlFolder, archives: Path) -> None:
    """What was fetched before a server refused is committed within a minute, not behind the quarter of an hour that it costs."""
    server = RangeServer(
        {"a.warc.gz": (archives / "a.warc.gz").read_bytes()}, odd=lambda path, number: 403 if number == 3 else None
    )
    net, early = Clocked(server), []

    def step() -> float:
        if net.now > 200 and not early:
            early.append(len(list(committed_rows(folder, 0, ("id",)))))
        return net.now

    write_selected(folder.round(1).addresses(0), marked(selected()))
    how = Copying("http://cc.test", AGENT, "records of a test")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.fetch.range_unit.spans", partial(spans, gap=0, most=1))
        account = fetch_units(folder, 1, [0], how, WebRanges(Settings(AGENT), RANGES, "a", net, step), clock=net.clock)[
            0
        ]
    assert account["account"]["kept"] == 6 and net.now > 900
    assert early == [3]


def test_units_of_one_server_share_its_turns(folder: CrawlFolder, archives: Path) -> None:
    """Units are fetched one after the other by one client, with an account each; a unit that is whole already asks for nothing."""
    server = RangeServer({"a.warc.gz": (archives / "a.warc.gz").read_bytes()})
    net = Clocked(server)
    for unit in range(3):
        write_selected(folder.round(1).addresses(unit), marked(selected()[2 * unit : 2 * unit + 2]))
    how = Copying("http://cc.test/", AGENT, "records of a test")
    for asked in (3, 0):
        before = len(server.seen)
        told: list[tuple[int, int]] = []
        ranges = WebRanges(Settings(AGENT), RANGES, "a", net, net.clock)
        accounts = fetch_units(
            folder, 1, range(3), how, ranges, lambda unit, done, told=told: told.append((unit, done))
        )  # type: ignore[misc]
        assert [accounts[unit]["account"]["kept"] for unit in range(3)] == [2, 2, 2]
        assert told == [(unit, done) for unit in range(3) for done in (1, 2)]
        assert len(server.seen) - before == asked and net.most <= 2
