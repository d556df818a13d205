"""The pairs corpus: captions, rules, keys of pictures, rows."""

from typing import Any

import numpy as np
import pytest

from pipeline.corpora import load_recipe
from pipeline.corpora.captions import Captions, choose_captions
from pipeline.corpora.pair_keys import byte_keys, picture_keys
from pipeline.corpora.pairs import PAIRS, TABLE
from pipeline.stage.media import Medium
from schemas.index import VIA_REVISIT
from schemas.recipe import Recipe
from schemas.tables import TASKS
from tests.support.index_rows import address, decide, judged, key, medium, page, ref, rows_of_unit, unit_index
from transforms.document import Document
from transforms.image.likeness import SAME_COLOUR


def recipe(text: str = "") -> Recipe:
    """A recipe of these lines, for pairs alone."""
    return load_recipe('name = "x"\ncorpora = ["pairs"]\n' + text)


def reasons(unit: Any, text: str = "") -> list[str]:
    """By which rule each reference left, "" where it stayed."""
    rules: list[str] = judged("pairs", recipe(text), unit).verdicts.rule.tolist()
    return rules


def captions_of(unit: Any, asked: Recipe) -> Captions:
    """The captions that a recipe chooses for the references of a unit."""
    part = asked.parts["pairs"]
    return choose_captions(unit, part.captions, part.choice, part.rules, part.by_language)


@pytest.mark.parametrize(
    ("order", "kind", "text"),
    [('["title", "alt"]', "alt", "by alt"), ('["figcaption", "alt"]', "figcaption", "below"), ('["title"]', "", "")],
)
def test_the_caption_is_the_first_kind_that_has_text(order: str, kind: str, text: str) -> None:
    """In the order of the recipe, not of the page; a kind that is not named is never taken."""
    unit = rows_of_unit([page(1)], [ref(0, 0, 5, alt="by alt", figcaption="below")], [medium(5)])
    asked = recipe(f"[pairs]\ncaptions = {order}")
    captions = captions_of(unit, asked)
    assert (captions.kind.tolist(), captions.text.tolist()) == ([kind], [text])
    assert judged("pairs", asked, unit).verdicts.rule.tolist() == ["" if kind else "no_caption"]
    assert captions.numbers["caption_chars"].tolist() == ([len(text)] if kind else [pytest.approx(np.nan, nan_ok=True)])


def test_captions_belong_to_their_own_reference() -> None:
    """Those of images that were not found are passed over without a shift."""
    refs = [ref(0, n, n, alt=f"picture {n}") for n in range(4)]
    captions = captions_of(rows_of_unit([page(1)], refs, [medium(1), medium(3)]), recipe())
    assert captions.text.tolist() == ["", "picture 1", "", "picture 3"]


def test_absent_and_broken_images_are_told_apart() -> None:
    """No bytes in any archive, and bytes that are no picture, are two rules."""
    refs = [ref(0, n, n, alt="an image") for n in (1, 2, 3)]
    unit = rows_of_unit([page(1)], refs, [medium(1), medium(2, format="")])
    assert reasons(unit) == ["", "image_undecodable", "image_not_archived"]


def test_rules_are_asked_in_their_order() -> None:
    """Bytes, main content, caption, wishes, language, measures."""
    refs = [
        ref(0, 0, 9, before=-1), ref(0, 1, 1, before=-1, alt="a"), ref(0, 2, 1), ref(1, 0, 1, alt="a"),
        ref(2, 0, 1, alt="a"), ref(0, 3, 2, alt="a"), ref(0, 4, 1, alt="a"),
    ]  # fmt: skip
    pages = [page(1), page(2, directives="robots: noai", lang="de"), page(3, lang="de")]
    unit = rows_of_unit(pages, refs, [medium(1), medium(2, width=10)])
    text = 'opt_outs = ["noai"]\n[pairs]\nmain_content = true\nlanguages = ["en"]\n[pairs.rules]\nimage_min_side = {floor = 64}'
    found = judged("pairs", recipe(text), unit).verdicts
    assert found.rule.tolist() == [
        "image_not_archived", "main_content", "no_caption", "noai", "language", "image_min_side", ""
    ]  # fmt: skip
    assert found.stage.tolist() == ["images", *["rules"] * 5, ""]
    assert found.value[5] == 10


