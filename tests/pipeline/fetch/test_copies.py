"""Copies of one address: however lists are cut and in whatever order rows come, the same rows, each line counted once."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetch import copies as module
from pipeline.fetch.addresses import Address, in_order, row_id
from pipeline.fetch.copies import MOST_CAPTIONS, MOST_COPIES, fewer
from pipeline.fetch.lists import Row
from pipeline.fetch.place import drawn
from transforms.dedup.keys import address_key

URLS = ("http://a.com/1", "http://a.com/%31", "http://a.com/1#top", "http://a.com/2", "http://a.com/3")


def all_held(rows: Sequence[Row]) -> list[Address]:
    """What is to come of rows of one domain, all of which are at hand."""
    found: list[Address] = []
    keys = {address_key(row.url) for row in rows}
    for key in sorted(keys, key=lambda key: (drawn(0, key), key)):
        copies = sorted(row for row in rows if address_key(row.url) == key)
        told = tuple(dict.fromkeys(caption for row in copies for caption in row.captions))[: module.MOST_CAPTIONS]
        first, listed, others = copies[0], copies[1 : module.MOST_COPIES], copies[module.MOST_COPIES :]
        of = row_id(first)
        found.append(Address(of, first.url, "a.com", first.digest, first.size, "", told))
        found += [Address(row_id(row), row.url, "a.com", row.digest, row.size, of, row.captions) for row in listed]
        if others:
            row = others[0]
            found.append(Address(row_id(row), row.url, "a.com", row.digest, row.size, of, (), len(others)))
    return found


def cut(rows: Sequence[Row], places: Sequence[int]) -> Iterator[Row]:
    """What the parts of a list hand on, which is cut at some places."""
    ends = sorted({0, len(rows), *(place % (len(rows) + 1) for place in places)})
    for begin, end in pairwise(ends):
        yield from (row for _, row in fewer(rows[begin:end]))


LINES = st.lists(st.tuples(st.sampled_from(URLS), st.sampled_from(["", *"abcdefg"])), max_size=60)


@given(LINES, st.lists(st.integers(0, 60), max_size=4), st.integers(1, 12), st.randoms(use_true_random=False))
def test_neither_cuts_nor_order_matter(
    lines: list[tuple[str, str]], places: list[int], window: int, random: Random
) -> None:
    """The first copies, the first captions, and a count of all others."""
    with pytest.MonkeyPatch.context() as patch:
        for name, most in (("MOST_COPIES", 3), ("MOST_CAPTIONS", 2), ("WINDOW", window)):
            patch.setattr(module, name, most)
        rows = [
            Row(place % 2, place, url, "md5:0" * (place % 3), place, (caption,) if caption else ())
            for place, (url, caption) in enumerate(lines)
        ]
        lists = [[row for row in rows if row.list == number] for number in range(2)]
        found = [row for one in lists for row in cut(one, places)]
        random.shuffle(found)
        expected = all_held(rows)
        assert in_order((("a.com", row) for row in found), 0) == expected
        assert sum(address.copies for address in expected) == len(lines)


def test_a_few_copies_have_a_row_each() -> None:
    """As many as a hundred."""
    rows = [Row(0, place, URLS[0], captions=("A boat",)) for place in range(MOST_COPIES)]
    assert [row for _, row in fewer(rows)] == rows
    assert {address.copies for address in in_order((("a.com", row) for row in rows), 0)} == {1}


def test_many_copies_are_few_rows() -> None:
    """Also where each is written in its own way and has its own caption."""
    rows = (Row(0, place, f"{URLS[0]}#{place}", captions=(str(place),)) for place in range(10_000))
    handed_on = [row for _, row in fewer(rows)]
    assert len(handed_on) <= MOST_COPIES + MOST_CAPTIONS + 2 and sum(row.copies for row in handed_on) == 10_000
    first, *others = in_order((("a.com", row) for row in handed_on), 0)
    assert first.captions == tuple(map(str, range(MOST_CAPTIONS))) and len(others) == MOST_COPIES
    assert (others[-1].id, others[-1].of, others[-1].copies) == (f"0-{MOST_COPIES}", "0-0", 10_000 - MOST_COPIES)


def test_many_copies_among_others_are_few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spread over a long list, of which only a window is known at a time; each has a caption of its own."""
    monkeypatch.setattr(module, "WINDOW", 500)
    rows = (
        Row(0, place, URLS[0] if place % 2 else f"http://b.com/{place}", captions=(str(place),))
        for place in range(20_000)
    )
    handed_on = [row for _, row in fewer(rows) if row.url == URLS[0]]
    assert len(handed_on) <= 2 * (MOST_COPIES + MOST_CAPTIONS) + 2 and sum(row.copies for row in handed_on) == 10_000
