"""A stream of the decompressed bytes of an archive from one member on, and the search for records in it."""

import re
from collections.abc import Callable

from schemas.outcomes import Fault, RecordError
from transforms.warc.codecs import Member, Plain
from transforms.warc.heads import ARC_LINE_SIZE, WARC_START, arc_line, blank_line, next_record

_NEWLINES_MOST = 1 << 20
_SEARCHED = 32 << 10  # bytes searched at once, since pieces may be of a byte each
_NEWLINES = re.compile(rb"[\r\n]*")


class Feed:
    """The bytes of the compressed member that begins at byte `first`, and of those behind it where a record runs on into them.

    `position` counts decompressed bytes from the begin of that member. `follow` gives the member at a byte of the archive if it goes
    on with a record rather than beginning one. Every method may raise `MemberError`.
    """

    seekable = False  # whether positions are bytes of the file

    def __init__(self, member: Member, follow: Callable[[int], Member | None]) -> None:
        self._member = member
        self._follow = follow
        self._buffer = b""
        self._at = 0
        self._done = False
        self.first = member.at
        self.position = 0
        self.pulled = 0  # bytes that were decompressed, also those that no record has yet

    @property
    def raw(self) -> int:
        """The byte of the archive up to which it was read; exact at a member's end."""
        return self._member.at

    def _pull(self, across: bool) -> bytes:
        """The next piece; from behind the member's end only if `across` and the next member goes on with this record."""
        while True:
            piece = b"" if self._done else self._member.read()
            if piece:
                self.pulled += len(piece)
                return piece
            self._done = True
            follower = self._follow(self._member.at) if across else None
            if follower is None:
                return b""
            self._member, self._done = follower, False

    def _more(self, across: bool = False, least: int = 1) -> bool:
        """Puts at least `least` more bytes behind what is buffered, or what there is; whether there was any."""
        piece = self._pull(across)
        if 0 < len(piece) < least:
            gathered = bytearray(piece)
            while len(gathered) < least and (piece := self._pull(across)):
                gathered += piece
            piece = bytes(gathered)
        self._buffer, self._at = self._buffer[self._at :] + piece, 0
        return bool(piece)

    def _move(self, size: int) -> None:
        self._at += size
        self.position += size

    def ended(self) -> bool:
        """Whether nothing is left before the member's end; then its checksum was right."""
        return self._at == len(self._buffer) and not self._more()

    def newlines(self) -> bytes:
        """Passes over CR and LF and gives them, at most about 1 MiB."""
        seen = b""
        while len(seen) < _NEWLINES_MOST and not self.ended():
            match = _NEWLINES.match(self._buffer, self._at)
            if not match or not match[0]:
                break
            seen += match[0]
            self._move(len(match[0]))
        return seen

    def starts(self) -> bool:
        """Whether a WARC or ARC record begins here."""
        while len(self._buffer) - self._at < 20 and self._more():
            pass
        if self._buffer.startswith(b"WARC/", self._at):
            return WARC_START.match(self._buffer, self._at) is not None
        while self._buffer.find(b"\n", self._at) < 0 and len(self._buffer) - self._at < ARC_LINE_SIZE and self._more():
            pass
        return arc_line(self._buffer, self._at) is not None

    def head(self, limit: int) -> bytes:
        """A WARC header block up to its blank line, or an ARC line.

        Raises `OVERSIZE` beyond `limit` bytes and `TRUNCATED` where the data ends, each behind the bytes that it looked at.
        """
        is_arc = not self._buffer.startswith(b"WARC/", self._at)
        while True:
            stop = self._at + limit
            end = self._buffer.find(b"\n", self._at, stop) + 1 if is_arc else blank_line(self._buffer, self._at, stop)
            if end > 0:
                break
            if len(self._buffer) >= stop:
                self._move(limit)
                raise RecordError(Fault.OVERSIZE, f"the record's header is longer than {limit} bytes")
            if not self._more(across=True):
                self._move(len(self._buffer) - self._at)
                raise RecordError(Fault.TRUNCATED, "the data ends inside a record's header")
        block = self._buffer[self._at : end]
        self._move(len(block))
        return block

    def take(self, size: int) -> bytes:
        """The next `size` bytes; fewer where the data ends before."""
        data = self._buffer[self._at : self._at + size]
        self._at += len(data)
        missing = size - len(data)
        if missing:
            data = self._gather(data, missing)
            missing = size - len(data)
        self.position += size - missing
        return data

    def _gather(self, data: bytes, missing: int) -> bytes:
        """`data` and `missing` bytes behind what is buffered; in one buffer, since pieces may be of a byte each."""
        gathered = bytearray(data)
        while missing and (piece := self._pull(across=True)):
            taken = min(len(piece), missing)
            gathered += memoryview(piece)[:taken]
            self._buffer, self._at = piece, taken
            missing -= taken
        return bytes(gathered)

    def skip(self, size: int, keep: int) -> bytes:
        """Passes over `size` bytes, or as many as there are. Gives what `back` needs: at most the first `keep` of them.

        A size above `keep` is not believed where a record begins among those first bytes: then no more is passed over.
        """
        kept = self.take(min(size, keep))
        left = size - len(kept)
        if left and next_record(kept) < 0:
            while left and (passed := len(self.take(min(left, 1 << 20)))):
                left -= passed
        return kept

    def back(self, position: int, taken: bytes) -> None:
        """Goes back to `position` if `taken` is all that was read since; what was not kept is lost."""
        if position + len(taken) == self.position:
            self._buffer, self._at = taken + self._buffer[self._at :], 0
            self.position = position

    def realign(self, before: int | None = None) -> None:
        """Passes over everything before the next record, or before the member's end; over nothing where one begins here.

        Behind position `before` nothing is looked for.
        """
        if self.starts():
            return
        while (found := next_record(self._buffer, self._at)) < 0:
            self._move(max(0, len(self._buffer) - self._at - ARC_LINE_SIZE))
            if before is not None and self.position >= before:
                return
            if not self._more(least=_SEARCHED):
                self._move(len(self._buffer) - self._at)
                return
        self._move(found - self._at)


class PlainFeed(Feed):
    """The bytes of an archive that is not compressed, from byte `member.at` to byte `stop`; `position` is a byte of the file."""

    seekable = True

    def __init__(self, member: Plain, stop: int) -> None:
        super().__init__(member, lambda _at: None)
        self._stop = stop
        self.position = member.at

    def skip(self, size: int, keep: int) -> bytes:
        """Passes over `size` bytes, or as many as there are, without reading them."""
        self._seek(min(self.position + size, self._stop))
        return b""

    def back(self, position: int, taken: bytes) -> None:
        """Goes back to `position`."""
        self._seek(position)

    def _seek(self, position: int) -> None:
        inside = position - (self.position - self._at)
        if 0 <= inside <= len(self._buffer):
            self._at, self.position = inside, position
        else:
            self._member.at = self.position = position
            self._buffer, self._at, self._done = b"", 0, False
