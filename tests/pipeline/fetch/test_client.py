"""The client against servers on loopback: what it asks, what it keeps, what it follows, and where it ends."""

import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.fetch.client import Client
from pipeline.fetch.exchange import Answer, Ask, Limits
from tests.support.certificates import authority, server_context
from tests.support.fetching import AGENT, SHORT, fetched, settings
from tests.support.hostile import BOMB, Hostile, hostile
from tests.support.shared_data import ROOT
from transforms.fetch.address import target
from transforms.fetch.faults import FetchFault
from transforms.warc.codings import dechunked


@pytest.fixture(scope="module")
def server() -> Iterator[Hostile]:
    """A server on 127.0.0.2."""
    with hostile() as found:
        yield found


def one(server: Hostile, path: str, limits: Limits = SHORT) -> Answer:
    """The answer to a path of the server."""
    (answer,) = fetched(settings(server), [server.url(path)], limits)
    return answer


def test_an_answer_holds_the_bytes_of_both_sides(server: Hostile) -> None:
    """The request head is what the server got, the answer's head and body are what it sent, with address and time."""
    (hop,) = one(server, "/page").hops
    assert hop.request_head == server.heads[-1]
    assert hop.head == b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 22\r\n\r\n"
    assert (hop.body, hop.truncated, hop.status, hop.address) == (b"<!doctype html><p>fine", "", 200, "127.0.0.2")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", hop.began)
    assert 0 < hop.seconds < 60


@pytest.mark.parametrize("path", ['/?a={b}|"c"[1]^`\'', "/?é", "/?%2e%2E/%zz", "/?a@b:c//d%5Ce"])
def test_odd_paths_are_asked_for_as_the_standard_writes_them(server: Hostile, path: str) -> None:
    """libcurl changes nothing of a path; what the hop says was asked is what was asked."""
    (hop,) = one(server, path).hops
    assert hop.request_head == server.heads[-1]
    assert hop.url == server.url(hop.request_head.split()[1].decode())


def test_what_was_read_before_is_asked_for(server: Hostile) -> None:
    """An ask with its target is answered as one without, and the socket is judged all the same."""
    how = settings(server)
    url = server.url("/page")
    read = target(url, how.rules)
    answers: list[Answer] = []
    Client(how).run(iter([Ask(url, 0, SHORT), Ask(url, 1, SHORT, target=read)]), answers.append)
    assert [answer.hops[0].url for answer in answers] == [url, url] and answers[0].hops[0].head == answers[1].hops[
        0
    ].head
    strict = settings(server, allow=())
    Client(strict).run(iter([Ask(url, 2, SHORT, target=read)]), answers.append)
    assert answers[2].fault == FetchFault.ADDRESS_REFUSED and not answers[2].hops


