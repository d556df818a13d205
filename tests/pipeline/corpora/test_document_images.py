"""Documents known by their images, and images that a page shows twice."""

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpora import load_recipe
from pipeline.corpora.document_images import first_places, seen_keys, set_keys
from pipeline.corpora.interleaved import judge_images
from schemas.recipe import Recipe
from tests.support.index_rows import Decided, decide, judged, key, medium, page, ref, rows_of_unit, unit_index
from transforms.dedup.keep_first import newest_first
from transforms.dedup.keys import key as digest

Shown = list[list[int]]  # for each page the numbers of the pictures that it shows, in order


def recipe(text: str = "") -> Recipe:
    """A recipe of these lines of the section, for documents alone."""
    return load_recipe('name = "x"\ncorpora = ["interleaved"]\n[interleaved]\n' + text)


def references(shown: Shown) -> list[dict[str, Any]]:
    """The references of pages; pictures 10 and 11 have the bytes of 0 and 1."""
    return [ref(row, at, number) for row, numbers in enumerate(shown) for at, number in enumerate(numbers)]


MEDIA = [medium(n, sha256=key(n % 10) * 2) for n in range(14)]


def unit_of(shown: Shown, dates: list[str] | None = None) -> Any:
    """A unit of pages that show these pictures."""
    pages = [page(n, date=date) for n, date in enumerate(dates or [""] * len(shown), 1)]
    return rows_of_unit(pages, references(shown), MEDIA)


def decided(folder: Path, batches: list[Shown], text: str, dates: dict[int, str] | None = None) -> Decided:
    """The step `decide` over batches of pages, which are numbered from 1 over all of them."""
    units, number = [], 0
    for place, shown in enumerate(batches):
        pages = [page(number + n, date=(dates or {}).get(number + n, "")) for n in range(1, len(shown) + 1)]
        number += len(shown)
        units.append([unit_index(pages, references(shown), MEDIA if not place else [], place)])
    return decide(folder, recipe(text), units, partitions=3)


def left(found: Decided) -> dict[int, tuple[str, int]]:
    """Rule and keeper of the pages that left, by number."""
    return {int(n[16:], 16): (rule, int(of[16:], 16)) for n, (rule, of) in found.dropped("interleaved").items() if of}


def test_a_set_has_no_order_and_no_repeats() -> None:
    """Documents of the same pictures have one key, by the bytes of the pictures that stay; those of none have no key."""
    unit = unit_of([[0, 1], [11, 0, 1], [0], [], [0, 1, 2]], ["2020", "2021", "", "", ""])
    keys = set_keys(judged("interleaved", recipe(), unit), recipe())
    assert keys.item.tolist() == [0, 1, 2, 4]
    assert keys.high[0] == keys.high[1] and keys.low[0] == keys.low[1]
    assert len({*zip(keys.high.tolist(), keys.low.tolist(), strict=True)}) == 3
    assert keys.rank.tolist() == newest_first(["2020", "2021", "", ""]).tolist()
    wanted = digest(b"".join(key(n) for n in (0, 1)))
    assert int(keys.high[0]).to_bytes(8) + int(keys.low[0]).to_bytes(8) == wanted


def test_images_that_left_are_none_of_a_set() -> None:
    """A set is of what the document will show."""
    pages, refs = [page(1), page(2)], references([[0, 1], [0]])
    unit = rows_of_unit(pages, refs, [medium(0), medium(1, width=10)])
    asked = recipe("[interleaved.image_rules]\nimage_min_side = {floor = 50}")
    keys = set_keys(judged("interleaved", asked, unit), recipe())
    assert keys.high[0] == keys.high[1]


def test_keys_of_pictures_stand_in_the_order_of_the_document() -> None:
    """Each once, so that the keeper of a document is the first document of its first picture."""
    keys = seen_keys(judged("interleaved", recipe(), unit_of([[3, 1, 13, 2], [2]])), recipe())
    assert (keys.item.tolist(), keys.high.tolist()) == ([0, 0, 0, 1], [3, 1, 2, 2])


def test_documents_of_no_images_have_no_keys() -> None:
    """An empty unit, too."""
    for shown in ([], [[]]):
        found = judged("interleaved", recipe(), unit_of(shown))
        assert len(set_keys(found, recipe()).item) == len(seen_keys(found, recipe()).item) == 0


