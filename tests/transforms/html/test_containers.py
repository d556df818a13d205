"""What stands around blocks: small pages of many scripts and their Markdown."""

import pytest

from tests.support.structured_pages import ALL
from transforms.document import pack_document, unpack_document
from transforms.html.extract import extract
from transforms.html.render import join_text, kept_items, main_text, plain_text, written

URL = "http://example.org/"


@pytest.mark.parametrize("name", ALL)
def test_pages_and_their_markdown(name: str) -> None:
    """Each kind of structure comes out as the page shows it, and the same out of the staged document."""
    markup, expected = ALL[name]
    page = extract(markup, URL)
    assert main_text(page) == expected
    _, items, containers, _ = unpack_document(pack_document("", kept_items(page), page.containers))
    assert join_text(written(items, containers)) == expected
    assert join_text(written(items, containers, "plain")) == plain_text(page)


@pytest.mark.parametrize("name", ALL)
def test_a_page_does_not_depend_on_what_stands_before_it(name: str) -> None:
    """Numbers, spans and languages are those of the elements behind a paragraph, too."""
    markup, expected = ALL[name]
    before = "<div><table><tr><td>a<td>b</table><ol><li>c</ol><pre>d</pre></div><p>words"
    assert main_text(extract(before + markup, URL)).endswith(f"\n\nwords\n\n{expected}")


def test_plain_text_has_no_mark() -> None:
    """Neither numbers nor bars, fences, signs of quotes or what spans repeat: no mark counts as anyone's word."""
    markup = "<h2>A</h2><ol start=3><li>b<blockquote>c</blockquote></ol><table><tr><td rowspan=2>d<td>e<tr><td>f<td>g</table>"
    page = extract(f"{markup}<pre class=language-c>h\n  i</pre>", URL)
    assert plain_text(page) == "A\n\nb\n\nc\n\nd e\nf g\n\nh\n  i"


HOSTILE = {
    "lists": "<ul><li>a" * 30_000,
    "quotes": "<blockquote>a" * 30_000,
    "items": f"<ol>{'<li>a' * 60_000}",
    "lists in lists": "<ul>" * 30_000 + "<li>a",
    "spans": "<table>" + "<tr><td rowspan=65534 colspan=1000>a<td>b" * 20_000,
    "wide rows": f"<table><tr>{'<td>a' * 999}{'<tr><td>b<td>c' * 30_000}",
    "tables": "<table><tr><td>a<td>" * 20_000,
    "code": "<pre class=language-c>a</pre>" * 30_000,
    "empty lines": f"{'<blockquote>' * 20}<pre>x{chr(10) * 200_000}y",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_structure_stays_small(name: str) -> None:
    """Its text is at most twenty times the page, and so is its document (law 9)."""
    page = extract(HOSTILE[name], URL)
    text = main_text(page)
    assert len(text) < 20 * len(HOSTILE[name])
    assert len(pack_document("", kept_items(page), page.containers)) < 2 * len(HOSTILE[name])
