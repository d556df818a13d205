"""Signatures of texts: which are near duplicates is found by the keys of bands and told by comparing bytes. Pure.

A text's n-grams of words are sketched in K places by fast similarity sketching (Dahlgaard, Knudsen, Thorup 2017): in round t every n-gram
goes to one of the K places with one value, and a place keeps the least (round, value). Two texts agree in a place with probability J, the
Jaccard similarity of their sets of n-grams. It costs a fifth of K minima and estimates J better. Rows of places give the key of a band;
one byte of each place is kept to estimate J by. All constants are ours and the same everywhere; `SIGNATURE_VERSION` names them.

Cost: 60 us for a page of 600 words in a batch of dozens, 280 us for one alone; in other alphabets and scripts up to 500 us.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transforms.dedup.folding import FOLDING_VERSION, Hashes, Places, Words, mixed, word_hashes
from transforms.dedup.shingles import SHINGLES_VERSION, Shingles, distinct_counts, shingles

# Signatures of two versions are never compared. Raise the last number with any change of values below.
SIGNATURE_VERSION = f"{FOLDING_VERSION}.{SHINGLES_VERSION}.1"


@dataclass(frozen=True, slots=True)
class SignatureSet:
    """What is measured: n-grams of `words` words, in `bands` bands of `rows` places each; with `numbers` each number is the same word."""

    words: int
    bands: int
    rows: int
    numbers: bool = False

    @property
    def places(self) -> int:
        """K, the bytes of a signature."""
        return self.bands * self.rows

    def found(self, similarity: float) -> float:
        """The chance that two texts of that Jaccard similarity share a band.

        >>> [round(SETS["datatrove"].found(j), 2) for j in (0.6, 0.75, 0.9)]
        [0.21, 0.77, 1.0]
        """
        return float(1 - (1 - similarity**self.rows) ** self.bands)


# By the names that a recipe has for them. What is equal to the peers' is the numbers: words, digests and sketches are ours. In scripts
# without spaces a word is a piece of `transforms.text.unspaced`, 2 characters of Chinese and Japanese, 4 letters of the others.
SETS: Mapping[str, SignatureSet] = {
    # Ours: of two texts with J = 0.7 it finds .90, with .5 .25, so that the verdict is the verification's.
    "triptych": SignatureSet(words=5, bands=18, rows=6),
    # FineWeb's: .67 at .7 to .75, .97 at .8 to .85.
    "datatrove": SignatureSet(words=5, bands=14, rows=8, numbers=True),
    # NeMo Curator's bands and rows. Its n-grams are of 24 characters, ours of 5 words, about as long in English.
    "nemo": SignatureSet(words=5, bands=20, rows=13),
}

_ROUNDS = 8  # then a place that is still empty takes the least of all n-grams under a hash of its own
_VALUE_BITS = np.uint64(60)  # below the round, which outweighs them
_VALUES = np.uint64(2**60 - 1)
_ROUND_SEED = 0x8EBC6AF09C88C6E3
_PLACE_SEED, _BAND_SEED = np.uint64(0x589965CC75374CC3), np.uint64(0x1D8E4E27C47D124F)
_ROW_FACTOR = np.uint64(0xEB44ACCAB455D165)
_EMPTY = np.uint64(2**64 - 1)
_HALF = np.uint64(32)
# What is measured at once, so that it stays in the processor's cache; values do not depend on it.
_MOST_TEXTS, _MOST_CHARACTERS = 256, 2**20


@dataclass(frozen=True, slots=True)
class Signatures:
    """Of some texts: `bands` (texts x bands, u8 keys), `bytes` (texts x places) and `shingles`, the number of different n-grams.

    Where that is 0 the text has no words: its keys and bytes are those of every such text and say nothing.
    """

    bands: Hashes
    bytes: NDArray[np.uint8]
    shingles: Places


def signatures(texts: Sequence[str], chosen: SignatureSet) -> Signatures:
    """The signatures of texts, the same whichever others come with them.

    >>> found = signatures(["the old mill stands by the river", "The old mill stands by the River!", ""], SETS["datatrove"])
    >>> bool((found.bytes[0] == found.bytes[1]).all()), found.bands.shape, found.shingles.tolist()
    (True, (3, 14), [3, 3, 0])
    """
    bands = np.empty((len(texts), chosen.bands), np.uint64)
    kept = np.empty((len(texts), chosen.places), np.uint8)
    counts = np.empty(len(texts), np.int64)
    for part in parts_of(texts):
        bands[part], kept[part], counts[part] = _signed(word_hashes(texts[part], chosen.numbers), chosen)
    return Signatures(bands, kept, counts)


def _signed(words: Words, chosen: SignatureSet) -> tuple[Hashes, NDArray[np.uint8], Places]:
    """Band keys, bytes and numbers of n-grams of a batch's texts."""
    grams = shingles(words, chosen.words)
    places = sketch(grams, chosen.places)
    return band_keys(places, chosen), places.astype(np.uint8), distinct_counts(grams)  # the low byte of each place


