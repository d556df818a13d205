"""Credits at the end of captions, in several languages, and captions that only look so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.pair.credit import without_credit


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("The mill burns. Photo: Ann Lee", "The mill burns.", "Photo: Ann Lee"),
        ("The mill burns (Photo by Ann Lee)", "The mill burns", "Photo by Ann Lee"),
        ("The mill burns. (AP Photo/Ann Lee)", "The mill burns.", "AP Photo/Ann Lee"),
        ("The mill burns. REUTERS/Ann Lee", "The mill burns.", "REUTERS/Ann Lee"),
        ("The mill burns. Ann Lee/Getty Images", "The mill burns.", "Ann Lee/Getty Images"),
        ("The mill burns © Ann Lee", "The mill burns", "© Ann Lee"),
        ("The mill burns, photo courtesy of the Mill Museum", "The mill burns", "photo courtesy of the Mill Museum"),
        ("The mill burns Credit...Ann Lee for The Times", "The mill burns", "Credit...Ann Lee for The Times"),
        ("Die Mühle brennt. Foto: Anna Lee", "Die Mühle brennt.", "Foto: Anna Lee"),
        ("Die Mühle brennt | Quelle: Stadtarchiv", "Die Mühle brennt", "Quelle: Stadtarchiv"),
        ("Le moulin brûle. Crédit photo : Anne Lee", "Le moulin brûle.", "Crédit photo : Anne Lee"),
        ("El molino arde. Fuente: Archivo Municipal", "El molino arde.", "Fuente: Archivo Municipal"),
        ("Мельница горит. Фото: Анна Ли", "Мельница горит.", "Фото: Анна Ли"),
        ("Młyn płonie. Fot. Anna Lee", "Młyn płonie. Fot. Anna Lee", ""),
        ("Photo: Ann Lee", "", "Photo: Ann Lee"),
        ("Photo: A boat in the harbour", "Photo: A boat in the harbour", ""),
        ("A photo by the sea", "A photo by the sea", ""),
        ("The source: a spring below the mill", "The source: a spring below the mill", ""),
        ("Two ways to go: left and right", "Two ways to go: left and right", ""),
        ("静かな浜の赤い舟（写真：山田太郎）", "静かな浜の赤い舟", "写真：山田太郎"),
        ("静かな浜の赤い舟 撮影=山田太郎", "静かな浜の赤い舟", "撮影=山田太郎"),
        ("静かな浜の赤い舟（共同）", "静かな浜の赤い舟", "共同"),
        ("沙滩上停着一艘红船。新华社记者 李明 摄", "沙滩上停着一艘红船。", "新华社记者 李明 摄"),
        ("沙滩上停着一艘红船（图源：视觉中国）", "沙滩上停着一艘红船", "图源：视觉中国"),
        ("해변에 누워 있는 빨간 배 /사진=연합뉴스", "해변에 누워 있는 빨간 배", "사진=연합뉴스"),
        ("סירה אדומה על החוף (צילום: דוד כהן)", "סירה אדומה על החוף", "צילום: דוד כהן"),
        ("قارب أحمر على الشاطئ (رويترز)", "قارب أحمر على الشاطئ", "رويترز"),
        ("قارب أحمر على الشاطئ. تصوير: محمد علي", "قارب أحمر على الشاطئ.", "تصوير: محمد علي"),
        ("तट पर लाल नाव (फोटो: राम शर्मा)", "तट पर लाल नाव", "फोटो: राम शर्मा"),
        ("เรือสีแดงบนชายหาด ภาพ: สมชาย", "เรือสีแดงบนชายหาด", "ภาพ: สมชาย"),
        ("Thuyền đỏ trên bãi biển. Ảnh: Minh Anh", "Thuyền đỏ trên bãi biển.", "Ảnh: Minh Anh"),
        ("Sahilde kırmızı tekne. Fotoğraf: Ali Kaya", "Sahilde kırmızı tekne.", "Fotoğraf: Ali Kaya"),
        (
            "Κόκκινη βάρκα στην παραλία. Φωτογραφία: Γιάννης Ρίτσος",
            "Κόκκινη βάρκα στην παραλία.",
            "Φωτογραφία: Γιάννης Ρίτσος",
        ),
        ("写真：静かな浜の赤い舟", "写真：静かな浜の赤い舟", ""),
        ("写真を撮影する人", "写真を撮影する人", ""),
        ("사진 속의 빨간 배", "사진 속의 빨간 배", ""),
        ("小学生在图书馆 游客拍摄", "小学生在图书馆 游客拍摄", ""),
        ("", "", ""),
    ],
)
def test_a_credit_is_cut_off(text: str, caption: str, credit: str) -> None:
    """By a word for the maker and a mark, by a sign, as agencies sign; a caption that is all credit is left empty."""
    assert without_credit(text) == (caption, credit)


def test_a_credit_that_the_page_names() -> None:
    """It is cut off either end, and told where the caption has it not."""
    assert without_credit("The mill burns Ann Lee", "Ann Lee") == ("The mill burns", "Ann Lee")
    assert without_credit("Ann Lee: The mill burns", "Ann Lee") == ("The mill burns", "Ann Lee")
    assert without_credit("The mill burns", "Ann Lee") == ("The mill burns", "Ann Lee")


@given(st.text(max_size=300))
def test_a_credit_and_its_caption_are_parts_of_the_text(text: str) -> None:
    """Nothing is made up."""
    caption, credit = without_credit(text)
    assert caption in text
    assert credit in text
