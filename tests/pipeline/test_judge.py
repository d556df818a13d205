"""What a recipe says about the rows of a lot."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.judge import (
    PAGE_NAMES,
    Judged,
    Side,
    claims,
    document_columns,
    judge,
    newest_first,
    running_count,
    settle_duplicates,
)
from pipeline.lot import Inbox, Lot
from pipeline.plan import Unit
from schemas.arrow import DROPPED, FAILED
from schemas.index import ANSWER, IMAGES, LOSS, PAGES, REFS
from schemas.recipe import Recipe, load
from transforms.dedup.settle import settle
from transforms.interleave import interleave
from transforms.judge import Verdicts

BEGIN = 'name = "x"\n'
IMAGE = {"format": "png", "width": 300, "height": 200, "size": 9000, "spread": 99, "sha256": bytes(32), "phash": 0xFF}


def key(number: int) -> bytes:
    """A 16-byte key."""
    return number.to_bytes(16)


def page(number: int, **changes: Any) -> dict[str, Any]:
    """A page's index row."""
    row: dict[str, Any] = {
        "id": key(number), "url": f"http://ex.org/{number}", "url_key": key(number), "date": "", "offset": 0, "title": "",
        "truncated": "", "lang": "en", "text_key": key(100 + number), "texts": 1, "text_bytes": 100, "directives": "",
        "doc_offset": 0, "doc_length": 1, "unit": 0, **dict.fromkeys(PAGE_NAMES, 1.0),
    }  # fmt: skip
    return row | changes


def ref(page: int, ordinal: int, wants: int = 0, before: int = 1, **captions: str) -> dict[str, Any]:
    """A reference's index row; `wants` is the number of its image's address."""
    texts = {name: captions.get(name, "") for name in ("alt", "figcaption", "title")}
    place = {"page": page, "ordinal": ordinal, "texts_before": before}
    return place | texts | {"urls": [f"http://ex.org/{wants}.png"], "keys": [key(wants)]}


def answer(number: int, **changes: Any) -> dict[str, Any]:
    """What is answered about an image."""
    row = {"key": key(number), "id": key(number), "unit": 0, "offset": 0, "directives": "", "place": 0, "at": 0}
    return row | IMAGE | {"length": 9, "sha256": key(number) * 2, "phash": 0xFF00 + number} | changes


def lot(pages: Sequence[dict[str, Any]], refs: Sequence[dict[str, Any]] = ()) -> Lot:
    """A lot of these rows."""
    unit = Unit(0, "/a.warc.gz", "a.warc.gz", 0, 1)
    schema = pa.schema([*PAGES, pa.field("unit", pa.int32())])
    tables = (pa.Table.from_pylist(list(pages), schema), pa.Table.from_pylist(list(refs), REFS))
    return Lot(0, (unit,), *tables, IMAGES.empty_table(), DROPPED.empty_table(), FAILED.empty_table())


def judged(lot: Lot, text: str, answers: Sequence[dict[str, Any]] = (), rounds: int = 0) -> Judged:
    """The verdicts of a recipe over a lot, with as many settled rounds in which nothing was lost to other lots."""
    losses = {number: LOSS.empty_table() for number in range(-1, rounds)}
    return judge(lot, recipe(text), Inbox(pa.Table.from_pylist(list(answers), ANSWER), losses))


def recipe(text: str) -> Recipe:
    """A recipe of these lines."""
    return load(BEGIN + text)


def reasons(found: Judged, corpus: str) -> list[str]:
    """By which rule each item of a corpus left, "" where it stayed."""
    side = found.places if corpus == "interleaved_images" else found.sides[corpus].verdicts
    assert side is not None
    rules: list[str] = side.rule.tolist()
    return rules


def test_the_newest_date_comes_first_and_a_missing_one_last() -> None:
    """Whatever the precision; equal dates rank alike."""
    dates = ["2008", "2024-05-18T01:58:10Z", "", "2024-05-18", "2024-05-18T01:58:10.123456Z"]
    ranks = newest_first(dates).tolist()
    assert sorted(range(5), key=lambda n: (ranks[n], n)) == [1, 4, 3, 0, 2]
    assert ranks[1] == ranks[4]


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans())))
def test_running_counts_are_those_of_a_loop(rows: list[tuple[int, bool]]) -> None:
    """For runs of equal groups, in any order of groups that do not come back."""
    rows.sort(key=lambda row: row[0])
    groups, mask = (np.array([row[n] for row in rows], dtype=kind) for n, kind in ((0, np.int64), (1, bool)))
    expected = [sum(m for g, m in rows[: at + 1] if g == rows[at][0]) for at in range(len(rows))]
    assert running_count(groups, mask).tolist() == expected


PARTS = st.lists(st.just("t") | st.booleans(), max_size=8)


