"""What every corpus decides over."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpora.unit_rows import (
    PAGE_NUMBERS,
    STEPS,
    chosen_urls,
    host_of,
    list_lengths,
    page_signals,
    reasons_of,
    resolve,
    running_count,
    step_names,
    unit_rows,
)
from pipeline.plan import Span
from schemas.index import MEDIA, PAGES, PROBE, RANK_FETCHED, RANK_REASON, REFS
from schemas.measures import IMAGE_MEASURES, IMAGE_USE_MEASURES, URL_MEASURES
from schemas.recipe import SIGNALS
from tests.support.index_rows import address, key, media_rows, medium, page, ref, rows_of_unit, unit_index
from transforms.text.address import measure_url


def references(*wanted: list[int]) -> tuple[pa.Table, np.ndarray]:
    """References with these addresses, and their keys."""
    index = unit_index([page(1)], [ref(0, n, addresses) for n, addresses in enumerate(wanted)])
    return index.part.refs, index.part.keys


def media(*rows: tuple[int, str]) -> np.ndarray:
    """Media of (address, format)."""
    return media_rows(medium(number, format=form) for number, form in rows)


def test_a_reference_takes_the_first_address_whose_image_decodes() -> None:
    """An address without bytes, or with bytes that are no picture, is passed over."""
    found = resolve(*references([1, 2, 3], [9], [2]), media((2, ""), (3, "jpeg")))
    assert found.match.tolist() == [1, -1, -1]
    assert found.choice.tolist() == [2, -1, -1]
    assert found.undecodable.tolist() == [False, False, True]


def test_what_archives_hold_comes_before_what_was_fetched() -> None:
    """However large; of what was fetched the largest counts."""
    fetched = {"rank": RANK_FETCHED}
    held = [medium(1, width=9, **fetched), medium(2, width=999, **fetched), medium(3, width=99)]
    found = resolve(*references([1, 2, 3], [1, 2]), media_rows(held))
    assert found.choice.tolist() == [2, 1]


def test_an_image_that_is_not_there_says_why() -> None:
    """By the first of its addresses that was asked for; not where there is one, or bytes that are no picture."""
    why = [
        {"format": "", "rank": RANK_REASON, "reason": reason, "status": status}
        for reason, status in ((b"timeout", 0), (b"http_4xx", 404))
    ]
    held = media_rows([medium(1, **why[0]), medium(2, **why[1]), medium(3), medium(4, format="")])
    found = resolve(*references([2, 1], [9, 1], [1, 3], [1, 4], [9]), held)
    assert found.why.tolist() == [1, 0, -1, -1, -1]
    assert found.undecodable.tolist() == [False, False, False, True, False]
    reason, status = reasons_of(held, found)
    assert reason.tolist() == ["http_4xx", "timeout", "", "", ""]
    assert status[0] == 404 and np.isnan(status[1:]).all()


def test_a_reference_takes_the_largest_picture_at_hand() -> None:
    """Of its addresses; of equally large ones the first, whatever the order of the media."""
    sizes = {1: (30, 20), 2: (90, 80), 3: (80, 90), 4: (100, 10)}
    rows = [medium(number, width=width, height=height) for number, (width, height) in sizes.items()]
    for held in (rows, rows[::-1]):
        found = resolve(*references([1, 4, 3, 2], [1], [4, 1]), media_rows(held))
        assert found.choice.tolist() == [2, 0, 0]


def test_an_address_is_found_in_all_ways_of_writing() -> None:
    """As it is written where that is at hand and decoded, else by the least change."""
    keys = np.array([(7, 0)], PROBE)
    refs = pa.Table.from_pylist([ref(0, 0, 7)], REFS)

    def found(*ways: tuple[int, str]) -> list[list[int]]:
        held = media_rows(medium(way, format=form) for way, form in ways)
        held["high"], held["low"] = 7, [way for way, _ in ways]
        return [part.tolist() for part in resolve(refs, keys, held)[:3:2]]

    assert found((1, "png"), (0, "png")) == [[1], [0]]
    assert found((6, "png"), (2, "png"), (4, "png")) == [[1], [2]]
    assert found((0, ""), (1, "png")) == [[1], [1]]
    assert found((8, "png")) == [[-1], [-1]]


def test_steps_have_names() -> None:
    """A redirect or a revisit counts before the way of writing; what was not found has no step."""
    variants, via = np.array([0, 1, 2, 3, 4, 7, 1, 0, -1]), np.array([0, 0, 0, 0, 0, 0, 1, 2, 0])
    names = step_names(variants >= 0, via, variants).tolist()
    assert names == ["address", "scheme", "www", "www", *["question_mark"] * 2, "redirect", "revisit", ""]
    assert set(names) - {""} == set(STEPS)


def test_resolve_minds_slices_and_nothing() -> None:
    """A sliced table and an empty one are joined rightly."""
    refs, keys = references([7], [5])
    sliced = pa.concat_tables([refs]).slice(1)
    assert resolve(sliced, keys[1:], media((5, "png")))[0].tolist() == [0]
    assert resolve(REFS.empty_table(), np.empty(0, PROBE), media((5, "png")))[0].tolist() == []
    assert resolve(*references([5]), np.empty(0, MEDIA))[0].tolist() == [-1]


@given(st.lists(st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=4), max_size=4), st.data())
def test_lists_are_counted_and_flattened_whatever_the_chunks(
    chunks: list[list[list[int]]], data: st.DataObject
) -> None:
    """Also where a chunk is a slice of a longer array."""
    cut = [data.draw(st.integers(0, len(lists)), label="first row of the slice") for lists in chunks]
    urls = [pa.array([list(map(address, one)) for one in lists], pa.list_(pa.string())) for lists in chunks]
    column = pa.chunked_array([array[first:] for array, first in zip(urls, cut, strict=True)], pa.list_(pa.string()))
    plain = [one for lists, first in zip(chunks, cut, strict=True) for one in lists[first:]]
    assert list_lengths(column).tolist() == [len(one) for one in plain]
    if plain and all(plain):
        choice = np.array([len(one) - 1 for one in plain])
        assert chosen_urls(pa.table({"urls": column}), choice).tolist() == [address(one[-1]) for one in plain]


def test_a_reference_has_the_facts_and_the_address_of_what_was_found() -> None:
    """And the measures of both; where nothing was found its first address is shown and no number is there."""
    unit = rows_of_unit([page(1), page(2)], [ref(1, 0, [8, 5]), ref(1, 1, [7, 6])], [medium(5, width=30, height=60)])
    refs = unit.refs
    assert refs.found.tolist() == [True, False] and refs.urls.tolist() == [address(5), address(7)]
    assert refs.ids.text.tolist() == [f"{key(2).hex()}-0000", f"{key(2).hex()}-0001"]
    assert refs.numbers.keys() == {m.name for m in (*IMAGE_MEASURES, *URL_MEASURES, *IMAGE_USE_MEASURES)}
    assert (refs.numbers["image_min_side"][0], refs.numbers["image_aspect"][0]) == (30, 2)
    assert refs.numbers["url_chars"][0] == measure_url(address(5))["url_chars"]
    assert all(np.isnan(values[1]) for values in refs.numbers.values())
    assert refs.media["width"].tolist() == [30, 0]


def test_pages_have_their_numbers_hosts_and_sources() -> None:
    """By the names of the catalogue; the source is that of the page's own span."""
    index = unit_index([page(1, lang_score=0.25), page(2, url="dns:x", lang="de", gopher_words=7)])
    unit = unit_rows(index.part, np.empty(0, MEDIA))
    assert tuple(unit.numbers) == PAGE_NUMBERS
    assert (unit.numbers["lang_score"].tolist(), unit.numbers["gopher_words"].tolist()) == ([0.25, 1], [1, 7])
    assert unit.hosts.tolist() == ["ex.org", ""] and unit.languages.tolist() == ["en", "de"]
    assert unit.sources.tolist() == ["0.warc.gz"] * 2
    assert unit.ids.text.tolist() == [key(1).hex(), key(2).hex()]


