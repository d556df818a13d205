"""The most frequent values of a stream."""

from collections import Counter

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline import heaviest as module
from pipeline.heaviest import heaviest


@given(st.lists(st.lists(st.text("abc", min_size=1, max_size=2)), max_size=5), st.integers(1, 4), st.integers(1, 8))
def test_they_are_those_of_a_plain_count(parts: list[list[str]], top: int, buckets: int) -> None:
    """However many values share a bucket, and however few buckets are looked into at first."""
    before, module.FULLEST = module.FULLEST, 1
    try:
        found = heaviest(lambda: (pa.array(part, pa.string()) for part in parts), top, buckets)
    finally:
        module.FULLEST = before
    counts = Counter(value for part in parts for value in part)
    assert found == sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:top]
