"""How the addresses of a unit are fetched: robots.txt first, politely, step by step, each to one outcome."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipeline.fetch.addresses import Address, in_order, write_addresses
from pipeline.fetch.copies import MOST_CAPTIONS
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.lists import Row
from pipeline.fetch.policies import Consent
from pipeline.fetch.segment import committed_rows
from pipeline.fetch.unit import failed_before, fetch_unit
from pipeline.fetch.visit import Conduct
from schemas.fetches import FETCHES_TABLE
from schemas.records import Capture
from tests.support.small_net import AGENT, Page, SmallNet, redirect, rows_of
from transforms.fetch.pace import Manners
from transforms.listed import KIND, Listed, read_listed
from transforms.warc.read import read_captures

ALLOW = Page(b"User-agent: *\nDisallow: /private", headers={"Content-Type": "text/plain"})


ILL = Manners().ill


def outcomes(
    folder: Path, pages: Mapping[str, Page], listed: Iterable[Row], **conduct: Any
) -> tuple[dict[str, dict[str, Any]], SmallNet, dict[str, Any]]:
    """Fetch a list as one unit: its rows by address, the net, and the unit's account."""
    crawl, net = CrawlFolder(str(folder)), SmallNet(pages)
    hosts = [(row.url.partition("//")[2].partition("/")[0], row) for row in listed]
    write_addresses(crawl.round(1).addresses(0), in_order(hosts, 0))
    record = fetch_unit(crawl, 1, 0, Conduct(AGENT, **conduct), net, clock=net.clock)
    rows = {row["url"]: row for row in committed_rows(crawl, 0, FETCHES_TABLE.names)}
    return rows, net, record


def test_every_way_to_end(tmp_path: Path) -> None:
    """Kept, forbidden, not there, refused, changed: each address has one row, and the account adds up."""
    pages = {
        "http://a.com/robots.txt": ALLOW,
        "http://a.com/1": Page(),
        "http://a.com/5": Page(b"", 503),
        "http://a.com/gone": redirect("http://127.0.0.1/x"),
        "http://a.com/sent": redirect("/private/x"),
        "http://a.com/loop": redirect("/loop"),
        "http://a.com/304": Page(b"", 304),
    }
    body = Page().body
    listed = [
        *rows_of("http://a.com/1", "http://a.com/%31", "http://a.com/private/1", "http://a.com/no", "http://a.com/5"),
        *(Row(1, place, f"http://a.com/{name}") for place, name in enumerate(("gone", "sent", "loop", "304"))),
        Row(2, 0, "http://10.0.0.1/"),
        Row(2, 1, "ftp://a.com/"),
    ]
    rows, _, record = outcomes(tmp_path, pages, listed)
    found = {url.partition("//")[2]: (row["outcome"], row["reason"]) for url, row in rows.items()}
    assert found == {
        "a.com/1": ("kept", ""),
        "a.com/%31": ("duplicate", "address"),
        "a.com/private/1": ("dropped", "robots_disallow"),
        "a.com/no": ("failed", "http_4xx"),
        "a.com/5": ("failed", "http_5xx"),
        "a.com/gone": ("failed", "address_refused"),
        "a.com/sent": ("dropped", "robots_disallow"),
        "a.com/loop": ("failed", "too_many_redirects"),
        "a.com/304": ("failed", "bad_response"),
        "10.0.0.1/": ("failed", "address_refused"),
        "a.com/": ("failed", "bad_url"),
    }
    assert rows["http://a.com/%31"]["of"] == "0-0"
    kept = rows["http://a.com/1"]
    assert (kept["sha256"], kept["bytes"]) == (hashlib.sha256(body).hexdigest(), len(body))
    account = record["account"]
    assert (
        account["entered"]
        == len(listed)
        == account["kept"] + sum(sum(account[name].values()) for name in ("dropped", "failed", "duplicates"))
    )
    assert record["transient"] == 1


def test_robots_come_first_and_bind_redirects(tmp_path: Path) -> None:
    """No host is asked for anything before its robots.txt, also one that only a redirect leads to."""
    pages = {
        "http://a.com/1": redirect("http://b.com/2"),
        "http://b.com/robots.txt": Page(b"User-agent: ex-bot\nDisallow: /2"),
    }
    rows, net, _ = outcomes(tmp_path, pages, rows_of("http://a.com/1"))
    assert [url for _, url in net.asked] == [
        "http://a.com/robots.txt",
        "http://a.com/.well-known/tdmrep.json",
        "http://a.com/ai.txt",
        "http://a.com/1",
        "http://b.com/robots.txt",
    ]
    assert rows["http://a.com/1"]["reason"] == "robots_disallow"


