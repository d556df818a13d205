"""`triptych demo --crawl`: a site is fetched from a server of ours, and corpora are made of it."""

import json
import socket
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jobs import crawl, demo
from jobs.cli import main
from jobs.demo_site import COPIES, FORBIDDEN, HOST, NEAR, Site
from tests.support.runs import rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished demo."""
    found = tmp_path_factory.mktemp("demo") / "out"
    assert main(["demo", "--crawl", "--quiet", "--output", str(found)]) == 0
    return found


def test_what_is_fetched(folder: Path) -> None:
    """Everything but what robots.txt forbids, what is gone and what is no picture; what moved is found where it is now."""
    asked = Site(demo.SAMPLE).addresses()
    found = {row["url"]: row for path in folder.glob("crawled/rows/*/*") for row in pq.read_table(path).to_pylist()}
    assert sorted(found) == sorted(asked) and 90 < len(asked) < 120
    assert {url for url, row in found.items() if row["reason"] == "robots_disallow"} == {
        f"http://{HOST}{path}" for path in FORBIDDEN
    }
    told = json.loads((folder / "crawled" / "account.json").read_text())["account"]
    assert told["failed"] == {"http_4xx": 1, "unsupported_type": 1} and told["kept"] == len(asked) - 4
    assert found[f"http://{HOST}/old"]["redirects"] == 1


def test_what_is_made_of_it(folder: Path) -> None:
    """Each corpus has rows; the page that moved, the copy and the near copy are duplicates."""
    corpus = folder / "corpus"
    assert len(rows(corpus, "text")) == 30 and len(rows(corpus, "pairs")) > 40 and len(rows(corpus, "interleaved")) > 10
    left = [row for row in rows(corpus, "dropped") if row["corpus"] == "text" and row["of"]]
    assert Counter(row["rule"] for row in left) == {"url": 1, "text": 1, "near": 1}
    near = {row["url"] for row in rows(corpus, "text")} ^ {f"http://{COPIES}{NEAR}", f"http://{HOST}/2026/salt-road"}
    assert len(near) == 30 + 2 - 2 * 1  # one of the two stays


def test_the_same_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same command fetches nothing, though its server is at another port, and says where to look."""
    archives = {path: path.stat().st_mtime_ns for path in folder.glob("crawled/archive/*/*")}
    assert main(["demo", "--crawl", "--quiet", "--output", str(folder)]) == 0
    out = capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in folder.glob("crawled/archive/*/*")} == archives
    assert "crawled: 108 addresses" in out and "text rules" in out and f"{folder}/crawled/rows" in out


def test_the_server_ends_with_the_crawl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where somebody presses Ctrl-C: nobody answers any more."""
    ports: list[int] = []

    def interrupt(args: object) -> int:
        where = args.resolve[0]  # type: ignore[attr-defined]
        ports.append(int(where.rpartition(":")[2]))
        with socket.create_connection(("127.0.0.1", ports[0])):
            raise KeyboardInterrupt

    monkeypatch.setattr(crawl, "act", interrupt)
    assert main(["demo", "--crawl", "--quiet", "--output", str(tmp_path / "out")]) == 130
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", ports[0]))
