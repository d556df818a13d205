"""Media on their way to staging: their rows and addresses, and the form in which a copied one is held."""

import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

import numpy as np
import pyarrow as pa

from pipeline.arrow_files import Rows, Spool
from pipeline.sections import digest
from schemas.index import FORMATS, IMAGE_FACTS, MEDIA
from transforms.dedup.keys import address_key, joined_key
from transforms.html.directives import evidence, stored

DIRECTIVES_CHARACTERS = 1000  # of an image's headers, as its row in a corpus shows them
URLS = pa.schema([pa.field("url", pa.string())])  # of the media, beside their rows
NO_FACTS: Mapping[str, Any] = {name: bytes(32) if kind == "V32" else 0 for name, kind in IMAGE_FACTS.items()} | {
    "format": ""
}


class MediaRows:
    """The media of a unit as rows of `schemas.index.MEDIA`, their addresses, and the keys of all references' addresses."""

    def __init__(self) -> None:
        self.count = 0
        self.urls = Rows(URLS)
        self._rows = Spool()
        self._keys = Spool()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        for spool in (self.urls, self._rows, self._keys):
            spool.close()

    def append(self, url: str, facts: Mapping[str, Any], **columns: Any) -> None:
        """Add a medium; its facts are those of `IMAGE_FACTS`, its format as a word."""
        row = np.zeros((), MEDIA)
        row["high"], row["low"] = halves(address_key(url))
        row["rank"] = facts["format"] == ""
        row["row"] = self.count
        for name, value in {**columns, **facts, "format": FORMATS.index(facts["format"])}.items():
            row[name] = value
        self._rows.write(row.tobytes())
        self.urls.append({"url": url})
        self.count += 1

    def refer(self, urls: Iterable[str]) -> None:
        """Add the addresses of references, in the order of their rows."""
        self._keys.write(b"".join(map(joined_key, urls)))

    def rows(self) -> Iterator[bytes]:
        """The rows as bytes."""
        return self._rows.pieces()

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


def pack_medium(directives: str, body: bytes) -> bytes:
    """A medium with what its response said, as staging files and spools hold it: behind a digest."""
    said = directives.encode("utf-8", "replace")
    held = struct.pack("<I", len(said)) + said + body
    return digest(held) + held


def unpack_medium(data: bytes) -> tuple[str, bytes]:
    """Directives and body of `pack_medium`. Raises ValueError where they have changed.

    >>> unpack_medium(pack_medium("noai", b"picture"))
    ('noai', b'picture')
    """
    held = data[8:]
    if digest(held) != data[:8]:
        raise ValueError("a medium has changed")
    end = 4 + struct.unpack_from("<I", held)[0]
    return held[4:end].decode(), held[end:]
