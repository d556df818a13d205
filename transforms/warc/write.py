"""Writes WARC 1.1 records, each as a gzip member of its own, so that every reader can enter the file at a record. Pure.

Blocks are written as they are given: an HTTP message is the bytes that came over the wire, with its chunks and content codings.
"""

import hashlib
import re
import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from zlib_ng import zlib_ng as deflate

# Level for images, media and what is compressed already: level 9 saves 1 % at ten times the time (docs/sources.md, "Records of archives").
# And for records of some hundred bytes, of which it would save a third.
STORED = 0
PACKED = 6  # level for pages: a sixth of their size, 5 ms for 330 kB
GZIP = 31  # window bits that ask zlib for a gzip header; it states no time, so equal records are equal bytes

HTTP_RESPONSE, HTTP_REQUEST = "application/http;msgtype=response", "application/http;msgtype=request"
WARC_FIELDS = "application/warc-fields"
_GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # deflate, no time, no system (RFC 1952 §2.3)
_STORED_MOST = 0xFFFF  # bytes of a stored block of deflate (RFC 1951 §3.2.4)
_LAST = b"\x01\0\0\xff\xff"  # the block that ends a stream, empty
_LINE_ENDS = re.compile(r"[\r\n]+")
# Media types whose bytes do not shrink; images in vectors and plain bitmaps do.
_MEDIA = re.compile(r"(?:image|video|audio)/|application/(?:zip|gzip|pdf|zstd|x-7z-compressed)\b", re.IGNORECASE)
_SHRINKS = re.compile(r"image/(?:svg|bmp|x-ms-bmp)", re.IGNORECASE)


# Bytes in pieces, which are joined where they are written: a body is copied once.
Pieces: TypeAlias = tuple[bytes, ...]


class Block(NamedTuple):
    """What a record holds: its own media type, the bytes, and of an HTTP response the digest of its payload ("" where there is none).

    A block has no digest of its own: the check sum of its member says whether it is whole, and to read 60 kB once more
    would be a tenth of what fetching them costs.
    """

    media_type: str
    pieces: Pieces
    payload_digest: str = ""

    @classmethod
    def http(cls, media_type: str, head: bytes, body: bytes, sha256: str = "") -> "Block":
        """The block of an HTTP response; `head` ends with its blank line, `sha256` is that of the body (hex) where it is known."""
        return cls(media_type, (head, body), f"sha256:{sha256 or hashlib.sha256(body).hexdigest()}")

    @property
    def data(self) -> bytes:
        """The bytes in one piece."""
        return b"".join(self.pieces)


def record_id(*names: object) -> str:
    """The id of a record, from what tells it from all others: the same unit, address and round give the same id.

    A UUID of version 8 (RFC 9562), whose bits are those of a SHA-256.

    >>> record_id("unit", 7, "http://ex.com/") == record_id("unit", 7, "http://ex.com/") != record_id("unit", 8, "http://ex.com/")
    True
    >>> record_id("a")
    '<urn:uuid:ca978112-ca1b-8dca-bac2-31b39a23dc4d>'
    """
    digits = hashlib.sha256("\0".join(map(str, names)).encode("utf-8", "surrogatepass")).hexdigest()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"<urn:uuid:{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}>"


def sibling(identity: str, number: int) -> str:
    """The id of a record that belongs to another one, by the id of that and a number from 1 to 15.

    >>> sibling(record_id("a"), 1)
    '<urn:uuid:ca978112-ca1b-8dca-bac2-31b39a23dc4e>'
    """
    return f"{identity[:-2]}{(int(identity[-2], 16) + number) % 16:x}>"


def one_line(value: str) -> str:
    """A value without line ends, each run of which becomes a blank: an address or a header of a server must not make lines of ours.

    >>> one_line("a\\r\\nWARC-Type: b")
    'a WARC-Type: b'
    """
    return _LINE_ENDS.sub(" ", value) if "\n" in value or "\r" in value else value


