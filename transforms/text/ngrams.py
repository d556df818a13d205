"""How much of a document its repeated word n-grams hold. Exact: n-grams are compared by number, never by a hash. Pure.

An n-gram can only repeat where its first and its last n-1 words each repeat. So each length looks at what the length
before left, which in ordinary text is a few places, and the cost falls off quickly with n.
"""

from collections.abc import Iterator

import numpy as np

from transforms.text.words import Ints


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


def top_chars(n: int, places: Ints, groups: Ints, ends: Ints) -> int:
    """Word characters held by the most frequent n-gram: its count times its length; of equals in count, the longest.

    `ends[i]` is the number of word characters before word i. Overlapping copies count whole, so this may exceed the
    document.
    """
    counts = np.bincount(groups)
    most = int(counts.max())
    starts = places[counts[groups] == most]
    return most * int((ends[starts + n] - ends[starts]).max())


def covered_chars(n: int, places: Ints, ends: Ints) -> int:
    """Characters of the words that lie in at least one of the n-grams beginning at `places`; each word counts once."""
    stops = places + n
    np.minimum(stops[:-1], places[1:], out=stops[:-1])
    return int((ends[stops] - ends[places]).sum())


def repetition_shares(ids: Ints, lengths: Ints, top: tuple[int, ...], duplicate: tuple[int, ...]) -> dict[int, float]:
    """By n-gram length, the share of word characters in the most frequent n-gram (`top`) or in any repeated one
    (`duplicate`).

    An n-gram counts only from its second occurrence on: without one the share is 0. A share that overlaps push past 1
    is 1.

    >>> ids, lengths = np.array([0, 1, 2, 0, 1, 3, 0, 1]), np.ones(8, np.int64)
    >>> repetition_shares(ids, lengths, top=(2, 3), duplicate=())
    {2: 0.75, 3: 0.0}
    """
    shares = dict.fromkeys(top + duplicate, 0.0)
    ends = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=ends[1:])
    total = int(ends[-1])
    for n, places, groups in repeated_ngrams(ids, max(shares)):
        if n in top:
            shares[n] = min(top_chars(n, places, groups, ends) / total, 1.0)
        elif n in duplicate:
            shares[n] = covered_chars(n, places, ends) / total
    return shares
