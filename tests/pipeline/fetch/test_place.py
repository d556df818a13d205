"""Domains are dealt out to bins of equal time, large ones over waves, the same on any machine."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetch.beam import domain_of
from pipeline.fetch.place import Places, Shares, deal, summed
from transforms.dedup.keys import address_key
from transforms.fetch.address import Rules

SHARES = Shares(budget=100, bin=1000)
COUNTS = st.dictionaries(st.text("abc.", min_size=1, max_size=6), st.integers(1, 2000), max_size=40)


@given(COUNTS, st.integers(1, 5), st.sampled_from((0, 7, 150)))
def test_any_way_of_counting_gives_the_same_places(counts: dict[str, int], parts: int, cap: int) -> None:
    """However counts were gathered, domains go to the same bins, and the JSON form is lossless."""
    dealt = [
        [(host, n) for place, (host, n) in enumerate(counts.items()) if place % parts == part] for part in range(parts)
    ]
    places = deal([summed(one, SHARES, 99, cap) for one in dealt], SHARES, cap)
    assert places == deal([summed(list(counts.items()), SHARES, 99, cap)], SHARES, cap)
    assert Places.of(places.plain()) == places


def test_bins_take_equal_time() -> None:
    """What the large hosts of a bin have for one wave differs by one of them at most."""
    draw = random.Random(1)
    counts = [(f"host{n}", draw.randrange(20, 5000)) for n in range(300)]
    places = deal([summed(counts, SHARES, 300)], SHARES)
    load: Counter[int] = Counter()
    for host, count in counts:
        load[places.large[host][0]] += min(count, SHARES.budget)
    assert len(load) == places.bins and max(load.values()) - min(load.values()) <= SHARES.budget


def test_a_large_host_is_spread_over_waves() -> None:
    """A host with many times its budget is in one bin of each wave, with about its budget."""
    places = deal([summed([("big", 1000), ("small", 5)], SHARES, 9)], SHARES)
    found = Counter(places.place("big", address_key(f"http://big/{n}")) for n in range(1000))
    assert {wave for wave, _ in found} == set(range(10)) and len(found) == 10
    assert max(found.values()) < 1.4 * SHARES.budget
    assert {places.place("small", address_key(f"http://small/{n}"))[0] for n in range(5)} == {0}


def test_hosts_beyond_those_that_are_named_are_spread_too() -> None:
    """Where more hosts are large than can be placed one by one, the others take as many waves as the largest of them needs."""
    places = deal([summed([(f"host{n}", 300) for n in range(50)], SHARES, 10)], SHARES)
    assert (len(places.large), places.others, places.waves) == (10, 3, 3)


def test_of_a_domain_so_much_is_taken() -> None:
    """Of domains with more than the cap about as many addresses are taken, in as few waves as these need; of others all."""
    places = deal([summed([("big", 5000), ("just", 301), ("small", 40)], SHARES, 9, 300)], SHARES, 300)
    taken = Counter(
        domain
        for domain, many in (("big", 5000), ("just", 301), ("small", 40))
        for n in range(many)
        if places.takes(domain, address_key(f"http://{domain}/{n}"))
    )
    assert 250 < taken["big"] < 350 and taken["just"] >= 295 and taken["small"] == 40
    assert places.waves == 3 and deal([summed([("a", 12), ("b", 3)], SHARES, 9, 5)], SHARES, 5).cuts.keys() == {"a"}


def test_a_site_of_many_subdomains_has_one_budget() -> None:
    """All hosts of a registered domain are placed together; a firm's customers, and IP addresses, each for themselves."""
    rules = Rules()
    names = (
        "http://a.ex.co.uk/",
        "https://b.c.ex.co.uk/x",
        "http://me.github.io/",
        "http://you.github.io/",
        "http://8.8.8.8/",
        "ftp://x/",
    )
    assert [domain_of(url, rules) for url in names] == [
        "ex.co.uk",
        "ex.co.uk",
        "me.github.io",
        "you.github.io",
        "8.8.8.8",
        "",
    ]
