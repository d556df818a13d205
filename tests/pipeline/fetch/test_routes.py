"""No way leads to a refused address: not a URL, not a redirect, not the DNS, not its second answer, not libcurl itself."""

from collections.abc import Iterator

import pycurl
import pytest

from pipeline.fetch.exchange import Answer
from pipeline.fetch.slot import Slot
from tests.support.addresses import NO_URL, REFUSED, SPELLED
from tests.support.fetching import SHORT, fetched, settings
from tests.support.hostile import Hostile, hostile
from transforms.fetch.address import Target
from transforms.fetch.faults import FetchFault

REFUSALS = (FetchFault.ADDRESS_REFUSED, FetchFault.BAD_URL)


@pytest.fixture(scope="module")
def server() -> Iterator[Hostile]:
    """A server on all of loopback, of which 127.0.0.2 alone is allowed; nothing else may have been reached in the end."""
    with hostile("") as found:
        yield found
        assert set(found.reached) == {"127.0.0.2"}


def with_port(url: str, port: int) -> str:
    """A spelling of an address with the port of the server, where it has none."""
    scheme, slashes, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{host}:{port}{slash}{path}" if host and ":" not in host.rpartition("]")[2] else url


def all_refused(answers: list[Answer], hops: int) -> None:
    """Each answer is a refusal behind so many hops."""
    assert answers
    assert {answer.fault for answer in answers} <= set(REFUSALS), [
        answer for answer in answers if answer.fault not in REFUSALS
    ]
    assert {len(answer.hops) for answer in answers} == {hops}


def test_as_urls(server: Hostile) -> None:
    """Spellings, with the server's port, and what is no URL."""
    hosts = [f"http://[{address}]/" if ":" in address else f"http://{address}/" for address in REFUSED]
    urls = [with_port(url, server.port) for url in (*SPELLED, *hosts)]
    all_refused(fetched(settings(server), [*urls, *SPELLED, *NO_URL]), 0)


def test_as_redirects(server: Hostile) -> None:
    """A redirect is judged as a URL is; what a head cannot hold is left out."""
    hosts = [f"http://[{address}]/" if ":" in address else f"http://{address}/" for address in REFUSED]
    texts = [with_port(url, server.port) for url in (*SPELLED, *hosts)]
    others = ["//127.0.0.1/", "\\\\127.0.0.1", "file:///etc/passwd", "gopher://127.0.0.1/", "http://127.0.0.2:22/"]
    # Of the same scheme, so by the standard a path at the server: it stays where it is.
    relative = {"http:127.0.0.1", "http:/127.0.0.1"}
    sent = [text for text in (*texts, *others) if text not in relative]
    urls = [server.url("/to?" + quoted(text)) for text in sent]
    all_refused(fetched(settings(server), urls), 1)


def quoted(text: str) -> str:
    """A query that the server sends back as it was."""
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("route", ["alone", "behind a good one", "before a good one"])
def test_as_answers_of_the_dns(server: Hostile, route: str) -> None:
    """One refused address among good ones refuses the name."""
    answers = {f"host{number}.example": address for number, address in enumerate(REFUSED)}

    def look_up(name: str) -> list[str]:
        bad = answers[name]
        return {"alone": [bad], "behind a good one": ["127.0.0.2", bad], "before a good one": [bad, "127.0.0.2"]}[route]

    all_refused(fetched(settings(server), [server.url(host=name) for name in answers], look_up=look_up), 0)


def test_as_second_answers_of_the_dns(server: Hostile) -> None:
    """A name that leads elsewhere when it is asked for again, behind a redirect or in another ask, is refused then."""
    bad = {f"host{number}.example": address for number, address in enumerate(REFUSED)}
    seen: set[str] = set()

    def look_up(name: str) -> list[str]:
        first = name not in seen
        seen.add(name)
        return ["127.0.0.2"] if first else [bad[name]]

    how = settings(server, name_seconds=0.0, in_flight=1)
    all_refused(fetched(how, [server.url("/to?/page", name) for name in bad], look_up=look_up), 1)
    seen.clear()
    urls = [server.url("/page", name) for name in bad for _ in range(2)]
    answers = fetched(how, urls, look_up=look_up)
    assert [answer.fault for answer in answers] == [None, FetchFault.ADDRESS_REFUSED] * len(bad)


def test_as_mapped_names(server: Hostile) -> None:
    """A map of names opens nothing: its addresses are judged too."""
    how = settings(server, {"one.example": "127.0.0.1", "six.example": f"[::1]:{server.port}"})
    all_refused(fetched(how, [server.url(host="one.example"), server.url(host="six.example")]), 0)


def test_what_libcurl_is_about_to_open_is_judged(server: Hostile) -> None:
    """Were an address to come to libcurl unjudged, no socket would be opened."""
    slot = Slot(settings(server))
    for host in ("127.0.0.1", "0x7f.1", "2130706433", "127.0.0.1."):
        target = Target(f"http://{host}:{server.port}/", "http", host, server.port, "/", "", host)
        for address in ("127.0.0.1", "::1"):
            slot.begin(target, address, server.port, SHORT, (), 5.0)
            with pytest.raises(pycurl.error) as caught:
                slot.curl.perform()
            fault, detail = slot.ended(*caught.value.args)
            assert (fault, slot.hop()) == (FetchFault.ADDRESS_REFUSED, None)
            assert address in detail
    slot.curl.close()


def test_a_connection_is_not_used_for_another_name(server: Hostile) -> None:
    """Each name has its own, though both lead to one address; the same name uses its own again."""
    begun = server.connections
    how = settings(server, {"*": "127.0.0.2"}, in_flight=1)
    urls = [server.url("/page", name) for name in ("a.example", "b.example", "a.example")]
    assert [answer.fault for answer in fetched(how, urls)] == [None] * 3
    assert server.connections - begun == 2


def test_a_change_of_address_is_a_change_of_connection(server: Hostile) -> None:
    """A kept connection to an address that the DNS does not give any more is left alone."""
    places = iter(["127.0.0.2", "127.0.0.3"])
    how = settings(server, allow=["127.0.0.0/29"], name_seconds=0.0, in_flight=1)
    answers = fetched(how, [server.url("/page", "a.example")] * 2, look_up=lambda name: [next(places)])
    assert [answer.hops[0].address for answer in answers] == ["127.0.0.2", "127.0.0.3"]
    assert server.reached.pop() == "127.0.0.3"


def test_too_many_addresses_refuse_a_name(server: Hostile) -> None:
    """No site needs hundreds; 65,536 in one answer are an attack."""
    numbers = {"few.example": 256, "many.example": 257, "flood.example": 65_536}
    answers = fetched(
        settings(server),
        [server.url(host=name) for name in numbers],
        look_up=lambda name: ["127.0.0.2"] * numbers[name],
    )
    assert [answer.fault for answer in answers] == [None, "address_refused", "address_refused"]
