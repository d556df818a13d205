"""What the files of sites say of a crawl's addresses: asked for politely, stored with each address, and obeyed where that is wanted."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from jobs.crawl import CONSENTS
from pipeline.fetch import policies as module
from pipeline.fetch import visit
from pipeline.fetch.addresses import in_order, write_addresses
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.policies import Consent, reserving, shown
from pipeline.fetch.segment import committed_rows
from pipeline.fetch.unit import fetch_unit
from pipeline.fetch.visit import Conduct
from pipeline.stage.classify import refusal
from schemas.fetches import FETCHES_TABLE
from schemas.records import Capture
from tests.support.small_net import AGENT, BEGAN, Page, SmallNet, redirect, rows_of
from transforms.consent.policies import kind_of
from transforms.consent.robots_txt import MOST_BYTES
from transforms.consent.said import FIELD, Said
from transforms.warc.read import read_captures

TEXT = {"Content-Type": "text/plain"}
ALL_RESERVED = Page(b'[{"location": "/", "tdm-reservation": 1}]', headers={"Content-Type": "application/json"})
HTML = Page(b"<!doctype html><title>Oops</title><p>There is no such page")


def text(body: str, **headers: str) -> Page:
    """A text file."""
    return Page(body.encode(), headers=TEXT | headers)


def crawled(
    folder: Path, pages: Mapping[str, Page], urls: Iterable[str], consent: Consent = Consent.RECORDED, **conduct: Any
) -> tuple[dict[str, dict[str, Any]], SmallNet]:
    """The rows of some addresses, by address, and the net that was asked."""
    crawl, net = CrawlFolder(str(folder)), SmallNet(pages)
    hosts = [(row.url.partition("//")[2].partition("/")[0], row) for row in rows_of(*urls)]
    write_addresses(crawl.round(1).addresses(0), in_order(hosts, 0))
    fetch_unit(crawl, 1, 0, Conduct(AGENT, consent=consent, **conduct), net, clock=net.clock)
    return {row["url"]: row for row in committed_rows(crawl, 0, FETCHES_TABLE.names)}, net


def captures(folder: Path) -> list[Capture]:
    """What a reader of the crawl's archives gets."""
    found = []
    for path in sorted(folder.rglob("*.warc.gz")):
        with open(path, "rb") as file:
            found += [item for item in read_captures(file) if isinstance(item, Capture)]
    return found


