"""Lines of CDXJ, the index that stands beside an archive: sorted by address and time, each names one record by offset and length. Pure."""

import json
import re
from functools import lru_cache
from typing import NamedTuple

_WWW = re.compile(r"www\d*\.")
_ADDRESS = re.compile(r"[0-9.]+|\[.*\]")  # of a host: an IP address, which is not turned round
_NO_DIGITS = re.compile(r"\D+")
_PORTS = {"http": "80", "https": "443"}


class Entry(NamedTuple):
    """A response in an archive."""

    url: str
    date: str  # WARC-Date, ISO 8601
    mime: str
    status: int
    digest: (
        str  # of the payload: `sha256:` and hex digits, or SHA-1 in base 32 without its name, as Common Crawl has it
    )
    length: int
    offset: int
    filename: str


def surt(url: str) -> str:
    """An address as indexes sort it: labels of the host turned round, without scheme, `www.`, default port and fragment, in small letters.

    Parameters of a query are sorted.

    >>> surt("https://www.Ex.com/A?b=2&a=1#top"), surt("http://ex.com:8080"), surt("http://192.0.2.1/x")
    ('com,ex)/a?a=1&b=2', 'com,ex:8080)/', '192.0.2.1)/x')
    """
    scheme, _, rest = url.partition("#")[0].partition("://")
    host, slash, path = _split(rest)
    path, mark, query = f"{slash or '/'}{path}".lower().partition("?")
    query = "&".join(sorted(query.split("&"))) if query else ""
    return f"{_turned(scheme, host)}){path}{mark}{query}"


@lru_cache(maxsize=4096)
def _turned(scheme: str, host: str) -> str:
    """A host with its labels turned round, and its port where that is not the scheme's."""
    name, port = _port(host.rpartition("@")[2].lower())
    name = name.rstrip(".") or name
    turned = name if _ADDRESS.fullmatch(name) else ",".join(reversed(_WWW.sub("", name, count=1).split(".")))
    return f"{turned}:{port}" if port and port != _PORTS.get(scheme.lower()) else turned


def _split(rest: str) -> tuple[str, str, str]:
    """Host, the sign behind it, and what follows."""
    end = re.search(r"[/?]", rest)
    if end is None:
        return rest, "", ""
    at = end.start()
    return (rest[:at], "/", rest[at + 1 :]) if rest[at] == "/" else (rest[:at], "/", rest[at:])


def _port(host: str) -> tuple[str, str]:
    name, colon, port = host.rpartition(":")
    return (name, port) if colon and port.isdecimal() else (host, "")


def line(entry: Entry) -> str:
    """An entry as a line, without its end.

    >>> line(Entry("http://ex.com/", "2026-11-27T00:00:00Z", "text/html", 200, "AB", 5, 0, "a.warc.gz"))
    'com,ex)/ 20261127000000 {"url": "http://ex.com/", "mime": "text/html", "status": "200", "digest": "AB", "length": "5", "offset": "0", \
"filename": "a.warc.gz"}'
    """
    url, mime, digest, filename = map(json.dumps, (entry.url, entry.mime, entry.digest, entry.filename))
    return (
        f'{surt(entry.url)} {timestamp(entry.date)} {{"url": {url}, "mime": {mime}, "status": "{entry.status}", "digest": {digest}, '
        f'"length": "{entry.length}", "offset": "{entry.offset}", "filename": {filename}}}'
    )


def entry_of(told: str) -> Entry:
    """The entry of a line; its date is the 14 digits that the line has.

    >>> entry = Entry("http://ex.com/", "20261127000000", "text/html", 200, "AB", 5, 0, "a.warc.gz")
    >>> entry_of(line(entry)) == entry
    True
    """
    _, date, rest = told.split(" ", 2)
    fields = json.loads(rest)
    numbers = {name: int(fields[name]) for name in ("status", "length", "offset")}
    return Entry(**{"date": date, **fields, **numbers})


def timestamp(date: str) -> str:
    """A WARC-Date as 14 digits.

    >>> timestamp("2026-11-27T16:30:05.123Z")
    '20261127163005'
    """
    return _NO_DIGITS.sub("", date)[:14]
