"""Units of archives -> staging. In: a unit. Out: its index rows and documents in files, and one summary. Cost: per record, no shuffle.

A unit is committed by its summary, written last (law 6): a unit whose summary is there is not read again, and one that is not is
read from its beginning and gives the same bytes.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pipeline import storage
from pipeline.columns import Rows, write_rows
from pipeline.plan import Unit, unit_file
from schemas.arrow import DROPPED, FAILED
from schemas.index import IMAGES, PAGES, PLACE_ARCHIVE, PLACE_STAGED, REFS
from schemas.measures import TEXT_MEASURES, URL_MEASURES
from schemas.outcomes import Fault, RecordError
from schemas.records import Capture, Damage, ImageFacts
from schemas.tasks import ImageTask, PageTask, StagedPage, StagedRefs
from transforms.dedup.keys import address_key, capture_id, joined_key
from transforms.html.directives import header_directives, signals
from transforms.image.sniff import sniff
from transforms.isolate import Isolator
from transforms.warc.read import Tally, read_captures

BATCH_TASKS = 32
BATCH_BYTES = (
    8 * 2**20
)  # what one hand-over to the isolator holds, so that memory is bounded by it and not by the archive

DIRECTIVES_CHARACTERS = 400  # of an image's headers; its index row is shuffled and stays under a kilobyte

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
VAGUE_TYPES = frozenset({"", "application/octet-stream", "application/unknown", "text/plain", "unk", "no-type"})

_PAGE_NUMBERS = [m.name for m in (*TEXT_MEASURES, *URL_MEASURES)]


class Pending(NamedTuple):
    """A capture on its way through the isolator."""

    id: bytes
    capture: Capture
    task: PageTask | ImageTask


@dataclass
class Doors:
    """How many items of one account came and by which door they left."""

    entered: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)


@dataclass
class Summary:
    """What one unit held; its file is the unit's commit."""

    source: str
    records: dict[str, int] = field(default_factory=dict)
    captures: int = 0
    skipped: int = 0
    doors: dict[str, Doors] = field(default_factory=lambda: {name: Doors() for name in ("captures", "pages", "images")})
    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)


def stage_unit(
    unit: Unit,
    folder: str,
    isolator: Isolator[PageTask | ImageTask, StagedPage | ImageFacts],
    tick: Callable[[int, int], None] = lambda position, captures: None,
) -> Summary:
    """Read one unit and write its staging. `tick` hears the position in bytes and the captures so far.

    Raises what is a bug or a full disk; a bad record becomes a row of `failed`.
    """
    summary = Summary(unit.source)
    tally = Tally()
    with ExitStack() as stack:
        enter = stack.enter_context
        tables = {
            kind: enter(write_rows(unit_file(folder, unit.name, f"{kind}.arrow"), schema))
            for kind, schema in {
                "pages": PAGES,
                "refs": REFS,
                "images": IMAGES,
                "dropped": DROPPED,
                "failed": FAILED,
            }.items()
        }
        docs = enter(storage.write_whole(unit_file(folder, unit.name, "docs"), durable=False))
        payloads = enter(storage.write_whole(unit_file(folder, unit.name, "payloads"), durable=False))
        stream = enter(storage.open_for_reading(unit.path))
        stager = Stager(unit, summary, tables, docs, payloads)
        captures = read_captures(stream, start=unit.start, end=unit.end, tally=tally)
        for batch in batches(stager.sort(captures, tick)):
            for pending, outcome in zip(batch, isolator.run([p.task for p in batch]), strict=True):
                stager.settle(pending, outcome)
    summary.records = dict(sorted(tally.records.items()))
    summary.rows = {kind: rows.count for kind, rows in tables.items()}
    names = [*(f"{kind}.arrow" for kind in tables), "docs", "payloads"]
    summary.files = {name: storage.size(unit_file(folder, unit.name, name)) for name in names}
    with storage.write_whole(unit_file(folder, unit.name, "summary.json")) as file:
        file.write(json.dumps(summary, default=lambda value: value.__dict__, sort_keys=True).encode())
    return summary