def said(row: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Signal, line and source of all that a row says of consent."""
    assert all(one["date"] == BEGAN for one in row["consent"])
    return [(one["signal"], one["line"], one["source"]) for one in row["consent"]]


def test_each_file_is_asked_for_once_and_counts_for_the_pause(tmp_path: Path) -> None:
    """In the queue of the host, behind robots.txt; that it is not there is no fault; and of robots.txt alone where that is wanted."""
    pages = {f"http://a.com/{n}": Page() for n in range(5)}
    rows, net = crawled(tmp_path / "1", pages, pages, pause=1.0)
    urls = [url.removeprefix("http://a.com") for _, url in net.asked]
    assert urls[:3] == ["/robots.txt", "/.well-known/tdmrep.json", "/ai.txt"]
    assert sorted(urls[3:]) == [f"/{n}" for n in range(5)]
    times = [at for at, _ in net.asked]
    assert all(later - at >= 1.0 for at, later in pairwise(times))
    assert all((row["outcome"], row["consent"], row["signals"]) == ("kept", [], []) for row in rows.values())
    assert {row["robots"] for row in rows.values()} == {"no file"}
    _, net = crawled(tmp_path / "2", pages, pages, Consent.ROBOTS)
    assert [url for _, url in net.asked if kind_of(url)] == ["http://a.com/robots.txt"]


SPEAKING = {
    "http://a.com/robots.txt": text(
        "License: https://a.com/terms.xml\nUser-agent: GPTBot\nDisallow: /p\n\nUser-agent: *\nContent-Signal: AI-Train=NO\nAllow: /"
    ),
    "http://a.com/.well-known/tdmrep.json": Page(b'[{"location": "/q", "tdm-reservation": 1, "tdm-policy": "p"}]'),
    "http://a.com/ai.txt": text("User-Agent: *\nDisallow: *.png"),
    "http://a.com/p.png": text("x", **{"X-ROBOTS-TAG": "NOAI, NoIndex", "tdm-Reservation": "0"}),
    "http://a.com/q": Page(),
    "http://a.com/r": redirect("http://b.com/r"),
    "http://b.com/robots.txt": text("User-agent: *\nDisallow: /private\n\nUser-agent: ex-bot\nAllow: /"),
    "http://b.com/.well-known/tdmrep.json": ALL_RESERVED,
    "http://b.com/r": Page(
        headers={"Content-Type": "text/html", "Link": '<l.xml>; rel="license"; type="application/rsl+xml"'}
    ),
}
SPEAKING["http://a.com/r"].headers["X-Robots-Tag"] = "noai"  # type: ignore[index]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, Any]]]:
    """A crawl of sites that say much."""
    folder = tmp_path_factory.mktemp("spoken")
    return folder, crawled(folder, SPEAKING, ["http://a.com/p.png", "http://a.com/q", "http://a.com/r"])[0]


def test_rows_hold_what_was_said(spoken: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    """Each line with its signal, the address of what said it, and when; by files, by headers in any case, and on redirects."""
    _, rows = spoken
    robots, tdm = "http://a.com/robots.txt", "http://a.com/.well-known/tdmrep.json"
    site = [
        ("signal_ai_train", "robots.txt: *: content-signal: ai-train=no", robots),
        ("rsl", "robots.txt: *: license: https://a.com/terms.xml", robots),
    ]
    assert said(rows["http://a.com/p.png"]) == [
        ("robots_ai", "robots.txt: gptbot: disallow: /p", robots),
        *site,
        ("ai_txt", "ai.txt: *: disallow: *.png", "http://a.com/ai.txt"),
        ("noai", "x-robots-tag: NOAI, NoIndex", "http://a.com/p.png"),
        ("noindex", "x-robots-tag: NOAI, NoIndex", "http://a.com/p.png"),
        ("", "tdm-reservation: 0", "http://a.com/p.png"),
    ]
    assert said(rows["http://a.com/q"]) == [
        *site,
        ("tdm_reserved", "tdmrep.json: /q: tdm-reservation: 1, tdm-policy: p", tdm),
    ]
    assert said(rows["http://a.com/r"]) == [
        *site,
        ("noai", "x-robots-tag: noai", "http://a.com/r"),
        ("tdm_reserved", "tdmrep.json: /: tdm-reservation: 1", "http://b.com/.well-known/tdmrep.json"),
        ("rsl", 'link: <l.xml>; rel="license"; type="application/rsl+xml"', "http://b.com/r"),
    ]
    assert rows["http://a.com/r"]["signals"] == ["signal_ai_train", "rsl", "noai", "tdm_reserved"]
    assert {row["robots"] for row in rows.values()} == {"allowed"}


def test_records_hold_what_files_said_of_them(spoken: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    """In the head of the response, behind its redirects; files of sites are captures themselves."""
    found = {capture.url: capture for capture in captures(spoken[0])}
    assert found["http://b.com/r"].said == (
        f"tdm_reserved {BEGAN} http://b.com/.well-known/tdmrep.json tdmrep.json: /: tdm-reservation: 1",
    )
    assert [line.partition(" ")[0] for line in found["http://a.com/p.png"].said] == [
        "robots_ai",
        "signal_ai_train",
        "rsl",
        "ai_txt",
    ]
    assert found["http://a.com/r"].said == ()
    assert {url for url in found if kind_of(url)} == {url for url in SPEAKING if kind_of(url)} | {"http://b.com/ai.txt"}
    assert FIELD.lower() == "triptych-consent"


def test_strict_fetches_nothing_that_is_kept_from_training(tmp_path: Path) -> None:
    """The row names the signal and what gives it; files bind where a redirect leads too, and a redirect's own header stops there."""
    rows, net = crawled(tmp_path, SPEAKING, ["http://a.com/p.png", "http://a.com/q", "http://b.com/r"], Consent.STRICT)
    assert [url for _, url in net.asked if url.startswith("http://a.com")] == ["http://a.com/robots.txt"]
    assert net.urls() == []
    assert {url: (row["outcome"], row["reason"]) for url, row in rows.items()} == {
        "http://a.com/p.png": ("dropped", "robots_ai"),
        "http://a.com/q": ("dropped", "signal_ai_train"),
        "http://b.com/r": ("dropped", "tdm_reserved"),
    }
    assert (
        rows["http://b.com/r"]["detail"] == "tdmrep.json: /: tdm-reservation: 1 (http://b.com/.well-known/tdmrep.json)"
    )


@pytest.mark.parametrize(
    ("head", "asked", "reason"),
    [
        ({}, ["http://c.com/1"], "tdm_reserved"),
        ({"X-Robots-Tag": "noai"}, ["http://c.com/1"], "noai"),
        ({"X-Robots-Tag": "noimageai"}, ["http://c.com/1"], "tdm_reserved"),
    ],
)
def test_strict_on_a_redirect(tmp_path: Path, head: dict[str, str], asked: list[str], reason: str) -> None:
    """What binds images alone does not stop an address that may be anything."""
    pages = SPEAKING | {"http://c.com/1": Page(b"", 302, {"Location": "http://b.com/r", **head})}
    rows, net = crawled(tmp_path, pages, ["http://c.com/1"], Consent.STRICT)
    assert net.urls() == asked and rows["http://c.com/1"]["reason"] == reason
    assert any(url.startswith("http://b.com/") for _, url in net.asked) == (reason == "tdm_reserved")


def test_leave_that_is_given_to_us_is_heard(tmp_path: Path) -> None:
    """Where a group names the crawler, what is said to everyone else is of no account."""
    pages = {
        "http://a.com/robots.txt": text("User-agent: ex-bot\nAllow: /\n\nUser-agent: *\nDisallow: /"),
        "http://a.com/1": Page(),
    }
    rows, _ = crawled(tmp_path, pages, ["http://a.com/1"], Consent.STRICT)
    assert (rows["http://a.com/1"]["outcome"], rows["http://a.com/1"]["consent"]) == ("kept", [])


def test_what_forbids_is_shown(tmp_path: Path) -> None:
    """The line of robots.txt, once, and when it was read; no other file of that site is asked for."""
    pages = {
        "http://a.com/robots.txt": text("User-agent: ex-bot\nDisallow: /"),
        "http://b.com/robots.txt": text("User-agent: *\nDisallow: /"),
        "http://c.com/robots.txt": Page(b"", 503),
    }
    rows, net = crawled(tmp_path, pages, [f"http://{host}.com/1" for host in "abc"])
    found = {url[7]: (row["robots"], said(row)) for url, row in rows.items()}
    where = {host: f"http://{host}.com/robots.txt" for host in "abc"}
    assert found == {
        "a": ("ex-bot: disallow: /", [("", "robots.txt: ex-bot: disallow: /", where["a"])]),
        "b": ("*: disallow: /", [("robots_all", "robots.txt: *: disallow: /", where["b"])]),
        "c": ("unreachable", [("", "robots.txt: not to be had: http_5xx: status 503", where["c"])]),
    }
    assert [url for _, url in net.asked] == list(where.values())


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Page(b"", 500), "http_5xx: status 500"),
        (Page(b"", 429), "http_429: status 429"),
        (Page(fault="timeout"), "timeout: seen in a test"),
        (Page(b"\x1f\x8b\x08 no gzip", headers={"Content-Encoding": "gzip"}), "a deflate stream does not inflate"),
    ],
)
def test_a_file_that_cannot_be_had(tmp_path: Path, answer: Page, why: str) -> None:
    """It might keep the address from training, so that strict asks another time; else the row says that nobody knows."""
    pages = {"http://a.com/1": Page(), "http://a.com/.well-known/tdmrep.json": answer}
    rows, net = crawled(tmp_path / "1", pages, ["http://a.com/1"], Consent.STRICT)
    row = rows["http://a.com/1"]
    assert (row["outcome"], row["reason"], row["transient"]) == ("failed", "policy_unreachable", True)
    assert why in row["detail"] and net.urls() == []
    rows, _ = crawled(tmp_path / "2", pages, ["http://a.com/1"])
    row = rows["http://a.com/1"]
    assert (row["outcome"], row["signals"]) == ("kept", [])
    ((signal, line),) = ((one["signal"], one["line"]) for one in row["consent"])
    assert signal == "" and line.startswith("tdmrep.json: not to be had: ") and why in line


