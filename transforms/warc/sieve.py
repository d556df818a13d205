"""Where compressed members may begin: a sieve over the magic bytes of an archive, quick whatever bytes it meets.

Whether a member begins with a record is known once its first bytes are inflated, which takes 40 us. A flood of magic bytes has
25 candidates in 100 bytes, so most must go before: by the bytes of their headers, many at a time, then by a small inflation.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

import numpy as np
from zlib_ng import zlib_ng as deflate

from transforms.warc.codecs import FIRST, GZIP_MAGIC, ZSTD_MAGIC, File, some
from transforms.warc.heads import WARC_START, arc_line

Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]
Places = np.ndarray[tuple[int], np.dtype[np.int64]]

WINDOW = (
    512 << 10
)  # bytes looked at together; windows begin at its multiples, so that an answer depends on the file alone
HEADER = 96 << 10  # longest gzip header believed; an extra field alone has up to 64 KiB
BEHIND = HEADER + (4 << 10)  # bytes looked at behind a window, for what begins at its end
# Candidates of a window that are inflated: one in 128 bytes, as no archive has them, takes 1 to 2 s a 100 MB. More than that is a flood;
# then those at the window's begin and end are tried, where true members are in front of it and behind it.
TRIED = 4 << 10
FALSE = (
    100  # candidates of a window that passed the sieve and were none, before the others but the last are passed over
)
_ZEROS = 32
_FOUND_OUT = 40  # characters of a text that tell whether it may begin a record
_MAY_BEGIN = re.compile(rb"WARC/\d|[A-Za-z][A-Za-z0-9+.-]{1,30}:")


class Sieve:
    """The bytes of an archive at which a member may begin, window by window; a window stays at hand until another is asked for."""

    def __init__(self, source: File, magic: bytes) -> None:
        self._source = source
        self._pass = gzip_places if magic == GZIP_MAGIC else zstd_places
        self._begin = self._end = 0
        self._places: list[int] = []
        self._false = 0

    def places(self, at: int, before: int) -> Iterator[int]:
        """The places of bytes [`at`, `before`), in order. One at which nothing begins must be told to `refuse` before the next is asked."""
        while at < before:
            if not self._begin <= at < self._end:
                self._look(at - at % WINDOW)
            window, places, end = self._begin, self._places, self._end
            for number in range(bisect_left(places, at), bisect_left(places, before)):
                if self._false < FALSE or number >= len(places) - FALSE:
                    yield places[number]
                if self._begin != window:  # somebody else asked for another window meanwhile
                    self._look(window)
            at = end

    def refuse(self) -> None:
        """Nothing began at the last place."""
        self._false += 1

    def _look(self, begin: int) -> None:
        data = some(self._source, begin, WINDOW + BEHIND)
        self._places = [begin + place for place in self._pass(data) if place < WINDOW]
        self._begin, self._end, self._false = begin, begin + WINDOW, 0


def gzip_places(data: bytes) -> list[int]:
    """Where in `data` a gzip member may begin whose text begins a record.

    >>> import gzip
    >>> gzip_places(b"noise" + gzip.compress(b"WARC/1.1\\r\\n") + b"noise" + gzip.compress(b"text"))
    [5]
    """
    values, places = _magic(data, GZIP_MAGIC)
    places = places[values[places + 3] < 0x20]  # RFC 1952: reserved flags are zero
    if not len(places):
        return []
    flags = values[places + 3]
    texts = _gzip_texts(values, places, flags)
    kept = (texts >= 0) & (texts - places <= HEADER)
    places, flags, texts = places[kept], flags[kept], texts[kept]
    kept = _blocks_may_begin(values, texts)
    # Many headers may end at one name's zero byte. The first that leads to a text speaks for the others; not one with a checksum, which
    # may be wrong.
    asked = flags & 2 > 0
    unchecked = np.flatnonzero(~asked)
    asked[unchecked[np.unique(texts[unchecked], return_index=True)[1]]] = True
    kept &= asked
    return [
        place for place, text in _both_ends(places[kept], texts[kept]) if _deflated_may_begin(data[text : text + 1024])
    ]


def zstd_places(data: bytes) -> list[int]:
    """Where in `data` a zstd frame may begin whose text begins a record.

    >>> import zstandard
    >>> zstd_places(b"noise" + zstandard.compress(b"WARC/1.1\\r\\n") + b"noise" + zstandard.compress(b"text"))  # doctest: +SKIP
    [5]
    """
    values, places = _magic(data, ZSTD_MAGIC)
    about = values[places + 4]
    single = about >> 5 & 1 > 0
    window = values[places + 5]
    kept = (about & 8 == 0) & (
        single | (window <= 17 << 3)
    )  # reserved bit; windows of up to 128 MiB (RFC 8878 §3.1.1.1)
    places, about, single = places[kept], about[kept].astype(np.int64), single[kept]
    content = np.where(single, np.array([1, 2, 4, 8])[about >> 6], np.array([0, 2, 4, 8])[about >> 6])
    blocks = places + 5 + ~single + np.array([0, 1, 2, 4])[about & 3] + content
    header = values[blocks] | values[blocks + 1].astype(np.int64) << 8 | values[blocks + 2].astype(np.int64) << 16
    kind, size = header >> 1 & 3, header >> 3
    begins = _TEXT_BEGIN[values[blocks + 3]]
    kept = (size <= 128 << 10) & ((kind == 2) | (kind < 2) & (begins | (size == 0)))
    found = []
    for place, text in _both_ends(places[kept], blocks[kept]):
        about_block = int.from_bytes(data[text : text + 3], "little")
        size = min(about_block >> 3, FIRST)
        whole = bool(about_block & 1) and size == about_block >> 3
        if about_block >> 1 & 3 or _may_begin(data[text + 3 : text + 3 + size], whole):
            found.append(place)
    return found


def _magic(data: bytes, magic: bytes) -> tuple[Bytes, Places]:
    """The bytes with zeros behind them, so that a header that is cut can be looked at too, and where the magic bytes stand."""
    values = np.frombuffer(data + bytes(_ZEROS), np.uint8)
    places = np.flatnonzero(values[:-_ZEROS] == magic[0])
    for number, value in enumerate(magic[1:], 1):
        places = places[values[places + number] == value]
    return values, places


def _gzip_texts(values: Bytes, places: Places, flags: Bytes) -> Places:
    """Where the deflated text behind each gzip header begins; -1 where the header does not end in `values` (RFC 1952 §2.3)."""
    size = len(values)
    texts = places + 10
    extra = flags & 4 > 0
    at = np.minimum(texts, size - 2)
    texts = texts + np.where(extra, 2 + values[at] + (values[at + 1].astype(np.int64) << 8), 0)
    if np.any(flags & 24):
        zeros = np.append(np.flatnonzero(values == 0), size)
        for bit in (8, 16):  # a name, a comment
            texts = np.where(flags & bit > 0, zeros[np.searchsorted(zeros, np.minimum(texts, size))] + 1, texts)
    texts = texts + (flags & 2)
    return np.where(texts <= size - 5, texts, -1)


def _blocks_may_begin(values: Bytes, texts: Places) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether the first deflate block at each place can be one (RFC 1951 §3.2.3 to §3.2.7)."""
    first = values[texts]
    kind = first >> 1 & 3
    size = values[texts + 1] | values[texts + 2].astype(np.int64) << 8
    check = values[texts + 3] | values[texts + 4].astype(np.int64) << 8
    dynamic = (first >> 3 <= 29) & (values[texts + 1] & 31 <= 29)
    may: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
        (kind == 1) | (kind == 0) & (size ^ check == 0xFFFF) | (kind == 2) & dynamic
    )
    return may