@pytest.mark.parametrize(
    ("robots", "asked"),
    [
        (Page(b"", 404), True),
        (Page(b"", 410), True),
        (Page(b"", 429), False),
        (Page(b"", 500), False),
        (Page(fault="timeout"), False),
        (redirect("http://c.com/rules"), False),
        (redirect("http://b.com/rules"), False),
        (Page(b"\x1f\x8b\x08 no gzip \x00", headers={"Content-Encoding": "gzip"}), False),
    ],
)
def test_robots_that_cannot_be_had(tmp_path: Path, robots: Page, asked: bool) -> None:
    """RFC 9309: a file that is not there forbids nothing, one that cannot be had forbids all for now; redirects are followed."""
    pages = {
        "http://a.com/robots.txt": robots,
        "http://a.com/1": Page(),
        "http://b.com/rules": Page(b"User-agent: *\nDisallow: /"),
        "http://c.com/rules": Page(fault="address_refused"),
    }
    rows, net, _ = outcomes(tmp_path, pages, rows_of("http://a.com/1"))
    assert net.urls()[-1:] == (["http://a.com/1"] if asked else net.urls()[-1:])
    outcome = rows["http://a.com/1"]
    assert (outcome["outcome"] == "kept") == asked
    if not asked and outcome["outcome"] == "failed":
        assert (outcome["reason"], outcome["transient"]) == ("robots_unreachable", True)


def test_a_host_whose_address_is_refused(tmp_path: Path) -> None:
    """Nobody may be asked there, tomorrow neither: no retry asks again."""
    pages = {"http://a.com/robots.txt": Page(fault="address_refused")}
    rows, _, _ = outcomes(tmp_path, pages, rows_of("http://a.com/1"))
    row = rows["http://a.com/1"]
    assert (row["outcome"], row["reason"], row["transient"]) == ("failed", "address_refused", False)


def test_pauses(tmp_path: Path) -> None:
    """A host waits its pause, its Crawl-delay, and what Retry-After asks for; another host is not held back."""
    slow = {
        "http://slow.com/robots.txt": Page(b"User-agent: *\nCrawl-delay: 7"),
        **{f"http://slow.com/{n}": Page() for n in range(4)},
        "http://slow.com/2": Page(b"", 429, {"Retry-After": "40"}),
    }
    fast = {f"http://fast.com/{n}": Page() for n in range(20)}
    _, net, _ = outcomes(tmp_path, slow | fast, rows_of(*fast, *sorted(slow)[:4]), pause=1.0)
    times = {host: [at for at, url in net.asked if host in url] for host in ("fast.com", "slow.com")}
    assert max(times["fast.com"]) < 24
    gaps = [round(later - at, 1) for at, later in zip(times["slow.com"], times["slow.com"][1:], strict=False)]
    assert min(gaps) >= 7.0 and sum(gap >= 40 for gap in gaps) == 1


def test_a_pause_that_is_too_long(tmp_path: Path) -> None:
    """A host whose Crawl-delay would hold its bin is left out, and its rows say so."""
    pages = {"http://a.com/robots.txt": Page(b"User-agent: *\nCrawl-delay: 3600"), "http://a.com/1": Page()}
    rows, net, record = outcomes(tmp_path, pages, rows_of("http://a.com/1", "http://a.com/2"))
    assert net.urls() == [] and record["account"]["dropped"] == {"crawl_delay": 2}
    assert rows["http://a.com/1"]["detail"] == "its robots.txt asks for 3600 s behind each request"


def test_a_host_that_is_gone(tmp_path: Path) -> None:
    """Where some answers in a row do not come, the rest of the host is left for another time."""
    pages = {f"http://a.com/{n}": Page(fault="timeout") for n in range(50)}
    rows, net, record = outcomes(tmp_path, pages, rows_of(*pages))
    assert len(net.urls()) == ILL
    assert record["account"]["failed"] == {"timeout": ILL, "host_unhealthy": 50 - ILL}
    assert record["transient"] == 50 and len(rows) == 50


def test_what_is_expected(tmp_path: Path) -> None:
    """A digest or a size that differs is a fault; what is as expected is kept."""
    pages = {f"http://a.com/{n}": Page(b"1234") for n in range(6)}
    sha, md5 = (hashlib.new(name, b"1234").hexdigest() for name in ("sha256", "md5"))
    listed = [
        Row(0, n, f"http://a.com/{n}", *expected)
        for n, expected in enumerate(
            [(f"sha256:{sha}",), (f"md5:{md5}", 4), ("", 4), ("", 5), (f"sha256:{sha[1:]}0",), ("md5:x",)]
        )
    ]
    rows, _, record = outcomes(tmp_path, pages, listed)
    assert [rows[row.url]["outcome"] for row in listed] == ["kept"] * 3 + ["failed"] * 3
    assert record["account"]["failed"] == {"content_changed": 3}


def test_a_page_for_a_picture(tmp_path: Path) -> None:
    """An error page that is declared as a picture is none; a picture that is declared as a page is one."""
    png = {"Content-Type": "image/png"}
    pages = {
        "http://a.com/1": Page(b"<!doctype html><p>Sorry", headers=png),
        "http://a.com/2": Page(b"\x89PNG\r\n\x1a\n"),
    }
    rows, _, _ = outcomes(tmp_path, pages, rows_of(*pages))
    assert rows["http://a.com/1"]["reason"] == "unsupported_type"
    assert (rows["http://a.com/2"]["media_type"], rows["http://a.com/2"]["sniffed"]) == ("text/html", "png")


