"""What every corpus decides over: the pages of a part of a unit, and their references with the medium that was found for each. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa

from pipeline.decide.batch import IndexPart
from pipeline.decide.lookup_join import near
from pipeline.decide.pictures import NO_LABELS, PictureLabels
from pipeline.decide.tasks import NO_TASKS, BatchTasks
from schemas.index import IMAGE_FACTS, MEDIA, PAGE_MEASURES, RANK_FETCHED, VIA_REDIRECT, VIA_REVISIT
from schemas.measures import IMAGE_MEASURES, IMAGE_USE_MEASURES, URL_MEASURES
from schemas.recipe import SIGNALS
from transforms.dedup.keep_first import key_bytes, key_halves, locate
from transforms.dedup.keys import VARIANTS, member_ids
from transforms.dedup.uses import Uses
from transforms.html.directives import binds_images
from transforms.image.measures import measure_columns
from transforms.text.address import measure_url
from transforms.verdicts import Verdicts

PAGE_NUMBERS = ("lang_score", *(m.name for m in PAGE_MEASURES))
IMAGE_NUMBERS = tuple(m.name for m in IMAGE_MEASURES)
URL_NUMBERS = tuple(m.name for m in URL_MEASURES)
USE_NUMBERS = tuple(m.name for m in IMAGE_USE_MEASURES)

# How a reference finds its medium: under the address as it is written, http for https or the other way round, with or without `www.` (and
# that), with or without a question mark at its end (and those), or where a redirect or a revisit leads.
STEPS = ("address", "scheme", "www", "question_mark", "redirect", "revisit")

# The columns by which a selection says where a medium lies.
PLACE = [
    pa.field("unit", pa.int32()),
    pa.field("span", pa.int32()),
    pa.field("place", pa.int8()),
    pa.field("at", pa.int64()),
    pa.field("length", pa.int64()),
    pa.field("via", pa.int8()),
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
    table: pa.Table  # texts_before and the candidates for captions; `urls` too where images are fetched
    found: np.ndarray  # bytes of a decoded medium are at hand
    undecodable: np.ndarray  # bytes are at hand under some address, but nothing that could be decoded
    media: np.ndarray
    urls: np.ndarray  # the address that it was found under, its first one where it was not found
    # IMAGE_MEASURES, URL_MEASURES and IMAGE_USE_MEASURES; not a number where nothing was found, nor of uses where nobody counted.
    numbers: Mapping[str, np.ndarray]
    steps: np.ndarray  # how it was found: a word of STEPS, "" where it was not
    policies: np.ndarray  # what the policy files of its site say about it, one a line
    pictures: np.ndarray  # the picture that it is taken for (`near_images`), as two numbers: equal where two are one
    alike: np.ndarray  # how many pictures, by their bytes, are taken for that one
    forgotten: np.ndarray  # mask of those that the run was told to forget
    task: np.ndarray  # the item of a task that it is a picture of, as TASK/ITEM, "" for none
    task_bits: np.ndarray  # and in how many of 256 bits it differs from that
    reason: np.ndarray  # why a crawl that asked for its image has none, a word of `fetches.reason`; "" where none was asked for, or one is
    status: np.ndarray  # and the HTTP status of the last answer; not a number where none came

    def take(self, rows: np.ndarray) -> "References":
        """Some of the references."""
        numbers = {name: values[rows] for name, values in self.numbers.items()}
        parts = (self.found[rows], self.undecodable[rows], self.media[rows], self.urls[rows])
        own = (self.ids.take(rows), self.page[rows], self.table.take(pa.array(rows)))
        own_marks = (self.policies[rows], self.pictures[rows], self.alike[rows], self.forgotten[rows])
        rest = (self.task[rows], self.task_bits[rows], self.reason[rows], self.status[rows])
        return References(*own, *parts, numbers, self.steps[rows], *own_marks, *rest)


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
    forgotten: np.ndarray  # mask of the pages that the run was told to forget
    uses: Uses = field(default_factory=Uses)  # how often the run shows its pictures and says their captions
    tasks: BatchTasks = NO_TASKS
    fetching: bool = (
        False  # images were fetched for the run, but for references that rules refuse whatever their image is
    )

    @property
    def pages(self) -> pa.Table:
        """The pages' index rows."""
        return self.index.pages

    @property
    def listed(self) -> np.ndarray:
        """Mask of the rows that are no pages: what a list says of an image."""
        return np.asarray(self.pages["listed"].to_numpy(), dtype=bool)