@given(st.lists(PARTS, min_size=1, max_size=4))
def test_document_measures_are_those_of_the_document_that_is_written(documents: list[list[str | bool]]) -> None:
    """Images that stay and runs of text counted from columns equal what `interleave` makes of the parts (a boolean: stays or not)."""
    pages, refs, staying, expected = [], [], [], []
    for number, shapes in enumerate(documents):
        parts: list[str | int] = []
        stays: set[int] = set()
        texts = 0
        for shape in interleave_texts(shapes):
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
        written = interleave(parts, stays)
        expected.append((len(stays), sum(isinstance(part, str) for part in written)))
    rows = np.arange(len(refs))
    verdicts = Verdicts("interleaved_images", len(refs))
    verdicts.begin("images")
    verdicts.drop(~np.array(staying, dtype=bool), "gone")
    table = lot(pages, refs)
    images = SimpleNamespace(page=table.refs["page"].to_numpy())
    found = document_columns(table, cast(Any, images), verdicts, rows)
    counts = zip(found["interleaved_images"].tolist(), found["interleaved_texts"].tolist(), strict=True)
    assert list(counts) == expected


def interleave_texts(shapes: list[str | bool]) -> list[str | bool]:
    """The shapes of a document as it is staged: no two texts side by side."""
    return [s for at, s in enumerate(shapes) if not (s == "t" and at and shapes[at - 1] == "t")]


def test_pages_are_equal_by_address_then_by_text() -> None:
    """The newest capture keeps an address, the least id keeps a text; a page without text equals none."""
    pages = [
        page(1, url_key=key(9), date="2020"),
        page(2, url_key=key(9), date="2021", text_key=key(7)),
        page(3, text_key=key(7)),
        page(4, text_key=key(8), text_bytes=0),
        page(5, text_key=key(8), text_bytes=0),
    ]
    found = judged(lot(pages), 'corpora = ["text"]\n[text]\nduplicates = ["url", "text"]', rounds=2)
    assert reasons(found, "text") == ["url", "", "text", "no_text", "no_text"]
    assert found.sides["text"].verdicts.of.tolist() == [key(2).hex(), None, key(2).hex(), None, None]


def test_a_page_that_a_rule_put_out_stands_for_none() -> None:
    """A duplicate of a dropped page stays, though the dropped one is newer."""
    pages = [page(1, url_key=key(9), date="2021", lang="de"), page(2, url_key=key(9), date="2020")]
    text = 'corpora = ["text"]\n[text]\nlanguages = ["en"]\nduplicates = ["url"]'
    assert reasons(judged(lot(pages), text, rounds=1), "text") == ["language", ""]


@pytest.mark.parametrize(
    ("order", "kind", "text"),
    [('["title", "alt"]', "alt", "by alt"), ('["figcaption", "alt"]', "figcaption", "below"), ('["title"]', "", "")],
)
def test_the_caption_is_the_first_kind_that_has_text(order: str, kind: str, text: str) -> None:
    """In the order of the recipe, not of the page; a kind that is not named is never taken."""
    table = lot([page(1)], [ref(0, 0, 5, alt="by alt", figcaption="below")])
    found = judged(table, f'corpora = ["pairs"]\n[pairs]\ncaptions = {order}', [answer(5)])
    assert found.captions is not None
    assert (found.captions.kind.tolist(), found.captions.text.tolist()) == ([kind], [text])
    assert reasons(found, "pairs") == ["" if kind else "no_caption"]


def test_absent_and_broken_images_are_told_apart() -> None:
    """No bytes in any archive, and bytes that are no picture, are two rules, for pairs and inside documents."""
    refs = [ref(0, n, n, alt="an image") for n in (1, 2, 3)]
    found = judged(lot([page(1)], refs), "", [answer(1), answer(2, format="")])
    expected = ["", "image_undecodable", "image_not_archived"]
    assert reasons(found, "pairs") == reasons(found, "interleaved_images") == expected
    assert reasons(found, "interleaved") == [""]


def test_an_opt_out_drops_what_it_binds_and_only_where_it_is_honoured() -> None:
    """`noai` takes page and images, `noimageai` the images alone, of a page or of an image's own response (law 10)."""
    pages = [page(1, directives="robots: noai"), page(2, directives="robots: noimageai"), page(3)]
    table = lot(pages, [ref(n, 0, n, alt="a picture") for n in range(3)] + [ref(2, 1, 3, alt="a picture")])
    answers = [answer(n) for n in range(3)] + [answer(3, directives="x-robots-tag: noai")]
    found = judged(table, 'opt_outs = ["noai", "noimageai"]', answers)
    assert reasons(found, "text") == ["noai", "", ""]
    assert reasons(found, "pairs") == reasons(found, "interleaved_images") == ["noai", "noimageai", "", "noai"]
    assert set(reasons(judged(table, "", answers), "pairs")) == {""}