def test_an_opt_out_drops_what_it_binds_and_only_where_it_is_honoured() -> None:
    """`noai` and `noimageai` take the pairs, of a page or of an image's own response (law 10)."""
    pages = [page(1, directives="robots: noai"), page(2, directives="robots: noimageai"), page(3)]
    refs = [ref(n, 0, n, alt="a picture") for n in range(3)] + [ref(2, 1, 3, alt="a picture")]
    unit = rows_of_unit(pages, refs, [*(medium(n) for n in range(3)), medium(3, signals=["noai"])])
    assert reasons(unit, 'opt_outs = ["noai", "noimageai"]') == ["noai", "noimageai", "", "noai"]
    assert reasons(unit) == [""] * 4


def pictures(*changes: dict[str, Any]) -> Any:
    """A unit whose page shows a picture for each of these changes."""
    refs = [ref(0, n, n, alt="a picture") for n in range(len(changes))]
    return rows_of_unit([page(1)], refs, [medium(n, **change) for n, change in enumerate(changes)])


def test_pictures_are_equal_by_bytes_then_by_hash_and_flat_ones_by_bytes_alone(tmp_path: Any) -> None:
    """Degenerate hashes say nothing: a flat picture is equal only to its own bytes."""
    changes: list[dict[str, Any]] = [
        {}, {"sha256": key(0) * 2}, {"phash": 0xFF00}, {"phash": 0, "spread": 0}, {"phash": 0, "spread": 0},
        {"phash": 1 << 63}, {"phash": 1 << 63},
    ]  # fmt: skip
    refs = [ref(0, n, n, alt="a picture") for n in range(len(changes))]
    index = unit_index([page(1)], refs, [medium(n, **change) for n, change in enumerate(changes)])
    found = decide(tmp_path, recipe('[pairs]\nduplicates = ["sha256", "phash"]'), [[index]])
    first = f"{key(1).hex()}-"
    assert found.dropped("pairs") == {
        f"{first}0001": ("sha256", f"{first}0000"),
        f"{first}0002": ("phash", f"{first}0000"),
    }


def dropped_pictures(tmp_path: Any, rounds: str, rows: list[tuple[str, dict[str, Any]]]) -> dict[int, tuple[str, int]]:
    """Which pictures of a page (caption, changed facts) leave by which round, and which of them stays for each."""
    refs = [ref(0, n, n, alt=caption) for n, (caption, _) in enumerate(rows)]
    index = unit_index([page(1)], refs, [medium(n, **change) for n, (_, change) in enumerate(rows)])
    found = decide(tmp_path, recipe(f"[pairs]\nduplicates = {rounds}"), [[index]]).dropped("pairs")
    return {int(item[-4:]): (rule, int(of[-4:])) for item, (rule, of) in found.items()}


@pytest.mark.parametrize(
    ("rounds", "left"),
    [
        ('["sha256"]', {1: ("sha256", 0), 2: ("sha256", 0)}),
        ('["sha256_caption"]', {2: ("sha256_caption", 0)}),
        ('["phash"]', {n: ("phash", 0) for n in (1, 2, 3, 4)}),
        ('["phash_caption"]', {2: ("phash_caption", 0), 3: ("phash_caption", 0)}),
    ],
)
def test_a_caption_counts_where_the_key_names_it(tmp_path: Any, rounds: str, left: dict[int, tuple[str, int]]) -> None:
    """One picture under two captions is two pairs for COYO's key, and one by the picture alone."""
    copy = {"sha256": key(0) * 2, "phash": 0xFF00}
    again = {"phash": 0xFF00}
    rows = [("a hill", copy), ("a house", copy), ("a hill", copy), ("a hill", again), ("a mill", again), ("a hill", {})]
    assert dropped_pictures(tmp_path, rounds, rows) == left


def test_of_equal_pictures_the_largest_stays(tmp_path: Any) -> None:
    """Whatever its id; of equally large ones the first id."""
    sizes = [(40, 30), (80, 60), (60, 80), (79, 60)]
    rows = [("a hill", {"phash": 0xFF00, "width": width, "height": height}) for width, height in sizes]
    assert dropped_pictures(tmp_path, '["phash"]', rows) == {n: ("phash", 1) for n in (0, 2, 3)}


