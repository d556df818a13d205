"""To which selection out of which indexes a folder belongs, and which attempt is under way there."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace

from pipeline import storage
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.marker import GIVEN, RETRY, Round, claimed
from pipeline.fetch.outcome import ended, unit_behind
from schemas.outcomes import UserError
from transforms.fetch.selection import Selection

FORMAT = "triptych-selection"


@dataclass(frozen=True, slots=True)
class RangeMarker:
    """What a folder belongs to: its indexes, what is selected, where archives lie, how records are dealt out, each attempt's first unit."""

    indexes: tuple[str, ...]
    digest: str  # of the names and sizes of the indexes
    selection: Selection
    archives: str
    bin: int
    starts: tuple[int, ...] = field(default=(0,), compare=False)

    @property
    def attempt(self) -> int:
        """The attempt that is under way, or ended last."""
        return len(self.starts)

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Its attempts as rounds of a crawl."""
        kinds = [GIVEN, *[RETRY] * (self.attempt - 1)]
        return tuple(Round(kind, kind, first, 0, 0) for kind, first in zip(kinds, self.starts, strict=True))

    @property
    def first(self) -> int:
        """Its first unit."""
        return self.starts[-1]


def is_selection(folder: CrawlFolder) -> bool:
    """Whether a folder holds records that indexes named."""
    if not storage.exists(folder.identity):
        return False
    with suppress(ValueError, AttributeError):
        return bool(json.loads(storage.read_bytes(folder.identity)).get("format") == FORMAT)
    return False


def claim(
    folder: CrawlFolder, indexes: Mapping[str, int], selection: Selection, archives: str, bin_: int
) -> RangeMarker:
    """The marker of a selection, written where the folder has none, or one of another selection that asked for nothing yet.

    Raises UserError where the folder belongs to something else.
    """
    digest = hashlib.sha256(json.dumps(indexes).encode()).hexdigest()
    mine = RangeMarker(tuple(indexes), digest, selection, archives, bin_)
    if storage.exists(folder.identity) and not is_selection(folder):
        raise UserError(f"{folder.path} holds a crawl of lists of addresses: give another --output")
    other = "records of other indexes, or another selection of them"
    return claimed(folder, mine, read_marker, write_marker, other)


def claim_retry(folder: CrawlFolder) -> RangeMarker:
    """The marker of the next attempt; one that is not finished is gone on with. Raises UserError where the first is not finished."""
    marker = read_marker(folder)
    attempt = folder.round(marker.attempt)
    if not ended(attempt):
        if marker.attempt == 1:
            raise UserError(f"{folder.path} is not finished: the command that began it goes on with it")
        return marker
    marker = replace(marker, starts=(*marker.starts, unit_behind(folder, marker.rounds)))
    write_marker(folder, marker)
    return marker


def read_marker(folder: CrawlFolder) -> RangeMarker:
    """What the marker says. Raises UserError where it is none."""
    with suppress(ValueError, KeyError, TypeError):
        found = json.loads(storage.read_bytes(folder.identity))
        if found.pop("format") == FORMAT:
            selection = Selection(**{name: tuple(values) for name, values in found.pop("selection").items()})
            indexes, starts = tuple(found.pop("indexes")), tuple(found.pop("starts"))
            return RangeMarker(indexes=indexes, starts=starts, selection=selection, **found)
    raise UserError(f"{folder.identity} was changed or cut: put it back, or give another folder")


def write_marker(folder: CrawlFolder, marker: RangeMarker) -> None:
    """Write the marker."""
    with storage.write_whole(folder.identity) as file:
        file.write(json.dumps({"format": FORMAT, **asdict(marker)}, indent=1, sort_keys=True).encode() + b"\n")
