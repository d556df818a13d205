"""The benchmark of take-downs tells what it claims, on a small run."""

from pathlib import Path

import pytest

from benchmarks.forget import measure


@pytest.mark.parametrize(("spread", "changed"), [(False, 5), (True, 20)])
def test_only_the_shards_of_the_pages_change(tmp_path: Path, spread: bool, changed: int) -> None:
    """Neighbours stand in one shard of each corpus and format, pages of all shards in all of them; the run is whole afterwards."""
    found = measure(tmp_path, pages=240, ids=20, shards=4, spread=spread)
    assert (found["shards"], found["shards_changed"], found["others_changed"], found["problems"]) == (20, changed, 0, 0)
