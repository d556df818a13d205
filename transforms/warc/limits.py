"""The caps under which every record of an archive is read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on one record of an archive, in bytes unless said otherwise: docs/sources.md, "Guard limits" and "Damaged archives".

    A record that exceeds one becomes a `Damage`; the scan goes on behind it.
    """

    header: int = 64 << 10  # WARC header block, ARC line or HTTP head
    payload: int = 64 << 20  # record block as stored
    decoded: int = 64 << 20  # body after each transfer or content coding
    ratio: int = 200  # decoded bytes per byte on the wire ...
    ratio_from: int = 1 << 20  # ... checked only beyond this many decoded bytes
    layers: int = 2  # content codings on one body
