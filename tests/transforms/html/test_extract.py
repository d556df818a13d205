"""Whole pages: what is kept, with structure and images."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.outcomes import RecordError
from schemas.records import BlockKind, Page
from tests.support.shared_data import shared
from transforms.html.charset import decode
from transforms.html.extract import decided, extract
from transforms.html.render import kept_items, main_text, written
from transforms.html.walk import walk

SENTENCE = "The river rose in the night, and by morning the lower town stood under a metre of brown water. "
MENU = "".join(f"<li><a href=/{name}>{name}</a></li>" for name in ("home", "news", "sport", "weather", "contact"))
ARTICLE = f"""<html lang="EN-gb"><head><title> A  flood </title><meta name="robots" content="noai"></head><body>
<header><nav><a href=/>All</a></nav><div class="menu"><ul>{MENU}</ul></div><img src="/logo.png" alt="logo"></header>
<main><article><h1>A flood</h1><p>{SENTENCE * 3}</p>
<figure><img src="/one.jpg" alt="the river"><figcaption>The river at noon, seen from the old bridge.</figcaption></figure>
<p>{SENTENCE * 4}</p><p>{SENTENCE * 2}<img src="/two.jpg"></p><p>{SENTENCE * 5}</p></article></main>
<footer class="footer"><p>Copyright 2024. All rights reserved.</p><img src="/badge.png"></footer></body></html>"""


def test_an_article_is_kept_and_its_surroundings_are_not() -> None:
    """The prose is in, menu and footer are out; all blocks are in the page but those in `nav` and `footer`, which are not read."""
    page = extract(ARTICLE, "http://example.org/flood")
    text = main_text(page)
    assert text.count("The river rose") == 14
    assert "weather" not in text and "Copyright" not in text
    assert "weather" in {block.text for block in page.blocks}
    assert not {"All", "Copyright 2024. All rights reserved."} & {block.text for block in page.blocks}
    assert (page.title, page.language, page.directives) == ("A flood", "en-gb", ("robots: noai",))


def test_images_stand_where_the_page_shows_them() -> None:
    """Images in the article are kept between their neighbours, logo and badge are known and not kept."""
    page = extract(ARTICLE, "http://example.org/flood")
    assert [image.urls[0].rpartition("/")[2] for image in page.images] == [
        "logo.png",
        "one.jpg",
        "two.jpg",
        "badge.png",
    ]
    assert [image.kept for image in page.images] == [False, True, True, False]
    assert page.images[1].figcaption == "The river at noon, seen from the old bridge."
    parts = written(kept_items(page), page.containers)
    assert [part for part in parts if isinstance(part, int)] == [1, 2]
    assert all(isinstance(part, int) or "The river" in part for part in parts)


PIECES = (
    ARTICLE,
    MENU,
    f"<h1>A</h1><p>{SENTENCE * 2}",
    "",
    "<p>one<p>two<img src=a.png>",
    f"<nav>{SENTENCE}</nav><h1>B</h1>" * 3,
)


@settings(max_examples=40)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map("".join), max_size=6))
def test_a_page_is_the_same_in_any_company(pages: list[str]) -> None:
    """Pages decided together are what each is when decided alone."""
    together = decided([walk(page, "http://example.org/") for page in pages])
    assert together == [extract(page, "http://example.org/") for page in pages]


def test_picture_and_linked_images_are_one_image_each() -> None:
    """A picture gives its img's reference, an image in a link is an image, a lazy copy in noscript is not a second one."""
    markup = f"""<article><p>{SENTENCE * 3}</p><picture><source srcset="/a.webp"><img src="/a.jpg"></picture>
    <a href="/big"><img src="/b.jpg"></a><img data-src="/c.jpg" src="data:image/gif;base64,R0"><noscript><img src="/c.jpg"></noscript>
    <p>{SENTENCE * 3}</p></article>"""
    page = extract(markup, "http://example.org/")
    assert [image.urls[0] for image in page.images] == [f"http://example.org/{name}.jpg" for name in "abc"]
    assert written(kept_items(page), page.containers)[1:4] == (0, 1, 2)


def test_an_image_without_text_is_in_its_place() -> None:
    """A page that is only an image has one image block, kept."""
    page = extract('<body><img src="/x.png" alt="x"></body>', "http://example.org/")
    assert [(block.image, block.kept) for block in page.blocks] == [(0, True)]
    assert written(kept_items(page), page.containers) == (0,)
    assert main_text(page) == ""


def test_base_addresses_are_heeded() -> None:
    """Image addresses are joined to the page's <base>."""
    page = extract('<base href="//cdn.example/x/"><img src="y.jpg">', "https://example.org/")
    assert page.images[0].urls == ("https://cdn.example/x/y.jpg",)


@pytest.mark.parametrize(
    "markup", ["", "   ", "<html></html>", "<p></p>", "<!-- c -->", "<frameset><frame></frameset>"]
)
def test_empty_pages_are_empty(markup: str) -> None:
    """Pages without text or images have no blocks."""
    page = extract(markup, "http://example.org/")
    assert (page.blocks, page.images) == ((), ())


def test_repeated_copies_are_kept_once() -> None:
    """A second copy of a paragraph, as pages for phones have it, is not kept again."""
    page = extract(
        f"<nav></nav><div class=nav><a href=/>Home</a></div><article><p>{SENTENCE * 3}</p><p>{SENTENCE}</p><p>{SENTENCE * 3}</p></article>",
        "http://example.org/",
    )
    assert [block.kept for block in page.blocks[1:]] == [True, True, False]