def record(kind: str, identity: str, date: str, block: Block, fields: Iterable[tuple[str, str]] = ()) -> bytes:
    """A record, not compressed: `kind` is its WARC-Type, `fields` are further lines of its header, in order; empty ones are left out."""
    return b"".join(pieces_of(kind, identity, date, block, fields))


def pieces_of(kind: str, identity: str, date: str, block: Block, fields: Iterable[tuple[str, str]] = ()) -> Pieces:
    """As `record`, in pieces."""
    digest = f"WARC-Payload-Digest: {block.payload_digest}\r\n" if block.payload_digest else ""
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {identity}\r\nWARC-Date: {date}\r\n{header(fields)}{digest}"
        f"Content-Type: {block.media_type}\r\nContent-Length: {sum(map(len, block.pieces))}\r\n\r\n"
    )
    return head.encode("utf-8", "replace"), *block.pieces, b"\r\n\r\n"


def header(lines: Iterable[tuple[str, str]]) -> str:
    """Lines of `name: value`; those without a value are left out. No value makes a line of its own.

    >>> header([("via", "a\\r\\nrobots: no"), ("robots", "")])
    'via: a robots: no\\r\\n'
    """
    said = [f"{name}: {value}\r\n" for name, value in lines if value]
    text = "".join(said)
    if text.count("\n") == text.count("\r") == len(said):
        return text
    return "".join([f"{one_line(line[:-2])}\r\n" for line in said])


def member(data: bytes | Pieces, level: int = PACKED) -> bytes:
    """Bytes as one gzip member; of level STORED they stay as they are, and take 5 bytes more in each 64 KiB.

    >>> import gzip
    >>> gzip.decompress(member(b"text")) == gzip.decompress(member((b"te", b"xt"), STORED)) == b"text"
    True
    """
    pieces = (data,) if isinstance(data, bytes) else data
    if level == STORED:
        return _stored(pieces)
    packer = deflate.compressobj(level, deflate.DEFLATED, GZIP)
    return b"".join([*map(packer.compress, pieces), packer.flush()])


def _stored(pieces: Pieces) -> bytes:
    """A member of stored blocks: only the check sum reads the bytes, and they are copied once."""
    check = size = 0
    for piece in pieces:
        check, size = deflate.crc32(piece, check), size + len(piece)
    if size <= _STORED_MOST:
        blocks: Iterable[bytes | memoryview] = (_block_head(size), *pieces)
    else:
        blocks = _blocks(pieces)
    return b"".join((_GZIP_HEAD, *blocks, _LAST, struct.pack("<II", check, size & 0xFFFFFFFF)))


def _blocks(pieces: Pieces) -> Iterator[bytes | memoryview]:
    """Stored blocks of pieces, each begun anew, so that none is joined to be cut."""
    for piece in pieces:
        view = memoryview(piece)
        for at in range(0, len(piece), _STORED_MOST):
            block = view[at : at + _STORED_MOST]
            yield _block_head(len(block))
            yield block


def _block_head(size: int) -> bytes:
    return struct.pack("<BHH", 0, size, size ^ _STORED_MOST)


def fields_block(fields: Iterable[tuple[str, str]]) -> Block:
    """Lines of `name: value` as a block, as records of type warcinfo and metadata hold them.

    >>> fields_block([("via", "http://ex.com/"), ("robots", "")]).data
    b'via: http://ex.com/\\r\\n'
    """
    return Block(WARC_FIELDS, (header(fields).encode("utf-8", "replace"),))


def level_of(media_type: str, coding: str) -> int:
    """How hard to compress a response, by its declared media type and content coding: what does not shrink is stored.

    >>> level_of("image/jpeg", ""), level_of("text/html", "gzip"), level_of("text/html", ""), level_of("image/svg+xml", "")
    (0, 0, 6, 6)
    """
    packed = coding.strip().lower() not in ("", "identity")
    return STORED if packed or (_MEDIA.match(media_type) and not _SHRINKS.match(media_type)) else PACKED
