"""Finds the members of an archive file that begin with a record, by their first bytes."""

from functools import cached_property
from typing import BinaryIO

import zstandard

from transforms.warc.codecs import (
    GZIP_MAGIC,
    ZSTD_MAGIC,
    File,
    Gzip,
    Member,
    MemberError,
    Plain,
    Zstd,
    past_skippable,
    skippable,
    some,
    zstd_dictionary,
)
from transforms.warc.feed import Feed, PlainFeed
from transforms.warc.sieve import Sieve

LZ4_MAGIC = b"\x04\x22\x4d\x18"


class Archive:
    """A file as members of one kind: gzip or zstd by the magic bytes in front of each, or plain."""

    def __init__(self, stream: BinaryIO, stop: int | None = None, magic: bytes = b"") -> None:
        self._stream = stream
        self.source = File(stream, stop)
        self.magic = magic  # b"" for a plain file
        self._sieve = Sieve(self.source, magic)
        self._passed = (0, 0)  # the last run of skippable frames

    @cached_property
    def _dictionary(self) -> zstandard.ZstdCompressionDict | None:
        try:
            return zstd_dictionary(File(self._stream))
        except MemberError:  # then every frame that needs it will say so
            return None

    def _member(self, at: int) -> Member:
        return Gzip(self.source, at) if self.magic == GZIP_MAGIC else Zstd(self.source, at, self._dictionary)

    def _follower(self, at: int) -> Member | None:
        """The member at byte `at` if its first bytes begin no record, so that it goes on with the one before."""
        if some(self.source, at, len(self.magic)) != self.magic:
            return None
        feed = Feed(self._member(at), lambda _at: None)
        try:
            feed.newlines()
            return None if feed.starts() else self._member(at)
        except MemberError:
            return None

    def past_skippable(self, at: int) -> int:
        """The byte behind any zstd skippable frames that begin at `at`, among them the dictionary."""
        if self.magic != ZSTD_MAGIC:
            return at
        begin, end = self._passed
        if not begin <= at < end:
            begin, end = self._passed = at, past_skippable(self.source, at)
        return end

    def find(self, at: int, before: int | None = None) -> Feed | None:
        """The first member from byte `at` on (and before byte `before`) that begins with a record; in a plain file the first record."""
        if not self.magic:
            return self._find_plain(at, before)
        at = self.past_skippable(at)
        # The common case goes without the sieve, which looks at half a megabyte.
        before = self.source.stop if before is None else before
        if at < before and some(self.source, at, len(self.magic)) == self.magic and (feed := self._begins(at)):
            return feed
        for place in self._sieve.places(at + 1, before):
            if feed := self._begins(place):
                return feed
            self._sieve.refuse()
        return None

    def _begins(self, at: int) -> Feed | None:
        """The member at byte `at`, if it begins with a record."""
        feed = Feed(self._member(at), self._follower)
        try:
            feed.newlines()
            return feed if feed.starts() else None
        except MemberError:
            return None

    def _find_plain(self, at: int, before: int | None) -> Feed | None:
        feed = PlainFeed(Plain(self.source, at), self.source.stop)
        feed.newlines()
        feed.realign(before)
        feed.first = feed.position
        return None if feed.ended() or (before is not None and feed.first >= before) else feed


def recognise(
    stream: BinaryIO, at: int = 0, stop: int | None = None, before: int | None = None
) -> tuple[Archive, Feed | None]:
    """The archive in a file and its first record from byte `at` on (and before byte `before`); None where there is none.

    The bytes at `at` say how the archive is compressed. If they are damaged, the kind whose first record comes first is taken.
    """
    head = some(File(stream, stop), at, 8)
    kinds = [Archive(stream, stop, magic) for magic in (GZIP_MAGIC, ZSTD_MAGIC, b"")]
    if head.startswith(LZ4_MAGIC):  # parts of its text may lie bare in the frame, so it is not searched
        return kinds[-1], None
    told = next((kind for kind in kinds if head.startswith(kind.magic)), kinds[-1])
    if skippable(told.source, at):
        told = kinds[1]
    feed = told.find(at, before)
    if feed is None or (feed.first > at and told is not kinds[1]):
        found = [(other.first, kind, other) for kind in kinds if (other := kind.find(at, before))]
        if found:
            _, told, feed = min(found, key=lambda item: item[0])
    return told, feed
