"""Ranges of archives: what a server of the web may answer, by real requests and by a clock of the tests; files on disks."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks.common_crawl_mock import hasty, polite
from pipeline.clients import StorageError
from pipeline.fetch.exchange import Settings
from pipeline.fetch.index_rows import read_index
from pipeline.fetch.ranges import Got, StoredRanges, Wanted, WebIndexes, WebRanges, index_opener
from tests.support.index_tables import captures, table_of
from tests.support.range_server import AGENT, Clocked, RangeServer, partial, plain, serving
from transforms.fetch.faults import FetchFault
from transforms.fetch.selection import Selection
from transforms.fetch.turns import INDEXES, RANGES, Terms

DATA = bytes(range(256)) * 40
URL = "http://cc.test/a.warc.gz"
QUICK = replace(RANGES, least=0.01, most=0.05, window=0.1, stop=0.2, tries=3)


def got(ranges: WebRanges | StoredRanges, wanted: list[Wanted]) -> list[Got]:
    """What came, in the order of the keys."""
    found: list[Got] = []
    ranges.run(iter(wanted), found.append)
    return sorted(found, key=lambda one: int(one.wanted.key))


def pieces(count: int = 40, size: int = 256) -> list[Wanted]:
    """Neighbouring ranges."""
    return [Wanted(URL, place * size, place * size + size, place) for place in range(count)]


def test_the_mock_refuses_the_hasty_and_not_us() -> None:
    """Where a third connection meets 403 and a twentieth of all requests 503, hundreds of ranges come, and none meets a 403."""
    told = polite(400, speed=1000)
    assert told["ended"] == {"brought": 400} and told["403"] == 0 and told["most_connections"] <= 2
    assert told["503"] > 10 and told["requests"] == 400 + told["503"]
    assert hasty(100)["403"] > 10


ODD = {
    200: (b"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n" + bytes(300), FetchFault.NOT_PARTIAL),
    206: (partial(5, 9999, bytes(256)), FetchFault.NOT_PARTIAL),
    2060: (
        partial(0, 9999, bytes(256)).replace(b"Content-Length: 256", b"Content-Length: 200")[:-56],
        FetchFault.NOT_PARTIAL,
    ),
    2061: (partial(0, 9999, bytes(300)), FetchFault.NOT_PARTIAL),
    2062: (partial(0, 9999, bytes(256)).replace(b"-255/", b"-" + b"2" * 5000 + b"/"), FetchFault.NOT_PARTIAL),
    302: (plain(302, b"Location: http://cc.test/b\r\n"), FetchFault.BAD_RESPONSE),
    404: (plain(404), FetchFault.ARCHIVE_ABSENT),
    416: (plain(416), FetchFault.NOT_PARTIAL),
    401: (plain(401), FetchFault.HTTP_4XX),
    403: (plain(403), FetchFault.HTTP_403),
    500: (plain(500), FetchFault.HTTP_5XX),
    429: (plain(429), FetchFault.HTTP_429),
    0: (b"HTTP/1.1 206 OK\r\n", FetchFault.RESET),
}


@pytest.fixture(scope="module")
def odd() -> Iterator[RangeServer]:
    """A server whose path says what is answered."""
    with serving(
        RangeServer(
            {"a.warc.gz": DATA}, odd=lambda path, number: ODD[int(path[2:])][0] if path.startswith("/n") else None
        )
    ) as up:
        yield up


@pytest.mark.parametrize("number", [number for number in ODD if number])
def test_answers_that_are_no_part(odd: RangeServer, number: int) -> None:
    """Each ends as a fault of the closed list; 4xx are asked for once, but for 403 and 429, which are asked for again, as 5xx are."""
    odd.seen.clear()
    (one,) = got(WebRanges(odd.settings(), QUICK, "a"), [Wanted(f"http://cc.test/n{number}", 0, 256, 0)])
    assert (one.fault, one.data) == (ODD[number][1], b"")
    assert len(odd.seen) == {403: 2, 429: 3, 500: 3}.get(number, 1)
    assert one.detail


def test_parts_in_chunks_and_at_the_end(odd: RangeServer) -> None:
    """A chunked part is joined; a part of a file that ends before is what there is; packed on the way is nothing."""
    chunked = b"HTTP/1.1 206 OK\r\nContent-Range: bytes 0-4/9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"
    with serving(RangeServer({}, odd=lambda path, number: chunked)) as up:
        (one,) = got(WebRanges(up.settings(), QUICK, "a"), [Wanted(URL, 0, 5, 0)])
    assert (one.data, one.size, one.fault) == (b"abcde", 9, None)
    odd.heads.clear()
    (one,) = got(WebRanges(odd.settings(), QUICK, "a"), [Wanted(URL, len(DATA) - 3, len(DATA) + 90, 0)])
    assert (one.data, one.size) == (DATA[-3:], len(DATA))
    assert b"Accept-Encoding: identity" in odd.heads[0] and AGENT.encode() in odd.heads[0]


def clocked(server: RangeServer, terms: Terms = RANGES) -> tuple[WebRanges, Clocked]:
    """Ranges by a clock that the client moves."""
    net = Clocked(server)
    return WebRanges(Settings(AGENT), terms, "a", net, net.clock), net


def test_a_403_waits_a_quarter_of_an_hour() -> None:
    """One 403 among many requests: nothing is asked for 15 minutes, then that range alone, then the others; all come."""
    ranges, net = clocked(RangeServer({"a.warc.gz": DATA}, odd=lambda path, number: 403 if number == 25 else None))
    found = got(ranges, pieces())
    assert b"".join(one.data for one in found) == DATA
    times = [at for at, _ in net.asked]
    pauses = [after - before for before, after in pairwise(times)]
    assert [pause for pause in pauses if pause > 60] == [pytest.approx(900, abs=1)]
    assert net.most <= 2


def test_a_server_that_refuses_all() -> None:
    """Behind four 403s in a row nothing is asked any more: what is left fails in a way that may be well another day."""
    ranges, net = clocked(RangeServer({"a.warc.gz": DATA}, odd=lambda path, number: 403))
    found = got(ranges, pieces())
    assert len(net.asked) == 4 and net.now == pytest.approx(2700, abs=10)
    assert {one.fault for one in found} == {FetchFault.HOST_UNHEALTHY, FetchFault.HTTP_403}
    assert all(one.fault and one.fault.transient for one in found) and len(found) == 40


def test_patience_is_kept() -> None:
    """A `Retry-After` of a 503 is waited for."""
    answer = plain(503, b"Retry-After: 77\r\n")
    ranges, net = clocked(RangeServer({"a.warc.gz": DATA}, odd=lambda path, number: answer if number == 0 else None))
    assert not got(ranges, pieces(1))[0].fault
    assert net.asked[1][0] - net.asked[0][0] == pytest.approx(77, abs=1)


def test_files_on_disks(tmp_path: Path) -> None:
    """Ranges of a local file; absent ones and ends are the same faults as on the web."""
    (tmp_path / "a").write_bytes(DATA)
    wanted = [
        Wanted(str(tmp_path / name), start, start + 10, place)
        for place, (name, start) in enumerate([("a", 5), ("b", 0), ("a", 99_999), ("", 0)])
    ]
    found = got(StoredRanges(), wanted)
    assert found[0].data == DATA[5:15]
    assert [one.fault for one in found[1:]] == [
        FetchFault.ARCHIVE_ABSENT,
        FetchFault.NOT_PARTIAL,
        FetchFault.ARCHIVE_ABSENT,
    ]


def test_an_index_on_the_web(tmp_path: Path) -> None:
    """A Parquet index is read by ranges, a second and more apart, one at a time; absent and refused ones say so."""
    pq.write_table(table_of(captures(4000)), tmp_path / "a.parquet", row_group_size=1000, compression="none")
    server = RangeServer(
        {"a.parquet": (tmp_path / "a.parquet").read_bytes()},
        odd=lambda path, number: 401 if path == "/no.parquet" else None,
    )
    ranges, net = clocked(server, INDEXES)
    web = WebIndexes(lambda: ranges)
    url = "http://cc.test/a.parquet"
    assert list(read_index(url, 0, Selection(), web.open)) == list(
        read_index(str(tmp_path / "a.parquet"), 0, Selection())
    )
    times = [at for at, _ in net.asked]
    assert len(times) > 3 and net.most == 1
    assert all(after - before >= 1 for before, after in pairwise(times))
    with pytest.raises(FileNotFoundError):
        web.open("http://cc.test/b.parquet")
    with pytest.raises(StorageError, match="http_4xx"):
        web.open("http://cc.test/no.parquet")


def test_an_index_by_real_requests(tmp_path: Path) -> None:
    """The opener of workers takes a web address to its server, and a path to a file."""
    pq.write_table(table_of(captures(100)), tmp_path / "a.parquet")
    with serving(RangeServer({"a.parquet": (tmp_path / "a.parquet").read_bytes()})) as up:
        opener = index_opener(up.settings(), replace(INDEXES, pause=0.0))
        rows = list(read_index("http://cc.test/a.parquet", 0, Selection(), opener))
    assert rows == list(read_index(str(tmp_path / "a.parquet"), 0, Selection(), opener)) and rows