def test_a_refusal_of_a_file_asks_the_host_for_patience(tmp_path: Path) -> None:
    """A Retry-After counts whatever was asked for."""
    pages = {"http://a.com/1": Page(), "http://a.com/ai.txt": Page(b"", 503, {"Retry-After": "30"})}
    _, net = crawled(tmp_path, pages, ["http://a.com/1"])
    (before, _), (after, url) = net.asked[-2:]
    assert url == "http://a.com/1" and after - before >= 30


@pytest.mark.parametrize("answer", [HTML, Page(HTML.body, 404), redirect("http://a.com/"), Page(b"\x89PNG\r\n\x1a\n")])
def test_a_page_in_place_of_a_file_says_nothing(tmp_path: Path, answer: Page) -> None:
    """And the archive holds nothing of it that a corpus would take for a page that was asked for."""
    pages = {"http://a.com/1": Page(), "http://a.com/": HTML} | {
        f"http://a.com{path}": answer for path, _ in module.KINDS.values()
    }
    rows, _ = crawled(tmp_path, pages, ["http://a.com/1"], Consent.STRICT)
    assert (rows["http://a.com/1"]["outcome"], rows["http://a.com/1"]["consent"]) == ("kept", [])
    for capture in captures(tmp_path):
        wanted = capture.url == "http://a.com/1"
        assert wanted == (refusal(capture)[0] == ""), capture
        assert wanted or refusal(capture)[0] in ("empty_body", "http_status", "redirect")


