"""The interleaved corpus: images inside documents, rules, sampling."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpora import load_recipe
from pipeline.corpora.interleaved import document_numbers, judge_images
from schemas.recipe import Recipe
from schemas.records import Block, BlockKind
from tests.support.index_rows import address, decide, judged, key, medium, page, ref, rows_of_unit, unit_index
from transforms.html.render import written
from transforms.interleave import staying as with_images
from transforms.verdicts import Verdicts, hash_fraction


def recipe(text: str = "") -> Recipe:
    """A recipe of these lines, for documents alone."""
    return load_recipe('name = "x"\ncorpora = ["interleaved"]\n' + text)


def image_reasons(unit: Any, text: str = "") -> list[str]:
    """By which rule each image of a document left it, "" where it stayed."""
    rules: list[str] = judge_images(unit, recipe(text))[1].rule.tolist()
    return rules


PARTS = st.lists(st.just("t") | st.booleans(), max_size=8)


@given(st.lists(PARTS, min_size=1, max_size=4))
def test_document_measures_are_those_of_the_document_that_is_written(documents: list[list[str | bool]]) -> None:
    """Images that stay and runs of text counted from columns equal what `interleave` makes of the parts (a boolean: stays or not)."""
    pages, refs, staying, expected = [], [], [], []
    for number, shapes in enumerate(documents):
        parts: list[str | int] = []
        stays: set[int] = set()
        texts = 0
        for shape in as_staged(shapes):
            if isinstance(shape, str):
                parts.append(shape)
                texts += 1
                continue
            ordinal = sum(isinstance(part, int) for part in parts)
            refs.append(ref(number, ordinal, before=texts))
            staying.append(shape)
            stays |= {ordinal} if shape else set()
            parts.append(ordinal)
        pages.append(page(number, texts=texts))
        items = [Block(BlockKind.PARAGRAPH, part) if isinstance(part, str) else part for part in parts]
        texts = sum(isinstance(part, str) for part in written(with_images(items, stays), ()))
        expected.append((len(stays), texts))
    unit = rows_of_unit(pages, refs)
    verdicts = Verdicts("interleaved_images", len(refs))
    verdicts.begin("images")
    verdicts.drop(~np.array(staying, dtype=bool), "gone")
    found = document_numbers(unit, unit.refs, verdicts)
    counts = zip(found["interleaved_images"].tolist(), found["interleaved_texts"].tolist(), strict=True)
    assert list(counts) == expected


def as_staged(shapes: list[str | bool]) -> list[str | bool]:
    """The shapes of a document as it is staged: no two texts side by side."""
    return [s for at, s in enumerate(shapes) if not (s == "t" and at and shapes[at - 1] == "t")]


def test_absent_and_broken_images_are_told_apart() -> None:
    """No bytes in any archive, and bytes that are no picture, are two rules; the document stays with what is left."""
    refs = [ref(0, n, n) for n in (1, 2, 3)]
    unit = rows_of_unit([page(1)], refs, [medium(1), medium(2, format="")])
    assert image_reasons(unit) == ["", "image_undecodable", "image_not_archived"]
    assert judged("interleaved", recipe(), unit).verdicts.rule.tolist() == [""]


def test_an_image_outside_main_content_is_none_of_the_document() -> None:
    """It has no place, so it is not judged, and a page of such images alone is no document."""
    unit = rows_of_unit(
        [page(1), page(2)], [ref(0, 0, 1, before=-1), ref(0, 1, 2), ref(1, 0, 1, before=-1)], [medium(1), medium(2)]
    )
    assert judge_images(unit, recipe())[0].ids.ordinal.tolist() == [1]
    assert judged("interleaved", recipe(), unit).verdicts.rule.tolist() == ["", "no_images"]


def test_an_opt_out_drops_what_it_binds_and_only_where_it_is_honoured() -> None:
    """`noai` takes page and images, `noimageai` the images alone, of a page or of an image's own response (law 10)."""
    pages = [page(1, directives="robots: noai"), page(2, directives="robots: noimageai"), page(3)]
    refs = [ref(n, 0, n) for n in range(3)] + [ref(2, 1, 3)]
    unit = rows_of_unit(pages, refs, [*(medium(n) for n in range(3)), medium(3, signals=["noai"])])
    text = 'opt_outs = ["noai", "noimageai"]'
    assert image_reasons(unit, text) == ["noai", "noimageai", "", "noai"]
    assert image_reasons(unit) == [""] * 4
    assert judged("interleaved", recipe(text), unit).verdicts.rule.tolist() == ["no_images", "no_images", ""]


def test_a_page_that_opted_out_is_no_document_though_its_images_may_stay() -> None:
    """A wish about pages is judged for the page; one about images alone is not."""
    unit = rows_of_unit([page(1, directives="robots: noindex")], [ref(0, 0, 1)], [medium(1)])
    found = judged("interleaved", recipe('opt_outs = ["noindex"]'), unit)
    assert found.verdicts.rule[0] in ("noindex", "no_images") and found.verdicts.rule[0] != ""