def unit_rows(
    index: IndexPart,
    matches: np.ndarray,
    uses: Uses | None = None,
    labels: PictureLabels = NO_LABELS,
    tasks: BatchTasks = NO_TASKS,
    fetching: bool = False,
) -> UnitRows:
    """A part's rows, its references joined with the media that a lookup join matched for its batch, and how often they are used.

    `labels` say which pictures of the batch are one, `tasks` which are those of tasks, `fetching` that images were fetched for the run.
    """
    counts = uses or Uses()
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
        references(index, ids, matches, counts, labels, tasks, fetching),
        np.zeros(len(pages), dtype=bool),
        counts,
        tasks,
        fetching,
    )


def page_ids(pages: pa.Table) -> Ids:
    """The ids of pages."""
    halves = key_halves(pages["id"])
    text = objects([value.hex() for value in pages["id"].to_pylist()])
    return Ids(halves[:, 0], halves[:, 1], np.full(len(pages), -1), text)


def references(
    index: IndexPart,
    pages: Ids,
    matches: np.ndarray,
    uses: Uses,
    labels: PictureLabels,
    tasks: BatchTasks,
    fetching: bool,
) -> References:
    """Find for each reference the picture that stands for it."""
    refs = index.refs
    page, ordinal = refs["page"].to_numpy(), refs["ordinal"].to_numpy()
    text = member_ids(pa.array(pages.text[page], pa.string()), pa.array(ordinal)).to_numpy(zero_copy_only=False)
    ids = Ids(pages.high[page], pages.low[page], ordinal, text)
    resolved = resolve(refs, index.keys, matches)
    found = resolved.match >= 0
    media = np.zeros(len(refs), MEDIA)
    media[found] = matches[resolved.match[found]]
    urls = chosen_urls(refs, resolved.choice)
    pictures, alike = labels.of(media)
    numbers = reference_numbers(found, media, urls) | use_numbers(found, pictures, uses)
    steps = step_names(found, media["via"], resolved.variant)
    unsaid = objects([""] * len(refs))
    table = refs if fetching else refs.drop_columns(["urls"])
    forgotten = np.zeros(len(refs), dtype=bool)
    reason, status = reasons_of(matches, resolved)
    marks = (unsaid, pictures, alike, forgotten, *tasks.of_media(media), reason, status)
    return References(ids, page, table, found, resolved.undecodable, media, urls, numbers, steps, *marks)


class Resolved(NamedTuple):
    """For each reference its row of the matches (-1 for none), which of its addresses that was (-1), in which bits of `VARIANTS` that is
    written otherwise in the archive, and whether bytes are at hand of which none could be decoded; where it has none of either, the row
    that says why the first of its addresses that a crawl asked for brought none (-1)."""

    match: np.ndarray
    choice: np.ndarray
    variant: np.ndarray
    undecodable: np.ndarray
    why: np.ndarray


def resolve(refs: pa.Table, keys: np.ndarray, matches: np.ndarray) -> Resolved:
    """Find for each reference the largest decoded picture among its addresses; of equally large ones the first.

    One of the given archives comes before all that were fetched. An address that has none as it is written is looked for in the other
    ways in which it may be written.
    """
    counts = list_lengths(refs["urls"])
    row = np.repeat(np.arange(len(refs)), counts)
    position = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    hit = np.flatnonzero(near(keys, matches))
    best, variant, seen, why = written_anyhow(keys[hit], matches)
    good = np.flatnonzero(best >= 0)
    picture = matches[best[good]]
    pixels = picture["width"].astype(np.int64) * picture["height"]
    fetched = picture["rank"] & RANK_FETCHED
    order = np.lexsort([position[hit[good]], -pixels, fetched, row[hit[good]]])
    first_row, first = np.unique(row[hit[good]][order], return_index=True)
    chosen = good[order[first]]
    match, choice, ways = (np.full(len(refs), -1) for _ in range(3))
    match[first_row], choice[first_row], ways[first_row] = best[chosen], position[hit[chosen]], variant[chosen]
    undecodable = np.zeros(len(refs), dtype=bool)
    undecodable[row[hit[seen]]] = True
    undecodable &= match < 0
    asked = np.flatnonzero(why >= 0)[::-1]  # of several the first is written last
    lacks = np.full(len(refs), -1)
    lacks[row[hit[asked]]] = why[asked]
    lacks[(match >= 0) | undecodable] = -1
    return Resolved(match, choice, ways, undecodable, lacks)