def test_a_file_behind_a_redirect_binds_the_site_that_was_asked(tmp_path: Path) -> None:
    """As RFC 9309 has it of robots.txt; what said it is the address that answered, and the record of the page tells a later run."""
    pages = {
        "http://a.com/1": Page(),
        "http://a.com/robots.txt": redirect("https://a.com/robots.txt"),
        "https://a.com/robots.txt": text("User-agent: CCBot\nDisallow: /"),
        "http://a.com/.well-known/tdmrep.json": redirect("https://cdn.example/tdm"),
        "https://cdn.example/tdm": ALL_RESERVED,
    }
    rows, _ = crawled(tmp_path / "1", pages, ["http://a.com/1"])
    assert [(signal, source) for signal, _, source in said(rows["http://a.com/1"])] == [
        ("robots_ai", "https://a.com/robots.txt"),
        ("tdm_reserved", "https://cdn.example/tdm"),
    ]
    (page,) = (capture for capture in captures(tmp_path / "1") if capture.url == "http://a.com/1")
    assert [line.partition(" ")[0] for line in page.said] == ["robots_ai", "tdm_reserved"]
    rows, _ = crawled(tmp_path / "2", pages, ["http://a.com/1"], Consent.STRICT)
    assert rows["http://a.com/1"]["reason"] == "robots_ai"


