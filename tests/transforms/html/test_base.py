"""What a page's references are joined to."""

import pytest
from turbohtml import parse

from transforms.html.base import base_address


@pytest.mark.parametrize(
    ("markup", "base"),
    [
        ("<p>", "http://ex.com/a/b.html"),
        ('<base href="/x/">', "http://ex.com/x/"),
        ('<base target="_top"><base href="c/"><base href="d/">', "http://ex.com/a/c/"),
        ('<base href="http://cdn.com/">', "http://cdn.com/"),
        ('<base href="data:,">', "http://ex.com/a/b.html"),
        ('<base href="//[x"><base href="d/">', "http://ex.com/a/b.html"),
        ('<svg><base href="d/"></base></svg>', "http://ex.com/a/b.html"),
        ('<template><base href="d/"></template><base href="e/">', "http://ex.com/a/e/"),
    ],
)
def test_the_first_base_counts(markup: str, base: str) -> None:
    """The first `<base href>` of the page itself, resolved; the page's address where that is none or no http(s)."""
    assert base_address(parse(markup).iter_elements(), "http://ex.com/a/b.html") == base
