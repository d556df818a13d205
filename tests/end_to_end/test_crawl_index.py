"""`triptych crawl --index` from its arguments to corpora: records of archives in a folder, on a web server, in a bucket."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from jobs.cli import main
from pipeline import storage
from pipeline.fetch.exchange import Settings
from pipeline.fetch.index_rows import Selected
from pipeline.fetch.range_crawl import RangeRequest, copy_records
from tests.support.buckets import Buckets
from tests.support.indexed import index_of, lines_of, write_parquet
from tests.support.range_server import AGENT, RangeServer, serving
from tests.support.runs import SAMPLE, recipe, run_on
from tests.support.runs import rows as run_rows
from tests.support.shared_data import shared
from tests.support.shuffles import watched
from transforms.fetch.selection import Selection
from transforms.fetch.spans import spans
from transforms.fetch.turns import RANGES

NAME = "crawl-data/CC-MAIN-2024-22/segments/1.1/warc/sample.warc.gz"
OF_ITS_ARCHIVE = ("id", "source", "offset", "page_id", "path")


@pytest.fixture(scope="module")
def cc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like Common Crawl's: the bundled sample below its path, and an index of its records in Parquet and in lines."""
    folder = tmp_path_factory.mktemp("cc")
    place = folder / NAME
    place.parent.mkdir(parents=True)
    place.write_bytes(SAMPLE.read_bytes())
    found = index_of(place, NAME)
    write_parquet(folder / "index/crawl=CC-MAIN-2024-22/subset=warc/part-0.parquet", found)
    (folder / "cdx-00000").write_bytes(lines_of(found))
    return folder


def command(cc: Path, output: Path, *more: str, index: str = "index", base: str = "") -> list[str]:
    """A selection."""
    where = ["--index", str(cc / index), "--archives", base or str(cc), "--output", str(output)]
    return ["crawl", *where, "--agent", AGENT, "--json", "--quiet", *more]


def told(words: list[str], capsys: pytest.CaptureFixture[str], status: int = 0) -> Any:
    """What a command says of the records."""
    assert main(words) == status
    return json.loads(capsys.readouterr().out)


def copied(folder: Path) -> list[dict[str, Any]]:
    """All rows of a selection."""
    return [row for path in sorted(folder.rglob("rows/*/*.parquet")) for row in pq.read_table(path).to_pylist()]


def corpora(folder: Path) -> dict[str, list[str]]:
    """The rows of a run, without ids, archives and places in them; images by their bytes."""
    found = {}
    for corpus in ("text", "pairs", "interleaved"):
        found[corpus] = sorted(repr(without_places(row)) for row in run_rows(folder, corpus))
    return found


def without_places(value: Any) -> Any:
    """A value of a row, without what its archive gives it."""
    if isinstance(value, dict):
        return {
            key: without_places(json.loads(one) if key == "metadata" else one)
            for key, one in value.items()
            if key not in OF_ITS_ARCHIVE
        }
    return [without_places(one) for one in value] if isinstance(value, list) else value


