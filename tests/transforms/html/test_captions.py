"""Captions that stand beside pictures by class, role or tag, and which picture each belongs to. Pages are ours."""

import pytest

from transforms.html.captions import named
from transforms.html.extract import extract

URL = "http://ex.com/a.html"
PROSE = "<p>We walked on along the shore until the evening came, and nobody was there but the gulls and us.</p>"


def said(markup: str) -> list[dict[str, str]]:
    """What is said of each image of a page, by kind."""
    page = extract(f"<html><body><article>{PROSE}{markup}{PROSE}</article></body></html>", URL)
    return [dict(image.others) for image in page.images]


def captions(markup: str) -> list[str]:
    """The caption that each image of a page has by class, role or tag."""
    return [each.get("caption", "") for each in said(markup)]


WORDPRESS = '<div class="wp-caption alignleft"><a href="b.jpg"><img src=a.jpg></a><p class="wp-caption-text">Die alte Mühle</p></div>'
MEDIAWIKI = (
    '<div class="thumb"><div class="thumbinner"><a href="/wiki/B"><img src=b.jpg></a><div class="thumbcaption">'
    '<div class="magnify"><a title="Vergrößern"></a></div>Le pont <a href="/x">de pierre</a></div></div></div>'
)
BLOGGER = (
    '<table class="tr-caption-container"><tr><td><img src=c.jpg></td></tr>'
    '<tr><td class="tr-caption">Три лодки у берега</td></tr></table>'
)
GALLERY = '<dl class="gallery-item"><dt><img src=d.jpg></dt><dd class="wp-caption-text">Un niño da de comer</dd></dl>'
WIKI_GALLERY = (
    '<ul><li class="gallerybox"><div class="thumb"><img src=e.jpg></div>'
    '<div class="gallerytext"><p>港の古い船</p></div></li></ul>'
)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (WORDPRESS, ["Die alte Mühle"]),
        (MEDIAWIKI, ["Le pont de pierre"]),
        (BLOGGER, ["Три лодки у берега"]),
        (GALLERY, ["Un niño da de comer"]),
        (WIKI_GALLERY, ["港の古い船"]),
        ('<div><img src=a.jpg><span class="caption">A red door</span></div>', ["A red door"]),
        ('<p><img src=a.jpg></p><p class="caption">A red<br>door</p>', ["A red door"]),
        ('<img src=a.jpg><div class="imageCaption">A red door</div>', ["A red door"]),
        ('<img src=a.jpg><div class="image__caption-text">A red door</div>', ["A red door"]),
        ('<img src=a.jpg><div class="cutline">A red door</div>', ["A red door"]),
        ('<img src=a.jpg><p class="bildunterschrift">Die rote Tür</p>', ["Die rote Tür"]),
        ('<img src=a.jpg><p class="legende">La porte rouge</p>', ["La porte rouge"]),
        ('<img src=a.jpg><p class="pie-de-foto">La puerta roja</p>', ["La puerta roja"]),
        ('<img src=a.jpg><p class="foto-bijschrift">De rode deur</p>', ["De rode deur"]),
        ('<img src=a.jpg><p class="didascalia">La porta rossa</p>', ["La porta rossa"]),
        ('<img src=a.jpg><div role="caption">A red door</div>', ["A red door"]),
        ("<div><img src=a.jpg><figcaption>A red door</figcaption></div>", ["A red door"]),
        ('<figure><img src=a.jpg><p class="caption">A red door</p></figure>', ["A red door"]),
        ('<p class="caption">A red door</p><img src=a.jpg>', ["A red door"]),
        ('<img src=a.jpg><a href="big.jpg">Enlarge</a><p class="caption">A red door</p>', ["A red door"]),
    ],
)
def test_a_caption_by_its_class(markup: str, expected: list[str]) -> None:
    """As themes, wikis and blogs of several languages write it."""
    assert captions(markup) == expected


@pytest.mark.parametrize(
    "markup",
    [
        f'<img src=a.jpg>{PROSE}<p class="caption">Of nothing here</p>',
        '<div class="caption"><img src=a.jpg></div>',
        '<img src=a.jpg><p class="recaptured">Words</p>',
        "<figure><img src=a.jpg><figcaption>The figure's</figcaption></figure>",
        f'<img src=a.jpg><div class="caption">{"Long prose that is no caption. " * 80}</div>',
        '<img src=a.jpg><p class="caption"> </p>',
    ],
)
def test_what_is_no_caption_of_the_picture(markup: str) -> None:
    """Behind other text, around the picture, of another word, read with the figure, far too long, empty."""
    assert captions(markup) == [""]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("P C P C", ["1", "2"]),
        ("C P C P", ["1", "2"]),
        ("P P C", ["", "1"]),
        ("P C P", ["1", ""]),
        ("P C T C P", ["1", "2"]),
        ("P T P C", ["", "1"]),
        ("P P C C", ["1", "2"]),
        ("<div> P C </div> <div> P </div> <div> C P </div>", ["1", "", "2"]),
        ("<div> P </div> <div> C P </div> <div> C P </div>", ["", "1", "2"]),
    ],
)
def test_each_caption_goes_to_its_picture(markup: str, expected: list[str]) -> None:
    """Pictures, captions and text in a row: below the picture, above it where a row begins so, the only one of an element first."""
    pieces, count = [], 0
    for piece in markup.split():
        count += piece == "C"
        known = {"P": f"<img src={len(pieces)}.jpg>", "C": f'<p class="caption">{count}</p>', "T": PROSE}
        pieces.append(known.get(piece, piece))
    assert captions("".join(pieces)) == expected


