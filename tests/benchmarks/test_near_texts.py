"""The benchmark's edits are what it calls them, and what it finds on a few texts is what it should find on many."""

import random

import numpy as np
import pytest

from benchmarks.near_texts import (
    CLUSTERS,
    SHARES,
    accuracy,
    by_edit,
    compared,
    components,
    edited,
    edited_pairs,
    jaccard,
    pieces_of,
    sharing,
    windows,
)
from benchmarks.text_measures import make_text
from transforms.dedup.signature import SETS, signatures

TEXTS = [make_text(4000, seed).split() for seed in range(30)]


@pytest.mark.parametrize("name", ["triptych", "datatrove"])
def test_windows_of_one_text_come_together(name):
    """datatrove's own case: six clusters of 3, 2, 5, 4, 1 and 1 texts that overlap, and no pair across them.

    A chain hangs together by pairs of J = 0.7 to 0.85, which 14 bands of 8 find mostly, so the text is one where they do.
    """
    texts = windows(make_text(2400, seed=0))
    pairs = sharing(signatures(texts, SETS[name]))
    cluster = [number for number, places in enumerate(CLUSTERS) for _ in places]
    assert all(cluster[one] == cluster[other] for one, other in pairs)
    assert components(len(texts), pairs) == sorted(map(len, CLUSTERS)) == [1, 1, 2, 3, 4, 5]


def test_estimates_of_edited_texts_are_right():
    """Of some hundred pairs: about as far from J as theory says, on neither side of it, and all of the nearest are found."""
    pairs = edited_pairs(TEXTS, " ", seed=1)
    for chosen in SETS.values():
        estimates, found = compared(pairs, chosen)
        errors = estimates - pairs.truth
        expected = np.sqrt((pairs.truth * (1 - pairs.truth)).mean() / chosen.places)
        assert np.sqrt((errors**2).mean()) < 1.15 * expected and abs(errors.mean()) < 0.007
        assert found[pairs.truth > 0.92].all() and not found[pairs.truth < 0.2].any()


def test_edits_change_what_they_say():
    """How many words stay."""
    words, other = [f"a{place}" for place in range(100)], [f"b{place}" for place in range(100)]
    draw = random.Random(3)
    replaced = edited(words, other, "replaced", 0.1, draw)
    assert len(replaced) == 100 and sum(word in words for word in replaced) == 90
    cut = edited(words, other, "cut out", 0.2, draw)
    assert len(cut) == 80 and set(cut) < set(words)
    added = edited(words, other, "added", 0.3, draw)
    assert len(added) == 130 and added[15:115] == words


def test_jaccard_is_that_of_folded_ngrams():
    """Case aside; a text of fewer words than an n-gram has is one."""
    assert jaccard("A b c d e f", "a b, c d e g") == 1 / 3
    assert jaccard("a b", "A b!") == 1 and jaccard("a b", "b a") == 0 and jaccard("", "") == 0


def test_what_is_printed():
    """A line of figures, a line for each bin that has enough pairs, and a line of edits."""
    pairs = edited_pairs(TEXTS, " ", seed=2)
    head, *bins = accuracy("some", pairs, SETS["datatrove"])
    assert head.startswith("some, K = 112: 450 pairs, rmse 0.0") and len(bins) <= 1
    assert by_edit(pairs, SETS["datatrove"]).count("%") == sum(map(len, SHARES.values()))
    assert pieces_of(["a " * 1300, "b"]) == [" ".join("a" * 600)] * 2
