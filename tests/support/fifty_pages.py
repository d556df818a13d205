"""Fifty pages as records and gzip members, and what a scan reads of archives made of them."""

import io
import random
from itertools import accumulate

import zstandard

from schemas.records import Capture, Damage
from tests.support.archives import http, member, record, response
from transforms.warc.read import read_captures

COUNT = 50


def page(number: int) -> bytes:
    """A page that deflate can halve, no more."""
    noise = random.Random(number)
    return f"<p>Page {number}</p>".encode() + bytes(noise.choice(b"abcdefghijklmnop") for _ in range(700))


RECORDS = [response(f"https://example.org/{number}", page(number)) for number in range(COUNT)]

MEMBERS = [member(item) for item in RECORDS]

STARTS = [0, *accumulate(len(item) for item in MEMBERS)]


def read(data: bytes, **options: object) -> tuple[list[Capture], list[Damage]]:
    """Captures and damages of an archive."""
    items = list(read_captures(io.BytesIO(data), **options))  # type: ignore[arg-type]
    return [item for item in items if isinstance(item, Capture)], [item for item in items if isinstance(item, Damage)]


def numbers(captures: list[Capture]) -> list[int]:
    """Which of the 50 pages were read; each must be read as it was written."""
    found = [int(item.url.rsplit("/", 1)[1]) for item in captures]
    assert [item.body for item in captures] == [page(number) for number in found]
    return found


def without(*lost: int) -> list[int]:
    """All numbers of pages except these."""
    return [number for number in range(COUNT) if number not in lost]


def replaced(number: int, data: bytes) -> bytes:
    """The archive with another member in the place of one."""
    return b"".join([*MEMBERS[:number], data, *MEMBERS[number + 1 :]])


def zstd_frames(records: list[bytes], dictionary: zstandard.ZstdCompressionDict | None = None) -> list[bytes]:
    """Each record as a zstd frame with a checksum."""
    return [zstandard.ZstdCompressor(dict_data=dictionary, write_checksum=True).compress(item) for item in records]


def damaged() -> bytes:
    """An archive with a broken member, garbage, a lie and a gap at its end."""
    broken = bytearray(MEMBERS[3])
    broken[200] ^= 1
    lie = record("response", "https://example.org/7", http(page(7)), "application/http", length=9999)
    return b"".join(
        [*MEMBERS[:3], bytes(broken), *MEMBERS[4:6], b"garbage" * 30, member(lie), *MEMBERS[8:12], bytes(99)]
    )
