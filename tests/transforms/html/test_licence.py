"""Licence statements, kept as they are made."""

import pytest

from transforms.html.licence import LONGEST, MOST, header_licences
from transforms.html.walk import walk

BY = "https://creativecommons.org/licenses/by/4.0/"


def stated(markup: str) -> tuple[str, ...]:
    """The licence statements of a page."""
    return walk(f"<title>t</title>{markup}<p>Some text.", "https://example.org/").licences


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        (f'<a rel="license" href="{BY}">CC BY</a>', (BY,)),
        ('<link rel="License nofollow" href=" /terms ">', ("/terms",)),
        ('<a rel="nolicense" href="/terms">', ()),
        ('<meta name="DCTERMS.license" content="CC0">', ("CC0",)),
        ('<meta property="cc:license" content="x\n y">', ("x y",)),
        ('<meta name=license>', ()),
        (f'<script type="application/ld+json">{{"license":"{BY}",}}</script>', (BY,)),
        (f'<script type="application/ld+json">{{"a":[{{"license":{{"@type":"x","url":"{BY}"}}}}]}}</script>', (BY,)),
        (f'<script type="application/ld+json">{{"license": ["{BY}", "b"]}}</script>', (BY,)),
        (r'<script type="application/ld+json">{"license":"http:\/\/a.example\/\u006c"}</script>', ("http://a.example/l",)),
        ('<script>{"license":"a"}</script>', ()),
        (f'<a href="{BY}">CC BY</a>', (BY,)),
        ('<a href="HTTP://CreativeCommons.org/publicdomain/zero/1.0/">', ("HTTP://CreativeCommons.org/publicdomain/zero/1.0/",)),
        ('<a href="https://creativecommons.org/blog/">', ()),
        (f'<a href="{BY}">x</a><meta name=rights content=mine><a rel=license href=/l>', ("/l", "mine", BY)),
        (f'<a rel=license href="{BY}">x</a>' * 3, (BY,)),
        ("<p>license license license", ()),
    ],
)  # fmt: skip
def test_statements_are_kept_verbatim_and_plainest_first(markup: str, said: tuple[str, ...]) -> None:
    """Linked as the licence, in meta tags, in JSON-LD, a Creative Commons link; each once."""
    assert stated(markup) == said


def test_a_flood_of_statements_is_cut() -> None:
    """So many, and so long."""
    flood = "".join(f'<a rel=license href="/{n}{"x" * 5000}">' for n in range(1000))
    found = stated(flood)
    assert len(found) == MOST and {len(line) for line in found} == {LONGEST}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('<https://a.example/l.xml>; rel="license"; type="application/rsl+xml"', ("https://a.example/l.xml",)),
        ("<a>; rel=next, <b>; rel=LICENSE", ("b",)),
        ('<a>; title="license"', ()),
        ("<" * 100_000, ()),
    ],
)
def test_link_headers_name_licences(value: str, said: tuple[str, ...]) -> None:
    """RFC 8288, as RSL 1.0 uses it."""
    assert header_licences((("LINK", value),)) == said
