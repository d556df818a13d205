"""N-grams of texts among those of tasks."""

import random
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.recipe import LEAST_NGRAM, MOST_NGRAM
from transforms.dedup.folding import word_hashes
from transforms.dedup.task_texts import (
    GramIndex,
    Grams,
    TaskHits,
    TaskTexts,
    blocks_hit,
    grams_of,
    hits_of,
    together,
)

NGRAMS = range(LEAST_NGRAM, MOST_NGRAM + 1)


def prose(seed: int, words: int) -> list[str]:
    """Words that no other seed gives in that order."""
    draw = random.Random(seed)
    return ["".join(draw.choices("abcdefghij", k=6)) for _ in range(words)]  # no digits: all numbers are one word


def tasks_of(texts: Sequence[str], *ngrams: int) -> TaskTexts:
    """An index for each n over these texts, each an item of its own."""
    indexes = tuple(GramIndex(grams_of(texts, range(len(texts)), n)) for n in ngrams)
    return TaskTexts(indexes, pa.array([f"made/{number}" for number in range(len(texts))]))


def hits(tasks: TaskTexts, *texts: str) -> list[TaskHits]:
    """What texts share with tasks."""
    return hits_of(tasks, word_hashes(texts))


@pytest.mark.parametrize("n", NGRAMS)
def test_n_words_in_their_order_are_found_and_fewer_are_not(n: int) -> None:
    """However the page writes them, and with the places of all of them."""
    item, before = prose(1, 40), prose(2, 25)
    tasks = tasks_of([" ".join(item)], n)
    page = [*before, *item[10 : 10 + n + 2], *before]
    (found,) = hits(tasks, " ".join(page).upper().replace(" ", ", "))
    assert found == TaskHits(3, (0,), ((25, 25 + n + 2),))
    (short,) = hits(tasks, " ".join([*before, *item[10 : 10 + n - 1], *before]))
    assert short == TaskHits(0, (), ())


@pytest.mark.parametrize("n", [LEAST_NGRAM, MOST_NGRAM])
def test_a_task_shorter_than_an_ngram_counts_where_a_whole_text_equals_it(n: int) -> None:
    """And nowhere else: not inside a page, nor as the beginning of one."""
    tasks = tasks_of(["Two boats on the river."], n)
    assert hits(tasks, "two boats, on the RIVER")[0].grams == 1
    for other in ("two boats on the river today", "two boats on the", " ".join(["two boats on the river"] * 9), ""):
        assert hits(tasks, other) == [TaskHits(0, (), ())]


def test_a_text_without_words_is_in_no_index() -> None:
    """Pages without words would all equal it."""
    assert not len(grams_of(["", "...", "\n"], [0, 1, 2], 13).keys)


def test_the_item_with_most_ngrams_comes_first_then_the_first_item() -> None:
    """An n-gram counts once, however often the page says it; one of several items is of the first."""
    one, two, three = (prose(seed, 12) for seed in (3, 4, 5))
    tasks = tasks_of([" ".join(words) for words in (one, two, three, one)], 8)
    page = [*one[:8], *three[:10], *two[:8], *one[:8]]
    (found,) = hits(tasks, " ".join(page))
    assert (found.grams, found.items) == (5, (2, 0, 1))
    assert found.words == ((0, 34),)


def test_indexes_of_several_lengths_add_up() -> None:
    """Each n is looked for by itself."""
    item = prose(6, 13)
    (found,) = hits(tasks_of([" ".join(item)], 8, 13), " ".join(item))
    assert (found.grams, found.words) == (7, ((0, 13),))


@given(st.lists(st.integers(0, 2**64 - 1), max_size=60), st.lists(st.integers(0, 2**64 - 1), max_size=60))
def test_what_is_found_is_what_is_known(known: list[int], others: list[int]) -> None:
    """Behind the bitmap nothing is lost and nothing is invented, also of keys with equal leading bits."""
    keys = np.unique(np.array([*known, *(key ^ 1 for key in known[::2])], np.uint64))
    asked = np.array([*others, *known, *(key ^ 2 for key in known)], np.uint64)
    at, rows = GramIndex(Grams(13, keys, np.arange(len(keys), dtype=np.uint32))).find(asked)
    assert at.tolist() == np.flatnonzero(np.isin(asked, keys)).tolist()
    assert keys[rows].tolist() == asked[at].tolist()


def test_hits_do_not_depend_on_company_or_on_how_items_are_put_together() -> None:
    """A page gives the same alone, and an index the same from its halves."""
    texts = [" ".join(prose(seed, 30)) for seed in range(6)]
    halves = [grams_of(texts[:3], range(3), 9), grams_of(texts[3:], range(3, 6), 9)]
    whole = grams_of(texts, range(6), 9)
    for parts in (halves, [whole], [grams_of([], [], 9), *halves]):
        joined = together(parts, 9)
        assert joined.keys.tolist() == whole.keys.tolist() and joined.items.tolist() == whole.items.tolist()
    tasks = tasks_of(texts[:3], 9)
    assert hits(tasks, *texts) == [hits(tasks, text)[0] for text in texts]


@pytest.mark.parametrize("before", ["Für Ärger, ", "古い水車小屋は川のそばに立っています。", "1,234.5 x", ""])
def test_the_blocks_of_a_hit_are_those_that_its_words_stand_in(before: str) -> None:
    """Whatever is folded on the way: accents, numbers, scripts without spaces."""
    item = prose(7, 13)
    blocks = [before or "x", " ".join(item[:6]), " ".join(item[6:]) + "!", "The end of it."]
    text = "\n\n".join(blocks)
    begins = np.cumsum([0, *(len(block) + 2 for block in blocks[:-1])]).tolist()
    (found,) = hits(tasks_of([" ".join(item)], 13), text)
    assert blocks_hit(text, found, begins) == [1, 2]
