"""The formats of a shard: one file each, and one entry in FORMATS, which is asked at the time of need."""

from pipeline.formats.base import Format, Kind
from pipeline.formats.parquet import PARQUET
from pipeline.formats.webdataset import WEBDATASET
from schemas.outcomes import UserError
from schemas.recipe import nearest

FORMATS: tuple[Format, ...] = (PARQUET, WEBDATASET)


def by_name(name: str) -> Format:
    """The format of a name. Raises UserError with the nearest name where there is none.

    >>> by_name("webdataset").suffix
    '.tar'
    """
    known = {format_.name: format_ for format_ in FORMATS}
    if name not in known:
        raise UserError(f"unknown format {name!r}{nearest(name, known)}")
    return known[name]


def fitting(kind: Kind) -> tuple[str, ...]:
    """The names of the formats in which rows of a kind can be written, in the order of FORMATS."""
    return tuple(format_.name for format_ in FORMATS if format_.fits(kind))