def test_long_addresses_do_not_lose_a_record(tmp_path: Path) -> None:
    """What is written of what said it is bounded, since no reader takes a head without end."""
    far = "https://cdn.example/" + "a" * 60_000
    pages = {
        "http://a.com/1": Page(),
        "http://a.com/robots.txt": redirect(far),
        far: text("\n".join(["User-agent: CCBot", "Disallow: /", *(f"License: /{n}" for n in range(9))])),
    }
    rows, _ = crawled(tmp_path, pages, ["http://a.com/1"])
    assert {len(one["source"]) for one in rows["http://a.com/1"]["consent"]} == {500}
    (page,) = (capture for capture in captures(tmp_path) if capture.url == "http://a.com/1")
    assert len(page.said) == 9


def test_a_file_that_we_may_not_fetch_is_not_fetched(tmp_path: Path) -> None:
    """robots.txt alone may always be asked for."""
    pages = {
        "http://a.com/1": Page(),
        "http://a.com/robots.txt": text("User-agent: *\nDisallow: /ai.txt\nDisallow: /.well-known/"),
    }
    rows, net = crawled(tmp_path, pages, ["http://a.com/1"], Consent.STRICT)
    assert rows["http://a.com/1"]["outcome"] == "kept"
    assert [url for _, url in net.asked if kind_of(url)] == ["http://a.com/robots.txt"]


def test_a_redirect_of_a_file_obeys_robots_too(tmp_path: Path) -> None:
    """A policy file that leads where robots.txt lets nobody go says nothing; its record tells where it led."""
    pages = {
        "http://a.com/1": Page(),
        "http://a.com/robots.txt": text("User-agent: *\nDisallow: /private"),
        "http://a.com/ai.txt": redirect("http://a.com/private/ai.txt"),
        "http://a.com/private/ai.txt": text("User-agent: *\nDisallow: /"),
    }
    rows, net = crawled(tmp_path, pages, ["http://a.com/1"], Consent.STRICT)
    assert rows["http://a.com/1"]["outcome"] == "kept" and not rows["http://a.com/1"]["signals"]
    assert "http://a.com/private/ai.txt" not in [url for _, url in net.asked]


FAR = "https://far.com/tdm"
FAR_ROBOTS = "https://far.com/robots.txt"


def led_far(robots: Page | None = None, sites: str = "a") -> dict[str, Page]:
    """Sites whose tdmrep.json is led to another site."""
    pages = {FAR: ALL_RESERVED} | ({FAR_ROBOTS: robots} if robots else {})
    for name in sites:
        pages |= {f"http://{name}.com/{n}": Page() for n in range(3)}
        pages[f"http://{name}.com/.well-known/tdmrep.json"] = redirect(FAR)
    return pages


def test_robots_of_the_site_behind_a_redirect_are_asked_first(tmp_path: Path) -> None:
    """Once, however many files lead there; the file is asked for from where the redirect leads, and its record holds the whole way."""
    pages = led_far(text("User-agent: *\nAllow: /"), "ab")
    rows, net = crawled(tmp_path, pages, [url for url in pages if url[-1].isdigit()])
    urls = [url for _, url in net.asked]
    assert urls.count(FAR_ROBOTS) == 1 and urls.count(FAR) == 2 and urls.index(FAR_ROBOTS) < urls.index(FAR)
    assert {name: urls.count(f"http://{name}.com/.well-known/tdmrep.json") for name in "ab"} == {"a": 1, "b": 1}
    assert len(rows) == 6 and all(row["signals"] == ["tdm_reserved"] for row in rows.values())
    assert [capture.url for capture in captures(tmp_path)].count(FAR) == 2


