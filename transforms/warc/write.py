"""Writes WARC 1.1 records, each as a gzip member of its own, so that every reader can enter the file at a record. Pure.

Blocks are written as they are given: an HTTP message is the bytes that came over the wire, with its chunks and content codings.
"""

import hashlib
import re
from base64 import b32encode
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from zlib_ng import zlib_ng as deflate

# Level for images, media and what is compressed already: level 9 saves 1 % at ten times the time (docs/sources.md, "Records of archives").
STORED = 0
PACKED = 6  # level for pages: a sixth of their size, 5 ms for 330 kB
GZIP = 31  # window bits that ask zlib for a gzip header; it states no time, so equal records are equal bytes

HTTP_RESPONSE, HTTP_REQUEST = "application/http;msgtype=response", "application/http;msgtype=request"
WARC_FIELDS = "application/warc-fields"
_LINE_ENDS = re.compile(r"[\r\n]+")
# Media types whose bytes do not shrink; images in vectors and plain bitmaps do.
_MEDIA = re.compile(r"(?:image|video|audio)/|application/(?:zip|gzip|pdf|zstd|x-7z-compressed)\b", re.IGNORECASE)
_SHRINKS = re.compile(r"image/(?:svg|bmp|x-ms-bmp)", re.IGNORECASE)


class Block(NamedTuple):
    """What a record holds: its own media type, the bytes, and of an HTTP message the digest of its payload ("" where there is none)."""

    media_type: str
    data: bytes
    payload_digest: str = ""

    @classmethod
    def http(cls, media_type: str, head: bytes, body: bytes) -> "Block":
        """The block of an HTTP message; `head` ends with its blank line."""
        return cls(media_type, head + body, labelled_sha1(body))


def record_id(*names: object) -> str:
    """The id of a record, from what tells it from all others: the same unit, address and attempt give the same id.

    A UUID of version 8 (RFC 9562), whose bits are those of a SHA-256.

    >>> record_id("unit", 7, "http://ex.com/") == record_id("unit", 7, "http://ex.com/") != record_id("unit", 8, "http://ex.com/")
    True
    >>> record_id("a")
    '<urn:uuid:ca978112-ca1b-8dca-bac2-31b39a23dc4d>'
    """
    digest = bytearray(hashlib.sha256("\0".join(map(str, names)).encode("utf-8", "surrogatepass")).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return f"<urn:uuid:{UUID(bytes=bytes(digest))}>"


def labelled_sha1(data: bytes) -> str:
    """SHA-1 as WARC and CDX files state it: in base 32, with its name.

    >>> labelled_sha1(b"")
    'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'
    """
    return f"sha1:{b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()}"


def one_line(value: str) -> str:
    """A value without line ends, each run of which becomes a blank: an address or a header of a server must not make lines of ours.

    >>> one_line("a\\r\\nWARC-Type: b")
    'a WARC-Type: b'
    """
    return _LINE_ENDS.sub(" ", value) if "\n" in value or "\r" in value else value


def record(kind: str, identity: str, date: str, block: Block, fields: Iterable[tuple[str, str]] = ()) -> bytes:
    """A record, not compressed: `kind` is its WARC-Type, `fields` are further lines of its header, in order; empty ones are left out."""
    lines = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", identity),
        ("WARC-Date", date),
        *fields,
        ("WARC-Block-Digest", labelled_sha1(block.data)),
        ("WARC-Payload-Digest", block.payload_digest),
        ("Content-Type", block.media_type),
        ("Content-Length", str(len(block.data))),
    ]
    head = "".join(f"{name}: {one_line(value)}\r\n" for name, value in lines if value)
    return b"WARC/1.1\r\n" + head.encode("utf-8", "replace") + b"\r\n" + block.data + b"\r\n\r\n"


def member(data: bytes, level: int = PACKED) -> bytes:
    """Bytes as one gzip member; of level STORED they stay as they are, and take 5 bytes more in each 64 KiB.

    >>> import gzip
    >>> gzip.decompress(member(b"text")) == gzip.decompress(member(b"text", STORED)) == b"text"
    True
    """
    packer = deflate.compressobj(level, deflate.DEFLATED, GZIP)
    return packer.compress(data) + packer.flush()


def fields_block(fields: Iterable[tuple[str, str]]) -> Block:
    """Lines of `name: value` as a block, as records of type warcinfo and metadata hold them.

    >>> fields_block([("via", "http://ex.com/"), ("robots", "")]).data
    b'via: http://ex.com/\\r\\n'
    """
    lines = "".join(f"{name}: {one_line(value)}\r\n" for name, value in fields if value)
    return Block(WARC_FIELDS, lines.encode("utf-8", "replace"))


def level_of(media_type: str, coding: str) -> int:
    """How hard to compress a response, by its declared media type and content coding: what does not shrink is stored.

    >>> level_of("image/jpeg", ""), level_of("text/html", "gzip"), level_of("text/html", ""), level_of("image/svg+xml", "")
    (0, 0, 6, 6)
    """
    packed = coding.strip().lower() not in ("", "identity")
    return STORED if packed or (_MEDIA.match(media_type) and not _SHRINKS.match(media_type)) else PACKED
