"""Sitemaps of every form, and hostile ones."""

import gzip
import tracemalloc
from collections.abc import Iterable

import pytest

from transforms.fetch.sitemap import MOST_BYTES, Listed, SitemapError, listed, unpacked

DECLARED = b'<?xml version="1.0" encoding="%b"?>'
SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def urls(*pieces: bytes) -> list[str]:
    """The addresses of a sitemap."""
    return [one.url for one in listed(pieces)]


def until(pieces: Iterable[bytes]) -> tuple[list[Listed], str]:
    """What is read before a mistake, and the mistake."""
    found: list[Listed] = []
    try:
        found.extend(one for one in listed(pieces) if found.append(one))  # type: ignore[func-returns-value]
    except SitemapError as error:
        return found, str(error)
    return found, ""


@pytest.mark.parametrize(
    "body",
    [
        f'<urlset xmlns="{SPACE}"><url><loc>http://ex.com/a</loc><lastmod>2026</lastmod></url><url><loc>http://ex.com/b</loc></url></urlset>',
        f'<s:urlset xmlns:s="{SPACE}"><s:url><s:loc>http://ex.com/a</s:loc></s:url><s:url><s:loc>http://ex.com/b</s:loc></s:url></s:urlset>',
        "<urlset><url><loc>\n<![CDATA[http://ex.com/a]]> </loc></url><url><loc>http://ex.com&#47;b</loc></url></urlset>",
        "<urlset><url><loc>http://ex.com/a</loc><image:image xmlns:image='i'><image:loc>http://ex.com/x.jpg</image:loc></image:image></url>"
        "<url><loc>http://ex.com/b</loc></url></urlset>",
        '<rss version="2.0"><channel><link>http://ex.com/</link><item><link>http://ex.com/a</link></item>'
        "<item><link>http://ex.com/b</link></item></channel></rss>",
        '<feed xmlns="http://www.w3.org/2005/Atom"><link href="http://ex.com/"/><entry><link href="http://ex.com/a"/></entry>'
        '<entry><link rel="edit" href="http://ex.com/e"/><link rel="alternate" href="http://ex.com/b"/></entry></feed>',
        '<rdf:RDF xmlns:rdf="r"><channel><link>http://ex.com/</link></channel><item><link>http://ex.com/a</link></item>'
        "<item><link>http://ex.com/b</link></item></rdf:RDF>",
        "http://ex.com/a\r\n\r\nhttp://ex.com/b\r\n",
    ],
)
def test_forms(body: str) -> None:
    """Sitemaps with and without a prefix, pictures in them, feeds and text: the addresses of pages, in order, however the bytes are cut."""
    wanted = ["http://ex.com/a", "http://ex.com/b"]
    assert urls(body.encode()) == wanted
    assert urls(b"\xef\xbb\xbf" + body.encode()) == wanted
    data = body.encode()
    assert urls(data[:100], data[100:101], data[101:]) == wanted


def test_encodings() -> None:
    """A byte order mark and a declaration are read; an encoding that nobody knows is a mistake."""
    page = "<urlset><url><loc>http://ex.com/ä</loc></url></urlset>"
    assert urls(page.encode("utf-16")) == ["http://ex.com/ä"]
    assert urls(DECLARED % b"windows-1252" + page.encode("cp1252")) == ["http://ex.com/ä"]
    assert urls(b"\n " + DECLARED % b"utf-8" + page.encode()) == ["http://ex.com/ä"]
    for name in (b"no-such", b"big5"):
        with pytest.raises(SitemapError):
            urls(DECLARED % name + page.encode("cp1252"))


def test_an_index() -> None:
    """What an index lists are sitemaps."""
    body = b"<sitemapindex><sitemap><loc>http://ex.com/1.xml</loc></sitemap><url><loc>http://ex.com/</loc></url></sitemapindex>"
    assert list(listed([body])) == [Listed("http://ex.com/1.xml", True)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            b"<urlset><url><loc>http://ex.com/a</loc></url><url><loc>http://ex.com/?a&b</loc></url></urlset>",
            "not well-formed",
        ),
        (b"<urlset><url><loc>http://ex.com/a</loc></url>", "no element found"),
        (b"<urlset><url><loc>http://ex.com/a</loc></url><url><loc>&nbsp;</loc></url></urlset>", "undefined entity"),
        (b"<urlset><url><loc>http://ex.com/a</loc></url>" + b"<x>" * 100, "deep"),
        (b"<urlset><url><loc>http://ex.com/a</loc></url><!--" + b"x" * 400_000, "a tag or comment of more"),
        (
            b"<urlset><url><loc>http://ex.com/a</loc></url><url " + b" ".join(b"a%d=''" % n for n in range(50_000)),
            "a tag or comment of more",
        ),
    ],
)
def test_mistakes(body: bytes, said: str) -> None:
    """What stands before a mistake counts."""
    found, why = until([body])
    assert [one.url for one in found] == ["http://ex.com/a"] and said in why


def test_many_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements that are no addresses end at a bound."""
    monkeypatch.setattr("transforms.fetch.sitemap.MOST_ELEMENTS", 1000)
    found, why = until([b"<urlset><url><loc>http://ex.com/a</loc></url>" + b"<a/>" * 2000])
    assert len(found) == 1 and why == "more than 1,000 elements"


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>',
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><urlset><url><loc>&f;</loc></url></urlset>',
        b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><urlset/>',
        b"<!doctype html><title>Not found",
        b"<html><body><p>Not found",
        b"\x00\x01\x02",
        b"Not found",
    ],
)
def test_no_sitemaps(body: bytes) -> None:
    """Entities are refused with the document type that defines them; pages and other files are no sitemaps."""
    found, why = until([body])
    assert not found and why


def test_memory_is_bounded() -> None:
    """A text of 20 MB where an address should stand, and a line without an end, take a few megabytes beside the piece."""
    piece = b"x" * (1 << 20)
    for front in (b"<urlset><url><loc>", b"http://ex.com/"):
        tracemalloc.start()
        until([front, *[piece] * 20])
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 50 << 20, front


def test_gzip() -> None:
    """A gzip file is unpacked up to the size that the protocol allows."""
    assert unpacked(gzip.compress(b"<urlset/>")) == unpacked(b"<urlset/>") == b"<urlset/>"
    for body in (gzip.compress(b"\0" * (MOST_BYTES + 1)), b"\0" * (MOST_BYTES + 1)):
        with pytest.raises(SitemapError):
            unpacked(body)
