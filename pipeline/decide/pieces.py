"""The lines and paragraphs that stand on the pages of a batch, read back from staging frame by frame, as copies that can be counted. Pure
but for reading."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa

from pipeline.decide.judge import ITEM_ROW
from pipeline.decide.uses import host_digests
from pipeline.layout import StagingFolder
from pipeline.sections import Sections, read_sections
from pipeline.stage.pieces import Frame, read_frames
from schemas.index import COPY, PARAGRAPH
from schemas.recipe import LINES, SITE, RepeatsPart
from transforms.dedup.keys import address_key
from transforms.dedup.repeats import copy_numbers, copy_values, mixed
from transforms.edits import WHOLE

_UNIT_BITS, _PAGE_BITS = 36, 8  # a place: the unit, the page among the unit's, the copy on the page


@dataclass(frozen=True, slots=True)
class Copies:
    """The pieces of some items that take part, a row each, and what the items have of pieces that take none.

    `item` is a row of the items, `block` and `line` are those of an edit. `items` are the items of the frame, `whole` how many lines or
    paragraphs each of them has in all.
    """

    item: np.ndarray
    rows: np.ndarray  # COPY
    block: np.ndarray
    line: np.ndarray
    sentences: np.ndarray
    items: np.ndarray
    whole: np.ndarray


class PiecesOfBatch:
    """The pieces of a batch's parts, by the part's place in the file of the judged batch; `units` is the unit of each part."""

    def __init__(self, staging: StagingFolder, units: Sequence[int]) -> None:
        before: Counter[int] = Counter()
        self._staging = staging
        self._parts: list[tuple[int, int]] = []
        self._open: tuple[int, Sections] | None = None
        for unit in units:
            self._parts.append((unit, before[unit]))
            before[unit] += 1

    def copies(self, place: int, items: pa.Table, asked: RepeatsPart, finished: bool) -> Iterator[Copies]:
        """The copies that stand on some items of a part, frame by frame; `finished` says that no other lines count than those that C4's
        line rules keep. Raises DamagedFileError."""
        unit, part = self._parts[place]
        if self._open is None or self._open[0] != unit:
            self._open = unit, read_sections(self._staging.unit(unit))
        owners = Owners.of(items, asked)
        for frame in read_frames(self._open[1], part):
            yield copies_in(frame, unit, owners, asked, finished)


@dataclass(frozen=True, slots=True)
class Owners:
    """Items on which pieces stand: their rows among the pages of their part, ascending, and numbers for their addresses and scopes."""

    rows: np.ndarray
    addresses: np.ndarray
    scopes: np.ndarray

    @classmethod
    def of(cls, items: pa.Table, asked: RepeatsPart) -> Self:
        """The items of a part."""
        urls = items["url"].to_pylist()
        # An address is known by the half of its key in which all ways to write it are one.
        addresses = np.array([int.from_bytes(address_key(url)[:8]) for url in urls], np.uint64)
        scopes = mixed(host_digests(urls)) if asked.scope == SITE else np.zeros(len(urls), np.uint64)
        return cls(items[ITEM_ROW].to_numpy(), addresses, scopes)


def copies_in(frame: Frame, unit: int, owners: Owners, asked: RepeatsPart, finished: bool) -> Copies:
    """The copies of a frame that stand on some items."""
    of_pages = items_of(frame, owners.rows)
    page = np.repeat(np.arange(len(frame.pages)), frame.pages["pieces"])
    taken = np.flatnonzero((of_pages[page] >= 0) & taking_part(frame.pieces, asked, finished))
    pieces, page = frame.pieces[taken], page[taken]
    item = of_pages[page]
    copies = np.zeros(len(taken), COPY)
    copies["high"] = mixed(pieces["key"] ^ owners.scopes[item])
    number = copy_numbers(item, copies["high"])
    copies["value"] = copy_values(owners.addresses[item], number)
    last = np.minimum(number, 2**_PAGE_BITS - 1)
    copies["place"] = unit << _UNIT_BITS | (frame.first + page) << _PAGE_BITS | last
    several = (pieces["line"] > 0) & (pieces["line"] < PARAGRAPH)
    line = np.where(several, pieces["line"].astype(np.int64) - 1, WHOLE)
    sizes = frame.pages["lines" if asked.unit == LINES else "paragraphs"][of_pages >= 0].astype(np.int64)
    counts = pieces["sentences"].astype(np.int64)
    return Copies(item, copies, pieces["block"], line, counts, of_pages[of_pages >= 0], sizes)


def items_of(frame: Frame, rows: np.ndarray) -> np.ndarray:
    """The item of each page of a frame, -1 for those that are none; `rows` are the items' rows among the pages of the part, ascending."""
    numbers = frame.row + np.arange(len(frame.pages))
    at = np.searchsorted(rows, numbers)
    known = np.flatnonzero(at < len(rows))
    known = known[rows[at[known]] == numbers[known]]
    items = np.full(len(numbers), -1)
    items[known] = at[known]
    return items


def taking_part(pieces: np.ndarray, asked: RepeatsPart, finished: bool) -> np.ndarray:
    """Mask of the pieces that a recipe looks at."""
    alone, paragraph = pieces["line"] == 0, pieces["line"] == PARAGRAPH
    unit = ~paragraph if asked.unit == LINES else alone | paragraph
    counted = pieces["sentences"] > 0 if finished else True
    return np.asarray(unit & counted & (pieces["characters"] >= asked.characters))
