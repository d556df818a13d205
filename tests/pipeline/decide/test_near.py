"""Near duplicates of pages and of pictures over batches and partitions."""

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from pipeline.corpora import load_recipe
from pipeline.decide import exchange
from pipeline.decide.exchange import Message
from pipeline.decide.near import EDGE, LEAST, Buckets, claims_by_partition, meet, unique_edges
from pipeline.decide.pictures import NO_LABELS, PictureLabels, nodes_of
from schemas.outcomes import UserError
from schemas.recipe import Recipe
from tests.support.index_rows import Decided, MadeUnit, decide, key, media_rows, medium, page, ref, unit_index
from tests.support.signed_pages import chain, edited, signed, words
from transforms.image.phash import hashes


def near_recipe(*settings: str) -> Recipe:
    """Texts by near duplicates alone."""
    text = 'name = "x"\ncorpora = ["text"]\n[text]\nduplicates = ["near"]\n[near_texts]\nsimilarity = 0.7'
    return load_recipe(text, settings)


def dealt(rows: Sequence[dict[str, object]], *cuts: int) -> list[list[MadeUnit]]:
    """Rows as batches of one unit each, cut at these places."""
    parts = [list(part) for part in np.split(np.array(rows, dtype=object), list(cuts))]
    return [[unit_index(part, number=number)] for number, part in enumerate(parts)]


def numbers(found: Decided, corpus: str = "text") -> list[int]:
    """The numbers of the pages that stay."""
    return [int(row["id"][16:], 16) for row in found.kept(corpus)]


@pytest.mark.parametrize("files", [False, True])
@pytest.mark.parametrize("cuts", [(), (3,), (1, 2, 4)])
def test_copies_that_differ_in_words_leave_for_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cuts: tuple[int, ...], files: bool
) -> None:
    """Wherever they lie, and however rows travel; the row of one that left tells the estimate, the kept one its cluster."""
    monkeypatch.setattr(exchange, "INLINE", 0)
    first, other = words(300, 1), words(300, 2)
    texts = [first, other, edited(first, 2, 3), edited(first, 3, 4), edited(other, 4, 5), words(300, 6)]
    rows = signed([" ".join(text) for text in texts])
    rows[3]["date"] = "2020-01-01T00:00:00Z"
    found = decide(tmp_path, near_recipe(), dealt(rows, *cuts), 3, files)
    assert numbers(found) == [2, 4, 6]
    gone = {int(row["id"][16:], 16): (row["rule"], row["of"]) for row in found.dropped_rows("text")}
    assert gone == {1: ("near", key(4).hex()), 3: ("near", key(4).hex()), 5: ("near", key(2).hex())}
    assert all(0.7 < row["value"] < 1 for row in found.dropped_rows("text"))
    clusters = {
        row["url"][-1]: (row["cluster"], row["cluster_size"], row["cluster_similarity"]) for row in found.kept("text")
    }
    assert clusters == {"2": (key(2).hex(), 2, 1.0), "4": (key(4).hex(), 3, 1.0), "6": (None, 1, None)}


def gone(found: Decided) -> list[tuple[object, ...]]:
    """What left, wherever it lay."""
    return sorted((row["id"], row["rule"], row["value"], row["of"]) for row in found.dropped_rows("text"))


@settings(max_examples=6, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30)), min_size=1, max_size=12),
    st.lists(st.integers(0, 12), max_size=3),
    st.integers(1, 4),
    st.integers(1, 2),
)
def test_the_cut_of_the_work_does_not_show(
    drawn: list[tuple[int, int]], cuts: list[int], partitions: int, passes: int
) -> None:
    """Texts of a few families, more or less edited: whatever the batches and partitions, the same stay, for the same reasons."""
    texts = [" ".join(edited(words(60, family), places, n)) for n, (family, places) in enumerate(drawn)]
    recipe = near_recipe(f"near_texts.passes={passes}", "near_texts.survivor=first")
    rows = signed(texts)
    with tempfile.TemporaryDirectory() as folder:
        whole = decide(Path(folder, "one"), recipe, dealt(rows))
        cut = decide(Path(folder, "cut"), recipe, dealt(rows, *sorted(cuts)), partitions, True)
        assert [{**row, "source": ""} for row in cut.kept("text")] == [
            {**row, "source": ""} for row in whole.kept("text")
        ]
        assert gone(cut) == gone(whole)