def test_a_row_of_captions_below_a_row_of_pictures() -> None:
    """Each cell is the caption of the pictures above its columns; one cell is that of all."""
    shown = "<td><img src=a.jpg><br><i>a</i></td><td><img src=b.jpg><br><i>b</i></td><td><img src=c.jpg></td>"
    row = f"<table><tr>{shown}</tr><tr>{{}}</tr></table>"
    wide = '<td class="caption" colspan="2">Two cups</td><td class="caption">A bowl</td>'
    assert captions(row.format(wide)) == ["Two cups", "Two cups", "A bowl"]
    assert captions(row.format('<td class="caption" colspan="3">Three pots</td>')) == ["Three pots"] * 3


def test_the_caption_of_a_table_that_shows_pictures() -> None:
    """One with much text or many pictures is a table of its own."""
    table = "<table><caption>The square on a {}</caption><tr><td>{}</td></tr></table>"
    found = said(table.format("Sunday", "<img src=a.jpg>"))
    assert [each.get("table_caption") for each in found] == ["The square on a Sunday"]
    assert not said(table.format("list", f"<img src=a.jpg>{PROSE * 4}"))[0]
    assert not any(said(table.format("list", "<img src=a.jpg>" * 5)))


def test_an_icon_in_a_caption_is_no_picture() -> None:
    """Older wikis have a lens in each caption, sports pages a flag."""
    lens = "<img src=lens.png width=15 height=11>"
    assert captions(f'<div><img src=a.jpg width=220><div class="thumbcaption">{lens} The mill</div></div>') == [
        "The mill",
        "",
    ]


def test_a_lazy_picture_and_its_copy_have_one_caption() -> None:
    """The copy in `noscript` stands between the picture and its caption."""
    lazy = '<img src="data:," data-src=a.jpg><noscript><img src=a.jpg></noscript><p class="caption">The mill</p>'
    assert captions(lazy) == ["The mill"]
    assert captions('<img class=x><noscript><img src=a.jpg></noscript><p class="caption">The mill</p>') == ["The mill"]


def test_a_credit_by_its_class() -> None:
    """It stands beside the caption or in it, and is kept apart."""
    inside = '<div><img src=a.jpg><p class="caption">The mill <span class="photo-credit">Ann Lee</span></p></div>'
    beside = '<div><img src=a.jpg><p class="caption">The mill</p><p class="bildquelle">Ann Lee</p></div>'
    assert said(inside) == [{"caption": "The mill Ann Lee", "credit": "Ann Lee"}]
    assert said(beside) == [{"caption": "The mill", "credit": "Ann Lee"}]


def test_a_class_is_found_among_many() -> None:
    """Beyond ASCII and with capitals too; the last one as well."""
    assert [named(each) for each in ("İX légende", "Photo-Credit", "credit-card", "video-caption-toggle")] == [
        "caption", "credit", "", "",
    ]  # fmt: skip
    for classes in ("İ caption", "CAPTION", "x caption\ny"):
        assert captions(f'<img src=a.jpg><p class="{classes}">The mill</p><p class="zz"></p>') == ["The mill"]


@pytest.mark.parametrize(
    "name",
    [
        "bild-unterschrift", "billedtekst", "pie_foto", "pie-de-foto", "epigrafe", "foto-legenda", "legenda", "popisek", "kuvateksti",
        "image__description", "photo-desc", "img-subtitle",
    ],
)  # fmt: skip
def test_classes_of_other_languages_and_makes(name: str) -> None:
    """As sites of other countries call a caption."""
    assert captions(f'<img src=a.jpg><p class="{name}">The mill</p>') == ["The mill"]


@pytest.mark.parametrize(
    "name", ["legendary", "meta-description", "description", "product-subtitle", "image-descending", "epigraph"]
)
def test_classes_that_name_no_caption(name: str) -> None:
    """Descriptions of something else."""
    assert named(name) == ""


def test_classes_name_captions_in_any_case() -> None:
    """Classes are looked through in small letters."""
    assert [named(said) for said in ("Wp-Caption-TEXT", "PhotoCredit", "LÉGENDE", "Image_Source")] == [
        "caption",
        "credit",
        "caption",
        "credit",
    ]
