"""What a crawl fetched in one unit -> the addresses in it: links of pages, what sitemaps list, the sitemaps that robots.txt names.

Cost: rows of the unit, and the archives of those that are looked at, each read once, front to back.
"""

import io
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from pipeline import storage
from pipeline.fetch.exchange import product_token
from pipeline.fetch.found import Told
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.marker import GIVEN, Round
from pipeline.fetch.segment import tables
from pipeline.fetch.visit import Conduct
from pipeline.payloads import read_together
from pipeline.sections import damaged
from schemas.fetches import KEPT
from schemas.manifest import Account
from schemas.outcomes import RecordError
from schemas.records import Capture
from transforms.consent.policies import kind_of
from transforms.fetch.address import target
from transforms.fetch.domain import registered
from transforms.fetch.faults import FetchError
from transforms.fetch.links import OUT_OF_SCOPE, Found, Scope, left_out, page_links
from transforms.fetch.sitemap import MOST_ADDRESSES, Listed, SitemapError, listed, named_in_robots, unpacked
from transforms.html.charset import decode
from transforms.warc.cdxj import Entry, entry_of
from transforms.warc.read import read_at

# Why a page is not looked through for links, or an address of a sitemap left out, beside what `transforms.fetch.links` says.
NO_HTML, SITEMAP_FULL, INDEX_DEPTH, BAD_SITEMAP = "no_html", "most_of_sitemap", "index_too_deep", "bad_sitemap"
INDEX_LEVELS = 2  # of sitemaps that list sitemaps: those that robots.txt names, and what they list
# Behind the address of a sitemap that lies elsewhere: the domain whose robots.txt names it, or the sitemap that lists it.
NAMED_BY = "#of="
NO_SITEMAP = "no_sitemap"
MOST_ELSEWHERE = 100  # sitemaps on other domains that a robots.txt may name: requests to sites that nobody gave
USUAL = "/sitemap.xml"  # where a host may have one that its robots.txt does not name
_XML = ("text/xml", "application/xml", "application/rss+xml", "application/atom+xml", "application/rdf+xml")
_FILES = ("text/plain", "application/gzip", "application/x-gzip", "application/octet-stream")
_HTML = ("text/html", "application/xhtml+xml")
_COLUMNS = ["id", "outcome", "url", "final_url", "archive", "offset", "length", "media_type", "sniffed"]


class Kind(StrEnum):
    """What is looked for: sitemaps that robots.txt names, those that an index lists, addresses that sitemaps list, links of pages."""

    ROBOTS = "robots"
    INDEX = "index"
    SITEMAP = "sitemap"
    LINKS = "links"


# By the account of what each finds.
CORPORA = {
    Kind.ROBOTS: "sitemaps",
    Kind.INDEX: "sitemaps",
    Kind.SITEMAP: "addresses in sitemaps",
    Kind.LINKS: "links",
}


class Place(NamedTuple):
    """Where a record lies in an archive, and the row or the index entry that names it."""

    at: int
    length: int
    of: Any


@dataclass(slots=True)
class Tally:
    """What is counted while a unit is looked through: what was found, and in how many rows it was looked for."""

    found: Found = field(default_factory=Found)
    entered: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    def told(self, kind: Kind) -> Told:
        """The counts as a source tells them."""
        kept = self.entered - self.dropped.total() - self.failed.total()
        rows = {Kind.LINKS: "pages", Kind.SITEMAP: "files of sitemaps"}.get(kind)
        account = Account(rows or "", "look", self.entered, kept, dict(self.dropped), dict(self.failed))
        found = self.found
        return {
            "corpus": CORPORA[kind],
            "entered": found.entered,
            "dropped": dict(found.dropped),
            "failed": dict(found.failed),
            "accounts": [asdict(account)] if rows else [],
        }