def test_a_restart_goes_on(tmp_path: Path) -> None:
    """A unit that ended by an error after a segment asks for nothing of that segment again, and ends with one row an address."""
    pages = {f"http://a.com/{n}": Page() for n in range(30)}
    crawl, net = CrawlFolder(str(tmp_path)), SmallNet(pages)
    write_addresses(crawl.round(1).addresses(0), in_order([("a.com", row) for row in rows_of(*pages)], 0))

    def pass_time(net: SmallNet) -> None:
        net.now += 10.0
        if len(net.asked) == 20:
            raise OSError("the machine goes down")

    net.after = pass_time
    with pytest.raises(OSError, match="goes down"):
        fetch_unit(crawl, 1, 0, Conduct(AGENT), net, clock=net.clock)
    before = {row["url"] for row in committed_rows(crawl, 0, ["url"])}
    assert 5 < len(before) < 20
    again = SmallNet(pages)
    record = fetch_unit(crawl, 1, 0, Conduct(AGENT), again, clock=again.clock)
    assert not before & set(again.urls()) and before | set(again.urls()) == set(pages)
    found = [row["url"] for row in committed_rows(crawl, 0, ["url"])]
    assert sorted(found) == sorted(pages) and record["account"]["kept"] == 30


def test_what_a_later_attempt_fetches(tmp_path: Path) -> None:
    """Only what failed in a transient way, as the list has it."""
    pages = {"http://a.com/5": Page(b"", 503), "http://a.com/1": Page()}
    listed = [Row(3, 9, "http://a.com/5", "", 17), *rows_of("http://a.com/1", "http://a.com/4")]
    outcomes(tmp_path, pages, listed)
    crawl = CrawlFolder(str(tmp_path))
    assert list(failed_before(crawl, 1, 0)) == [listed[0]]
    assert list(failed_before(crawl, 1, 1)) == []


def test_an_address_file_round_trip(tmp_path: Path) -> None:
    """Addresses come back as they were written, hosts together."""
    from pipeline.fetch.addresses import read_addresses

    found = in_order(
        [("b", Row(0, 0, "http://b/")), ("a", Row(0, 1, "http://a/", "md5:1", 3)), ("b", Row(1, 0, "http://b/"))], 0
    )
    write_addresses(str(tmp_path / "x"), found)
    assert list(read_addresses(str(tmp_path / "x"))) == found
    assert found[0] == Address("0-1", "http://a/", "a", "md5:1", 3, "") and found[2].of == "0-0"


def test_captions_of_a_list(tmp_path: Path) -> None:
    """They stand in the rows and behind the response of the address; what stands for duplicates has theirs, and a retry too."""
    pages = {"http://a.com/robots.txt": ALLOW, "http://a.com/1": Page(), "http://a.com/2": Page(b"", 503)}
    given = [("1", "A boat"), ("%31", "Un bateau"), ("1", "A boat"), ("2", "A kite"), ("%32", "Ein Drachen")]
    listed = [Row(0, place, f"http://a.com/{path}", captions=(text,)) for place, (path, text) in enumerate(given)]
    rows, _, _ = outcomes(tmp_path, pages, listed)
    assert rows["http://a.com/%31"]["captions"] == ["Un bateau"]
    crawl = CrawlFolder(str(tmp_path))
    with (tmp_path / crawl.archive(0, 0)).open("rb") as file:
        (said,) = (item for item in read_captures(file) if isinstance(item, Capture) and item.kind == KIND)
    assert read_listed(said.body) == Listed("http://a.com/1", ("A boat", "Un bateau")) and said.url == "http://a.com/1"
    (again,) = failed_before(crawl, 1, 0)
    assert again.captions == ("A kite", "Ein Drachen")


def test_captions_of_many_duplicates_are_bounded() -> None:
    """Law 9: a picture that a million rows name."""
    listed = [("a.com", Row(0, place, "http://a.com/1", captions=(str(place),))) for place in range(MOST_CAPTIONS + 9)]
    first, *others = in_order(listed, 0)
    assert first.captions == tuple(map(str, range(MOST_CAPTIONS))) and {len(other.captions) for other in others} == {1}


@pytest.mark.parametrize(
    ("robots", "answer", "reason", "most"),
    [
        (Page(b"User-agent: *\nCrawl-delay: 3600"), Page(), "crawl_delay", 0),
        (Page(b"", 404), Page(b"", 503, {"Retry-After": "3600"}), "host_unhealthy", 1),
    ],
)
def test_a_host_that_is_left_out_stays_so(tmp_path: Path, robots: Page, answer: Page, reason: str, most: int) -> None:
    """Redirects that lead to it later ask it for nothing more."""
    later = {f"http://b.com/{n}": redirect(f"http://a.com/{n}") for n in range(4)}
    pages = {"http://a.com/robots.txt": robots, **{f"http://a.com/{n}": answer for n in range(4)}, **later}
    rows, net, _ = outcomes(tmp_path, pages, rows_of(*later), consent=Consent.ROBOTS)
    assert len(rows) == 4 and [row["reason"] for row in rows.values()].count(reason) == 4 - most
    assert sum(url.startswith("http://a.com/") for url in net.urls()) == most
