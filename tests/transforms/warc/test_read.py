"""What a scan, a range and random access yield of whole archives of every kind."""

import io
import random
from collections.abc import Callable, Iterator
from itertools import accumulate, pairwise

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.outcomes import Fault, RecordError
from schemas.records import Capture
from tests.support.archives import arc_info, arc_record, http, member, record, response, warc_bytes
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
from transforms.warc.read import CAPTURES, NOWHERE, Tally, read_at, read_captures


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


def test_one_gzip_member_over_the_file() -> None:
    """Records that share a member are all read; none can be entered, and offsets count decompressed bytes."""
    captures, damages = read(member(b"".join(RECORDS)))
    assert (numbers(captures), damages) == (without(), [])
    assert [item.offset for item in captures] == list(accumulate((len(item) for item in RECORDS[:-1]), initial=0))
    assert not any(item.seekable for item in captures)


def test_records_over_member_borders() -> None:
    """A record that runs on into the next members is read as one: what bgzip makes of an archive."""
    data = b"".join(RECORDS)
    captures, damages = read(b"".join(member(data[at : at + 1000]) for at in range(0, len(data), 1000)))
    assert (numbers(captures), damages) == (without(), [])


def test_plain_archive() -> None:
    """In a plain file offset and length are the record's own span."""
    captures, damages = read(b"".join(RECORDS))
    assert (numbers(captures), damages) == (without(), [])
    assert [item.offset for item in captures] == list(accumulate((len(item) for item in RECORDS[:-1]), initial=0))
    assert [item.length for item in captures] == [len(item) for item in RECORDS]
    assert all(item.seekable for item in captures)


def test_archive_inside_an_archive() -> None:
    """The records of an archive that is itself a payload, plain or compressed, are not taken for records."""
    inner = b"".join(RECORDS[:3])
    for payload in (inner, warc_bytes(RECORDS[:3])):
        outer = record("resource", "https://example.org/a.warc", payload, "application/warc")
        for data in (outer + RECORDS[4], warc_bytes([outer, RECORDS[4]])):
            captures, damages = read(data)
            assert ([item.body for item in captures], damages) == ([payload, page(4)], [])


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


def test_captions_of_lists() -> None:
    """Of metadata records those of crawls that hold captions are given; others are counted, whatever their blocks say."""
    said = record("metadata", "https://example.org/m", b"via: x\r\ncaption: A boat\r\n", "application/warc-fields")
    others = [
        record("metadata", "https://example.org/n", block, kind)
        for block, kind in ((b"via: x\r\ncaptions: y", "application/warc-fields"), (b"caption: x", "application/json"))
    ]
    tally = Tally()
    captures, damages = read(warc_bytes([said, *others]), tally=tally)
    assert ([item.url for item in captures], damages) == (["https://example.org/m"], [])
    assert tally.records == {"metadata": 3}


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


def in_ranges(data: bytes, borders: list[int]) -> list[object]:
    """What the ranges between the borders give together; one that began elsewhere than the one before ended is read again from there."""
    items: list[object] = []
    at = 0
    for start, end in pairwise(sorted({0, *borders, len(data)})):
        tally = Tally()
        found = list(read_captures(io.BytesIO(data), start=start, end=end, tally=tally))
        if start and tally.began != (at if at < end else NOWHERE):
            found = list(read_captures(io.BytesIO(data), start=min(at, end), end=end, tally=tally))
            assert tally.began == (at if at < end else NOWHERE)
        items += found
        at = at if tally.ended == NOWHERE else tally.ended
    return items


def zstd_archive() -> bytes:
    """Frames that need the dictionary in front of them."""
    dictionary = zstandard.train_dictionary(2000, RECORDS)
    raw = dictionary.as_bytes()
    frames = zstd_frames(RECORDS[:12], dictionary)
    return b"\x5d\x2a\x4d\x18" + len(raw).to_bytes(4, "little") + raw + b"".join(frames)


def broken_plain() -> bytes:
    """Plain records with a lie, garbage between two, a broken first line and an end that is cut."""
    lie = record("response", "https://example.org/7", http(page(7)), "application/http", length=9999)
    odd = RECORDS[4].replace(b"WARC/1.1", b"WORC/1.1")
    return b"".join([*RECORDS[:4], odd, RECORDS[5], b"garbage" * 30, RECORDS[6], lie, *RECORDS[8:12]])[:-90]


