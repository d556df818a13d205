"""Which files are policies, of which site, and what they say about its addresses."""

import pytest

from schemas.index import POLICY_KINDS
from schemas.recipe import SIGNALS
from transforms.consent.policies import KINDS, kept_bytes, kind_of, origin_of, said_by
from transforms.consent.robots_txt import MOST_BYTES
from transforms.html.directives import SITE_SIGNALS
from transforms.html.urls import canonical


def test_staging_knows_every_kind() -> None:
    """By its place, so none is moved; and every signal of theirs is one that recipes can name."""
    assert tuple(KINDS) == POLICY_KINDS
    assert set(SITE_SIGNALS) < set(SIGNALS)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://ex.com/robots.txt", "robots.txt"),
        ("HTTPS://EX.com:443/robots.txt", "robots.txt"),
        ("http://ex.com:8080/ai.txt", "ai.txt"),
        ("http://ex.com/.well-known/tdmrep.json", "tdmrep.json"),
        ("http://ex.com/./robots.txt", "robots.txt"),
        ("http://ex.com//robots.txt", ""),
        ("http://ex.com/tdmrep.json", ""),
        ("http://ex.com/a/ai.txt", ""),
        ("http://ex.com/Robots.txt", ""),
        ("http://ex.com/?robots.txt", ""),
        ("http://ex.com/xrobots.txt", ""),
        ("ftp://ex.com/robots.txt", ""),
        ("robots.txt", ""),
        ("", ""),
    ],
)
def test_a_policy_lies_at_its_path(url: str, kind: str) -> None:
    """At the root of a web site, by the address as the URL standard has it."""
    assert kind_of(url) == kind


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://EX.com/a", "http://ex.com"),
        ("http://ex.com", "http://ex.com"),
        ("https://ex.com:443/", "https://ex.com"),
        ("https://ex.com:80/", "https://ex.com:80"),
        ("https://me:pw@ex.com/@", "https://ex.com"),
        ("http://www.ex.com/", "http://www.ex.com"),
        ("http://[::1]:8000/a", "http://[::1]:8000"),
        ("data:text/plain,a", ""),
        ("http://[x", "http://[x"),
        ("", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    """RFC 9309: another host, scheme or port has its own file."""
    assert origin_of(canonical(url)) == origin


def test_each_address_hears_what_its_path_is_told() -> None:
    """With the file's name in front of every line."""
    urls = ["http://ex.com/open/a", "http://ex.com/shut/a"]
    robots = b"User-agent: CCBot\nDisallow: /shut/\n\nUser-agent: *\nContent-Signal: /shut/ ai-train=no"
    assert list(said_by("robots.txt", robots, urls)) == [
        (urls[1], "robots_ai", "robots.txt: ccbot: disallow: /shut/"),
        (urls[1], "signal_ai_train", "robots.txt: *: content-signal: ai-train=no"),
    ]
    tdm = b'[{"location": "/shut", "tdm-reservation": 1}]'
    assert list(said_by("tdmrep.json", tdm, urls)) == [
        (urls[1], "tdm_reserved", "tdmrep.json: /shut: tdm-reservation: 1")
    ]
    assert list(said_by("ai.txt", b"User-agent: *\nDisallow: /", urls[:1])) == [
        (urls[0], "ai_txt", "ai.txt: *: disallow: /")
    ]


def test_what_is_kept_of_a_file_says_what_the_file_says() -> None:
    """A byte more than is read, so that a cut line is known to be cut."""
    body = b"User-agent: *\n" + b"#" * (MOST_BYTES - 26) + b"\nDisallow: /private"
    assert len(kept_bytes(body)) == MOST_BYTES + 1
    for held in (body, kept_bytes(body)):
        assert list(said_by("robots.txt", held, ["http://ex.com/a"])) == []