def test_the_first_images_of_a_document_are_kept() -> None:
    """Those that a rule put out do not count; the value is the place among those that stayed."""
    table = lot([page(1)], [ref(0, n, n) for n in range(4)])
    answers = [answer(0, width=10), answer(1), answer(2), answer(3)]
    text = "[interleaved]\nmax_images = 2\n[interleaved.image_rules]\nimage_min_side = {floor = 64}"
    found = judged(table, text, answers)
    assert reasons(found, "interleaved_images") == ["image_min_side", "", "", "max_images"]
    assert found.places is not None and found.places.value[3] == 3


def test_documents_of_one_image_are_drawn_by_their_id() -> None:
    """About the share stays, the same ones each time, whoever stands beside them; other documents stay all."""
    pages = [page(n) for n in range(400)]
    refs = [ref(n, m, n) for n in range(400) for m in range(1 + n % 2)]
    answers = [answer(n) for n in range(400)]
    text = 'corpora = ["interleaved"]\n[interleaved]\none_image_share = 0.5'
    found = np.array(reasons(judged(lot(pages, refs), text, answers), "interleaved"))
    assert set(found[1::2]) == {""}
    assert 70 < (found[::2] == "").sum() < 130
    few = judged(lot(pages[:10], [r for r in refs if r["page"] < 10]), text, answers)
    assert reasons(few, "interleaved") == found[:10].tolist()


def test_pictures_are_equal_by_bytes_then_by_hash_and_flat_ones_by_bytes_alone() -> None:
    """Degenerate hashes say nothing: a flat picture is equal only to its own bytes."""
    refs = [ref(0, n, n, alt="a picture") for n in range(6)]
    answers = [
        answer(0), answer(1, sha256=key(0) * 2), answer(2, phash=0xFF00),
        answer(3, phash=0, spread=0), answer(4, phash=0, spread=0), answer(5, phash=1 << 63),
    ]  # fmt: skip
    found = judged(lot([page(1)], refs), '[pairs]\nduplicates = ["sha256", "phash"]', answers, rounds=2)
    assert reasons(found, "pairs") == ["", "sha256", "phash", "", "", ""]


ITEMS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=14)


@given(ITEMS)
def test_duplicates_do_not_depend_on_how_the_pages_are_dealt_to_lots(items: list[tuple[int, int, int]]) -> None:
    """Over two rounds each group keeps one item, every `of` is kept or explained itself, and one lot decides as many do (law 5)."""
    pages = [page(n, url_key=key(url), text_key=key(50 + text)) for n, (_, url, text) in enumerate(items)]
    dealt = [[p for p, item in zip(pages, items, strict=True) if item[0] == number] for number in range(3)]
    alone, many = decide_lots([pages]), decide_lots(dealt)
    assert alone == many
    kept = {name for name, (rule, _) in many.items() if not rule}
    for rule, of in many.values():
        assert not rule or of in many
    for column in (1, 2):
        values = [item[column] for n, item in enumerate(items) if key(n).hex() in kept]
        assert len(values) == len(set(values)) > 0


def decide_lots(dealt: list[list[dict[str, Any]]]) -> dict[str, tuple[str, str | None]]:
    """Rule and keeper by id after two rounds of claims over these lots."""
    told = recipe('corpora = ["text"]\n[text]\nduplicates = ["url", "text"]')
    lots = [lot(pages) for pages in dealt]
    inboxes = [{-1: LOSS.empty_table()} for _ in lots]
    for round_ in range(2):
        sides = [judge(each, told, Inbox(losses=box)).sides["text"] for each, box in zip(lots, inboxes, strict=True)]
        losers = settle(pa.concat_tables([claims(side, round_, number) for number, side in enumerate(sides)]))
        for number, box in enumerate(inboxes):
            box[round_] = losers.filter(pa.array(losers["lot"].to_numpy() == number)).drop_columns("lot").cast(LOSS)
    ends = [judge(each, told, Inbox(losses=box)).sides["text"] for each, box in zip(lots, inboxes, strict=True)]
    return {
        identity: (rule, of)
        for side in ends
        for identity, rule, of in zip(side.ids, side.verdicts.rule, side.verdicts.of, strict=True)
    }


def test_a_side_without_keys_settles_nothing() -> None:
    """More rounds than a corpus has keys are no harm."""
    side = Side("text", np.array(["a"], dtype=object), Verdicts("text", 1), ())
    settle_duplicates(side, Inbox(losses={0: LOSS.empty_table()}))
    assert side.verdicts.kept.all()
    assert len(claims(side, 0, 0)) == 0