@pytest.mark.parametrize("consent", [Consent.RECORDED, Consent.STRICT])
def test_what_robots_there_forbid_is_not_asked_for(tmp_path: Path, consent: Consent) -> None:
    """So the file says nothing, as one that robots.txt of its own site forbids."""
    rows, net = crawled(tmp_path, led_far(text("User-agent: *\nDisallow: /")), ["http://a.com/1"], consent)
    urls = [url for _, url in net.asked]
    assert FAR_ROBOTS in urls and FAR not in urls
    assert (rows["http://a.com/1"]["outcome"], rows["http://a.com/1"]["consent"]) == ("kept", [])


@pytest.mark.parametrize(
    ("robots", "why"),
    [
        (Page(b"", 503), "robots_unreachable: https://far.com: http_5xx: status 503"),
        (text("User-agent: *\nCrawl-delay: 99"), "crawl_delay: https://far.com: its robots.txt asks for 99 s"),
    ],
)
def test_a_site_behind_a_redirect_that_lets_nobody_ask_now(tmp_path: Path, robots: Page, why: str) -> None:
    """What cannot be had is said; where the file decides, the address waits for another time."""
    rows, net = crawled(tmp_path / "1", led_far(robots), ["http://a.com/1"])
    row = rows["http://a.com/1"]
    assert row["outcome"] == "kept" and FAR not in [url for _, url in net.asked]
    assert [one["line"].startswith(f"tdmrep.json: not to be had: {why}") for one in row["consent"]] == [True]
    rows, _ = crawled(tmp_path / "2", led_far(robots), ["http://a.com/1"], Consent.STRICT)
    row = rows["http://a.com/1"]
    assert (row["reason"], row["transient"]) == ("policy_unreachable", True) and why in row["detail"]


def test_what_robots_say_on_such_a_way_holds_for_pages_there(tmp_path: Path) -> None:
    """Their `Crawl-delay`, though robots.txt is not asked for again."""
    pages = led_far(text("User-agent: *\nCrawl-delay: 7")) | {f"https://far.com/{n}": Page() for n in range(3)}
    pages |= {f"http://a.com/{n}": redirect(f"https://far.com/{n}") for n in range(3)}
    rows, net = crawled(tmp_path, pages, ["http://a.com/0", "http://a.com/1", "http://a.com/2"])
    assert all(row["outcome"] == "kept" for row in rows.values())
    assert [url for _, url in net.asked].count(FAR_ROBOTS) == 1
    times = [at for at, url in net.asked if url.startswith("https://far.com/") and url[-1].isdigit()]
    assert len(times) == 3 and all(later - at >= 7 for at, later in pairwise(times))


@pytest.mark.parametrize("most", [1, 4096])
def test_files_that_lead_around_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """From site to site for ever: five redirects are followed, also where no site stays at hand."""
    monkeypatch.setattr(module, "MOST_ORIGINS", most)
    kinds = [path for path, _ in module.KINDS.values() if path != "/robots.txt"]
    pages = {
        f"http://{name}.com{path}": redirect(f"http://{to}.com{path}")
        for name, to in ("ab", "bc", "ca")
        for path in kinds
    }
    urls = [f"http://{name}.com/1" for name in "abc"]
    rows, net = crawled(tmp_path, pages | {url: Page() for url in urls}, urls)
    assert [row["outcome"] for row in rows.values()] == ["kept"] * 3
    for row in rows.values():
        assert [one["line"].partition("not to be had: ")[2] for one in row["consent"]] == [
            "too_many_redirects: more than 5"
        ] * 2
    assert len(net.asked) <= 3 * (1 + 1 + 2 * (6 + 6))


def test_a_file_that_leads_to_an_address_that_is_none(tmp_path: Path) -> None:
    """As any redirect to where nobody may go."""
    pages = {"http://a.com/1": Page(), "http://a.com/ai.txt": redirect("http://127.0.0.1/ai.txt")}
    rows, net = crawled(tmp_path, pages, ["http://a.com/1"])
    (one,) = rows["http://a.com/1"]["consent"]
    assert "not to be had: address_refused" in one["line"] and not [url for _, url in net.asked if "127" in url]


