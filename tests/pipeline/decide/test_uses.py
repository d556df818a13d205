"""How often a run shows a picture and says a caption: counted over all batches before a rule is applied."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.corpora import load_recipe
from pipeline.decide.uses import host_digests, kinds_of
from schemas.recipe import Recipe
from tests.support.index_rows import MadeUnit, decide, key, medium, page, ref, unit_index

SHIP = "A ship leaves the harbour"


def recipe(text: str, corpora: str = '["pairs"]') -> Recipe:
    """A recipe of these rules."""
    return load_recipe(f'name = "x"\ncorpora = {corpora}\n{text}')


def logo_and_photo(numbers: range, unit: int, **changes: Any) -> MadeUnit:
    """Pages that all show picture 1, each with a photograph of its own; the first unit holds the logo."""
    pages = [page(n, **changes) for n in numbers]
    refs = [
        one
        for place, n in enumerate(numbers)
        for one in (ref(place, 0, 1, alt="Our company"), ref(place, 1, 100 + n, alt=f"{SHIP} {n}"))
    ]
    media = [medium(1)] if unit == 0 else []
    return unit_index(pages, refs, [*media, *(medium(100 + n) for n in numbers)], unit)


@pytest.mark.parametrize("cut", [[[0], [1], [2]], [[0, 1, 2]], [[0, 1], [2]]])
@pytest.mark.parametrize("partitions", [1, 3])
def test_a_picture_on_many_pages_is_no_picture_of_any(tmp_path: Path, cut: list[list[int]], partitions: int) -> None:
    """Twelve pages in three units show it: the row names the rule and the count, however units and keys are dealt out."""
    units = [logo_and_photo(range(10 + 4 * n, 14 + 4 * n), n) for n in range(3)]
    asked = recipe("[interleaved.image_rules]\nimage_documents = {ceiling = 10}", '["interleaved"]')
    decided = decide(tmp_path, asked, [[units[n] for n in batch] for batch in cut], partitions, partitions > 1)
    gone = decided.dropped_rows("interleaved_images")
    assert {(row["rule"], row["value"]) for row in gone} == {("image_documents", 12)}
    assert sorted(row["id"] for row in gone) == [f"{key(n).hex()}-0000" for n in range(10, 22)]
    kept = decided.kept("interleaved")
    assert len(kept) == 12
    assert {(i["ordinal"], i["image_documents"], i["image_hosts"]) for r in kept for i in r["images"]} == {(1, 1, None)}


def test_captures_of_one_page_are_one_document(tmp_path: Path) -> None:
    """And so are an address with and without www.; the ceiling itself is kept."""
    pages = [page(n, url_key=key(5), url=f"http://{'www.' * (n % 2)}ex.org/") for n in range(12)]
    unit = unit_index(pages, [ref(n, 0, 1, alt=SHIP) for n in range(12)], [medium(1)])
    rules = "[pairs.rules]\nimage_documents = {ceiling = 1}\nimage_hosts = {ceiling = 1}"
    kept = decide(tmp_path, recipe(rules), [[unit]]).kept("pairs")
    assert [(row["image_documents"], row["image_hosts"]) for row in kept] == [(1, 1)] * 12


def test_equal_bytes_under_many_addresses_are_one_picture(tmp_path: Path) -> None:
    """A logo is counted by what it is, on as many hosts as show it."""
    pages = [page(n, url=f"http://host{n}.org/") for n in range(4)]
    media = [medium(n, sha256=b"same" * 8) for n in range(4)]
    unit = unit_index(pages, [ref(n, 0, n, alt=SHIP) for n in range(4)], media)
    decided = decide(tmp_path, recipe("[pairs.rules]\nimage_hosts = {ceiling = 3}"), [[unit]])
    assert [(row["rule"], row["value"]) for row in decided.dropped_rows("pairs")] == [("image_hosts", 4)] * 4


def test_a_caption_of_many_pictures_is_dropped_and_hides_no_better_one(tmp_path: Path) -> None:
    """It is counted over the run by the pictures that have it; one picture on many pages has it once."""
    texts = [("Click for more of this", f"{SHIP} {n}" if n == 0 else "") for n in range(5)]
    pages = [page(n) for n in range(8)]
    refs = [ref(n, 0, n, alt=alt, figcaption=said) for n, (alt, said) in enumerate(texts)]
    refs += [ref(n, 0, 9, alt="A heron in the reeds") for n in range(5, 8)]
    units = [unit_index(pages[:3], refs[:3], [medium(n) for n in range(3)])]
    rest = [one | {"page": one["page"] - 3} for one in refs[3:]]
    units.append(unit_index(pages[3:], rest, [medium(n) for n in (3, 4, 9)], 1))
    decided = decide(tmp_path, recipe("[pairs.rules]\ncaption_uses = {ceiling = 4}"), [[unit] for unit in units])
    assert [(row["rule"], row["value"]) for row in decided.dropped_rows("pairs")] == [("caption_uses", 5)] * 4
    kept = [(row["caption"], row["caption_uses"]) for row in decided.kept("pairs")]
    assert kept == [(f"{SHIP} 0", 1), *[("A heron in the reeds", 1)] * 3]


def test_only_what_a_rule_bounds_is_counted(tmp_path: Path) -> None:
    """In any section of rules of the recipe's corpora; a rule that is switched off bounds nothing, and numbers are null then."""
    assert kinds_of(recipe("")) == ()
    assert kinds_of(recipe("[pairs.rules]\ncaption_uses = false\nimage_hosts = {}")) == ()
    assert kinds_of(recipe("[pairs.by_language.de]\ncaption_uses = {ceiling = 9}")) == ("caption_uses",)
    images = "[interleaved.image_rules]\nimage_documents = {ceiling = 9}"
    assert kinds_of(recipe(images)) == ()
    assert kinds_of(recipe(images, '["pairs", "interleaved"]')) == ("image_documents",)
    unit = unit_index([page(1)], [ref(0, 0, 1, alt=SHIP)], [medium(1)])
    (row,) = decide(tmp_path, recipe(""), [[unit]]).kept("pairs")
    assert (row["image_documents"], row["image_hosts"], row["caption_uses"]) == (None, None, None)


def test_hosts_are_told_apart_but_for_www() -> None:
    """An address without a host has none."""
    found = host_digests(["http://a.org/x", "https://www.a.org/y", "http://b.org/", "urn:x", "http://[x"]).tolist()
    assert found[0] == found[1] != found[2] and found[3] == found[4]