def _both_ends(places: Places, texts: Places) -> Iterator[tuple[int, int]]:
    """Pairs of place and text, in order; only the first and last where there are too many to try each."""
    if len(places) > TRIED:
        half = TRIED // 2
        places, texts = np.append(places[:half], places[-half:]), np.append(texts[:half], texts[-half:])
    return zip(places.tolist(), texts.tolist(), strict=True)


def _deflated_may_begin(data: bytes) -> bool:
    inflater = deflate.decompressobj(-15)
    try:
        text = inflater.decompress(data, FIRST)
    except deflate.error:  # type: ignore[misc]  # its stub calls the exception a function
        return False
    return _may_begin(text, inflater.eof)


def _may_begin(text: bytes, whole: bool) -> bool:
    """Whether a record may begin with these bytes, behind newlines; `whole` where nothing follows them."""
    given, text = len(text), text.lstrip(b"\r\n")
    if text.startswith(b"WARC/") and (whole or len(text) >= _FOUND_OUT):
        return WARC_START.match(text) is not None
    if whole:
        return arc_line(text) is not None
    if len(text) < _FOUND_OUT:  # too little to tell, but for a text that begins with hundreds of newlines
        return given < FIRST
    return _MAY_BEGIN.match(text) is not None


_TEXT_BEGIN = np.isin(np.arange(256), np.frombuffer(b"\r\n" + bytes(range(65, 91)) + bytes(range(97, 123)), np.uint8))
