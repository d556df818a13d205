"""Keepers that lost a later round, followed to one that stays."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpora import load_recipe
from pipeline.decide.duplicates import Standing, nothing_lost
from pipeline.decide.resolve import KEEPERS, LOSSES, Followed, answer
from schemas.index import ITEM, LOSS
from tests.support.any_corpus import Answer, How, Item, answer_of, any_corpus, sequential
from tests.support.index_rows import decide, key, page, unit_index

RECIPE = load_recipe('name = "x"\ncorpora = ["text"]\n[text]\nduplicates = ["url", "text"]')
# Of one address, the newer stays; it has the text of another page with a lesser id.
CHAIN = [
    page(2, url_key=key(9), date="2024-01-01T00:00:00Z", text_key=key(7), text_bytes=9),
    page(3, url_key=key(9), date="2025-01-01T00:00:00Z", text_key=key(8), text_bytes=9),
    page(1, url_key=key(6), date="2024-01-01T00:00:00Z", text_key=key(8), text_bytes=9),
]


@pytest.mark.parametrize("batches", [[[0, 1, 2]], [[0], [1], [2]], [[0, 1], [2]], [[0, 2], [1]], [[2], [1, 0]]])
@pytest.mark.parametrize("partitions", [1, 4])
def test_of_an_address_then_of_a_text(tmp_path: Path, batches: list[list[int]], partitions: int) -> None:
    """The page that lost by its address names the one that its keeper was lost to by its text, in one batch and over several.

    It once named the keeper, which is in no corpus.
    """
    units = [[unit_index([CHAIN[n] for n in batch], number=number)] for number, batch in enumerate(batches)]
    found = decide(tmp_path, RECIPE, units, partitions)
    kept = key(1).hex()
    assert [row["id"] for row in found.kept("text")] == [kept]
    assert found.dropped("text") == {key(2).hex(): ("url", kept), key(3).hex(): ("text", kept)}


def a_chain(rounds: int) -> dict[int, Item]:
    """Items 1, 2, ... of which each loses a round to the next, one round after the other."""

    def keys(n: int) -> tuple[tuple[int, ...], ...]:
        return tuple((7,) if n in (number + 1, number + 2) else () for number in range(rounds))

    return {n: Item(keys(n), (-n,) * rounds, 0) for n in range(1, rounds + 2)}


@pytest.mark.parametrize(("rounds", "hops"), [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (8, 3), (9, 4)])
@pytest.mark.parametrize("apart", [False, True])
def test_the_longest_chain_is_followed_to_its_end(tmp_path: Path, rounds: int, hops: int, apart: bool) -> None:
    """An item lost in every round, each keeper in the next: all name the last, and hops are the logarithm of rounds, none for one."""
    items = a_chain(rounds)
    batches = [[[n]] for n in items] if apart else [[list(items)]]
    corpus = any_corpus(items, *[False] * rounds)
    found = corpus.distributed(tmp_path, batches, 3)
    last = rounds + 1
    with corpus.registered():
        assert found.job.hops == hops
    assert answer_of(found) == Answer([last], {n: (f"keys{n - 1}", last) for n in range(1, last)})


def lost(keepers: list[int], elsewhere: bool) -> Standing:
    """Items 1000, 1001, ... that lost the first round to these keepers."""
    standing = nothing_lost(len(keepers))
    standing.lost_in[:] = 0
    standing.losses["low"] = 1000 + np.arange(len(keepers))
    standing.losses["ordinal"] = standing.losses["of_ordinal"] = -1
    standing.losses["of_low"] = keepers
    standing.elsewhere[:] = elsewhere
    return standing


@pytest.mark.parametrize(("elsewhere", "asked"), [(True, [(0, 7, 0, -1), (0, 8, 0, -1)]), (False, [])])
def test_a_keeper_of_many_is_asked_for_once_and_only_elsewhere(elsewhere: bool, asked: list[tuple[int, ...]]) -> None:
    """A key that a thousand items of a batch share is one row (law 9); a keeper of the batch itself is none."""
    state = Followed({0: lost([8, 7] * 500, elsewhere)}, {0: np.arange(1000)})
    assert state.elsewhere().tolist() == asked


def test_a_partition_tells_who_asked_of_those_that_lost() -> None:
    """Whether the keeper's own batch or another asks; of a keeper that is still in nothing is said, and ids are those of one corpus."""
    losses = np.array([(0, 7, 1, -1, 0, 5, -1, 0), (0, 8, 2, -1, 0, 6, -1, 0)], LOSS)
    asked = np.array([(0, 7, 1, -1), (0, 8, 1, -1), (0, 9, 1, -1)], ITEM)
    sent = [(LOSSES, 0, losses.tobytes()), (KEEPERS, 1, asked.tobytes()), (KEEPERS, 2, asked[1:].tobytes())]
    told = {to: (kind, rows.tolist()) for to, kind, rows in answer(sent, 3)}
    assert told == {1: ("followed3", [losses[0].item()]), 2: ("followed3", [])}


ONE_KEY = st.lists(st.integers(0, 3), max_size=1).map(tuple)
RANKS = st.integers(-1, 1)


@st.composite
def dealt(draw: st.DrawFn) -> tuple[int, dict[int, Item], list[list[list[int]]]]:
    """Rounds, items with at most one key in each, and the batches and units to which their pages are dealt."""
    rounds = draw(st.integers(1, 6))
    item = st.builds(Item, st.tuples(*[ONE_KEY] * rounds), st.tuples(*[RANKS] * rounds), st.integers(0, 3))
    items = dict(enumerate(draw(st.lists(item, min_size=1, max_size=16)), 1))
    places = {n: draw(st.tuples(st.integers(0, 2), st.integers(0, 1))) for n in items}
    return rounds, items, [[[n for n in items if places[n] == (b, u)] for u in range(2)] for b in range(3)]


@settings(max_examples=80)
@given(dealt(), st.integers(1, 4), st.booleans(), st.booleans())
def test_every_duplicate_names_an_item_that_is_kept(
    case: tuple[int, dict[int, Item], list[list[list[int]]]], partitions: int, files: bool, looks: bool
) -> None:
    """Whatever the rounds, batches and partitions: the keeper is that of one pass over all items, and it stays."""
    rounds, items, batches = case
    verified = (looks,) * rounds
    with tempfile.TemporaryDirectory() as folder:
        found = answer_of(any_corpus(items, *verified).distributed(Path(folder), batches, partitions, files))
    expected = sequential(items, [How(looks)] * rounds)
    assert found == Answer(sorted(expected.kept), expected.lost)
    assert {of for _, of in found.lost.values()} <= set(found.kept)
