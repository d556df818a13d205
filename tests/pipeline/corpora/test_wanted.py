"""Which references want an image, by what is known without it: none that could stay is left out, and the others leave by that rule."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import corpora
from pipeline.corpora import load_recipe
from pipeline.corpora.unit_rows import UnitRows, unit_rows
from schemas.index import RANK_REASON
from schemas.recipe import Recipe
from tests.support.index_rows import judged, media_rows, medium, page, ref, unit_index

RULES = """
name = "x"
corpora = ["pairs", "interleaved"]
opt_outs = ["noai", "noimageai"]
[pairs]
languages = ["en"]
main_content = true
choice = "best"
[pairs.rules]
lang_score = {floor = 0.5}
caption_words = {floor = 3}
caption_uses = {ceiling = 2}
url_chars = {ceiling = 19}
image_min_side = {floor = 50}
[pairs.by_language.de]
caption_words = {floor = 1}
[interleaved]
languages = ["en", "de"]
[interleaved.rules]
interleaved_images = {floor = 1}
gopher_words = {floor = 1}
[interleaved.image_rules]
alt_icon = {ceiling = 0}
url_chars = {ceiling = 19}
image_min_side = {floor = 20}
"""
SAYS = ("", "one", "a quiet old mill", "Site logo", "three words here")
REASON = {"format": "", "rank": RANK_REASON, "reason": b"http_4xx", "status": 404}


def asked(text: str = RULES) -> Recipe:
    """A recipe."""
    return load_recipe(text)


def rows(pages: Sequence[Any], refs: Sequence[Any], media: Sequence[Any] = ()) -> UnitRows:
    """A unit for which images are fetched."""
    return unit_rows(unit_index(pages, refs).part, media_rows(media), fetching=True)


def wants(corpus: str, recipe: Recipe, unit: UnitRows) -> list[bool]:
    """Which references of a unit a corpus wants images of."""
    found: list[bool] = corpora.by_name(corpus).wants(unit, recipe).tolist()
    return found


@pytest.mark.parametrize(
    ("corpus", "expected"),
    [
        # In turn: fine; outside of main content; no caption; short; an icon; long addresses; one of them short enough; a page that
        # opts out; a page in a language that pairs leave out.
        ("pairs", [True, False, False, False, False, False, True, False, False]),
        ("interleaved", [True, False, True, True, False, False, True, False, True]),
        ("text", [False] * 9),
    ],
)
def test_what_no_image_could_save_is_not_wanted(corpus: str, expected: list[bool]) -> None:
    """Each corpus by its own rules."""
    said = "a quiet old mill"
    refs = [
        ref(0, 0, 1, alt=said), ref(0, 1, 1, before=-1, alt=said), ref(0, 2, 1), ref(0, 3, 1, alt="one"), ref(0, 4, 1, alt="Site logo"),
        ref(0, 5, [10**6, 10**7], alt=said), ref(0, 6, [10**6, 1], alt=said), ref(1, 0, 1, alt=said), ref(2, 0, 1, alt=said),
    ]  # fmt: skip
    unit = rows([page(1), page(2, directives="robots: noai"), page(3, lang="de")], refs)
    assert wants(corpus, asked(), unit) == expected


def test_what_has_an_image_wants_none() -> None:
    """Nor one that is to be forgotten; one that could not be decoded does."""
    refs = [ref(0, n, n, alt="a quiet old mill") for n in (1, 2, 3)]
    unit = rows([page(1)], refs, [medium(1), medium(2, format="")])
    assert wants("pairs", asked(), unit) == [False, True, True] == wants("interleaved", asked(), unit)


def test_a_corpus_that_says_nothing_wants_all() -> None:
    """So one of somebody else's lacks no image that it would have had."""
    unit = rows([page(1)], [ref(0, 0, 1), ref(0, 1, 2, before=-1)])
    assert corpora.base.Corpus.__dataclass_fields__["wants"].default(unit, asked()).tolist() == [True, True]


def test_what_was_not_asked_for_leaves_by_the_rule() -> None:
    """And what was asked for by why it did not come, whatever the rules say; what nobody knows of is not archived."""
    refs = [
        ref(0, 0, 1, alt="one"), ref(0, 1, 2, alt="one"), ref(0, 2, 3, alt="a quiet old mill"), ref(1, 0, 4, alt="a quiet old mill"),
    ]  # fmt: skip
    unit = rows([page(1), page(2, lang="fr")], refs, [medium(2, **REASON)])
    pairs = judged("pairs", asked(), unit).verdicts
    assert pairs.rule.tolist() == ["caption_words", "image_not_fetched", "image_not_archived", "language"]
    assert pairs.stage.tolist() == ["rules", "images", "images", "rules"]
    assert (pairs.detail[1], pairs.value[1], pairs.value[0]) == ("http_4xx", 404, 1)
    documents = judged("interleaved", asked(), unit)
    assert documents.verdicts.rule.tolist() == ["no_images", "language"]
    (inside,) = documents.inner
    assert inside.verdicts.rule.tolist() == [
        "image_not_archived",
        "image_not_fetched",
        "image_not_archived",
        "language",
    ]
    plain = unit_rows(unit_index([page(1), page(2, lang="fr")], refs).part, media_rows([]))
    assert set(judged("pairs", asked(), plain).verdicts.rule.tolist()) == {"image_not_archived"}


REFS = st.lists(
    st.tuples(
        st.integers(0, 2), st.lists(st.sampled_from([1, 2, 3, 10**6, 10**7]), min_size=1, max_size=3), st.integers(-1, 1),
        st.sampled_from(SAYS), st.sampled_from(SAYS),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(REFS, st.lists(st.tuples(st.sampled_from([1, 2, 3, 10**6, 10**7]), st.sampled_from([10, 30, 300])), max_size=5))
def test_whatever_stays_was_wanted(
    drawn: list[tuple[int, list[int], int, str, str]], held: list[tuple[int, int]]
) -> None:
    """Of any references with any images at hand those that stay are wanted by what is known without an image."""
    pages = [page(1), page(2, lang="de"), page(3, directives="robots: noimageai", gopher_words=0.0)]
    refs = [
        ref(of, n, urls, before, alt=alt, title=title) for n, (of, urls, before, alt, title) in enumerate(sorted(drawn))
    ]
    media = [medium(number, width=side, height=side) for number, side in dict(held).items()]
    unit, nothing = rows(pages, refs, media), rows(pages, refs)
    text = RULES.replace("caption_uses = {ceiling = 2}\n", "")
    pairs = judged("pairs", asked(text), unit).verdicts.kept
    assert not (pairs & ~np.array(wants("pairs", asked(text), nothing), dtype=bool)).any()
    documents = judged("interleaved", asked(), unit)
    (inside,) = documents.inner
    stays = inside.verdicts.kept & documents.verdicts.kept[inside.item]
    wanted = np.array(wants("interleaved", asked(), nothing), dtype=bool)
    assert not (stays & ~wanted[np.flatnonzero(unit.refs.table["texts_before"].to_numpy() >= 0)]).any()
