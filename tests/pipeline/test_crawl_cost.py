"""What a run of some size asks of an engine and a store."""

from dataclasses import replace

import pytest

from pipeline.crawl_cost import Run, costs
from pipeline.estimate import Figure, known

SNAPSHOT = Run(90_000, 90_000 * 10**9, 1_350_000, corpora=1, rounds=3, images=False)
ROWS = {"extract": known(1.6e9), "decide": Figure(3e12, 2e12, 4e12)}
AMOUNTS = {"index": Figure(1.3e10, 1e10, 2e10), "images": known(0.0)}


def test_a_snapshot_of_text() -> None:
    """Batches and partitions grow as the root of the rows, so messages as the rows; all but memory of the driver has an interval."""
    found = costs(SNAPSHOT, AMOUNTS, ROWS, known(20_000.0))
    assert (found["batches"].value, found["partitions"].value) == (14_253, 3_168)
    assert found["messages"].value == pytest.approx(1.3e10 / 288, rel=0.01)
    assert found["shuffle/decide"].value == pytest.approx(3e12, rel=0.03)
    assert found["requests/extract"].value / SNAPSHOT.units == pytest.approx(18.9, rel=0.01)
    assert found["memory/driver"].value < 2e9
    for figure in found.values():
        assert figure.low is not None and figure.high is not None and figure.low <= figure.value <= figure.high


def test_images_are_asked_for_where_a_corpus_holds_them() -> None:
    """In each batch and each unit, while they are decided."""
    text, pairs = (
        costs(run, AMOUNTS, ROWS, known(1.0))["requests/decide"] for run in (SNAPSHOT, replace(SNAPSHOT, images=True))
    )
    assert pairs.value - text.value == pytest.approx(1_350_000 + 5 * 14_253)


def test_images_are_read_where_a_corpus_holds_them() -> None:
    """By a request of their own at most."""
    amounts = AMOUNTS | {"images": known(1e9)}
    text, pairs = (
        costs(run, amounts, ROWS, known(1.0))["requests/emit"] for run in (SNAPSHOT, replace(SNAPSHOT, images=True))
    )
    assert text.high is not None and pairs.high is not None
    assert text.high < pairs.value < pairs.high <= text.high + 1.25e9


def test_what_has_no_interval_gets_none() -> None:
    """A sample of few groups has none."""
    found = costs(
        SNAPSHOT,
        {"index": Figure(1e6), "images": Figure(5.0)},
        {"extract": Figure(1.0), "decide": Figure(2.0)},
        Figure(3.0),
    )
    assert found["requests/decide"].low is None and found["shuffle/decide"].high is None
    assert found["batches"] == Figure(20.0)
