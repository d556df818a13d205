"""What a scan yields of whole and of damaged archives; the table of damage is that of reference/hazards.md §1."""

import io
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate, pairwise

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.outcomes import Fault, RecordError
from schemas.records import Capture, Damage
from tests.support.archives import arc_info, arc_record, http, member, record, response, warc_bytes
from transforms.warc.limits import Limits
from transforms.warc.read import CAPTURES, Tally, read_at, read_captures

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


def test_whole_archive() -> None:
    """Each capture of a whole archive says what was written and where its own gzip member lies."""
    captures, damages = read(b"".join(MEMBERS))
    assert (numbers(captures), damages) == (without(), [])
    assert [(item.offset, item.length) for item in captures] == list(
        zip(STARTS, (len(item) for item in MEMBERS), strict=False)
    )
    first = captures[0]
    assert (first.kind, first.status, first.media_type, first.charset) == ("response", 200, "text/html", "utf-8")
    assert (first.seekable, first.date, first.truncated) == (True, "2024-05-18T01:58:10Z", "")
    assert first.headers[0] == ("Content-Type", "text/html; charset=utf-8")


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


def test_one_gzip_member_over_the_file() -> None:
    """Records that share a member are all read; none can be entered, and offsets count decompressed bytes."""
    captures, damages = read(member(b"".join(RECORDS)))
    assert (numbers(captures), damages) == (without(), [])
    assert [item.offset for item in captures] == list(accumulate((len(item) for item in RECORDS[:-1]), initial=0))
    assert not any(item.seekable for item in captures)


