"""The sieve lets every member through that begins with a record, and little else, in floods too."""

import gzip
import io
import random
import struct
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.floods import FLOODS, KINDS, good
from schemas.records import Capture
from tests.support.archives import arc_record, http, member
from tests.support.fifty_pages import MEMBERS, RECORDS, zstd_frames
from transforms.warc import sieve
from transforms.warc.archive import Archive
from transforms.warc.codecs import GZIP_MAGIC, ZSTD_MAGIC, MemberError
from transforms.warc.feed import Feed
from transforms.warc.read import read_captures


def slow(archive: Archive, data: bytes, at: int) -> int:
    """What `find` must give, plainly: each place with magic bytes is inflated; -1 where none begins a record."""
    while (at := data.find(archive.magic, at)) >= 0:
        feed = Feed(archive._member(at), lambda _at: None)
        try:
            feed.newlines()
            if feed.starts():
                return at
        except MemberError:
            pass
        at += 1
    return -1


def headed(data: bytes, name: bytes = b"", extra: bytes = b"", comment: bytes = b"", checked: bool = False) -> bytes:
    """A gzip member with further fields in its header."""
    flags = 8 * bool(name) | 4 * bool(extra) | 16 * bool(comment) | 2 * checked
    head = GZIP_MAGIC + bytes([flags]) + b"\0\0\0\0\0\xff"
    head += struct.pack("<H", len(extra)) + extra if extra else b""
    head += (name + b"\0" if name else b"") + (comment + b"\0" if comment else b"")
    head += struct.pack("<H", zlib.crc32(head) & 0xFFFF) if checked else b""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    return head + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def stored(data: bytes) -> bytes:
    """A gzip member whose text is not compressed."""
    return gzip.compress(data, 0, mtime=0)


def flushed(data: bytes) -> bytes:
    """A gzip member that begins with an empty block."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.flush(zlib.Z_FULL_FLUSH) + packer.compress(data) + packer.flush()


ARC = arc_record("http://example.org/a", http(b"x"))
TEXTS = [
    RECORDS[0],
    ARC,
    b"\r\n" + RECORDS[1],
    b"\n" * 300 + ARC,
    b"WARC/1.1\r\n",
    b"WARC/1.1",
    b"WARC/x",
    b"http://a",
    b"",
    b"x",
]
GZIP_PIECES = [
    *(pack(text) for text in TEXTS for pack in (member, stored, flushed)),
    headed(RECORDS[2], name=b"a.warc"),
    headed(RECORDS[3], extra=GZIP_MAGIC * 30, comment=b"no", checked=True),
    headed(b"no record", name=b"n" * 400),
    headed(RECORDS[4], name=b"n" * 70_000),
    GZIP_MAGIC,
    GZIP_MAGIC + b"\x08",
    GZIP_MAGIC + b"\x04\0\0\0\0\0\0\x05\0",
    GZIP_MAGIC + b"\x1f" + bytes(20),
    bytes(9),
    MEMBERS[5][:300],
]
ZSTD_PIECES = [
    *(zstandard.compress(text) for text in TEXTS),
    *zstd_frames(TEXTS),
    *(zstandard.ZstdCompressor(write_content_size=False).compress(text) for text in TEXTS),
    *(b"".join([(z := zstandard.ZstdCompressor().compressobj()).compress(text), z.flush()]) for text in TEXTS),
    b"\x28\xb5\x2f\xfd\0\x38" + b"\x08\0\0W" + struct.pack("<I", len(RECORDS[0][1:]) << 3 | 1)[:3] + RECORDS[0][1:],
    ZSTD_MAGIC,
    ZSTD_MAGIC + b"\x20\x05",
    b"\x50\x2a\x4d\x18\x03\0\0\0abc",
    bytes(9),
]


@settings(max_examples=300)
@given(st.data())
def test_as_the_slow_search(data: st.DataObject) -> None:
    """From every byte of a mixture of members, headers, floods and noise `find` gives the member that inflating at each place gives."""
    magic, pieces = data.draw(st.sampled_from([(GZIP_MAGIC, GZIP_PIECES), (ZSTD_MAGIC, ZSTD_PIECES)]))
    some = st.one_of(
        st.sampled_from(pieces), st.binary(max_size=30), st.sampled_from(pieces).map(lambda x: x[: len(x) // 2])
    )
    mixed = bytearray(b"".join(data.draw(st.lists(some, max_size=12))))
    for _ in range(data.draw(st.integers(0, 3)) if mixed else 0):
        mixed[data.draw(st.integers(0, len(mixed) - 1))] ^= data.draw(st.integers(1, 255))
    archive = Archive(io.BytesIO(bytes(mixed)), magic=magic)
    at = data.draw(st.integers(0, len(mixed)))
    found = archive.find(at)
    assert (found.first if found else -1) == slow(archive, bytes(mixed), archive.past_skippable(at))


def test_a_header_with_a_wrong_checksum_does_not_hide_a_member() -> None:
    """Magic bytes in front of a member, whose header would lead to the same text."""
    data = b"\x1f\x8b\x08" * 2 + MEMBERS[0]
    found = Archive(io.BytesIO(data), magic=GZIP_MAGIC).find(0)
    assert found is not None and found.first == 6


@pytest.mark.parametrize("pack", [member, lambda data: zstd_frames([data])[0]])
def test_members_at_the_borders_of_windows(pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a window ends, what begins before its end is found, and found once."""
    pieces = [pack(item) for item in RECORDS[:9]]
    data = b"noise".join(pieces)
    starts = [data.index(piece) for piece in pieces]
    for window in range(500, 560):
        monkeypatch.setattr(sieve, "WINDOW", window)
        archive = Archive(io.BytesIO(data), magic=pieces[0][: 3 if pack is member else 4])
        at, found = 1, [0]
        while feed := archive.find(at):
            found.append(feed.first)
            at = feed.first + 1
        assert found == starts


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("name", list(FLOODS))
def test_a_record_behind_a_flood(name: str, kind: str) -> None:
    """No flood hides what is behind it, and few of its places are inflated whole."""
    flood = FLOODS[name](700_000, random.Random(2))
    pack = KINDS[kind]
    data = b"".join([pack(good(1)), flood, *(pack(good(number)) for number in range(2, 9))])
    found = [item.url for item in read_captures(io.BytesIO(data)) if isinstance(item, Capture) and "good" in item.url]
    assert found[-6:] == [f"http://good.example/{number}" for number in range(3, 9)]


@pytest.mark.parametrize("name", list(FLOODS))
@pytest.mark.parametrize("magic", [GZIP_MAGIC, ZSTD_MAGIC])
def test_few_places_of_a_flood_are_inflated(name: str, magic: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A window costs a bounded number of inflations, however many places with magic bytes it holds."""
    tried = 0

    def begins(archive: Archive, at: int) -> None:
        nonlocal tried
        tried += 1

    monkeypatch.setattr(Archive, "_begins", begins)
    data = FLOODS[name](4 * sieve.WINDOW, random.Random(3))[: 4 * sieve.WINDOW]
    assert Archive(io.BytesIO(data), magic=magic).find(0) is None
    assert tried <= 4 * 2 * sieve.FALSE + 1
