"""Sitemaps (sitemaps.org) and feeds -> the addresses that they list: XML, an index of sitemaps, RSS, Atom, or a text file. Pure.

XML is read by expat, Python's own parser: it streams, so memory is bounded, and it opens nothing by itself. A document type is where
entities come from (a billion laughs, files of ours), and no sitemap needs one: the reading ends there. It is strict, so what stands
before a mistake is taken and the mistake is told.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from xml.parsers.expat import ExpatError, ParserCreate

from schemas.outcomes import RecordError
from transforms.characters import lower
from transforms.consent.robots_txt import key_values
from transforms.warc.codecs import GZIP_MAGIC
from transforms.warc.codings import decoded
from transforms.warc.limits import Limits

MOST_ADDRESSES = 50_000  # of a sitemap (sitemaps.org, "Sitemap file format")
MOST_BYTES = 50 << 20  # of a sitemap once it is unpacked (there)
LONGEST = 2048  # characters of an address (there)
MOST_DEPTH = 32  # of elements in each other: a sitemap has 4
MOST_ELEMENTS = 1_000_000  # twenty for each address: two seconds
MOST_MARKUP = 256 << 10  # bytes of one tag or comment: what does not end is read again with each piece
_PIECE = 64 << 10  # bytes that the parser is given at once
_MARKS = (b"\xef\xbb\xbf",)
_XML = re.compile(rb"\s*(?:<\?xml[\s>]|<!--|<[A-Za-z_])")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

# Where addresses stand: the names of an element and of those around it, from the inside, without prefixes.
_PAGES = (("loc", "url", "urlset"), ("link", "item"), ("link", "entry", "feed"))
_INDEX = ("loc", "sitemap", "sitemapindex")


class Listed(NamedTuple):
    """An address that a sitemap lists, as it stands there, and whether it is that of another sitemap."""

    url: str
    is_sitemap: bool


class SitemapError(Exception):
    """A sitemap cannot be read, or not to its end; what stands before it counts."""


def listed(pieces: Iterable[bytes]) -> Iterator[Listed]:
    """The addresses in a sitemap of any form, unpacked. Raises SitemapError behind what could be read.

    >>> [one.url for one in listed([b"<urlset><url><loc> http://ex.com/?a&amp;b </loc></url></urlset>"])]
    ['http://ex.com/?a&b']
    >>> list(listed([b"<sitemapindex><sitemap><loc>http://ex.com/1.xml</loc></sitemap></sitemapindex>"]))
    [Listed(url='http://ex.com/1.xml', is_sitemap=True)]
    >>> [one.url for one in listed([b"http://ex.com/a\\nhttp://ex.com/b"])]
    ['http://ex.com/a', 'http://ex.com/b']
    """
    rest = iter(pieces)
    first = next(rest, b"")
    for mark in _MARKS:
        first = first.removeprefix(mark)
    if first.startswith(_UTF_16) or _XML.match(first):
        yield from _of_xml(_in_small(first.lstrip(), rest))
    else:
        yield from _of_text(_in_small(first, rest))


def _in_small(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces cut small, so that a parser hands out what it has before it takes more."""
    piece: bytes | None = first
    while piece is not None:
        for at in range(0, len(piece), _PIECE):
            yield piece[at : at + _PIECE]
        piece = next(rest, None)


def _of_text(pieces: Iterable[bytes]) -> Iterator[Listed]:
    """A text file has an address a line; any other line tells that it is no such file."""
    left = b""
    for piece in pieces:
        *lines, left = (left + piece).replace(b"\r", b"\n").split(b"\n")
        yield from _lines(lines)
        if len(left) > _PIECE:
            raise SitemapError(f"a line of more than {_PIECE:,} bytes")
    yield from _lines([left])


def _lines(lines: Iterable[bytes]) -> Iterator[Listed]:
    for line in lines:
        try:
            url = line.decode().strip()
        except UnicodeDecodeError as error:
            raise SitemapError(f"neither XML nor text: {error}") from None
        if lower(url[:8]).startswith(("http://", "https://")):
            yield Listed(url, False)
        elif url and not url.startswith("#"):
            raise SitemapError(f"neither XML nor a list of addresses: {url[:80]!r}")


class _Reader:
    """What the parser meets: the elements that are open, and the addresses that are not handed out yet."""

    def __init__(self) -> None:
        self.found: list[Listed] = []
        self._open: list[str] = []
        self._left = MOST_ELEMENTS
        self._text: list[str] | None = None
        self._size = 0

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._open.append(lower(tag.rpartition(":")[2]))
        self._left -= 1
        if self._left < 0:
            raise SitemapError(f"more than {MOST_ELEMENTS:,} elements")
        if len(self._open) > MOST_DEPTH:
            raise SitemapError(f"elements {MOST_DEPTH} deep")
        if len(self._open) == 1 and self._open[0] == "html":
            raise SitemapError("a page, and no sitemap")
        if not self._stands():
            return
        self._text, self._size = [], 0
        if self._open[-1] == "link" and attributes.get("rel", "alternate") == "alternate":
            self.text(attributes.get("href", ""))

    def text(self, text: str) -> None:
        """Text of the innermost element; of what is longer than an address may be as much is kept as shows that."""
        if self._text is not None and self._size <= 2 * LONGEST:
            self._text.append(text)
            self._size += len(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._text is not None and (url := "".join(self._text).strip()):
            self.found.append(Listed(url, self._is(_INDEX)))
        self._text = None
        self._open.pop()

    def _stands(self) -> bool:
        return self._is(_INDEX) or any(map(self._is, _PAGES))

    def _is(self, names: Sequence[str]) -> bool:
        return self._open[: -len(names) - 1 : -1] == list(names)

    def refuse(self, *told: Any) -> None:
        """A document type is declared."""
        raise SitemapError("a document type, which may define entities")


def _of_xml(pieces: Iterable[bytes]) -> Iterator[Listed]:
    reader, parser = _Reader(), ParserCreate()
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    fault, given = "", 0
    try:
        for piece in pieces:
            parser.Parse(piece)
            given += len(piece)
            if given - parser.CurrentByteIndex > MOST_MARKUP:
                raise SitemapError(f"a tag or comment of more than {MOST_MARKUP:,} bytes")
            yield from reader.found
            reader.found.clear()
        parser.Parse(b"", True)
    # An encoding that nobody knows, or that expat cannot take, is a LookupError or a ValueError.
    except (ExpatError, LookupError, ValueError, SitemapError) as error:
        fault = str(error)
    yield from reader.found
    if fault:
        raise SitemapError(fault)


def unpacked(body: bytes) -> bytes:
    """A sitemap that was fetched, inflated where it is a gzip file. Raises SitemapError beyond the protocol's size."""
    if body.startswith(GZIP_MAGIC):
        try:
            body, _ = decoded(body, (("Content-Encoding", "gzip"),), Limits(decoded=MOST_BYTES))
        except RecordError as error:
            raise SitemapError(str(error)) from None
    if len(body) > MOST_BYTES:
        raise SitemapError(f"{len(body):,} bytes, more than {MOST_BYTES:,}")
    return body


def named_in_robots(body: bytes) -> list[str]:
    """The sitemaps that a robots.txt names, in any group.

    >>> named_in_robots(b"User-agent: *\\nDisallow: /x\\nSitemap: https://ex.com/s.xml\\nsite-map: https://ex.com/t.xml")
    ['https://ex.com/s.xml', 'https://ex.com/t.xml']
    """
    return [value for key, value in key_values(body) if key.startswith(("sitemap", "site-map")) and value]