def test_one_honest_agent_and_nothing_of_the_environment(
    server: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proxies and netrc of the environment, cookies, HSTS, Alt-Svc, Refresh and Link do nothing."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.2 login me password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    begun = len(server.heads)
    answers = fetched(
        settings(server, in_flight=1), [server.url("/extras"), server.url("/page"), server.url("/extras")]
    )
    assert [answer.fault for answer in answers] == [None] * 3
    wanted = b"GET %b HTTP/1.1\r\nHost: 127.0.0.2:%d\r\nUser-Agent: %b\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\r\n"
    paths = [b"/extras", b"/page", b"/extras"]
    assert server.heads[begun:] == [wanted % (path, server.port, AGENT.encode()) for path in paths]


def test_headers_of_an_ask_are_sent_and_checked(server: Hostile) -> None:
    """Others are sent beside ours or in place of Accept; what would change the request is a bug of the asker."""
    fetched(settings(server), [server.url()], headers=(("accept", "image/*"), ("Range", "bytes=0-9")))
    assert b"Accept: image/*\r\n" in server.heads[-1] and b"Range: bytes=0-9\r\n" in server.heads[-1]
    for header in (("Host", "ex.com"), ("Cookie", "a=b"), ("X", "a\r\nb"), ("X y", "a"), ("User-Agent", "Mozilla")):
        with pytest.raises(ValueError, match="is not sent"):
            fetched(settings(server), [server.url()], headers=(header,))


def test_bodies_stay_as_they_came(server: Hostile) -> None:
    """Chunks and content codings are not undone: the reader of archives does that, under its caps."""
    chunked, bomb = fetched(settings(server), [server.url("/chunked"), server.url("/bomb")])
    assert chunked.hops[0].body == b"3\r\nabc\r\n2;a=b\r\nde\r\n0\r\nX: y\r\n\r\n"
    assert dechunked(chunked.hops[0].body) == (b"abcde", "")
    assert bomb.hops[0].body == BOMB


def test_answers_before_the_answer_are_left_out(server: Hostile) -> None:
    """A head is that of the final answer."""
    (hop,) = one(server, "/early").hops
    assert (hop.status, hop.body) == (200, b"late")
    assert hop.head.startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("path", ["/lf", "/no-reason"])
def test_heads_that_browsers_take_are_taken(server: Hostile, path: str) -> None:
    """Line ends of one byte, a status without a phrase."""
    answer = one(server, path)
    assert (answer.fault, answer.hops[0].body) == (None, b"body")


@pytest.mark.parametrize("path", ["/http09", "/nul", "/no-colon", "/two-lengths", "/http2", "/upgrade"])
def test_what_is_no_answer_of_http_is_a_bad_response(server: Hostile, path: str) -> None:
    """No record is made of it, and it is not tried again."""
    answer = one(server, path)
    assert (answer.fault, answer.hops) == (FetchFault.BAD_RESPONSE, ())
    assert answer.detail


@pytest.mark.parametrize(
    ("path", "fault"),
    [("/status?404", "http_4xx"), ("/status?429", "http_429"), ("/status?503", "http_5xx"), ("/status?304", "bad_response"),
     ("/status?700", "bad_response"), ("/status?204", None), ("/status?206", None)],
)  # fmt: skip
def test_a_status_is_a_fault_with_its_record(server: Hostile, path: str, fault: str | None) -> None:
    """The answer is kept beside the fault."""
    answer = one(server, path)
    assert (answer.fault, len(answer.hops)) == (fault, 1)


def test_what_breaks_off_is_kept_as_far_as_it_came(server: Hostile) -> None:
    """A body with fewer bytes than announced is transient; a head that breaks off, or no byte at all, leaves no hop."""
    short, head, nothing = fetched(settings(server), [server.url(path) for path in ("/short", "/cut-head", "/nothing")])
    assert (short.fault, short.hops[0].body, short.hops[0].truncated) == ("reset", b"half", "disconnect")
    assert (head.fault, head.hops, nothing.fault, nothing.hops) == ("reset", (), "reset", ())
    assert "breaks off" in head.detail


def test_redirects_are_followed_hop_by_hop(server: Hostile) -> None:
    """Each hop is told; relative references are read where they stand, and a fragment is not asked for."""
    answer = one(server, "/to?/to?/page#top")
    assert [hop.url for hop in answer.hops] == [
        server.url("/to?/to?/page"),
        server.url("/to?/page"),
        server.url("/page"),
    ]
    assert [hop.status for hop in answer.hops] == [302, 302, 200]


def test_redirects_have_an_end(server: Hostile) -> None:
    """Five are followed, a ring is left at once, and both are permanent faults with their hops."""
    five, loop, ring = fetched(settings(server), [server.url("/loop?1"), server.url("/loop"), server.url("/ring")])
    assert (loop.fault, len(loop.hops)) == (FetchFault.TOO_MANY_REDIRECTS, 6)
    assert (ring.fault, len(ring.hops)) == (FetchFault.TOO_MANY_REDIRECTS, 3)
    assert "back to" in ring.detail
    assert five.fault == FetchFault.TOO_MANY_REDIRECTS


def test_redirects_that_are_not_followed_are_the_answer(server: Hostile) -> None:
    """With a cap of 0, or where the asker says no, there is no fault."""
    none = one(server, "/to?/page", Limits(redirects=0))
    assert (none.fault, [hop.status for hop in none.hops]) == (None, [302])
    asked: list[str] = []

    def follows(ask: Ask, url: str) -> bool:
        asked.append(url)
        return url != server.url("/page")

    (answer,) = fetched(settings(server), [server.url("/to?/to?/page")], follows=follows)
    assert (answer.fault, [hop.status for hop in answer.hops]) == (None, [302, 302])
    assert asked == [server.url("/to?/page"), server.url("/page")]
    told: list[Answer] = []
    ask = Ask(server.url("/to?/page"), 0, SHORT, follows=lambda url: url != server.url("/page"))
    Client(settings(server)).run(iter([ask]), told.append)
    assert (told[0].fault, [hop.status for hop in told[0].hops]) == (None, [302])


ENDS = {
    "/silence": ("timeout", 0),
    "/drip": ("too_slow", 1),
    "/drip-head": ("too_slow", 0),
    "/endless": (None, 1),
    "/endless-chunked": (None, 1),
    "/endless-head": ("bad_response", 0),
    "/endless-line": ("bad_response", 0),
    "/endless-1xx": ("too_slow", 0),
    "/fast-1xx": ("bad_response", 0),
    "/bomb": (None, 1),
    "/loop": ("too_many_redirects", 6),
}


def run_of_all(server: Hostile, limits: Limits) -> dict[str, tuple[Answer, float]]:
    """The answer to each path of ENDS, all under way at once, and the seconds that it took."""
    ended: dict[str, tuple[Answer, float]] = {}
    begun = time.monotonic()

    def tell(answer: Answer) -> None:
        ended[answer.key] = (answer, time.monotonic() - begun)

    Client(settings(server)).run((Ask(server.url(path), path, limits) for path in ENDS), tell)
    return ended


def test_hostile_answers_end_at_their_limits(server: Hostile) -> None:
    """Whatever drips or never ends is over a second after its limit at the latest; a busy machine gets three tries."""
    limits = Limits(total=3.0, first_byte=1.0, idle=2.0, body=1 << 20)
    for _ in range(3):
        ended = run_of_all(server, limits)
        assert {path: (answer.fault, len(answer.hops)) for path, (answer, _) in ended.items()} == ENDS
        assert {
            path for path, (answer, _) in ended.items() if answer.hops and answer.hops[-1].truncated == "length"
        } == {
            "/endless",
            "/endless-chunked",
        }
        if all(seconds < limits.total + 1 for _, seconds in ended.values()):
            break
    else:
        pytest.fail(f"too late: { {path: seconds for path, (_, seconds) in ended.items()} }")


def test_the_total_limit_ends_what_keeps_the_others(server: Hostile) -> None:
    """A drip that is fast enough ends by time, with what came; so does silence."""
    limits = Limits(total=1.0, slowest=1, first_byte=60, idle=60)
    drip, head, silence = fetched(
        settings(server), [server.url(path) for path in ("/drip", "/drip-head", "/silence")], limits
    )
    assert [answer.fault for answer in (drip, head, silence)] == ["timeout"] * 3
    assert drip.hops[0].truncated == "time" and drip.hops[0].body.startswith(b"x")


MEMORY = """
import re, sys
from pathlib import Path
from tests.pipeline.fetch.test_client import ENDS
from tests.support.fetching import fetched, settings
from tests.support.hostile import Hostile
from pipeline.fetch.exchange import Limits

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) >> 10

server = Hostile(port=int(sys.argv[1]))
limits = Limits(total=3.0, first_byte=1.0, idle=2.0, body=1 << 20)
fetched(settings(server), [server.url("/page")], limits)
Path("/proc/self/clear_refs").write_text("5")
before = peak()
fetched(settings(server, {"many.example": "127.0.0.2"}), [server.url(path) for path in ENDS] * 2, limits)
fetched(settings(server), [server.url(host="many.example")], limits, look_up=lambda name: ["127.0.0.2"] * 65_536)
print(peak() - before)
"""


def test_hostile_answers_take_little_memory(server: Hostile) -> None:
    """Two of each at once, and a name with 65,536 addresses, take at most 32 MB."""
    command = [sys.executable, "-c", MEMORY, str(server.port)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) <= 32


def test_many_asks_at_once_are_each_told_once(server: Hostile) -> None:
    """Good and bad ones mixed; connections are kept, so that there are no more of them than are under way."""
    begun = server.connections
    urls = [server.url(f"/size?{number}") if number % 5 else "http://127.0.0.1/" for number in range(500)]
    answers = fetched(settings(server, in_flight=8), urls)
    assert [answer.key for answer in answers] == list(range(500))
    assert [len(answer.hops[0].body) for answer in answers if answer.hops] == [n for n in range(500) if n % 5]
    assert {answer.fault for answer in answers if not answer.hops} == {"address_refused"}
    assert server.connections - begun <= 8


def test_asks_that_are_not_due_are_asked_for_again(server: Hostile) -> None:
    """None makes the client go on with what it has; an answer that is told may bring the next ask."""
    told: list[Answer] = []

    def asks() -> Iterator[Ask | None]:
        yield Ask(server.url("/page"), 0, SHORT)
        while not told:
            yield None
        yield from [None, None, Ask(server.url("/page"), 1, SHORT), None]

    Client(settings(server)).run(asks(), told.append)
    assert [answer.key for answer in told] == [0, 1]
    Client(settings(server)).run(iter([]), told.append)
    assert len(told) == 2


def test_a_bug_of_the_asker_ends_the_run_and_its_connections(server: Hostile) -> None:
    """What `tell` raises comes out, while others are under way."""

    def tell(answer: Answer) -> None:
        raise KeyError(answer.key)

    with pytest.raises(KeyError):
        Client(settings(server)).run(iter([Ask(server.url("/silence"), 1), Ask(server.url("/page"), 2)]), tell)


def test_a_port_that_nobody_listens_at_is_transient() -> None:
    """Another run may find it."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.2", 0))
        nobody = Hostile(port=bound.getsockname()[1])
        (answer,) = fetched(settings(nobody), [nobody.url()])
    assert (answer.fault, answer.hops) == ("reset", ())


def test_another_address_is_tried_where_one_has_no_connection(server: Hostile) -> None:
    """Of several addresses of a name the first that answers is taken."""
    how = settings(server, allow=["127.0.0.0/29"])
    (answer,) = fetched(how, [server.url(host="two.example")], look_up=lambda name: ["127.0.0.3", "127.0.0.2"])
    assert answer.hops[0].address == "127.0.0.2"


def test_a_mapped_name_may_have_another_port(server: Hostile) -> None:
    """Host says what the address says; where it leads is the map's."""
    (answer,) = fetched(settings(server, {"*": f"127.0.0.2:{server.port}"}), ["http://any.example/page"])
    assert (answer.fault, answer.hops[0].url) == (None, "http://any.example/page")
    assert b"\r\nHost: any.example\r\n" in server.heads[-1]


def test_certificates_are_checked(tmp_path: Path) -> None:
    """A certificate of an authority that is trusted, for this name, is taken; any other is a permanent fault."""
    ca, key = authority()
    (tmp_path / "ca.pem").write_bytes(ca)
    context: ssl.SSLContext = server_context(tmp_path, ca, key, "good.example")
    with hostile(tls=context) as server:
        resolve = {"good.example": "127.0.0.2", "bad.example": "127.0.0.2"}
        urls = [f"https://{name}:{server.port}/page" for name in resolve]
        good, bad = fetched(settings(server, resolve, authorities=str(tmp_path / "ca.pem")), urls)
        stranger, _ = fetched(settings(server, resolve), urls)
        (plain,) = fetched(settings(server, resolve), [f"http://good.example:{server.port}/page"])
    assert (good.fault, good.hops[0].body) == (None, b"<!doctype html><p>fine")
    assert (bad.fault, stranger.fault) == ("tls_error", "tls_error")
    assert plain.fault == "reset"
