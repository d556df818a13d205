"""What a body is, beside what its server says."""

import pytest

from tests.support.web import page, picture
from transforms.fetch.content import content
from transforms.image.sniff import sniff

PNG = picture(1)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'


@pytest.mark.parametrize(
    ("declared", "body", "found", "agrees"),
    [
        ("image/png", PNG, "png", True),
        ("image/jpeg", PNG, "png", True),
        ("IMAGE/PNG ; q=1", PNG, "png", True),
        ("image/svg+xml", SVG, "svg", True),
        ("application/octet-stream", PNG, "png", True),
        ("", page("words"), "html", True),
        ("text/plain", page("words"), "html", True),
        ("text/html", b"words alone", "", True),
        ("image/gif", b"", "", True),
        ("image/png", page("not found"), "html", False),
        ("text/html", PNG, "png", False),
        ("text/html", b"%PDF-1.7", "pdf", False),
        ("application/pdf", b"%PDF-1.7", "pdf", True),
        ("application/json", page("words"), "html", False),
    ],
)
def test_bytes_beside_words(declared: str, body: bytes, found: str, agrees: bool) -> None:
    """Pictures of any kind agree with any picture; a page for a picture does not, nor the other way."""
    seen = content(declared, body)
    assert (seen.found, seen.agrees) == (found, agrees)
    assert seen.declared == declared.partition(";")[0].strip().lower()


def test_every_kind_that_is_sniffed_has_a_family() -> None:
    """No kind of `sniff` is unknown here."""
    heads = [
        b"\xff\xd8\xff",
        b"GIF87a",
        b"II*\0",
        b"\0\0\1\0",
        b"\xff\x0a",
        b"8BPS",
        b"\0\0\0\x18ftypavif",
        b"\0\0\0\x18ftypheic",
    ]
    for body in (*heads, SVG, encoded_as("WEBP"), encoded_as("BMP")):
        assert sniff(body)
        assert content("image/x", body).agrees


def encoded_as(form: str) -> bytes:
    """A picture in a format."""
    return picture(2, form)