def test_damage_inside_the_only_member() -> None:
    """Where one stream holds the archive, the records before the damage survive and one damage says where it broke."""
    data = bytearray(member(b"".join(RECORDS)))
    data[len(data) // 2 : len(data) // 2 + 8] = b"\xff" * 8
    captures, damages = read(bytes(data))
    assert 15 <= len(captures) <= 26
    assert numbers(captures[:15]) == list(range(15))
    assert [item.fault for item in damages] == ["gzip_damage"]


def test_records_over_member_borders() -> None:
    """A record that runs on into the next members is read as one: what bgzip makes of an archive."""
    data = b"".join(RECORDS)
    captures, damages = read(b"".join(member(data[at : at + 1000]) for at in range(0, len(data), 1000)))
    assert (numbers(captures), damages) == (without(), [])


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


def test_plain_archive() -> None:
    """In a plain file offset and length are the record's own span."""
    captures, damages = read(b"".join(RECORDS))
    assert (numbers(captures), damages) == (without(), [])
    assert [item.offset for item in captures] == list(accumulate((len(item) for item in RECORDS[:-1]), initial=0))
    assert [item.length for item in captures] == [len(item) for item in RECORDS]
    assert all(item.seekable for item in captures)


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


def test_archive_inside_an_archive() -> None:
    """The records of an archive that is itself a payload, plain or compressed, are not taken for records."""
    inner = b"".join(RECORDS[:3])
    for payload in (inner, warc_bytes(RECORDS[:3])):
        outer = record("resource", "https://example.org/a.warc", payload, "application/warc")
        for data in (outer + RECORDS[4], warc_bytes([outer, RECORDS[4]])):
            captures, damages = read(data)
            assert ([item.body for item in captures], damages) == ([payload, page(4)], [])


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


def test_arc() -> None:
    """ARC records, plain or compressed, are responses with an ISO 8601 date; the file's own record is warcinfo."""
    blocks = [arc_record(f"http://example.org/a b?{number}", http(page(number))) for number in range(5)]
    dns = arc_record("dns:example.org", b"192.0.2.1", "text/dns")
    for data in (b"".join([arc_info(), *blocks, dns]), warc_bytes([arc_info(), *blocks, dns])):
        tally = Tally()
        captures, damages = read(data, tally=tally)
        assert ([item.body for item in captures[:5]], damages) == ([page(number) for number in range(5)], [])
        assert (captures[1].url, captures[1].date) == ("http://example.org/a b?1", "2008-04-30T20:48:25Z")
        assert (captures[5].status, captures[5].media_type, captures[5].body) == (0, "text/dns", b"192.0.2.1")
        assert tally.records == {"warcinfo": 1, "response": 6}


def test_arc_of_version_2() -> None:
    """The further fields of an ARC 2 line are passed over."""
    block = http(page(1))
    line = f"http://example.org/ 192.0.2.1 20080430204825 text/html 200 - - 77 a.arc.gz {len(block)}\n".encode()
    captures, _ = read(arc_info() + line + block + b"\n")
    assert [(item.body, item.media_type) for item in captures] == [(page(1), "text/html")]


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


@pytest.mark.parametrize("name", ["frames", "dictionary", "packed dictionary"])
def test_zstd_frame_per_record(name: str) -> None:
    """Frames of their own can be entered, also with the dictionary of the file's first, skippable frame."""
    dictionary = zstandard.train_dictionary(2000, RECORDS) if name != "frames" else None
    head = b""
    if dictionary is not None:
        raw = dictionary.as_bytes()
        raw = raw if name == "dictionary" else zstandard.compress(raw)
        head = b"\x5d\x2a\x4d\x18" + len(raw).to_bytes(4, "little") + raw
    frames = zstd_frames(RECORDS, dictionary)
    data = head + b"".join(frames)
    captures, damages = read(data)
    assert (numbers(captures), damages) == (without(), [])
    assert captures[0].offset == len(head)
    assert read_at(io.BytesIO(data), captures[9].offset, captures[9].length) == captures[9]
    broken = bytearray(data)
    broken[captures[20].offset + 300] ^= 1
    captures, damages = read(bytes(broken))
    assert (numbers(captures), [item.records for item in damages]) == (without(20), [1])


def test_one_zstd_frame_over_the_file() -> None:
    """Records that share a zstd frame are all read, across its blocks."""
    data = b"".join(RECORDS) * 8
    captures, damages = read(zstandard.compress(data))
    assert (numbers(captures), damages) == (without() * 8, [])
    assert not any(item.seekable for item in captures)


def test_kinds() -> None:
    """Each type is read as its own: conversion and resource by the record's type, revisit without a body, others counted only."""
    info = record("warcinfo", "", b"software: x\r\n", "application/warc-fields")
    text = record("conversion", "https://example.org/c", "Grüße".encode(), "text/plain; charset=UTF-8")
    image = record("resource", "<https://example.org/r>", b"GIF89a", "Image/GIF")
    again = record("revisit", "https://example.org/v", http(b"", status=304), "application/http")
    bare = record("revisit", "https://example.org/w", b"")
    ask = record("request", "https://example.org/q", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request")
    links = record("metadata", "https://example.org/m", b"outlink: x", "application/warc-fields")
    odd = record("x-screenshot", "https://example.org/o", b"x", "image/png")
    tally = Tally()
    captures, damages = read(warc_bytes([info, text, image, again, bare, ask, links, odd]), tally=tally)
    assert damages == []
    assert [(item.kind, item.url, item.status, item.media_type, item.body) for item in captures] == [
        ("conversion", "https://example.org/c", 0, "text/plain", "Grüße".encode()),
        ("resource", "https://example.org/r", 0, "image/gif", b"GIF89a"),
        ("revisit", "https://example.org/v", 304, "text/html", b""),
        ("revisit", "https://example.org/w", 0, "", b""),
    ]
    assert captures[0].charset == "UTF-8"
    assert tally.records == dict(
        warcinfo=1, conversion=1, resource=1, revisit=2, request=1, metadata=1, other=1
    )  # fmt: skip
    wanted, damages = read(warc_bytes([info, ask]), wanted=CAPTURES | {"request", "warcinfo"})
    assert ([item.body for item in wanted], damages) == ([b"software: x\r\n", b"GET / HTTP/1.1\r\n\r\n"], [])


def test_tally() -> None:
    """The tally follows the scan byte by byte and adds up what was passed over."""
    tally = Tally()
    positions = [
        tally.position
        for item in read_captures(io.BytesIO(replaced(3, bytes(500))), tally=tally)
        if isinstance(item, Capture)
    ]
    assert positions == sorted(set(positions))
    assert positions[-1] == tally.position == tally.size
    assert (tally.damages, tally.skipped, tally.records) == (1, 500, {"response": 49})


def test_truncated_record() -> None:
    """WARC-Truncated travels with the capture."""
    cut = record(
        "response", "https://example.org/", http(b"x"), "application/http", fields=[("WARC-Truncated", "length")]
    )
    assert read(member(cut))[0][0].truncated == "length"


def test_lf_only() -> None:
    """Archives whose lines end in LF alone are read, record heads and HTTP heads."""
    data = b"".join(
        record("response", f"https://example.org/{number}", b"HTTP/1.1 200 OK\nA: b\n\n" + page(number)).replace(
            b"\r\n", b"\n"
        )
        for number in range(5)
    )
    captures, damages = read(data)
    assert (numbers(captures), damages) == ([0, 1, 2, 3, 4], [])
    assert captures[0].headers == (("A", "b"),)


def corpus() -> Iterator[bytes]:
    """One archive of every kind that can be entered."""
    arc = [arc_info(), *(arc_record(f"http://example.org/{number}", http(page(number))) for number in range(9))]
    yield from (b"".join(MEMBERS[:9]), b"".join(RECORDS[:9]), b"".join(zstd_frames(RECORDS[:9])))
    yield from (b"".join(arc), warc_bytes(arc))


def test_random_access() -> None:
    """What `read_at` gives is equal to what the scan yields, for every record of every kind that can be entered."""
    for data in corpus():
        captures, damages = read(data)
        assert (len(captures), damages) == (9, [])
        for item in captures:
            assert item.seekable
            assert read_at(io.BytesIO(data), item.offset, item.length) == item


def test_random_access_refused() -> None:
    """A place where no record begins, a cut and a broken record are refused by name."""
    data = b"".join(MEMBERS)
    for offset, length, fault in [
        (STARTS[1] + 1, 300, Fault.BAD_RECORD),
        (STARTS[1], 100, Fault.TRUNCATED),
        (len(data) + 5, 10, Fault.BAD_RECORD),
    ]:
        with pytest.raises(RecordError) as caught:
            read_at(io.BytesIO(data), offset, length)
        assert caught.value.fault is fault
    with pytest.raises(RecordError, match="declares 9999 bytes"):
        lie = record("response", "https://example.org/", b"x", length=9999)
        read_at(io.BytesIO(lie), 0, len(lie))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 8), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_any_flipped_byte(number: int, part: float, flip: int) -> None:
    """Whichever byte of a member is changed, every other record survives and at most one damage is reported."""
    broken = bytearray(MEMBERS[number])
    broken[int(part * len(broken))] ^= flip
    captures, damages = read(b"".join([*MEMBERS[:number], bytes(broken), *MEMBERS[number + 1 : 9]]))
    others = [item for item in range(9) if item != number]
    assert [found for found in numbers(captures) if found != number] == others
    assert len(captures) + len(damages) == 9


@settings(deadline=None, max_examples=40)
@given(st.integers(1, STARTS[9] - 1))
def test_any_cut(cut: int) -> None:
    """Wherever the file ends, every member that is whole is read, and one damage tells of the rest."""
    captures, damages = read(b"".join(MEMBERS)[:cut])
    whole = sum(start <= cut for start in STARTS[1:10])
    assert numbers(captures) == list(range(whole))
    assert len(damages) == (cut not in STARTS)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, STARTS[9]), st.integers(0, 1500), st.binary(max_size=40))
