"""Looking through archives without taking pages apart: what there is, where it lies, and which captures are equal. Cost: a second a 100 MB.

A scan is some fifty times cheaper than a run, so it goes over all of a small input, and over ranges from all over a large one.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.archives import Item, opened_items
from pipeline.named_archives import Archive
from pipeline.plan import UNIT_BYTES, Plan, Span, cuttable, whole_span
from pipeline.stage.classify import POLICY_FILE, REDIRECT, REVISIT, is_image, refusal
from schemas.records import Capture, Damage, Told
from transforms.dedup.keys import address_key, key

SCAN_BYTES = 2**30  # of archives that are looked through: some ten seconds
RANGE_BYTES = 4 * 2**20  # of one range where not all is looked through: a page and what it shows mostly lie in one


@dataclass(frozen=True, slots=True)
class Head:
    """A page or an image of the inputs: where it lies, and what it is equal by."""

    span: Span  # of its archive
    offset: int
    length: int
    within: int
    seekable: bool
    image: bool
    address: bytes
    body: bytes
    size: int  # of its body in bytes, codings undone
    shows: int  # images that its markup names, roughly


@dataclass
class Part:
    """What one range of the inputs held: bytes of archive, captures (damaged places among them), those left out and those damaged."""

    bytes: int = 0
    captures: int = 0
    refused: int = 0
    damaged: int = 0
    heads: list[Head] = field(default_factory=list)
    # Refused as items, but others go by them: files that bind the pages and images of their site, redirects and revisits.
    beside: list[Head] = field(default_factory=list)


def ranges(planned: Plan, most: int = SCAN_BYTES, seed: int = 0, *, apart: bool = False) -> list[list[Span]]:
    """What to look through: every archive, or of more than `most` bytes some ranges at equal distances, all over the inputs.

    Small neighbours make up a range together; of a large archive that cannot be entered in its middle only the front is one. With `apart`
    a few archives are ranges too, since what ranges differ by is asked for.
    """
    if planned.bytes <= most:
        whole = [[whole_span(archive)] for archive in planned.archives if archive.size]
        return max(whole, list(cells(planned.archives)), key=len) if apart else whole
    count = sum(1 for _ in cells(planned.archives))
    step = max(1, math.ceil(count * RANGE_BYTES / most))
    return [spans for number, spans in enumerate(cells(planned.archives)) if number % step == seed % step]


def cells(archives: Sequence[Archive]) -> Iterator[list[Span]]:
    """All archives as ranges of about RANGE_BYTES."""
    small: list[Span] = []
    for archive in archives:
        if 0 < archive.size <= RANGE_BYTES:
            if sum(span.end for span in small) + archive.size > RANGE_BYTES:
                yield small
                small = []
            small.append(whole_span(archive))
        elif cuttable(archive.name, max(archive.size, UNIT_BYTES + 1)):
            for start in range(0, archive.size, RANGE_BYTES):
                yield [replace(whole_span(archive), start=start, end=min(start + RANGE_BYTES, archive.size))]
        elif archive.size:
            yield [replace(whole_span(archive), end=RANGE_BYTES)]
    if small:
        yield small


def scan(root: str, spans: Sequence[Span]) -> Part:
    """What some spans hold. Raises what reading raises; what is damaged is counted."""
    part = Part()
    for span in spans:
        part.bytes += span.end - span.start
        for item in captures_of(root, span):
            part.captures += 1
            if isinstance(item, Damage):
                part.damaged += 1
            elif isinstance(item, Told):
                part.refused += 1
            elif rule := refusal(item)[0]:
                part.refused += 1
                if rule in (POLICY_FILE, REDIRECT, REVISIT):
                    part.beside.append(_head(span, item))
            else:
                part.heads.append(_head(span, item))
    return part


def captures_of(root: str, span: Span) -> Iterator[Item]:
    """The captures that begin in a span, also where its archive cannot be entered or left in the middle."""
    with opened_items(root, span) as items:
        for item in items:
            if item.offset >= span.end and not span.start and span.end != span.archive_size:
                return  # the front of an archive that cannot be cut
            yield item


def _head(span: Span, capture: Capture) -> Head:
    place = (capture.offset, capture.length, capture.within, capture.seekable)
    image = is_image(capture)
    shows = 0 if image else capture.body.count(b"<img") + capture.body.count(b"<IMG")
    return Head(span, *place, image, address_key(capture.url), key(capture.body), len(capture.body), shows)


def clusters(pages: Sequence[Head], join: bool) -> list[list[Head]]:
    """Pages of equal address or equal bytes together (and what is equal to those), in the order of their first; or each alone."""
    if not join:
        return [[page] for page in pages]
    first: dict[bytes, int] = {}
    parents = list(range(len(pages)))

    def top(place: int) -> int:
        while parents[place] != place:
            parents[place] = place = parents[parents[place]]
        return place

    for place, page in enumerate(pages):
        for name in (b"a" + page.address, b"b" + page.body):
            one, other = sorted((top(first.setdefault(name, place)), top(place)))
            parents[other] = one
    found: dict[int, list[Head]] = {}
    for place, page in enumerate(pages):
        found.setdefault(top(place), []).append(page)
    return list(found.values())