def test_a_document_of_small_pictures_alone() -> None:
    """Is known by the shorter side of its largest picture that stays: small ones may stand beside a large one."""
    media = [
        medium(1, width=300, height=90),
        medium(2, width=160, height=400),
        medium(3, width=500, height=500, spread=0),
    ]
    refs = [ref(0, 0, 1), ref(0, 1, 2), ref(1, 0, 1), ref(1, 1, 3)]
    text = "[interleaved.rules]\ninterleaved_largest = {floor = 150}\n[interleaved.image_rules]\nimage_spread = {floor = 8}"
    found = judged("interleaved", recipe(text), rows_of_unit([page(1), page(2)], refs, media))
    assert found.verdicts.rule.tolist() == ["", "interleaved_largest"]
    assert found.numbers["interleaved_largest"].tolist() == [160, 90]


def test_what_the_page_calls_an_icon_is_none_of_its_pictures() -> None:
    """By its alt text, where the recipe says so."""
    refs = [ref(0, 0, 1, alt="Team work icon"), ref(0, 1, 1, alt="A boat"), ref(0, 2, 1)]
    unit = rows_of_unit([page(1)], refs, [medium(1)])
    assert image_reasons(unit, "[interleaved.image_rules]\nalt_icon = {ceiling = 0}") == ["alt_icon", "", ""]
    assert image_reasons(unit) == [""] * 3


def test_notices_of_errors_are_no_documents() -> None:
    """By title and brevity, where the recipe says so."""
    pages = [
        page(1, title="404 Not Found", gopher_words=9),
        page(2, title="404 Not Found", gopher_words=900),
        page(3, title="Mill"),
    ]
    unit = rows_of_unit(pages, [ref(n, 0, 1) for n in range(3)], [medium(1)])
    found = judged("interleaved", recipe("[interleaved.rules]\nerror_page = {ceiling = 0}"), unit)
    assert found.verdicts.rule.tolist() == ["error_page", "", ""]
    assert found.numbers["error_page"].tolist() == [1, 0, 0]
    assert judged("interleaved", recipe(), unit).verdicts.rule.tolist() == [""] * 3


def test_the_first_images_of_a_document_are_kept() -> None:
    """Those that a rule put out do not count; the value is the place among those that stayed."""
    media = [medium(0, width=10), medium(1), medium(2), medium(3)]
    unit = rows_of_unit([page(1), page(2)], [ref(p, n, n) for p in (0, 1) for n in range(4)], media)
    text = "[interleaved]\nmax_images = 2\n[interleaved.image_rules]\nimage_min_side = {floor = 64}"
    _, verdicts, _ = judge_images(unit, recipe(text))
    assert verdicts.rule.tolist() == ["image_min_side", "", "", "max_images"] * 2
    assert verdicts.value[[3, 7]].tolist() == [3, 3]


def test_images_have_an_account_of_their_own() -> None:
    """Beside that of the documents, with ids of pairs."""
    unit = rows_of_unit([page(1)], [ref(0, 0, 1), ref(0, 1, 2)], [medium(1)])
    (inner,) = judged("interleaved", recipe(), unit).inner
    assert inner.verdicts.corpus == "interleaved_images"
    assert inner.ids.text.tolist() == [f"{key(1).hex()}-0000", f"{key(1).hex()}-0001"]
    assert (inner.urls.tolist(), inner.sources.tolist()) == ([address(1), address(2)], ["0.warc.gz"] * 2)


def documents(count: int, first: int = 0) -> Any:
    """Documents of one image and of two in turn."""
    refs = [ref(n, m, n) for n in range(count) for m in range(1 + n % 2)]
    return unit_index([page(first + n) for n in range(count)], refs, [medium(n) for n in range(count)])


def test_documents_of_one_image_are_drawn_by_their_id(tmp_path: Any) -> None:
    """About the share stays, the same ones each time, whoever stands beside them; other documents stay all."""
    asked = recipe("seed = 3\n[interleaved]\none_image_share = 0.5")
    gone = decide(tmp_path / "many", asked, [[documents(400)]]).dropped("interleaved")
    drawn = {key(n).hex() for n in range(0, 400, 2) if hash_fraction(key(n).hex(), 3) >= 0.5}
    assert gone == dict.fromkeys(drawn, ("one_image_share", None))
    assert 70 < len(gone) < 130
    few = decide(tmp_path / "few", asked, [[documents(10)]]).dropped("interleaved")
    assert few == {name: why for name, why in gone.items() if int(name, 16) < int(key(10).hex(), 16)}


def test_duplicates_are_settled_before_a_share_is_drawn(tmp_path: Any) -> None:
    """A page stands for its copies though the draw then puts it out: no copy may take its place (docs/decisions.md)."""
    seed = next(s for s in range(99) if hash_fraction(key(1).hex(), s) >= 0.5 > hash_fraction(key(2).hex(), s))
    asked = recipe(f'seed = {seed}\n[interleaved]\none_image_share = 0.5\nduplicates = ["text"]')
    pages = [page(n, text_key=key(9)) for n in (1, 2)]
    found = decide(tmp_path, asked, [[unit_index(pages, [ref(0, 0, 1), ref(1, 0, 1)], [medium(1)])]])
    assert found.dropped("interleaved") == {
        key(1).hex(): ("one_image_share", None),
        key(2).hex(): ("text", key(1).hex()),
    }
    accounts = [a for a in found.closed[0].batch["accounts"] if a["corpus"] == "interleaved"]
    assert [(a["stage"], a["entered"], a["kept"]) for a in accounts] == [
        ("rules", 2, 2), ("duplicates", 2, 1), ("sample", 1, 0)
    ]  # fmt: skip
