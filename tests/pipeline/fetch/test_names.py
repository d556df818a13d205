"""Names are looked up once at a time, held for a while, and judged."""

import select
import socket
import threading
from contextlib import closing

import pytest

from pipeline.fetch import names as module
from pipeline.fetch.exchange import Settings
from pipeline.fetch.names import Names, Place, given, judged, system_look_up
from schemas.outcomes import UserError
from tests.support.fetching import AGENT
from transforms.fetch.address import Rules, networks
from transforms.fetch.faults import FetchError, FetchFault

ALLOWED = Rules(networks(["127.0.0.0/8", "::1"]))


def asked(names: Names, name: str) -> Place | FetchError:
    """Where a name leads, waited for."""
    place = names.place(name)
    while place is None:
        assert select.select([names.wake], [], [], 30)[0]
        names.hush()
        place = next((place for other, place in names.came() if other == name), None)
    return place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("127.0.0.1", Place(("127.0.0.1",))),
        ("127.0.0.1:81", Place(("127.0.0.1",), 81)),
        ("::1", Place(("::1",))),
        ("[::1]", Place(("::1",))),
        ("[::1]:81", Place(("::1",), 81)),
    ],
)
def test_places_as_users_write_them(text: str, place: Place) -> None:
    """An address, with a port or without."""
    assert given(text, "ex.com", ALLOWED) == place


def test_a_place_that_is_none_is_told() -> None:
    """A port that is none is wrong use; an address that is none is refused like any other."""
    for text in ("127.0.0.1:x", "127.0.0.1:0", "127.0.0.1:65536"):
        with pytest.raises(UserError, match="no port"):
            given(text, "ex.com", ALLOWED)
    with pytest.raises(FetchError, match="no IP address"):
        given("localhost", "ex.com", ALLOWED)


def test_no_address_is_a_failure_of_the_dns() -> None:
    """It may be well another time."""
    with pytest.raises(FetchError) as caught:
        judged("ex.com", [], Rules())
    assert caught.value.fault is FetchFault.DNS_FAILURE


def test_the_system_reads_names_as_they_are() -> None:
    """Each address once; what the system's files do not know raises OSError, and so does a label that is too long."""
    assert "127.0.0.1" in system_look_up("localhost")
    assert system_look_up("127.0.0.1") == ["127.0.0.1"]
    with pytest.raises(OSError):
        system_look_up("a" * 64 + ".invalid")


def test_an_answer_is_held_for_a_while() -> None:
    """Good and bad ones; then the name is looked up again."""
    looked: list[str] = []

    def look_up(name: str) -> list[str]:
        looked.append(name)
        if name == "no.example":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return ["127.0.0.1"]

    now = [0.0]
    with closing(Names(Settings(AGENT, ALLOWED, name_seconds=10), look_up, lambda: now[0])) as names:
        for _ in range(2):
            assert asked(names, "a.example") == Place(("127.0.0.1",))
            failed = asked(names, "no.example")
            assert (
                isinstance(failed, FetchError) and str(failed) == "dns_failure: no.example: Name or service not known"
            )
        assert looked == ["a.example", "no.example"]
        now[0] = 10.0
        asked(names, "a.example")
        assert looked == ["a.example", "no.example", "a.example"]


def test_few_names_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was not asked for longest goes first."""
    monkeypatch.setattr(module, "MOST_NAMES", 2)
    looked: list[str] = []

    def look_up(name: str) -> list[str]:
        looked.append(name)
        return ["127.0.0.1"]

    with closing(Names(Settings(AGENT, ALLOWED), look_up)) as names:
        for name in ("a", "b", "a", "c", "a", "b"):
            asked(names, name)
    assert looked == ["a", "b", "c", "b"]


def test_a_name_under_way_is_not_asked_for_twice() -> None:
    """Whoever asks meanwhile waits for the same answer."""
    go, looked = threading.Event(), []

    def look_up(name: str) -> list[str]:
        looked.append(name)
        go.wait(30)
        return ["127.0.0.1"]

    with closing(Names(Settings(AGENT, ALLOWED), look_up)) as names:
        assert names.place("a") is names.place("a") is None
        go.set()
        assert asked(names, "a") == Place(("127.0.0.1",))
    assert looked == ["a"]


def test_a_bug_in_a_thread_comes_out() -> None:
    """What is no OSError ends the run (law 8)."""

    def look_up(name: str) -> list[str]:
        raise KeyError(name)

    with closing(Names(Settings(AGENT, ALLOWED), look_up)) as names, pytest.raises(KeyError):
        asked(names, "a")


def test_look_ups_that_come_after_the_end_are_forgotten() -> None:
    """A slow resolver does not hold a run that is over."""
    begun, go = threading.Event(), threading.Event()

    def look_up(name: str) -> list[str]:
        begun.set()
        go.wait(30)
        return ["127.0.0.1"]

    names = Names(Settings(AGENT, ALLOWED), look_up)
    names.place("a")
    begun.wait(30)
    names.close()
    go.set()
