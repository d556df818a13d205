"""What lists ask for: pages with all of theirs, images alone, addresses as they are equal, hosts with their subdomains."""

from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.forget.test_lists import PAGE, take_down
from transforms.dedup.keys import address_key
from transforms.forget.wanted import Finder, Wanted, is_in, key_array, unpacked

OTHER = "f" * 32


def test_a_page_takes_all_of_its_own_along() -> None:
    """Its pairs and the parts of its document; the id of a part stands for its page."""
    own = [PAGE, f"{PAGE}-0000", f"{PAGE}-p0002"]
    for asked in (PAGE, f"{PAGE}-p0001"):
        assert take_down("ids", asked).wanted.of_ids([*own, OTHER, f"{OTHER}-0000", ""]).tolist() == [1, 1, 1, 0, 0, 0]


def test_an_image_goes_alone() -> None:
    """Neither its page nor another image of it; but its page's document is to be looked at."""
    wanted = take_down("ids", f"{PAGE}-0001").wanted
    assert wanted.of_ids([PAGE, f"{PAGE}-0000", f"{PAGE}-0001", f"{PAGE}-p0001"]).tolist() == [0, 0, 1, 0]
    assert wanted.shows_wanted([PAGE, f"{PAGE}-p0001", OTHER]).tolist() == [True, True, False]


def test_addresses_are_equal_as_canonical_says() -> None:
    """Spelling and fragment aside; another scheme, host or query is another address."""
    wanted = take_down("urls", "http://Ex.example:80/a%2c?q").wanted
    same = ["http://ex.example/a,?q", "HTTP://EX.EXAMPLE/a,?q#top"]
    others = ["https://ex.example/a,?q", "http://www.ex.example/a,?q", "http://ex.example/a,", "", "no address"]
    assert wanted.of_urls(same + others).tolist() == [2, 2, 0, 0, 0, 0, 0]


def test_hosts_stand_for_their_subdomains() -> None:
    """Whatever the port, the scheme or the spelling; a name that only ends like it is another."""
    wanted = take_down("hosts", "ex.example", "Bücher.example").wanted
    theirs = ["https://ex.example/", "http://A.b.EX.example:8080/x", "https://ex.example./", "http://bücher.example/"]
    others = ["https://notex.example/", "https://ex.example.org/", "https://example/", "urn:x", ""]
    assert wanted.of_urls(theirs + others).tolist() == [3, 3, 3, 3, 0, 0, 0, 0, 0]


def test_an_item_counts_under_the_first_kind_that_asks_for_it() -> None:
    """Ids before addresses before hosts."""
    wanted = take_down("any", PAGE, "http://ex.example/a", "ex.example").wanted
    assert wanted.of_urls(["http://ex.example/a", "http://ex.example/b"]).tolist() == [2, 3]
    finder = Finder()
    finder.add(PAGE, 3)
    finder.add(f"{OTHER}-0001", 2)
    merged = wanted.with_found(finder.found())
    assert merged.of_ids([PAGE, OTHER, f"{OTHER}-0001"]).tolist() == [1, 0, 2]


@given(st.sets(st.binary(min_size=16, max_size=16)), st.lists(st.binary(min_size=16, max_size=16)))
def test_keys_are_found_exactly(known: set[bytes], others: list[bytes]) -> None:
    """Also those that end in zeros, which numpy does not show."""
    zeros = [key[:8] + bytes(8) for key in others]
    asked = [*known, *others, *zeros]
    assert is_in(asked, key_array(known)).tolist() == [key in known for key in asked]


def test_what_was_packed_is_unpacked() -> None:
    """Every array, empty ones too."""
    wanted = take_down("any", PAGE, f"{OTHER}-0001", "http://ex.example/a", "b.example").wanted
    again = unpacked(wanted.packed())
    assert again.packed() == wanted.packed()
    assert again.urls.tolist() == key_array([address_key("http://ex.example/a")]).tolist()
    assert unpacked(Wanted().packed()).packed() == unpacked(b"").packed()
