"""Ranges of ids."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.emit import cut_shards

WEIGHTS = st.dictionaries(
    st.integers(0, 4095).map(lambda n: f"{n:03x}"), st.tuples(st.integers(1, 20), st.integers(0, 1000)), max_size=50
)


@given(WEIGHTS, st.integers(1, 40), st.integers(1, 3000))
def test_every_id_is_in_one_shard_and_no_shard_is_empty(
    weights: dict[str, tuple[int, int]], rows: int, size: int
) -> None:
    """Ranges cover all ids without overlap, each holds a row, and none but a lone bucket passes the bound."""
    shards = cut_shards("text", weights, rows, size)
    inside = [[bucket for bucket in weights if shard.low <= bucket < shard.high] for shard in shards]
    assert sorted(bucket for buckets in inside for bucket in buckets) == sorted(weights)
    assert all(inside)
    assert all(len(buckets) == 1 or sum(weights[b][0] for b in buckets) <= rows for buckets in inside)
    assert [shard.number for shard in shards] == list(range(len(shards)))


def test_the_last_range_holds_the_greatest_id() -> None:
    """Nothing sorts behind the last border."""
    (shard,) = cut_shards("pairs", {"fff": (1, 1)}, 10, 10)
    assert shard.low <= "f" * 32 + "-9999" < shard.high
