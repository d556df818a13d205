"""A unit of records that an index names -> its segments. In: the file of its rows. Out: archives, rows, and an account. Cost: ranges.

What is written is the record's own bytes, its gzip member as it lay in the archive. Every row ends in one row of `fetches`.
"""

import hashlib
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any, NamedTuple

from pipeline import storage
from pipeline.fetch import rows
from pipeline.fetch.addresses import Address
from pipeline.fetch.claim import claimed
from pipeline.fetch.evidence import Packed
from pipeline.fetch.index_rows import Selected, order_of, read_selected
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.ranges import Got, Ranges, Wanted
from pipeline.fetch.segment import Segments, transient_ids
from pipeline.fetch.unit import Tally
from schemas.fetches import DUPLICATE, FAILED, KEPT, RECORD_KEY
from schemas.outcomes import Fault, RecordError
from transforms.dedup.keys import address_key
from transforms.fetch.content import content
from transforms.fetch.faults import FetchError, FetchFault
from transforms.fetch.spans import spans
from transforms.warc.cdxj import Entry
from transforms.warc.codings import decoded
from transforms.warc.heads import media_type, value
from transforms.warc.limits import Limits
from transforms.warc.member import digest_differs, http_of, only_record

LIMITS = Limits()
# The longest record that is fetched, as it lies in its archive: one that inflates to LIMITS.payload may be as long.
MOST_RECORD = LIMITS.payload


@dataclass(frozen=True, slots=True)
class Copying:
    """How records are copied: the base below which archives lie, who asks, and a word on the origin for archives."""

    archives: str
    agent: str
    origin: str


class Taken(NamedTuple):
    """A record that is what the index says: its member with its line of an index, and what its row tells."""

    packed: Packed
    told: dict[str, Any]


class RangeVisit:
    """One unit being fetched."""

    def __init__(
        self, unit: int, attempt: int, how: Copying, segments: Segments, tell: Callable[[rows.Row], None]
    ) -> None:
        self._unit, self._attempt, self._how = unit, attempt, how
        self._segments, self._tell = segments, tell
        self._out = 0

    def wanted(self, selected: Iterable[Selected]) -> Iterator[Wanted | None]:
        """The ranges that bring the rows, which come by archive and offset; None until all that is under way was told."""
        for archive, group in groupby(filter(self._enter, selected), lambda row: row.archive):
            here = list(group)
            rest = iter(here)
            for span in spans([(row.offset, row.length) for row in here]):
                held = list(islice(rest, span.records))
                self._segments.tick()
                self._out += 1
                yield Wanted(storage.join(self._how.archives, archive), span.start, span.stop, (self, held))
        while self._out:
            self._segments.tick()
            yield None

    def _enter(self, row: Selected) -> bool:
        """Whether a row is fetched; the others end here."""
        if row.of:
            self._end(self._plain(row, DUPLICATE, RECORD_KEY) | {"of": row.of})
        elif row.length < 0:
            self._fail(row, FetchFault.BAD_INDEX, f"the index names no place of a record: {row.archive[:200]!r}")
        elif row.length > MOST_RECORD:
            self._fail(
                row, FetchFault.OVERSIZE, f"a record of {row.length} bytes, where at most {MOST_RECORD} are fetched"
            )
        else:
            return True
        return False

    def hear(self, got: Got, held: Sequence[Selected]) -> None:
        """What came for some rows."""
        self._out -= 1
        view = memoryview(got.data)
        for row in held:
            begin = row.offset - got.wanted.start
            data = bytes(view[begin : begin + row.length])
            try:
                if got.fault:
                    raise FetchError(got.fault, got.detail)
                if len(data) < row.length:
                    raise FetchError(
                        FetchFault.NOT_PARTIAL, f"{got.wanted.path} ends inside the record at byte {row.offset}"
                    )
                taken = taken_of(row, data)
            except FetchError as error:
                self._fail(row, error.fault, error.detail)
                continue
            made = self._plain(row, KEPT) | taken.told
            self._segments.add([taken.packed], made)
            self._tell(made)

    def _plain(self, row: Selected, outcome: str, reason: str = "", detail: str = "") -> rows.Row:
        address = Address(row.id, row.url, "", row.digest, -1, row.of)
        place = {"taken_from": row.archive, "taken_offset": row.offset if row.length >= 0 else None}
        return rows.plain(address, self._attempt, outcome, reason, detail) | place

    def _fail(self, row: Selected, fault: FetchFault, detail: str) -> None:
        self._end(self._plain(row, FAILED, fault.value, detail))

    def _end(self, row: rows.Row) -> None:
        self._segments.add((), row)
        self._tell(row)


