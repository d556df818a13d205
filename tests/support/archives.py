"""A tiny writer of web archives: fixed dates and ids, so that the same call gives the same bytes.

>>> archive = warc_bytes([response("https://example.org/", b"<p>Hello"), response("https://example.org/a.png", b"...", "image/png")])
"""

import gzip
from collections.abc import Iterable

DATE = "2024-05-18T01:58:10Z"
Fields = Iterable[tuple[str, str]]


def lines(first: str, fields: Fields) -> bytes:
    """A start line and header fields, up to and with the blank line."""
    return "".join(f"{line}\r\n" for line in (first, *(f"{name}: {value}" for name, value in fields), "")).encode()


def http(body: bytes, media_type: str = "text/html; charset=utf-8", status: int = 200, headers: Fields = ()) -> bytes:
    """An HTTP response message; its Content-Length is that of `body` as given."""
    own = [("Content-Type", media_type)] if media_type else []
    return lines(f"HTTP/1.1 {status} OK", [*own, ("Content-Length", str(len(body))), *headers]) + body


def record(
    kind: str,
    url: str,
    block: bytes,
    content_type: str = "",
    date: str = DATE,
    fields: Fields = (),
    length: int | None = None,
) -> bytes:
    """One WARC record with its trailing newlines; `length` is what it declares, if not the truth."""
    named = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<urn:uuid:00000000-0000-0000-0000-{len(url):012d}>"),
        ("WARC-Target-URI", url),
        ("WARC-Date", date),
        ("Content-Type", content_type),
        ("Content-Length", str(len(block) if length is None else length)),
    ]
    return lines("WARC/1.1", [(name, value) for name, value in [*named, *fields] if value]) + block + b"\r\n\r\n"


def response(
    url: str, body: bytes, media_type: str = "text/html; charset=utf-8", status: int = 200, headers: Fields = ()
) -> bytes:
    """The WARC record of an HTTP response: a page, an image, or whatever `media_type` says."""
    return record("response", url, http(body, media_type, status, headers), "application/http; msgtype=response")


def arc_record(url: str, block: bytes, media_type: str = "text/html", stamp: str = "20080430204825") -> bytes:
    """One ARC record with its line and its trailing newline."""
    return f"{url} 192.0.2.1 {stamp} {media_type} {len(block)}\n".encode() + block + b"\n"


def arc_info() -> bytes:
    """The record that begins an ARC file."""
    return arc_record(
        "filedesc://a.arc", b"1 1 Sample\nURL IP-address Archive-date Content-type Archive-length\n", "text/plain"
    )


def member(data: bytes) -> bytes:
    """A gzip member with no clock in it."""
    return gzip.compress(data, 6, mtime=0)


def warc_bytes(records: Iterable[bytes], gzip_per_record: bool = True) -> bytes:
    """An archive of records made here: each a gzip member of its own, or all of them plain."""
    return b"".join(member(item) if gzip_per_record else item for item in records)
