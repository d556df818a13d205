"""Captures as Common Crawl's indexes tell of them, as a table and as lines."""

import random
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from transforms.fetch.selection import host_in

SCHEMA = pa.schema(
    [
        ("url_surtkey", pa.string()),
        ("url", pa.string()),
        ("url_host_name", pa.string()),
        ("url_host_tld", pa.string()),
        ("url_host_2nd_last_part", pa.string()),
        ("url_host_registered_domain", pa.string()),
        ("fetch_status", pa.int16()),
        ("content_digest", pa.string()),
        ("content_mime_type", pa.string()),
        ("content_mime_detected", pa.string()),
        ("content_languages", pa.string()),
        ("warc_filename", pa.string()),
        ("warc_record_offset", pa.int32()),
        ("warc_record_length", pa.int32()),
    ]
)
_HOSTS = {
    "www.ex.com": "ex.com",
    "b.ex.com": "ex.com",
    "ex.com": "ex.com",
    "a.ex.co.uk": "ex.co.uk",
    "notex.com": "notex.com",
    "192.0.2.1": None,
}


def captures(count: int) -> list[dict[str, Any]]:
    """Captures that no selection takes all of, drawn."""
    draw = random.Random(count)
    rows = []
    for number in range(count):
        host = draw.choice(list(_HOSTS))
        url = f"{draw.choice(('https', 'http'))}://{host}/{draw.choice('abc')}{number}"
        subset = draw.choices(("warc", "crawldiagnostics", "robotstxt"), (8, 1, 1))[0]
        rows.append(
            capture(
                url,
                f"crawl-data/CC-MAIN-2024-22/segments/1.1/{subset}/CC-{draw.randrange(9)}.warc.gz",
                number * 1000,
                999,
                status=draw.choice((200, 200, 404, 301)),
                mime=draw.choice(("text/html", "image/png", "application/pdf")),
                languages=draw.choice((None, "deu", "eng", "deu,eng", "eng,deu", "deuX")),
            )
        )
    return rows


def capture(
    url: str,
    filename: str,
    offset: int,
    length: int,
    status: int = 200,
    digest: str = "",
    mime: str = "text/html",
    languages: str | None = None,
) -> dict[str, Any]:
    """One capture as a row."""
    host = host_in(url)
    labels = host.split(".")
    return {
        "url_surtkey": url,
        "url": url,
        "url_host_name": host,
        "url_host_tld": labels[-1],
        "url_host_2nd_last_part": labels[-2] if labels[1:] else None,
        "url_host_registered_domain": _HOSTS.get(host, ".".join(labels[-2:])),
        "fetch_status": status,
        "content_digest": digest,
        "content_mime_type": mime,
        "content_mime_detected": mime,
        "content_languages": languages,
        "warc_filename": filename,
        "warc_record_offset": offset,
        "warc_record_length": length,
    }


def table_of(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table."""
    return pa.Table.from_pylist(list(rows), schema=SCHEMA)


def cdxj_of(row: Mapping[str, Any]) -> dict[str, str]:
    """What a line of CDXJ tells of a row."""
    told = {
        "url": row["url"],
        "mime": "unk",
        "mime-detected": row["content_mime_detected"],
        "status": str(row["fetch_status"]),
        "digest": row["content_digest"],
        "length": str(row["warc_record_length"]),
        "offset": str(row["warc_record_offset"]),
        "filename": row["warc_filename"],
    }
    return told | ({"languages": row["content_languages"]} if row["content_languages"] else {})
