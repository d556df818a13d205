"""Which images stand in main content, and where blocks and images stand in order."""

import numpy as np
import pytest

from schemas.records import BlockKind, MediaRef
from transforms.html.extract import segmented
from transforms.html.placement import assemble
from transforms.html.walk import walk

URL = "http://ex.com/a.html"
LONG = (
    "These are words of the story, and there are enough of them that nobody would take them for a caption or a title. "
    * 2
)
KEPT, DROPPED = f"<p>{LONG}</p>", f"<p>- {LONG}</p>"


def images(markup: str, dropped: str = "-") -> list[MediaRef]:
    """The images of a page whose blocks that begin with `dropped` are no main content."""
    (part,) = segmented([walk(markup, URL)])
    kept = np.array([not text.startswith(dropped) for text in part.segments.texts], np.bool_)
    return list(assemble(part.segments, kept.astype(np.float64), kept, [-1] * len(kept), part.shown)[1])


def kept_of(markup: str) -> list[bool]:
    """Whether each image of a page is kept."""
    return [image.kept for image in images(markup)]


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        (f"{KEPT}<img src=x.jpg>{KEPT}", True),
        (f"{DROPPED}<img src=x.jpg>{DROPPED}", False),
        ("<img src=x.jpg>", True),
        (f"<div>{KEPT}<img src=x.jpg>{KEPT}</div><div>{DROPPED}{DROPPED}</div>", True),
        (f"<div>{KEPT}{KEPT}{KEPT}</div><div>{DROPPED}{DROPPED}<img src=x.jpg></div>", False),
        (f"<div>{KEPT}<div><img src=x.jpg><p>- Short</p></div>{KEPT}</div>", True),
        (f"{KEPT}<aside>{KEPT}<img src=x.jpg>{KEPT}</aside>", False),
        (f"<header>{KEPT}<img src=x.jpg>{KEPT}</header>", False),
        (f"<article><header>{KEPT}<img src=x.jpg>{KEPT}</header></article>", True),
        (f"<header><article><p>{KEPT}<img src=x.jpg>{KEPT}</p></article></header>", False),
        (f"{KEPT}<img src=x.jpg width=1>{KEPT}", False),
    ],
)
def test_an_image_goes_with_the_text_around_it(markup: str, kept: bool) -> None:
    """It is kept where most of the smallest region with more text than a caption is, never in furniture, never as a dot."""
    assert kept_of(markup) == [kept]


@pytest.mark.parametrize(
    ("link", "after", "kept"),
    [
        ("other.html", "<p><a href=other.html>- A headline</a></p>", False),
        ("other.html", "<p><a href=other.html>A headline</a></p>", True),
        ("other.html", "<p>- Words that are no link</p>", True),
        ("large.jpg?w=900", "<p><a href=other.html>- A headline</a></p>", True),
        ("#top", "<p><a href=other.html>- A headline</a></p>", True),
        ("a.html#top", "<p><a href=other.html>- A headline</a></p>", True),
        ("javascript:void(0)", "<p><a href=other.html>- A headline</a></p>", True),
    ],
)
def test_a_picture_goes_with_the_headline_that_it_teases(link: str, after: str, kept: bool) -> None:
    """A link to another page before a block that is all link and dropped is dropped with it, though kept text is around."""
    assert kept_of(f"{KEPT}{KEPT}<div><a href='{link}'><img src=x.jpg></a></div>{after}{KEPT}{KEPT}") == [kept]


def test_a_linked_picture_at_the_end_of_a_page_is_no_teaser() -> None:
    """Where no block follows, the text before decides."""
    assert kept_of(f"{KEPT}{KEPT}<a href=other.html><img src=x.jpg></a>") == [True]


def test_blocks_and_images_stand_in_document_order() -> None:
    """Every run and every image is one block, in order, with its score, level and number."""
    markup = f"<h2>A</h2><img src=1.jpg>{KEPT}<img src=2.jpg><img src=3.jpg>{DROPPED}"
    (part,) = segmented([walk(markup, URL)])
    kept = np.array([True, True, False])
    blocks, shown = assemble(part.segments, np.array([0.9, 0.8, 0.1]), kept, [-1] * 3, part.shown)
    assert [block.image for block in blocks] == [-1, 0, -1, 1, 2, -1]
    assert [block.level for block in blocks] == [2, 0, 0, 0, 0, 0]
    assert [block.score for block in blocks if block.kind is not BlockKind.IMAGE] == [0.9, 0.8, 0.1]
    assert [block.kept for block in blocks if block.kind is not BlockKind.IMAGE] == [True, True, False]
    assert [block.kept for block in blocks if block.image >= 0] == [image.kept for image in shown]
    assert [image.urls[0][-5:] for image in shown] == ["1.jpg", "2.jpg", "3.jpg"]


def test_a_copy_in_noscript_is_one_image_with_its_preview() -> None:
    """The same address is shown once; a preview of the same file gives its place to the picture, both addresses kept."""
    same = images(f"{KEPT}<img src='data:,' data-src=x.jpg><noscript><img src=x.jpg></noscript>{KEPT}")
    assert [image.urls for image in same] == [("http://ex.com/x.jpg",)]
    name = "1_aLongNameOfAFile.png"
    both = images(f"{KEPT}<img src=/60/{name}><noscript><img src=/900/{name}></noscript>{KEPT}")
    assert [image.urls for image in both] == [(f"http://ex.com/900/{name}", f"http://ex.com/60/{name}")]
    other = images(f"{KEPT}<img src=1.jpg><noscript><img src=2.jpg></noscript>{KEPT}")
    assert len(other) == 2


def test_captions_come_from_the_figure() -> None:
    """A figure's caption is its image's; an image outside has none."""
    found = images(f"{KEPT}<figure><img src=1.jpg><figcaption>A hill.</figcaption></figure><img src=2.jpg>{KEPT}")
    assert [image.figcaption for image in found] == ["A hill.", ""]
