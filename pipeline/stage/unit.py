"""A unit of archives -> its staging file. In: a unit. Out: index rows and documents in one file. Cost: per record, no shuffle.

The file appears under its name when it is whole, so its presence commits the unit (law 6): a unit whose file is there is not read again,
and one that has none is read from its beginning and gives the same bytes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, NamedTuple

from pipeline import storage
from pipeline.archives import Item, opened_items
from pipeline.layout import StagingFolder
from pipeline.plan import Span, Unit, span_path
from pipeline.sections import SectionWriter
from pipeline.stage.classify import (
    POLICY_FILE,
    REDIRECT,
    REVISIT,
    alias_of,
    page_address,
    refusal,
    refusal_of_fetched,
    task_of,
)
from pipeline.stage.fetched import Came, tell_fetches
from pipeline.stage.index_parts import IndexParts
from pipeline.stage.media import NO_FACTS, MediaRows, halves, medium_directives, medium_signals, pack_medium
from pipeline.stage.pieces import FRAMES, PieceFrames
from pipeline.stage.policies import PolicyRows
from pipeline.stage.unit_record import (
    ALIASES,
    FETCHES,
    KEYS,
    MEDIA_ROWS,
    MEDIA_URLS,
    ORIGINS,
    POLICIES,
    STAGES,
    OutcomeCounts,
    UnitRecord,
    record_of,
)
from schemas.index import MOST_FORMS, PLACE_ARCHIVE, PLACE_STAGED, VIA_REDIRECT, VIA_REVISIT
from schemas.outcomes import Fault, RecordError, UserError
from schemas.records import Capture, Damage, Told
from schemas.tables import IMAGE_ELEMENTS, MEDIA_ELEMENTS
from schemas.tasks import ImageTask, ListedTask, PageTask, StagedImage, StagedPage, StagedRefs
from transforms.consent.said import heard
from transforms.dedup.keys import address_key, capture_id
from transforms.html.urls import canonical
from transforms.image.header import claimed_pixels
from transforms.isolate import Isolator
from transforms.warc.read import Tally

BATCH_TASKS = 32
# What one hand-over to the isolator holds, so that memory is bounded by it and not by the archive.
BATCH_BYTES = 8 * 2**20

# A file of 35 bytes can ask for 50 million pixels, half a second of processor time, and a unit holds a hundred thousand of them. So what
# the small images of a unit ask for together is bounded: at ten times what real ones do, and some minutes. Ours.
SMALL_IMAGE = 64 * 2**10  # bytes
UNIT_PIXELS = 20_000_000_000
_ALIASES = {REDIRECT: VIA_REDIRECT, REVISIT: VIA_REVISIT}

Task = PageTask | ImageTask | ListedTask
Tasks = Isolator[Task, StagedPage | StagedImage]
Tick = Callable[[int, int], None]


class Pending(NamedTuple):
    """A capture on its way through the isolator."""

    id: bytes
    capture: Capture
    task: Task
    span: int


@dataclass
class Held:
    """What one span held."""

    source: str
    records: dict[str, int] = field(default_factory=dict)
    captures: int = 0
    skipped: int = 0


def stage_unit(
    unit: Unit, root: str, staging: StagingFolder, isolator: Tasks, tick: Tick = lambda position, captures: None
) -> UnitRecord:
    """Read one unit and write its staging file. `tick` hears how many bytes of the unit were read, and the captures so far.

    Raises what is a bug or a full disk; a bad record becomes a row of `failed`.
    """
    with ExitStack() as stack:
        index = stack.enter_context(IndexParts())
        media = stack.enter_context(MediaRows(unit.fetched))
        writer = SectionWriter(stack.enter_context(storage.write_whole(staging.unit(unit.number), durable=False)))
        policies = stack.enter_context(PolicyRows(unit.number, writer))
        pieces = stack.enter_context(PieceFrames())
        stager = Stager(unit, index, media, policies, pieces, writer)
        for batch in batches(stager.read(root, staging, tick)):
            for pending, outcome in zip(batch, isolator.run([p.task for p in batch]), strict=True):
                stager.write_outcome(pending, outcome)
        if unit.fetched:
            stager.counts[FETCHES] = tell_fetches(unit, staging, index, media, stager.came)
        frames = pieces.write(writer, index.count)
        index_at = index.write(writer)
        writer.section(MEDIA_URLS, media.urls.pieces())
        lookup_at, _ = writer.section(MEDIA_ROWS, media.rows())
        writer.section(KEYS, media.keys())
        writer.section(ALIASES, media.aliases())
        writer.section(POLICIES, policies.rows())
        writer.section(ORIGINS, policies.origins())
        about = {**stager.about(index_at, lookup_at), FRAMES: frames}
        writer.close(about)
        return record_of(unit.number, about, writer.tell())


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


class Stager:
    """Turns captures into tasks and their outcomes into rows of one unit."""

    def __init__(
        self,
        unit: Unit,
        index: IndexParts,
        media: MediaRows,
        policies: PolicyRows,
        pieces: PieceFrames,
        writer: SectionWriter,
    ) -> None:
        self._unit = unit
        self._index = index
        self._media = media
        self._policies = policies
        self._pieces = pieces
        self._writer = writer
        self.counts = {name: OutcomeCounts() for name in STAGES}
        self._held = [Held(span.source) for span in unit.spans]
        self._borders = (0, 0)
        self._asked = 0  # pixels, by small images so far
        self.came = Came()  # of a fetched unit

    def about(self, index_at: int, lookup_at: int) -> dict[str, Any]:
        """What the unit's footer says; `size` is that of all that stands before it."""
        return {
            "spans": [asdict(span) for span in self._unit.spans],
            "held": [asdict(held) for held in self._held],
            "counts": {name: counts.plain() for name, counts in self.counts.items()},
            "parts": self._index.count,
            "rows": [self._index.total("pages"), self._index.total("refs"), self._media.count],
            "borders": self._borders,
            "index_at": index_at,
            "lookup_at": lookup_at,
            "size": self._writer.tell(),
        }

    def read(self, root: str, staging: StagingFolder, tick: Tick) -> Iterator[Pending]:
        """The captures of all spans that are pages or images."""
        before = 0
        for number, span in enumerate(self._unit.spans):
            if span.fetched and not span.size:  # a segment of failures has no archive
                continue
            tally, path = Tally(), span_path(root, staging, span)
            with opened_items(staging.fetched if span.fetched else root, span, tally) as items:
                yield from self.classify(number, items, partial(self._tick, tick, before, span))
            self._held[number].records = dict(sorted(tally.records.items()))
            self._borders = (tally.began, tally.ended)
            if span.size <= 0 or not storage.is_remote(path):  # else each answer was compared with the planned size
                check_size(span, storage.size(path))
            before += span.end - span.start

    def _tick(self, tick: Tick, before: int, span: Span, offset: int) -> None:
        read = before + min(max(0, offset - span.start), span.end - span.start)
        tick(read, self.counts["captures"].entered)

    def classify(self, span: int, captures: Iterator[Item], tick: Callable[[int], None]) -> Iterator[Pending]:
        """The captures that are pages or images; records why the others are skipped."""
        counts, held = self.counts["captures"], self._held[span]
        for item in captures:
            counts.entered += 1
            self._index.end_item()
            tick(item.offset)
            if isinstance(item, Told):
                self._drop(item, item.source, item.rule, None, detail=item.detail)
                continue
            if isinstance(item, Damage):
                held.skipped += item.skipped
                source = item.source or held.source
                self._fail("captures", item, capture_id(source, item.offset), source, item.fault, item.detail)
                continue
            held.captures += 1
            rule, value = refusal_of_fetched(item) if self._unit.fetched else refusal(item)
            if rule == POLICY_FILE:
                self._policies.append(capture_id(held.source, item.offset, item.within), item)
            if self._unit.fetched:
                self.came.redirect(item)
            elif rule in _ALIASES and (to := alias_of(item)):
                identity = capture_id(held.source, item.offset, item.within)
                self._media.lead(item, to, identity, _ALIASES[rule])
            if rule:
                self._drop(item, held.source, rule, value)
                continue
            counts.kept += 1
            pending = Pending(capture_id(held.source, item.offset, item.within), item, task_of(item), span)
            if item.truncated and isinstance(pending.task, ImageTask):
                # A cut image is not decoded: it would be another one.
                error = RecordError(Fault.TRUNCATED, f"the archive holds {len(item.body)} bytes of it")
                self.write_outcome(pending, error)
            elif isinstance(pending.task, ImageTask) and self._asks_too_much(item.body):
                error = RecordError(Fault.BOMB, f"small images before it ask for {self._asked:,} pixels together")
                self.write_outcome(pending, error)
            else:
                yield pending

    def _asks_too_much(self, image: bytes) -> bool:
        """Whether the small images of the unit have asked for more pixels than a unit may; each asks until then."""
        if len(image) > SMALL_IMAGE:
            return False
        if self._asked > UNIT_PIXELS:
            return True
        self._asked += claimed_pixels(image)
        return False

    def write_outcome(self, pending: Pending, outcome: StagedPage | StagedImage | RecordError) -> None:
        """Write the rows of one outcome."""
        corpus = "images" if isinstance(pending.task, ImageTask) else "pages"
        counts = self.counts[corpus]
        counts.entered += 1
        if isinstance(outcome, RecordError):
            source = self._held[pending.span].source
            self._fail(corpus, pending.capture, pending.id, source, outcome.fault, outcome.detail)
        else:
            counts.kept += 1
        if isinstance(outcome, StagedPage):
            self._page(pending, outcome)
        elif corpus == "images":
            self._image(pending, outcome if isinstance(outcome, StagedImage) else None)
        self._index.end_item()

    def _elements(self, pending: Pending, page: StagedPage) -> None:
        """Account for the images, audio and video of a page: elements that give no reference share a row for each rule, which says how
        many."""
        found = (IMAGE_ELEMENTS, len(page.refs.urls), page.lost_images), (MEDIA_ELEMENTS, page.media, page.lost_media)
        for corpus, kept, lost in found:
            counts = self.counts[corpus]
            counts.entered += kept + sum(lost.values())
            counts.kept += kept
            for rule, count in lost.items():
                source = self._held[pending.span].source
                self._drop(pending.capture, source, rule, float(count), corpus, count)

    def _drop(
        self,
        item: Capture | Told,
        source: str,
        rule: str,
        value: float | None,
        corpus: str = "captures",
        count: int = 1,
        detail: str | None = None,
    ) -> None:
        self.counts[corpus].dropped[rule] += count
        within = item.within if isinstance(item, Capture) else 0
        self._index.append(
            "dropped",
            {
                "corpus": corpus,
                "id": capture_id(source, item.offset, within).hex(),
                "url": item.url,
                "source": source,
                "stage": STAGES[corpus],
                "rule": rule,
                "value": value,
                "of": None,
                "detail": detail,
            },
        )

    def _fail(
        self, corpus: str, item: Capture | Damage, identity: bytes, source: str, fault: str | Fault, detail: str
    ) -> None:
        self.counts[corpus].failed[str(fault)] += 1
        self._index.append(
            "failed",
            {
                "corpus": corpus,
                "id": identity.hex(),
                "url": item.url,
                "source": source,
                "offset": item.offset,
                "stage": STAGES[corpus],
                "fault": str(fault),
                "detail": detail,
            },
        )

    def _page(self, pending: Pending, page: StagedPage) -> None:
        capture, url = pending.capture, page_address(pending.capture)
        row = self._index.rows("pages")
        self._pieces.append(self._index.count - 1, row, self._index.total("pages"), page.pieces)
        at, length = self._writer.payload(page.document)
        self._index.append(
            "pages",
            {
                **with_heard(page.facts, capture),
                "id": pending.id,
                "url": url,
                "url_key": address_key(url),
                "date": capture.date,
                "span": pending.span,
                "offset": capture.offset,
                "truncated": capture.truncated,
                "doc_offset": at,
                "doc_length": length,
            },
        )
        self._elements(pending, page)
        self._index.extend("refs", ref_columns(row, page.refs))
        self._media.refer(url for urls in page.refs.urls for url in urls)
        self._policies.ask((canonical(url), *(url for urls in page.refs.urls for url in urls)))

    def _image(self, pending: Pending, image: StagedImage | None) -> None:
        capture = pending.capture
        place, at, length = PLACE_ARCHIVE, capture.offset, capture.length
        if not capture.seekable and image:
            place = PLACE_STAGED
            at, length = self._writer.payload(pack_medium(medium_directives(capture), capture.body, capture.url))
        forms = [(0, 0)] * MOST_FORMS
        for number, body in enumerate(image.forms if image else ()):
            if body:
                forms[number] = self._writer.payload(pack_medium(medium_directives(capture), body, capture.url))
        if self._unit.fetched:
            self.came.images[pending.span, capture.offset] = pending.id, image is not None
        high, low = halves(pending.id)
        self._media.append(
            capture.url,
            image.facts if image else NO_FACTS,
            id_high=high,
            id_low=low,
            unit=self._unit.number,
            span=pending.span,
            offset=capture.offset,
            place=place,
            at=at,
            length=length,
            form_at=[at for at, _ in forms],
            form_length=[length for _, length in forms],
            signals=medium_signals(capture),
        )


def with_heard(facts: Mapping[str, Any], capture: Capture) -> Mapping[str, Any]:
    """What is staged of a page, with what the files of its site said about it where a crawl of ours asked them."""
    bits, lines = heard(capture.said)
    if not bits:
        return facts
    shown = "\n".join(dict.fromkeys((*filter(None, facts["directives"].split("\n")), *lines)))
    return {**facts, "directives": shown, "signals": facts["signals"] | bits}


def check_size(span: Span, size: int) -> None:
    """Raise UserError where an archive does not have the size that it was planned with."""
    if span.size not in (-1, size):
        raise UserError(
            f"{span.source} has changed while it was read: it had {span.size} bytes and has {size}; "
            "start again with a new --output when nothing writes to it any more"
        )


def ref_columns(page: int, refs: StagedRefs) -> dict[str, Sequence[Any]]:
    """The index rows of a page's references."""
    count = len(refs.urls)
    return {"page": [page] * count, "ordinal": range(count), **refs._asdict()}
