"""What is written is read back by this project's reader, by warcio and by FastWARC, with its digests."""

import gzip
import io
import json
from hashlib import sha256

import pytest
from fastwarc.warc import ArchiveIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator
from zlib_ng import zlib_ng

from schemas.records import Capture
from transforms.warc.cdxj import Entry, line, surt
from transforms.warc.read import read_captures
from transforms.warc.write import (
    HTTP_REQUEST,
    HTTP_RESPONSE,
    PACKED,
    STORED,
    Block,
    fields_block,
    member,
    record,
    record_id,
)

DATE = "2026-11-27T16:30:05Z"
PAGE = b"<html><body><p>" + b"Hello, world. " * 500 + b"</p></body></html>"
IMAGE = bytes(range(256)) * 300


def response(url: str, body: bytes, media_type: str, *fields: tuple[str, str], head: bytes = b"") -> bytes:
    """A response record."""
    head = (
        head
        or f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\nX-Odd:  kept \r\n\r\n".encode()
    )
    block = Block.http(HTTP_RESPONSE, head, body)
    return record("response", record_id(1, url, 1), DATE, block, [("WARC-Target-URI", url), *fields])


def archive() -> list[bytes]:
    """The members of an archive with a record of each kind."""
    about = fields_block([("software", "triptych"), ("format", "WARC File Format 1.1")])
    ask = Block.http(HTTP_REQUEST, b"GET / HTTP/1.1\r\nHost: ex.com\r\n\r\n", b"")
    target = ("WARC-Target-URI", "http://ex.com/")
    return [
        member(record("warcinfo", record_id("info"), DATE, about, [("WARC-Filename", "a.warc.gz")])),
        member(response("http://ex.com/", PAGE, "text/html", ("WARC-IP-Address", "192.0.2.1"))),
        member(
            record("request", record_id("ask"), DATE, ask, [target, ("WARC-Concurrent-To", record_id(1, target[1], 1))])
        ),
        member(record("metadata", record_id("meta"), DATE, fields_block([("via", "http://ex.com/old")]), [target])),
        member(
            response("http://ex.com/i.png", IMAGE, "image/png", ("WARC-Truncated", "length")),
            STORED,
        ),
        member(
            record(
                "resource",
                record_id("r"),
                DATE,
                Block("text/plain", (b"held",)),
                [("WARC-Target-URI", "http://ex.com/r")],
            )
        ),
    ]


def test_our_reader() -> None:
    """Every capture comes back with its body, headers as sent, place and truncation."""
    members = archive()
    found = [item for item in read_captures(io.BytesIO(b"".join(members))) if isinstance(item, Capture)]
    assert [(item.kind, item.url) for item in found] == [
        ("response", "http://ex.com/"),
        ("response", "http://ex.com/i.png"),
        ("resource", "http://ex.com/r"),
    ]
    assert [item.body for item in found] == [PAGE, IMAGE, b"held"]
    assert [(item.offset, item.length) for item in found] == [
        (sum(map(len, members[:place])), len(members[place])) for place in (1, 4, 5)
    ]
    assert (found[1].truncated, found[1].seekable, found[0].date) == ("length", True, DATE)
    assert found[0].headers[0] == ("Content-Type", "text/html")


def test_warcio_checks_the_digests() -> None:
    """warcio reads every record, verifies its digests and sees the head as it was sent."""
    records = []
    for item in WarcioIterator(io.BytesIO(b"".join(archive())), check_digests="raise"):
        records.append((item.rec_type, item.content_stream().read()))
        assert item.digest_checker.passed is not False
    assert [kind for kind, _ in records] == ["warcinfo", "response", "request", "metadata", "response", "resource"]
    assert (records[1][1], records[4][1]) == (PAGE, IMAGE)
    assert records[3][1] == b"via: http://ex.com/old\r\n"


def test_fastwarc_checks_the_digests() -> None:
    """FastWARC reads every record and verifies the digests of responses."""
    found = []
    for item in ArchiveIterator(io.BytesIO(b"".join(archive()))):
        found.append(item.headers["WARC-Type"])
        assert found[-1] != "response" or item.verify_payload_digest()
    assert found == ["warcinfo", "response", "request", "metadata", "response", "resource"]


def test_levels() -> None:
    """A stored member is a gzip member too, hardly larger than its bytes; equal bytes make equal members."""
    assert gzip.decompress(member(IMAGE, STORED)) == IMAGE
    assert len(IMAGE) < len(member(IMAGE, STORED)) < len(IMAGE) * 1.001 + 40
    assert len(member(PAGE, PACKED)) < len(PAGE) / 10
    assert member(PAGE) == member(PAGE)


@pytest.mark.parametrize("sizes", [(), (0,), (1, 0, 2), (0xFFFF,), (0x10000, 3), (3, 0x1FFFF)])
def test_stored_members_of_pieces(sizes: tuple[int, ...]) -> None:
    """Whatever the pieces, a stored member is what two decoders read, and no piece is lost where a block of deflate ends."""
    pieces = tuple(bytes([place + 1]) * size for place, size in enumerate(sizes))
    packed = member(pieces, STORED)
    assert gzip.decompress(packed) == zlib_ng.decompress(packed, wbits=31) == b"".join(pieces)
    assert member(b"".join(pieces), PACKED) == member(pieces, PACKED)


def test_digests() -> None:
    """A response states the digest of its payload, and none of its block, which its member checks."""
    data = response("http://ex.com/", PAGE, "text/html")
    assert f"WARC-Payload-Digest: sha256:{sha256(PAGE).hexdigest()}\r\n".encode() in data
    assert b"Block-Digest" not in data


def test_no_value_makes_a_line() -> None:
    """A line end inside a value, as a hostile address or header could hold it, begins no line of the header."""
    data = record(
        "metadata", record_id("x"), DATE, fields_block([("via", "a\r\nrobots: no")]), [("WARC-Target-URI", "h\r\nA: b")]
    )
    assert b"\r\nA:" not in data and b"\r\nrobots:" not in data


def test_chunks_stay() -> None:
    """A body is kept with its chunks, and read without them."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    data = member(response("http://ex.com/", b"3\r\nabc\r\n0\r\n\r\n", "text/html", head=head))
    (item,) = read_captures(io.BytesIO(data))
    assert isinstance(item, Capture) and item.body == b"abc"


def test_index_lines() -> None:
    """A line of the index holds the place of a record and sorts by its turned address."""
    entry = Entry("http://b.ex.com/", DATE, "text/html", 200, f"sha256:{sha256(b'').hexdigest()}", 10, 20, "a.warc.gz")
    key, stamp, told = line(entry).split(" ", 2)
    assert (key, stamp) == ("com,ex,b)/", "20261127163005")
    assert json.loads(told) == {
        "url": "http://b.ex.com/",
        "mime": "text/html",
        "status": "200",
        "digest": f"sha256:{sha256(b'').hexdigest()}",
        "length": "10",
        "offset": "20",
        "filename": "a.warc.gz",
    }
    assert surt("http://ex.com?x") == "com,ex)/?x" and surt("http://[2001:db8::1]:81/") == "[2001:db8::1]:81)/"
