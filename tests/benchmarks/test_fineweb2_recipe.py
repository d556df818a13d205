"""How a file of FineWeb2 becomes the rules of a language."""

import tomllib

import pytest

import triptych
from benchmarks.fineweb2_recipe import CONFIGS, recipe, rules
from benchmarks.fineweb2_verdicts import arguments
from schemas.languages import LANGUAGES

CONFIG = """\
dup_line_frac: 0.263
dup_n_grams:
- - 5
  - 0.141
- - 10
  - 0.098
language_score: 0.821
line_punct_thr: -1
max_avg_word_length: 15
max_non_alpha_words_ratio: 0.774
min_avg_word_length: 0
new_line_ratio: 0.152
stopwords:
- der
- "f\\xFCr"
top_n_grams:
- - 2
  - 0.169
"""


def test_a_number_that_bounds_nothing_is_no_rule() -> None:
    """0 and less are left out, and lengths of pieces where words have no spaces."""
    assert dict(rules("de", CONFIG)) == {
        "datatrove_dup_lines": "ceiling = 0.263",
        "datatrove_top_2gram_chars": "ceiling = 0.169",
        "datatrove_dup_5gram_chars": "ceiling = 0.141",
        "datatrove_dup_10gram_chars": "ceiling = 0.098",
        "datatrove_mean_word_length": "ceiling = 15",
        "datatrove_alpha_words": "floor = 0.774",
        "fineweb_newlines_per_word": "ceiling = 0.152",
    }
    bounding = CONFIG.replace("thr: -1", "thr: 0.1").replace("min_avg_word_length: 0", "min_avg_word_length: 2")
    assert dict(rules("de", bounding))["fineweb_terminal_lines"] == "floor = 0.1"
    assert dict(rules("de", bounding))["datatrove_mean_word_length"] == "floor = 2, ceiling = 15"
    assert "datatrove_mean_word_length" not in dict(rules("zh", CONFIG))


def test_the_recipe_is_toml_and_asks_less_of_a_score_that_neighbours_share() -> None:
    """A language whose own threshold is below FineWeb's 0.65 has FineWeb2's least."""
    tree = tomllib.loads(recipe({"de": CONFIG, "hr": CONFIG.replace("0.821", "0.467")}))
    assert tree["text"]["languages"] == list(tree["text"]["by_language"]) == ["de", "hr"]
    assert "lang_score" not in tree["text"]["by_language"]["de"]
    assert tree["text"]["by_language"]["hr"]["lang_score"] == {"floor": 0.3}


def test_a_file_without_a_number_is_an_error() -> None:
    """It is named by its key."""
    with pytest.raises(KeyError, match="new_line_ratio"):
        list(rules("de", CONFIG.replace("new_line_ratio", "newline_ratio")))


def test_each_label_is_one_of_the_model_and_each_file_is_taken_once() -> None:
    """One variety for each label."""
    assert set(CONFIGS) <= set(LANGUAGES) and len(set(CONFIGS.values())) == len(CONFIGS)


def test_datatrove_is_given_the_same_numbers() -> None:
    """A rule that is not there is 0, which bounds nothing in datatrove."""
    part = triptych.load_recipe("fineweb2").parts["text"]
    repetition, fineweb, quality = arguments(part.by_language["de"])
    assert repetition["dup_line_frac"] == 0.263 and repetition["top_n_grams"] == [(2, 0.169), (3, 0.153), (4, 0.137)]
    assert fineweb == {"line_punct_thr": 0, "new_line_ratio": 0.152}
    assert quality == {"min_avg_word_length": 0, "max_avg_word_length": 15, "max_non_alpha_words_ratio": 0.774}
