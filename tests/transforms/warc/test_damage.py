"""What a scan yields of damaged archives; the table of damage is that of docs/sources.md, "Damaged archives"."""

import io
import random
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.archives import arc_info, arc_record, http, member, record, warc_bytes
from tests.support.fifty_pages import (
    MEMBERS,
    RECORDS,
    STARTS,
    damaged,
    numbers,
    page,
    read,
    replaced,
    without,
    zstd_frames,
)
from transforms.warc.limits import Limits
from transforms.warc.read import read_captures


def test_one_flipped_byte() -> None:
    """One flipped byte in a member costs that record and nothing else, and the damage covers exactly that member."""
    broken = bytearray(MEMBERS[20])
    broken[len(broken) // 2] ^= 0xFF
    captures, damages = read(replaced(20, bytes(broken)))
    assert numbers(captures) == without(20)
    assert [(item.offset, item.skipped, item.fault, item.records) for item in damages] == [
        (STARTS[20], len(MEMBERS[20]), "gzip_damage", 1)
    ]


@pytest.mark.parametrize(("at", "gap"), [(25, bytes(10_000)), (30, random.Random(1).randbytes(1000))])
def test_gap_between_members(at: int, gap: bytes) -> None:
    """Zeros or garbage between members cost no record, and their bytes are counted."""
    captures, damages = read(b"".join([*MEMBERS[:at], gap, *MEMBERS[at:]]))
    assert numbers(captures) == without()
    assert [(item.offset, item.skipped, item.fault, item.records) for item in damages] == [
        (STARTS[at], len(gap), "gzip_damage", 0)
    ]


def test_half_a_member_missing() -> None:
    """A member whose second half is missing costs one record; the next one is found inside what it swallowed."""
    half = MEMBERS[10][: len(MEMBERS[10]) // 2]
    captures, damages = read(replaced(10, half))
    assert numbers(captures) == without(10)
    assert [(item.offset, item.skipped, item.records) for item in damages] == [(STARTS[10], len(half), 1)]


def test_file_cut() -> None:
    """A file that ends inside a member gives the records before it and one damage that says so, with the page's address."""
    captures, damages = read(b"".join(MEMBERS)[: STARTS[40] + len(MEMBERS[40]) - 5])
    assert numbers(captures) == list(range(40))
    assert [(item.offset, item.fault, item.records, item.url) for item in damages] == [
        (STARTS[40], "truncated", 1, "https://example.org/40")
    ]


def test_damage_inside_the_only_member() -> None:
    """Where one stream holds the archive, the records before the damage survive and one damage says where it broke."""
    data = bytearray(member(b"".join(RECORDS)))
    data[len(data) // 2 : len(data) // 2 + 8] = b"\xff" * 8
    captures, damages = read(bytes(data))
    assert 15 <= len(captures) <= 26
    assert numbers(captures[:15]) == list(range(15))
    assert [item.fault for item in damages] == ["gzip_damage"]


@pytest.mark.parametrize("length", [10, 300, 5000, 10**9, 10**14])
@pytest.mark.parametrize("packed", [False, True])
def test_lying_length(length: int, packed: bool) -> None:
    """A wrong Content-Length, in a plain file or in one stream, costs its own record and nothing behind it."""
    lie = record(
        "response", "https://example.org/7", http(page(7)), "application/http; msgtype=response", length=length
    )
    data = b"".join([*RECORDS[:7], lie, *RECORDS[8:]])
    captures, damages = read(member(data) if packed else data)
    assert numbers(captures) == without(7)
    start = sum(len(item) for item in RECORDS[:7])
    assert [(item.offset, item.skipped, item.fault, item.url) for item in damages] == [
        (start, len(lie), "bad_record", "https://example.org/7")
    ]


def test_lying_length_of_a_record_nobody_wants() -> None:
    """A wrong Content-Length is found in records that are only skipped as well."""
    lie = record("request", "https://example.org/", b"GET / HTTP/1.1\r\n\r\n", "application/http", length=3000)
    for data in (b"".join([lie, *RECORDS]), member(b"".join([lie, *RECORDS]))):
        captures, damages = read(data)
        assert (numbers(captures), [item.offset for item in damages]) == (without(), [0])


def test_empty_record_with_a_lying_length() -> None:
    """A record that begins right behind a lying header without payload is not passed over."""
    lie = record("response", "https://example.org/x", b"", "application/http", length=400).removesuffix(b"\r\n\r\n")
    captures, damages = read(b"".join([lie, *RECORDS]))
    assert (numbers(captures), len(damages)) == (without(), 1)


def test_lying_lengths_do_not_make_reading_quadratic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once lying lengths have cost a bounded number of bytes twice, what they swallow is not read again."""
    monkeypatch.setattr("transforms.warc.read._AGAIN", 10_000)
    lie = record("response", "https://example.org/x", b"HTTP/1.1 200 OK\r\n\r\n", "application/http", length=4000)
    captures, damages = read(b"".join([lie] * 100 + RECORDS))
    assert len(damages) < 40
    assert numbers(captures)[-40:] == without()[-40:]


def test_plain_archive_cut() -> None:
    """A plain file that ends inside a record gives the records before it and one damage."""
    captures, damages = read(b"".join(RECORDS)[:-300])
    assert numbers(captures) == without(49)
    assert [item.fault for item in damages] == ["truncated"]


def test_broken_version_line_in_a_plain_archive() -> None:
    """A record whose first line is damaged costs one record; the one before it, properly closed, is kept."""
    data = b"".join([*RECORDS[:5], RECORDS[5].replace(b"WARC/1.1", b"WORC/1.1"), *RECORDS[6:]])
    captures, damages = read(data)
    assert numbers(captures) == without(5)
    assert [(item.skipped, item.records) for item in damages] == [(len(RECORDS[5]), 0)]


@pytest.mark.parametrize("back", [1, 2, 3, 4])
def test_broken_blank_lines_in_a_plain_archive(back: int) -> None:
    """Damage to the newlines between two plain records costs the first one only."""
    broken = bytearray(RECORDS[5])
    broken[-back] = 88
    captures, damages = read(b"".join([*RECORDS[:5], bytes(broken), *RECORDS[6:]]))
    assert numbers(captures) == without(5)
    assert [(item.skipped, item.records) for item in damages] == [(len(RECORDS[5]), 1)]


def test_big_record() -> None:
    """A record beyond the limit is passed over in bounded pieces, whole, and the next one is read."""
    limits = Limits(payload=100_000)
    big = record("response", "https://example.org/big", http(bytes(30 << 20)), "application/http")
    for data in (big + RECORDS[1], member(big) + MEMBERS[1], member(big + RECORDS[1])):
        captures, damages = read(data, limits=limits)
        assert numbers(captures) == [1]
        assert [(item.fault, item.url, item.records) for item in damages] == [
            ("oversize", "https://example.org/big", 1)
        ]


def test_big_header() -> None:
    """A header block beyond the limit costs its record."""
    big = record("response", "https://example.org/h", b"x", fields=[("X", "y" * 70_000)])
    for data in (big + RECORDS[1], warc_bytes([big, RECORDS[1]])):
        captures, damages = read(data)
        assert (numbers(captures), [item.fault for item in damages]) == ([1], ["oversize"])


@pytest.mark.parametrize(
    ("bad", "detail"),
    [
        (record("response", "", http(b"x"), "application/http"), "no WARC-Target-URI"),
        (record("response", "https://example.org/d", http(b"x"), "application/http", date="yesterday"), "the date"),
        (record("response", "https://example.org/s", b"<html>", "application/http"), "no HTTP status line"),
        (record("response", "https://example.org/e", b"", "application/http"), "no HTTP status line"),
        (record("", "https://example.org/t", b"x"), "no WARC-Type"),
        (
            record("response", "https://example.org/n", b"").replace(b"Content-Length: 0", b"Length: 0"),
            "Content-Length",
        ),
        (record("response", "https://example.org/n", b"").replace(b"Length: 0", b"Length: -5"), "Content-Length"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_fault_of_one_record(bad: bytes, detail: str, packed: bool) -> None:
    """What is wrong with one record costs that record, and its damage says where it lies and what was seen."""
    data = [RECORDS[0], bad, RECORDS[2]]
    captures, damages = read(warc_bytes(data, gzip_per_record=packed))
    assert numbers(captures) == [0, 2]
    assert [(item.offset, item.skipped) for item in damages] == [
        (STARTS[1] if packed else len(RECORDS[0]), len(member(bad) if packed else bad))
    ]
    assert (damages[0].fault, damages[0].records) == ("bad_record", 1)
    assert detail in damages[0].detail


@pytest.mark.parametrize("data", [b"", b"<html><p>no archive", bytes(100_000), member(b"hello"), b"\x1f\x8b", b"WARC"])
def test_no_archive(data: bytes) -> None:
    """A file in which no record begins is one damage that says so."""
    captures, damages = read(data)
    assert captures == []
    assert [(item.offset, item.skipped, item.fault) for item in damages] == [(0, len(data), "no_records")]


def test_lz4() -> None:
    """An lz4 frame is told by its magic bytes and refused by name."""
    assert read(b"\x04\x22\x4d\x18" + b"".join(RECORDS))[1][0].fault == "unsupported_type"


def test_archive_behind_garbage() -> None:
    """An archive whose first bytes are damaged is still recognised, whatever its kind."""
    for data in (b"".join(MEMBERS), b"\r\n\r\n" + b"".join(RECORDS), b"".join(zstd_frames(RECORDS))):
        captures, damages = read(b"\x1f\x00garbage" + data)
        assert numbers(captures) == without()
        assert [(item.offset, item.records) for item in damages] == [(0, 0)]


def test_arc_with_a_broken_line() -> None:
    """A damaged length in an ARC file costs the record whose length it is."""
    blocks = [arc_record(f"http://example.org/{number}", http(page(number))) for number in range(5)]
    blocks[2] = blocks[2].replace(str(len(http(page(2)))).encode() + b"\n", b"99999\n", 1)
    captures, damages = read(b"".join([arc_info(), *blocks]))
    assert numbers(captures) == [0, 1, 3, 4]
    assert [(item.skipped, item.url) for item in damages] == [(len(blocks[2]), "http://example.org/2")]


def test_arc_with_a_bad_date() -> None:
    """An ARC record without a date costs itself, and its length still leads to the next."""
    blocks = [arc_record("http://example.org/", b"x", stamp="null"), arc_record("http://example.org/1", http(page(1)))]
    captures, damages = read(b"".join([arc_info(), *blocks]))
    assert numbers(captures) == [1]
    assert damages[0].detail == "the date is 'null'"


@settings(max_examples=60)
@given(st.integers(0, 8), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
@example(7, 0.9865255933987166, 1)  # the end of the deflate stream: it goes on into the next member
@example(8, 0.9865255933987166, 1)
def test_any_flipped_byte(number: int, part: float, flip: int) -> None:
    """Whichever byte of a member is changed, every other record survives and at most one damage is reported."""
    broken = bytearray(MEMBERS[number])
    broken[int(part * len(broken))] ^= flip
    captures, damages = read(b"".join([*MEMBERS[:number], bytes(broken), *MEMBERS[number + 1 : 9]]))
    others = [item for item in range(9) if item != number]
    assert [found for found in numbers(captures) if found != number] == others
    assert len(captures) + len(damages) == 9


@settings(max_examples=40)
@given(st.integers(1, STARTS[9] - 1))
def test_any_cut(cut: int) -> None:
    """Wherever the file ends, every member that is whole is read, and one damage tells of the rest."""
    captures, damages = read(b"".join(MEMBERS)[:cut])
    whole = sum(start <= cut for start in STARTS[1:10])
    assert numbers(captures) == list(range(whole))
    assert len(damages) == (cut not in STARTS)


@settings(max_examples=40)
@given(st.integers(0, STARTS[9]), st.integers(0, 1500), st.binary(max_size=40))
def test_any_damage(at: int, missing: int, junk: bytes) -> None:
    """Whatever is cut out and put in, no exception leaves the scan and every untouched member is read."""
    data = b"".join(MEMBERS[:9])
    captures, _ = read(data[:at] + junk + data[at + missing :])
    untouched = {n for n in range(9) if STARTS[n + 1] <= at or STARTS[n] >= at + missing}
    assert untouched <= set(numbers(captures))


def test_same_result_with_plain_zlib(monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard zlib gives the same items, damages and their words included."""
    fast = list(read_captures(io.BytesIO(damaged())))
    monkeypatch.setattr("transforms.warc.codecs.deflate", zlib)
    assert list(read_captures(io.BytesIO(damaged()))) == fast


def small_blocks(data: bytes, size: int) -> bytes:
    """A zstd frame of uncompressed blocks of this many bytes, and an empty last one."""
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    blocks = b"".join((len(piece) << 3).to_bytes(3, "little") + piece for piece in pieces)
    return b"\x28\xb5\x2f\xfd\0\x38" + blocks + b"\x01\0\0"


def test_a_zstd_frame_of_tiny_blocks() -> None:
    """Small blocks are read together; a frame of nothing but tiny ones is damage, and what is behind it is read."""
    long = record("response", "https://example.org/9", http(page(9) * 99), "application/http")
    for size, lost in ((1, 1), (30, 0), (1000, 0)):
        captures, damages = read(small_blocks(long, size) + zstd_frames(RECORDS[:1])[0])
        assert [item.url for item in captures] == ["https://example.org/9"] * (not lost) + ["https://example.org/0"]
        assert [item.fault for item in damages] == ["gzip_damage"] * lost
        assert lost or captures[0].body == page(9) * 99


def test_members_that_break_late_do_not_make_reading_quadratic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each member holds all that follow it, as they are, and breaks at the end: once that has cost enough, the search goes on there."""
    head = record("response", "https://example.org/x", b"", length=10**7).removesuffix(b"\r\n\r\n")
    start = (
        MEMBERS[0][:10] + b"\0" + len(head).to_bytes(2, "little") + (len(head) ^ 0xFFFF).to_bytes(2, "little") + head
    )
    block = b"\0\x60\xea\x9f\x15"  # 60,000 bytes follow as they are
    nested = (start + block) * 200
    data = start + block + nested[:60_000].ljust(60_000, b"\0") + b"\x07" + bytes(1 << 20) + MEMBERS[1]
    damages = {}
    for most in (1 << 30, 200_000):
        monkeypatch.setattr("transforms.warc.read._BROKEN_AGAIN", most)
        captures, damages[most] = read(data)
        assert numbers(captures) == [1]
    assert len(damages[1 << 30]) > 100 > 10 > len(damages[200_000])