@dataclass(frozen=True, slots=True)
class Look:
    """A line that names a unit -> the addresses that are found there, and what is told beside them.

    Looked through are kept rows whose depth is one of `depths`, and those of what was `given` where that is set.
    """

    folder: CrawlFolder
    rounds: tuple[Round, ...]
    kind: Kind
    depths: frozenset[int]
    given: bool
    scope: Scope
    conduct: Conduct

    def __call__(self, line: str) -> Iterator[str | Told]:
        """Raises DamagedFileError where rows or an archive are not there any more, or were changed."""
        tally = Tally()
        look = {
            Kind.ROBOTS: self._robots,
            Kind.INDEX: self._sitemaps,
            Kind.SITEMAP: self._sitemaps,
            Kind.LINKS: self._links,
        }
        yield from look[self.kind](int(line), tally)
        yield tally.told(self.kind)

    def _round(self, row: dict[str, Any]) -> Round:
        """The round that the list of a row belongs to."""
        return round_of(self.rounds, int(row["id"].partition("-")[0]))

    def _wanted(self, row: dict[str, Any]) -> bool:
        """Whether a row is one to look at."""
        round_ = self._round(row)
        return row["outcome"] == KEPT and (self.given if round_.kind == GIVEN else round_.depth in self.depths)

    def _host(self, url: str | None) -> str:
        """The host of an address, "" where it is none that may be fetched."""
        try:
            return target(url or "", self.conduct.rules).host
        except FetchError:
            return ""

    def _captures(
        self, unit: int, tally: Tally, why_not: Callable[[dict[str, Any]], str]
    ) -> Iterator[tuple[dict[str, Any], Capture]]:
        """The rows to look at, with what their archives hold; `why_not` says why one is passed over."""
        for table in tables(self.folder, unit, _COLUMNS):
            places = []
            for row in filter(self._wanted, table.to_pylist()):
                tally.entered += 1
                if why := why_not(row):
                    tally.dropped[why] += 1
                else:
                    places.append(Place(row["offset"], row["length"], row))
            for archive, some in groupby(sorted(places, key=_by_place), lambda place: place.of["archive"]):
                for place, data in records(self.folder.file(archive), some):
                    try:
                        yield place.of, read_at(io.BytesIO(data), 0, len(data))
                    except RecordError as error:
                        tally.failed[error.fault.value] += 1

    # Links.

    def _links(self, unit: int, tally: Tally) -> Iterator[str]:
        agent, rules = product_token(self.conduct.agent), self.conduct.rules
        for row, capture in self._captures(unit, tally, self._why_no_page):
            try:
                text = decode(capture.body, capture.charset).text
                found = page_links(text, row["final_url"], capture.headers, agent, self.scope, rules)
            except RecordError as error:
                tally.failed[error.fault.value] += 1
                continue
            tally.found.add(found)
            yield from found.urls

    def _why_no_page(self, row: dict[str, Any]) -> str:
        """Why a kept row is no page whose links are followed. One that a link led out of its scope by a redirect is none."""
        if not (row["sniffed"] == "html" or (not row["sniffed"] and row["media_type"] in _HTML)):
            return NO_HTML
        inside = self._round(row).kind == GIVEN or self.scope.holds(
            self._host(row["url"]), self._host(row["final_url"])
        )
        return "" if inside else OUT_OF_SCOPE

    # Sitemaps.

    def _robots(self, unit: int, tally: Tally) -> Iterator[str]:
        """The sitemaps of the hosts that were given: those that robots.txt names, else the one that has the usual name."""
        hosts = {
            self._host(row[name])
            for table in tables(self.folder, unit, _COLUMNS)
            for row in table.to_pylist()
            if self._round(row).kind == GIVEN
            for name in ("url", "final_url")
        }
        for number, _ in enumerate(tables(self.folder, unit, ["id"])):
            places = []
            for entry in robots_entries(self.folder.index(unit, number)):
                if entry.status // 100 in (2, 4) and self._host(entry.url) in hosts:
                    places.append(Place(entry.offset, entry.length, entry))
            for place, data in records(self.folder.file(self.folder.archive(unit, number)), sorted(places, key=_by_at)):
                yield from self._named(place.of, data, tally)

    def _named(self, entry: Entry, data: bytes, tally: Tally) -> Iterator[str]:
        """The sitemaps that a robots.txt names."""
        names: list[str] = []
        if entry.status // 100 == 2:
            with suppress(RecordError):  # one that does not decode names nothing
                names = named_in_robots(read_at(io.BytesIO(data), 0, len(data)).body)
        own = registered(self._host(entry.url))
        elsewhere = 0
        for name in names or [USUAL]:
            if not (url := self._address(name, tally.found, entry.url)):
                continue
            if registered(self._host(url)) == own:
                yield url
            elif elsewhere < MOST_ELSEWHERE:
                elsewhere += 1
                yield f"{url}{NAMED_BY}{own}"
            else:
                tally.found.dropped[SITEMAP_FULL] += 1

    def _sitemaps(self, unit: int, tally: Tally) -> Iterator[str]:
        """What sitemaps list: other sitemaps, or pages."""
        for row, capture in self._captures(unit, tally, self._why_no_sitemap):
            deepest = self._round(row).depth == -1 - INDEX_LEVELS
            by = "" if self._round(row).kind == GIVEN else row["url"].partition(NAMED_BY)[2]
            # Where a redirect of a sitemap leads is no site that was given, unless the sitemap itself was.
            ends = ("url", "final_url") if self._round(row).kind == GIVEN else ("url",)
            own = {registered(self._host(row[name])) for name in ends}
            # Whoever names a sitemap elsewhere hears of its own pages there, and opens no other site to the crawl.
            domains = {False: {by} if by else own, True: own | {by}}
            try:
                for place, one in enumerate(listed([unpacked(capture.body)])):
                    wanted = one.is_sitemap == (self.kind == Kind.INDEX) or (one.is_sitemap and deepest)
                    if wanted and place >= MOST_ADDRESSES:
                        tally.found.entered += 1
                        tally.found.dropped[SITEMAP_FULL] += 1
                    elif wanted and (url := self._listed(one, deepest, domains[one.is_sitemap], tally.found)):
                        yield f"{url}{NAMED_BY}{by}" if by and one.is_sitemap else url
            except SitemapError:
                tally.failed[BAD_SITEMAP] += 1

    def _listed(self, one: Listed, deepest: bool, domains: Collection[str], found: Found) -> str:
        """An address of a sitemap, "" where it is left out."""
        url = self._address(one.url, found)
        if not url:
            return ""
        why = "" if registered(self._host(url)) in domains else OUT_OF_SCOPE
        if one.is_sitemap and deepest:
            why = INDEX_DEPTH
        elif not one.is_sitemap:
            why = why or left_out(url, target(url, self.conduct.rules).path)
        if why:
            found.dropped[why] += 1
        return "" if why else url

    def _address(self, text: str, found: Found, base: str = "") -> str:
        """An address as ada writes it, "" where it is none that may be fetched."""
        found.entered += 1
        try:
            return target(text, self.conduct.rules, base).url
        except FetchError as error:
            found.failed[error.fault.value] += 1
            return ""

    def _why_no_sitemap(self, row: dict[str, Any]) -> str:
        """Why a kept row is not read as a sitemap: of what was given that which does not look like one. Others were named as sitemaps."""
        given = self._round(row).kind == GIVEN
        return NO_SITEMAP if given and not looks_like_sitemap(row["final_url"], row["media_type"]) else ""


