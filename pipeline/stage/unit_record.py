"""What a staged unit says of itself: its sections by name, its accounts, and the record that a run keeps of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pipeline.layout import StagingFolder
from pipeline.plan import Span, Unit
from pipeline.sections import DamagedFileError, Sections, read_sections
from schemas.manifest import Account
from schemas.tables import IMAGE_ELEMENTS, MEDIA_ELEMENTS

# The sections behind the parts of the index. A lookup join needs all but the first alone.
MEDIA_URLS, MEDIA_ROWS, KEYS, ALIASES = "media_urls", "media", "keys", "aliases"
POLICIES, ORIGINS = "policies", "origins"
# The accounts of a unit, and the stage of each. Elements are those of the pages that could be extracted.
STAGES = {
    "captures": "read", "pages": "extract", IMAGE_ELEMENTS: "extract", MEDIA_ELEMENTS: "extract", "images": "decode",
}  # fmt: skip
FETCHES = "fetches"  # the account of the addresses that were fetched, of a unit of those
ROW_BYTES = 100  # of compressed index; most rows take 60, so only rows of long addresses or captions count as several


@dataclass
class OutcomeCounts:
    """How many items of one account came, and how each left."""

    entered: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)

    def plain(self) -> dict[str, Any]:
        """The counts as JSON knows them."""
        return vars(self) | {name: dict(vars(self)[name]) for name in ("dropped", "failed", "duplicates")}


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """What the run wants to know of a staged unit without reading its rows. `index_at` and `lookup_at` are offsets of its sections."""

    unit: int
    bytes: int
    index_at: int
    lookup_at: int
    rows: int
    began: int  # where its first member begins, and where the next unit's does: neighbours must agree
    ended: int
    accounts: list[dict[str, Any]]
    held: list[dict[str, Any]]


def record_of(unit: int, about: Mapping[str, Any], size: int) -> UnitRecord:
    """The record of a unit from its footer and its file's size."""
    # A row counts as several where it is long, so that memory is bounded by rows alone.
    rows = max(sum(about["rows"]), (size - about["index_at"]) // ROW_BYTES)
    accounts = [
        asdict(Account(corpus, stage, c["entered"], c["kept"], c["dropped"], c["failed"], c["duplicates"]))
        for corpus, stage in {FETCHES: "fetch", **STAGES}.items()
        if (c := about["counts"].get(corpus))
    ]
    began, ended = about["borders"]
    places = (about["index_at"], about["lookup_at"])
    return UnitRecord(unit, size, *places, rows, began, ended, accounts, about["held"])


def staged_record(staging: StagingFolder, unit: Unit) -> UnitRecord | None:
    """The record of a unit that is staged, by one look at the end of its file; None where it is to be made (anew)."""
    path = staging.unit(unit.number)
    try:
        found = read_sections(path)
    except DamagedFileError:  # or it is not there
        return None
    if tuple(spans_of(found)) != unit.spans:
        return None
    return record_of(unit.number, found.about, found.about["size"] + found.footer_bytes)


def spans_of(sections: Sections) -> list[Span]:
    """The spans of a staged unit."""
    return [Span(**span) for span in sections.about["spans"]]
