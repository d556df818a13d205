"""The share of each document that its repeated word n-grams hold. Exact: n-grams are compared by number, never by hash. Pure.

An n-gram can only repeat where its first and its last n-1 words each repeat. So each length looks only at the places
that the length before left, which are few in ordinary text, and the cost falls quickly with n. The calls then cost more
than the work, so the documents of a group are handled together.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.text.words import Ints

Floats = NDArray[np.float64]
_HALF = 32  # bits: a count and a number of characters, each below 2^31, make one integer
_LOW = (1 << _HALF) - 1
_NONE = np.zeros(0, np.int64)


def repeated_ngrams(ids: Ints, longest: int) -> Iterator[tuple[int, Ints, Ints]]:
    """For n = 2 … `longest`: n, the places where a repeated n-gram begins (ascending), and which n-gram it is.

    Equal group numbers mean equal n-grams. Ends early once nothing repeats.
    """
    places = (np.bincount(ids)[ids] > 1).nonzero()[0]
    groups = ids[places]
    base = max(len(ids), int(ids.max(initial=0)) + 1)  # above every number and every rank, so that a pair has one key
    for n in range(2, longest + 1):
        if len(places) < 2:
            return
        follows = (places[1:] - places[:-1] == 1).nonzero()[0]
        pairs = groups[follows] * base + groups[follows + 1]
        places, groups = _repeated(places[follows], pairs)
        if len(places):
            yield n, places, groups


def _repeated(places: Ints, keys: Ints) -> tuple[Ints, Ints]:
    """Those of `places` whose key occurs more than once, with the rank of the key."""
    order = keys.argsort(kind="stable")  # faster here than the default, on a few thousand keys
    ordered = keys[order]
    steps = ordered[1:] != ordered[:-1]
    if steps.all():
        return places[:0], keys[:0]
    ranks = np.zeros(len(keys), np.int64)
    steps.cumsum(out=ranks[1:])
    groups = np.empty(len(keys), np.int64)
    groups[order] = ranks
    repeats = (np.bincount(ranks) > 1)[groups]
    return places[repeats], groups[repeats]


def top_scores(n: int, places: Ints, groups: Ints, ends: Ints) -> Ints:
    """For each n-gram of `places`, its count times 2^32 plus its word characters: the greatest is the most frequent, of
    equals in count the longest.

    `ends[i]` is the number of word characters before word i.
    """
    return (np.bincount(groups)[groups] << _HALF) + ends[places + n] - ends[places]


def new_chars(n: int, places: Ints, ends: Ints) -> Ints:
    """For each n-gram of `places`, the characters of its words up to where the next one begins: each word counts once."""
    stops = places + n
    np.minimum(stops[:-1], places[1:], out=stops[:-1])
    return ends[stops] - ends[places]


def later_copies(n: int, places: Ints, groups: Ints, ends: Ints, cuts: Ints) -> Ints:
    """For each text, the characters in n-grams that repeat an earlier one of it, whose first copy is free.

    They are taken one behind another, as datatrove does: the search goes on behind each that it finds. The places of text t are those from
    `cuts[t]` to the next cut.
    """
    found = np.zeros(len(cuts) - 1, np.int64)
    sizes = (ends[places + n] - ends[places]).tolist()
    listed, named = places.tolist(), groups.tolist()
    for text, (first, behind) in enumerate(pairwise(cuts.tolist())):
        seen: set[int] = set()
        chars = free = 0
        for i in range(first, behind):
            if listed[i] < free:
                continue
            if named[i] in seen:
                chars += sizes[i]
                free = listed[i] + n
            else:
                seen.add(named[i])
        found[text] = chars
    return found


class Repetition(NamedTuple):
    """By n-gram length, the share of a text's word characters in the most frequent or any repeated n-gram, and in later copies alone."""

    repeated: dict[int, float]
    later: dict[int, float]


def repetition_shares(
    ids: Sequence[Ints], lengths: Sequence[Ints], top: tuple[int, ...], duplicate: tuple[int, ...]
) -> list[Repetition]:
    """For each text, by n-gram length, the share of word characters in the most frequent n-gram (`top`) or in any
    repeated one (`duplicate`); and for the latter, in those that repeat an earlier one (`later_copies`).

    An n-gram counts only from its second occurrence in its text on: without one the share is 0. Copies of the most
    frequent one count whole where they overlap; a share that this pushes past 1 is 1. Numbers are per text, and what
    else is measured beside a text changes nothing.

    >>> ids, lengths = np.array([0, 1, 2, 0, 1, 3, 0, 1]), np.ones(8, np.int64)
    >>> repetition_shares([ids], [lengths], top=(3,), duplicate=(2,))
    [Repetition(repeated={3: 0.0, 2: 0.75}, later={2: 0.5})]
    """
    ends = sums_before(np.concatenate((_NONE, *lengths)))
    bounds = sums_before(np.array([len(each) for each in ids], np.int64))
    totals = np.maximum(ends[bounds[1:]] - ends[bounds[:-1]], 1)
    shares = {n: np.zeros(len(ids)) for n in top + duplicate}
    later = {n: np.zeros(len(ids)) for n in duplicate}
    for n, places, groups in repeated_ngrams(numbered_apart(ids), max(shares)):
        cuts = places.searchsorted(bounds)
        if n in top:
            best = greatest(top_scores(n, places, groups, ends), cuts)
            shares[n] = np.minimum((best >> _HALF) * (best & _LOW) / totals, 1.0)
        elif n in duplicate:
            shares[n] = np.diff(sums_before(new_chars(n, places, ends))[cuts]) / totals
            later[n] = later_copies(n, places, groups, ends, cuts) / totals
    return [Repetition(*each) for each in zip(rows(shares), rows(later), strict=True)]


def rows(columns: Mapping[int, Floats]) -> Iterator[dict[int, float]]:
    """The values of each text, by n."""
    for row in zip(*(column.tolist() for column in columns.values()), strict=True):
        yield dict(zip(columns, row, strict=True))


def numbered_apart(ids: Sequence[Ints]) -> Ints:
    """The words of all texts in a row, no number in two texts.

    No n-gram across a border repeats then: only there do words of the one text and of the next stand side by side.
    """
    apart, first = [_NONE], 0
    for each in ids:
        apart.append(each + first)
        first += int(each.max(initial=-1)) + 1
    return np.concatenate(apart)


def sums_before(values: Ints) -> Ints:
    """The sum of the values before each place, and of all of them at the end."""
    sums = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


def greatest(values: Ints, cuts: Ints) -> Ints:
    """The greatest of the values from each cut to the next, 0 where there are none."""
    filled = (cuts[1:] > cuts[:-1]).nonzero()[0]
    best = np.zeros(len(cuts) - 1, np.int64)
    best[filled] = np.maximum.reduceat(values, cuts[filled])
    return best
