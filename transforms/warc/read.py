"""Reads the captures of a web archive (WARC, WET, WAT, ARC, plain or compressed) and resumes behind every damage.

A scan yields each wanted record as a `Capture`, and a `Damage` for each record that could not be read and for each gap between records.
One bad byte costs one record: every gzip member or zstd frame is inflated on its own, and its checksum is verified before its record is
yielded. Behind damage the next member is found by its magic bytes and by the record at its start. Only in an archive that is a single
compressed stream does damage lose the rest.
"""

from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from schemas.outcomes import Fault, RecordError
from schemas.records import Capture, Damage
from transforms.listed import says_captions
from transforms.warc.archive import LZ4_MAGIC, Archive, recognise
from transforms.warc.capture import capture
from transforms.warc.codecs import MemberError, some
from transforms.warc.feed import Feed
from transforms.warc.heads import CAPTURES, Head, arc_head, warc_head
from transforms.warc.limits import Limits

# The metadata records of crawls say what a list says of an image (`transforms.listed`); those of other tools are counted and left.
LISTS = frozenset({"metadata"})
OTHERS = frozenset({"warcinfo", "request", "metadata", "continuation"})  # the other types of WARC 1.1 §5.5
LIMITS = Limits()
# Bytes that lying lengths may cost twice per member, so that an archive full of them is still read in linear time.
_AGAIN = 4 << 30
# Bytes that members may take and give before they break and are searched again for the next one, for the same reason.
_BROKEN_AGAIN = 1 << 30
# Bytes in which the first record of an archive must begin if it is to be read in ranges: each range looks for it.
_FRONT = 64 << 20
NOWHERE = -1
_CLOSED = (b"\r\n\r\n", b"\n\n")  # what stands behind a WARC record


@dataclass(slots=True)
class Tally:
    """The counts of a scan so far; they may be read while the scan goes on.

    `records` counts each record whose frame is intact, wanted or not, even if its content then turns out a `Damage`.
    """

    records: Counter[str] = field(default_factory=Counter)  # records by WARC-Type, "other" for types of no standard
    damages: int = 0  # Damage items yielded
    skipped: int = 0  # bytes that these passed over
    position: int = 0  # the byte of the archive up to which it was read
    size: int = 0  # bytes of the archive
    # The bytes at which the first member of the range begins and the first one behind it (the archive's size where none does);
    # NOWHERE where none begins in the range, which then says nothing of what is behind it.
    began: int = 0
    ended: int = 0


class _Record(NamedTuple):
    """A record whose frame is intact; `payload` is empty where it was not wanted or is too large."""

    head: Head
    payload: bytes
    place: tuple[int, int, bool, int]  # offset, length, seekable, bytes of the offset inside a member


def read_captures(
    stream: BinaryIO,
    limits: Limits = LIMITS,
    wanted: Set[str] = CAPTURES,
    tally: Tally | None = None,
    start: int = 0,
    end: int | None = None,
) -> Iterator[Capture | Damage]:
    """Every record of the types `wanted` and every metadata record with captions of a list, in order, and every damage.

    With `start` and `end` only what begins at a byte of [start, end), so that the ranges of any partition give together what one scan
    gives. An archive that cannot be entered in its middle (several records in the first gzip member or zstd frame) belongs to the range
    that holds byte 0. A gap belongs to the record in front of it. `stream` must be seekable and is not closed.

    A range begins where a record seems to begin. Where an archive lies in a record of another one that may be a record of the inner one;
    so `tally.began` must be compared with `tally.ended` of the range before.
    """
    tally = Tally() if tally is None else tally
    for found in _items(stream, limits, wanted | LISTS, tally, start, end):
        if isinstance(found, _Record):
            tally.records[found.head.kind if found.head.kind in CAPTURES | OTHERS else "other"] += 1
            listed = found.head.kind in LISTS and says_captions(found.head.media_type, found.payload)
            if found.head.kind not in wanted and not listed:
                continue
        item = _capture(found, limits) if isinstance(found, _Record) else found
        if isinstance(item, Damage):
            tally.damages += 1
            tally.skipped += item.skipped
        yield item