ARC_FILE = b"".join(
    [arc_info(), *(arc_record(f"http://example.org/{number}", http(page(number))) for number in range(9))]
)
ENTERED = {
    "gzip": b"".join(MEMBERS[:12]),
    "damaged gzip": damaged(),
    "plain": b"".join(RECORDS[:12]),
    "damaged plain": broken_plain(),
    "garbage before plain": b"\r\n\r\n" + b"garbage" * 9 + b"".join(RECORDS[:9]),
    "zstd": zstd_archive(),
    "damaged zstd": zstd_archive().replace(b"\x28\xb5\x2f\xfd", b"\x28\xb5\x2e\xfd", 1) + b"garbage" * 9,
    "arc": ARC_FILE,
    "arc.gz": warc_bytes([arc_info(), *(arc_record("http://example.org/5", http(page(5))) for _ in range(9))]),
}


@settings(max_examples=150)
@given(st.sampled_from(sorted(ENTERED)), st.lists(st.floats(0, 1), max_size=6))
def test_ranges(name: str, cuts: list[float]) -> None:
    """For any cut points the ranges together yield what one scan yields, damages included."""
    data = ENTERED[name]
    borders = sorted(int(part * len(data)) for part in cuts)
    assert in_ranges(data, borders) == list(read_captures(io.BytesIO(data)))


@pytest.mark.parametrize("name", sorted(ENTERED))
def test_ranges_at_every_border(name: str) -> None:
    """Cuts at, before and behind the begin of each record and each damage neither lose nor repeat anything."""
    data = ENTERED[name]
    whole = list(read_captures(io.BytesIO(data)))
    for cut in {item.offset + shift for item in whole for shift in (-3, -2, -1, 0, 1) if item.offset + shift > 0}:
        assert in_ranges(data, [cut]) == whole, cut


@pytest.mark.parametrize(
    "data", [member(b"".join(RECORDS)), zstandard.compress(b"".join(RECORDS)), b"no archive", b"\x04\x22\x4d\x18x"]
)
def test_ranges_of_what_cannot_be_entered(data: bytes) -> None:
    """One stream over the file and a file without records belong to the range that holds byte 0; the others say that none begins there."""
    half = len(data) // 2
    first, other = Tally(), Tally()
    whole = list(read_captures(io.BytesIO(data)))
    assert list(read_captures(io.BytesIO(data), end=half, tally=first)) == whole
    assert list(read_captures(io.BytesIO(data), start=half, tally=other)) == []
    assert (first.ended, other.began, other.ended) == (len(data), NOWHERE, NOWHERE)


@pytest.mark.parametrize("pack", [lambda data: data, member, lambda data: zstd_frames([data])[0]])
def test_a_record_longer_than_a_range(pack: Callable[[bytes], bytes]) -> None:
    """Ranges inside it hold no record, and are not read to the file's end to know that."""
    long = response("http://example.org/long", random.Random(1).randbytes(3 << 20), "application/octet-stream")
    data = pack(RECORDS[0]) + pack(long) + pack(RECORDS[1])
    tallies = [Tally() for _ in range(4)]
    items = []
    for number, tally in enumerate(tallies):
        stream = CountingStream(data)
        start = number << 20
        items += read_captures(stream, start=start, end=start + (1 << 20) if number < 3 else None, tally=tally)
        assert stream.count < (5 << 20 if number in (0, 3) else 3 << 20)
    assert items == list(read_captures(io.BytesIO(data)))
    assert [(t.began, t.ended) for t in tallies[1:3]] == [(NOWHERE, NOWHERE)] * 2
    assert tallies[3].began == tallies[0].ended == len(data) - len(pack(RECORDS[1]))


class CountingStream(io.BytesIO):
    """A stream that counts the bytes that were read of it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Reads and counts."""
        data = super().read(size)
        self.count += len(data)
        return data


def stored_frame(data: bytes) -> bytes:
    """A zstd frame that holds the data as it is."""
    return b"\x28\xb5\x2f\xfd\0\x38" + (len(data) << 3 | 1).to_bytes(3, "little") + data


