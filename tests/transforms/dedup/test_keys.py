"""Keys of items."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from transforms.dedup.keys import address_key, capture_id, joined_key, member_ids
from transforms.html.urls import join


def test_capture_id_tells_every_place_apart() -> None:
    """Two offsets, or two archives, never share an id by their spelling."""
    places = [("a", 1), ("a", 11), ("a1", 1), ("a\0", 1), ("b", 1)]
    assert len({capture_id(*place) for place in places}) == len(places)


def test_address_key_is_that_of_the_address_not_of_its_spelling() -> None:
    """Case of the host, default port, dots and fragment do not matter; the path's case and the query do."""
    assert address_key("HTTP://Ex.com:80/a/../x.jpg#top") == address_key("http://ex.com/x.jpg")
    assert address_key("http://ex.com/X.jpg") != address_key("http://ex.com/x.jpg")
    assert address_key("http://ex.com/x.jpg?v=1") != address_key("http://ex.com/x.jpg")


def test_ways_of_writing_an_address_differ_in_three_bits() -> None:
    """So one look finds them all, and a second tells them apart; what follows a question mark, or another host, is another address."""
    ways = [
        f"{scheme}://{www}ex.com/x.jpg{mark}"
        for mark in ("", "?")
        for www in ("", "www.")
        for scheme in ("http", "https")
    ]
    keys = [address_key(way) for way in ways]
    assert [key[15] ^ keys[0][15] for key in keys] == list(range(8))
    assert len({key[:15] for key in keys}) == 1
    others = ("http://ex.com/x.jpg?v", "http://w.ex.com/x.jpg", "ftp://ex.com/x.jpg", "ex.com/x.jpg")
    assert len({address_key(other)[:15] for other in (*others, ways[0])}) == 5


def test_address_key_takes_any_text() -> None:
    """What is no address is its own key."""
    assert address_key("urn:uuid:x") != address_key("\udcff")


def test_member_ids_sort_as_the_page_shows_them() -> None:
    """Ids of a page's images sort by their place."""
    ids = member_ids(pa.array(["00ff"] * 4), pa.array([0, 2, 10, 900])).to_pylist()
    assert ids == sorted(ids) == ["00ff-0000", "00ff-0002", "00ff-0010", "00ff-0900"]


@given(st.text(max_size=30))
def test_a_joined_address_is_canonical_but_for_its_fragment(reference: str) -> None:
    """What the join made needs no second normalisation, so its cheap key is its key."""
    address = join("http://ex.com/a/b?c", reference)
    if address is not None and "#" not in address:
        assert joined_key(address) == address_key(address)
