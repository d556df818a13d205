"""How much of an archive is read at most: the caps under which every record is handled."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on one record of an archive, in bytes unless said otherwise. Passing one costs that record a `Damage`, nothing else."""

    header: int = 64 << 10  # WARC header block, ARC line or HTTP head; hazards.md §8
    payload: int = 64 << 20  # record block as stored; hazards.md §8
    decoded: int = 64 << 20  # body after each transfer or content coding; hazards.md §8
    ratio: int = 200  # decoded bytes per byte on the wire, hazards.md §8 ...
    ratio_from: int = 1 << 20  # ... minded only beyond this many decoded bytes, hazards.md §8
    layers: int = 2  # content codings on one body; hazards.md §1