def test_of_equal_sets_of_images_the_newest_document_stays(tmp_path: Path) -> None:
    """As OBELICS has it, over batches; another order of the images is the same set, one more image is another."""
    batches = [[[0, 1], [0, 1, 2]], [[1, 10, 0], [2]]]
    found = decided(tmp_path, batches, 'duplicates = ["images"]', {1: "2020", 3: "2022"})
    assert left(found) == {1: ("images", 3)}
    accounts = [a for closed in found.closed for a in closed.batch["accounts"]]
    counts = [(a["entered"], a["kept"]) for a in accounts if (a["corpus"], a["stage"]) == ("interleaved", "duplicates")]
    assert counts == [(2, 1), (2, 2)]


def test_a_document_leaves_when_all_of_its_images_are_seen_elsewhere(tmp_path: Path) -> None:
    """One image that no document before it has keeps it, and every picture stays in some document."""
    batches = [[[0, 1], [1, 2]], [[10, 2], [2, 0, 3], [3, 1]]]
    found = decided(tmp_path, batches, 'duplicates = ["images_seen"]')
    assert left(found) == {3: ("images_seen", 1), 5: ("images_seen", 4)}


SHOWN = st.lists(st.lists(st.lists(st.integers(0, 13), max_size=4), max_size=4), min_size=1, max_size=3)


@settings(max_examples=25)
@given(SHOWN, st.lists(st.sampled_from(["2020", "2021"]), min_size=12, max_size=12))
def test_no_picture_is_lost(tmp_path_factory: Any, batches: list[Shown], dates: list[str]) -> None:
    """Each picture of the documents is in one that stays; whoever left names a document that stays and has its first picture."""
    dated = dict(enumerate(dates, 1))
    found = decided(tmp_path_factory.mktemp("any"), batches, 'duplicates = ["images_seen"]', dated)
    shown = dict(enumerate((numbers for batch in batches for numbers in batch), 1))
    pictures = {number: {n % 10 for n in numbers} for number, numbers in shown.items()}
    gone = left(found)
    kept = [int(row["id"][16:], 16) for row in found.kept("interleaved")]
    assert sorted([*kept, *gone]) == [number for number in shown if shown[number]]
    assert {n for number in kept for n in pictures[number]} == {n for some in pictures.values() for n in some}
    for number, (_, keeper) in gone.items():
        assert keeper in kept and shown[number][0] % 10 in pictures[keeper]
    order = sorted(pictures, key=lambda number: (-int(dated[number]), number))
    assert set(gone) == {
        n for at, n in enumerate(order) if shown[n] and pictures[n] <= {p for o in order[:at] for p in pictures[o]}
    }


def test_later_references_of_a_picture_leave_its_page() -> None:
    """By its bytes, page by page; the first names itself in the rows of the others, and of those that left before none is the first."""
    unit = unit_of([[0, 1, 10, 0], [0]])
    inside, found, _ = judge_images(unit, recipe('same_images = "first"'))
    assert found.rule.tolist() == ["", "", "image_repeated", "image_repeated", ""]
    assert found.of.tolist() == [None, None, inside.ids.text[0], inside.ids.text[0], None]
    (account,) = found.accounts()
    assert (account.entered, account.kept, account.duplicates) == (5, 3, {"image_repeated": 2})
    assert judge_images(unit, recipe())[1].kept.all()


def test_the_first_of_a_picture_is_one_that_stays() -> None:
    """An image that a rule takes out is no keeper."""
    refs = [ref(0, 0, 1, alt="an icon"), ref(0, 1, 1), ref(0, 2, 1)]
    unit = rows_of_unit([page(1)], refs, [medium(1)])
    asked = recipe('same_images = "first"\n[interleaved.image_rules]\nalt_icon = {ceiling = 0}')
    _, found, _ = judge_images(unit, asked)
    assert found.rule.tolist() == ["alt_icon", "", "image_repeated"]


def test_repeats_leave_before_images_are_counted() -> None:
    """A picture that stands three times takes one of the places that a document has."""
    unit = unit_of([[0, 0, 0, 1, 2]])
    _, found, _ = judge_images(unit, recipe('same_images = "first"\nmax_images = 2'))
    assert found.rule.tolist() == ["", "image_repeated", "image_repeated", "", "max_images"]


def test_first_places_of_none() -> None:
    """No image at all."""
    unit = unit_of([[]])
    kept = unit.refs.found
    assert first_places(unit.refs.page, unit.refs.pictures, kept).tolist() == []