def test_a_file_without_end_counts_as_far_as_it_is_read(tmp_path: Path) -> None:
    """The rules in front of the cut hold; there is no reading on."""
    rule = b'{"location": "/1", "tdm-reservation": 1}, '
    body = b"[" + rule * (MOST_BYTES // len(rule) + 9)
    pages = {
        "http://a.com/1": Page(),
        "http://a.com/2": Page(),
        "http://a.com/.well-known/tdmrep.json": Page(body[: MOST_BYTES + 1]),
    }
    rows, _ = crawled(tmp_path, pages, ["http://a.com/1", "http://a.com/2"])
    assert [row["signals"] for row in rows.values()] == [["tdm_reserved"], []]


@pytest.mark.parametrize(("name", "most"), [("MOST_ORIGINS", 1), ("MOST_BYTES", 60)])
def test_files_at_hand_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: int) -> None:
    """Those that went are asked for again, and every address ends all the same."""
    monkeypatch.setattr(module, name, most)
    robots = text("User-agent: GPTBot\nDisallow: /2")
    pages = {f"http://{host}.com/{n}": Page() for host in "abc" for n in range(3)}
    urls = list(pages)
    pages |= {f"http://{host}.com/robots.txt": robots for host in "abc"}
    rows, net = crawled(tmp_path, pages, urls)
    assert all(row["outcome"] == "kept" for row in rows.values())
    assert all(row["signals"] == (["robots_ai"] if row["url"].endswith("2") else []) for row in rows.values())
    assert len([url for _, url in net.asked if url.endswith("/robots.txt")]) >= 3


def test_hosts_under_way_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others begin as those end, so that no more files are at hand than of so many."""
    monkeypatch.setattr(visit, "MOST_HOSTS", 3)
    pages = {f"http://h{n}.com/{path}": Page() for n in range(12) for path in "ab"}
    rows, net = crawled(tmp_path, pages, pages)
    assert len(rows) == 24 and all(row["outcome"] == "kept" for row in rows.values())
    left, most = {f"h{n}.com": 2 for n in range(12)}, 0
    begun: set[str] = set()
    for _, url in net.asked:
        host = url.split("/")[2]
        begun.add(host)
        most = max(most, len(begun))
        if not kind_of(url):
            left[host] -= 1
            begun -= {host} if not left[host] else set()
    assert most == 3


def test_a_host_that_is_silent_about_its_files(tmp_path: Path) -> None:
    """Answers that do not come count as of any address, so that the host is given up in the end, and every address has its row."""
    pages = {f"http://a.com{path}": Page(fault="timeout") for path in ("/ai.txt", "/.well-known/tdmrep.json")}
    rows, net = crawled(tmp_path, pages, [f"http://a.com/{n}" for n in range(9)])
    assert len(rows) == 9 and {row["reason"] for row in rows.values()} == {"http_4xx"}
    silent = pages | {f"http://a.com/{n}": Page(fault="timeout") for n in range(9)}
    rows, again = crawled(tmp_path / "2", silent, [f"http://a.com/{n}" for n in range(9)])
    assert len(rows) == 9 and (len(net.urls()), len(again.urls())) == (9, 3)


def test_what_is_shown_is_bounded_and_holds_what_decides() -> None:
    """The first line of each signal stays, in its place."""
    lines = [Said("", f"x-robots-tag: a{n}", "u", "d") for n in range(5)] + [Said("noai", "robots: noai", "u", "d")]
    assert shown(lines, 6) == lines
    assert shown(lines, 3) == [*lines[:2], lines[-1]]
    assert (
        reserving(lines) == lines[-1]
        and reserving([Said("signal_search", "", "", ""), Said("noimageai", "", "", "")]) is None
    )


def test_the_command_line_knows_every_choice() -> None:
    """By the words of the crawl."""
    assert set(CONSENTS) == set(Consent)