def test_each_is_compared_with_the_one_that_stays(tmp_path: Path) -> None:
    """A chain of 20 texts, each like the next, hangs together, and more than one of it stays: those unlike the one that stands for all."""
    found = decide(tmp_path / "one", near_recipe("near_texts.survivor=first"), dealt(signed(chain(20)), 7))
    kept = found.kept("text")
    assert 10 < len(kept) < 18
    assert {row["cluster"] for row in kept} == {key(1).hex()} and {row["cluster_size"] for row in kept} == {20}
    assert all(row["cluster_similarity"] < 0.7 for row in kept[1:])
    assert all(row["of"] == key(1).hex() for row in found.dropped_rows("text"))
    again = decide(
        tmp_path / "two", near_recipe("near_texts.survivor=first", "near_texts.passes=4"), dealt(signed(chain(20)), 7)
    )
    assert 4 <= len(again.kept("text")) < len(kept)
    assert {row["of"] for row in again.dropped_rows("text")} <= {row["id"] for row in again.kept("text")}


def test_short_texts_neither_collapse_nor_escape(tmp_path: Path) -> None:
    """Without a word nothing is alike; of fewer words than an n-gram has, what has the same words is."""
    texts = ["", "...", "", "one two", "One, two!", "one three", "a b c d e", "a b c d f"]
    found = decide(tmp_path, near_recipe("near_texts.survivor=first"), dealt(signed(texts)))
    # The rule no_text takes the pages whose text is empty.
    assert numbers(found) == [2, 4, 6, 7, 8]


def test_a_page_inside_a_longer_one_leaves_where_that_is_asked(tmp_path: Path) -> None:
    """By containment; the similarity of the two is below the bound."""
    text = words(400, 1)
    rows = signed([" ".join(text), " ".join(text[:240])])
    kept = [
        numbers(decide(tmp_path / name, near_recipe("near_texts.survivor=longest", *asked), dealt(rows)))
        for name, asked in (("no", ()), ("yes", ("near_texts.containment=0.9",)))
    ]
    assert kept == [[1, 2], [1]]


@pytest.mark.parametrize(
    ("survivor", "stays"), [("newest", 2), ("longest", 3), ("first", 1), ("measure", 4)], ids=lambda value: str(value)
)
def test_who_stays(tmp_path: Path, survivor: str, stays: int) -> None:
    """By the recipe's choice, then by the least id."""
    text = words(200, 1)
    rows = signed([" ".join(edited(text, n, n)) for n in range(4)])
    rows[1]["date"], rows[2]["text_bytes"], rows[3]["gopher_words"] = "2024-01-01T00:00:00Z", 10**6, 5.0
    recipe = near_recipe(f"near_texts.survivor={survivor}", "near_texts.measure=gopher_words")
    assert numbers(decide(tmp_path, recipe, dealt(rows, 2))) == [stays]


def test_exact_copies_come_first_and_claim_once(tmp_path: Path) -> None:
    """Of equal texts one claims bands; corpora share the pages and each chooses its own."""
    recipe = load_recipe(
        'name = "x"\ncorpora = ["text", "interleaved"]\n[text]\nduplicates = ["text", "near"]\n[interleaved]\nduplicates = ["text", "near"]'
    )
    text = words(200, 1)
    rows = signed([" ".join(text)] * 3 + [" ".join(edited(text, 3, 2))])
    for row in rows[:3]:
        row["text_key"] = key(77)
    refs = [ref(n, 0, 1) for n in (2, 3)]
    found = decide(tmp_path, recipe, [[unit_index(rows, refs, [medium(1)])]])
    assert found.dropped("text") == {
        key(2).hex(): ("text", key(1).hex()), key(3).hex(): ("text", key(1).hex()), key(4).hex(): ("near", key(1).hex())
    }  # fmt: skip
    assert found.dropped("interleaved")[key(4).hex()] == ("near", key(3).hex())
    assert [row["cluster_size"] for row in found.kept("interleaved")] == [3]


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        (['extract.signature=""'], r"text\.duplicates: near needs extract\.signature"),
        (["near_texts.survivor=measure", "near_texts.measure=gopher_word"], "did you mean gopher_words"),
    ],
)
def test_a_recipe_that_cannot_be_held_says_what_it_needs(settings: list[str], wrong: str) -> None:
    """Before anything is read."""
    with pytest.raises(UserError, match=wrong):
        near_recipe(*settings)