@pytest.mark.parametrize(("shift", "leaves"), [(SAME_COLOUR, True), (SAME_COLOUR + 1, False)])
def test_equal_hashes_of_other_colours_are_no_copies(tmp_path: Any, shift: int, leaves: bool) -> None:
    """One cell of the grid decides: a shirt in red is none in green."""
    colours = [np.void(bytes([128]) * 32), np.void(bytes([128]) * 31 + bytes([128 - shift]))]
    rows = [("a shirt", {"phash": 0xFF00, "colours": each}) for each in colours]
    assert dropped_pictures(tmp_path, '["phash"]', rows) == ({1: ("phash", 0)} if leaves else {})


@pytest.mark.parametrize(
    ("change", "takes_part"),
    [
        ({"phash": 0b11, "spread": 1}, True),
        ({"phash": 0, "spread": 99}, False),  # a wide spread, and still no form
        ({"phash": 1 << 63, "spread": 99}, False),
        ({"phash": 1 << 7, "spread": 99}, False),
        ({"phash": 0xFF00, "spread": 0}, False),  # one colour, whatever rounding made of its transform
    ],
)
def test_a_hash_that_says_nothing_is_no_key(change: dict[str, Any], takes_part: bool) -> None:
    """Neither fewer than two bits nor a single colour; each alone keeps a picture out."""
    keys = picture_keys(judged("pairs", recipe(), pictures(change)), recipe())
    assert len(keys.item) == takes_part


def test_what_was_not_found_has_no_key() -> None:
    """Nothing is a copy of a picture that is not there."""
    unit = rows_of_unit([page(1)], [ref(0, n, n, alt="a") for n in (7, 1, 8)], [medium(1)])
    found = judged("pairs", recipe(), unit)
    assert byte_keys(found, recipe()).item.tolist() == picture_keys(found, recipe()).item.tolist() == [1]


def test_a_selection_says_what_the_picture_weighs_and_where_it_lies() -> None:
    """In bytes of the picture, not of the archive's record that holds it."""
    unit = pictures({"size": 5000, "length": 70, "at": 3, "unit": 4, "span": 0, "offset": 3, "width": 8})
    (row,) = judged("pairs", recipe(), unit).select(np.array([0])).to_pylist()
    assert (row["weight"], row["size"], row["length"], row["at"], row["unit"]) == (5000, 5000, 70, 3, 4)
    assert (row["url"], row["page_url"], row["caption"], row["caption_kind"]) == (
        address(0), "http://ex.org/1", "a picture", "alt"
    )  # fmt: skip
    assert set(TABLE.schema().names) - set(row) == {"image", "source", TASKS.name}


class Media:
    """Payloads that hold one medium."""

    def document(self, row: Any) -> Document:
        """A pair has none."""
        raise NotImplementedError

    def medium(self, place: Any) -> Medium:
        """Whatever the place."""
        return Medium("x-robots-tag: noai", b"picture", "http://ex.org/5.PNG")

    def source(self, place: Any) -> str:
        """Whatever the place."""
        return "images.warc.gz"


def test_a_row_holds_the_picture_as_archived() -> None:
    """What the page said stands before what the picture's response said; the source is the archive of the picture."""
    unit = rows_of_unit([page(1, directives="robots: noindex")], [ref(0, 0, 5, alt="a")], [medium(5, format="jpeg")])
    asked = recipe("[pairs.image]\nstrip_metadata = false")
    (kept,) = judged("pairs", asked, unit).select(np.array([0])).to_pylist()
    row = PAIRS.row(kept, Media(), asked)
    assert row["image"] == {"bytes": b"picture", "path": f"{key(1).hex()}-0000.jpg"}
    assert row["directives"] == ["robots: noindex", "x-robots-tag: noai"]
    assert (row["original_width"], row["width"], row["sha256"]) == (300, 300, (key(5) * 2).hex())
    assert row["source"] == "images.warc.gz"
    assert (row["url"], row["ref_url"], row["found_by"]) == ("http://ex.org/5.PNG", address(5), "address")
    again = PAIRS.row(kept | {"via": VIA_REVISIT}, Media(), asked)
    assert (again["url"], again["ref_url"]) == (address(5), address(5))
    assert set(TABLE.schema().names) - set(row) == {TASKS.name}
