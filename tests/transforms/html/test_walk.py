"""What a page's tree is read for, and how often."""

import pytest

from transforms.html import walk as module
from transforms.html.walk import walk

PROSE = "<p>The ferry leaves at ten, and whoever misses it waits for a day on the pier with the gulls.</p>" * 4


@pytest.mark.parametrize(
    ("markup", "parses"),
    [
        ("<h1>Soon</h1><p>This page will be here soon.</p>", 1),
        ("<h1>Soon</h1><p>Soon.</p><NAV><a href=/>Home</a></NAV>", 2),
        ("<h1>Soon</h1><p>Soon.</p><div ROLE='n&#97;vigation'><a href=/>Home</a></div>", 2),
        (f"<nav><a href=/>Home</a>{PROSE}", 2),
        (f"<h1>Ferry</h1>{PROSE}<nav><a href=/>Home</a></nav>", 1),
    ],
)
def test_a_short_page_is_parsed_again_only_for_its_menus(
    monkeypatch: pytest.MonkeyPatch, markup: str, parses: int
) -> None:
    """A crawl holds many short pages, and reading one twice costs many times what it costs once."""
    calls: list[str] = []
    once = module.parsed
    monkeypatch.setattr(module, "parsed", lambda text: calls.append(text) or once(text))
    walk(markup, "https://ex.org/")
    assert len(calls) == parses