def test_edges_lead_to_the_least_of_each_bucket() -> None:
    """To that of another batch where it is told, each edge once."""
    buckets = Buckets(np.array([[1, 5], [1, 6], [2, 6], [3, 7]], np.uint64))
    assert buckets.claims().tolist() == [(1, 0), (2, 2), (3, 3), (5, 0), (6, 1), (7, 3)]
    told = np.array([(6, 0, 9), (7, 0, 9)], LEAST)
    assert buckets.edges(4, told).tolist() == [(1, 4, 0), (1, 0, 9), (2, 0, 9), (3, 0, 9)] or sorted(
        buckets.edges(4, told).tolist()
    ) == [(1, 0, 9), (1, 4, 0), (2, 0, 9), (3, 0, 9)]
    assert len(Buckets(np.empty((0, 2), np.uint64)).edges(0, told[:0])) == 0
    assert unique_edges(np.array([(1, 2, 3), (1, 2, 3)], EDGE)).tolist() == [(1, 2, 3)]


@settings(max_examples=30)
@given(st.lists(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=6), max_size=4), st.integers(1, 5))
def test_each_batch_is_told_the_first_of_its_keys_by_whatever_partition(
    drawn: list[list[tuple[int, int]]], partitions: int
) -> None:
    """Where that is another batch's; keys are spread over all of 64 bits."""
    tables = [np.array(rows, np.uint64).reshape(-1, 2) * np.uint64(2**61) for rows in drawn]
    held: dict[int, list[Message]] = {}
    for batch, table in enumerate(tables):
        for part, kind, rows in claims_by_partition(Buckets(table).claims(), partitions):
            assert all(int(key) * partitions >> 64 == part for key in rows["high"].tolist())
            held.setdefault(part, []).append((kind, batch, rows.tobytes()))
    answered = [(receiver, *row) for part in held.values() for receiver, _, rows in meet(part) for row in rows.tolist()]
    first: dict[int, tuple[int, int]] = {}
    for batch, table in enumerate(tables):
        for row, keys in enumerate(table.tolist()):
            for key_ in keys:
                first.setdefault(key_, (batch, row))
    wanted = {
        (batch, key_, *first[key_]) for batch, table in enumerate(tables) for key_ in set(table.reshape(-1).tolist())
    }
    assert sorted(answered) == sorted(told for told in wanted if told[0] != told[2])


PICTURES = """
name = "x"
corpora = ["pairs"]
[pairs]
duplicates = ["near"]
[near_images]
set = "default"
"""


def pictures(*hashes: int) -> list[dict[str, object]]:
    """Media with these hashes, which agree in all of the finer bits."""
    return [medium(n, phash=value, sha256=key(n) * 2, fine=b"\x0f" * 32) for n, value in enumerate(hashes, 1)]


@pytest.mark.parametrize("cut", [False, True])
def test_pictures_within_the_radius_are_one(tmp_path: Path, cut: bool) -> None:
    """In one batch or in many; what only looks alike in the coarse bits is not."""
    base = 0xF0F0_F0F0_0F0F_0F0F
    media = pictures(base, base ^ 0b11, base ^ 0b1111_0000, base ^ (0xFF << 20), base ^ 0b101)
    media[4]["fine"] = b"\xf0" * 32
    media[2]["width"] = 900
    pages = [page(n) for n in range(1, 6)]
    refs = [ref(n, 0, n + 1, alt=f"the picture {n}") for n in range(5)]
    units = [unit_index(pages, refs, media)]
    if cut:
        units = [unit_index([pages[n]], [{**refs[n], "page": 0}], [media[n]], n) for n in range(5)]
    found = decide(tmp_path, load_recipe(PICTURES), [[unit] for unit in units], 2, cut)
    # 1, 2 and 3 hang together by 1; the largest, 3, differs from 2 in six bits, which therefore stays.
    assert [row["id"][:32] for row in found.kept("pairs")] == [key(n).hex() for n in (2, 3, 4, 5)]
    assert found.dropped("pairs") == {f"{key(1).hex()}-0000": ("near", f"{key(3).hex()}-0000")}


