"""Media on their way to staging: their rows and addresses, and the form in which a copied one is held."""

import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Self

import numpy as np
import pyarrow as pa

from pipeline.arrow_files import Rows, Spool
from pipeline.sections import digest
from schemas.index import ALIAS, FORMATS, IMAGE_FACTS, MEDIA, RANK_FETCHED, RANK_REASON, RANK_UNDECODED
from schemas.records import Capture
from transforms.consent.said import heard
from transforms.dedup.keep_first import newest_first
from transforms.dedup.keys import address_key, joined_key
from transforms.html.directives import evidence, header_directives, signal_bits, stored

DIRECTIVES_CHARACTERS = 1000  # of an image's headers, as its row in a corpus shows them
URLS = pa.schema([pa.field("url", pa.string())])  # of the media, beside their rows
NO_FACTS: Mapping[str, Any] = {name: bytes(32) if kind == "V32" else 0 for name, kind in IMAGE_FACTS.items()} | {
    "format": ""
}


class MediaRows:
    """The media of a unit as rows of `schemas.index.MEDIA`, their addresses, and the keys of all references' addresses.

    Where they were `fetched`, those of the given archives come before them.
    """

    def __init__(self, fetched: bool = False) -> None:
        self.count = 0
        self._rank = RANK_FETCHED * fetched
        self.urls = Rows(URLS)
        self._rows = Spool()
        self._keys = Spool()
        self._aliases = Spool()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        for spool in (self.urls, self._rows, self._keys, self._aliases):
            spool.close()

    def append(self, url: str, facts: Mapping[str, Any], **columns: Any) -> None:
        """Add a medium; its facts are those of `IMAGE_FACTS`, its format as a word."""
        row = np.zeros((), MEDIA)
        row["high"], row["low"] = halves(address_key(url))
        row["rank"] = self._rank + RANK_UNDECODED * (facts["format"] == "")
        row["row"] = self.count
        for name, value in {**columns, **facts, "format": FORMATS.index(facts["format"])}.items():
            row[name] = value
        self._rows.write(row.tobytes())
        self.urls.append({"url": url})
        self.count += 1

    def lack(self, url: str, unit: int, reason: str, status: int) -> None:
        """Add an address of a unit that could not be fetched, or brought no image: why, and the HTTP status of its last answer."""
        word = reason.encode()
        if len(word) > MEDIA["reason"].itemsize:
            raise ValueError(f"a reason is too long to be staged: {reason}")
        self.append(url, NO_FACTS, unit=unit, rank=RANK_REASON, reason=word, status=status)

    def refer(self, urls: Iterable[str]) -> None:
        """Add the addresses of references, in the order of their rows."""
        self._keys.write(b"".join(map(joined_key, urls)))

    def lead(self, capture: Capture, to: str, identity: bytes, via: int) -> None:
        """Add an address that leads to another, by a capture of this id; one that leads to itself says nothing."""
        self.lead_from(capture.url, capture.date, medium_signals(capture), to, identity, via)

    def lead_from(self, url: str, date: str, signals: int, to: str, identity: bytes, via: int) -> None:
        """The same of an address by whatever is known of what leads there: a date, and the opt-outs that were said on the way."""
        row = np.zeros((), ALIAS)
        row["high"], row["low"] = halves(address_key(url))
        row["to_high"], row["to_low"] = halves(address_key(to))
        row["id_high"], row["id_low"] = halves(identity)
        row["rank"], row["via"] = newest_first([date])[0], via
        row["signals"] = signals
        if (row["high"], row["low"]) != (row["to_high"], row["to_low"]):
            self._aliases.write(row.tobytes())

    def rows(self) -> Iterator[bytes]:
        """The rows as bytes."""
        return self._rows.pieces()

    def aliases(self) -> Iterator[bytes]:
        """The rows of ALIAS as bytes."""
        return self._aliases.pieces()

    def keys(self) -> Iterator[bytes]:
        """The keys as bytes, 16 each."""
        return self._keys.pieces()


def halves(key: bytes) -> tuple[int, int]:
    """A 16-byte key as two numbers."""
    high, low = struct.unpack(">QQ", key)
    return high, low


def shown_directives(lines: tuple[str, ...]) -> str:
    """What an image's response says about its use, as its row shows it; where that is cut, what decided stands first."""
    shown = "\n".join(stored(lines))
    if len(shown) <= DIRECTIVES_CHARACTERS:
        return shown
    return "\n".join([*evidence(lines).values(), shown])[:DIRECTIVES_CHARACTERS]


class Medium(NamedTuple):
    """A medium as archives have it: what its response said about use, its bytes, and the address that it was captured under."""

    directives: str
    body: bytes
    url: str


def medium_directives(capture: Capture) -> str:
    """What an image's response says about its use, and what the files of its site said about it where a crawl of ours asked them."""
    _, lines = heard(capture.said)
    return "\n".join(filter(None, (shown_directives(header_directives(capture.headers)), *lines)))


def medium_signals(capture: Capture) -> int:
    """The signals of both, a bit each in the order of SIGNALS."""
    bits, _ = heard(capture.said)
    return bits | signal_bits(header_directives(capture.headers))


def pack_medium(directives: str, body: bytes, url: str = "") -> bytes:
    """A medium with what its response said and its address, as staging files and spools hold it: behind a digest."""
    said, address = directives.encode("utf-8", "replace"), url.encode("utf-8", "replace")
    held = struct.pack("<II", len(said), len(address)) + said + address + body
    return digest(held) + held


def unpack_medium(data: bytes) -> Medium:
    """The medium of `pack_medium`. Raises ValueError where it has changed.

    >>> unpack_medium(pack_medium("noai", b"picture", "http://ex.com/x"))
    Medium(directives='noai', body=b'picture', url='http://ex.com/x')
    """
    held = data[8:]
    if digest(held) != data[:8]:
        raise ValueError("a medium has changed")
    said, address = struct.unpack_from("<II", held)
    return Medium(held[8 : 8 + said].decode(), held[8 + said + address :], held[8 + said : 8 + said + address].decode())