@pytest.mark.parametrize("pack", [lambda data: data, member, stored_frame])
def test_an_archive_inside_a_record_is_told_by_its_border(pack: Callable[[bytes], bytes]) -> None:
    """A range that begins inside a crawled archive may begin at a record of that; it then disagrees with the range before."""
    noise = [random.Random(number).randbytes(9000) for number in range(9)]
    inner = b"".join(pack(response("http://example.org/inner", body, "application/octet-stream")) for body in noise)
    outer = record("resource", "https://example.org/a.warc", inner, "application/warc")
    data = pack(RECORDS[10]) + pack(outer) + pack(RECORDS[11])
    first, second = Tally(), Tally()
    half = len(data) // 2
    assert len(list(read_captures(io.BytesIO(data), end=half, tally=first))) == 2
    list(read_captures(io.BytesIO(data), start=half, tally=second))
    assert second.began != first.ended == data.rindex(pack(RECORDS[11]))
    assert len(list(read_captures(io.BytesIO(data), start=first.ended, tally=second))) == 1
    assert second.began == first.ended


def test_a_range_over_the_whole_keeps_a_large_first_record() -> None:
    """The look that decides whether an archive can be cut must not eat its first record (a book of 800 kB was lost)."""
    first = response("http://example.org/first", random.Random(1).randbytes(900_000), "application/octet-stream")
    data = warc_bytes([first, response("http://example.org/second", b"x", "text/html")])
    found = read_captures(io.BytesIO(data), start=0, end=len(data))
    assert [item.url for item in found] == ["http://example.org/first", "http://example.org/second"]


@pytest.mark.parametrize("pack", [lambda data: data, member, lambda data: zstd_frames([data])[0]])
@pytest.mark.parametrize("behind", [RECORDS[1], b""])
def test_a_length_that_is_one_byte_short(pack: Callable[[bytes], bytes], behind: bytes) -> None:
    """Where one byte more leads to a record's end, the record has it; two bytes are a lie, as any other."""
    block = http(page(7))
    for missing, count in ((1, 0), (2, 1)):
        short = record("response", "https://example.org/7", block, "application/http", length=len(block) - missing)
        data = pack(short) + (pack(behind) if behind else b"")
        captures, damages = read(data)
        assert (numbers(captures), len(damages)) == ([7] * (not count) + [1] * bool(behind), count)
    ask = record("request", "https://example.org/7", block, "application/http", length=len(block) - 1)
    assert read(pack(ask) + pack(RECORDS[1]))[1] == []


def test_an_arc_length_that_is_one_byte_short() -> None:
    """The same of ARC, whose records end in one newline."""
    blocks = [arc_record(f"http://example.org/{number}", http(page(number))) for number in range(3)]
    size = str(len(http(page(1))))
    blocks[1] = blocks[1].replace(f"{size}\n".encode(), f"{int(size) - 1}\n".encode(), 1)
    for data in (b"".join([arc_info(), *blocks]), warc_bytes([arc_info(), *blocks])):
        captures, damages = read(data)
        assert (numbers(captures), damages) == ([0, 1, 2], [])


@pytest.mark.parametrize("line", ["http/1.1 200 ok", "ICY 200 OK", "Http/1.0 200", "HTTP/1.1 200 OK"])
def test_status_lines_as_servers_write_them(line: str) -> None:
    """Small letters and SHOUTcast's ICY are status lines too, with and without a type that calls the block HTTP, and in ARC."""
    block = f"{line}\r\nContent-Type: text/html\r\n\r\n".encode() + page(3)
    for kind in ("application/http; msgtype=response", ""):
        (found,), damages = read(record("response", "https://example.org/3", block, kind))
        assert (found.status, found.media_type, found.body, damages) == (200, "text/html", page(3), [])
    (_, found), _ = read(arc_info() + arc_record("dns:example.org", b"x", "text/dns") + arc_record("xy:z", block))
    assert (found.status, found.body) == (200, page(3))
    (found,), _ = read(
        record("revisit", "https://example.org/v", f"{line}\r\nA: b\r\n\r\n".encode(), "application/http")
    )
    assert (found.status, found.headers) == (200, (("A", "b"),))


def test_a_date_of_14_digits() -> None:
    """A date as ARC writes it is read in a WARC too; 14 digits that are none are refused."""
    (found,), _ = read(
        record("response", "https://example.org/", http(b"x"), "application/http", date="20190102030405")
    )
    assert found.date == "2019-01-02T03:04:05Z"
    _, (damage,) = read(
        record("response", "https://example.org/", http(b"x"), "application/http", date="20191302030405")
    )
    assert damage.detail == "the date is '20191302030405'"
