"""Bytes that should be one gzip member with one WARC record, as an index names it -> what that record is. Pure."""

import hashlib
from base64 import b32encode
from typing import NamedTuple

from schemas.outcomes import Fault, RecordError
from transforms.warc.codecs import GZIP_MAGIC, Gzip, MemberError, Memory
from transforms.warc.heads import (
    CAPTURES,
    WARC_START,
    Head,
    begins_http,
    blank_line,
    fields,
    http_head,
    value,
    warc_head,
)
from transforms.warc.limits import Limits

_SHA1, _SHA256 = 32, 64  # digits: in base 32, and in hex
_BEHIND = 64  # bytes behind a record: two line ends, and what careless writers add


class Record(NamedTuple):
    """A record: its head, its block as it is stored, and the digest that it states of its payload ("" where it states none)."""

    head: Head
    block: bytes
    stated: str


def only_record(data: bytes, limits: Limits) -> Record:
    """The record that a gzip member holds.

    Raises `RecordError`: `GZIP_DAMAGE` or `TRUNCATED` where the bytes are not exactly one whole member, `BAD_RECORD` where that holds
    no record of WARC, or more than one, or none of a capture; `OVERSIZE` where it inflates beyond the limits.
    """
    text = _inflated(data, limits.header + limits.payload + _BEHIND)
    end = blank_line(text, 0, limits.header)
    if end < 0 or not WARC_START.match(text):
        raise RecordError(Fault.BAD_RECORD, f"no WARC record: {text[:40]!r}")
    head = warc_head(text[:end])
    if head.kind not in CAPTURES:
        raise RecordError(Fault.BAD_RECORD, f"a record of type {head.kind[:40]}")
    block, behind = text[end : end + head.length], text[end + head.length :]
    if len(block) < head.length or behind.strip(b"\r\n"):
        raise RecordError(Fault.BAD_RECORD, f"its record declares {head.length} bytes and does not end there")
    stated = value(fields(text[:end].partition(b"\n")[2]), "warc-payload-digest")
    return Record(head, block, stated)


def _inflated(data: bytes, most: int) -> bytes:
    if not data.startswith(GZIP_MAGIC):
        raise RecordError(Fault.GZIP_DAMAGE, f"no gzip member begins here: {data[:16]!r}")
    member, parts, size = Gzip(Memory(data), 0), [], 0
    try:
        while piece := member.read():
            parts.append(piece)
            size += len(piece)
            if size > most:
                raise RecordError(Fault.OVERSIZE, f"a gzip member that inflates to more than {most} bytes")
    except MemberError as error:
        raise RecordError(error.fault, error.detail) from error
    if member.at != len(data):
        raise RecordError(Fault.GZIP_DAMAGE, f"the gzip member ends behind {member.at} of {len(data)} bytes")
    return b"".join(parts)


def http_of(record: Record, limits: Limits) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """Status, headers and body (as stored) of the HTTP message in a record; status 0 and the whole block where there is none.

    Raises `RecordError` where its head is beyond the limits.
    """
    if record.head.kind not in ("response", "revisit") or not begins_http(record.block):
        return 0, (), record.block
    status, headers, begin = http_head(record.block, limits.header)
    return status, headers, record.block[begin:]


def digest_differs(expected: str, record: Record, body: bytes) -> str:
    """What a record's payload digest is where it is another than expected, "" where it is the same or nobody can tell.

    An index has the digest that the archive's writer states, which need not be that of the bytes as they are stored (some hash what the
    transfer coding held); either will do. SHA-1 in base 32 and SHA-256 in hex digits are computed.

    >>> record = Record(warc_head(b"WARC/1.0\\r\\nWARC-Type: resource\\r\\nContent-Length: 0"), b"", "")
    >>> digest_differs("3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", record, b""), digest_differs("sha1:" + "A" * 32, record, b"")
    ('', '3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ')
    """
    wanted, stated = _bare(expected), _bare(record.stated)
    if not wanted or wanted == stated:
        return ""
    if len(wanted) == _SHA1:
        actual = b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
    elif len(wanted) == _SHA256:
        actual = hashlib.sha256(body).hexdigest().upper()
    else:
        return stated
    return "" if actual == wanted else actual


def _bare(digest: str) -> str:
    """A digest without the name of its kind."""
    return digest.rpartition(":")[2].strip().upper()
