"""Archives with the indexes that name their records, for tests of selections."""

import hashlib
import json
from base64 import b32encode
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from schemas.records import Capture
from tests.support.index_tables import capture, cdxj_of, table_of
from transforms.warc.limits import Limits
from transforms.warc.member import http_of, only_record
from transforms.warc.read import read_captures


def sha1_digits(body: bytes) -> str:
    """The digest of a payload as Common Crawl's indexes have it."""
    return b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def index_of(path: Path, filename: str = "") -> list[dict[str, Any]]:
    """The rows of an index of all captures of an archive."""
    found = []
    with open(path, "rb") as file:
        for item in [item for item in read_captures(file) if isinstance(item, Capture)]:
            file.seek(item.offset)
            record = only_record(file.read(item.length), Limits())
            _, _, body = http_of(record, Limits())
            url, kind = item.url, item.media_type
            digest = sha1_digits(body)
            found.append(capture(url, filename or path.name, item.offset, item.length, item.status, digest, kind))
    return found


def write_parquet(path: Path, rows: Iterable[Mapping[str, Any]]) -> str:
    """An index in Parquet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table_of(rows), path)
    return str(path)


def lines_of(rows: Iterable[Mapping[str, Any]], told: Callable[[dict[str, str]], dict[str, str]] = dict) -> bytes:
    """An index in lines of CDXJ."""
    return b"".join(f"{row['url_surtkey']} 20240518015810 {json.dumps(told(cdxj_of(row)))}\n".encode() for row in rows)
