"""What every corpus decides over: the pages of a part of a unit, and their references with the medium that was found for each. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa

from pipeline.decide.batch import IndexPart
from schemas.index import FORMATS, IMAGE_FACTS, MEDIA, PAGE_MEASURES
from schemas.measures import IMAGE_MEASURES, URL_MEASURES
from schemas.recipe import SIGNALS
from transforms.dedup.keep_first import key_bytes, key_halves, locate
from transforms.dedup.keys import member_ids
from transforms.html.directives import binds_images
from transforms.image.measures import measure_columns
from transforms.text.address import measure_url
from transforms.verdicts import Verdicts

PAGE_NUMBERS = ("lang_score", *(m.name for m in PAGE_MEASURES))
IMAGE_NUMBERS = tuple(m.name for m in IMAGE_MEASURES)
URL_NUMBERS = tuple(m.name for m in URL_MEASURES)

# The columns by which a selection says where a medium lies.
PLACE = [
    pa.field("unit", pa.int32()),
    pa.field("span", pa.int32()),
    pa.field("place", pa.int8()),
    pa.field("at", pa.int64()),
    pa.field("length", pa.int64()),
]
SHOWN_FACTS = [
    pa.field("format", pa.string()),
    pa.field("width", pa.int32()),
    pa.field("height", pa.int32()),
    pa.field("size", pa.int64()),
    pa.field("sha256", pa.binary(32)),
    pa.field("phash", pa.uint64()),
]


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of items: of a page as two numbers, and which of its media (-1: the page itself); `text` is how rows show them."""

    high: np.ndarray
    low: np.ndarray
    ordinal: np.ndarray
    text: np.ndarray

    def take(self, rows: np.ndarray) -> "Ids":
        """The ids at some rows."""
        return Ids(self.high[rows], self.low[rows], self.ordinal[rows], self.text[rows])


@dataclass(frozen=True, slots=True)
class References:
    """References to media, one row each, with what was found for each of them.

    `media` has a row of MEDIA for each reference; it says nothing where `found` is false.
    """

    ids: Ids
    page: np.ndarray  # row of the pages beside it
    table: pa.Table  # texts_before and the candidates for captions
    found: np.ndarray  # bytes of a decoded medium are at hand
    undecodable: np.ndarray  # bytes are at hand under some address, but nothing that could be decoded
    media: np.ndarray
    urls: np.ndarray  # the address that it was found under, its first one where it was not found
    numbers: Mapping[str, np.ndarray]  # IMAGE_MEASURES and URL_MEASURES; not a number where nothing was found
    policies: np.ndarray  # what the policy files of its site say about it, one a line

    def take(self, rows: np.ndarray) -> "References":
        """Some of the references."""
        numbers = {name: values[rows] for name, values in self.numbers.items()}
        parts = (self.found[rows], self.undecodable[rows], self.media[rows], self.urls[rows])
        own = (self.ids.take(rows), self.page[rows], self.table.take(pa.array(rows)))
        return References(*own, *parts, numbers, self.policies[rows])


@dataclass(frozen=True, slots=True)
class UnitRows:
    """A part of a unit as corpora see it."""

    index: IndexPart
    ids: Ids
    numbers: Mapping[str, np.ndarray]  # PAGE_NUMBERS of each page
    languages: np.ndarray
    hosts: np.ndarray
    urls: np.ndarray
    sources: np.ndarray
    refs: References

    @property
    def pages(self) -> pa.Table:
        """The pages' index rows."""
        return self.index.pages


def unit_rows(index: IndexPart, matches: np.ndarray) -> UnitRows:
    """A part's rows, its references joined with the media that a lookup join matched for its batch."""
    pages = index.pages
    ids = page_ids(pages)
    urls = objects(pages["url"].to_pylist())
    names = [span.source for span in index.spans]
    return UnitRows(
        index,
        ids,
        {name: np.asarray(pages[name].to_numpy(), dtype=float) for name in PAGE_NUMBERS},
        objects(pages["lang"].to_pylist()),
        objects([host_of(url) for url in urls]),
        urls,
        objects([names[span] for span in pages["span"].to_pylist()]),
        references(index, ids, matches),
    )


def page_ids(pages: pa.Table) -> Ids:
    """The ids of pages."""
    halves = key_halves(pages["id"])
    text = objects([value.hex() for value in pages["id"].to_pylist()])
    return Ids(halves[:, 0], halves[:, 1], np.full(len(pages), -1), text)


def references(index: IndexPart, pages: Ids, matches: np.ndarray) -> References:
    """Find for each reference the first of its addresses whose medium is at hand and decoded."""
    refs = index.refs
    page, ordinal = refs["page"].to_numpy(), refs["ordinal"].to_numpy()
    text = member_ids(pa.array(pages.text[page], pa.string()), pa.array(ordinal)).to_numpy(zero_copy_only=False)
    ids = Ids(pages.high[page], pages.low[page], ordinal, text)
    match, choice, undecodable = resolve(refs, index.keys, matches)
    found = match >= 0
    media = np.zeros(len(refs), MEDIA)
    media[found] = matches[match[found]]
    urls = chosen_urls(refs, choice)
    numbers = reference_numbers(found, media, urls)
    unsaid = objects([""] * len(refs))
    return References(ids, page, refs.drop_columns(["urls"]), found, undecodable, media, urls, numbers, unsaid)


