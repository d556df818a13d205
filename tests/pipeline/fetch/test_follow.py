"""What a crawl follows, on loopback: links to a depth, behind a retry, sitemaps; each address is asked for once."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from jobs.cli import main
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.marker import read_marker
from tests.support.served import Served, served
from transforms.consent.policies import kind_of

AGENT = "ex-bot/1.0 (+https://ex.com/bot)"
PAGES = {
    "index": '<a href="p1.html">1</a> <a href="/./p1.html#again">1</a> <a rel="nofollow" href="n.html">n</a> <a href="/i.jpg">i</a>'
    '<a href="http://b.test/p1.html">b</a> <a href="mailto:me">me</a> <a href="/to/p2.html">2</a> <a href="/s/503/x">x</a>'
    '<a href="/to//b.test/m2.html">away</a> <a href="http://169.254.169.254/">no</a>',
    "p1": '<base href="/deep/"><a href="../p3.html">3</a> <a href="/index.html">home</a> <a href="/p2.html">where a redirect led</a>',
    "p2": '<meta name="robots" content="nofollow"><a href="n.html">n</a>',
    "p3": '<a href="p9.html">too deep</a>',
    "late": '<a href="/p4.html">4</a>',
    "p4": "4",
    "m1": '<a href="p1.html">1</a>',
    "m2": '<a href="/p1.html">of another host</a>',
    "many": "".join(f'<a href="/{n}.html">{n}</a>' for n in range(60)),
}
SITEMAPS = {
    "sitemap.xml": "<sitemapindex><sitemap><loc>http://c.test/more.xml.gz</loc></sitemap>"
    "<sitemap><loc>http://c.test/broken.xml</loc></sitemap></sitemapindex>",
    "more.xml.gz": "<urlset><url><loc>http://c.test/m1.html</loc></url><url><loc>http://b.test/m1.html</loc></url></urlset>",
    "broken.xml": "<urlset><url><loc>http://c.test/m2.html</loc></url><url><loc>http://c.test/?a&b</loc></url></urlset>",
    "theirs.xml": "<urlset><url><loc>http://v.test/m1.html</loc></url><url><loc>http://e.test/m1.html</loc></url></urlset>",
    "named.xml": "<sitemapindex><sitemap><loc>http://s.test/named-pages.xml</loc></sitemap></sitemapindex>",
    "named-pages.xml": "<urlset><url><loc>http://a.test/m1.html</loc></url><url><loc>http://s.test/m1.html</loc></url></urlset>",
}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The pages above, on any host; a redirect leads to another one."""
    folder = tmp_path_factory.mktemp("web")
    for name, body in PAGES.items():
        (folder / f"{name}.html").write_text(f"<!doctype html><title>{name}</title>{body}")
    for name, body in SITEMAPS.items():
        (folder / name).write_bytes(gzip.compress(body.encode()) if name.endswith(".gz") else body.encode())
    robots = {
        "f.test": b"Sitemap: http://g.test/none.xml\nSitemap: http://h.test/none.xml\nSitemap: /none.xml",
        "e.test": b"Sitemap: /to//v.test/theirs.xml",
        "a.test": b"Sitemap: http://s.test/named.xml\nSitemap: /sitemap-that-is-not.xml",
    }
    with served(folder, robots) as found:
        yield found


def crawl(web: Served, folder: Path, *words: str, seeds: str = "", status: int = 0) -> None:
    """A crawl by the command line."""
    where = ["--resolve", f"*:127.0.0.1:{web.port}", "--allow-address", "127.0.0.1"]
    command = ["crawl", "--agent", AGENT, "--delay", "0", *where, "--json", "--quiet"]
    if seeds:
        (folder / "seeds.txt").write_text(seeds)
        command += ["--urls", str(folder / "seeds.txt"), "--output", str(folder / "out")]
    assert main([*command, *words]) == status


def asked(web: Served) -> set[str]:
    """What was asked for since the last time, but for the files of sites about use; nothing twice."""
    found = {f"{host}{path}": many for (host, path), many in web.asked.items()}
    found = {url: many for url, many in found.items() if not kind_of(f"http://{url}")}
    web.asked.clear()
    assert set(found.values()) <= {1}, found
    return set(found)


