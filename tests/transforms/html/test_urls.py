"""Joins by the URL standard, and the key under which two spellings meet."""

import json
from pathlib import Path

import pytest
from ada_url import join_url, replace_url
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.html.urls import LONGEST, canonical, is_written, join

CASES = json.loads((Path(__file__).parent / "url_cases.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize(("base", "reference", "address"), CASES)
def test_joins_follow_the_url_standard(base: str, reference: str, address: str | None) -> None:
    """A reference means what a browser makes of it, where that is http or https; else nothing."""
    assert join(base, reference) == address


def test_lone_surrogates_are_replaced() -> None:
    """A reference, or a base, that no encoding can hold means what a browser makes of it: U+FFFD for each lone surrogate."""
    written = "\ud800\ud801\udffe\udfff\ufdd0\uffff"
    address = "http://ex.com/%EF%BF%BD%F0%90%9F%BE%EF%BF%BD%EF%B7%90%EF%BF%BF"
    assert join("http://ex.com", f"{written}?{written}#x") == f"{address}?{address[14:]}#x"
    assert join(f"http://ex.com/{written}/a", "b.jpg") == f"{address}/b.jpg"
    assert join("http://ex.com/", "http://\ud800.com/") is None
    assert join("http://ex.com/", "x\ud800") == "http://ex.com/x%EF%BF%BD"


def test_an_address_is_at_most_2083_characters_long() -> None:
    """The limit counts the resolved address; what is dropped on the way does not count."""
    base = "http://ex.com/"
    fits = "x" * (LONGEST - len(base))
    assert join(base, fits) == base + fits
    assert join(base, fits + "x") is None
    assert join(base, "\n" * 1000 + fits) == base + fits
    assert join(base, "é" * 1000) is None
    assert join(base, "x" * 20_000_000) is None


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("HTTP://Ex.COM:80/a/../x.jpg#top", "http://ex.com/x.jpg"),
        ("https://ex.com:443", "https://ex.com/"),
        ("http://ex.com/x.jpg?b=2&a=1", "http://ex.com/x.jpg?b=2&a=1"),
        ("http://ex.com/X%2f", "http://ex.com/X%2F"),
        ("http://ex.com/a%2Cb%28%7e%29%20c%25.jpg", "http://ex.com/a,b(~)%20c%25.jpg"),
        ("http://ex.com/?a%2Fb%3Ac%2C%26d%3d%2B%23", "http://ex.com/?a/b:c,%26d%3D%2B%23"),
        ("http://ex.com/m%c3%b6we.jpg?n%c3%a4", "http://ex.com/m%C3%B6we.jpg?n%C3%A4"),
        ("http://ex.com/50%.jpg?%zz%4", "http://ex.com/50%.jpg?%zz%4"),
        ("http://münchen.de/ü", "http://xn--mnchen-3ya.de/%C3%BC"),
        ("//[x", "//[x"),
        ("", ""),
    ],
)
def test_spellings_of_one_address_have_one_key(url: str, key: str) -> None:
    """Host case, default port, dots, fragment and codes that none needs do not tell addresses apart; path case and query do."""
    assert canonical(url) == key
    assert canonical(key) == key


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_join_is_http_and_final(base: str, reference: str) -> None:
    """Any two strings join to nothing or to an http(s) address that joins to itself; lone surrogates included."""
    for address in (
        join(base, reference),
        join("http://ex.com/a", reference),
        join("http://ex.com/a", "\ud800" + reference),
    ):
        if address is not None:
            assert address.startswith(("http://", "https://"))
            assert join("https://other.org/", address) == address
            assert canonical(canonical(address)) == canonical(address)


PARTS = (
    "http:", "https:", "//", "/", "?", "#", ".", "..", "./", "../", "%2e", "%2E", "%2F", "%", "xn--", "a", "b-c", "-", "--", "A",
    "é", "ex.com", "com", "c0m", "0x7f", "127", "1", "0", "@", ":", ":80", ";", "=", "&", "~", "_", "!", "$", "'", "(", ")", "*", "+",
    ",", "[", "]", "|", "^", "`", "{", "\\", " ", "\t", "\n", "\x00", "\u3002", "ß", "data:", "file:", "ws://",
    ":8080", ":443", ":0443", ":65536",
)  # fmt: skip
HTTP = st.sampled_from(
    ["http://ex.com", "https://u:p@EX.com:8080/a/b/../c.html?q=/x/y#z", "https://a.b-c.com/x/", "http://1/é"]
)
ODD = st.lists(st.sampled_from(PARTS), max_size=12).map("".join)


@given(HTTP | ODD, ODD | st.builds("".join, st.tuples(st.sampled_from(["https://", "http://", "//", "/", ""]), ODD)))
@example("http://ex.com", "https://a.com/x")
@example("bad", "https://a.com/x")
@example("ws://ex.com/", "/x")
@example("http://ex.com", "https://xn--a.com/")
@example("http://ex.com", "//a.xn--b.com/")
@example("http://ex.com", "https://axn--b.com/xn--")
@example("http://ex.com", "https://a.0x7f/")
@example("http://ex.com/a/", "b/%2e%2E/c")
def test_the_short_way_gives_what_ada_gives(base: str, reference: str) -> None:
    """Addresses that are joined by one look come out as the full parser of the standard makes them."""
    try:
        address: str | None = join_url(base, reference)
    except ValueError:
        address = None
    assert join(base, reference) == (address if address and address.startswith(("http://", "https://")) else None)


@given(st.builds("".join, st.tuples(st.sampled_from(["https://", "http://"]), ODD)))
@example("http://a.com:8080/x?y")
@example("http://a.com:0443/")
@example("http://a.com:65536/")
@example("http://a.com/%41")
@example("http://a.com/b/../c")
@example("http://a.com")
def test_what_is_written_by_the_standard_is_its_own_key(url: str) -> None:
    """Addresses that one look finds as the standard writes them are so by its full parser."""
    if is_written(url):
        assert url == replace_url(url, hash="") == canonical(url)
