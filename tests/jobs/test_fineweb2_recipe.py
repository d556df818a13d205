"""The recipe `fineweb2`: its numbers are FineWeb2's, and texts are judged by those of their language."""

import pytest

import triptych
from schemas.recipe import Bounds, Rules
from transforms.text.stop_words import STOP_WORDS
from transforms.text.unspaced import UNSPACED_LANGUAGES

RECIPE = triptych.load_recipe("fineweb2")
PART = RECIPE.parts["text"]

# huggingface/fineweb-2, configs/deu_Latn.yml at 05e6729: line_punct_thr and min_avg_word_length are 0 there.
GERMAN = {
    "datatrove_dup_lines": Bounds(ceiling=0.263),
    "datatrove_top_2gram_chars": Bounds(ceiling=0.169),
    "datatrove_top_3gram_chars": Bounds(ceiling=0.153),
    "datatrove_top_4gram_chars": Bounds(ceiling=0.137),
    "datatrove_dup_5gram_chars": Bounds(ceiling=0.141),
    "datatrove_dup_6gram_chars": Bounds(ceiling=0.134),
    "datatrove_dup_7gram_chars": Bounds(ceiling=0.126),
    "datatrove_dup_8gram_chars": Bounds(ceiling=0.117),
    "datatrove_dup_9gram_chars": Bounds(ceiling=0.108),
    "datatrove_dup_10gram_chars": Bounds(ceiling=0.098),
    "datatrove_mean_word_length": Bounds(ceiling=15),
    "datatrove_alpha_words": Bounds(floor=0.774),
    "fineweb_newlines_per_word": Bounds(ceiling=0.152),
}
# configs/spa_Latn.yml at d331bee.
SPANISH = {
    "datatrove_dup_lines": Bounds(ceiling=0.252),
    "datatrove_top_2gram_chars": Bounds(ceiling=0.156),
    "datatrove_top_3gram_chars": Bounds(ceiling=0.14),
    "datatrove_top_4gram_chars": Bounds(ceiling=0.125),
    "datatrove_dup_5gram_chars": Bounds(ceiling=0.145),
    "datatrove_dup_6gram_chars": Bounds(ceiling=0.136),
    "datatrove_dup_7gram_chars": Bounds(ceiling=0.127),
    "datatrove_dup_8gram_chars": Bounds(ceiling=0.117),
    "datatrove_dup_9gram_chars": Bounds(ceiling=0.108),
    "datatrove_dup_10gram_chars": Bounds(ceiling=0.099),
    "datatrove_mean_word_length": Bounds(floor=3, ceiling=14),
    "datatrove_alpha_words": Bounds(floor=0.825),
    "fineweb_terminal_lines": Bounds(floor=0.182),
    "fineweb_newlines_per_word": Bounds(ceiling=0.138),
}

BREAD = """\
Brot wird in vielen Ländern aus Mehl, Wasser und Salz gebacken, und in den meisten kommt Hefe oder Sauerteig dazu.
Der Teig ruht zuerst einige Stunden in der Schüssel, damit sich der Kleber bilden kann, und wird dann zu einem Laib geformt.
Wer einen alten Ofen hat, legt am Morgen Holz hinein und wartet, bis die Steine heiß sind; danach wird die Glut ausgefegt.
Das Brot ist fertig, wenn es hohl klingt, sobald man mit dem Finger auf seine Unterseite klopft.
"""
LIST = """\
Das Mehl aus der Mühle
Die Butter aus dem Keller
Der Zucker und die Eier
Das Salz von der See
Die Milch mit dem Rahm
Der Käse aus den Bergen
Das Obst aus dem Garten
Die Nüsse und der Honig
Der Wein von den Hügeln
Das Wasser aus dem Brunnen
Die Kräuter für die Suppe
"""


@pytest.mark.parametrize(("label", "source"), [("de", GERMAN), ("es", SPANISH)])
def test_each_number_of_a_language_is_that_of_its_file(label: str, source: Rules) -> None:
    """What bounds nothing there is no rule here."""
    assert dict(PART.by_language[label]) == source


def test_every_language_has_all_its_rules() -> None:
    """Each has numbers and stop words of its own; only lines' ends and the length of pieces may go without."""
    assert set(PART.languages) == set(PART.by_language) and "en" not in PART.languages
    assert set(PART.languages) <= STOP_WORDS.keys()
    for label, rules in PART.by_language.items():
        may_miss = {"fineweb_terminal_lines"} | (
            {"datatrove_mean_word_length"} if label in UNSPACED_LANGUAGES else set()
        )
        assert set(SPANISH) - may_miss <= rules.keys() <= {*SPANISH, "lang_score"}
        assert label not in UNSPACED_LANGUAGES or "datatrove_mean_word_length" not in rules


def test_a_german_text_is_judged_by_german_numbers() -> None:
    """An article is kept; a list of as many words has more newlines than German allows, and than English does not."""
    assert triptych.judge(BREAD, RECIPE).kept
    verdict = triptych.judge(LIST, RECIPE)
    assert (verdict.language, verdict.rule) == ("de", "fineweb_newlines_per_word")
    assert verdict.value == verdict.measures["fineweb_newlines_per_word"] and 0.152 < verdict.value < 0.3


def test_other_languages_are_not_its_own() -> None:
    """English is FineWeb's."""
    english = "The bread that you have with the soup is made of flour and water, and it is to be eaten warm. " * 4
    assert triptych.judge(english, RECIPE).rule == "language"
