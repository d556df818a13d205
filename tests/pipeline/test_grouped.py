"""Bytes that the local engine groups."""

from pathlib import Path

import pytest

from pipeline.decide import exchange
from pipeline.grouped import counted
from tests.support.runs import recipe, run_on, two_archives
from tests.support.shuffles import watched


def test_all_that_is_grouped_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows among it, as if the engine were a cluster's; afterwards rows of many bytes go to files again."""
    before = exchange.INLINE
    seen = watched(monkeypatch)
    with counted() as grouped:
        assert exchange.INLINE > 2**50
        run_on(two_archives(tmp_path / "in"), tmp_path / "out", recipe("raw"))
    assert grouped.bytes == sum(map(len, seen)) > 1000
    assert before == exchange.INLINE
    run_on(two_archives(tmp_path / "in"), tmp_path / "again", recipe("raw"))
    assert grouped.bytes < sum(map(len, seen))


def test_an_error_leaves_nothing_behind() -> None:
    """The bound of rows in messages is what it was."""
    before = exchange.INLINE
    with pytest.raises(KeyError), counted():
        raise KeyError
    assert before == exchange.INLINE
