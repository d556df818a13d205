"""Parses the headers before a payload: a WARC header block, an ARC record line, an HTTP status line with its headers."""

import re
from typing import NamedTuple

from schemas.outcomes import Fault, RecordError

CAPTURES = frozenset(
    {"response", "resource", "conversion", "revisit"}
)  # WARC types that hold, or point to, a page or an image
Headers = tuple[tuple[str, str], ...]

WARC_START = re.compile(rb"WARC/\d+\.\d+[ \t]*\r?\n")
ARC_LINE_SIZE = 5200  # no ARC line is longer
_ARC_BEGIN = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]{1,30}:")
_ARC_MIDDLE = re.compile(
    rb" (?=([0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f:]{2,45}|-) (\d{8,18}|null|-) )"
)  # an address of the server and a date
_ARC_END = re.compile(rb"-?\d{1,15}\Z")
# Behind damage a WARC record is believed to begin behind a blank line, or where a field follows its first line (the blank line may
# be what is damaged); an ARC record at any line. Each look ahead goes over a line once: hostile lines must not make this quadratic.
_NEXT_RECORD = re.compile(
    rb"WARC/(?=\d+\.\d+[ \t]*\r?\n)(?:(?<=\n\nWARC/)|(?<=\n\r\nWARC/)|(?=\d+\.\d+[ \t]*\r?\n(?:WARC|Content)-[A-Za-z-]{2,40}:))"
    rb"|\n[A-Za-z][A-Za-z0-9+.-]{1,30}+:(?=[^\r\n]*+(?<=[0-9 \t])\r?\n)(?=[^\r\n]*? (?:[0-9]{8}|null |- ))(?=[^\r\n]{0,4040}?%b)"
    % _ARC_MIDDLE.pattern
)
_FIELD = re.compile(r"^([^\s:]+)[ \t]*:[ \t]*([^\r\n]*\S|)", re.MULTILINE)
_FOLD = re.compile(r"\r?\n[ \t]+")
# Some servers write it in small letters; ICY is SHOUTcast's, with HTTP's fields behind it.
_STATUS_LINE = re.compile(rb"(?:HTTP/[0-9](?:\.[0-9])?|ICY)[ \t]+([0-9]{3})(?![0-9])", re.IGNORECASE)
# Dates are carried as given, so only what cannot be one is refused: old crawls (ClueWeb09) write 2008-10-294T05:21:46-0700.
_DATE = re.compile(r"[0-9]{4}(?:-[0-9TZtz:.+-]{1,40})?")
_STAMP = re.compile(r"[0-9]{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-5][0-9][0-6][0-9]")
_SAID = "triptych-consent"
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([^\s"';,]+)""", re.IGNORECASE)


class Head(NamedTuple):
    """The fields of a record's header that are used."""

    kind: str
    url: str
    date: str
    media_type: str  # the record's own Content-Type, verbatim
    length: int
    truncated: str
    arc: bool
    refers_to: str = ""  # the address of the capture that a revisit repeats
    said: tuple[str, ...] = ()  # what a crawl of ours heard about its use: `transforms.consent.said`


def text(data: bytes) -> str:
    """Header bytes as text: UTF-8, or Latin-1 where they are not that."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def fields(block: bytes) -> Headers:
    """`Name: value` lines in order, folded lines joined, lines without a colon left out.

    >>> fields(b"A: 1\\r\\nB:2\\n  3\\nnonsense\\n")
    (('A', '1'), ('B', '2 3'))
    """
    lines = text(block)
    if "\n " in lines or "\n\t" in lines:
        lines = _FOLD.sub(" ", lines)
    return tuple(_FIELD.findall(lines))


def value(headers: Headers, name: str) -> str:
    """The first value under `name` (given in lower case), or "" where there is none."""
    for key, value in headers:
        if key.lower() == name:
            return value
    return ""


def values(headers: Headers, name: str) -> list[str]:
    """All comma-separated values under `name` (given in lower case), themselves in lower case."""
    joined = ",".join([value for key, value in headers if key.lower() == name])
    if not joined:
        return []
    return [item for item in (part.strip().lower() for part in joined.split(",")) if item]


def warc_head(block: bytes) -> Head:
    """The head of a WARC record from its header block. Raises `BAD_RECORD` where the type or the length is missing."""
    _version, _, lines = block.partition(b"\n")
    found = fields(lines)
    named = {name.lower(): value for name, value in reversed(found)}
    kind, length = named.get("warc-type", "").lower(), named.get("content-length", "")
    if not kind:
        raise RecordError(Fault.BAD_RECORD, "no WARC-Type")
    if not (length.isascii() and length.isdigit() and len(length) <= 15):
        raise RecordError(Fault.BAD_RECORD, f"Content-Length is {length[:40]!r}")
    url, refers_to = (
        named.get(name, "").removeprefix("<").removesuffix(">").strip()
        for name in ("warc-target-uri", "warc-refers-to-target-uri")
    )
    truncated = named.get("warc-truncated", "").lower()
    date = named.get("warc-date", "")
    if _STAMP.fullmatch(date):  # as ARC has it
        date = _arc_date(date)
    said = tuple(value for name, value in found if name.lower() == _SAID) if _SAID in named else ()
    return Head(kind, url, date, named.get("content-type", ""), int(length), truncated, False, refers_to, said)


def arc_line(data: bytes, at: int = 0) -> tuple[bytes, bytes, bytes, bytes] | None:
    """Address, date, media type and length of the ARC record line at `at`; None where none begins there.

    Version 1 is "URL IP-address Archive-date Content-type Archive-length"; version 2 has further fields before the length. URLs may hold
    blanks, so the server's address and the date are what a line is known by (https://archive.org/web/researcher/ArcFileFormat.php).

    >>> arc_line(b"http://a/b c 192.0.2.1 20080430204825 text/html 77\\n")
    (b'http://a/b c', b'20080430204825', b'text/html', b'77')
    """
    begin = _ARC_BEGIN.match(data, at)
    end = data.find(b"\n", at, at + ARC_LINE_SIZE) if begin else -1
    if begin is None or end < 0:
        return None
    line = data[at:end].removesuffix(b"\r").rstrip(b" \t")
    length = _ARC_END.search(line, max(0, len(line) - 16))
    if length is None or b"\r" in line:
        return None
    scheme = begin.end() - at
    # The media type has 1,000 bytes at most, so address and date begin in the last 1,100 in front of the length.
    for middle in _ARC_MIDDLE.finditer(line, max(scheme, length.start() - 1100), length.start()):
        kind = line[middle.end(2) + 1 : length.start()].removesuffix(b" ")
        if middle.start() - scheme > 4000:
            break
        if len(kind) <= 1000:
            return line[: middle.start()], middle[2], kind, length[0]
    return None


def next_record(data: bytes, at: int = 0) -> int:
    """Where the next record begins that is believed without a length that leads to it; -1 where none does."""
    while match := _NEXT_RECORD.search(data, at):
        at = match.start()
        if data.startswith(b"WARC", at):
            return at
        at += 1  # the newline
        if arc_line(data, at):
            return at
    return -1


def arc_head(line: bytes) -> Head:
    """The head of an ARC record from its line; the file's own first record counts as `warcinfo`. Raises `BAD_RECORD`."""
    parts = arc_line(line)
    if parts is None:
        raise RecordError(Fault.BAD_RECORD, "no ARC record line")
    url, stamp, kind, length = parts
    if int(length) < 0:
        raise RecordError(Fault.BAD_RECORD, f"Archive-length is {int(length)}")
    media_type = text(kind).partition(" ")[0]
    is_info = url.startswith(b"filedesc:")
    return Head(
        "warcinfo" if is_info else "response",
        text(url).strip(),
        _arc_date(text(stamp)),
        media_type,
        int(length),
        "",
        True,
    )


def _arc_date(stamp: str) -> str:
    """An ARC date (YYYYMMDDhhmmss, at times shorter or longer) in ISO 8601; as it is where it is none, for `check` to find."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) >= 8):
        return stamp
    day = stamp[:14].ljust(14, "0")
    return f"{day[:4]}-{day[4:6]}-{day[6:8]}T{day[8:10]}:{day[10:12]}:{day[12:14]}Z"


def check(head: Head) -> None:
    """Raises `BAD_RECORD` for a capture that names no target, and for a date that cannot be one."""
    if not head.url and head.kind in CAPTURES:
        raise RecordError(Fault.BAD_RECORD, f"no WARC-Target-URI in a {head.kind} record")
    if head.date and not _DATE.fullmatch(head.date):
        raise RecordError(Fault.BAD_RECORD, f"the date is {head.date[:40]!r}")


def begins_http(payload: bytes, at: int = 0) -> bool:
    """Whether an HTTP response seems to begin at byte `at`.

    >>> begins_http(b"http/1.1 200 ok"), begins_http(b"ICY 200 OK"), begins_http(b"<html>")
    (True, True, False)
    """
    return payload[at : at + 5].upper().startswith((b"HTTP/", b"ICY "))


def http_head(payload: bytes, limit: int) -> tuple[int, Headers, int]:
    """Status, headers and the position at which the body begins, past any 1xx message.

    Raises `BAD_RECORD` where no HTTP status line begins the payload and `OVERSIZE` where the head is longer than `limit` bytes.

    >>> http_head(b"HTTP/1.1 404 Not Found\\nServer: x\\n\\nbody", 100)
    (404, (('Server', 'x'),), 34)
    """
    begin = 0
    while True:
        end = blank_line(payload, begin, begin + limit)
        if end < 0 and len(payload) - begin > limit:
            raise RecordError(Fault.OVERSIZE, f"the HTTP head is longer than {limit} bytes")
        end = len(payload) if end < 0 else end
        first, _, lines = payload[begin:end].partition(b"\n")
        match = _STATUS_LINE.match(first)
        if match is None:
            raise RecordError(Fault.BAD_RECORD, f"no HTTP status line: {text(first[:40])!r}")
        interim = 100 <= int(match[1]) < 200 and begins_http(payload, end)
        if not interim:
            return int(match[1]), fields(lines), end
        begin = end


def blank_line(data: bytes, begin: int, stop: int) -> int:
    """The position behind the first blank line, lines ended by CRLF or LF; -1 where there is none before `stop`."""
    crlf = data.find(b"\r\n\r\n", begin, stop)
    # An LF-only blank line counts where it comes first; searching no farther than the other keeps this linear.
    bare = data.find(b"\n\n", begin, crlf if crlf >= 0 else stop)
    mixed = data.find(b"\n\r\n", begin, crlf if crlf >= 0 else stop)
    ends = [at + size for at, size in ((crlf, 4), (bare, 2), (mixed, 3)) if at >= 0]
    return min(ends, default=-1)


def media_type(declared: str) -> tuple[str, str]:
    """A Content-Type value as (type in lower case, charset).

    >>> media_type('Text/HTML; Charset="utf-8"')
    ('text/html', 'utf-8')
    """
    charset = _CHARSET.search(declared)
    return declared.partition(";")[0].partition(",")[0].strip().lower(), charset[1] if charset else ""
