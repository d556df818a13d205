"""What near duplicates took, counted by host, by archive and by cluster."""

from pathlib import Path

import numpy as np
import pytest

from pipeline import corpora
from pipeline.corpora import load_recipe
from pipeline.decide import exchange, tallies
from pipeline.decide.tallies import CLUSTER, PLACE, Worst
from schemas.recipe import Recipe
from tests.support.index_rows import decide, key, medium, page, ref, unit_index
from tests.support.signed_pages import edited, signed, words
from tests.support.tallies import worst_of

TEXTS = (
    'name = "x"\ncorpora = ["text"]\n[text]\nduplicates = ["url", "near"]\n[guard]\nhosts_from = 2\nsources_from = 2'
)
PAIRS = """name = "x"
corpora = ["pairs"]
[pairs]
duplicates = ["near"]
[near_images]
set = "default"
[guard]
hosts_from = 1
"""


def places(recipe: Recipe, *counts: tuple[str, int, int]) -> np.ndarray:
    """Rows of hosts of the texts: name, what came, what left."""
    rows = np.zeros(len(counts), PLACE)
    for place, (name, came, left) in enumerate(counts):
        rows[place] = (place, corpora.names().index("text"), tallies.HOST, came, left, name.encode())
    return rows


@pytest.mark.parametrize(("cuts", "partitions", "files"), [((), 1, False), ((2, 4, 7), 3, False), ((1, 5), 2, True)])
def test_the_cut_of_the_work_does_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cuts: tuple[int, ...], partitions: int, files: bool
) -> None:
    """Captures of one address count for nobody; hosts with and without `www.` are one; clusters have their address and who left."""
    monkeypatch.setattr(exchange, "INLINE", 0)
    one, other = words(200, 1), words(200, 2)
    texts = [edited(one, n, n) for n in range(5)] + [edited(other, n, n) for n in range(3)] + [words(200, 3)]
    rows = signed([" ".join(text) for text in texts])
    hosts = ["www.a.example", "a.example", "a.example", "b.example", "b.example", *["c.example"] * 4]
    for place, (row, host) in enumerate(zip(rows, hosts, strict=True)):
        row["url"], row["span"] = f"http://{host}/{place}", 0
    rows[4]["url_key"] = rows[3]["url_key"]
    parts = np.split(np.array(rows, dtype=object), list(cuts))
    batches = [[unit_index(list(part), number=number)] for number, part in enumerate(parts)]
    told: Worst = worst_of(decide(tmp_path, load_recipe(TEXTS), batches, partitions, files))
    hosts_told = told["text"]["hosts"]
    assert hosts_told["seen"] == 2 and hosts_told["over"] == 0
    assert hosts_told["worst"] == [
        {"name": "a.example", "came": 3, "left": 2}, {"name": "c.example", "came": 4, "left": 2}
    ]  # fmt: skip
    assert told["text"]["clusters"] == [
        {"id": key(1).hex(), "url": "http://www.a.example/0", "items": 4, "left": 3},
        {"id": key(6).hex(), "url": "http://c.example/5", "items": 3, "left": 2},
    ]


def test_a_cluster_of_pictures_is_what_left_for_one(tmp_path: Path) -> None:
    """Its items are those and the one that stays."""
    base = 0xF0F0_F0F0_0F0F_0F0F
    media = [medium(n, phash=base ^ bits, fine=b"\x0f" * 32) for n, bits in enumerate((0, 0b11, 0b1100), 1)]
    pages, refs = [page(n) for n in range(1, 4)], [ref(n, 0, n + 1, alt=f"the picture {n}") for n in range(3)]
    told = worst_of(decide(tmp_path, load_recipe(PAIRS), [[unit_index(pages, refs, media)]]))
    (cluster,) = told["pairs"]["clusters"]
    assert (cluster["id"], cluster["items"], cluster["left"]) == (f"{key(1).hex()}-0000", 3, 2)
    assert told["pairs"]["hosts"]["worst"] == [{"name": "ex.org", "came": 3, "left": 2}]


def test_only_the_worst_are_told(tmp_path: Path) -> None:
    """The largest shares first, then the most items; those that the guard does not look at are not counted."""
    recipe = load_recipe(TEXTS, ("guard.hosts=0.5",))
    rows = places(
        recipe, ("few.example", 1, 1), ("half.example", 10, 5), ("most.example", 10, 9), ("none.example", 9, 0)
    )
    rows = np.concatenate([rows, places(recipe, *((f"{n}.example", 100, 90) for n in range(30)))])
    found = tallies.worst(rows, recipe)
    assert len(found) == tallies.WORST and found["came"].tolist() == [100] * 20
    assert tallies.shown(found["name"][0]) == "0.example"
    (seen,) = tallies.seen(rows, recipe)
    assert (int(seen["seen"]), int(seen["over"])) == (33, 31)


def test_rows_of_one_key_are_added_up() -> None:
    """Whoever sent them; the one batch that knows a cluster's address tells it to the others."""
    rows = np.zeros(4, CLUSTER)
    rows["high"], rows["came"], rows["left"] = [7, 9, 7, 7], [1, 5, 2, 4], [1, 0, 0, 4]
    rows["url"][2] = b"http://a.example/"
    found = tallies.together([rows[:2], rows[2:]], CLUSTER)
    assert found[["high", "came", "left", "url"]].tolist() == [(7, 7, 5, b"http://a.example/"), (9, 5, 0, b"")]
    assert len(tallies.together([], CLUSTER)) == 0


def test_a_recipe_without_near_duplicates_counts_nothing(tmp_path: Path) -> None:
    """Exact rounds take what they take: there is nothing to be sent."""
    recipe = load_recipe(TEXTS, ('text.duplicates=["url", "text"]',))
    found = decide(tmp_path, recipe, [[unit_index(signed(["one two three"]))]])
    assert not tallies.is_counted(recipe) and found.closed[0].tallies == []
