"""Tests of verdicts as a library has them."""

from pathlib import Path

import pytest

import triptych
from pipeline.find_page import captures, unusable
from schemas.recipe import SIGNALS
from tests.support.runs import SAMPLE, recipe, rows, run_on


def test_judges_as_a_run_does(tmp_path: Path) -> None:
    """The rule and the value of each page of the sample are those that the run's table `dropped` says, and what is not there is kept."""
    kosmos1 = recipe("kosmos1", 'corpora=["text"]')
    run_on([str(SAMPLE)], tmp_path, kosmos1)
    dropped = {row["url"]: row for row in rows(tmp_path, "dropped") if row["corpus"] == "text" and not row["of"]}
    pages = [each for each in captures({str(SAMPLE): SAMPLE.stat().st_size}) if not unusable(each)]
    assert len(pages) > 30 and len(dropped) > 5
    failed = {row["url"]: row["fault"] for row in rows(tmp_path, "failed") if row["corpus"] == "pages"}
    seen = set()
    for page in pages:
        try:
            extracted = triptych.extract(page.body, page.url, page.headers)
        except triptych.RecordError as error:
            assert failed.pop(page.url) == error.fault
            continue
        verdict = triptych.judge(extracted, kosmos1)
        told = dropped.get(page.url)
        assert (verdict.rule, verdict.value) == ((told["rule"], told["value"]) if told else ("", None)), page.url
        assert verdict.kept == (told is None)
        seen.add(verdict.rule)
    assert not failed
    assert seen & set(SIGNALS) and len(seen) > 3


def test_a_text_has_the_verdict_of_its_page() -> None:
    """A page is judged by its plain text and its address; both may be given instead."""
    html = b"<h1>Bread</h1>" + b"<p>The bread is made of flour, water and salt, and it was baked with care.</p>" * 2
    page = triptych.extract(html, "https://porn.example.org/xxx")
    assert triptych.judge(page) == triptych.judge(triptych.text(page, "plain"), url=page.url)
    assert triptych.judge(page).measures["url_adult_words"] > 1


def test_recipes_by_name_file_and_value(tmp_path: Path) -> None:
    """A bundled name, a path and a loaded recipe mean the same; `raw` keeps what `kosmos1` drops."""
    own = tmp_path / "own.toml"
    own.write_text('name = "own"\n[text]\nlanguages = ["de"]\n')
    english = "This is an English sentence, and nobody will take it for another."
    assert triptych.judge(english, "raw").kept
    assert not triptych.judge(english).kept
    by_file = triptych.judge(english, str(own))
    assert by_file == triptych.judge(english, triptych.load_recipe(str(own)))
    assert (by_file.rule, by_file.language) == ("language", "en")
    assert triptych.judge("", "raw").rule == "no_text"
    with pytest.raises(triptych.UserError, match="no recipe 'kosmos'; did you mean kosmos1"):
        triptych.judge(english, "kosmos")
