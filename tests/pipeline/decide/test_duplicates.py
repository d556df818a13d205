"""Rounds of duplicates over batches and partitions."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpora import load_recipe
from pipeline.decide.job import DecideJob
from pipeline.layout import RunFolder, StagingFolder
from pipeline.sections import read_sections
from tests.support.any_corpus import Answer, Dealt, How, Item, answer_of, any_corpus, sequential
from tests.support.index_rows import candidates, decide, key, medium, page, ref, unit_index

KEYS = st.lists(st.integers(0, 4), max_size=3, unique=True).map(tuple)
RANKS = st.integers(-1, 1)
ITEMS = st.builds(
    Item, st.tuples(KEYS, KEYS), st.tuples(RANKS, RANKS), st.integers(0, 6), st.sampled_from([False] * 7 + [True])
)
PAGES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), ITEMS, ITEMS), min_size=1, max_size=14)
ROUNDS = st.lists(st.builds(How, st.booleans(), st.booleans()), max_size=2)


@settings(max_examples=80)
@given(PAGES, ROUNDS, ROUNDS, st.integers(1, 4), st.booleans())
def test_batches_and_partitions_decide_as_one_pass_over_all_items(
    pages: list[tuple[int, int, Item, Item]], rounds: list[How], others: list[How], partitions: int, files: bool
) -> None:
    """Whatever the batches, keys, ranks and rounds: the same items stay, and the others leave in the same round for the same keeper.

    Two corpora over the same pages, with keys of their own, decide each for itself.
    """
    batches = [[[n for n, p in enumerate(pages, 1) if p[:2] == (b, u)] for u in range(2)] for b in range(3)]
    one, other = ({n: p[column] for n, p in enumerate(pages, 1)} for column in (2, 3))
    dealt = Dealt({"one": (one, rounds), "other": (other, others)})
    with tempfile.TemporaryDirectory() as folder:
        found = dealt.distributed(Path(folder), batches, partitions, files)
        accounts = [account for closed in found.closed for account in closed.batch["accounts"]]
        for name, (items, asked) in dealt.corpora.items():
            expected = sequential(items, asked)
            assert answer_of(found, name) == Answer(sorted(expected.kept), expected.lost)
            kept = sum(a["kept"] for a in accounts if (a["corpus"], a["stage"]) == (name, "duplicates"))
            assert kept == (len(expected.kept) if asked else 0)


def test_an_item_is_compared_with_the_one_that_it_leaves_for(tmp_path: Path) -> None:
    """Of one key and near the first of its own batch, but not near the first of all: it stays (law 11).

    It once left unseen, since the first of its batch had lost.
    """
    items = {1: Item(((7,),), (0,), 10), 2: Item(((7,),), (0,), 12), 3: Item(((7,),), (0,), 14)}
    found = any_corpus(items, True).distributed(tmp_path, [[[1]], [[2, 3]]])
    assert answer_of(found) == Answer([1, 3], {2: ("keys0", 1)})


def test_a_hot_key_sends_one_row_a_batch(tmp_path: Path) -> None:
    """Thousands of items of one key are one candidate of their batch, whatever partition it goes to (law 9)."""
    items = {n: Item(((7,),), (0,), 0) for n in range(1, 3001)}
    dealt = [[list(range(first, first + 1000))] for first in (1, 1001, 2001)]
    corpus = any_corpus(items, False)
    found = corpus.distributed(tmp_path, dealt, 5)
    with corpus.registered():
        sent = [row for batch in found.batches for row in candidates(found.job, batch, [], 0)]
    assert [len(rows) for _, _, rows in sent] == [1, 1, 1]
    assert answer_of(found).kept == [1]


def test_a_loser_of_one_corpus_is_none_of_another(tmp_path: Path) -> None:
    """Text and interleaved share the keys of their pages: what leaves the one for a page that the other never had stays in it."""
    recipe = load_recipe(
        'name = "x"\ncorpora = ["text", "interleaved"]\n[text]\nduplicates = ["url"]\n[interleaved]\nduplicates = ["url"]\n'
        "[interleaved.rules]\ngopher_words = {floor = 5}"
    )
    pages = [page(1, url_key=key(9), gopher_words=1), page(2, url_key=key(9), gopher_words=9)]
    refs = [[ref(0, 0, 1)], [ref(0, 0, 1)]]
    units = [
        [unit_index([pages[0]], refs[0], [medium(1)], 0)],
        [unit_index([pages[1]], refs[1], [], 1)],
    ]
    found = decide(tmp_path, recipe, units)
    assert found.dropped("text") == {key(2).hex(): ("url", key(1).hex())}
    assert found.dropped("interleaved") == {key(1).hex(): ("gopher_words", None)}
    assert [row["id"] for row in found.kept("interleaved")] == [key(2).hex()]


def test_corpora_with_fewer_rounds_wait_for_the_others(tmp_path: Path) -> None:
    """A corpus without keys loses nothing in the rounds of another."""
    recipe = load_recipe(
        'name = "x"\ncorpora = ["text", "interleaved"]\n[text]\nduplicates = ["url", "text"]\n[interleaved]\nduplicates = []'
    )
    pages = [page(n, url_key=key(9), text_key=key(8)) for n in (1, 2)]
    found = decide(tmp_path, recipe, [[unit_index(pages, [ref(n, 0, 1) for n in (0, 1)], [medium(1)])]])
    assert [row["id"] for row in found.kept("text")] == [key(1).hex()]
    assert [row["id"] for row in found.kept("interleaved")] == [key(1).hex(), key(2).hex()]


def test_rounds_are_the_most_keys_of_any_corpus() -> None:
    """The graph's length depends on the recipe alone; corpora that are not asked for do not count."""
    text = '[text]\nduplicates = ["url", "text"]\n[pairs]\nduplicates = ["phash"]'
    for asked, rounds in (("text,pairs", 2), ("pairs", 1), ("interleaved", 0)):
        names = ", ".join(f'"{name}"' for name in asked.split(","))
        recipe = load_recipe(f'name = "x"\ncorpora = [{names}]\n{text}')
        job = DecideJob(StagingFolder(""), RunFolder(""), recipe, 1, 1, False, {})
        assert job.rounds == len(job.round_dtypes()) == len(job.loser_dtypes()) == rounds


def test_a_judged_batch_holds_the_candidates_of_every_round(tmp_path: Path) -> None:
    """Only of items that the rules left, each with the row of its item; later rounds read them and no index."""
    items = {1: Item(((1, 2), (3,)), (0, 0), 0), 2: Item(((1,), ()), (0, 0), 0, True), 3: Item(((2,), (4,)), (0, 0), 0)}
    found = any_corpus(items, False, False).distributed(tmp_path, [[[1, 2], [3]]])
    judged = read_sections(found.job.run.judged(0))
    assert [np.frombuffer(judged.get(f"items/{n}"), np.int32).tolist() for n in (0, 1)] == [[0, 0, 1], [0, 1]]


def test_an_item_with_no_key_left_of_a_dropped_one_keeps_its_key(tmp_path: Path) -> None:
    """A duplicate of a dropped item stays, though the dropped one comes first."""
    items: dict[int, Any] = {1: Item(((7,),), (-1,), 0, True), 2: Item(((7,),), (0,), 0)}
    found = any_corpus(items, False).distributed(tmp_path, [[[1], [2]]])
    assert answer_of(found) == Answer([2], {})
