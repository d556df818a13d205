"""Terms in RSL: named by headers and by links of a page, in any case; other licences are none."""

import pytest
from turbohtml import parse

from transforms.html.directives import LONGEST, header_directives, page_directives, signals, stored
from transforms.html.rsl import rsl_links, terms_address

LINK = '<https://ex.com/l.xml>; rel="license"; type="application/rsl+xml"'


@pytest.mark.parametrize(
    ("value", "links"),
    [
        (LINK, [LINK]),
        (LINK.upper(), [LINK.upper()]),
        ("<l.xml>;type=application/rsl+xml;rel=license", ["<l.xml>;type=application/rsl+xml;rel=license"]),
        (f"<a.css>; rel=preload, {LINK}, <b>; rel=next", [LINK]),
        (LINK.replace("rsl+xml", "rsl+xml; charset=utf-8"), [LINK.replace("rsl+xml", "rsl+xml; charset=utf-8")]),
        (
            f"{LINK}, <b>; rel='license'; type='application/rsl+xml'",
            [LINK, "<b>; rel='license'; type='application/rsl+xml'"],
        ),
        ('<https://ex.com/l>; rel="license"', []),
        ('<https://ex.com/l>; rel="license"; type="text/html"', []),
        ('<l>; rel="license"; type="application/rsl+xmlish"', []),
        ('<l>; rel="next"; type="application/rsl+xml"', []),
        ("<" * 99_999, []),
        ("", []),
    ],
)
def test_links_of_headers(value: str, links: list[str]) -> None:
    """By relation and media type, as they were written."""
    assert list(rsl_links(value)) == links
    lines = header_directives((("Content-Type", "text/html"), ("LINK", value), ("Link", value)))
    assert lines == tuple(f"link: {link}" for link in links)
    assert signals(lines) == (("rsl",) if links else ())


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ('<link rel="license" type="application/rsl+xml" href="/l.xml">', ("</l.xml>",)),
        ('<LINK REL="LICENSE other" TYPE="Application/RSL+XML; charset=utf-8" HREF=" /l.xml ">', ("</l.xml>",)),
        ('<link rel=license type=application/rsl+xml href="/a>b">', ("</a%3Eb>",)),
        ('<link rel="license" href="/l.xml"><a rel="license" type="application/rsl+xml" href="/l.xml">', ()),
        ('<link rel="license" type="application/rsl+xml">', ()),
    ],
)
def test_links_of_pages(markup: str, said: tuple[str, ...]) -> None:
    """Each is a directive as a header would have it."""
    tree = parse(markup)
    lines = page_directives(tree.select("meta"), (), tree.select('[rel~="license" i]'))
    assert lines == tuple(f'link: {link}; rel="license"; type="application/rsl+xml"' for link in said)
    assert signals(lines) == (("rsl",) if said else ())


def test_a_long_link_is_cut_where_it_is_stored() -> None:
    """What a row holds of it is bounded, and it counts all the same."""
    line = f'link: <https://ex.com/{"a" * 1900}>; rel="license"; type="application/rsl+xml"'
    assert signals((line,)) == ("rsl",) and [len(kept) for kept in stored((line,))] == [LONGEST]


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("https://ex.com/l.xml", "https://ex.com/l.xml"),
        (" <HTTPS://ex.com/l.xml> ", "HTTPS://ex.com/l.xml"),
        ("/l.xml", "/l.xml"),
        ("CC BY-SA 4.0", ""),
        ("", ""),
    ],
)
def test_what_a_line_of_robots_txt_names(value: str, address: str) -> None:
    """An address, in brackets or not."""
    assert terms_address(value) == address
