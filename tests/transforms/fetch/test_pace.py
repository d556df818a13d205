"""Hosts are asked as often as they may be, and no oftener; one of them holds no other back."""

from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.fetch.pace import Manners, Pace, patience


@dataclass
class Told:
    """What a host saw: when requests began and ended, and the most under way."""

    begun: list[float]
    ended: list[float]
    most: int = 0


def simulated(pace: Pace[tuple[str, int]], seconds: dict[str, float], most: int = 64) -> dict[str, Told]:
    """Asks for everything under a clock that jumps from event to event; `seconds` is how long each host takes to answer."""
    told = {host: Told([], []) for host in seconds}
    under_way: list[tuple[float, str]] = []
    now = 0.0
    while pace.waiting or under_way:
        while len(under_way) < most and (item := pace.take(now)):
            host = item[0]
            told[host].begun.append(now)
            under_way.append((now + seconds[host], host))
            told[host].most = max(told[host].most, sum(name == host for _, name in under_way))
        due = pace.due() if len(under_way) < most else None
        now = max(now, min([end for end, _ in under_way] + ([due] if due is not None else [])))
        for end, host in sorted(under_way):
            if end <= now:
                under_way.remove((end, host))
                told[host].ended.append(now)
                pace.answered(host, now)
    return told


def filled(manners: Manners, counts: dict[str, int]) -> Pace[tuple[str, int]]:
    """A bin of hosts, each its own domain."""
    pace = Pace[tuple[str, int]](manners)
    for host, count in counts.items():
        for number in range(count):
            assert pace.put(host, host, (host, number))
    return pace


def test_a_slow_host_holds_no_other_back() -> None:
    """1,000 addresses each: the fast host is done as if it were alone, the slow one sees one request at a time, a pause apart."""
    pace = filled(Manners(pause=0.5), {"slow": 1000, "fast": 1000})
    assert pace.slow_down("slow", 2.0)
    told = simulated(pace, {"slow": 5.0, "fast": 0.1})
    assert told["fast"].ended[-1] == pytest.approx(1000 * 0.1 + 999 * 0.5)
    assert (told["slow"].most, told["fast"].most) == (1, 1)
    gaps = [begun - ended for begun, ended in zip(told["slow"].begun[1:], told["slow"].ended, strict=False)]
    assert min(gaps) == pytest.approx(2.0)


@given(st.integers(1, 4), st.floats(0, 2), st.floats(0.01, 5), st.integers(1, 30))
def test_requests_lie_apart(at_once: int, pause: float, takes: float, count: int) -> None:
    """Beginnings lie a pause apart, never more are under way than may be, and everything is asked for once."""
    told = simulated(filled(Manners(pause=pause, at_once=at_once), {"a": count}), {"a": takes})["a"]
    assert len(told.begun) == len(told.ended) == count
    assert told.most <= at_once
    assert all(later - former >= pause - 1e-9 for former, later in zip(told.begun, told.begun[1:], strict=False))


def test_hosts_of_one_address_share_its_cap() -> None:
    """Of 20 hosts on one address 8 are asked at once, in turn; a host elsewhere does not wait for them."""
    hosts = {f"host{number}": 3 for number in range(20)} | {"else": 3}
    pace = filled(Manners(pause=0.0), hosts)
    for host in hosts:
        pace.leads_to(host, "192.0.2.2" if host == "else" else "192.0.2.1")
    first = [item[0] for item in iter(lambda: pace.take(0.0), None) if item]
    assert first == [*(f"host{number}" for number in range(8)), "else"]
    for host in first[:3]:
        pace.answered(host, 1.0)
    assert [pace.take(1.0), pace.take(1.0), pace.take(1.0), pace.take(1.0)] == [
        ("host8", 0), ("host9", 0), ("host10", 0), None,
    ]  # fmt: skip
    for host in [*first[3:], "host8", "host9", "host10"]:
        pace.answered(host, 2.0)
    rest = simulated(pace, dict.fromkeys(hosts, 0.5))
    assert sum(len(told.begun) for told in rest.values()) == 63 - 12


def test_a_domain_has_a_budget() -> None:
    """What is over it is left for later, whichever host of the domain it is of; an item that comes back is not counted again."""
    pace = Pace[int](Manners(budget=3))
    assert [pace.put("ex.com", f"{item % 2}.ex.com", item) for item in range(5)] == [True, True, True, False, False]
    assert pace.put("ex.org", "ex.org", 9)
    assert pace.take(0.0) == 0
    assert pace.put("ex.com", "0.ex.com", 0, first=True)
    pace.answered("0.ex.com", 0.0, asked=False)
    assert (pace.take(0.0), pace.waiting) == (1, 3)


def test_what_comes_back_is_asked_for_first() -> None:
    """Behind robots.txt the item that waited for it goes before all others, after the pause."""
    pace = filled(Manners(pause=1.0), {"a": 2})
    assert pace.take(0.0) == ("a", 0)
    pace.put("a", "a", ("a", 0), first=True)
    pace.answered("a", 0.25)
    assert (pace.take(1.0), pace.take(1.25)) == (None, ("a", 0))


