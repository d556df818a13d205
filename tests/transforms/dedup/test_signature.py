"""Signatures estimate J without bias, bands find what theory says, and a text has its own in any batch."""

import hashlib
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.measured_inputs import CHINESE, ENGLISH, HINDI, JAPANESE, KOREAN
from transforms.dedup.folding import word_hashes
from transforms.dedup.shingles import Shingles, shingles
from transforms.dedup.signature import (
    SETS,
    SIGNATURE_VERSION,
    SignatureSet,
    band_keys,
    containment,
    signatures,
    similarity,
    sketch,
)

TEXTS = st.lists(
    st.one_of(
        st.lists(st.sampled_from("abcdefg"), max_size=30).map(" ".join),
        st.text(max_size=60),
        st.sampled_from((ENGLISH, CHINESE, JAPANESE, KOREAN, HINDI)),
    ),
    max_size=5,
)


def of_sets(sets: list[np.ndarray]) -> Shingles:
    """N-grams out of nothing, as if texts had them."""
    borders = np.cumsum([0, *map(len, sets)])
    return Shingles(np.concatenate(sets), np.arange(borders[-1]), borders)


def pairs(count: int, size: int, share: float, seed: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Sketches of pairs of sets of `size` n-grams that have `share` of them in common, and their J."""
    draw = np.random.default_rng(seed)
    common = round(share * size)
    every = draw.integers(0, 2**64, (count, 2 * size - common), np.uint64)
    places = sketch(of_sets([*every[:, :size], *every[:, size - common :]]), 112)
    return places[:count], places[count:], common / (2 * size - common)


@given(TEXTS, st.sampled_from(sorted(SETS)))
def test_a_text_has_its_signature_in_any_batch(texts, name):
    """Alone, and behind itself."""
    found = signatures(texts + texts, SETS[name])
    for place, text in enumerate(texts):
        alone = signatures([text], SETS[name])
        for row in (place, len(texts) + place):
            assert alone.bands[0].tolist() == found.bands[row].tolist()
            assert alone.bytes[0].tolist() == found.bytes[row].tolist()
            assert alone.shingles[0] == found.shingles[row]


def test_parts_change_nothing(monkeypatch):
    """Whichever texts are measured together."""
    texts = [" ".join(random.Random(seed).choices("abcdefghij", k=seed)) for seed in range(40)]
    whole = signatures(texts, SETS["triptych"])
    monkeypatch.setattr("transforms.dedup.signature._MOST_TEXTS", 7)
    monkeypatch.setattr("transforms.dedup.signature._MOST_CHARACTERS", 90)
    parts = signatures(texts, SETS["triptych"])
    assert (whole.bands == parts.bands).all() and (whole.bytes == parts.bytes).all()
    assert (whole.shingles == parts.shingles).all()


@given(
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=60),
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=200),
)
def test_the_sketch_of_a_union_is_the_lesser(one, other):
    """What comes twice, and in which order, does not matter."""
    first, second, union, again = sketch(
        of_sets([np.array(values, np.uint64) for values in (one, other, one + other, [*reversed(other), *one, *one])]),
        16,
    )
    assert (np.minimum(first, second) == union).all() and (union == again).all()


@pytest.mark.parametrize("size", [1, 5, 20, 112, 600])
@pytest.mark.parametrize("share", [0.3, 0.8, 0.95])
def test_the_estimate_has_no_bias(size, share):
    """By the whole values and by one byte of each; its error is no greater than that of K minima."""
    count = 2000
    one, other, truth = pairs(count, size, share, seed=size)
    estimates = similarity(one.astype(np.uint8), other.astype(np.uint8))
    expected = np.sqrt(truth * (1 - truth) / 112 + 1 / 256 / 112)
    for found in ((one == other).mean(axis=1), estimates):
        assert abs(found.mean() - truth) < 4 * expected / np.sqrt(count) + 1e-4
        assert np.sqrt(((found - truth) ** 2).mean()) < 1.1 * expected + 1e-4


def test_places_are_filled_evenly():
    """Each place holds each n-gram of a text equally often."""
    draw = np.random.default_rng(5)
    sets = draw.integers(0, 2**64, (4000, 10), np.uint64)
    _, common = sketch(of_sets([sets[0], sets[0]]), 64)[0], sketch(of_sets(list(sets)), 64)
    first = sketch(of_sets([row[:1] for row in sets]), 64)
    shares = (common == first).mean(axis=0)
    assert abs(shares.mean() - 0.1) < 0.003 and np.abs(shares - 0.1).max() < 0.025


@pytest.mark.parametrize("name", sorted(SETS))
@pytest.mark.parametrize("truth", [0.6, 0.7, 0.8, 0.9])
def test_bands_find_what_theory_says(name, truth):
    """Within what chance allows in 1,500 pairs."""
    chosen, size = SETS[name], 300
    common = round(2 * truth * size / (1 + truth))
    draw = np.random.default_rng(round(100 * truth))
    every = draw.integers(0, 2**64, (1500, 2 * size - common), np.uint64)
    keys = band_keys(sketch(of_sets([*every[:, :size], *every[:, size - common :]]), chosen.places), chosen)
    found = (keys[:1500] == keys[1500:]).any(axis=1).mean()
    assert abs(found - chosen.found(common / (2 * size - common))) < 0.05


def test_short_texts_are_equal_or_nothing():
    """Of 0 to 6 words: only equal words are candidates, and texts without words have no n-gram to claim by."""
    words = ["the", "old", "mill", "stands", "by", "river"]
    texts = [" ".join(words[:count]) for count in range(7)] + ["old the", "mill the old", "...", "!"]
    for chosen in SETS.values():
        found = signatures(texts, chosen)
        assert (found.shingles == 0).tolist() == [not text.strip(".!") for text in texts]
        short = [place for place, text in enumerate(texts) if 0 < len(text.strip(".!").split()) < 5]
        keys = found.bands[short]
        for one in range(len(short)):
            for other in range(one):
                assert not (keys[one] == keys[other]).any()


def test_what_is_folded_away_makes_no_difference():
    """Case, punctuation, accents and numbers aside they are the same."""
    one, other = signatures([ENGLISH, ENGLISH.upper().replace(",", " –").replace(" ", "\n")], SETS["triptych"]).bands
    assert (one == other).all()


def test_containment_finds_the_smaller_in_the_larger():
    """From J and the numbers of n-grams."""
    estimate, one, other = np.array([0.5, 1.0, 0.0, -0.01]), np.array([50, 8, 5, 0]), np.array([100, 8, 90, 0])
    assert containment(estimate, one, other).tolist() == [1.0, 1.0, 0.0, 0.0]
    assert containment(np.array([0.25]), np.array([100]), np.array([100])) == pytest.approx(0.4)


def test_the_keys_of_bands_never_meet():
    """Equal values in two bands are two keys."""
    keys = band_keys(np.ones((1, 12), np.uint64), SignatureSet(words=5, bands=4, rows=3))
    assert len(set(keys[0].tolist())) == 4


def test_values_are_those_of_their_version():
    """Stored signatures outlive this code. Whoever changes a value raises SIGNATURE_VERSION."""
    texts = [ENGLISH, CHINESE, JAPANESE, HINDI, KOREAN, "", "Mill.", "1,234 Ünïcödé — " * 9]
    found = hashlib.sha256()
    for name in sorted(SETS):
        measured = signatures(texts, SETS[name])
        for part in (measured.bands.astype("<u8"), measured.bytes, measured.shingles.astype("<i8")):
            found.update(part.tobytes())
    assert (SIGNATURE_VERSION, found.hexdigest()[:16]) == ("1.1.1", "026e0ebc98e01971")


def test_the_named_sets():
    """By their bands, rows and words."""
    assert {name: (one.words, one.bands, one.rows, one.places) for name, one in SETS.items()} == {
        "triptych": (5, 18, 6, 108), "datatrove": (5, 14, 8, 112), "nemo": (5, 20, 13, 260)
    }  # fmt: skip
    assert shingles(word_hashes(["a b c"]), 5).borders.tolist() == [0, 1]
