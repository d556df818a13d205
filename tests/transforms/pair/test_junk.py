"""Texts that say nothing of a picture, in several languages, and captions that look like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.pair.junk import is_icon, is_junk, is_search_words, is_title, without_widgets

JUNK = """
image|Image 3|IMAGE|img|IMG_2031.JPG|IMG_2031|DSC00123|DSCF 1234|P1010023|PXL_20210102_101112|my-summer-boat.jpg|
The old harbour.png|Screen Shot 2019-03-02 at 10.11.12 AM|Screenshot (12)|Bildschirmfoto 2020-01-02 um 10.11.12|
Capture d’écran 2020-01-02 à 10.11.12|Captura de pantalla 2020-01-02 a las 10.11.12|
Снимок экрана 2020-01-02 в 10.11.12|スクリーンショット 2020-01-02 10.11.12|屏幕快照 2020-01-02|see caption|
See caption.|refer to caption|Siehe Bildunterschrift|Fig 3|Figure 2.1|Abb. 5|Рис. 4|図4|3 of 20|1/12|12|—|...|
featured image|Foto|Bild 12|Beitragsbild|imagen destacada|immagine|afbeelding|изображение|写真|图片|사진|صورة|תמונה|
logo|null|undefined|n/a|alt text|You are currently viewing The old harbour|
Thumbnail for The old harbour|You are now reading The harbour|Click to enlarge|
Click here for a larger view|Read more about the harbour|Permalink to The harbour|Continue reading|
View full size image|Open image in new tab|Avatar of ann|Profile picture of ann|Weiterlesen|Lire la suite|
클릭하시면 원본 이미지를 보실 수 있습니다|Нажмите, чтобы увеличить|اضغط لتكبير الصورة|Büyütmek için tıklayın|Κάντε κλικ για μεγέθυνση|
Kliknij, aby powiększyć|Klicken Sie auf das Bild|Klicka på bilden|
画像をクリックすると拡大します|
बड़ा करने के लिए क्लिक करें|Nhấn vào để phóng to|คลิกเพื่อดูภาพใหญ่|
לחצו להגדלה|Klik untuk memperbesar|
Читать далее|続きを読む|This image has an empty alt attribute; its file name is boat.jpg|5f2b9c0a7d1e4f3ab|
aB3dE5fG7hI9jK1mN|550e8400-e29b-41d4-a716-446655440000|https://ex.org/boat.jpg|www.ex.org|old_harbour_boats|
old-harbour-boats-2019|Follow us on Web|WhatsApp Image 2020-01-02 at 10.11.12|unnamed (1)|
cheap shoes, buy shoes online, shoes sale, best shoes|shoes|red shoes|shoes for men|shoes shop
""".replace("\n", "").split("|")
CAPTIONS = """
A red boat lies on the quiet beach|The image of a saint above the door|Photo of my grandmother in 1931|
Figure of a dancing man|Plate with two fish|Bild einer alten Mühle|Foto vom Hafen im Mai|Image de la vieille ville|
Imagen de la Virgen|Рисунок старого моста|図書館の前の広場|写真家の家|图书馆的入口|
Screenshot of the new settings page|Map of the river in 1850|Logo of the 1936 games on a stamp|Fig. 3. A boat at sea|
Left to right: Ann Lee, Bob Lee, Cid Lee, Dora Hall|Apples, pears, plums, figs|A self-portrait|twenty-one swans|
Open door of a mill at night|A view of the gallery from the east|See the lions at the gate?|1917: the tower burns|
St. John's, 1901|Klickitat River in May|
クリックの音を録る人|Klik en Klak, de tweeling|اضغاط الهواء فوق المدينة|Viewing platform above the falls
""".replace("\n", "").split("|")


@pytest.mark.parametrize(
    "text", [text for text in JUNK if text not in ("shoes", "red shoes", "shoes for men", "shoes shop")]
)
def test_junk(text: str) -> None:
    """File names, cameras, screens, labels, themes, search words."""
    assert is_junk(text)


@pytest.mark.parametrize("text", CAPTIONS)
def test_captions_that_look_like_junk(text: str) -> None:
    """They begin with the same words, or are lists of names."""
    assert not is_junk(text)


def test_search_words_say_one_word_again_and_again() -> None:
    """In short pieces without capitals; fewer pieces are a list."""
    assert is_search_words("shoes|red shoes|shoes for men|shoes shop")
    assert not is_search_words("shoes, boots, hats, red gloves")
    assert not is_search_words("red shoes, blue shoes")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The Old Harbour", True), ("The old harbour | Ex Times", True), ("Ex Times » The old harbour", True),
        ("The old harbour – news – Ex", True), ("The old harbour in May", False), ("", False),
    ],
)  # fmt: skip
def test_a_title_with_the_name_of_its_site(title: str, expected: bool) -> None:
    """Whatever the case and the mark between the two."""
    assert is_title("The old harbour", title) is expected
    assert not is_title("", title)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The mill hide caption toggle caption", "The mill"), ("The mill (click to enlarge)", "The mill"),
        ("Image caption The mill", "The mill"), ("Enlarge this image", "Enlarge this image"), ("The mill", "The mill"),
    ],
)  # fmt: skip
def test_words_of_viewers_are_cut_off(text: str, expected: str) -> None:
    """A text of nothing else stays as it is."""
    assert without_widgets(text) == expected


@given(st.text(max_size=400))
def test_any_text_will_do(text: str) -> None:
    """Whatever it is, it is junk or not."""
    assert is_junk(text) in (True, False)
    assert isinstance(without_widgets(text), str)


@pytest.mark.parametrize(
    ("alt", "icon"),
    [
        ("Digitial products icon", True), ("Thoughts and Ideas logo", True), ("Knowledge icons.", True), ("Icon: mail", True),
        ("LOGO", True), ("Our logo for the year", True), ("Icône", True), ("Award winner badge", False),
        ("Logo of the 1936 games on a stamp", False), ("Silicon", False),
        ("The new logo of Airbnb on a wall", False), ("An iconic hill", False), ("mill_logo", False), ("", False),
    ],
)  # fmt: skip
def test_what_is_called_an_icon(alt: str, icon: bool) -> None:
    """By the last word of an alt text or its first."""
    assert is_icon(alt) == icon