def is_staged(folder: str, name: str) -> bool:
    """Whether a unit is committed and its files have the sizes that its summary says: they were not synced, it was."""
    if not storage.exists(unit_file(folder, name, "summary.json")):
        return False
    files = read_summary(folder, name)["files"]
    paths = {unit_file(folder, name, kind): size for kind, size in files.items()}
    return all(storage.exists(path) and storage.size(path) == size for path, size in paths.items())


def read_summary(folder: str, name: str) -> dict[str, Any]:
    """The summary of a committed unit."""
    summary: dict[str, Any] = json.loads(storage.read_bytes(unit_file(folder, name, "summary.json")))
    return summary


def batches(pending: Iterator[Pending]) -> Iterator[list[Pending]]:
    """Hand-overs to the isolator, bounded in number and bytes."""
    batch: list[Pending] = []
    size = 0
    for item in pending:
        batch.append(item)
        size += len(item.task.body)
        if len(batch) >= BATCH_TASKS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def refusal(capture: Capture) -> tuple[str, float | None]:
    """The rule by which a capture is neither a page nor an image, and the value it judged; ("", None) where it is one."""
    if capture.kind == "revisit":
        return "revisit", None
    if capture.status and not 200 <= capture.status < 300:
        return "http_status", float(capture.status)
    if not capture.body:
        return "empty_body", 0.0
    return ("", None) if is_image(capture) or is_page(capture) else ("media_type", None)


def is_image(capture: Capture) -> bool:
    """Whether the payload is an image by its bytes, or claims to be one (then what it is instead becomes a fault)."""
    return sniff(capture.body) in ("jpeg", "png", "webp", "gif") or capture.media_type.startswith("image/")


def is_page(capture: Capture) -> bool:
    """Whether the payload is HTML, by its declared type or, where that says nothing, by its first bytes; or a WET record's text."""
    if capture.kind == "conversion":
        return capture.media_type == "text/plain"
    if capture.media_type in HTML_TYPES:
        return True
    head = capture.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return capture.media_type in VAGUE_TYPES and head.startswith((b"<!doctype html", b"<html"))


