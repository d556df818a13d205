"""The lookup join of references with media."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpora import load_recipe
from pipeline.decide.lookup_join import BUILD, LOST, MATCH, PROBES, join, probe
from schemas.index import LOSER, MEDIA, PROBE
from tests.support.index_rows import decide, key, media_rows, medium, page, ref, unit_index

MEDIUM = st.tuples(st.integers(0, 4), st.booleans())  # address, decoded
UNITS = st.lists(
    st.tuples(st.lists(MEDIUM, max_size=4), st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=3), max_size=4)),
    min_size=1,
    max_size=5,
)
RECIPE = load_recipe('name = "x"\ncorpora = ["pairs"]')


@settings(max_examples=60)
@given(UNITS, st.integers(1, 3), st.integers(1, 3))
def test_each_reference_takes_the_first_address_whose_picture_decodes(
    units: list[tuple[list[tuple[int, bool]], list[list[int]]]], per_batch: int, partitions: int
) -> None:
    """As a loop over all media of the run finds it, whatever the batches; of one address the least id, decoded ones first."""
    media: list[tuple[int, int, bool]] = []  # id, address, decoded
    indexes, wanted = [], {}
    for number, (held, refs) in enumerate(units):
        rows = []
        for place, (address, decoded) in enumerate(held):
            identity = 900 - 10 * number - place
            media.append((identity, address, decoded))
            rows.append(medium(address, id=identity, format="png" if decoded else ""))
        wanted |= {f"{key(number).hex()}-{n:04d}": addresses for n, addresses in enumerate(refs)}
        shown = [ref(0, n, addresses, alt="a picture") for n, addresses in enumerate(refs)]
        indexes.append(unit_index([page(number)], shown, rows, number))
    batches = [indexes[first : first + per_batch] for first in range(0, len(indexes), per_batch)]
    best: dict[int, tuple[bool, int]] = {}
    for identity, address, decoded in media:
        best[address] = min(best.get(address, (True, 10**9)), (not decoded, identity))
    with tempfile.TemporaryDirectory() as folder:
        found = decide(Path(folder), RECIPE, batches, partitions)
        kept = {row["id"]: row["url"] for row in found.kept("pairs")}
        gone = {identity: rule for identity, (rule, _) in found.dropped("pairs").items()}
        lost = found.dropped("images")
    for identity, addresses in wanted.items():
        decoded = [a for a in addresses if not best.get(a, (True, 0))[0]]
        seen = any(a in best for a in addresses)
        assert kept.get(identity) == (f"http://ex.org/{decoded[0]}.png" if decoded else None)
        assert gone.get(identity) == (None if decoded else "image_undecodable" if seen else "image_not_archived")
    losers = [(i, a) for i, a, decoded in media if decoded and best[a][1] != i]
    assert lost == {key(i).hex(): ("url", key(best[a][1]).hex()) for i, a in losers}


def build(*rows: dict[str, Any], sender: int = 0) -> tuple[str, int, bytes]:
    """A message that offers media."""
    return BUILD, sender, media_rows(rows).tobytes()


def ask(*numbers: int, sender: int = 0) -> tuple[str, int, bytes]:
    """A message that asks for addresses."""
    return PROBES, sender, np.array([(n, n) for n in numbers], PROBE).tobytes()


def test_a_batch_offers_one_medium_an_address() -> None:
    """A decoded one before one that is no picture, then the least id."""
    media = media_rows([medium(1, id=5, format=""), medium(1, id=9), medium(1, id=7), medium(2, id=1, format="")])
    sent = list(probe(media, np.empty(0, PROBE), 1))
    assert [(part, kind, rows["id_low"].tolist()) for part, kind, rows in sent] == [(0, BUILD, [7, 1])]


def test_a_batch_asks_for_each_address_once() -> None:
    """However many references name it, and whether or not it has media."""
    keys = np.array([(2, 2), (1, 1), (2, 2)], PROBE)
    sent = list(probe(np.empty(0, MEDIA), keys, 1))
    assert [(part, kind, rows.tolist()) for part, kind, rows in sent] == [(0, PROBES, [(1, 1), (2, 2)])]


def test_one_address_with_different_bytes_in_two_batches_has_one_keeper() -> None:
    """Every batch that asks is told the same medium, and the other's batch is told that it lost, and to whom."""
    messages = [build(medium(1, id=9 - n), sender=n) for n in (0, 1)] + [ask(1, 2, sender=n) for n in (0, 1)]
    told = [(to, kind, rows) for to, kind, rows in join(messages)]
    assert {to: rows["id_low"].tolist() for to, kind, rows in told if kind == MATCH} == {0: [8], 1: [8]}
    (loss,) = [(to, rows) for to, kind, rows in told if kind == LOST]
    assert (loss[0], loss[1].dtype, loss[1].tolist()) == (0, LOSER, [(0, 8, 8, -1)])


def test_whoever_asks_for_nothing_that_is_there_is_told_nothing() -> None:
    """A match is a row of a medium, so none is no row."""
    (told,) = join([ask(1, sender=4)])
    assert (told[0], told[1], len(told[2])) == (4, MATCH, 0)
    assert list(join([build(medium(1))])) == []