def taken_of(row: Selected, data: bytes) -> Taken:
    """The record that lies where the index says. Raises FetchError where it is not the one that is meant."""
    try:
        record = only_record(data, LIMITS)
        status, headers, body = http_of(record, LIMITS)
    except RecordError as error:
        fault = FetchFault.OVERSIZE if error.fault == Fault.OVERSIZE else FetchFault.NO_MEMBER
        raise FetchError(fault, f"{row.archive} at {row.offset}: {error}") from error
    head = record.head
    if head.url != row.url and address_key(head.url) != address_key(row.url):
        raise FetchError(FetchFault.WRONG_RECORD, f"{row.archive} at {row.offset}: a record of {head.url[:300]}")
    if other := digest_differs(row.digest, record, body):
        raise FetchError(FetchFault.CONTENT_CHANGED, f"its digest is {other}, where the index has {row.digest[:64]}")
    kind, _ = media_type(value(headers, "content-type") if status else head.media_type)
    digest = (record.stated or row.digest).rpartition(":")[2]
    entry = Entry(head.url, head.date, kind or "unk", status, digest, len(data), -1, "")
    told = {
        "status": status or None,
        "final_url": head.url,
        "date": head.date,
        "truncated": head.truncated,
        "media_type": kind,
    }
    try:
        plain, _ = decoded(body, headers, LIMITS)
    except RecordError:
        return Taken(Packed(data, entry), told)
    about = content(kind, plain)
    told |= {"bytes": len(plain), "sha256": hashlib.sha256(plain).hexdigest(), "sniffed": about.found}
    return Taken(Packed(data, entry), told)


def fetch_units(
    folder: CrawlFolder,
    attempt: int,
    units: Iterable[int],
    how: Copying,
    ranges: Ranges,
    tick: Callable[[int, int], None] = lambda unit, done: None,
    clock: Callable[[], float] = time.monotonic,
) -> dict[int, dict[str, Any]]:
    """Fetch what no segment of the units holds yet, unit after unit; the account of each as a JSON value.

    All are asked for by one run of `ranges`, so that connections stay. Raises DamagedFileError, StorageError, Overtaken,
    and what is a bug.
    """
    accounts: dict[int, dict[str, Any]] = {}
    at_work: list[Segments] = []

    def wanted() -> Generator[Wanted | None, None, None]:
        for unit in units:
            tally = Tally()

            def tell(row: rows.Row, tally: Tally = tally, unit: int = unit) -> None:
                tally.add(row)
                tick(unit, tally.entered)

            with (
                claimed(folder.round(attempt).claim(unit)) as claim,
                Segments(folder, unit, how.agent, clock, origin=how.origin, claim=claim) as segments,
            ):
                at_work[:] = [segments]
                done = set()
                for row in segments.committed():
                    done.add(row["id"])
                    tell(row)
                visit = RangeVisit(unit, attempt, how, segments, tell)
                yield from visit.wanted(
                    row for row in read_selected(folder.round(attempt).addresses(unit)) if row.id not in done
                )
            accounts[unit] = tally.record()

    def hear(got: Got) -> None:
        visit, held = got.wanted.key
        visit.hear(got, held)

    def idle() -> None:
        """A segment is closed in time while a server is waited for, too."""
        for segments in at_work:
            segments.tick()

    # However it ends the unit at hand is let go of: a bug's traceback keeps the generator, and whoever tries again waits for its lock.
    with closing(wanted()) as asked:
        ranges.run(asked, hear, idle)
    return accounts


def failed_before(folder: CrawlFolder, attempt: int, unit: int) -> Iterator[Selected]:
    """The rows of a finished unit that failed in a way that may be well another time."""
    path = folder.round(attempt).addresses(unit)
    if not storage.exists(path):  # a place at which no row fell
        return
    again = transient_ids(folder, unit)
    for row in sorted(read_selected(path) if again else (), key=lambda row: order_of(row.id)):
        if row.id in again:
            yield row
