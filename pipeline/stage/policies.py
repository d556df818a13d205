"""Policy files of sites on their way to staging: their bytes and rows, and the origins whose policies a unit's items would be bound by."""

from collections.abc import Iterable, Iterator
from typing import Self

import numpy as np
import zstandard

from pipeline.arrow_files import Spool
from pipeline.sections import SectionWriter
from pipeline.stage.media import halves
from schemas.index import POLICY, POLICY_KINDS
from schemas.records import Capture
from transforms.consent.policies import kept_bytes, kind_of, origin_of
from transforms.dedup.keep_first import newest_first
from transforms.dedup.keys import joined_key
from transforms.html.urls import canonical

MOST_ORIGINS = 50_000  # in memory at once; behind them a unit may name an origin twice


class PolicyRows:
    """The policy files of a unit as rows of `schemas.index.POLICY`, and the keys of the origins that its items lie at."""

    def __init__(self, unit: int, writer: SectionWriter) -> None:
        self._unit = unit
        self._writer = writer
        self._compressor = zstandard.ZstdCompressor(write_checksum=True)
        self._rows = Spool()
        self._keys = Spool()
        self._origins: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        for spool in (self._rows, self._keys):
            spool.close()

    def append(self, identity: bytes, capture: Capture) -> None:
        """Add a policy file: its bytes go to the staging file, bounded."""
        at, length = self._writer.payload(self._compressor.compress(kept_bytes(capture.body)))
        row = np.zeros((), POLICY)
        row["high"], row["low"] = halves(joined_key(origin_of(canonical(capture.url))))
        row["id_high"], row["id_low"] = halves(identity)
        row["rank"] = newest_first([capture.date])[0]
        row["kind"] = POLICY_KINDS.index(kind_of(capture.url))
        row["unit"], row["at"], row["length"] = self._unit, at, length
        self._rows.write(row.tobytes())

    def ask(self, addresses: Iterable[str]) -> None:
        """Add the origins of items, by their addresses as `canonical` has them."""
        self._origins.update(map(origin_of, addresses))
        if len(self._origins) >= MOST_ORIGINS:
            self._flush()

    def rows(self) -> Iterator[bytes]:
        """The rows as bytes."""
        return self._rows.pieces()

    def origins(self) -> Iterator[bytes]:
        """The keys of the origins as bytes, 16 each."""
        self._flush()
        return self._keys.pieces()

    def _flush(self) -> None:
        self._keys.write(b"".join(map(joined_key, sorted(self._origins - {""}))))
        self._origins.clear()


def unpack_policy(data: bytes) -> bytes:
    """The bytes of a policy file as staging holds it. Raises zstandard.ZstdError where they have changed."""
    return zstandard.decompress(data)
