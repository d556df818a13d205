"""What attributes, links and the text beside a picture say of it. Pages are ours."""

import pytest

from transforms.html.extract import extract
from transforms.html.picture_words import numbered_caption

URL = "http://ex.com/a.html"
PROSE = "We walked on along the shore until the evening came, and nobody was there but the gulls and us."


def said(markup: str) -> list[tuple[tuple[str, str], ...]]:
    """What is said of each image of a page."""
    return [image.others for image in extract(f"<article><p>{PROSE}</p>{markup}<p>{PROSE}</p></article>", URL).images]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<img src=a.jpg aria-label="A red door">', ("aria_label", "A red door")),
        ('<img src=a.jpg data-caption="A red door">', ("data_caption", "A red door")),
        ('<img src=a.jpg data-image-caption="&lt;p&gt;A red door&lt;/p&gt;">', ("data_caption", "<p>A red door</p>")),
        ('<img src=a.jpg aria-describedby="x"><p id=x>A red door</p>', ("aria_description", "A red door")),
        ('<img src=a.jpg aria-labelledby="y x"><p id=x>door</p><p id=y>A red</p>', ("aria_label", "A red door")),
        ('<a href=b.jpg title="A red door"><img src=a.jpg></a>', ("link_title", "A red door")),
        ('<a href=b.jpg data-sub-html="A red door"><img src=a.jpg></a>', ("data_caption", "A red door")),
    ],
)
def test_attributes_that_caption_a_picture(markup: str, expected: tuple[str, str]) -> None:
    """Its own, those of elements that it names by id, those of the link around it."""
    assert said(markup) == [(expected,)]


def test_an_id_that_is_nowhere_says_nothing() -> None:
    """Nor does an empty attribute, nor one with a broken name."""
    assert said('<img src=a.jpg aria-describedby="zz" aria-label=" ">') == [()]


@pytest.mark.parametrize(
    "text",
    [
        "Fig. 3. A boat at sea.", "Figure 2.1: A boat", "(Fig. IV) A boat", "Abb. 5: Ein Boot", "Abbildung 2 – Ein Boot",
        "Figura 3. Una barca", "Рис. 4. Лодка у берега", "図3 港の船", "图1：港口的船", "그림 2 항구의 배", "Obr. 7: Loď", "Rys. 1. Łódź",
        "Kuva 3. Vene", "Image 3: A boat at sea", "Ryc. 3. Łódź", "الشكل 3: قارب على الشاطئ", "شکل ۳: قایق", "चित्र ३: तट पर नाव",
        "चित्र 3: तट पर नाव", "ภาพที่ 3 เรือบนชายหาด", "Şekil 3: Tekne", "Hình 3: Thuyền", "Εικόνα 3: Βάρκα", "איור 3: סירה", "Мал. 3. Човен",
        "Above: A boat at sea", "Oben: Ein Boot", "Ci-dessus : un bateau", "Слева: лодка",
    ],
)  # fmt: skip
def test_a_text_below_a_picture_that_says_so(text: str) -> None:
    """A label with a number and a mark, or a word for the place of the picture."""
    assert said(f"<p><img src=a.jpg></p><p>{text}</p>") == [(("beside", text),)]


@pytest.mark.parametrize(
    "text",
    [
        "Fig. 3 shows a boat at sea.",
        "Figures are hard.",
        "Above all it is a boat.",
        "Photo",
        "ภาพที่ 3 แสดงเรือบนชายหาด",
        "चित्र 3 में तट पर एक नाव है।",
        "يوضح الشكل 3 القارب",
        "Fig. 3.",
        f"Fig. 3. {PROSE * 9}",
    ],
)
def test_a_text_below_a_picture_that_is_prose(text: str) -> None:
    """A sentence about a figure is none of its own, nor is a label without words, nor a long text."""
    assert said(f"<p><img src=a.jpg></p><p>{text}</p>") == [()]


def test_a_text_above_a_picture() -> None:
    """It says "below"; a numbered one there is the caption of the picture before."""
    assert numbered_caption(["Below: the mill", PROSE], 1) == "Below: the mill"
    assert numbered_caption(["Fig. 3. The mill", PROSE], 1) == ""
    assert numbered_caption([], 0) == ""


def test_a_text_beside_a_picture_with_a_caption_says_nothing_more() -> None:
    """It is that caption, or another picture's."""
    assert said('<p><img src=a.jpg></p><p class="caption">Fig. 3. A boat</p>') == [(("caption", "Fig. 3. A boat"),)]