class Stager:
    """Turns captures into tasks and their outcomes into rows of one unit."""

    def __init__(
        self,
        unit: Unit,
        summary: Summary,
        tables: dict[str, Rows],
        docs: storage.HashingWriter,
        payloads: storage.HashingWriter,
    ) -> None:
        self._unit = unit
        self._summary = summary
        self._tables = tables
        self._docs = docs
        self._payloads = payloads

    def sort(self, captures: Iterator[Capture | Damage], tick: Callable[[int, int], None]) -> Iterator[Pending]:
        """The captures that are pages or images; the others leave by their door here."""
        doors = self._summary.doors["captures"]
        for item in captures:
            doors.entered += 1
            tick(item.offset, doors.entered)
            if isinstance(item, Damage):
                self._summary.skipped += item.skipped
                self._fail(
                    "captures", "read", item, capture_id(self._unit.source, item.offset), item.fault, item.detail
                )
                continue
            self._summary.captures += 1
            rule, value = refusal(item)
            if rule:
                self._drop(item, rule, value)
                continue
            doors.kept += 1
            pending = self._pending(item)
            if item.truncated and isinstance(pending.task, ImageTask):  # a cut image is not decoded (hazards.md §1)
                self.settle(pending, RecordError(Fault.TRUNCATED, f"the archive holds {len(item.body)} bytes of it"))
            else:
                yield pending

    def settle(self, pending: Pending, outcome: "StagedPage | ImageFacts | RecordError") -> None:
        """Write the rows of one outcome."""
        corpus, stage = ("images", "decode") if isinstance(pending.task, ImageTask) else ("pages", "extract")
        doors = self._summary.doors[corpus]
        doors.entered += 1
        if isinstance(outcome, RecordError):
            self._fail(corpus, stage, pending.capture, pending.id, outcome.fault, outcome.detail)
        else:
            doors.kept += 1
        if isinstance(outcome, StagedPage):
            self._page(pending, outcome)
        elif corpus == "images":
            self._image(pending, outcome if isinstance(outcome, ImageFacts) else None)

    def _pending(self, capture: Capture) -> Pending:
        identity = capture_id(self._unit.source, capture.offset, capture.within)
        if is_image(capture):
            return Pending(identity, capture, ImageTask(capture.body))
        plain = capture.kind == "conversion"
        task = PageTask(capture.url, capture.body, capture.charset, capture.headers, plain)
        return Pending(identity, capture, task)

    def _drop(self, capture: Capture, rule: str, value: float | None) -> None:
        self._summary.doors["captures"].dropped[rule] += 1
        self._tables["dropped"].append(
            {
                "corpus": "captures",
                "id": capture_id(self._unit.source, capture.offset, capture.within).hex(),
                "url": capture.url,
                "source": self._unit.source,
                "stage": "read",
                "rule": rule,
                "value": value,
                "of": None,
            }
        )

    def _fail(
        self, corpus: str, stage: str, item: Capture | Damage, identity: bytes, fault: str | Fault, detail: str
    ) -> None:
        self._summary.doors[corpus].failed[str(fault)] += 1
        self._tables["failed"].append(
            {
                "corpus": corpus,
                "id": identity.hex(),
                "url": item.url,
                "source": self._unit.source,
                "offset": item.offset,
                "stage": stage,
                "fault": str(fault),
                "detail": detail,
            }
        )

    def _page(self, pending: Pending, page: StagedPage) -> None:
        capture = pending.capture
        numbers = dict(zip(_PAGE_NUMBERS, (*page.measures, *page.url_measures), strict=True))
        row = self._tables["pages"].count
        self._tables["pages"].append(
            numbers
            | {
                "id": pending.id,
                "url": capture.url,
                "url_key": address_key(capture.url),
                "date": capture.date,
                "offset": capture.offset,
                "title": page.title,
                "truncated": capture.truncated,
                "lang": page.lang,
                "lang_score": page.lang_score,
                "text_key": page.text_key,
                "texts": page.texts,
                "text_bytes": page.text_bytes,
                "directives": "\n".join(page.directives),
                "doc_offset": self._docs.tell(),
                "doc_length": len(page.document),
            }
        )
        self._docs.write(page.document)
        self._tables["refs"].extend(ref_columns(row, page.refs))

    def _image(self, pending: Pending, facts: ImageFacts | None) -> None:
        capture = pending.capture
        place, at, length = PLACE_ARCHIVE, capture.offset, capture.length
        if not capture.seekable and facts:
            place, at, length = PLACE_STAGED, self._payloads.tell(), len(capture.body)
            self._payloads.write(capture.body)
        self._tables["images"].append(
            {
                "id": pending.id,
                "url": capture.url,
                "url_key": address_key(capture.url),
                "offset": capture.offset,
                "directives": image_directives(capture.headers),
                "place": place,
                "at": at,
                "length": length,
                **fact_columns(facts),
            }
        )


def image_directives(headers: tuple[tuple[str, str], ...]) -> str:
    """What an image's response says about its use, signals first, cut to what a shuffled row may hold (law 2)."""
    lines = header_directives(headers)
    telling = sorted(lines, key=lambda line: not signals((line,)))
    return "\n".join(telling)[:DIRECTIVES_CHARACTERS]


def fact_columns(facts: ImageFacts | None) -> dict[str, Any]:
    """The columns of an image's facts; those of one that could not be decoded have no format."""
    if facts is None:
        return {"format": "", "width": 0, "height": 0, "size": 0, "spread": 0, "sha256": bytes(32), "phash": 0}
    names = ("format", "width", "height", "size", "spread", "sha256", "phash")
    return {name: getattr(facts, name) for name in names}


def ref_columns(page: int, refs: StagedRefs) -> dict[str, Sequence[Any]]:
    """The index rows of a page's image references."""
    count = len(refs.urls)
    return {
        "page": [page] * count,
        "ordinal": range(count),
        "keys": [[joined_key(url) for url in urls] for urls in refs.urls],
        **refs._asdict(),
    }
