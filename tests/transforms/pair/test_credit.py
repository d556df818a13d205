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