def test_a_bare_document_is_kept_whole() -> None:
    """A page with hardly a link and no furniture is all content: a book keeps its short lines, refrains and pictures."""
    lines = "".join(f"<p>Line {n} of it.</p><img src=p{n}.png>" for n in range(40))
    page = extract(f"<a name=top><h1>A book</h1>{lines}<p>{SENTENCE}</p><p>{SENTENCE}</p>", "http://example.org/")
    assert all(block.kept for block in page.blocks)
    assert sum(image.kept for image in page.images) == 40


def test_an_unknown_engine_is_a_value_error() -> None:
    """The message names the engines there are."""
    with pytest.raises(ValueError, match="triptych"):
        extract("<p>x", "http://example.org/", engine="tryptich")


def test_hostile_markup_is_a_record_error() -> None:
    """A tag with more attributes than any page has is refused before parsing."""
    with pytest.raises(RecordError):
        extract("<p " + " ".join(f"a{index}=1" for index in range(3000)) + ">x", "http://example.org/")


def test_trafilatura_can_be_chosen() -> None:
    """Its text is the kept text, with our images between its paragraphs."""
    page = extract(ARTICLE, "http://example.org/flood", engine="trafilatura")
    text = main_text(page)
    assert "The river rose" in text and "weather" not in text
    assert [index for index, image in enumerate(page.images) if image.kept] == [1, 2]


def test_a_long_document_without_menus_is_kept_whole() -> None:
    """2,000 even paragraphs, as a book has them, are main content although each is a small part of the page."""
    chapters = "".join(
        f"<h2>Chapter {number}</h2>" + "".join(f"<p>{number}.{part}. {SENTENCE * 3}</p>" for part in range(50))
        for number in range(40)
    )
    page = extract(f"<body><h1>A book</h1>{chapters}</body>", "http://example.org/")
    texts = [block for block in page.blocks if block.kind is BlockKind.PARAGRAPH]
    assert len(texts) == 2000 and sum(block.kept for block in texts) >= 1990


@pytest.mark.parametrize("book", ["en-american-adventures", "en-chiriqui", "en-little-colonel"])
def test_a_book_keeps_every_picture_between_its_own_words(book: str) -> None:
    """All images of a real book are kept in order, and nearly every text between two of them begins and ends as in the page."""
    markup = decode(next(shared(f"interleaved/gutenberg/{book}").glob("*-h/*-h.htm")).read_bytes()).text
    page = extract(markup, "http://example.org/book/")
    parts = written(kept_items(page), page.containers, "plain")
    assert [part for part in parts if isinstance(part, int)] == list(range(len(page.images)))
    whole, found = between_images(all_parts(page)), between_images(parts)
    same = sum(one[:3] == other[:3] and one[-3:] == other[-3:] for one, other in zip(whole, found, strict=True))
    assert same >= 0.99 * len(whole)


def all_parts(page: Page) -> list[str | int]:
    """Every block's text and every image's index, kept or not."""
    return [block.image if block.image >= 0 else block.text for block in page.blocks]


def between_images(parts: Sequence[str | int]) -> list[list[str]]:
    """The words before, between and after the images."""
    runs: list[list[str]] = [[]]
    for part in parts:
        if isinstance(part, int):
            runs.append([])
        else:
            runs[-1] += re.findall(r"\w+", part)
    return runs


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from([ARTICLE, "<p>x</p>", "<div class=nav>y</div>" + ARTICLE[200:], "<td>1<td>2"]), max_size=4)
)
def test_a_page_does_not_depend_on_those_before(others: list[str]) -> None:
    """Extraction has no memory (law 5)."""
    first = extract(ARTICLE, "http://example.org/flood")
    for other in others:
        extract(other, "http://example.org/other")
    assert extract(ARTICLE, "http://example.org/flood") == first


SOUP = st.sampled_from(
    ["<p>", "</p>", "<div class='content main'>", "</div>", "<table><tr><td>", "</table>", "<li>", "<h1>", "<a href=x>", "</a>",
     "<br>", "<img src=i.png>", "<nav>", "</nav>", "<pre>", "word ", SENTENCE, "東京", "<noscript>", "</noscript>",
     "<figure><figcaption>c", "</figure>", "\x01"]
)  # fmt: skip


@given(st.lists(SOUP, max_size=40))
def test_any_soup_gives_a_sound_page(pieces: list[str]) -> None:
    """Every image has exactly one block, in order, and scores are probabilities."""
    page = extract("".join(pieces), "http://example.org/")
    assert [block.image for block in page.blocks if block.image >= 0] == list(range(len(page.images)))
    assert all(0 <= block.score <= 1 for block in page.blocks)
    assert all(page.images[block.image].kept == block.kept for block in page.blocks if block.image >= 0)
    assert all(block.text or block.image >= 0 for block in page.blocks)
    main_text(page), written(kept_items(page), page.containers)


def test_a_preview_and_its_picture_in_noscript_are_one_image() -> None:
    """A blurred preview in another folder gives way to the picture of the same file name; its address stays as a second choice."""
    html = f"<p>{SENTENCE}</p><img src=/60/1-CANkRN-picture.png><noscript><img src=/2288/1-CANkRN-picture.png alt=Graph></noscript>"
    (image,) = extract(f"{html}<p>{SENTENCE}</p>", "http://example.org/").images
    assert image.urls == (
        "http://example.org/2288/1-CANkRN-picture.png",
        "http://example.org/60/1-CANkRN-picture.png",
    )
    assert image.alt == "Graph"


def test_a_page_with_text_in_a_menu_alone_is_read() -> None:
    """A menu that was left open over the whole page does not make it an empty one."""
    page = extract(f"<nav><h2>A flood</h2><p>{SENTENCE * 3}<p>{SENTENCE * 2}", "http://example.org/")
    assert "The river rose" in main_text(page)