def accounts(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The accounts that a crawl printed, by corpus."""
    told = json.loads(capsys.readouterr().out)
    return {one["corpus"]: one for one in [told["account"], *told["found"]]}


def counts(account: dict[str, Any]) -> tuple[Any, ...]:
    """The numbers of an account."""
    return tuple(account[name] for name in ("entered", "kept", "dropped", "failed", "duplicates"))


def test_links(web: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two links deep; once more; after a loss of the last round's end; behind a retry that brought a page. Nothing is asked for twice."""
    seeds = "http://a.test/index.html\n"
    crawl(web, tmp_path, "--depth", "2", seeds=seeds)
    first = {f"a.test{path}" for path in ("/index.html", "/p1.html", "/to/p2.html", "/p2.html", "/p3.html", "/s/503/x")}
    assert asked(web) == first | {"a.test/to//b.test/m2.html", "b.test/m2.html"}
    told = accounts(capsys)
    assert counts(told["fetches"]) == (6, 5, {}, {"http_5xx": 1}, {})
    left = {"nofollow": 2, "not_http": 1, "no_page": 1, "out_of_scope": 1}
    assert counts(told["links"]) == (14, 5, left, {"address_refused": 1}, {"address": 3})
    assert counts(told["pages"]) == (4, 3, {"out_of_scope": 1}, {}, {})

    out, work = CrawlFolder(str(tmp_path / "out")), tmp_path / "out" / ".work" / "3"
    assert [one.name for one in read_marker(out).rounds] == ["given", "links 1 host", "links 2 host"]
    for name in ("found", "placed", "waves/00000"):
        (work / name / "done.json").unlink()
    crawl(web, tmp_path, seeds=seeds, status=2)
    assert "is not finished (links 2 host): the command that began it" in capsys.readouterr().err
    for _ in range(2):
        crawl(web, tmp_path, "--depth", "2", seeds=seeds)
        assert accounts(capsys) == told and not asked(web)

    before = web.answer
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web, "answer", lambda host, path: before(host, "/late.html" if path == "/s/503/x" else path))
        crawl(web, tmp_path, "--retry-failed", out.path)
        assert asked(web) == {"a.test/late.html"}
    capsys.readouterr()
    for _ in range(2):
        crawl(web, tmp_path, "--depth", "2", seeds=seeds)
        later = accounts(capsys)
        assert counts(later["fetches"]) == (7, 7, {}, {}, {}) and later["links"]["entered"] == 15
    assert asked(web) == {"a.test/p4.html"}
    rows = [row for path in sorted(tmp_path.rglob("rows/*/*.parquet")) for row in pq.read_table(path).to_pylist()]
    assert len({(row["id"], row["round"]) for row in rows}) == len(rows) == 8

    crawl(web, tmp_path, "--retry-failed", out.path, "--depth", "1", status=2)
    assert "--retry-failed follows nothing" in capsys.readouterr().err


def test_sitemaps(web: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sitemaps that robots.txt names, also on another host, and the usual one; an index; one that is a list; links of their pages."""
    (tmp_path / "mine.xml").write_text("<urlset><url><loc>http://c.test/p4.html</loc></url></urlset>")
    words = ("--urls", str(tmp_path / "mine.xml"), "--sitemaps", "--depth", "1", "--scope", "domain")
    crawl(web, tmp_path, *words, seeds="http://a.test/p4.html\n")
    given, maps = {"a.test/p4.html", "c.test/p4.html"}, {"s.test/named.xml", "a.test/sitemap-that-is-not.xml"}
    maps |= {f"c.test/{name}" for name in ("sitemap.xml", "broken.xml", "more.xml.gz")} | {"s.test/named-pages.xml"}
    pages = {"a.test/m1.html", "c.test/m1.html", "c.test/m2.html"}
    assert asked(web) == given | maps | pages | {"a.test/p1.html", "c.test/p1.html"}
    told = accounts(capsys)
    assert counts(told["sitemaps"]) == (6, 6, {}, {}, {})
    assert counts(told["files of sitemaps"]) == (7, 4, {"no_sitemap": 2}, {"bad_sitemap": 1}, {})
    assert counts(told["addresses in sitemaps"]) == (5, 3, {"out_of_scope": 2}, {}, {})
    assert counts(told["links"]) == (3, 2, {}, {}, {"address": 1})
    crawl(web, tmp_path, *words, seeds="http://a.test/p4.html\n")
    assert accounts(capsys) == told and not asked(web)


def test_a_sitemap_that_leads_elsewhere_opens_no_other_site(
    web: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A robots.txt names a sitemap of its own that redirects to one of another site: that site's pages are not asked for."""
    crawl(web, tmp_path, "--sitemaps", seeds="http://e.test/p4.html\n")
    maps = {"e.test/to//v.test/theirs.xml", "v.test/theirs.xml"}
    assert asked(web) == {"e.test/p4.html", "e.test/m1.html"} | maps
    assert counts(accounts(capsys)["addresses in sitemaps"]) == (2, 1, {"out_of_scope": 1}, {}, {})


def test_no_site_names_many_sitemaps_of_others(
    web: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the sitemaps that a robots.txt names on other domains so many are asked for, its own all; the others are counted."""
    monkeypatch.setattr("pipeline.fetch.look.MOST_ELSEWHERE", 1)
    crawl(web, tmp_path, "--sitemaps", seeds="http://f.test/m1.html")
    assert asked(web) == {"f.test/m1.html", "f.test/none.xml", "g.test/none.xml"}
    assert "most_of_sitemap" in capsys.readouterr().out


def test_a_domain_is_asked_for_no_more_than_it_may(
    web: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of sixty addresses about ten are asked for, and the others are counted."""
    crawl(web, tmp_path, "--depth", "1", "--most", "10", seeds="http://d.test/many.html\n")
    told = accounts(capsys)
    left = told["links"]["dropped"]["most_of_domain"]
    assert told["links"]["entered"] == 60 == told["links"]["kept"] + left and 40 < left < 56
    assert len(asked(web)) == 61 - left
