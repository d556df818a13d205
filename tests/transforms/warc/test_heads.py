"""Header blocks, ARC lines and HTTP heads as they are met, tidy and untidy."""

import pytest

from schemas.outcomes import Fault, RecordError
from transforms.warc.heads import arc_head, arc_line, check, fields, http_head, media_type, value, values, warc_head


def test_fields() -> None:
    """Lines may end in LF, be folded, have blanks around their colon or no colon at all; text is UTF-8 or Latin-1."""
    assert fields(b"A : 1 \r\nB:\r\nc:2\n\t3\r\nno colon\r\n: none\r\nD: x:y\r\n") == (
        ("A", "1"),
        ("B", ""),
        ("c", "2 3"),
        ("D", "x:y"),
    )
    assert fields("X: Grüße".encode()) == fields("X: Grüße".encode("latin-1")) == (("X", "Grüße"),)


def test_lookup() -> None:
    """Names are found in any case, the first one counts, and lists are joined over repeated headers."""
    headers = (("Vary", "A"), ("vary", "b , C"), ("Other", "x"))
    assert value(headers, "vary") == "A"
    assert values(headers, "vary") == ["a", "b", "c"]
    assert (value(headers, "none"), values(headers, "none")) == ("", [])


def test_warc_head() -> None:
    """The first of a repeated field counts, as the head of a record must not be overruled by what follows it."""
    head = warc_head(
        b"WARC/1.0\nWARC-Type: Response\nwarc-target-uri:  <https://example.org/a b> \nContent-Length: 5\n"
        b"Content-Length: 7\nWARC-Truncated: Disconnect\nWARC-Date: 2024\n\n"
    )
    assert (head.kind, head.url, head.length, head.truncated) == (
        "response",
        "https://example.org/a b",
        5,
        "disconnect",
    )


@pytest.mark.parametrize(
    "date",
    [
        "2024",
        "2024-05",
        "2024-05-18",
        "2024-05-18T01:58:10Z",
        "2014-02-10T00:00:01.000000002Z",
        "2008-10-294T05:21:46-0700",
        "",
    ],
)
def test_dates(date: str) -> None:
    """Dates of every precision pass, and those that an old crawler counted its own way."""
    check(
        warc_head(
            f"WARC/1.0\nWARC-Type: response\nWARC-Target-URI: x:y\nContent-Length: 0\nWARC-Date: {date}\n\n".encode()
        )
    )


@pytest.mark.parametrize("date", ["yesterday", "24", "2024-05-18 <script>", "2024" * 30])
def test_no_dates(date: str) -> None:
    """What cannot be a date is a bad record."""
    with pytest.raises(RecordError, match="bad_record: the date"):
        check(
            warc_head(
                f"WARC/1.0\nWARC-Type: response\nWARC-Target-URI: x:y\nContent-Length: 0\nWARC-Date: {date}\n\n".encode()
            )
        )


@pytest.mark.parametrize(
    ("line", "date", "kind", "length"),
    [
        (b"http://a.org/ 192.0.2.1 20080430204825 text/html 12\n", "2008-04-30T20:48:25Z", "text/html", 12),
        (b"http://a.org/b c?d=e f 192.0.2.1 200804302048 text/html 12\r\n", "2008-04-30T20:48:00Z", "text/html", 12),
        (b"http://a.org/ 2001:db8::1 201404010000000000 no-type 0\n", "2014-04-01T00:00:00Z", "no-type", 0),
        (b"http://a.org/ 192.0.2.1 20080430204825  12\n", "2008-04-30T20:48:25Z", "", 12),
        (
            b"http://a.org/ 192.0.2.1 20080430204825 text/html 200 - - 7 a.arc 12\n",
            "2008-04-30T20:48:25Z",
            "text/html",
            12,
        ),
    ],
)
def test_arc_line(line: bytes, date: str, kind: str, length: int) -> None:
    """ARC lines of both versions, with blanks in the address, dates of any length and no type."""
    head = arc_head(line)
    assert (head.kind, head.date, head.media_type, head.length) == ("response", date, kind, length)


@pytest.mark.parametrize(
    "line", [b"http://a.org/ text/html 12\n", b"", b"see: note 192.0.2.1 and more\n", b"a" * 9000 + b"\n"]
)
def test_no_arc_line(line: bytes) -> None:
    """Text is not an ARC line."""
    assert arc_line(line) is None
    with pytest.raises(RecordError):
        arc_head(line)


def test_http_head() -> None:
    """Heads end at the first blank line, LF or CRLF, or with the payload; interim responses are passed over."""
    assert http_head(b"HTTP/1.1 200\r\nA: b\r\n\r\nx\n\ny", 99)[::2] == (200, 22)
    assert http_head(b"HTTP/1.0 301 Moved\nA: b\n\nx\r\n\r\ny", 99)[::2] == (301, 25)
    assert http_head(b"HTTP/2 204\r\nA: b", 99) == (204, (("A", "b"),), 16)
    assert http_head(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 X\r\n\r\nbody", 99)[::2] == (404, 43)
    assert http_head(b"HTTP/1.1 100 Continue\r\n\r\nbody", 99)[::2] == (100, 25)


@pytest.mark.parametrize(
    "payload", [b"", b"<html>", b"HTTP/1.1\r\n\r\n", b"HTTP/1.1 OK\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_no_http_head(payload: bytes) -> None:
    """A payload without a status line is no HTTP message."""
    with pytest.raises(RecordError) as caught:
        http_head(payload, 99)
    assert caught.value.fault is Fault.BAD_RECORD


def test_http_head_without_end() -> None:
    """A head longer than the limit is refused, one just below it is not."""
    head = b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100 + b"\r\n\r\n"
    assert http_head(head + b"x" * 500, len(head))[0] == 200
    with pytest.raises(RecordError) as caught:
        http_head(head + b"x" * 500, len(head) - 1)
    assert caught.value.fault is Fault.OVERSIZE


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("text/html", ("text/html", "")),
        ("Text/HTML ;charset='UTF-8'; x", ("text/html", "UTF-8")),
        ("text/html, text/html; charset = latin1", ("text/html", "latin1")),
        ("; charset=UTF-8", ("", "UTF-8")),
        ("", ("", "")),
    ],
)
def test_media_type(declared: str, expected: tuple[str, str]) -> None:
    """Types lose their parameters and their case; the charset is as declared."""
    assert media_type(declared) == expected