def test_any_damage(at: int, missing: int, junk: bytes) -> None:
    """Whatever is cut out and put in, no exception leaves the scan and every untouched member is read."""
    data = b"".join(MEMBERS[:9])
    captures, _ = read(data[:at] + junk + data[at + missing :])
    untouched = {n for n in range(9) if STARTS[n + 1] <= at or STARTS[n] >= at + missing}
    assert untouched <= set(numbers(captures))


def damaged() -> bytes:
    """An archive with a broken member, garbage, a lie and a gap at its end."""
    broken = bytearray(MEMBERS[3])
    broken[200] ^= 1
    lie = record("response", "https://example.org/7", http(page(7)), "application/http", length=9999)
    return b"".join(
        [*MEMBERS[:3], bytes(broken), *MEMBERS[4:6], b"garbage" * 30, member(lie), *MEMBERS[8:12], bytes(99)]
    )


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, STARTS[13]), max_size=6), st.booleans())
def test_ranges(cuts: list[int], is_damaged: bool) -> None:
    """For any cut points the ranges together yield what one scan yields, damages included."""
    data = damaged() if is_damaged else b"".join(MEMBERS[:12])
    borders = [0, *sorted(cuts), None]
    pieces = [
        item for start, end in pairwise(borders) for item in read_captures(io.BytesIO(data), start=start or 0, end=end)
    ]
    assert pieces == list(read_captures(io.BytesIO(data)))


def test_ranges_at_every_border() -> None:
    """Cuts at, before and behind the begin of each member and each damage neither lose nor repeat anything."""
    data = damaged()
    whole = list(read_captures(io.BytesIO(data)))
    for cut in {item.offset + shift for item in whole for shift in (-1, 0, 1)} - {-1}:
        parts = [
            *read_captures(io.BytesIO(data), end=cut),
            *read_captures(io.BytesIO(data), start=cut),
        ]
        assert parts == whole


@pytest.mark.parametrize("data", [b"".join(RECORDS), member(b"".join(RECORDS)), b"no archive"])
def test_ranges_of_what_cannot_be_entered(data: bytes) -> None:
    """A plain file, one stream over the file and a file without records belong to the range that holds byte 0."""
    half = len(data) // 2
    assert list(read_captures(io.BytesIO(data), end=half)) == list(read_captures(io.BytesIO(data)))
    assert list(read_captures(io.BytesIO(data), start=half)) == []


def test_same_result_with_plain_zlib(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without zlib-ng the standard zlib gives the same items, damages and their words included."""
    fast = list(read_captures(io.BytesIO(damaged())))
    monkeypatch.setattr("transforms.warc.codecs.deflate", __import__("zlib"))
    assert list(read_captures(io.BytesIO(damaged()))) == fast
    assert replace(fast[0]) == fast[0]