def read_at(stream: BinaryIO, offset: int, length: int, limits: Limits = LIMITS) -> Capture:
    """The one record at `offset`, equal to what a scan yields; for captures with `seekable` set. Raises `RecordError`."""
    _, feed = recognise(stream, offset, offset + length)
    if feed is None or feed.first != offset:
        raise RecordError(Fault.BAD_RECORD, f"no record begins at byte {offset}")
    item = next(_Segment(feed, limits, None, offset + length).records(), None)
    if isinstance(item, _Record):
        return capture(*item, limits)
    raise RecordError(Fault(item.fault) if item else Fault.BAD_RECORD, item.detail if item else "the record is empty")


def _capture(record: _Record, limits: Limits) -> Capture | Damage:
    try:
        return capture(*record, limits)
    except RecordError as error:
        offset, length, *_ = record.place
        return Damage(offset, length, error.fault.value, error.detail, record.head.url, 1)


def _items(
    stream: BinaryIO, limits: Limits, wanted: Set[str], tally: Tally, start: int, end: int | None
) -> Iterator[_Record | Damage]:
    """Every record and damage that belongs to the range."""
    archive, feed = recognise(stream, before=_FRONT if start > 0 else None)
    size = tally.size = archive.source.stop
    tally.began = tally.ended = NOWHERE
    if start == 0 and feed is None:
        tally.ended = size
        yield _nothing(archive)
    if feed is None:
        return
    if (start > 0 or end is not None) and not (feed.first < _FRONT and _splits(archive, feed.first, limits)):
        start, end = (0, size) if start == 0 else (size, size)
    stop = size if end is None else min(end, size)
    if start > 0:
        feed = archive.find(start, before=stop) if start < stop else None
    elif feed.first > archive.past_skippable(0):
        yield _gap(archive, 0, feed)
    if feed is None:
        return
    tally.began = feed.first
    again = 0
    while feed and feed.first < stop:
        begin = feed.first
        segment = _Segment(feed, limits, wanted, stop)
        try:
            for item in segment.records():
                tally.position = feed.raw
                yield item
        except MemberError as error:
            after = archive.find(begin + 1 if again < _BROKEN_AGAIN else feed.raw)
            again += feed.pulled + feed.raw - begin
            yield from segment.broken(error, after.first if after else size)
            feed = after
            continue
        if feed.seekable:
            tally.ended = feed.position
            return
        after = archive.find(feed.raw) if feed.raw < size else None
        if (after.first if after else size) > archive.past_skippable(feed.raw):
            yield _gap(archive, feed.raw, after)
        feed = after
    tally.ended = feed.first if feed else size


