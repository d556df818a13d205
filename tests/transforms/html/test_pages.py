"""Small pages of many kinds and scripts, each with what a reader finds in its text and what no text of it may hold.

The pages lie in `pages/*.toml`: markup that stands among paragraphs of its language (`pages/prose.toml`).
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from transforms.html.charset import decode
from transforms.html.extract import extract
from transforms.html.render import main_text

FOLDER = Path(__file__).with_name("pages")
PROSE = tomllib.loads((FOLDER / "prose.toml").read_text(encoding="utf-8"))
PAGES: list[dict[str, Any]] = []
for name in ("words", "signs", "structure"):
    PAGES += tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["page"]


def document(page: dict[str, Any]) -> bytes:
    """The page as a server sends it; what stands between ⟦ and ⟧ is in another encoding than the rest."""
    charset = page.get("charset", "utf-8")
    label = page.get("label", charset)
    before, after = PROSE[page["lang"]]
    html = (
        f"<!doctype html><html lang={page['lang']}><head>{f'<meta charset={label}>' if label else ''}<title>{page['lang']}</title></head>"
        f"<body><main><article><p>{before}</p><p>{after}</p>{page['html']}<p>{after} {before}</p></article></main></body></html>"
    )
    pieces = re.split("[⟦⟧]", html)
    return b"".join(
        piece.encode(page["foreign"] if place % 2 else charset) for place, piece in enumerate(pieces)
    )  # every second piece stands between brackets


def faults(page: dict[str, Any], text: str) -> list[str]:
    """What is missing in the text of a page, and what it should not hold."""
    wanted = [[one] if isinstance(one, str) else one for one in page.get("must", [])]
    missing = [f"missing: {forms[0]}" for forms in wanted if not any(form in text for form in forms)]
    return missing + [f"unwanted: {sign}" for sign in page.get("never", []) if sign in text]


@pytest.mark.parametrize("page", PAGES, ids=[page["name"] for page in PAGES])
def test_a_page_reads_as_a_reader_sees_it(page: dict[str, Any]) -> None:
    """Its words whole, its numbers unchanged, its formulas, code and tables as written, and no sign that is no word."""
    text = main_text(extract(decode(document(page)).text, "https://library.example/hall"))
    assert not faults(page, text), text


def test_the_pages_are_of_many_scripts_and_each_asks_for_something() -> None:
    """A hundred pages at least, in twelve scripts, each under a name of its own."""
    assert len({page["name"] for page in PAGES}) == len(PAGES) >= 100
    assert (
        len({page["lang"] for page in PAGES} - {"ca", "de", "fr", "pl", "cs", "hu", "tr", "vi", "uk", "bg", "fa", "ur"})
        >= 12
    )
    assert all(page.get("must") or page.get("never") for page in PAGES)