def test_the_same_corpora(
    cc: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run over the selection gives the corpora of a run over the archive; no body is shuffled; both kinds of index select the same."""
    shuffled = watched(monkeypatch)
    out = tmp_path / "out"
    # Redirects too, since a picture behind one is found by it.
    account = told(command(cc, out, "--select", "status=*"), capsys)["account"]
    total = len(index_of(SAMPLE))
    assert account["kept"] == account["entered"] == total > 50
    assert sum(map(len, shuffled)) < 1000 * total
    by_lines = told(command(cc, tmp_path / "lines", "--select", "status=*", index="cdx-00000"), capsys)
    assert by_lines["account"] == account
    places = [
        sorted((row["taken_offset"], row["sha256"]) for row in copied(tmp_path / name)) for name in ("out", "lines")
    ]
    assert places[0] == places[1]
    monkeypatch.undo()
    run_on([str(SAMPLE)], tmp_path / "whole", recipe("raw"))
    run_on([str(out)], tmp_path / "selected", recipe("raw"))
    whole, selected = corpora(tmp_path / "whole"), corpora(tmp_path / "selected")
    assert whole == selected and all(whole.values())


def test_a_selection(cc: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is selected by media type is what is copied; the same command again changes nothing; another one is refused."""
    out = tmp_path / "out"
    words = command(cc, out, "--select", "mime=image/*", "status=*")
    first = told(words, capsys)
    rows = copied(out)
    assert 0 < len(rows) == first["account"]["kept"] < len(index_of(SAMPLE))
    assert all(row["media_type"].startswith("image/") for row in rows)
    assert told(words, capsys) == first
    assert main(command(cc, out)) == 2
    assert "or another selection of them" in capsys.readouterr().err
    (tmp_path / "list.txt").write_text("http://a.test/")
    assert main(["crawl", "--urls", str(tmp_path / "list.txt"), "--output", str(out), "--agent", AGENT]) == 2
    assert "holds records that an index named" in capsys.readouterr().err


@pytest.fixture
def web(cc: Path) -> Iterator[RangeServer]:
    """The same folder on a web server."""
    files = {str(path.relative_to(cc)): path.read_bytes() for path in cc.rglob("*") if path.is_file()}
    with serving(RangeServer(files)) as up:
        yield up


def reach(server: RangeServer) -> list[str]:
    """How to reach a server as cc.test."""
    return ["--resolve", f"cc.test:127.0.0.1:{server.port}", "--allow-address", "127.0.0.1"]


def test_archives_on_the_web(cc: Path, web: RangeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By ranges over http: few connections, few requests, the agent in each; the account of the local one."""
    here = told(command(cc, tmp_path / "here"), capsys)
    there = told(command(cc, tmp_path / "there", *reach(web), base="http://cc.test/"), capsys)
    assert (there["account"], there["bytes"]) == (here["account"], here["bytes"])
    assert {one.status for one in web.seen} == {206} and web.most_open <= 2
    assert len(web.seen) < here["account"]["kept"] and all(AGENT.encode() in head for head in web.heads)


def test_an_index_on_the_web(cc: Path, web: RangeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An index is read from a server by ranges, a second apart, once."""
    url = "http://cc.test/index/crawl=CC-MAIN-2024-22/subset=warc/part-0.parquet"
    words = [
        "crawl",
        "--index",
        url,
        "--archives",
        str(cc),
        "--output",
        str(tmp_path / "out"),
        "--agent",
        AGENT,
        "--json",
        "--quiet",
    ]
    first = told([*words, *reach(web)], capsys)
    asked = len(web.seen)
    assert first["account"]["kept"] > 20 and 1 < asked < 6
    assert all(after.at - before.at >= 1 for before, after in pairwise(web.seen))
    assert told([*words, *reach(web)], capsys) == first and len(web.seen) == asked


def test_what_failed_is_fetched_again(
    cc: Path, web: RangeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a busy server did not give comes with `--retry-failed`, which asks for nothing else; the account counts each record once."""
    web.odd = lambda path, number: 503 if web.seen and number < 4 else None
    quick = replace(RANGES, least=0.01, most=0.01, window=0.01, tries=2)
    settings = Settings(AGENT, web.settings().rules, web.settings().resolve)
    out = str(tmp_path / "out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.fetch.range_unit.spans", partial(spans, gap=0, most=1))
        first = copy_records(
            RangeRequest(out, settings, (str(cc / "index"),), Selection(), "http://cc.test/", range_terms=quick)
        )
    assert first.account.failed == {"http_5xx": first.transient} and first.transient > 0
    before = len(web.seen)
    again = told(["crawl", "--retry-failed", out, "--agent", AGENT, "--json", "--quiet", *reach(web)], capsys)
    assert again["account"]["kept"] == again["account"]["entered"] == first.account.entered
    assert again["transient"] == 0 and len(web.seen) - before <= first.transient
    assert sorted(row["round"] for row in copied(tmp_path / "out") if row["outcome"] == "kept")[-1] == 2


def test_a_bucket(cc: Path, tmp_path: Path, buckets: Buckets, capsys: pytest.CaptureFixture[str]) -> None:
    """Index, archives and output in a bucket: the account of the local one."""
    here = told(command(cc, tmp_path / "here"), capsys)
    settings, root = buckets.s3(), buckets.set_up("s3", tmp_path)
    for path in (path for path in cc.rglob("*") if path.is_file()):
        with storage.write_whole(f"{root}/cc/{path.relative_to(cc)}") as file:
            file.write(path.read_bytes())
    how = [word for key, value in settings.items() for word in ("--storage", f"{key}={value}")]
    words = [
        "crawl",
        "--index",
        f"{root}/cc/index",
        "--archives",
        f"{root}/cc/",
        "--output",
        f"{root}/out",
        "--agent",
        AGENT,
    ]
    there = told([*words, "--json", "--quiet", *how], capsys)
    assert (there["account"], there["bytes"]) == (here["account"], here["bytes"])


def test_an_interrupted_selection_goes_on(
    cc: Path, web: RangeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Broken off while it fetches and started again: a row for each record, and nothing is asked for twice that was committed."""
    from pipeline.fetch import range_unit

    words, right = command(cc, tmp_path / "out", *reach(web), base="http://cc.test/"), range_unit.taken_of

    def broken(row: Selected, data: bytes) -> Any:
        if len(web.seen) > 5:
            raise RuntimeError("broken off by the test")
        return right(row, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.fetch.segment.MOST_SECONDS", 0.0)
        patch.setattr("pipeline.fetch.range_unit.spans", partial(spans, gap=0, most=1))
        patch.setattr("pipeline.fetch.range_unit.taken_of", broken)
        assert main(words) == 1
    committed = {row["taken_offset"] for row in copied(tmp_path / "out")}
    web.seen.clear()
    capsys.readouterr()
    account = told(words, capsys)["account"]
    rows = copied(tmp_path / "out")
    assert account["kept"] == account["entered"] == len({row["id"] for row in rows}) == len(rows)
    assert committed and not committed & {one.start for one in web.seen}


def test_a_real_sample(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a real crawl's archive all 15 pages of status 200 are fetched by range."""
    archive = shared("archives/dolma-cc-samples/warc/sample-0001.warc.gz")
    (tmp_path / "a.cdxj").write_bytes(lines_of(index_of(archive)))
    with serving(RangeServer({archive.name: archive.read_bytes()})) as up:
        words = [
            "crawl",
            "--index",
            str(tmp_path / "a.cdxj"),
            "--archives",
            "http://cc.test",
            "--output",
            str(tmp_path / "out"),
        ]
        account = told([*words, "--agent", AGENT, "--json", "--quiet", *reach(up)], capsys)["account"]
    assert account["kept"] == account["entered"] == 15


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--index", "x.parquet"], "an index needs"),
        (["--select", "host=a"], "an index needs"),
        (["--index", "x.parquet", "--archives", "b"], "an index needs"),
        (["--index", "x.parquet", "--archives", "b", "--output", "o", "--urls", "l.txt"], "an index needs"),
        (["--index", "x.parquet", "--archives", "b", "--output", "o", "--waves", "1"], "--waves is for addresses"),
        (["--index", "x.parquet", "--archives", "b", "--output", "o"], "no such index"),
        (["--index", "x.parquet", "--archives", "b", "--output", "o", "--select", "hots=a"], "did you mean host"),
        (
            ["--index", "x.parquet", "--archives", "b", "--output", "o", "--select", "host=@hosts.txt"],
            "hosts.txt: no such file",
        ),
    ],
)
def test_wrong_use(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong is said in a line, with status 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    assert main(["crawl", "--agent", AGENT, *words]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