@lru_cache(maxsize=4096)
def round_of(rounds: tuple[Round, ...], number: int) -> Round:
    """The round that a list belongs to."""
    with_lists = [one for one in rounds if one.lists]
    return with_lists[bisect([one.list for one in with_lists], number) - 1]


def looks_like_sitemap(url: str, media_type: str) -> bool:
    """Whether what was fetched may be a sitemap, by its name and type.

    >>> looks_like_sitemap("http://ex.com/feed", "application/rss+xml"), looks_like_sitemap("http://ex.com/sitemap.txt", "text/plain")
    (True, True)
    """
    name = url.partition("?")[0].rpartition("/")[2].lower()
    return media_type in _XML or name.endswith((".xml", ".xml.gz")) or ("sitemap" in name and media_type in _FILES)


def robots_entries(index: str) -> Iterator[Entry]:
    """The answers for robots.txt in the index beside an archive; a segment of no records has none."""
    if storage.exists(index):
        for line in storage.read_bytes(index).decode().splitlines():
            if '/robots.txt"' in line and kind_of((entry := entry_of(line)).url) == "robots.txt":
                yield entry


def records(path: str, places: Iterable[Place]) -> Iterator[tuple[Place, bytes]]:
    """The records at ascending places of an archive. Raises DamagedFileError where it is not there any more."""
    try:
        yield from read_together(path, places)
    except FileNotFoundError as error:
        raise damaged(path, "it is missing") from error


def _by_place(place: Place) -> tuple[str, int]:
    return place.of["archive"], place.at


def _by_at(place: Place) -> int:
    return place.at