def test_what_ends_without_a_request_costs_no_time() -> None:
    """The host is due as it was before; what another request asked for meanwhile stands."""
    pace = filled(Manners(pause=1.0), {"a": 5})
    pace.take(0.0)
    pace.answered("a", 0.5, asked=False)
    assert (pace.due(), pace.take(0.5)) == (0.0, ("a", 1))
    both = filled(Manners(pause=1.0, at_once=2), {"a": 5})
    assert (both.take(0.0), both.take(1.0)) == (("a", 0), ("a", 1))
    both.answered("a", 2.0, refused=True, wait=50.0)
    both.answered("a", 2.0, asked=False)
    assert (both.take(51.0), both.take(52.0)) == (None, ("a", 2))


def test_who_refuses_is_left_alone_for_longer_each_time() -> None:
    """1, 2, 4 ... up to 60 seconds and a quarter more; an answer ends it."""
    pace = filled(Manners(pause=0.0), {"a": 20})
    now, waits = 0.0, []
    for _ in range(10):
        assert pace.take(now)
        assert not pace.answered("a", now, refused=True)
        due = pace.due()
        assert due is not None
        waits.append(due - now)
        now = due
    for number, wait in enumerate(waits):
        doubled = 2.0**number
        assert min(60.0, doubled) <= wait <= min(60.0, doubled * 1.25)
    pace.take(now)
    pace.answered("a", now)
    assert pace.due() == now


def test_who_names_a_time_gets_it() -> None:
    """Retry-After counts where it is longer than the backoff; a host that names more than the longest wait is left out."""
    pace = filled(Manners(pause=0.0), {"a": 3})
    pace.take(0.0)
    assert not pace.answered("a", 0.0, refused=True, wait=90.0)
    assert pace.due() == 90.0
    pace.take(90.0)
    assert pace.answered("a", 90.0, refused=True, wait=3600.0)
    assert list(pace.drain("a")) == [("a", 2)]
    assert (pace.waiting, pace.take(10_000.0)) == (0, None)


def test_a_wait_counts_for_a_host_that_is_listed_already() -> None:
    """With two at once, a refusal of the one holds the other back."""
    pace = filled(Manners(pause=1.0, at_once=2), {"a": 5})
    pace.take(0.0)
    assert pace.due() == 1.0
    pace.answered("a", 0.5, refused=True, wait=50.0)
    assert (pace.take(1.0), pace.take(50.0), pace.take(50.5)) == (None, None, ("a", 1))


def test_a_host_that_does_not_answer_is_left_out() -> None:
    """After five in a row; an answer between them counts anew."""
    pace = filled(Manners(pause=0.0), {"a": 20})
    verdicts = []
    for number in range(10):
        pace.take(float(number))
        verdicts.append(pace.answered("a", float(number), silent=number != 4))
    assert verdicts == [False] * 9 + [True]


def test_a_crawl_delay_has_a_bound() -> None:
    """30 seconds are obeyed; a host that asks for more is to be left out."""
    pace = filled(Manners(), {"a": 2})
    assert pace.slow_down("a", 30.0)
    assert not pace.slow_down("a", 31.0)
    pace.take(0.0)
    pace.answered("a", 1.0)
    assert pace.due() == 31.0


def test_manners_without_sense_are_refused() -> None:
    """A cap of nothing would wait for ever."""
    for wrong in ({"pause": -1.0}, {"at_once": 0}, {"at_address": 0}, {"budget": 0}, {"ill": 0}):
        with pytest.raises(ValueError, match="manners"):
            Manners(**wrong)  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), max_size=60), st.integers(1, 3), st.integers(1, 3))
def test_everything_is_asked_for_once(items: list[tuple[int, int]], at_once: int, at_address: int) -> None:
    """Whatever hosts share addresses, nothing is lost and nothing comes twice."""
    pace = Pace[tuple[str, int]](Manners(pause=0.1, at_once=at_once, at_address=at_address))
    for number, (host, _) in enumerate(items):
        pace.put(str(host), str(host), (str(host), number))
    for host, address in items:
        pace.leads_to(str(host), f"192.0.2.{address}")
    told = simulated(pace, {str(host): 0.3 for host, _ in items})
    assert Counter({host: len(one.begun) for host, one in told.items()}) == Counter(str(host) for host, _ in items)


@pytest.mark.parametrize(
    ("text", "date", "seconds"),
    [
        ("0", "", 0.0),
        (" 7 ", "", 7.0),
        ("9" * 400, "", 999_999_999.0),
        ("-5", "", 0.0),
        ("1.5", "", 0.0),
        ("", "", 0.0),
        ("Sat, 28 Nov 2026 00:00:00 GMT", "Fri, 27 Nov 2026 23:59:00 GMT", 60.0),
        ("Fri, 27 Nov 2026 00:00:00 GMT", "Fri, 27 Nov 2026 23:59:00 GMT", 0.0),
        ("Sat, 28 Nov 2026 00:00:00 GMT", "", 0.0),
        ("Sat, 99 Nov 2026 00:00:00 GMT", "Fri, 27 Nov 2026 23:59:00 GMT", 0.0),
        (f"Sat, 28 Nov {10**20} 00:00:00 GMT", "Fri, 27 Nov 2026 23:59:00 GMT", 0.0),
        (f"Sat, 28 Nov 2026 00:00:00 +{10**20}", "Fri, 27 Nov 2026 23:59:00 GMT", 0.0),
        ("60", f"Fri, 27 Nov 2026 23:59:00 +{10**20}", 60.0),
    ],
)
def test_retry_after(text: str, date: str, seconds: float) -> None:
    """Seconds, or a date by the server's own clock; all else says nothing."""
    assert patience(text, date) == seconds
