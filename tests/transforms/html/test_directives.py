"""What was said about a page's use: kept as said, read by the grammar that its speakers use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from turbohtml import parse

from schemas import recipe
from transforms.html.directives import (
    SIGNALS,
    binds_images,
    header_directives,
    page_directives,
    signals,
)


def strictest(directives: tuple[str, ...]) -> str:
    """The strictest of the signals, "" for none."""
    return next(iter(signals(directives)), "")


def header(value: str) -> tuple[str, ...]:
    """The directives of a response with this X-Robots-Tag."""
    return header_directives((("X-Robots-Tag", value),))


@pytest.mark.parametrize(
    ("value", "signal"),
    [
        ("noai", "noai"),
        ("NoAI, NoImageAI", "noai"),
        ("noimageai", "noimageai"),
        ("noindex", "noindex"),
        ("none", "none"),
        ("noimageindex, nofollow", "noimageindex"),
        ("unavailable_after: 25 Jun 2030 15:00:00 PST, noai", "noai"),
        ("unavailable_after: Friday, 25-Jun-30 15:00:00 PST, noindex", "noindex"),
        ("max-image-preview:none, noai", "noai"),
        ("max-image-preview: none", ""),
        ("max-snippet:-1, max-image-preview:large, max-video-preview:-1", ""),
        ("ccbot: noai", "noai"),
        ("GPTBot: nofollow, noai", "noai"),
        ("googlebot: noindex", ""),
        ("googlebot: noindex, noai", ""),
        ("googlebot: nofollow, ccbot: noindex", "noindex"),
        ("noai, googlebot: noindex", "noai"),
        ("googlebot: max-image-preview: none, ccbot: noai", "noai"),
        ("something: else, noai", "noai"),
        ("index, follow", ""),
        ("noaio, xnoindex, no index", ""),
        ("", ""),
    ],
)
def test_x_robots_tag_in_many_spellings(value: str, signal: str) -> None:
    """Prefixes govern what follows them, valued rules are no bots, dates may hold commas and colons."""
    assert strictest(header(value)) == signal


@pytest.mark.parametrize(
    ("markup", "kept", "signal"),
    [
        ('<meta name="robots" content="noindex, noai">', ("robots: noindex, noai",), "noai"),
        ('<META NAME=" Robots " CONTENT="\nNOINDEX\n FOLLOW">', ("robots: NOINDEX FOLLOW",), "noindex"),
        ('<meta name="robots" content="max-image-preview: none">', ("robots: max-image-preview: none",), ""),
        ('<meta name="googlebot" content="noindex">', ("googlebot: noindex",), ""),
        ('<meta name="CCBot" content="noindex">', ("ccbot: noindex",), "noindex"),
        ('<meta name="tdm-reservation" content="1">', ("tdm-reservation: 1",), "tdm_reserved"),
        ('<meta name="tdm-reservation" content=" 1 ">', ("tdm-reservation: 1",), "tdm_reserved"),
        ('<meta name="tdm-reservation" content="0">', ("tdm-reservation: 0",), ""),
        (
            '<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="https://ex.com/p.json">',
            ("tdm-reservation: 1", "tdm-policy: https://ex.com/p.json"),
            "tdm_reserved",
        ),
        ('<meta http-equiv="X-Robots-Tag" content="noai">', ("x-robots-tag: noai",), "noai"),
        ('<meta name="description" content="none of the robots: noai"><meta name="robots">', (), ""),
    ],
)
def test_meta_tags_in_many_spellings(markup: str, kept: tuple[str, ...], signal: str) -> None:
    """Meta tags are kept verbatim but for white space, and read without bot prefixes."""
    directives = page_directives(parse(markup).iter_elements())
    assert directives == kept
    assert strictest(directives) == signal


@pytest.mark.parametrize("value", ["", "0", "2", "01", "10", "true", "yes", "noai", "1 0", "https://ex.com/p.json"])
def test_a_reservation_is_made_by_1_alone(value: str) -> None:
    """TDMRep knows 0 and 1; any other value is kept as it was said, and reserves nothing."""
    directives = header_directives((("TDM-Reservation", value),))
    assert directives == (f"tdm-reservation: {value}",)
    assert signals(directives) == ()


def test_headers_are_kept_in_order_and_once() -> None:
    """Header names are matched without case; other headers are left out; repeats are kept once."""
    headers = (
        ("Content-Type", "text/html"),
        ("X-ROBOTS-TAG", "nofollow"),
        ("x-robots-tag", "noai"),
        ("TDM-Reservation", "1"),
        ("Content-Usage", "train-ai=n"),
        ("X-Robots-Tag", "noai"),
    )
    assert header_directives(headers) == (
        "x-robots-tag: nofollow",
        "x-robots-tag: noai",
        "tdm-reservation: 1",
        "content-usage: train-ai=n",
    )


def test_a_prefix_does_not_reach_into_the_next_header() -> None:
    """A bot named in one header line does not govern the rules of another."""
    assert (
        strictest(header_directives((("X-Robots-Tag", "googlebot: nofollow"), ("X-Robots-Tag", "noindex"))))
        == "noindex"
    )


def test_the_strictest_signal_comes_first_and_images_are_told_apart() -> None:
    """All signals are listed from the strictest; only the two image signals leave the text alone."""
    assert set(SIGNALS) == set(recipe.SIGNALS) and len(SIGNALS) == len(recipe.SIGNALS)
    assert signals(("robots: noimageindex, noindex, noai", "tdm-reservation: 1")) == (
        "noai",
        "tdm_reserved",
        "noindex",
        "noimageindex",
    )
    assert [signal for signal in SIGNALS if binds_images(signal)] == ["noimageai", "noimageindex"]


@given(st.text(max_size=200))
def test_any_header_value_gives_a_known_signal_or_none(value: str) -> None:
    """No value raises, and nothing but a known signal comes out."""
    assert strictest(header(value)) in (*SIGNALS, "")
    assert strictest((value,)) in (*SIGNALS, "")
