"""A page -> the addresses that its links lead to, within a scope, and how many links were left out, by reason. Pure.

What a link says (`rel=nofollow`), what the page says (meta robots) and what its server says (X-Robots-Tag) is obeyed. Against traps that
make endless addresses stand bounds on one address, here, and on what is taken of a page; those on a domain are of who asks.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from turbohtml import Element

from schemas.outcomes import Fault, RecordError
from transforms.characters import lower
from transforms.fetch.address import Rules, target
from transforms.fetch.domain import registered
from transforms.fetch.faults import FetchError
from transforms.html.attributes import attribute_of_each
from transforms.html.base import base_address
from transforms.html.directives import NAMES
from transforms.html.guard import admit
from transforms.html.nodes import parsed
from transforms.html.robots_rules import rules as robots_rules
from transforms.html.shadow import SHADOW
from transforms.html.urls import join
from transforms.warc.heads import Headers

MOST_OF_PAGE = 1000  # addresses taken of one page, in the order of its links: ten times what most pages have
LONGEST = 2048  # characters of an address
MOST_REPEATS = (
    3  # times that a segment may stand in a path; a relative link that a page repeats on itself makes more of them
)
MOST_SEGMENTS = 30  # of a path
MOST_ROOTS = 1000  # shadow roots of a page, each of which every link in it is judged by

# Why a link is left out.
NOT_HTTP, NOFOLLOW, OUT_OF_SCOPE, NO_PAGE = "not_http", "nofollow", "out_of_scope", "no_page"
TOO_LONG, ENDLESS_PATH, PAGE_FULL = "address_too_long", "endless_path", "most_of_page"

# Endings of files that are no pages: a crawl of pages has no use for them. Pictures that pages show are fetched for a run. Not `js`, as in
# `/wiki/Node.js`; and a name with a colon, as in `/wiki/File:Cat.jpg`, is a page about the file.
ENDINGS = frozenset(
    (
        "7z", "aac", "apk", "atom", "avi", "avif", "bin", "bmp", "bz2", "css", "csv", "dmg", "doc", "docx", "eot", "epub", "exe", "flac",
        "flv", "gif", "gz", "heic", "ico", "ics", "iso", "jar", "jpeg", "jpg", "json", "jxl", "m4a", "m4v", "mkv", "mobi",
        "mov", "mp3", "mp4", "mpeg", "mpg", "msi", "odp", "ods", "odt", "oga", "ogg", "ogv", "opus", "otf", "pdf", "png", "ppt", "pptx",
        "ps", "psd", "rar", "rpm", "rss", "rtf", "svg", "swf", "tar", "tgz", "tif", "tiff", "ttf", "wasm", "wav", "webm", "webmanifest",
        "webp", "wmv", "woff", "woff2", "xls", "xlsx", "xml", "xz", "zip", "zst",
    )
)  # fmt: skip
_SCHEME = re.compile(r"[\x00-\x20]*([A-Za-z][A-Za-z0-9+.-]*):")
_WORDS = re.compile(r"[^\t\n\f\r ]+")


class Scope(StrEnum):
    """How far links are followed from a page: to its own host (`www.` aside), to its registered domain, or anywhere."""

    HOST = "host"
    DOMAIN = "domain"
    ANY = "any"

    def holds(self, page: str, host: str) -> bool:
        """Whether a host is within the scope of the host of a page.

        >>> Scope.HOST.holds("www.ex.com", "ex.com"), Scope.HOST.holds("ex.com", "a.ex.com"), Scope.DOMAIN.holds("b.ex.com", "a.ex.com")
        (True, False, True)
        """
        if self is Scope.DOMAIN:
            return registered(page) == registered(host)
        return self is Scope.ANY or page.removeprefix("www.") == host.removeprefix("www.")


@dataclass(slots=True)
class Found:
    """What was found: how many addresses, each repeat counted, those that are to be asked for, and why others are not."""

    entered: int = 0
    urls: dict[str, None] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Found") -> None:
        """Add what was found elsewhere, but for its addresses."""
        self.entered += other.entered
        self.dropped += other.dropped
        self.failed += other.failed


def page_links(text: str, url: str, headers: Headers, agent: str, scope: Scope, rules: Rules) -> Found:
    """The links of a page that was fetched from `url`, for a crawler (its product token).

    Raises RecordError where its markup is beyond the limits of `admit`.

    >>> page = '<base href="/a/"><a href="b">1</a> <a href="b#c">2</a> <a rel="nofollow" href="d">3</a> <a href="mailto:me">4</a>'
    >>> found = page_links(page, "http://ex.com/", (), "bot", Scope.HOST, Rules())
    >>> found.entered, list(found.urls), dict(found.dropped)
    (4, ['http://ex.com/a/b'], {'nofollow': 1, 'not_http': 1})
    """
    tree = parsed(admit(text))
    roots = len(tree.select(SHADOW))
    if roots > MOST_ROOTS:
        raise RecordError(Fault.HOSTILE_MARKUP, f"{roots:,} shadow roots, more than {MOST_ROOTS:,}")
    base = base_address(tree.select("base"), url)
    # What a shadow root holds is shown. Roots are not opened for that: in each other, or many in one element, it takes minutes.
    inert = {element for name in ("a", "area") for element in tree.select(f"template:not([shadowrootmode]) {name}")}
    links = [element for name in ("a", "area") for element in tree.select(name) if element not in inert]
    metas = [element for element in tree.select("meta") if element.attr("content") is not None]
    nothing, host = forbids(headers, metas, agent), ""
    with suppress(FetchError):
        host = target(url, rules).host
    found = Found()
    for href, rel in zip(attribute_of_each(links, "href"), attribute_of_each(links, "rel"), strict=True):
        if href is None:
            continue
        found.entered += 1
        if nothing or (rel and NOFOLLOW in _WORDS.findall(lower(rel))):
            found.dropped[NOFOLLOW] += 1
        else:
            _add(found, href, base, host, scope, rules)
    return found


def forbids(headers: Headers, metas: Sequence[Element], agent: str) -> bool:
    """Whether a page or its server says to a crawler, or to all, that its links are not to be followed.

    >>> forbids((("X-Robots-Tag", "otherbot: nofollow"), ("X-Robots-Tag", "noarchive, none")), (), "bot")
    True
    """
    said = [content for name, content in headers if lower(name) == "x-robots-tag"]
    if any(_tells(content, True, agent) for content in said):
        return True
    for meta in metas:
        names = NAMES.findall(lower(meta.attr("name") or meta.attr("http-equiv") or meta.attr("property") or ""))
        if not {"robots", "x-robots-tag", agent}.isdisjoint(names) and _tells(
            meta.attr("content") or "", "x-robots-tag" in names, agent
        ):
            return True
    return False


def _tells(content: str, prefixes: bool, agent: str) -> bool:
    return any(rule in (NOFOLLOW, "none") and bot in ("", agent) for bot, rule in robots_rules(content, prefixes))


def _add(found: Found, href: str, base: str, host: str, scope: Scope, rules: Rules) -> None:
    """Sort in one link."""
    scheme = _SCHEME.match(href)
    if scheme and lower(scheme[1]) not in ("http", "https"):
        found.dropped[NOT_HTTP] += 1
        return
    if len(href) > LONGEST:
        found.dropped[TOO_LONG] += 1
        return
    address = join(base, href)
    if address is not None and address.partition("#")[0] in found.urls:
        return
    try:
        aim = target(href if address is None else address, rules, "" if address else base)
    except FetchError as error:
        found.failed[error.fault.value] += 1
        return
    why = "" if scope.holds(host, aim.host) else OUT_OF_SCOPE
    why = why or left_out(aim.url, aim.path)
    if not why and aim.url not in found.urls and len(found.urls) >= MOST_OF_PAGE:
        why = PAGE_FULL
    if why:
        found.dropped[why] += 1
    else:
        found.urls[aim.url] = None


def left_out(url: str, path: str) -> str:
    """Why an address is not worth asking for, by what it says alone; "" where it may be.

    >>> [left_out("", path) for path in ("/a.html?b=c.zip", "/a/b.ZIP", "/x/x/x/x/", "/w/File:C.jpg")]
    ['', 'no_page', 'endless_path', '']
    """
    if len(url) > LONGEST:
        return TOO_LONG
    segments = path.partition("?")[0].split("/")
    name, dot, ending = segments[-1].rpartition(".")
    if dot and name and ":" not in name and lower(ending) in ENDINGS:
        return NO_PAGE
    return ENDLESS_PATH if len(segments) > MOST_REPEATS and is_endless(segments) else ""


def is_endless(segments: Iterable[str]) -> bool:
    """Whether a path is one of those that grow: with too many segments, or one too often."""
    counts = Counter(segment for segment in segments if segment)
    return counts.total() > MOST_SEGMENTS or max(counts.values(), default=0) > MOST_REPEATS