def test_a_use_is_counted_by_picture(tmp_path: Path) -> None:
    """Two pictures that are alike, each on a page of its own, are one picture on two pages."""
    base = 0xF0F0_F0F0_0F0F_0F0F
    pages, refs = [page(1), page(2)], [ref(0, 0, 1, alt="a"), ref(1, 0, 2, alt="b")]
    rule = ("pairs.duplicates=[]", "pairs.rules.image_documents.ceiling=9")
    units = [[unit_index(pages, refs, pictures(base, base ^ 0b11))]]
    found = decide(tmp_path / "near", load_recipe(PICTURES, rule), units)
    assert [row["image_documents"] for row in found.kept("pairs")] == [2, 2]
    found = decide(tmp_path / "bytes", load_recipe(PICTURES, (*rule, 'near_images.set=""')), units)
    assert [row["image_documents"] for row in found.kept("pairs")] == [1, 1]


def test_near_images_are_asked_for_by_name() -> None:
    """The round says what it needs."""
    with pytest.raises(UserError, match=r"pairs\.duplicates: near needs near_images\.set"):
        load_recipe(PICTURES, ('near_images.set=""',))


def test_flat_and_tiny_pictures_are_no_nodes() -> None:
    """They share degenerate hashes."""
    tiny = medium(5, height=31)
    rows = media_rows(
        [medium(1, phash=0), medium(2, spread=0), medium(3, format=""), medium(4), medium(4, address=9), tiny]
    )
    nodes = nodes_of(rows)
    assert len(nodes) == 1
    labels = PictureLabels(nodes, np.array([5], np.uint64), np.array([3]))
    assert labels.of(rows)[0].tolist()[3:5] == [[5, 0], [5, 0]]
    assert labels.of(rows)[1].tolist() == [1, 1, 1, 3, 3, 1]
    assert NO_LABELS.of(rows)[0].tolist() == [
        list(divmod(int.from_bytes(row["sha256"].tobytes()[:16]), 2**64)) for row in rows
    ]


def test_mirrored_pictures_are_one_where_that_is_asked(tmp_path: Path) -> None:
    """By the bits that are staged."""
    drawn = random.Random(5)
    tile = Image.frombytes("RGB", (9, 7), drawn.randbytes(9 * 7 * 3)).resize((320, 240), Image.Resampling.BICUBIC)
    media = []
    for number, image in enumerate((tile, ImageOps.mirror(tile), tile.rotate(90, expand=True)), 1):
        phash, fine = hashes(image)
        media.append(medium(number, phash=phash, fine=fine, sha256=key(number) * 2, width=320 - number))
    pages, refs = [page(n) for n in (1, 2, 3)], [ref(n, 0, n + 1, alt=f"the picture {n}") for n in range(3)]
    for flips, left in ((False, 3), (True, 1)):
        recipe = load_recipe(PICTURES, (f"near_images.flips={str(flips).lower()}",))
        found = decide(tmp_path / str(flips), recipe, [[unit_index(pages, refs, media)]])
        assert len(found.kept("pairs")) == left


@pytest.mark.parametrize(("text", "documents"), [(["near"], ["url", "near"]), (["url", "near"], ["near"])])
def test_each_corpus_has_its_own_passes(tmp_path: Path, text: list[str], documents: list[str]) -> None:
    """A corpus whose second pass is another's first: that one's pages were looked for among those of the first corpus alone."""
    settings = (
        'corpora=["text", "interleaved"]',
        f"text.duplicates={text}",
        f"interleaved.duplicates={documents}",
        "near_texts.passes=2",
        "text.rules.gopher_words.floor=2",
    )
    first, other = words(300, 1), words(300, 2)
    rows = signed([" ".join(text) for text in (first, other, edited(first, 2, 3), edited(other, 2, 4))])
    refs, media = [ref(n, 0, n) for n in range(4)], [medium(n) for n in range(4)]
    found = decide(tmp_path, near_recipe(*settings), [[unit_index(rows, refs, media)]])
    assert numbers(found, "text") == [] and numbers(found, "interleaved") == [1, 2]