def test_an_empty_unit_has_no_rows() -> None:
    """An archive may hold no page."""
    unit = rows_of_unit([])
    assert len(unit.pages) == len(unit.refs.page) == len(unit.hosts) == 0


def test_sources_are_those_of_the_spans() -> None:
    """A unit may hold many small archives."""
    index = unit_index([page(1, span=1), page(2, span=0), page(3, span=1)]).part
    spans = (Span("a.warc", 0, 1), Span("b\udcff.warc", 0, 1))
    unit = unit_rows(replace(index, spans=spans), np.empty(0, MEDIA))
    assert unit.sources.tolist() == [r"b\xff.warc", "a.warc", r"b\xff.warc"]


@given(st.lists(st.lists(st.sampled_from(SIGNALS), unique=True), max_size=8))
def test_signals_are_a_bit_each(wishes: list[list[str]]) -> None:
    """In the order of SIGNALS, as staged: what a row shows of the directives is not asked."""
    masks = [sum(1 << SIGNALS.index(name) for name in names) for names in wishes]
    rows = [page(n, signals=mask, directives="robots: noai") for n, mask in enumerate(masks)]
    bits = page_signals(pa.Table.from_pylist(rows, PAGES))
    assert bits.dtype == np.uint64 and bits.tolist() == masks


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans())))
def test_running_counts_are_those_of_a_loop(rows: list[tuple[int, bool]]) -> None:
    """For runs of equal groups, in any order of groups that do not come back."""
    rows.sort(key=lambda row: row[0])
    groups, mask = (np.array([row[n] for row in rows], dtype=kind) for n, kind in ((0, np.int64), (1, bool)))
    expected = [sum(m for g, m in rows[: at + 1] if g == rows[at][0]) for at in range(len(rows))]
    assert running_count(groups, mask).tolist() == expected


@pytest.mark.parametrize(
    ("url", "host"),
    [("http://Ex.ORG:80/a", "ex.org"), ("http://[x", ""), ("", ""), ("dns:ex.org", ""), ("http://a@b/", "b")],
)
def test_a_host_is_read_or_empty(url: str, host: str) -> None:
    """An address that is none is no error."""
    assert host_of(url) == host


def test_an_image_is_looked_for_by_every_unit_that_names_it() -> None:
    """Matches are those of a batch: a unit takes its own of them, also those that another unit asked for."""
    rows: list[dict[str, Any]] = [medium(n) for n in (3, 1, 2)]
    unit = rows_of_unit([page(1)], [ref(0, 0, 2), ref(0, 1, 3)], rows)
    assert unit.refs.media["id_low"].tolist() == [2, 3]
