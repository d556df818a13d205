from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.ngrams import repeated_ngrams, repetition_shares
from transforms.text.words import split_words

TOP, DUPLICATE = (2, 3, 4), (5, 6, 7, 8, 9, 10)


def naive_shares(words: list[str]) -> dict[int, Fraction]:
    """Gopher's n-gram shares as DCLM's prose states them: with counters of tuples and sets of covered places."""
    total = sum(map(len, words))
    shares = {}
    for n in TOP + DUPLICATE:
        grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
        counts = Counter(grams)
        most = max(counts.values(), default=0)
        chars = 0
        if most > 1 and n in TOP:
            chars = most * max(sum(map(len, gram)) for gram, count in counts.items() if count == most)
        elif most > 1:
            covered = {i + k for i, gram in enumerate(grams) if counts[gram] > 1 for k in range(n)}
            chars = sum(len(words[i]) for i in covered)
        shares[n] = min(Fraction(chars, max(total, 1)), Fraction(1))
    return shares


def fast_shares(words: list[str]) -> dict[int, float]:
    """The code under test, on words as they are."""
    numbers: dict[str, int] = {}
    ids = np.array([numbers.setdefault(word, len(numbers)) for word in words], np.int64)
    lengths = np.array([len(word) for word in words], np.int64)
    return repetition_shares([ids], [lengths], TOP, DUPLICATE)[0].repeated


WORDS = st.lists(st.sampled_from(["a", "be", "see", "dear"]), max_size=60)
PHRASES = st.lists(
    st.sampled_from([["x"] * 7, list("abcdefghij"), ["long", "word"], ["q"], ["r", "s", "t"]]), max_size=14
)


@given(WORDS | PHRASES.map(lambda phrases: [word for phrase in phrases for word in phrase]))
def test_fast_shares_equal_the_naive_ones(words):
    """The pairwise ranking gives the numbers that counting tuples gives, for every n and any words."""
    assert fast_shares(words) == {n: pytest.approx(float(share)) for n, share in naive_shares(words).items()}


@given(st.lists(st.lists(st.integers(0, 3), max_size=30), max_size=6))
def test_a_group_changes_no_share(texts):
    """Texts with the same word numbers, empty ones among them, have together the shares that each has alone, to the bit."""
    ids = [np.array(text, np.int64) for text in texts]
    lengths = [each + 1 for each in ids]
    alone = [repetition_shares([each], [size], TOP, DUPLICATE)[0] for each, size in zip(ids, lengths, strict=True)]
    assert repetition_shares(ids, lengths, TOP, DUPLICATE) == alone


@given(st.lists(st.integers(0, 3), max_size=40))
def test_groups_are_the_ngrams(ids):
    """Two places share a group exactly when the words there are the same, and every repeated place is found."""
    for n, places, groups in repeated_ngrams(np.array(ids, np.int64), 6):
        grams = [tuple(ids[place : place + n]) for place in places]
        assert len(set(zip(grams, groups.tolist(), strict=True))) == len(set(grams)) == len(set(groups.tolist()))
        counts = Counter(tuple(ids[i : i + n]) for i in range(len(ids) - n + 1))
        assert places.tolist() == [i for i in range(len(ids) - n + 1) if counts[tuple(ids[i : i + n])] > 1]


def test_sparse_numbers_do_no_harm():
    """Word numbers may have gaps and exceed the number of words."""
    (found,) = repetition_shares([np.array([90, 7, 90, 7])], [np.ones(4, np.int64)], TOP, DUPLICATE)
    shares = found.repeated
    assert shares[2] == 1.0 and shares[3] == 0.0


def test_redstone_values():
    """RedStone's own checks: a top 2-gram of 6/8, a top 3-gram that occurs once counts 0, then 6/8 again."""
    assert fast_shares(list("abcabdab"))[2] == 6 / 8
    assert fast_shares(list("abcabdab"))[3] == 0
    assert fast_shares(list("abcabcab"))[3] == 6 / 8


def test_dolma_values():
    """On white-space tokens Dolma's 2-gram score of 18/59 holds; of 3-grams that tie it takes the first and gets 14/59,
    DCLM and this code the longest and get 30/59; 4-grams that occur once give it 16/59 and 0 here."""
    text = "This is a sentence. \n  \n This is another sentence.\n\n  This is a third sentence."
    shares = fast_shares(text.split())
    assert shares[2] == pytest.approx(0.3050847457627119)
    assert shares[3] == pytest.approx(30 / 59)
    assert shares[4] == 0.0
    assert all(shares[n] == 0.0 for n in DUPLICATE)


@pytest.mark.parametrize(
    ("text", "n", "share"),
    [
        ("hello", 2, 0),
        ("hello world hello world hello world", 2, 1),
        ("hello world hello world hello world", 4, 1),
        ("hello      world hello apple.... world hello\n world hello", 2, 30 / 40),
        ("hello      world hello apple.... world hello\n world hello", 3, 30 / 40),
        ("hello      world hello apple.... world hello\n world hello", 4, 0),
        ("a b a b a b ab cd ab cd ab cd abc def abc def", 2, 12 / 30),
        ("a b a b a b abc def abc def ab cd ab cd ab cd", 2, 12 / 30),
        ("hello world hello\n world hello. apple world hello world hello world hello world", 5, 60 / 65),
    ],
)
def test_dclm_values(text, n, share):
    """DCLM's published fractions hold: punctuation and spacing ignored, the longest of ties, no word counted twice."""
    words = split_words(text)
    assert repetition_shares([words.ids], [words.lengths], TOP, DUPLICATE)[0].repeated[n] == pytest.approx(share)


def naive_later(words: list[str], n: int) -> int:
    """Characters in later copies as datatrove's `find_all_duplicate` finds them."""
    seen, chars, place = set(), 0, 0
    while place < len(words) - n + 1:
        gram = tuple(words[place : place + n])
        chars += sum(map(len, gram)) if gram in seen else 0
        place += n if gram in seen else 1
        seen.add(gram)
    return chars


@given(WORDS | PHRASES.map(lambda phrases: [word for phrase in phrases for word in phrase]))
def test_later_copies_are_those_of_datatrove(words):
    """The walk over repeated places finds what a walk over all of them does."""
    ids = np.array([sorted(set(words)).index(word) for word in words], np.int64)
    lengths = np.array([len(word) for word in words], np.int64)
    later = repetition_shares([ids], [lengths], TOP, DUPLICATE)[0].later
    assert later == {n: pytest.approx(naive_later(words, n) / max(sum(map(len, words)), 1)) for n in DUPLICATE}
