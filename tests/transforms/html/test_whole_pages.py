"""Whole pages of many languages: what is their headline, what they say of themselves, and text that stands where few pages have it.

The pages lie in `pages/headlines.toml`, `pages/whole.toml` and `pages/own.toml`, among paragraphs of `pages/prose.toml`.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from schemas.records import Page
from transforms.html.extract import extract
from transforms.html.render import main_text

FOLDER = Path(__file__).with_name("pages")
PROSE = tomllib.loads((FOLDER / "prose.toml").read_text(encoding="utf-8"))
PAGES: list[dict[str, Any]] = []
for name in ("headlines", "whole", "own"):
    PAGES += tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["page"]


def filled(template: str, lang: str) -> str:
    """A template with the paragraphs of its language."""
    before, after = PROSE[lang]
    for sign, text in (("{A}", f"<p>{before}</p>"), ("{B}", f"<p>{after}</p>"), ("{a}", before), ("{b}", after)):
        template = template.replace(sign, text)
    return template


def read(page: dict[str, Any]) -> Page:
    """What is read of a page."""
    head, body = (filled(page.get(part, ""), page["lang"]) for part in ("head", "body"))
    markup = (
        f"<!doctype html><html lang={page['lang']}><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
    )
    return extract(page.get("document") or markup, page.get("url", "https://library.example/hall"))


@pytest.mark.parametrize("page", PAGES, ids=[page["name"] for page in PAGES])
def test_a_page_is_read_as_a_whole(page: dict[str, Any]) -> None:
    """Its headline first, its text wherever it stands, and nothing that is not its own."""
    found = read(page)
    text = main_text(found)
    if "first" in page:
        assert text.split("\n")[0] == page["first"], text
    assert [one for one in page.get("must", []) if filled(one, page["lang"]) not in text] == [], text
    assert [one for one in page.get("never", []) if filled(one, page["lang"]) in text] == [], text
    told = {name: page[name] for name in ("title", "author", "published", "site") if name in page}
    assert {name: getattr(found, name) for name in told} == told


def test_an_opened_shadow_root_is_read_once() -> None:
    """Its template goes, so its text does not stand there twice."""
    body = "<x-a><template shadowrootmode=open><p>one two</p></template></x-a><main><p>three</p></main>"
    assert [block.text for block in extract(body, "http://ex.org/").blocks] == ["one two", "three"]


@pytest.mark.parametrize("body", ["{}", "[1, 2", json.dumps({"articleBody": 3}), json.dumps([[[[]]]]), "[" * 5000])
def test_data_that_hold_no_article_change_nothing(body: str) -> None:
    """Whatever stands in a page's data, the page is what it shows."""
    head = f'<script type=application/ld+json>{body}</script><script type=application/json>{{"props":{{"pageProps":{body}}}}}</script>'
    page = extract(f"<head><title>t</title>{head}</head><body><p>Loading</p></body>", "http://ex.org/")
    assert [block.text for block in page.blocks] == ["Loading"]
