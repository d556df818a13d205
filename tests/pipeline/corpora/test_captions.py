"""The caption of each pair by the recipe: order, rules, what speaks against a text, credits, wide figures."""

from typing import Any

import pytest

from pipeline.corpora import load_recipe
from pipeline.corpora.captions import Captions, choose_captions, languages_of
from pipeline.corpora.pairs import judge
from schemas.recipe import CAPTION_KINDS, Recipe
from tests.support.index_rows import judged, medium, page, ref, rows_of_unit
from transforms.text.language import identifier

BOAT = "A red boat lies on the beach"


def recipe(text: str = "") -> Recipe:
    """A recipe of these lines, for pairs alone."""
    return load_recipe('name = "x"\ncorpora = ["pairs"]\n[pairs]\n' + text)


def chosen(refs: list[dict[str, Any]], text: str = "", **changes: Any) -> Captions:
    """The captions of references of one page, whose pictures all are at hand."""
    unit = rows_of_unit([page(1, **changes)], refs, [medium(number) for number in range(len(refs))])
    part = recipe(text).parts["pairs"]
    return choose_captions(unit, part.captions, part.choice, part.rules, part.by_language)


@pytest.mark.parametrize("kind", CAPTION_KINDS)
def test_every_kind_can_be_the_caption(kind: str) -> None:
    """Where the recipe names it, and the others are told beside it."""
    captions = chosen([ref(0, 0, **{"alt": "image", "title": "IMG_1.JPG", kind: BOAT})])
    assert (captions.kind.tolist(), captions.text.tolist()) == ([kind], [BOAT])
    beside = {"alt": "alt: image", "title": "title: IMG_1.JPG"}
    assert captions.others[0] == [text for name, text in beside.items() if name != kind]


def test_rules_are_those_of_the_page_language() -> None:
    """A text that is too short in one language is not in another."""
    rules = "rules = {caption_chars = {floor = 9}}\nby_language = {ja = {caption_chars = {floor = 3}}}"
    said = [ref(0, 0, alt="港の古い船", figcaption="A boat in the harbour")]
    assert chosen(said, rules, lang="en").kind.tolist() == ["figcaption"]
    assert chosen(said, rules, lang="ja").kind.tolist() == ["alt"]


def test_an_alt_text_that_the_pictures_of_a_page_share() -> None:
    """It is counted over all pictures of the page, and comes behind a text of its own."""
    refs = [ref(0, n, n, alt="Our journey to the sea", figcaption=BOAT if n == 1 else "") for n in range(4)]
    captions = chosen(refs)
    assert captions.kind.tolist() == ["alt", "figcaption", "alt", "alt"]
    assert captions.numbers["caption_pictures"].tolist() == [4, 1, 4, 4]


def test_the_title_of_the_page_comes_behind_other_texts() -> None:
    """It is a caption where there is no other."""
    both = ref(0, 0, alt="A day at sea", figcaption=BOAT)
    assert chosen([both], title="A day at sea | Ex").kind.tolist() == ["figcaption"]
    alone = chosen([ref(0, 0, alt="A day at sea")], title="A day at sea | Ex")
    assert (alone.kind.tolist(), alone.numbers["caption_title"].tolist()) == (["alt"], [1])


def test_a_credit_is_a_column() -> None:
    """Cut off the caption, or as the page names it; a caption that is all credit is none."""
    refs = [
        ref(0, 0, 0, figcaption=f"{BOAT}. Photo: Ann Lee"), ref(0, 1, 1, alt=BOAT, credit="Ann Lee"),
        ref(0, 2, 2, figcaption="Photo: Ann Lee"),
    ]  # fmt: skip
    captions = chosen(refs)
    assert captions.text.tolist() == [f"{BOAT}.", BOAT, ""]
    assert captions.credit.tolist() == ["Photo: Ann Lee", "Ann Lee", "Photo: Ann Lee"]
    assert captions.others.tolist() == [[], [], []]


def test_a_wide_figure_is_no_banner() -> None:
    """Where the recipe says so, and only with a caption of its own: a figure's, or one by its class."""
    refs = [
        ref(0, 0, 0, alt=BOAT),
        ref(0, 1, 1, figcaption=BOAT),
        ref(0, 2, 2, caption=BOAT),
        ref(0, 3, 3, aria_label=BOAT),
    ]
    unit = rows_of_unit([page(1)], refs, [medium(n, width=900, height=200) for n in range(4)])
    rule = "rules = {image_aspect = {ceiling = 3}}\n"
    wide = judged("pairs", recipe(rule + "wide_figures = true"), unit)
    assert wide.verdicts.rule.tolist() == ["image_aspect", "", "", "image_aspect"]
    assert judged("pairs", recipe(rule), unit).verdicts.rule.tolist() == ["image_aspect"] * 4
    assert wide.numbers["image_aspect"].tolist() == [4.5] * 4


def test_a_caption_has_a_language_of_its_own() -> None:
    """It is that of its own words, whatever the page's is; where no caption is taken it is undetermined."""
    said = "Ein rotes Boot liegt am Strand und wartet auf die Flut"
    captions = chosen([ref(0, 0, 0, alt=said), ref(0, 1, 1, alt="")], lang="en")
    lang, lang_score = languages_of(captions.text, identifier().identify)
    assert lang.tolist() == ["de", "und"]
    assert lang_score[0] > 0.9 and lang_score[1] == 0
    refs, media = [ref(0, 0, 0, alt=said), ref(0, 1, 1, alt=f"{BOAT} and waits for the tide")], [medium(0), medium(1)]
    unit = rows_of_unit([page(1, lang="de")], refs, media)
    assert judge(unit, recipe('caption_languages = ["en"]')).verdicts.rule.tolist() == ["caption_language", ""]
