"""What a crawl says of the addresses that it fetched for a run, beside the captures of its archives. In: rows of `fetches`. Out: media.

A reference names the address that was asked for; the image may lie under another one, behind redirects, however many. So such an address
leads to that of its image by the crawl's own row, and the redirects in the archives lead nobody. An address that brought no image says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.segment import tables
from pipeline.layout import StagingFolder
from pipeline.plan import Unit
from pipeline.stage.classify import redirect_target
from pipeline.stage.index_parts import IndexParts
from pipeline.stage.media import NO_FACTS, MediaRows, medium_signals
from pipeline.stage.unit_record import FETCHES, OutcomeCounts
from schemas.fetches import DROPPED, DUPLICATE, FAILED, KEPT, NOT_AN_IMAGE
from schemas.index import VIA_REDIRECT
from schemas.records import Capture
from transforms.dedup.keys import address_key

COLUMNS = ("id", "url", "outcome", "reason", "detail", "of", "status", "final_url", "offset", "date")
STAGE = "fetch"
MOST_HOPS = 20  # that are looked through for what they say of use; a crawl follows fewer
Image = tuple[bytes, bool]  # the id of a capture, and whether it could be decoded
Row = Mapping[str, Any]


@dataclass
class Came:
    """What came of a fetched unit: its images by span and offset, and where redirects lead, with the opt-outs that they state."""

    images: dict[tuple[int, int], Image] = field(default_factory=dict)
    leads: dict[bytes, tuple[bytes, int]] = field(default_factory=dict)

    def redirect(self, capture: Capture) -> None:
        """Note where a response leads, if it leads anywhere."""
        if to := redirect_target(capture):
            self.leads[address_key(capture.url)] = address_key(to), medium_signals(capture)

    def said_between(self, url: str, final: str) -> int:
        """The opt-outs that the redirects from one address to another state: they bind the image like its own response."""
        signals, at, end = 0, address_key(url), address_key(final)
        for _ in range(MOST_HOPS):
            if at == end or at not in self.leads:
                break
            at, said = self.leads[at]
            signals |= said
        return signals


def tell_fetches(unit: Unit, staging: StagingFolder, index: IndexParts, media: MediaRows, came: Came) -> OutcomeCounts:
    """Add what became of each address of a fetched unit, and count it.

    Raises DamagedFileError where the crawl's rows are not as they were written.
    """
    crawl, counts = CrawlFolder(staging.fetched), OutcomeCounts()
    rows = tables(crawl, crawl.unit_of(unit.spans[0].name), COLUMNS)
    for number, (span, table) in enumerate(zip(unit.spans, rows, strict=True)):
        for row in table.to_pylist():
            counts.entered += 1
            count_fetch(row, span.source, index, counts)
            if row["outcome"] != DUPLICATE:  # the row that stands for it has the same key
                tell_fetch(row, unit.number, media, came.images.get((number, row["offset"])), came)
            index.end_item()
    return counts


def count_fetch(row: Row, source: str, index: IndexParts, counts: OutcomeCounts) -> None:
    """Count how the fetch of an address ended; where it brought nothing, a row says why."""
    reason, item = (
        row["reason"],
        {"corpus": FETCHES, "id": row["id"], "url": row["url"], "source": source, "stage": STAGE},
    )
    if row["outcome"] == KEPT:
        counts.kept += 1
    elif row["outcome"] == FAILED:
        counts.failed[reason] += 1
        index.append("failed", {**item, "offset": -1, "fault": reason, "detail": row["detail"]})
    else:
        (counts.dropped if row["outcome"] == DROPPED else counts.duplicates)[reason] += 1
        said = {"rule": reason, "value": None, "of": row["of"], "detail": row["detail"] or None}
        index.append("dropped", {**item, **said})


def tell_fetch(row: Row, unit: int, media: MediaRows, image: Image | None, came: Came) -> None:
    """Add what references to an address find, and to that to which it led; `image` is what its response was, where that is one."""
    url, final, status = row["url"], row["final_url"] or row["url"], row["status"] or 0
    led = address_key(url) != address_key(final)
    if row["outcome"] != KEPT or image is None:
        reason = NOT_AN_IMAGE if row["outcome"] == KEPT else row["reason"]
        # A later round does not ask for an address again to which an earlier one was led.
        for address in (url, final) if led else (url,):
            media.lack(address, unit, reason, status)
    elif led:
        identity, decoded = image
        if decoded:
            signals = came.said_between(url, final)
            media.lead_from(url, row["date"], signals, final, identity, VIA_REDIRECT)
        else:
            media.append(url, NO_FACTS, unit=unit)