def signature_facts(words: Words, name: str) -> list[dict[str, Any]]:
    """What staging holds of the signatures of texts, given by their words, by the set of that name: the columns `bands`, `signature` and
    `shingles` of PAGES.

    Of a text without words, and for the name "", the bytes are empty and the number is 0: no text is a near duplicate of such a one.

    >>> found = signature_facts(word_hashes(["The old mill", ""]), "triptych")
    >>> [(len(facts["bands"]), len(facts["signature"]), facts["shingles"]) for facts in found]
    [(144, 108, 1), (0, 0, 0)]
    """
    if not name:
        return [no_facts() for _ in words.borders[1:]]
    bands, places, counts = _signed(words, SETS[name])
    return [
        {"bands": keys.tobytes(), "signature": row.tobytes(), "shingles": count} if count else no_facts()
        for keys, row, count in zip(bands.astype("<u8"), places, counts.tolist(), strict=True)
    ]


def no_facts() -> dict[str, Any]:
    """The columns of a text without a signature."""
    return {"bands": b"", "signature": b"", "shingles": 0}


def sketch(grams: Shingles, places: int) -> Hashes:
    """The sketches of a batch, texts x places. That of a union is the lesser of both in each place."""
    counts = np.diff(grams.borders)
    texts = np.repeat(np.arange(len(counts)), counts)
    table = np.full((len(counts), places), _EMPTY)
    flat = table.reshape(-1)
    hashes, owners = grams.hashes, texts
    for turn in range(_ROUNDS):
        values = _hashed(hashes, np.uint64((turn + 1) * _ROUND_SEED % 2**64))
        at = owners * places + ((values >> _HALF) * np.uint64(places) >> _HALF).astype(np.int64)
        values &= _VALUES
        values |= np.uint64(turn) << _VALUE_BITS
        np.minimum.at(flat, at, values)
        unfilled = (table == _EMPTY).any(axis=1)[owners]
        if not unfilled.any():
            return table
        hashes, owners = hashes[unfilled], owners[unfilled]
    _fill(table, grams)
    return table


def band_keys(places: Hashes, chosen: SignatureSet) -> Hashes:
    """The keys of the bands of sketches, texts x bands; the number of the band is mixed in, so keys of different bands never meet."""
    rows = places.reshape(len(places), chosen.bands, chosen.rows)
    keys = rows[:, :, 0].copy()
    for row in range(1, chosen.rows):
        keys *= _ROW_FACTOR
        keys += rows[:, :, row]
    keys ^= np.arange(1, chosen.bands + 1, dtype=np.uint64) * _BAND_SEED
    return mixed(keys)


def similarity(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The estimate of J of pairs of signatures, row by row; may fall a little below 0, as bytes agree by chance once in 256.

    Its standard error is about the root of J (1 - J) / K, .04 at K = 112.

    >>> similarity(np.zeros((1, 4), "u1"), np.array([[0, 0, 0, 9]], "u1")).round(3).tolist()
    [0.749]
    """
    equal = (one == other).mean(axis=-1)
    return np.asarray((equal - 1 / 256) / (1 - 1 / 256))


def containment(
    estimate: NDArray[np.float64], one: NDArray[np.integer], other: NDArray[np.integer]
) -> NDArray[np.float64]:
    """The share of the smaller set of n-grams that the other has too, from J and the numbers of different n-grams of both.

    >>> containment(np.array([0.5]), np.array([50]), np.array([100])).tolist()
    [1.0]
    """
    estimate = np.clip(estimate, 0, 1)
    shared = estimate / (1 + estimate) * (one.astype(float) + other.astype(float))
    return np.asarray(np.minimum(shared / np.maximum(np.minimum(one, other), 1), 1))


def parts_of(texts: Sequence[str]) -> Iterator[slice]:
    """Slices of neighbours that are measured together."""
    begin, characters = 0, 0
    for place, text in enumerate(texts):
        if place > begin and (place - begin == _MOST_TEXTS or characters + len(text) > _MOST_CHARACTERS):
            yield slice(begin, place)
            begin, characters = place, 0
        characters += len(text)
    if begin < len(texts):
        yield slice(begin, len(texts))


def _hashed(hashes: Hashes, seed: np.uint64 | Hashes) -> Hashes:
    return mixed(hashes ^ seed)


def _fill(table: Hashes, grams: Shingles) -> None:
    """Give each place that no n-gram went to the least of all of its text, under a hash of the place's own.

    Such a text has hardly more different n-grams than places, so those that it repeats are left out before they are multiplied.
    """
    needy = np.flatnonzero((table == _EMPTY).any(axis=1) & (np.diff(grams.borders) > 0))
    if not len(needy):
        return
    own = [np.unique(grams.hashes[grams.borders[text] : grams.borders[text + 1]]) for text in needy]
    ends = np.cumsum([len(some) for some in own])
    rows, places = np.nonzero(table[needy] == _EMPTY)
    counts = np.diff(ends, prepend=0)[rows]
    begins = np.cumsum(counts) - counts
    which = np.arange(counts.sum()) + np.repeat((ends - np.diff(ends, prepend=0))[rows] - begins, counts)
    seeds = (places.astype(np.uint64) + np.uint64(1)) * _PLACE_SEED
    values = _hashed(np.concatenate(own)[which], np.repeat(seeds, counts)) & _VALUES | np.uint64(_ROUNDS) << _VALUE_BITS
    table[needy[rows], places] = np.minimum.reduceat(values, begins)
