"""N-grams are those that a loop over each text's words gives, wherever the text stands."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dedup.folding import word_hashes
from transforms.dedup.shingles import Shingles, distinct_counts, located_shingles, shingles

WORDS = st.lists(st.sampled_from(("mill", "river", "corn", "é", "磨")), max_size=12).map(" ".join)


def grams(words: list[str], n: int) -> list[tuple[str, ...]]:
    """What n-grams are."""
    return (
        [tuple(words[at : at + n]) for at in range(len(words) - n + 1)]
        if len(words) >= n
        else [tuple(words)][: len(words)]
    )


@given(st.lists(WORDS, max_size=6), st.integers(1, 14))
def test_ngrams_are_those_of_a_loop(texts, n):
    """Equal n-grams and only those have equal hashes, over the whole batch; each knows its first word."""
    words = word_hashes(texts)
    found = shingles(words, n)
    expected = [grams(text.split(), n) for text in texts]
    assert found.borders.tolist() == [0, *itertools.accumulate(map(len, expected))]
    pairs = set(zip([gram for some in expected for gram in some], found.hashes.tolist(), strict=True))
    assert len(pairs) == len({gram for gram, _ in pairs}) == len({value for _, value in pairs})
    firsts = [begin + at for begin, some in zip(words.borders, expected, strict=False) for at in range(len(some))]
    assert found.words.tolist() == firsts
    assert distinct_counts(found).tolist() == [len(set(some)) for some in expected]


@given(WORDS, st.integers(1, 6))
def test_an_ngram_is_the_same_for_every_n(text, n):
    """The one n-gram of a text of n words is that of a larger n too, so short texts can be looked up by themselves."""
    words = text.split()[:n]
    one, other = (shingles(word_hashes([" ".join(words)]), size) for size in (n, 13))
    if len(words) == n:
        assert one.hashes.tolist() == other.hashes.tolist()


@pytest.mark.parametrize("n", [1, 3, 13])
def test_ngrams_can_be_cut_out(n):
    """Of each text by itself, from the first letter of the first word to the last of the last."""
    texts = ["The old mill stands, by the river.", "", "Mill!", "古老的磨坊矗立在河邊，村裡的人走了很多年。"]
    found = located_shingles(texts, n)
    plain = shingles(word_hashes(texts), n)
    assert found.shingles.hashes.tolist() == plain.hashes.tolist()
    for (begin, end), text in zip(itertools.pairwise(plain.borders), texts, strict=True):
        for at in range(begin, end):
            assert shingles(word_hashes([text[found.begins[at] : found.ends[at]]]), n).hashes[0] == plain.hashes[at]


def test_the_order_of_words_counts():
    """An n-gram is no set."""
    assert shingles(word_hashes(["a b"]), 2).hashes[0] != shingles(word_hashes(["b a"]), 2).hashes[0]


def test_different_ngrams_are_counted_where_places_are_taken():
    """Hashes that differ in their last bits alone want the same place, also in two texts."""
    hashes = np.array([8, 9, 9, 10, 8, 11, 9, 9, 8], np.uint64)
    found = Shingles(hashes, np.arange(9), np.array([0, 6, 6, 8, 9]))
    assert distinct_counts(found).tolist() == [4, 0, 1, 1]
    many = shingles(word_hashes(["a b a b c", "", "x"] * 22_000), 2)
    assert distinct_counts(many).tolist() == [3, 0, 1] * 22_000
    assert distinct_counts(shingles(word_hashes([]), 2)).tolist() == []
