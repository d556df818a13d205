"""Every image element of a page is in one account: it gives a reference, or a rule says why not."""

import json

import pytest
from turbohtml import parse

from tests.support.shared_data import shared
from transforms.html.charset import decode
from transforms.html.extract import extract
from transforms.html.image_elements import counted

URL = "http://ex.org/"
PROSE = "<p>" + "A sentence of the story that the page tells, with more than a few words. " * 6 + "</p>"


def accounts(body: str) -> tuple[int, dict[str, int]]:
    """How many references the images of a page give, and how many by rule give none."""
    page = extract(f"<!doctype html><body>{PROSE}{body}{PROSE}", URL)
    return len(page.images), dict(page.lost_images)


@pytest.mark.parametrize(
    ("body", "references", "rules"),
    [
        ("<img src=/a.jpg>", 1, {}),
        ("<amp-img src=/a.jpg></amp-img><amp-anim src=/b.gif></amp-anim>", 2, {}),
        ("<img><img src=''><img alt='only words'><img data-id=7>", 0, {"no_address": 4}),
        ('<img src="data:image/gif;base64,R0lGOD">', 0, {"inline_image": 1}),
        ('<img src="data:image/gif;base64,R0lGOD" data-src=/a.jpg>', 1, {}),
        ("<img src=blob:x><img src='http://['><img srcset='about:blank 2x'>", 0, {"unusable_address": 3}),
        ("<img src=/a.jpg><noscript><img src=/a.jpg></noscript>", 1, {"repeated_image": 1}),
        ("<picture><source srcset=/a.webp><img src=/a.jpg></picture>", 1, {"source_of_picture": 1}),
        ("<video><source src=/a.mp4></video><audio><source src=/a.mp3></audio>", 0, {"source_of_media": 2}),
        ("<svg><image href=/a.png /></svg>", 0, {"svg_image": 1}),
        ("<object><img src=/a.jpg></object>", 0, {"unseen_image": 1}),
    ],
)
def test_each_is_in_one_account(body: str, references: int, rules: dict[str, int]) -> None:
    """With the rule that tells why it gives no reference."""
    assert accounts(body) == (references, rules)


def test_a_page_that_is_read_from_its_data() -> None:
    """The images of its tree are counted besides those of the data."""
    data = json.dumps({"props": {"pageProps": {"post": {"content": f"{PROSE}<img src=a.jpg><img>{PROSE}"}}}})
    body = f"<div id=root><img src=logo.png><img></div><script type=application/json id=__NEXT_DATA__>{data}</script>"
    page = extract(f"<!doctype html><title>t</title><body>{body}", URL)
    assert [image.urls for image in page.images] == [(URL + "a.jpg",)]
    assert page.lost_images == {"no_address": 1, "unseen_image": 2}


def test_a_flood_of_empty_images_is_a_number() -> None:
    """However many there are."""
    assert accounts("<img>" * 20_000) == (0, {"no_address": 20_000})


def test_real_pages() -> None:
    """Accounts and elements agree on each."""
    for file in sorted(shared("pages/readability").rglob("*.html"))[:60]:
        text = decode(file.read_bytes(), "").text
        page = extract(text, URL)
        assert len(page.images) + sum(page.lost_images.values()) == sum(counted(parse(text)).values()), file
