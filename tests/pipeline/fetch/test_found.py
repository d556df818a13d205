"""Rounds of addresses that are found in something: what is new is fetched, and what an earlier round asked for is not asked for again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.fetch.crawl import CrawlRequest, crawl
from pipeline.fetch.exchange import Settings
from pipeline.fetch.found import Source
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.marker import read_marker
from pipeline.fetch.visit import Conduct
from schemas.outcomes import UserError
from tests.support.served import Served, served
from transforms.consent.policies import kind_of
from transforms.fetch.address import Rules, networks

AGENT = "ex-bot/1.0 (+https://ex.com/bot)"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Served]:
    """Some files, on any host."""
    folder = tmp_path / "web"
    folder.mkdir()
    for name in "abcdef":
        (folder / f"{name}.html").write_bytes(name.encode() * 100)
    with served(folder, {}) as found:
        yield found


def spelled(line: str) -> Iterator[str]:
    """The addresses of a line, of which one is written in two ways."""
    for name in json.loads(line):
        yield f"http://h{ord(name) % 2}.test/{name}.html"
        yield f"http://h{ord(name) % 2}.test/./{name}.html#part"


def asked(web: Served, folder: Path, *sources: str, name: str = "", urls: tuple[str, ...] = ()) -> CrawlRequest:
    """A crawl of the addresses of lines."""
    rules = Rules(allow=networks(["127.0.0.1"]))
    settings = Settings(AGENT, rules, {"*": f"127.0.0.1:{web.port}"})
    source = None if urls else Source(name, [json.dumps(list(one)) for one in sources], spelled)
    return CrawlRequest(str(folder), Conduct(AGENT, 0.0, rules=rules), settings, urls=urls, source=source)


def paths(web: Served) -> str:
    """What was asked for since the last time, but for the files of sites about use."""
    found = sorted(path[1] for host, path in web.asked if not kind_of(f"http://{host}{path}"))
    web.asked.clear()
    return "".join(found)


def test_each_round_asks_for_what_is_new(web: Served, tmp_path: Path) -> None:
    """An address that is found twice, or in another spelling, or in an earlier round, is asked for once; the account is of all rounds."""
    folder = tmp_path / "out"
    crawl(asked(web, folder, "abc", "bcd", name="one"))
    assert paths(web) == "abcd"
    second = crawl(asked(web, folder, "cdefx", name="two"))
    assert paths(web) == "efx"
    assert (second.account.entered, second.account.kept, second.account.failed) == (7, 6, {"http_4xx": 1})
    assert (
        crawl(asked(web, folder, "cdefx", name="two")) == crawl(asked(web, folder, "abc", "bcd", name="one")) == second
    )
    assert not web.asked
    rows = [row for path in sorted(folder.rglob("rows/*/*.parquet")) for row in pq.read_table(path).to_pylist()]
    assert len({row["id"] for row in rows}) == len(rows) == 7
    assert [one.name for one in read_marker(CrawlFolder(str(folder))).rounds] == ["one", "two"]


def test_what_was_not_finished_is_finished_first(web: Served, tmp_path: Path) -> None:
    """A round behind its placing is fetched before the next one begins; one that has no addresses yet is forgotten, files and all."""
    folder = tmp_path / "out"
    crawl(asked(web, folder, "ab", name="one"))
    work = folder / ".work" / "1"
    for path in (*(folder / "rows").rglob("*.parquet"), work / "waves" / "00000" / "done.json"):
        path.unlink()
    paths(web)
    assert crawl(asked(web, folder, "bc", name="two")).account.kept == 3
    assert paths(web) == "abc"
    (folder / ".work" / "2" / "placed" / "done.json").unlink()
    (folder / ".work" / "2" / "left").touch()
    for path in (folder / "rows").rglob("*.parquet"):
        if any("c.html" in row["url"] for row in pq.read_table(path).to_pylist()):
            path.unlink()
    assert crawl(asked(web, folder, "abcd", name="three")).account.kept == 4
    assert paths(web) == "cd" and not (folder / ".work" / "2" / "left").exists()
    assert [one.name for one in read_marker(CrawlFolder(str(folder))).rounds] == ["one", "three"]


def test_damaged_lists_are_found_again(web: Served, tmp_path: Path) -> None:
    """A list that was changed before its addresses were placed is made again from its source."""
    folder = tmp_path / "out"
    first = crawl(asked(web, folder, "ab", name="one"))
    work = folder / ".work" / "1"
    for name in ("found", "counts", "placed", "waves/00000"):
        (work / name / "part-00000.json").write_bytes(b"changed")
    paths(web)
    assert crawl(asked(web, folder, "ab", name="one")) == first
    assert not paths(web)


def test_a_crawl_of_lists_is_no_crawl_of_what_is_found(web: Served, tmp_path: Path) -> None:
    """Another kind of crawl does not go on in a folder of lists."""
    listed = tmp_path / "list.txt"
    listed.write_text("http://h.test/a.html")
    crawl(asked(web, tmp_path / "out", urls=(str(listed),)))
    with pytest.raises(UserError, match="crawl of other lists"):
        crawl(asked(web, tmp_path / "out", "ab", name="one"))
