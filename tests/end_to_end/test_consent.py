"""From a crawl to corpora: what sites say of use is asked for, stored in the archive, and obeyed by a recipe that is told to."""

from pathlib import Path

import pytest

from pipeline.fetch.addresses import in_order, write_addresses
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.unit import fetch_unit
from pipeline.fetch.visit import Conduct
from schemas.manifest import Manifest
from tests.support.runs import recipe, rows, run_on
from tests.support.small_net import AGENT, Page, SmallNet, redirect, rows_of
from tests.support.web import page, passage, picture

PNG = {"Content-Type": "image/png"}
NAMES = ("moved", "sent", "free")
ROBOTS = b"User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nAllow: /"
RSL = b"License: https://terms.com/license.xml\nUser-agent: *\nAllow: /"
PAGES = {
    "http://a.com/1": Page(
        page(passage(1), *(f'<img src="/{name}.png" alt="the picture {name} of it">' for name in NAMES))
    ),
    "http://a.com/free.png": Page(picture(3), headers=PNG),
    # Its own site says nothing of it; that which it lies at does.
    "http://a.com/moved.png": redirect("http://img.com/moved.png"),
    "http://img.com/moved.png": Page(picture(1), headers=PNG),
    "http://img.com/.well-known/tdmrep.json": Page(b'[{"location": "*.png", "tdm-reservation": 1}]'),
    # The redirect says it.
    "http://a.com/sent.png": Page(b"", 302, {"Location": "http://free.com/sent.png", "X-Robots-Tag": "NoAI"}),
    "http://free.com/sent.png": Page(picture(2), headers=PNG),
    # Its robots.txt lies at another origin.
    "http://old.com/2": Page(page(passage(2))),
    "http://old.com/robots.txt": redirect("https://old.com/robots.txt"),
    "https://old.com/robots.txt": Page(ROBOTS, headers={"Content-Type": "text/plain"}),
    "http://rsl.com/3": Page(page(passage(3))),
    "http://rsl.com/robots.txt": Page(RSL, headers={"Content-Type": "text/plain"}),
    "http://link.com/4": Page(page(passage(4), '<link rel="LICENSE" type="application/rsl+xml" href="/l.xml">')),
    # What is no such file is no page that was asked for either.
    "http://link.com/ai.txt": Page(page(passage(5))),
}
ASKED = [url for url in PAGES if url[-1].isdigit() or url.startswith("http://a.com")]


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The archives of a crawl."""
    folder, net = CrawlFolder(str(tmp_path_factory.mktemp("crawl"))), SmallNet(PAGES)
    hosts = [(row.url.split("/")[2], row) for row in rows_of(*ASKED)]
    write_addresses(folder.round(1).addresses(0), in_order(hosts, 0))
    account = fetch_unit(folder, 1, 0, Conduct(AGENT), net, clock=net.clock)["account"]
    assert account["kept"] == len(ASKED)
    return folder.path


def made(archives: str, output: Path, consent: str) -> tuple[dict[tuple[str, str], str], Manifest]:
    """What left the corpora of a run, by corpus and address: the rule."""
    manifest = run_on([archives], output, recipe("raw", f"consent={consent}", 'opt_outs=["noai"]'))
    assert all(account.holds() for account in manifest.accounts)
    left = {(row["corpus"], row["url"]): row["rule"] for row in rows(output, "dropped")}
    return {key: rule for key, rule in left.items() if key[0] in ("text", "pairs")}, manifest


def test_strict_takes_nothing_that_is_reserved(archives: str, tmp_path: Path) -> None:
    """By files of the sites that redirects lead to, by files behind redirects, by headers of redirects, by terms."""
    left, _ = made(archives, tmp_path / "out", "strict")
    assert left == {
        ("text", "http://old.com/2"): "robots_ai",
        ("text", "http://rsl.com/3"): "rsl",
        ("text", "http://link.com/4"): "rsl",
        ("pairs", "http://a.com/moved.png"): "tdm_reserved",
        ("pairs", "http://a.com/sent.png"): "noai",
    }
    assert [row["url"] for row in rows(tmp_path / "out", "text")] == ["http://a.com/1"]
    assert [row["url"] for row in rows(tmp_path / "out", "pairs")] == ["http://a.com/free.png"]


def test_recorded_takes_all_and_shows_what_was_said(archives: str, tmp_path: Path) -> None:
    """Whatever else the recipe names; a file's line stands once, though its archive and the record both say it."""
    left, _ = made(archives, tmp_path / "out", "recorded")
    assert left == {}
    assert {row["url"]: row["directives"] for row in rows(tmp_path / "out", "text")} == {
        "http://a.com/1": [],
        "http://old.com/2": ["robots.txt: gptbot: disallow: /"],
        "http://rsl.com/3": ["robots.txt: *: license: https://terms.com/license.xml"],
        "http://link.com/4": ['link: </l.xml>; rel="license"; type="application/rsl+xml"'],
    }
    assert {row["ref_url"]: row["directives"] for row in rows(tmp_path / "out", "pairs")} == {
        "http://a.com/free.png": [],
        "http://a.com/moved.png": ["tdmrep.json: *.png: tdm-reservation: 1"],
        "http://a.com/sent.png": [],
    }