class _Segment:
    """Reads the records of one feed, and remembers the current one in case the member breaks there."""

    def __init__(self, feed: Feed, limits: Limits, wanted: Set[str] | None, stop: int) -> None:
        self._feed = feed
        self._stop = stop if feed.seekable else None  # byte of the archive behind which no record is begun
        self._limits = limits
        self._wanted = wanted
        self._begin = feed.position
        self._alone = True  # no other record of this member came before
        self._url = ""
        self._again = 0  # bytes read, then gone back over
        self._known = 0  # 1 once a record is known to begin where this one is looked for

    def records(self) -> Iterator[_Record | Damage]:
        """Every record up to the member's end, and a damage where one is broken off. Raises `MemberError`.

        In a plain archive up to the first record that begins at `stop` or behind it.
        """
        self._feed.newlines()
        while not self._feed.ended() and not self._stopped():
            self._begin, self._url, self._known = self._feed.position, "", 0
            try:
                head, payload = self._record()
            except MemberError:
                raise
            except RecordError as error:
                offset, skipped, *_ = self._place()
                yield Damage(offset, skipped, error.fault.value, error.detail, self._url, self._known)
            else:
                yield _Record(head, payload, self._place())
            self._alone = False

    def _stopped(self) -> bool:
        return self._stop is not None and self._feed.position >= self._stop and self._feed.starts()

    def broken(self, error: MemberError, after: int) -> Iterator[Damage]:
        """The damage that a codec found in the current record, up to byte `after`, where the next record begins.

        None where the member went on behind its last whole record, as with a damaged end: its bytes are those of the records that follow.
        """
        first, raw = self._feed.first, self._feed.raw
        if self._alone or self._known or raw < after:
            at = first if self._alone or raw > after else raw
            yield Damage(at, after - at, error.fault.value, error.detail, self._url, self._known)

    def _place(self) -> tuple[int, int, bool, int]:
        """Offset, length, whether a reader can enter there, and bytes inside a member, of what was read since the record began."""
        feed = self._feed
        if not feed.seekable and self._alone and feed.ended():
            return feed.first, feed.raw - feed.first, True, 0
        first, within = (0, 0) if feed.seekable else (feed.first, self._begin)
        return first + self._begin, feed.position - self._begin, feed.seekable, within

    def _record(self) -> tuple[Head, bytes]:
        """The next record, and past the newlines behind it. Raises `RecordError` with the feed put to the next record."""
        feed = self._feed
        if not feed.starts():
            feed.realign()
            raise RecordError(Fault.BAD_RECORD, "no record begins here")
        self._known = 1
        try:
            block = feed.head(self._limits.header)
            head = warc_head(block) if block.startswith(b"WARC/") else arc_head(block)
        except MemberError:
            raise
        except RecordError:
            feed.realign()
            raise
        self._url = head.url
        return head, self._payload(head)

    def _payload(self, head: Head) -> bytes:
        """The payload, empty where it is not to be kept. Raises `RecordError` where no record, or no end, is behind it."""
        feed, begin, most = self._feed, self._feed.position, self._limits.payload
        keep = head.length <= most and (self._wanted is None or head.kind in self._wanted)
        data = feed.take(head.length) if keep else feed.skip(head.length, most)
        whole = feed.position - begin == head.length
        behind = feed.newlines() if whole else b""
        closed = not head.arc and behind.startswith(_CLOSED)  # ARC has one newline, which proves nothing
        if whole and (closed or feed.ended() or feed.starts()):
            return data if keep else b""
        if whole and not behind:  # some writers count one byte too few
            last, newlines = feed.take(1), feed.newlines()
            closed = newlines.startswith((b"\r\n", b"\n") if head.arc else _CLOSED)
            if closed and (feed.ended() or feed.starts()):
                return data + last if keep else b""
            behind = last + newlines
        self._again += min(head.length, most)
        if self._again < _AGAIN:
            feed.back(begin, data + behind)
        feed.realign()
        fault = Fault.BAD_RECORD if whole or not feed.ended() else Fault.TRUNCATED
        raise RecordError(fault, f"the record declares {head.length} bytes and does not end there")


def _splits(archive: Archive, first: int, limits: Limits) -> bool:
    """Whether the archive can be entered: each member holds one record, judged by the first that is whole from byte `first` on."""
    feed = archive.find(first)
    while archive.magic and feed and feed.first < _FRONT:
        try:
            for item in _Segment(feed, limits, frozenset(), archive.source.stop).records():
                if isinstance(item, _Record):
                    return item.place[2]
        except MemberError:
            pass
        feed = archive.find(feed.first + 1, before=_FRONT)
    return not archive.magic


def _gap(archive: Archive, at: int, after: Feed | None) -> Damage:
    """The bytes from `at` to the next member that begins with a record; a record is lost where a member begins them."""
    stop = after.first if after else archive.source.stop
    fault = Fault.GZIP_DAMAGE if archive.magic else Fault.BAD_RECORD
    lost = bool(archive.magic) and some(archive.source, at, len(archive.magic)) == archive.magic
    return Damage(at, stop - at, fault.value, f"{stop - at} bytes in which no record begins", records=int(lost))


def _nothing(archive: Archive) -> Damage:
    """The damage of a file that holds no record."""
    size = archive.source.stop
    if some(archive.source, 0, 4) == LZ4_MAGIC:
        return Damage(0, size, Fault.UNSUPPORTED_TYPE.value, "an lz4 frame")
    return Damage(0, size, Fault.NO_RECORDS.value, "no record begins in this file" if size else "the file is empty")