def resolve(refs: pa.Table, keys: np.ndarray, matches: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each reference its row of `matches` (-1 for none), which of its addresses that was (-1), and whether none could be decoded."""
    counts = list_lengths(refs["urls"])
    row = np.repeat(np.arange(len(refs)), counts)
    position = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    found = locate(key_bytes(keys["high"], keys["low"]), key_bytes(matches["high"], matches["low"]))
    good = found >= 0
    good[good] = matches["format"][found[good]] > 0
    match, choice = np.full(len(refs), -1), np.full(len(refs), -1)
    first_row, first = np.unique(row[good], return_index=True)
    match[first_row], choice[first_row] = found[good][first], position[good][first]
    undecodable = np.zeros(len(refs), dtype=bool)
    undecodable[row[found >= 0]] = True
    return match, choice, undecodable & (match < 0)


def list_lengths(column: pa.ChunkedArray) -> np.ndarray:
    """The length of each list."""
    offsets = [np.diff(chunk.offsets.to_numpy()) for chunk in column.chunks]
    return np.asarray(np.concatenate([np.zeros(0, np.int64), *offsets]), np.int64)


def chosen_urls(refs: pa.Table, choice: np.ndarray) -> np.ndarray:
    """The address that each reference was found under, its first one where it was not found."""
    lists = refs["urls"]
    if not len(refs):
        return objects([])
    first = np.cumsum(list_lengths(lists)) - list_lengths(lists)
    flat = pa.chunked_array([chunk.flatten() for chunk in lists.chunks], pa.string())
    return objects(flat.take(pa.array(first + np.maximum(choice, 0))).to_pylist())


def reference_numbers(found: np.ndarray, media: np.ndarray, urls: np.ndarray) -> dict[str, np.ndarray]:
    """IMAGE_MEASURES and URL_MEASURES of references."""
    numbers = {name: np.full(len(found), np.nan) for name in (*IMAGE_NUMBERS, *URL_NUMBERS)}
    for name, values in measure_columns({name: media[name][found] for name in IMAGE_FACTS}).items():
        numbers[name][found] = values
    for row in np.flatnonzero(found):
        for name, value in address_numbers(urls[row]).items():
            numbers[name][row] = value
    return numbers


@lru_cache(maxsize=50_000)
def address_numbers(url: str) -> dict[str, float]:
    """URL_MEASURES of a medium's address; pages of a site show the same images, so most calls are repeats."""
    return measure_url(url)


def page_signals(pages: pa.Table) -> np.ndarray:
    """The opt-outs of each page as staged, a bit each in the order of SIGNALS: read from all that was said, not from what a row shows."""
    return np.asarray(pages["signals"].to_numpy(), dtype=np.uint64)


def apply_opt_outs(verdicts: Verdicts, bits: np.ndarray, honoured: tuple[str, ...], for_images: bool) -> None:
    """Drop the items whose page or medium was opted out by a signal that the recipe honours (law 10)."""
    for signal in honoured:
        if for_images or not binds_images(signal):
            verdicts.drop((bits >> np.uint64(SIGNALS.index(signal))) & np.uint64(1) > 0, signal)


def drop_absent(verdicts: Verdicts, refs: References) -> None:
    """References whose bytes are in no archive of the run, and those whose bytes are no picture."""
    verdicts.drop(refs.undecodable, "image_undecodable")
    verdicts.drop(~refs.found & ~refs.undecodable, "image_not_archived")


def reference_signals(unit: UnitRows, refs: References) -> np.ndarray:
    """What the page and what the medium's own response said about use."""
    return np.asarray(page_signals(unit.pages)[refs.page] | refs.media["signals"])


def shown_facts(media: np.ndarray) -> dict[str, pa.Array]:
    """The columns of SHOWN_FACTS and PLACE of media, for a selection."""
    columns = {field.name: pa.array(media[field.name], field.type) for field in PLACE}
    columns |= {name: pa.array(media[name]) for name in ("width", "height", "size", "phash")}
    columns["format"] = strings(FORMATS[code] for code in media["format"].tolist())
    columns["sha256"] = pa.array([value.tobytes() for value in media["sha256"]], pa.binary(32))
    return columns


def page_columns(unit: UnitRows, rows: np.ndarray, names: Iterable[str]) -> dict[str, Any]:
    """What a selection says of pages: the columns of `names` that staging has, and where their documents lie."""
    pages = unit.pages.take(pa.array(rows))
    held = [name for name in names if name in pages.column_names and name != "id"]
    places = ("doc_offset", "doc_length", "text_bytes")
    return {
        "id": strings(unit.ids.text[rows]),
        **{name: pages[name] for name in (*held, *places)},
        "source": strings(unit.sources[rows]),
    }


def strings(values: Iterable[Any]) -> pa.Array:
    """An Arrow column of strings from any sequence of them."""
    return pa.array(list(values), pa.string())


def objects(values: Sequence[Any]) -> np.ndarray:
    """Values as an array of Python objects."""
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def running_count(groups: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """For each row how many rows of its group, up to and with it, are in the mask. Groups are runs of equal numbers.

    >>> running_count(np.array([0, 0, 1]), np.array([True, True, True])).tolist()
    [1, 2, 1]
    """
    total = np.cumsum(mask)
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    before = np.repeat(total[starts] - mask[starts], np.diff(starts, append=len(groups)))
    return np.asarray(total - before)


def host_of(url: str) -> str:
    """The host of an address, "" where it has none.

    >>> host_of("https://example.org:8080/a"), host_of("urn:x")
    ('example.org', '')
    """
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # an address that is none, such as http://[x
        return ""