def written_anyhow(keys: np.ndarray, matches: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For each key the row of its decoded match, tried in all ways of writing (-1 for none), the bits in which it was, whether there is
    any medium, decoded or not, and the row that says why a crawl has none (-1)."""
    known = key_bytes(matches["high"], matches["low"])
    lacking = matches["reason"] != b""
    best, variant, why = (np.full(len(keys), -1) for _ in range(3))
    seen = np.zeros(len(keys), dtype=bool)
    for bits in range(VARIANTS + 1):
        left = np.flatnonzero(best < 0)
        found = locate(key_bytes(keys["high"][left], keys["low"][left] ^ np.uint64(bits)), known)
        there = np.flatnonzero(found >= 0)
        lack = lacking[found[there]]
        seen[left[there[~lack]]] = True
        unasked = there[lack & (why[left[there]] < 0)]
        why[left[unasked]] = found[unasked]
        good = there[matches["format"][found[there]] > 0]
        best[left[good]], variant[left[good]] = found[good], bits
    return best, variant, seen, why


def reasons_of(matches: np.ndarray, resolved: Resolved) -> tuple[np.ndarray, np.ndarray]:
    """Why each reference has no image though it was asked for, "" where that is not so; and the HTTP status, not a number without one."""
    reason, status = objects([""] * len(resolved.why)), np.full(len(resolved.why), np.nan)
    for row in np.flatnonzero(resolved.why >= 0).tolist():
        told = matches[resolved.why[row]]
        reason[row] = told["reason"].decode()
        status[row] = told["status"] or np.nan
    return reason, status


def step_names(found: np.ndarray, via: np.ndarray, variant: np.ndarray) -> np.ndarray:
    """By which step each reference was found, a word of STEPS; "" where it was not."""
    names = np.array(["address", "scheme", "www", "www", *["question_mark"] * 4], object)[np.maximum(variant, 0)]
    names[via == VIA_REDIRECT], names[via == VIA_REVISIT] = "redirect", "revisit"
    names[~found] = ""
    return np.asarray(names)


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


def use_numbers(found: np.ndarray, pictures: np.ndarray, uses: Uses) -> dict[str, np.ndarray]:
    """IMAGE_USE_MEASURES of references: those of their pictures."""
    keys = key_bytes(pictures[:, 0], pictures[:, 1])
    return {name: np.where(found, uses.of(name, keys), np.nan) for name in USE_NUMBERS}


@lru_cache(maxsize=50_000)
def address_numbers(url: str) -> dict[str, float]:
    """URL_MEASURES of a medium's address; pages of a site show the same images, so most calls are repeats."""
    return measure_url(url)


def page_signals(pages: pa.Table) -> np.ndarray:
    """The opt-outs of each page as staged, a bit each in the order of SIGNALS: read from all that was said, not from what a row shows."""
    return np.asarray(pages["signals"].to_numpy(), dtype=np.uint64)


NO_PAGE = "no_page"  # the rule by which what a list says of an image leaves the corpora of pages
FORGOTTEN = "forgotten"  # the rule by which what a run is told to forget leaves


def apply_opt_outs(verdicts: Verdicts, bits: np.ndarray, honoured: tuple[str, ...], for_images: bool) -> None:
    """Drop the items whose page or medium was opted out by a signal that the recipe honours (law 10)."""
    for signal in honoured:
        if for_images or not binds_images(signal):
            verdicts.drop((bits >> np.uint64(SIGNALS.index(signal))) & np.uint64(1) > 0, signal)


def drop_absent(verdicts: Verdicts, refs: References, refused: np.ndarray | None = None) -> None:
    """References whose bytes are in no archive of the run, and those whose bytes are no picture; but for those that are `refused` by a
    rule that needs no image, so that none was asked for."""
    left = ~refs.found if refused is None else ~refs.found & ~refused
    verdicts.drop(refs.undecodable, "image_undecodable")
    verdicts.drop(
        left & np.asarray(refs.reason != "", dtype=bool), "image_not_fetched", refs.status, detail=refs.reason
    )
    verdicts.drop(left, "image_not_archived")


def unasked(refs: References) -> np.ndarray:
    """Mask of the references that have no image and for which none was asked."""
    return np.asarray(~refs.found & ~refs.undecodable & (refs.reason == ""), dtype=bool)


def reference_signals(unit: UnitRows, refs: References) -> np.ndarray:
    """What the page and what the medium's own response said about use."""
    return np.asarray(page_signals(unit.pages)[refs.page] | refs.media["signals"])


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
