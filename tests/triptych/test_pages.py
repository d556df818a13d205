"""Tests of pages as a library has them."""

import pytest

import triptych

PAGE = """<html lang=en><title>Loaf</title><meta name=robots content=noai>
<p>Crème fraîche, flour and water.<p><img src=a.jpg alt=A><p>Bake it.</p>"""


def test_headers_count_as_in_a_run() -> None:
    """The charset, the opt-outs and the licence of the headers are heeded, before those of the page."""
    headers = {
        "Content-Type": "text/html; charset=iso-8859-1",
        "X-Robots-Tag": "noindex",
        "Link": '<https://example.org/licence>; rel="license"',
    }
    page = triptych.extract(PAGE.encode("latin-1"), "https://example.org/", headers)
    assert page == triptych.extract(PAGE.encode("latin-1"), "https://example.org/", list(headers.items()))
    assert triptych.text(page).startswith("Crème fraîche")
    assert page.directives == ("x-robots-tag: noindex", "robots: noai")
    assert page.licences == ("https://example.org/licence",)


def test_interleaved_keeps_the_places_of_images() -> None:
    """Texts between images are one; an image is its reference, with addresses and captions."""
    page = triptych.extract(PAGE.encode(), "https://example.org/x/")
    before, image, after = triptych.interleaved(page, "plain")
    assert (before, after) == ("Crème fraîche, flour and water.", "Bake it.")
    assert isinstance(image, triptych.MediaRef)
    assert (image.urls, image.alt) == (("https://example.org/x/a.jpg",), "A")


def test_wrong_use_is_said() -> None:
    """A text for bytes, an unknown form and an unknown engine are errors that say what is known."""
    with pytest.raises(TypeError, match="expected the bytes of a page, got str"):
        triptych.extract(PAGE)  # type: ignore[arg-type]  # the wrong use that is meant
    page = triptych.extract(PAGE.encode())
    for call in (triptych.text, triptych.interleaved):
        with pytest.raises(ValueError, match="unknown form 'html'; known: markdown, plain"):
            call(page, "html")
    with pytest.raises(ValueError, match="unknown extraction engine 'x'"):
        triptych.extract(PAGE.encode(), engine="x")


def test_markup_beyond_limits_is_a_fault() -> None:
    """What a run would count as failed is a RecordError that names the fault."""
    with pytest.raises(triptych.RecordError, match="hostile_markup"):
        triptych.extract(b"<p " + b"a " * 2000 + b">text")
