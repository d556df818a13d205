"""Finds the members of an archive file that begin with a record, by their first bytes."""

from functools import cached_property
from typing import BinaryIO

import zstandard

from transforms.warc.codecs import (
    BLOCK,
    GZIP_MAGIC,
    ZSTD_MAGIC,
    File,
    Gzip,
    Member,
    MemberError,
    Plain,
    Zstd,
    skippable,
    some,
    zstd_dictionary,
)
from transforms.warc.feed import Feed, PlainFeed

LZ4_MAGIC = b"\x04\x22\x4d\x18"


class Archive:
    """A file as members of one kind: gzip or zstd by the magic bytes in front of each, or plain."""

    def __init__(self, stream: BinaryIO, stop: int | None = None, magic: bytes = b"") -> None:
        self._stream = stream
        self.source = File(stream, stop)
        self.magic = magic  # b"" for a plain file

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
        while self.magic == ZSTD_MAGIC and (size := skippable(self.source, at)):
            at += size
        return at

    def _next_magic(self, at: int) -> int:
        """The next byte from `at` on at which a member may begin; -1 where there is none."""
        at = self.past_skippable(at)
        if some(self.source, at, len(self.magic)) == self.magic:  # the common case, without copying a block
            return at
        while len(block := some(self.source, at, BLOCK)) >= len(self.magic):
            found = block.find(self.magic)
            if found >= 0:
                return at + found
            at += len(block) - len(self.magic) + 1
        return -1

    def find(self, at: int) -> Feed | None:
        """The first member from byte `at` on that begins with a record; in a plain file the first record."""
        if not self.magic:
            return self._find_plain(at)
        while (at := self._next_magic(at)) >= 0:
            feed = Feed(self._member(at), self._follower)
            try:
                feed.newlines()
                if feed.starts():
                    return feed
            except MemberError:
                pass
            at += 1
        return None

    def _find_plain(self, at: int) -> Feed | None:
        feed = PlainFeed(Plain(self.source, at), self.source.stop)
        feed.newlines()
        if not feed.starts():
            feed.realign()
        feed.first = feed.position
        return None if feed.ended() else feed


def recognise(stream: BinaryIO, at: int = 0, stop: int | None = None) -> tuple[Archive, Feed | None]:
    """The archive in a file and its first record from byte `at` on; None where the file holds no record.

    The bytes at `at` say how the archive is compressed. If they are damaged, the kind whose first record comes first is taken.
    """
    head = some(File(stream, stop), at, 8)
    kinds = [Archive(stream, stop, magic) for magic in (GZIP_MAGIC, ZSTD_MAGIC, b"")]
    if head.startswith(LZ4_MAGIC):  # parts of its text may lie bare in the frame, so it is not searched
        return kinds[-1], None
    told = next((kind for kind in kinds if head.startswith(kind.magic)), kinds[-1])
    if skippable(told.source, at):
        told = kinds[1]
    feed = told.find(at)
    if feed is None or (feed.first > at and told is not kinds[1]):
        found = [(other.first, kind, other) for kind in kinds if (other := kind.find(at))]
        if found:
            _, told, feed = min(found, key=lambda item: item[0])
    return told, feed
