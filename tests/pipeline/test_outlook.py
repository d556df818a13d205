"""What scaled amounts mean for a run."""

from pathlib import Path

from pipeline.estimate import Figure
from pipeline.outlook import shard_count
from pipeline.plan import Request
from tests.support.runs import recipe


def test_the_tighter_bound_counts_shards(tmp_path: Path) -> None:
    """Rows or bytes, rounded up, and one at least."""
    request = Request((), str(tmp_path), recipe("raw", "shards.rows=10", "shards.bytes=1000"))

    def shards(rows: float, payload: float) -> float:
        return shard_count({"text/rows": Figure(rows), "text/payload": Figure(payload)}, "text", request).value

    assert [shards(25, 10), shards(25, 9500), shards(0, 0)] == [3, 10, 1]
    ends = shard_count({"text/rows": Figure(25, 11, 99), "text/payload": Figure(1, 0, 2)}, "text", request)
    assert ends == Figure(3, 2, 10)
